"""How a test writes its script: `electron.reply(…)`, `electron.when(…).fail(…)`."""

import sys
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, Self

from mock_electron.engine.faults import Cut, Fault, fail
from mock_electron.engine.faults.fault import ReplacementFault
from mock_electron.engine.lane import Lane
from mock_electron.engine.pace import Pace, pace_of
from mock_electron.engine.script.match import ANY, Match
from mock_electron.engine.script.responder import Responder, check_function
from mock_electron.engine.script.step import Step, encode_headers
from mock_electron.inputs.spelling import SuggestsNames, checked_keywords
from mock_electron.model.draft import Call, ScriptedLogprobs, reply
from mock_electron.wire.reply import Usage

PACKAGE: Final = str(Path(__file__).parent.parent)


class Scripted(SuggestsNames):
    """A step that stands in the script; what is said of it here holds for the requests to come."""

    def __init__(self, lane: Lane, number: int) -> None:
        self._lane = lane
        self._number = number

    @checked_keywords
    def times(self, count: int) -> Self:
        """For how many requests it is.

        electron.when(says="weather").reply("It is 31 °C.").times(3)
        """
        self._lane.change_step(self._number, lambda step: replace(step, times=count))
        return self

    @checked_keywords
    def cut(
        self,
        after: int | None = None,
        *,
        inside: str | None = None,
        bytes: int | None = None,  # noqa: A002 (the name that faults.Cut has for it)
        reset: bool = False,
    ) -> Self:
        """Break the reply off, as `faults.Cut` does.

        after: so many chunks. inside: the next "frame", "string" or "character". bytes: so many,
        of a reply in one piece too. reset: the connection is reset.

        electron.reply("A long story…").cut(after=5)
        """
        return self.inject(Cut(after, inside, bytes, reset))

    def inject(self, *faults: Fault) -> Self:
        """Give the reply faults, such as faults.Crlf().

        electron.reply("Hi!").inject(faults.NoDone(), faults.Crlf())
        """
        self._lane.change_step(
            self._number, lambda step: replace(step, faults=(*step.faults, *faults))
        )
        return self


class StepWriter(SuggestsNames):
    """Whatever a step can be added with: `electron`, and `electron.when(…)`."""

    @property
    @abstractmethod
    def _match(self) -> Match:
        """Which requests the steps are for."""

    @property
    @abstractmethod
    def _times(self) -> int | None:
        """For how many requests a step is that does not say it."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane

    def _add(self, step: Step, times: int | None) -> Scripted:
        written = replace(
            step, match=self._match, times=self._times if times is None else times, location=place()
        )
        return Scripted(self._lane, self._lane.add(written))

    @checked_keywords
    def reply(
        self,
        *what: str | Call,
        filler: str | None = None,
        times: int | None = None,
        pace: str | Pace | None = None,
        headers: Mapping[str, str] | None = None,
        finish_reason: str | None = None,
        usage: Usage | Mapping[str, int] | None = None,
        logprobs: ScriptedLogprobs | None = None,
    ) -> Scripted:
        """Script an answer: a text, or one or more calls.

        filler: words to be spoken before the calls. times: for how many requests; without it, one,
        and behind `when(…)` all that match. pace: of this reply alone, such as "electron" or
        Pace(first=0.5). headers: of the answer, beyond its own. finish_reason, usage: these,
        whatever the reply comes to. logprobs: one number for all tokens, or a list of
        (token, number). Raises TypeError or ValueError for anything else.

        electron.reply("Hi!")
        electron.reply(call("get_weather", city="Mumbai"), filler="One moment…")
        """
        draft = reply(
            *what, filler=filler, finish_reason=finish_reason, usage=usage, logprobs=logprobs
        )
        own_pace = None if pace is None else pace_of(pace)
        return self._add(Step(draft, pace=own_pace, headers=encode_headers(headers)), times)


class When(StepWriter):
    """Requests that match; what is said of them here goes into the script."""

    def __init__(self, lane: Lane, match: Match) -> None:
        super().__init__(lane)
        self._given = match
        self._pending = lane.open_when(place())

    @property
    def _match(self) -> Match:
        self._pending.answered = True
        return self._given

    @property
    def _times(self) -> int | None:
        return None

    @checked_keywords
    def fail(
        self,
        kind: int | str,
        *,
        times: int | None = None,
        message: str | None = None,
        retry_after: int | None = None,
        as_date: bool = False,
        delay: float = 0.0,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Scripted:
        """Script an error for these requests; all arguments as those of `electron.fail`.

        electron.when(turn=2).fail(503, times=2)
        """
        failure = fail(
            kind, message=message, retry_after=retry_after, as_date=as_date, delay=delay, body=body
        )
        return self._add(Step(failure, headers=encode_headers(headers)), times)

    @checked_keywords
    def respond_with(self, function: Responder) -> Scripted:
        """Let a function answer these requests; it takes the request, as `electron.respond_with`.

        electron.when(says="time").respond_with(lambda request: f"turn {len(request.messages)}")
        """
        check_function(function, "respond_with()")
        return self._add(Step(function), None)

    def inject(self, *faults: Fault) -> Scripted:
        """Let faults happen to these requests: in the reply's place, or in the reply they get.

        electron.when(turn=2).inject(faults.Reset()).times(1)
        """
        if not faults:
            raise TypeError("inject() takes faults, such as faults.Cut(after=3)")
        if len(faults) == 1 and isinstance(faults[0], ReplacementFault):
            return self._add(Step(faults[0]), None)
        return self._add(Step(None, faults=faults), None)


class Scripting(StepWriter):
    """The script, as `electron` has it."""

    @property
    def _match(self) -> Match:
        return ANY

    @property
    def _times(self) -> int | None:
        return 1


def place() -> str:
    """Where the code stands that uses this package: `test_agent.py:12`."""
    frame = sys._getframe()
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame = frame.f_back
    return f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"
