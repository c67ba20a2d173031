"""The time that the pocket model takes for short requests, tool calls and long prompts.

    python benchmarks/model.py

The lane is called directly, without a socket, on one core. Targets: a short request in less than
1 ms; a prompt of 32,000 tokens 100 times per second, and in 2 ms if the lane has seen it before.
"""

from statistics import median
from time import perf_counter
from typing import Any

from _lane import arrival, exchange
from _options import parser
from _server import machine

from mock_electron.engine.lane import Lane
from mock_electron.wire.openapi.examples import WEATHER_TOOL as WEATHER

ROUNDS = 9


def main() -> None:
    """Print two rows for each request: new to the lane, and repeated."""
    parser(__doc__).parse_args()
    print(machine())
    question = {"role": "user", "content": "What's the weather in Mumbai?"}
    long = {"role": "system", "content": "You are a helpful agent. " * 5300}
    turns = [
        {"role": role, "content": f"Turn {turn}: " + "the quick brown fox jumps over it. " * 20}
        for turn in range(90)
        for role in ("user", "assistant")
    ]
    tools = [WEATHER | {"function": WEATHER["function"] | {"name": f"tool_{n}"}} for n in range(20)]
    requests: list[tuple[str, dict[str, Any], int]] = [
        ("words", {"messages": [{"role": "user", "content": "Why is the sky blue?"}]}, 300),
        ("words in Hindi", {"messages": [{"role": "user", "content": "आसमान नीला क्यों है?"}]}, 300),
        ("a tool call", {"messages": [question], "tools": [WEATHER]}, 300),
        ("a tool call, 32,000 tokens", {"messages": [long, question], "tools": [WEATHER]}, 20),
        ("a history, 32,000 tokens", {"messages": [*turns, question], "tools": tools}, 20),
    ]
    for name, fields, count in requests:
        for kind, again in (("new", False), ("again", True)):
            seconds = per_request({"model": "electron"} | fields, count, again)
            print(f"{name:28} {kind:6} {seconds * 1000:7.3f} ms {1 / seconds:9,.0f} a second")


def per_request(body: dict[str, Any], count: int, again: bool) -> float:
    """Return the median time of a request, in seconds.

    Args:
        body: The body of the request.
        count: How many requests a round has.
        again: Whether the lane has answered the same request before.
    """
    lane = Lane()
    request = arrival(body)
    rounds = []
    for _ in range(ROUNDS):
        started = perf_counter()
        for _ in range(count):
            lane = lane if again else Lane()
            exchange(lane, request)
        rounds.append((perf_counter() - started) / count)
    return median(rounds)


if __name__ == "__main__":
    main()
