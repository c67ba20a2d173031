"""`Turn`: what the user hears, from the end of his words to the end of the answer."""

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec.structs import asdict

from mock_electron.engine.summary import excerpt
from mock_electron.inputs.values import FrozenValue
from mock_electron.traffic.speech import DIGITS, Interval, Utterance


class ToolRun(FrozenValue, frozen=True):
    """A tool that ran during a turn.

    Attributes:
        name: The name of the tool.
        call_id: The id of the call.
        called: When its call was received, in seconds since the user has stopped.
        result: When the request with its result arrived, or None.
    """

    name: str
    call_id: str
    called: float
    result: float | None


class Turn(FrozenValue, frozen=True):
    """What the user hears, from the end of his words to the end of the answer.

    Times are seconds since the user has stopped.

    Attributes:
        conversation: The number of the conversation, from 1.
        number: The number of the turn in it, from 1.
        said: The user's words.
        exchanges: The numbers of the exchanges.
        began: When the user stopped, in Unix seconds by the lane's clock.
        first_content: When the first content was sent, or None.
        fillers: What was spoken before and during tool calls.
        tools: The tools that ran.
        answer: What was spoken in the end.
        silences: The times in which nothing was spoken before the end of the answer.
    """

    conversation: int
    number: int
    said: str
    exchanges: tuple[int, ...]
    began: float
    first_content: float | None
    fillers: tuple[Utterance, ...]
    tools: tuple[ToolRun, ...]
    answer: tuple[Utterance, ...]
    silences: tuple[Interval, ...]

    _right_forms: ClassVar[Mapping[str, str]] = {
        "silence": "longest_silence",
        "filler": "fillers[0]",
        "duration": "answered_at",
    }

    @property
    def longest_silence(self) -> float:
        """The longest silence, in seconds; 0 if there is none."""
        return max((silence.duration for silence in self.silences), default=0.0)

    @property
    def answered_at(self) -> float | None:
        """When the answer begins to be spoken, or None if there is none."""
        return self.answer[0].spoken.start if self.answer else None

    @property
    def overlap(self) -> float:
        """The seconds in which a tool ran while something was spoken."""
        runs = [Interval(t.called, t.result) for t in self.tools if t.result is not None]
        spoken = [one.spoken for one in (*self.fillers, *self.answer)]
        return round(sum(run.shared_with(span) for run in runs for span in spoken), DIGITS)

    def to_dict(self) -> dict[str, Any]:
        """Return the turn as a dict of JSON values, with times in milliseconds.

        Example:
            print(electron.turns[0].to_dict()["silences"])
        """
        return {
            "conversation": self.conversation,
            "number": self.number,
            "said": self.said,
            "exchanges": list(self.exchanges),
            "began": self.began,
            "first_content": milliseconds(self.first_content),
            "fillers": [_spoken(one) for one in self.fillers],
            "tools": [
                asdict(one)
                | {"called": milliseconds(one.called), "result": milliseconds(one.result)}
                for one in self.tools
            ],
            "answer": [_spoken(one) for one in self.answer],
            "answered_at": milliseconds(self.answered_at),
            "silences": [_span(silence) for silence in self.silences],
            "longest_silence": milliseconds(self.longest_silence),
            "overlap": milliseconds(self.overlap),
        }

    def __str__(self) -> str:
        events = [
            *((one.spoken.start, f"filler {_shown(one)}") for one in self.fillers),
            *((one.called, _tool_line(one)) for one in self.tools),
            *((one.spoken.start, f"answer {_shown(one)}") for one in self.answer),
            *((one.start, f"silence of {in_milliseconds(one.duration)}") for one in self.silences),
        ]
        place = f"conversation {self.conversation}, turn {self.number}"
        longest = in_milliseconds(self.longest_silence)
        head = f"{place}: {excerpt(self.said)}; longest silence {longest}"
        lines = [f"  {in_milliseconds(time):>9}  {words}" for time, words in sorted(events)]
        return "\n".join([head, *lines])


def shortened_by(turn: Turn) -> str:
    """Return what would shorten the longest silence of a turn, as a sentence."""
    longest = max(turn.silences, key=lambda silence: silence.duration)
    waiting = [run for run in turn.tools if run.result and run.result > longest.start]
    if longest.start == 0.0 and not turn.fillers and turn.tools:
        return "a filler would be spoken while the tool runs: ask for one in the system prompt"
    if longest.start == 0.0:
        return "nothing is spoken before the first content: a shorter prompt comes sooner"
    if waiting:
        names = ", ".join(dict.fromkeys(run.name for run in waiting))
        return (
            f"{names} ended after the filler: begin it when its call is there, while it is spoken"
        )
    return "the next words came after what was spoken before them: say more, or ask sooner"


def milliseconds(seconds: float | None) -> float | None:
    """Return seconds as milliseconds, rounded to microseconds."""
    return None if seconds is None else round(seconds * 1000, 3)


def _span(span: Interval) -> dict[str, float | None]:
    return {"start": milliseconds(span.start), "end": milliseconds(span.end)}


def _spoken(one: Utterance) -> dict[str, Any]:
    return {"text": one.text, "arrived": milliseconds(one.arrived), **_span(one.spoken)}


def in_milliseconds(seconds: float) -> str:
    """Return seconds as a text: `250 ms`."""
    return f"{round(seconds * 1000)} ms"


def _shown(one: Utterance) -> str:
    return f"{excerpt(one.text)} until {in_milliseconds(one.spoken.end)}"


def _tool_line(run: ToolRun) -> str:
    result = "no result" if run.result is None else f"result at {in_milliseconds(run.result)}"
    return f"{run.name} called, {result}"
