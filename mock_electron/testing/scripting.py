"""How a test writes its script: `electron.reply(…)`, `electron.when(…).fail(…)`."""

import sys
import warnings
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any, Final, Literal, Self, Unpack

from msgspec.structs import replace

from mock_electron.engine.faults.by_name import check_is_no_fault, check_kind
from mock_electron.engine.faults.fault import Fault, ReplacementFault
from mock_electron.engine.faults.replacement import FailOptions, fail
from mock_electron.engine.faults.stream import Cut
from mock_electron.engine.lane import Lane
from mock_electron.engine.pace import Pace, PaceName, pace_of
from mock_electron.engine.script.match import Match
from mock_electron.engine.script.responder import Responder
from mock_electron.engine.script.script import StepState
from mock_electron.engine.script.shadow import shadows
from mock_electron.engine.script.step import Step, encode_headers
from mock_electron.inputs.attributes import SuggestsNames
from mock_electron.inputs.checks import check_function
from mock_electron.inputs.keywords import checked_keywords
from mock_electron.model.draft import Call
from mock_electron.model.scripted import REPLY_FORMS, ScriptedLogprobs, reply
from mock_electron.testing import right_forms
from mock_electron.testing.categories import ShadowedStepWarning
from mock_electron.traffic.lines import counted
from mock_electron.wire.errors import ErrorName
from mock_electron.wire.reply import FinishReason, Usage

PACKAGE: Final = str(Path(__file__).parent.parent)


class FailStepOptions(FailOptions, total=False):
    """The options of an error in the script: those of `fail`, and two options of the step.

    Attributes:
        times: How many requests the step answers.
        headers: Response headers. They replace headers of the same name.
    """

    times: int | None
    headers: Mapping[str, str] | None


class Scripted(SuggestsNames):
    """A step in the script.

    Its methods change the step for later requests.
    """

    _right_forms = right_forms.OF_A_STEP

    def __init__(self, lane: Lane, number: int) -> None:
        self._lane = lane
        self._number = number
        self._generation = lane.script_generation

    def __repr__(self) -> str:
        state = self._lane.state_of_step(self._number)
        if state is None or self._generation != self._lane.script_generation:
            return f"<step {self._number}: removed>"
        return f"<{state.name}: {state.step.summary}; answered {counted(state.used, 'time')}>"

    @checked_keywords(advice="Write times(2).")
    def times(self, count: int | None) -> Self:
        """Set how many requests the step answers; None means all that match.

        Example:
            electron.when(says="weather").reply("It is 31 °C.").times(3)
        """
        return self._change(lambda step: replace(step, times=count))

    @checked_keywords
    def cut(
        self,
        after: int | None = None,
        *,
        inside: Literal["frame", "string", "character"] | None = None,
        bytes: int | None = None,  # noqa: A002 (faults.Cut has the same name)
        reset: bool = False,
    ) -> Self:
        """Truncate the reply and close the connection, as `faults.Cut` does.

        By default, half of the body is sent.

        Args:
            after: The number of chunks of a stream that are sent.
            inside: Where the next chunk is cut: in the middle of its "frame", in its last "string",
                or in the next "character" that is not ASCII. Default: it is not sent.
            bytes: The number of bytes of the body that are sent, streamed or not.
            reset: Reset the connection instead of closing it.

        Example:
            electron.reply("A long story…").cut(after=5)
        """
        return self.inject(Cut(after, inside, bytes, reset))

    @checked_keywords(advice="Write inject(faults.Cut(after=3)).")
    def inject(self, *faults: Fault) -> Self:
        """Add faults to the reply.

        Example:
            electron.reply("Hi!").inject(faults.NoDone(), faults.Crlf())
        """
        _check_faults(faults)
        return self._change(lambda step: replace(step, faults=(*step.faults, *faults)))

    def _change(self, change: Callable[[Step], Step]) -> Self:
        self._lane.change_step(self._number, change, self._generation)
        return self


class StepWriter(SuggestsNames):
    """Adds steps to a script: `electron` and `electron.when(…)`."""

    @property
    @abstractmethod
    def _match(self) -> Match:
        """The requests that the steps answer."""

    @property
    @abstractmethod
    def _times(self) -> int | None:
        """The default maximum number of requests that a step answers; None for no maximum."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane

    def _add(self, step: Step, times: int | None) -> Scripted:
        written = replace(
            step,
            match=self._match,
            times=self._times if times is None else times,
            location=caller_location(),
        )
        number = self._lane.add(written)
        if message := self._lane.shadow_of(number):
            warn_of_shadow(message)
        return Scripted(self._lane, number)

    def _add_failure(self, kind: int | ErrorName, options: dict[str, Any]) -> Scripted:
        """Add a step with an error. The options are those of `FailStepOptions`."""
        check_kind(kind)
        times, headers = options.pop("times", None), options.pop("headers", None)
        return self._add(Step(fail(kind, **options), headers=encode_headers(headers)), times)

    @checked_keywords(advice="Write reply('Hi!').", forms=REPLY_FORMS)
    def reply(
        self,
        *what: str | Call,
        filler: str | None = None,
        times: int | None = None,
        pace: PaceName | Pace | None = None,
        headers: Mapping[str, str] | None = None,
        finish_reason: FinishReason | None = None,
        usage: Usage | Mapping[str, int] | None = None,
        logprobs: ScriptedLogprobs | None = None,
    ) -> Scripted:
        """Script a reply: one text, or one or more tool calls.

        Args:
            *what: A text, or calls made with `call(…)`.
            filler: The text before the calls.
            times: How many requests the reply answers. Default: 1, or all that match after
                `when(…)`.
            pace: How fast this reply is sent, such as "electron" or `Pace(first=0.5)`. Default:
                the lane's pace.
            headers: Response headers. They replace headers of the same name.
            finish_reason: The finish reason to send instead of the real one.
            usage: The usage to send instead of the counted one.
            logprobs: One log-probability for all tokens, or a list of (token, log-probability).

        Raises:
            TypeError: If an argument has the wrong type.
            ValueError: If an argument has a wrong value.

        Example:
            electron.reply("Hi!")
            electron.reply(call("get_weather", city="Mumbai"), filler="One moment…")
        """
        for part in what:
            check_is_no_fault(part)
        draft = reply(
            *what, filler=filler, finish_reason=finish_reason, usage=usage, logprobs=logprobs
        )
        step_pace = None if pace is None else pace_of(pace)
        return self._add(Step(draft, pace=step_pace, headers=encode_headers(headers)), times)


class When(StepWriter):
    """Adds steps for the requests that match."""

    _right_forms = right_forms.OF_WHEN

    def __init__(self, lane: Lane, match: Match) -> None:
        super().__init__(lane)
        self._given = match
        self._pending = lane.open_when(caller_location())

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self._given.conditions)
        answered = "" if self._pending.answered else ", without an answer"
        return f"<when({given}) at {self._pending.location}{answered}>"

    @property
    def _match(self) -> Match:
        self._pending.answered = True
        return self._given

    @property
    def _times(self) -> int | None:
        return None

    @checked_keywords(
        advice="Write fail(503).", several="For two requests, write fail(503, times=2)."
    )
    def fail(self, kind: int | ErrorName, **options: Unpack[FailStepOptions]) -> Scripted:
        """Script an error for these requests, with the arguments of `electron.fail`.

        Example:
            electron.when(turn=2).fail(503, times=2)
        """
        return self._add_failure(kind, dict(options))

    @checked_keywords(advice="Write respond_with(lambda request: 'Hi!').")
    def respond_with(self, function: Responder) -> Scripted:
        """Call a function to answer these requests, as `electron.respond_with` does.

        Example:
            electron.when(says="time").respond_with(lambda request: f"turn {len(request.messages)}")
        """
        check_function("the argument of respond_with()", function)
        return self._add(Step(function), None)

    @checked_keywords(advice="Write inject(faults.Cut(after=3)).")
    def inject(self, *faults: Fault) -> Scripted:
        """Inject faults into the answers to these requests.

        A fault such as `Reset` replaces the reply. Other faults change the reply of the pocket
        model, which answers these requests; no later step does.

        Example:
            electron.when(turn=2).inject(faults.Reset()).times(1)
        """
        _check_faults(faults)
        if len(faults) == 1 and isinstance(faults[0], ReplacementFault):
            return self._add(Step(faults[0]), None)
        return self._add(Step(None, faults=faults), None)


def _check_faults(faults: tuple[Fault, ...]) -> None:
    if not faults:
        raise TypeError("inject() needs at least one fault, such as faults.Cut(after=3)")


def warn_of_shadows(states: Iterable[StepState]) -> None:
    """Warn of the steps that never answer because of others among them; see `shadows`."""
    for message in shadows(states):
        warn_of_shadow(message)


def warn_of_shadow(message: str) -> None:
    """Warn at the caller's line of a step that never answers."""
    frame = calling_frame()
    warnings.warn_explicit(
        message,
        ShadowedStepWarning,
        frame.f_code.co_filename,
        frame.f_lineno,
        frame.f_globals.get("__name__"),
        frame.f_globals.setdefault("__warningregistry__", {}),
    )


def caller_location() -> str:
    """Return the line outside this package that called it: `test_agent.py:12`."""
    frame = calling_frame()
    return f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"


def calling_frame() -> FrameType:
    """Return the frame outside this package that called it."""
    frame = sys._getframe()
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame = frame.f_back
    return frame
