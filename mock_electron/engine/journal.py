"""The journal of a lane: its exchanges, bounded in number and size.

Reading waits until no answer is in flight.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf
from threading import Condition
from typing import Final

from mock_electron.engine.answer import Answer
from mock_electron.engine.attempts import Attempt, Attempts
from mock_electron.engine.clock import Moment, Times
from mock_electron.engine.exchange import CLIENT_LEFT, Exchange
from mock_electron.engine.memory import size_of_ending, size_of_exchange
from mock_electron.engine.settings import DEFAULTS

SETTLING_TIME: Final = 5.0
"""The maximum time that a reader waits for answers in flight, in seconds."""


CLOSE_THE_STREAM: Final = "Read the stream to its end, or close it, before reading the exchanges."
"""What to do about answers in flight."""


class StillInFlightError(Exception):
    """The journal was read while answers were in flight, and they did not end in time."""


@dataclass(frozen=True, slots=True)
class SendResult:
    """How sending an answer ended.

    Attributes:
        outcome: The outcome of the exchange.
        chunks: The number of chunks that were sent.
        ended: When the answer ended.
        first: When the first frame was sent, or None.
        last: When the last frame was sent, or None.
        schedule: With a frozen clock, seconds from the arrival of the request to each frame that
            was sent. Empty with a real clock.
        frames: The frames that were sent.
        chunk_times: When each chunk was sent, by the monotonic clock. Empty if all were sent in
            one write.
        offsets: With a frozen clock, seconds from the arrival of the request to each chunk that
            was sent. Empty with a real clock.
    """

    outcome: str
    chunks: int
    ended: Moment
    first: Moment | None = None
    last: Moment | None = None
    schedule: tuple[float, ...] = ()
    frames: tuple[bytes, ...] = ()
    chunk_times: tuple[float, ...] = ()
    offsets: tuple[float, ...] = ()


def send_result(
    answer: Answer, frames_sent: int, moments: Sequence[Moment], ended: Moment, *, frozen: bool
) -> SendResult:
    """Return how sending an answer ended.

    Args:
        answer: The answer.
        frames_sent: The number of frames that were sent. If it is less than the number of frames,
            the client has disconnected.
        moments: When each frame was sent, or one moment for all frames.
        ended: When the answer ended.
        frozen: Whether the lane's clock is frozen.
    """
    complete = frames_sent == len(answer.frames)
    chunks = answer.chunks[:frames_sent]
    return SendResult(
        outcome=answer.outcome if complete else CLIENT_LEFT,
        chunks=sum(chunks),
        ended=ended,
        first=moments[0],
        last=moments[-1],
        schedule=(answer.schedule[:frames_sent] or (0.0,)) if frozen else (),
        frames=_trimmed(answer.frames[:frames_sent]),
        chunk_times=_chunk_times(chunks, moments) if len(moments) > 1 else (),
        offsets=_offsets(chunks, answer.schedule) if frozen else (),
    )


def _trimmed(frames: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Return the frames without spare memory: orjson returns bytes with up to several KiB of it."""
    return (bytes(memoryview(frames[0])),) if len(frames) == 1 else frames


def _chunk_times(chunks: Sequence[int], moments: Sequence[Moment]) -> tuple[float, ...]:
    """Return when each chunk was sent. A frame may complete no chunk, or several."""
    return _of_chunks(chunks, [moment.monotonic for moment in moments])


def _offsets(chunks: Sequence[int], schedule: Sequence[float]) -> tuple[float, ...]:
    """Return the seconds from the request to each chunk, rounded to microseconds."""
    if not schedule:
        return (0.0,) * sum(chunks)
    return _of_chunks(chunks, [round(offset, 6) for offset in schedule])


def _of_chunks(chunks: Sequence[int], times: Sequence[float]) -> tuple[float, ...]:
    """Return the time of each chunk, given the number of chunks and the time of each frame."""
    sent = zip(chunks, times, strict=False)
    return tuple(time for count, time in sent for _ in range(count))


class Journal:
    """The exchanges of a lane. Safe to use from several threads.

    Above either maximum, the oldest exchanges are dropped.

    Args:
        max_exchanges: The maximum number of exchanges; 0 to record none.
        max_bytes: The maximum memory of the exchanges, in bytes.

    Attributes:
        opened: The number of exchanges that were recorded.
        dropped: The number of exchanges that were dropped because of a bound.
    """

    def __init__(
        self,
        max_exchanges: int = DEFAULTS["journal_exchanges"],
        max_bytes: int = DEFAULTS["journal_bytes"],
    ) -> None:
        self._max_exchanges = max_exchanges
        self._max_bytes = max_bytes
        self._exchanges: OrderedDict[int, Exchange] = OrderedDict()
        self._endings: dict[int, SendResult] = {}
        self._in_flight: set[int] = set()
        self._bytes = 0
        self._settled = Condition()
        self._first = 0
        self.opened: int = 0
        self.dropped: int = 0

    def open(self, exchange: Exchange) -> None:
        """Record an exchange, before its first byte is sent."""
        with self._settled:
            self._exchanges[exchange.number] = exchange
            self._in_flight.add(exchange.number)
            self._bytes += size_of_exchange(exchange)
            self.opened += 1
            self._drop_surplus()

    def close(self, number: int, sent: SendResult, body: bytes | None = None) -> None:
        """Record how an exchange ended. If it has been dropped, record nothing.

        Args:
            number: The number of the exchange.
            sent: How it ended.
            body: The body of the request, if it arrived after the answer.
        """
        with self._settled:
            self._in_flight.discard(number)
            if number in self._exchanges:
                if body:
                    self._add_body(number, body)
                self._endings[number] = sent
                self._bytes += _size_of(sent)
                self._drop_surplus()
            self._settled.notify_all()

    def _add_body(self, number: int, body: bytes) -> None:
        before = self._exchanges[number]
        exchange = self._exchanges[number] = replace(before, body=body)
        self._bytes += size_of_exchange(exchange) - size_of_exchange(before)

    @property
    def is_settled(self) -> bool:
        """Whether no answer is in flight."""
        return not self._in_flight

    @property
    def forgotten(self) -> int:
        """The number of exchanges that were recorded before the last `clear`."""
        return self._first

    def clear(self) -> None:
        """Forget all exchanges, including those in flight. The next one has the number 0."""
        with self._settled:
            self._exchanges.clear()
            self._endings.clear()
            self._in_flight.clear()
            self._bytes = self.dropped = 0
            self._first = self.opened
            self._settled.notify_all()

    def read(
        self,
        timeout: float = SETTLING_TIME,
        *,
        waited: float = 0.0,
        advice: str = CLOSE_THE_STREAM,
    ) -> tuple[Exchange, ...]:
        """Return all exchanges in order of arrival, once no answer is in flight.

        Args:
            timeout: The maximum wait in seconds.
            waited: The seconds that the caller has already waited, for the message.
            advice: What to do about answers in flight, for the message.

        Raises:
            StillInFlightError: If an answer is still in flight after that time.
        """
        with self._settled:
            if not self._settled.wait_for(lambda: not self._in_flight, timeout):
                raise StillInFlightError(
                    f"answers are still in flight after {timeout + waited:g} s: "
                    f"{'; '.join(self._describe_in_flight())}. {advice}"
                )
            return self._read()

    def peek(self) -> tuple[Exchange, ...]:
        """Return all exchanges, including those in flight, without waiting."""
        with self._settled:
            return self._read()

    def _read(self) -> tuple[Exchange, ...]:
        return with_attempts(map(self._with_ending, self._exchanges.values()))

    def _with_ending(self, exchange: Exchange) -> Exchange:
        """Return the exchange with its ending. Merged on reading, so that recording is fast."""
        sent = self._endings.get(exchange.number)
        if self._first:
            exchange = replace(exchange, number=exchange.number - self._first)
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
            monotonic=_monotonic_times(exchange.monotonic.arrived, sent),
            chunk_times=sent.chunk_times,
            frames=sent.frames,
            schedule=sent.offsets,
        )

    def _describe_in_flight(self) -> Iterator[str]:
        for number in sorted(self._in_flight):
            exchange = self._exchanges.get(number)
            path = f" {exchange.method} {exchange.path}" if exchange else ""
            yield f"exchange {number - self._first}{path}"

    def _drop_surplus(self) -> None:
        while len(self._exchanges) > self._max_exchanges or self._bytes > self._max_bytes:
            number, exchange = self._exchanges.popitem(last=False)
            sent = self._endings.pop(number, None)
            self._bytes -= size_of_exchange(exchange) + (_size_of(sent) if sent else 0)
            self.dropped += 1


def _size_of(sent: SendResult) -> int:
    return size_of_ending(sent.frames, sent.schedule, sent.chunk_times)


def _times_by_lane(arrived: float, sent: SendResult) -> Times:
    """Return the times of an exchange by the lane's clock. A frozen clock uses the schedule."""
    if not sent.schedule:
        lane = [None if moment is None else moment.lane for moment in (sent.first, sent.last)]
        first, last = lane if sent.chunks else (None, None)
        return Times(arrived, first, last, sent.ended.lane)
    first, last = arrived + sent.schedule[0], arrived + sent.schedule[-1]
    return Times(arrived, first, last, last) if sent.chunks else Times(arrived, None, None, last)


def _monotonic_times(arrived: float | None, sent: SendResult) -> Times:
    if not sent.chunks or sent.first is None or sent.last is None:
        return Times(arrived, None, None, sent.ended.monotonic)
    return Times(arrived, sent.first.monotonic, sent.last.monotonic, sent.ended.monotonic)


def with_attempts(exchanges: Iterable[Exchange]) -> tuple[Exchange, ...]:
    """Return the exchanges with their `attempt`, `retry_of` and pauses."""
    attempts, known = Attempts(), {one.number: one for one in exchanges}
    counted = [(exchange, _counted(attempts, exchange)) for exchange in known.values()]
    return tuple(
        exchange
        if counted_as.retry_of is None
        else _as_retry(exchange, counted_as, known[counted_as.retry_of])
        for exchange, counted_as in counted
    )


def _counted(attempts: Attempts, exchange: Exchange) -> Attempt:
    arrived, ended = exchange.monotonic.arrived, exchange.monotonic.ended
    attempt = attempts.open(
        (exchange.account, exchange.fingerprint),
        exchange.number,
        inf if arrived is None else arrived,
        exchange.raw_headers,
        failed=_may_be_retried(exchange),
    )
    if ended is not None:
        attempts.close(exchange.number, ended, failed=False)
    return attempt


def _as_retry(exchange: Exchange, attempt: Attempt, before: Exchange) -> Exchange:
    by_lane, pause = _pauses(before, exchange)
    return replace(
        exchange,
        attempt=attempt.attempt,
        retry_of=before.number,
        pause=pause,
        lane_pause=by_lane,
    )


def _may_be_retried(exchange: Exchange) -> bool:
    """Return whether a client may retry: it got no complete reply, or one with a fault."""
    broken = any(fault.breaks for fault in exchange.faults)
    return exchange.failed or exchange.outcome == CLIENT_LEFT or broken


def _pauses(before: Exchange, exchange: Exchange) -> tuple[float, float]:
    """Return the seconds between two attempts by the lane's clock, and the longer of both clocks.

    The monotonic clock measures a real wait, and the lane's clock measures an advanced one. If the
    lane's clock was reset in between, it measures 0.
    """
    ended, arrived = before.monotonic.ended, exchange.monotonic.arrived
    by_lane = max(exchange.arrived_at - (before.ended_at or exchange.arrived_at), 0.0)
    measured = 0.0 if ended is None or arrived is None else arrived - ended
    return round(by_lane, 6), round(max(by_lane, measured), 6)
