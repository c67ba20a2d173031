"""Turns: what the user of a voice agent hears, from the end of his words to the end of the answer.

    the user stops → first content → filler → tool → result → answer

1. A turn begins with a request that ends with a message of the user, and has all requests up to the
   next one: retries, and those with results of tools.
2. The user stops speaking when the request arrives: the fake knows no earlier moment, and nothing
   of the time that speech recognition and synthesis take.
3. A tool runs from the last chunk of its call to the request with its result.
4. All times are seconds since the user has stopped, by the lane's clock.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, SupportsIndex, overload

from msgspec.structs import asdict

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.pace import pace_of
from mock_electron.engine.settings import Settings
from mock_electron.engine.summary import excerpt
from mock_electron.inputs.attributes import SuggestsNames
from mock_electron.inputs.values import FrozenValue
from mock_electron.traffic.conversations import conversations_of
from mock_electron.traffic.lines import counted
from mock_electron.traffic.speech import (
    DIGITS,
    Heard,
    Interval,
    Utterance,
    heard,
    left_at,
    utterances,
)
from mock_electron.wire.request import ChatRequest, Message


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
            *((one.start, f"silence of {_ms(one.duration)}") for one in self.silences),
        ]
        place = f"conversation {self.conversation}, turn {self.number}"
        head = f"{place}: {excerpt(self.said)}; longest silence {_ms(self.longest_silence)}"
        lines = [f"  {_ms(time):>9}  {words}" for time, words in sorted(events)]
        return "\n".join([head, *lines])


class Turns(SuggestsNames, Sequence[Turn]):
    """The turns of all conversations, in the order in which they began.

    Printed, they have a line for each event.

    Attributes:
        are_timed: Whether replies take time, so that silences have a meaning.

    Example:
        print(electron.turns)
    """

    _set_once = ("are_timed",)
    _right_forms: ClassVar[Mapping[str, str]] = {"last": "turns[-1]", "first": "turns[0]"}

    def __init__(self, turns: Iterable[Turn], *, are_timed: bool) -> None:
        self._turns = tuple(turns)
        self.are_timed: bool = are_timed

    @overload
    def __getitem__(self, index: SupportsIndex) -> Turn: ...
    @overload
    def __getitem__(self, index: "slice[int | None, int | None, int | None]") -> Sequence[Turn]: ...
    def __getitem__(
        self, index: "SupportsIndex | slice[int | None, int | None, int | None]"
    ) -> Turn | Sequence[Turn]:
        return self._turns[index]

    def __len__(self) -> int:
        return len(self._turns)

    def __iter__(self) -> Iterator[Turn]:
        return iter(self._turns)

    def __repr__(self) -> str:
        longest = max((turn.longest_silence for turn in self), default=0.0)
        return f"<{counted(len(self), 'turn')}; longest silence {_ms(longest)}>"

    def __str__(self) -> str:
        return "\n".join(map(str, self)) or "no turns"


def turns_of(
    exchanges: Sequence[Exchange],
    settings: Settings,
    requests: Mapping[int, ChatRequest | None] | None = None,
) -> Turns:
    """Return the turns of the exchanges of a lane.

    Args:
        exchanges: The exchanges, in order of arrival.
        settings: The settings of the lane, with the rate of speech.
        requests: The parsed requests by number, if they are known.
    """
    known = {one.number: one.request for one in exchanges} if requests is None else requests
    found = [
        _turn(conversation.number + 1, number, members, known, settings.speech_rate)
        for conversation in conversations_of(exchanges, known).all
        for number, members in enumerate(_groups(conversation.exchanges, known), 1)
    ]
    are_timed = settings.clock == "real" or not pace_of(settings.pace).is_instant
    found.sort(key=lambda turn: turn.exchanges[0])
    return Turns(found, are_timed=are_timed or any(map(_takes_time, exchanges)))


def _takes_time(exchange: Exchange) -> bool:
    """Return whether the chunks of a reply have times: a file of a lane may not say its pace."""
    return any(exchange.chunk_offsets)


def _groups(
    exchanges: Sequence[Exchange], requests: Mapping[int, ChatRequest | None]
) -> list[list[Exchange]]:
    """Return the exchanges of each turn; rule 1."""
    groups: list[list[Exchange]] = []
    for one in exchanges:
        request = requests[one.number]
        assert request is not None  # a conversation has only valid requests
        is_later = _last(request.messages).role == "tool" or one.retry_of is not None
        if groups and (is_later or _repeats(request, groups[-1], requests)):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _repeats(
    request: ChatRequest, group: Sequence[Exchange], requests: Mapping[int, ChatRequest | None]
) -> bool:
    """Return whether a request is the failed one before it, sent again in another form."""
    before = requests[group[-1].number]
    return group[-1].failed and before is not None and before.messages == request.messages


def _last(messages: Sequence[Message]) -> Message:
    """Return the last message that is no instruction."""
    spoken = [message for message in messages if message.role != "system"]
    return (spoken or messages)[-1]


def _turn(
    conversation: int,
    number: int,
    members: Sequence[Exchange],
    requests: Mapping[int, ChatRequest | None],
    rate: float,
) -> Turn:
    began = members[0].arrived_at
    fillers: list[Utterance] = []
    answer: tuple[Utterance, ...] = ()
    calls: list[ToolRun] = []
    results: dict[str, float] = {}
    content: list[float] = []
    free = 0.0
    for one in members:
        request, base = requests[one.number], one.arrived_at - began
        for message in request.messages if request else ():
            if message.role == "tool" and message.tool_call_id is not None:
                results.setdefault(message.tool_call_id, base)
        got = _since(base, heard(one, request))
        left = left_at(one)
        spoken = utterances(got.texts, free, rate, None if left is None else base + left)
        free = spoken[-1].spoken.end if spoken else free
        content += [time for time, _ in got.texts[:1]]
        calls += [
            ToolRun(call.name, call.id, round(time, DIGITS), None) for time, call in got.calls
        ]
        fillers += answer  # what seemed to be the answer was not the last words
        answer = ()
        if one.reply is not None and one.reply.tool_calls:
            fillers += spoken
        else:
            answer = spoken
    tools = tuple(_with_result(run, results) for run in calls)
    first = requests[members[0].number]
    return Turn(
        conversation,
        number,
        _said(first),
        tuple(one.number for one in members),
        began,
        round(min(content), DIGITS) if content else None,
        tuple(fillers),
        tools,
        answer,
        tuple(_silences([*fillers, *answer], _last_event(tools))),
    )


def _since(base: float, got: Heard) -> Heard:
    """Return what was received, with times since the user has stopped."""
    texts = tuple((base + time, text) for time, text in got.texts)
    return Heard(texts, tuple((base + time, call) for time, call in got.calls))


def _with_result(run: ToolRun, results: Mapping[str, float]) -> ToolRun:
    at = results.get(run.call_id)
    return run if at is None else ToolRun(run.name, run.call_id, run.called, round(at, DIGITS))


def _said(request: ChatRequest | None) -> str:
    messages = request.messages if request else ()
    users = [message.content for message in messages if message.role == "user"]
    return (users[-1] or "") if users else ""


def _last_event(tools: Sequence[ToolRun]) -> float:
    """Return when the last result was sent, for a turn without an answer."""
    return max((run.result or run.called for run in tools), default=0.0)


def _silences(spoken: Sequence[Utterance], last: float) -> Iterator[Interval]:
    """Yield the times before the end of the last words in which nothing is spoken."""
    end = 0.0
    for one in spoken:
        if one.spoken.start > end:
            yield Interval(end, one.spoken.start)
        end = max(end, one.spoken.end)
    if last > end:
        yield Interval(end, last)


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


def _ms(seconds: float) -> str:
    return f"{round(seconds * 1000)} ms"


def _shown(one: Utterance) -> str:
    return f"{excerpt(one.text)} until {_ms(one.spoken.end)}"


def _tool_line(run: ToolRun) -> str:
    result = "no result" if run.result is None else f"result at {_ms(run.result)}"
    return f"{run.name} called, {result}"
