"""The journal of a lane: its exchanges, bounded in number and size.

Reading waits until no answer is in flight.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from threading import Condition
from typing import Final

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.memory import size_of_ending, size_of_exchange
from mock_electron.engine.retries import with_attempts
from mock_electron.engine.send_result import SendResult, monotonic_times, times_by_lane
from mock_electron.engine.setting_table import SETTINGS

SETTLING_TIME: Final = 5.0
"""The maximum time that a reader waits for answers in flight, in seconds."""


CLOSE_THE_STREAM: Final = "Read the stream to its end, or close it, before reading the exchanges."
"""What to do about answers in flight."""


class StillInFlightError(Exception):
    """The journal was read while answers were in flight, and they did not end in time."""

    __module__ = "mock_electron"  # as reports show it


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
        max_exchanges: int = SETTINGS["journal_exchanges"].default,
        max_bytes: int = SETTINGS["journal_bytes"].default,
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
        by_lane = times_by_lane(exchange.arrived_at, sent)
        return replace(
            exchange,
            outcome=sent.outcome,
            chunks_sent=sent.chunks,
            first_chunk_at=by_lane.first_chunk,
            last_chunk_at=by_lane.last_chunk,
            ended_at=by_lane.ended,
            monotonic=monotonic_times(exchange.monotonic.arrived, sent),
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
