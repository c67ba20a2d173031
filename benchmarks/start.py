"""The time from the start of `mock-electron serve` to its first answer, its memory, and its end."""

import sys
from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter
from typing import Final

from _options import parser
from _server import QUESTION, ask, chat_request, machine, mock_electron, serving

RUNS: Final = 10
STREAM: Final = QUESTION | {"stream": True}
PACED: Final = ("--clock", "real", "--pace", "200:200")
"""Slow enough that the stream is still open when Ctrl-C is sent."""


def start_and_end() -> Mapping[str, float]:
    """Start a server, send one request, and stop it. Return milliseconds and MiB."""
    with serving(mock_electron()) as served:
        printed = perf_counter() - served.started
        connection, _ = ask(served, chat_request(QUESTION), b"\r\n\r\n{")
        answered = perf_counter() - served.started
        connection.close()
        memory = served.rss_mib()
        ended = served.interrupt()
    return {
        "start to printed address, ms": printed * 1000,
        "start to first answer, ms": answered * 1000,
        "RSS after the first answer, MiB": memory or float("nan"),
        "Ctrl-C to end, idle, ms": ended * 1000,
    }


def end_while_streaming() -> Mapping[str, float]:
    """Send Ctrl-C while a paced stream is open and its client reads."""
    with serving(mock_electron(*PACED)) as served:
        connection, _ = ask(served, chat_request(STREAM), b"data: ")
        with connection:
            ended = served.interrupt()
    return {"Ctrl-C to end, one paced stream open, ms": ended * 1000}


def measure(run_once: Callable[[], Mapping[str, float]]) -> None:
    """Print the median and the worst of RUNS runs. One more run before them fills caches."""
    runs = [run_once() for _ in range(RUNS + 1)][1:]
    for name in runs[0]:
        values = [run[name] for run in runs]
        print(f"{name:44} median {median(values):7.1f}   worst {max(values):7.1f}")


def main() -> int:
    """Print all figures."""
    parser(__doc__).parse_args()
    print(f"{machine()}; {RUNS} runs")
    measure(start_and_end)
    measure(end_while_streaming)
    return 0


if __name__ == "__main__":
    sys.exit(main())
