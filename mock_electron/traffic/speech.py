"""What of a reply can be spoken, and when: its content and its calls, chunk by chunk.

1. A stream has the role in its first chunk, then the content, then for each call its name and its
   arguments. A reply in one piece has everything at the same time.
2. A text is spoken from its first chunk on, at a number of characters in a second. It waits for
   chunks that come later than the words before them are spoken.
3. What was not sent was not spoken. If the client left, it fell silent at that moment.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Final

from mock_electron.engine.exchange import CLIENT_LEFT, Exchange
from mock_electron.inputs.values import FrozenValue
from mock_electron.wire.reply import Reply, ToolCall, group_sizes
from mock_electron.wire.request import ChatRequest

DIGITS: Final = 6


class Interval(FrozenValue, frozen=True):
    """A time from one moment to another, in seconds.

    Attributes:
        start: When it begins.
        end: When it ends.
    """

    start: float
    end: float

    @property
    def duration(self) -> float:
        """The seconds in between."""
        return round(self.end - self.start, DIGITS)

    def shared_with(self, other: "Interval") -> float:
        """Return the seconds that both have in common."""
        return round(max(0.0, min(self.end, other.end) - max(self.start, other.start)), DIGITS)


class Utterance(FrozenValue, frozen=True):
    """A text that is spoken without a pause.

    Attributes:
        text: The text.
        spoken: When it is spoken.
        arrived: When its first chunk was sent.
    """

    text: str
    spoken: Interval
    arrived: float


class Heard(FrozenValue, frozen=True):
    """What a client has received of a reply. Times are in seconds since the request arrived.

    Attributes:
        texts: The pieces of the content, with the time of each.
        calls: The calls that were received completely, with the time of each.
    """

    texts: tuple[tuple[float, str], ...]
    calls: tuple[tuple[float, ToolCall], ...]

    @property
    def text(self) -> str:
        """The content that was received."""
        return "".join(text for _, text in self.texts)


NOTHING: Final = Heard((), ())


def heard(exchange: Exchange, request: ChatRequest | None) -> Heard:
    """Return what the client has received of a reply; rules 1 and 3.

    Args:
        exchange: The exchange.
        request: Its parsed request.
    """
    reply, times = exchange.reply, exchange.chunk_offsets
    if reply is None or request is None or not times:
        return NOTHING
    if not request.stream:
        text = ((times[0], reply.content),) if reply.content else ()
        return Heard(text, tuple((times[0], call) for call in reply.tool_calls))
    sizes = [*group_sizes(len(reply.tokens or ()), exchange.chunk_tokens)]
    places = accumulate(sizes, initial=0)
    pieces = ["".join((reply.tokens or ())[a:b]) for a, b in pairwise(places)]
    texts = tuple(zip(times[1:], pieces, strict=False))
    return Heard(texts, tuple(_calls(reply, times, 1 + len(pieces), exchange.chunk_tokens)))


def _calls(
    reply: Reply, times: Sequence[float], first: int, size: int
) -> Iterator[tuple[float, ToolCall]]:
    """Yield the calls of a stream with the times of their last chunks."""
    place = first
    for call, fragments in zip(reply.tool_calls, reply.call_fragments, strict=False):
        place += 1 + len([*group_sizes(len(fragments), size)])
        if place <= len(times):
            yield times[place - 1], call


def utterances(
    texts: Sequence[tuple[float, str]], free: float, rate: float, silent_from: float | None
) -> tuple[Utterance, ...]:
    """Return what is spoken of a text that comes in pieces; rules 2 and 3.

    Args:
        texts: The pieces, with the time of each.
        free: When earlier speech has ended.
        rate: The number of characters that are spoken in a second.
        silent_from: When the client left; None if it did not.
    """
    found: list[Utterance] = []
    end = free
    for arrived, text in texts:
        start = max(end, arrived)
        if silent_from is not None and start >= silent_from:
            break
        end = start + len(text) / rate
        if silent_from is not None:
            end = min(end, silent_from)
        if found and found[-1].spoken.end == start:
            last = found.pop()
            span = Interval(last.spoken.start, end)
            found.append(Utterance(last.text + text, span, last.arrived))
        else:
            found.append(Utterance(text, Interval(start, end), arrived))
    return tuple(map(_rounded, found))


def _rounded(one: Utterance) -> Utterance:
    span = Interval(round(one.spoken.start, DIGITS), round(one.spoken.end, DIGITS))
    return Utterance(one.text, span, round(one.arrived, DIGITS))


def left_at(exchange: Exchange) -> float | None:
    """Return when the client left, in seconds since the request arrived; None if it did not."""
    return exchange.duration if exchange.outcome == CLIENT_LEFT else None
