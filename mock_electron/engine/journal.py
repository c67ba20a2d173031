"""The journal: what was asked and what became of it, bounded, and settled before it is read."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from threading import Condition
from typing import Final

from mock_electron.engine.answer import CUT
from mock_electron.engine.faults import Fault
from mock_electron.model.completion import usage_after
from mock_electron.wire import codec
from mock_electron.wire.errors import ApiError
from mock_electron.wire.reply import Reply, Usage
from mock_electron.wire.request import ChatRequest, freeze

MAX_EXCHANGES: Final = 10_000
MAX_BYTES: Final = 256 * 1024 * 1024
"""Of request bodies and replies. Beyond either bound the oldest exchange is dropped and counted."""
BYTES_PER_TOKEN: Final = 70
"""About what a token of a reply takes in memory."""

SETTLING_TIME: Final = 5.0
"""Seconds that a reader waits for what is still in flight."""

IN_FLIGHT: Final = "in flight"
CLIENT_LEFT: Final = "client left"


class StillInFlightError(Exception):
    """The journal was read while answers were still being sent, and they did not end in time."""


@dataclass(frozen=True, slots=True)
class Sent:
    """How sending an answer ended.

    chunks: those that went out. first_frame_at, ended_at: by a real clock; None by a frozen one,
    where the schedule counts: seconds from arrival to each frame that went out.
    """

    outcome: str
    chunks: int
    first_frame_at: float | None = None
    ended_at: float | None = None
    schedule: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what became of it. Times are Unix seconds by the lane's clock.

    number: its place in the order of arrival, from 0.
    method, path, authorization, body: as they arrived; the path is the one inside the lane, the
        key is redacted.
    account: 32 hex digits that stand for the key; "" where there is none.
    understood: whether the body was a valid request.
    status, request_id: of the answer; the status is 0 where a fault let none begin.
    reply: what was answered; None where `error`, or a fault, says why not.
    occurrence: how often this same request had come before.
    faults: those that the answer had.
    outcome: in flight, complete, refused, cut by a fault, or client left.
    chunks: how many the answer has, [DONE] not counted; a reply in one piece is one chunk.
    chunks_sent: how many of them went out.
    arrived_at, first_chunk_at, ended_at: when; first_chunk_at is None where no chunk went out.
    """

    number: int
    method: str
    path: str
    authorization: str
    body: bytes
    understood: bool
    status: int
    request_id: str
    reply: Reply | None
    error: ApiError | None
    occurrence: int
    chunks: int = 0
    account: str = ""
    faults: tuple[Fault, ...] = ()
    arrived_at: float = 0.0
    outcome: str = IN_FLIGHT
    chunks_sent: int = 0
    first_chunk_at: float | None = None
    ended_at: float | None = None

    @property
    def request(self) -> ChatRequest | None:
        """The request as Electron understood it; None where it was refused before that.

        It is read from the body anew: kept, it would take many times the body's memory.
        """
        return freeze(codec.decode(self.body)) if self.understood else None

    @property
    def usage(self) -> Usage | None:
        """The tokens of the reply; None for an error.

        Where a stream ended early, the tokens that were generated until then (D).
        """
        if self.reply is None:
            return None
        whole = self.outcome not in (CLIENT_LEFT, CUT) or self.chunks == 1
        return self.reply.usage if whole else usage_after(self.reply, self.chunks_sent)

    @property
    def chunks_left(self) -> int:
        """How many chunks were still to come when it ended."""
        return self.chunks - self.chunks_sent

    @property
    def time_to_first_chunk(self) -> float | None:
        """Seconds from the request to its first chunk, to the microsecond."""
        first = self.first_chunk_at
        return None if first is None else round(first - self.arrived_at, 6)

    @property
    def duration(self) -> float | None:
        """Seconds from the request to the end of its answer, to the microsecond."""
        return None if self.ended_at is None else round(self.ended_at - self.arrived_at, 6)


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
        self.opened = 0
        self.dropped = 0

    def open(self, exchange: Exchange) -> None:
        """Write an exchange down, before its first byte goes out."""
        with self._settled:
            self._exchanges[exchange.number] = exchange
            self._in_flight.add(exchange.number)
            self._bytes += _weight(exchange)
            self.opened += 1
            while len(self._exchanges) > self._max_exchanges or self._bytes > self._max_bytes:
                self._drop_oldest()

    def close(self, number: int, sent: Sent) -> None:
        """Write down how an exchange ended. It may have been dropped meanwhile."""
        with self._settled:
            self._in_flight.discard(number)
            if number in self._exchanges:
                self._endings[number] = sent
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
            return tuple(map(self._ended, self._exchanges.values()))

    def _ended(self, exchange: Exchange) -> Exchange:
        """The exchange with its ending: joined when it is read, as writing must be cheap."""
        sent, arrived = self._endings[exchange.number], exchange.arrived_at
        schedule = sent.schedule or (0.0,)
        first_at = sent.first_frame_at or arrived + schedule[0]
        return replace(
            exchange,
            outcome=sent.outcome,
            chunks_sent=sent.chunks,
            first_chunk_at=first_at if sent.chunks else None,
            ended_at=sent.ended_at or arrived + schedule[-1],
        )

    def _describe_in_flight(self) -> Iterator[str]:
        for number in sorted(self._in_flight):
            exchange = self._exchanges.get(number)
            path = f" {exchange.method} {exchange.path}" if exchange else ""
            yield f"exchange {number}{path}"

    def _drop_oldest(self) -> None:
        number, exchange = self._exchanges.popitem(last=False)
        self._endings.pop(number, None)
        self._bytes -= _weight(exchange)
        self.dropped += 1


def _weight(exchange: Exchange) -> int:
    """About how many bytes an exchange takes, beyond what all of them do."""
    tokens = exchange.reply.usage.completion_tokens if exchange.reply else 0
    return len(exchange.body) + tokens * BYTES_PER_TOKEN
