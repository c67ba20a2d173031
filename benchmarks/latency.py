"""How punctual paced streams are: when each chunk arrives, and when it is due.

The first chunk is due when the time that `--pace FIRST:EACH` gives for the uncached tokens of the
prompt has passed. The role and the first token are sent together, each further token EACH later,
and the closing chunks with the last token; these times count from the first chunk. The delay of
the client is part of the figures.
"""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter
from typing import Any, Final

import uvloop
from _options import parser
from _paced import PACE, PACE_OPTIONS, first_due
from _server import (
    FIRST_CORE,
    QUESTION,
    SECOND_CORE,
    Served,
    chat_request,
    keep_to,
    machine,
    mock_electron,
    percentile,
    serving,
)

SIZES: Final = (1, 10, 100)
"""Numbers of streams at the same time."""

BURST: Final = 500
"""Number of short streams at the same time."""

ROUNDS: Final = 3
LIMIT: Final = 30.0
OPENING: Final = 2
"""Chunks that are sent first, together: the role and the first token."""

CLOSING: Final = 2
"""Chunks that are sent with the last token: the finish reason and [DONE]."""

LONG_RESULT: Final = " ".join(f"item {number} costs {number} rupees" for number in range(1, 55))
CALLS: Final = ("chatcmpl-tool-1", "chatcmpl-tool-2")
REPORT: Final[dict[str, Any]] = {
    "model": "electron",
    "stream": True,
    "messages": [
        *QUESTION["messages"],
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {
                    "id": call,
                    "type": "function",
                    "function": {"name": "list_prices", "arguments": "{}"},
                }
                for call in CALLS
            ],
        },
        *({"role": "tool", "tool_call_id": call, "content": LONG_RESULT} for call in CALLS),
    ],
}
"""A request whose reply is long because it repeats the results of the tools."""


@dataclass(slots=True)
class Listener(asyncio.Protocol):
    """The receiver of one stream.

    Attributes:
        ended: Done when the stream has ended.
        sent: When the request was sent, by `perf_counter`, in seconds.
        arrivals: Seconds from the request to each chunk.
        rest: Received bytes that are not a complete event yet.
    """

    ended: asyncio.Future[None]
    sent: float = 0.0
    arrivals: list[float] = field(default_factory=list)
    rest: bytes = b""

    def data_received(self, data: bytes) -> None:
        arrived = perf_counter() - self.sent
        *lines, self.rest = (self.rest + data).split(b"\n\n")
        self.arrivals += [arrived] * len(lines)
        if lines and lines[-1].endswith(b"data: [DONE]"):
            self.ended.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(ConnectionError(f"the stream is incomplete: {exc}"))


async def read_stream(served: Served, delay: float, body: Mapping[str, Any]) -> Listener:
    """Open one stream after a delay in seconds, and read it to its end."""
    await asyncio.sleep(delay)
    loop = asyncio.get_running_loop()
    listener = Listener(loop.create_future())
    transport, _ = await loop.create_connection(lambda: listener, served.host, served.port)
    listener.sent = perf_counter()
    transport.write(chat_request(body))
    await listener.ended
    transport.close()
    return listener


async def read_streams(
    served: Served, size: int, spread: float, body: Mapping[str, Any]
) -> list[Listener]:
    """Read `size` streams at the same time. They begin evenly within `spread` seconds."""
    async with asyncio.timeout(LIMIT):
        delays = (spread * number / size for number in range(size))
        return await asyncio.gather(*(read_stream(served, delay, body) for delay in delays))


def off_pace(listener: Listener) -> list[float]:
    """Return how many milliseconds each chunk after the first is late. Early ones are negative."""
    first, *others = listener.arrivals
    between = len(others) + 1 - OPENING - CLOSING
    steps = [0] * (OPENING - 1) + list(range(1, between + 1)) + [between] * CLOSING
    return [(at - first - PACE.each * step) * 1000 for at, step in zip(others, steps, strict=True)]


def show(name: str, late: Sequence[float], off: Sequence[Sequence[float]]) -> None:
    """Print one line.

    Args:
        name: The name of the line.
        late: Delays of the first chunks, in milliseconds.
        off: Delays of all other chunks, in milliseconds, by stream.
    """
    distances = [abs(value) for stream in off for value in stream]
    drift = median(stream[-1] for stream in off)
    print(
        f"{name:18} {len(off[0]) + 1} chunks   first late by median {median(late):6.2f} ms"
        f"  p99 {percentile(late, 0.99):6.2f}  max {max(late):6.2f}"
        f"   others off by median {median(distances):5.2f} ms"
        f"  p99 {percentile(distances, 0.99):6.2f}  max {max(distances):6.2f}  drift {drift:5.2f}"
    )


def measure(name: str, size: int, spread: float, body: Mapping[str, Any] = REPORT) -> None:
    """Print the figures of ROUNDS runs with `size` streams, each with a new server."""
    late: list[float] = []
    off: list[list[float]] = []
    for _ in range(ROUNDS):
        with (
            serving(mock_electron(*PACE_OPTIONS), core=FIRST_CORE) as served,
            asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        ):
            runner.run(read_streams(served, 1, 0, body))  # load all modules first
            due = first_due(served, body)
            streams = runner.run(read_streams(served, size, spread, body))
            late += [(stream.arrivals[0] - due) * 1000 for stream in streams]
            off += map(off_pace, streams)
    show(name, late, off)


def main() -> int:
    """Print all figures."""
    parser(__doc__).parse_args()
    print(f"{machine()}; {PACE}; {ROUNDS} rounds")
    keep_to(SECOND_CORE)
    for size in SIZES:
        measure(f"{size} at once", size, 0)
    measure(f"{SIZES[-1]} within 1 s", SIZES[-1], 1.0)
    measure(f"{BURST} short at once", BURST, 0, {**QUESTION, "stream": True})
    return 0


if __name__ == "__main__":
    sys.exit(main())
