"""How punctual paced streams are: every chunk against the moment when it is due.

Due, as the documentation of `--pace FIRST:EACH` has it: the role and the first token FIRST after
the request, every further token EACH after the one before, and what closes the stream together
with the last token. The client's own delay is in the figures.
"""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter
from typing import Any, Final

import uvloop
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

FIRST: Final = 0.174
EACH: Final = 0.005
PACE: Final = "174:5"
CROWDS: Final = (1, 10, 100)
"""So many streams at the same time."""

ROUNDS: Final = 3
LIMIT: Final = 30.0
OPENING: Final = 2
"""Chunks that come at FIRST: the role and the first token."""

CLOSING: Final = 2
"""Chunks that come with the last token: the finish reason and [DONE]."""

LONG_RESULT: Final = " ".join(f"item {number} costs {number} rupees" for number in range(1, 41))
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
                    "id": "chatcmpl-tool-1",
                    "type": "function",
                    "function": {"name": "list_prices", "arguments": "{}"},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "chatcmpl-tool-1", "content": LONG_RESULT},
    ],
}
"""A request whose reply repeats the tool's result, and is long for it."""


@dataclass(slots=True)
class Listener(asyncio.Protocol):
    """One stream. arrivals: seconds from the request to each of its chunks."""

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
            self.ended.set_exception(ConnectionError(f"the stream broke off: {exc}"))


async def listen(served: Served, delay: float) -> Listener:
    """Open one stream after a delay, and hear it to its end."""
    await asyncio.sleep(delay)
    loop = asyncio.get_running_loop()
    listener = Listener(loop.create_future())
    transport, _ = await loop.create_connection(lambda: listener, served.host, served.port)
    listener.sent = perf_counter()
    transport.write(chat_request(REPORT))
    await listener.ended
    transport.close()
    return listener


async def crowd(served: Served, size: int, spread: float) -> list[Listener]:
    """So many streams at the same time, begun evenly within `spread` seconds."""
    async with asyncio.timeout(LIMIT):
        delays = (spread * place / size for place in range(size))
        return await asyncio.gather(*(listen(served, delay) for delay in delays))


def due_times(chunks: int) -> list[float]:
    """Seconds from the request to the moment when each chunk is due."""
    between = chunks - OPENING - CLOSING
    steps = [0] * OPENING + list(range(1, between + 1)) + [between] * CLOSING
    return [FIRST + EACH * step for step in steps]


def deviations(listener: Listener) -> list[float]:
    """Milliseconds by which each chunk of a stream came late."""
    due = due_times(len(listener.arrivals))
    return [(came - at) * 1000 for came, at in zip(listener.arrivals, due, strict=True)]


def show(name: str, streams: Sequence[Sequence[float]]) -> None:
    """Print one line about the deviations of some streams, chunk by chunk."""
    chunks = [late for stream in streams for late in stream]
    drift = median(stream[-1] - stream[0] for stream in streams)
    print(
        f"{name:28} {len(streams[0])} chunks each   late by: median {median(chunks):6.2f} ms"
        f"   p99 {percentile(chunks, 0.99):6.2f} ms   max {max(chunks):6.2f} ms"
        f"   min {min(chunks):6.2f} ms   drift {drift:6.2f} ms"
    )


def measure(size: int, spread: float) -> list[list[float]]:
    """The deviations of ROUNDS crowds of this size, each at a server of its own."""
    streams: list[list[float]] = []
    for _ in range(ROUNDS):
        with (
            serving(mock_electron("--clock", "real", "--pace", PACE), core=FIRST_CORE) as served,
            asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        ):
            runner.run(crowd(served, 1, 0))  # what is imported late is imported now
            streams += map(deviations, runner.run(crowd(served, size, spread)))
    return streams


def main() -> int:
    """Print all figures."""
    print(f"{machine()}; pace {PACE} ms; {ROUNDS} rounds")
    keep_to(SECOND_CORE)
    for size in CROWDS:
        show(f"{size} at once", measure(size, 0))
    show(f"{CROWDS[-1]} within 1 s", measure(CROWDS[-1], 1.0))
    return 0


if __name__ == "__main__":
    sys.exit(main())
