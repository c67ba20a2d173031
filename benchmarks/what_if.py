"""The time of a what-if of 10,000 requests, and of the lane that has answered them before.

    python benchmarks/what_if.py

There is no socket: a lane is called directly. The time to read its journal is apart, because a test
has it anyway.
"""

import gc
from collections.abc import Callable, Iterator
from functools import partial
from time import perf_counter
from typing import Any, Final, TypeVar

from _lane import arrival
from _options import parser
from _server import machine

from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.traffic.exchanges import Exchanges, exchanges_of

Result = TypeVar("Result")
REQUESTS: Final = 10_000
RULES: Final = "Be kind, brief, honest and helpful in all that you say to people. " * 12
WORLDS: Final[dict[str, dict[str, Any]]] = {
    "the same": {},
    "plan, pace": {"plan": "50/2", "pace": "p95"},
    "text moved, replies cut": {"move": "Caller 7", "max_tokens": 10},
}


def main() -> None:
    """Print a row for each kind of requests: the seconds that each part takes."""
    parser(__doc__).parse_args()
    print(machine())
    print("| requests | lane | journal read |", " | ".join(WORLDS), "|")
    for name, body in KINDS.items():
        lane = Lane(Settings(pace="electron"))
        answered, _ = timed(partial(answer, lane, body))
        read, exchanges = timed(partial(journal, lane))
        times = [timed(partial(exchanges.what_if, **world))[0] for world in worlds(name)]
        print(f"| {name} |", " | ".join(f"{time:.2f}" for time in (answered, read, *times)), "|")


def worlds(name: str) -> Iterator[dict[str, Any]]:
    """Yield the worlds. Only requests with a system prompt have the text that is moved."""
    for world in WORLDS.values():
        yield world if name in MOVABLE else {**world, "move": "Hello"} if "move" in world else world


def answer(lane: Lane, body: Callable[[int], dict[str, Any]]) -> None:
    """Let a lane answer all requests."""
    for number in range(REQUESTS):
        answered = lane.open(arrival(body(number)))
        lane.close(answered, len(answered.chunks))


def journal(lane: Lane) -> Exchanges:
    """Read the journal of a lane."""
    return exchanges_of(lane.exchanges(), 0, "", lane.settings)


def timed(function: Callable[[], Result]) -> tuple[float, Result]:
    """Return the seconds that a function takes, and its result."""
    gc.collect()
    began = perf_counter()
    result = function()
    return perf_counter() - began, result


def conversation(number: int) -> dict[str, Any]:
    """Return a request of a conversation, with up to four turns before it."""
    said = [{"role": "system", "content": f"Caller {number // 10}. {RULES}"}]
    for turn in range(number % 5):
        said.append({"role": "user", "content": f"Question {turn} of {number}"})
        said.append({"role": "assistant", "content": f"Answer {turn} is so and so."})
    said.append({"role": "user", "content": f"Tell me about topic {number}, please."})
    return {"model": "electron", "messages": said, "stream": True}


def short(number: int) -> dict[str, Any]:
    """Return one of 20 short requests."""
    said = [{"role": "user", "content": f"Hello, tell me about topic {number % 20}."}]
    return {"model": "electron", "messages": said, "stream": True}


KINDS: Final = {"all different": conversation, "20 different": short}
MOVABLE: Final = ("all different",)

if __name__ == "__main__":
    main()
