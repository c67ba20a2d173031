"""The journal: what was asked and what became of it, bounded, and settled before it is read."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from threading import Condition
from typing import Final

from mock_electron.engine.answer import Answer
from mock_electron.engine.clock import Moment, Times
from mock_electron.engine.exchange import CLIENT_LEFT, Exchange

MAX_EXCHANGES: Final = 10_000
MAX_BYTES: Final = 256 * 1024 * 1024
"""Of request bodies and replies. Beyond either bound the oldest exchange is dropped and counted."""
BYTES_PER_TOKEN: Final = 70
"""About what a token of a reply takes in memory."""
BYTES_PER_HEADER: Final = 180
"""About what a header of a request takes."""
BYTES_PER_FRAME: Final = 41
"""What a frame takes beside its bytes."""

SETTLING_TIME: Final = 5.0
"""Seconds that a reader waits for what is still in flight."""


class StillInFlightError(Exception):
    """The journal was read while answers were still being sent, and they did not end in time."""


@dataclass(frozen=True, slots=True)
class Sent:
    """How sending an answer ended.

    chunks: those that went out. first, last: when its first and last frame did; None where none.
    schedule: by a frozen clock, seconds from arrival to each frame that went out.
    frames: those that went out. chunk_times: when each chunk did, where they went one by one, by
    the monotonic clock.
    """

    outcome: str
    chunks: int
    ended: Moment
    first: Moment | None = None
    last: Moment | None = None
    schedule: tuple[float, ...] = ()
    frames: tuple[bytes, ...] = ()
    chunk_times: tuple[float, ...] = ()


def sent_of(
    answer: Answer, frames_sent: int, moments: Sequence[Moment], ended: Moment, *, frozen: bool
) -> Sent:
    """How sending an answer ended.

    frames_sent: how many went out; where there are more, the client has left.
    moments: when they did: each frame, or one for all of them. frozen: whether the lane's clock is.
    """
    complete = frames_sent == len(answer.frames)
    chunks = answer.chunks[:frames_sent]
    return Sent(
        outcome=answer.outcome if complete else CLIENT_LEFT,
        chunks=sum(chunks),
        ended=ended,
        first=moments[0],
        last=moments[-1],
        schedule=(answer.schedule[:frames_sent] or (0.0,)) if frozen else (),
        frames=answer.frames[:frames_sent],
        chunk_times=_chunk_times(chunks, moments) if len(moments) > 1 else (),
    )


def _chunk_times(chunks: Sequence[int], moments: Sequence[Moment]) -> tuple[float, ...]:
    """When each chunk went out; a frame may carry none, or several."""
    sent = zip(chunks, moments, strict=False)
    return tuple(moment.monotonic for count, moment in sent for _ in range(count))


class Journal:
    """The exchanges of a lane. Written by the server, read by tests, from any thread."""

    def __init__(self, max_exchanges: int = MAX_EXCHANGES, max_bytes: int = MAX_BYTES) -> None:
        self._max_exchanges = max_exchanges
        self._max_bytes = max_bytes
        self._exchanges: OrderedDict[int, Exchange] = OrderedDict()
        self._endings: dict[int, Sent] = {}
        self._in_flight: set[int] = set()
        self._bytes = 0
        self._settled = Condition()
        self.opened: int = 0
        self.dropped: int = 0

    def open(self, exchange: Exchange) -> None:
        """Write an exchange down, before its first byte goes out."""
        with self._settled:
            self._exchanges[exchange.number] = exchange
            self._in_flight.add(exchange.number)
            self._bytes += _weight(exchange)
            self.opened += 1
            self._drop_surplus()

    def close(self, number: int, sent: Sent) -> None:
        """Write down how an exchange ended. It may have been dropped meanwhile."""
        with self._settled:
            self._in_flight.discard(number)
            if number in self._exchanges:
                self._endings[number] = sent
                self._bytes += _weight_of_frames(sent.frames)
                self._drop_surplus()
            self._settled.notify_all()

    def read(self, timeout: float = SETTLING_TIME) -> tuple[Exchange, ...]:
        """All exchanges in order of arrival, once nothing is in flight any more.

        timeout: seconds to wait for that; then StillInFlightError is raised.
        """
        with self._settled:
            if not self._settled.wait_for(lambda: not self._in_flight, timeout):
                raise StillInFlightError(
                    f"after {timeout:g} s these answers are still being sent: "
                    + "; ".join(self._describe_in_flight())
                    + ". Read the stream to its end, or close it, before looking at the exchanges."
                )
            return self._read()

    def peek(self) -> tuple[Exchange, ...]:
        """All exchanges as they are now, those in flight too."""
        with self._settled:
            return self._read()

    def _read(self) -> tuple[Exchange, ...]:
        return with_attempts(map(self._ended, self._exchanges.values()))

    def _ended(self, exchange: Exchange) -> Exchange:
        """The exchange with its ending: joined when it is read, as writing must be cheap."""
        sent = self._endings.get(exchange.number)
        if sent is None:
            return exchange
        by_lane = _times_by_lane(exchange.arrived_at, sent)
        return replace(
            exchange,
            outcome=sent.outcome,
            chunks_sent=sent.chunks,
            first_chunk_at=by_lane.first_chunk,
            last_chunk_at=by_lane.last_chunk,
            ended_at=by_lane.ended,
            monotonic=_times(exchange.monotonic.arrived, sent),
            chunk_times=sent.chunk_times,
            frames=sent.frames,
        )

    def _describe_in_flight(self) -> Iterator[str]:
        for number in sorted(self._in_flight):
            exchange = self._exchanges.get(number)
            path = f" {exchange.method} {exchange.path}" if exchange else ""
            yield f"exchange {number}{path}"

    def _drop_surplus(self) -> None:
        while len(self._exchanges) > self._max_exchanges or self._bytes > self._max_bytes:
            number, exchange = self._exchanges.popitem(last=False)
            sent = self._endings.pop(number, None)
            self._bytes -= _weight(exchange) + (_weight_of_frames(sent.frames) if sent else 0)
            self.dropped += 1


def _times_by_lane(arrived: float, sent: Sent) -> Times:
    """The times of an exchange by the lane's clock: what was scheduled, where that stands still."""
    if not sent.schedule:
        lane = [None if moment is None else moment.lane for moment in (sent.first, sent.last)]
        first, last = lane if sent.chunks else (None, None)
        return Times(arrived, first, last, sent.ended.lane)
    first, last = arrived + sent.schedule[0], arrived + sent.schedule[-1]
    return Times(arrived, first, last, last) if sent.chunks else Times(arrived, None, None, last)


def _times(arrived: float | None, sent: Sent) -> Times:
    if not sent.chunks or sent.first is None or sent.last is None:
        return Times(arrived, None, None, sent.ended.monotonic)
    return Times(arrived, sent.first.monotonic, sent.last.monotonic, sent.ended.monotonic)


def with_attempts(exchanges: Iterable[Exchange]) -> tuple[Exchange, ...]:
    """The exchanges with their attempts: which retry each one is, and after what pause."""
    latest: dict[tuple[str, bytes], Exchange] = {}
    counted: list[Exchange] = []
    for exchange in exchanges:
        before = latest.get((exchange.account, exchange.fingerprint))
        if before is not None and _calls_for_another(before):
            attempt, pause = before.attempt + 1, _pause(before, exchange)
            exchange = replace(exchange, attempt=attempt, pause=pause)
        latest[exchange.account, exchange.fingerprint] = exchange
        counted.append(exchange)
    return tuple(counted)


def _calls_for_another(exchange: Exchange) -> bool:
    """Whether a client may have to ask again: it got no whole reply, or one with a fault."""
    broken = any(fault.breaks for fault in exchange.faults)
    return exchange.failed or exchange.outcome == CLIENT_LEFT or broken


def _pause(before: Exchange, exchange: Exchange) -> float:
    """Seconds between two attempts. A frozen clock knows of no waiting, but it may be put forward.

    Below 0 where they overlap.
    """
    ended, arrived = before.monotonic.ended, exchange.monotonic.arrived
    by_lane = exchange.arrived_at - (before.ended_at or exchange.arrived_at)
    measured = 0.0 if ended is None or arrived is None else arrived - ended
    return round(max(by_lane, measured) if measured >= 0 else measured, 6)


def _weight(exchange: Exchange) -> int:
    """About how many bytes an exchange takes, beyond what all of them do."""
    tokens = exchange.reply.usage.completion_tokens if exchange.reply else 0
    headers = sum(len(text) + BYTES_PER_HEADER for _, text in exchange.raw_headers)
    return len(exchange.body) + tokens * BYTES_PER_TOKEN + headers


def _weight_of_frames(frames: tuple[bytes, ...]) -> int:
    return sum(map(len, frames)) + BYTES_PER_FRAME * len(frames)
