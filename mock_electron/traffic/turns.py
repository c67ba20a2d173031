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
from itertools import chain
from typing import ClassVar, SupportsIndex, overload

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.pace import pace_of
from mock_electron.engine.settings import Settings
from mock_electron.inputs.attributes import SuggestsNames
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
from mock_electron.traffic.turn import ToolRun, Turn, in_milliseconds
from mock_electron.wire.request import ChatRequest, Message


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
        return f"<{counted(len(self), 'turn')}; longest silence {in_milliseconds(longest)}>"

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
    received = [_received(one, requests[one.number], began) for one in members]
    spoken = _spoken(members, received, began, rate)
    last = members[-1].reply
    is_answered = last is None or not last.tool_calls
    answer = spoken[-1] if is_answered else ()
    fillers = tuple(chain.from_iterable(spoken[:-1] if is_answered else spoken))
    tools = tuple(_tools(members, received, requests, began))
    content = [got.texts[0][0] for got in received if got.texts]
    return Turn(
        conversation,
        number,
        _said(requests[members[0].number]),
        tuple(one.number for one in members),
        began,
        round(min(content), DIGITS) if content else None,
        fillers,
        tools,
        answer,
        tuple(_silences([*fillers, *answer], _last_event(tools))),
    )


def _received(exchange: Exchange, request: ChatRequest | None, began: float) -> Heard:
    """Return what was received of a reply, with times since the user has stopped."""
    base, got = exchange.arrived_at - began, heard(exchange, request)
    texts = tuple((base + time, text) for time, text in got.texts)
    return Heard(texts, tuple((base + time, call) for time, call in got.calls))


def _spoken(
    members: Sequence[Exchange], received: Sequence[Heard], began: float, rate: float
) -> list[tuple[Utterance, ...]]:
    """Return what is spoken of each reply. Nothing is spoken before earlier words have ended."""
    found: list[tuple[Utterance, ...]] = []
    free = 0.0
    for one, got in zip(members, received, strict=True):
        left = left_at(one)
        silent_from = None if left is None else one.arrived_at - began + left
        spoken = utterances(got.texts, free, rate, silent_from)
        free = spoken[-1].spoken.end if spoken else free
        found.append(spoken)
    return found


def _tools(
    members: Sequence[Exchange],
    received: Sequence[Heard],
    requests: Mapping[int, ChatRequest | None],
    began: float,
) -> Iterator[ToolRun]:
    """Yield the tools that ran; rule 3."""
    results: dict[str | None, float] = {}
    for one in members:
        request = requests[one.number]
        for message in request.messages if request else ():
            if message.role == "tool":
                results.setdefault(message.tool_call_id, round(one.arrived_at - began, DIGITS))
    for time, call in chain.from_iterable(got.calls for got in received):
        yield ToolRun(call.name, call.id, round(time, DIGITS), results.get(call.id))


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
