"""Memory, tasks, file descriptors and threads of a server under mixed load for ten minutes.

    python benchmarks/soak.py [--minutes 10]

16 clients send chat requests, streams, invalid requests, requests with faults, and streams that
they abort, to four lanes and with many keys. The number of an exchange decides what it is. Before
that, 60,000 different requests fill the caches. The run has 20 rounds. After each of them the
clients disconnect, the server has a second of rest, and the table gets a row. Below it is the
growth of each figure per minute in the second half, which must be flat. A short run is not flat:
the journals fill up first. Linux only.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from time import perf_counter, sleep
from typing import Final

from _options import parser
from _server import FIRST_CORE, PATIENCE, SECOND_CORE, keep_to, machine
from _traffic import Client, Lanes

CLIENTS: Final = 16
ROUNDS: Final = 20
REST: Final = 1.0
"""Seconds from the last request of a round to its figures."""
FIGURES: Final = ("MiB", "tasks", "descriptors", "threads")
FLAT: Final[Mapping[str, float]] = {"MiB": 0.5, "tasks": 0.1, "descriptors": 0.1, "threads": 0.1}
"""Growth per minute in the second half up to which a figure is flat."""

Sample = Mapping[str, float]
"""One row of the table. "minute" is the time since the start."""


class Soaked:
    """The server process.

    Attributes:
        lanes: The URLs of its lanes by name.
    """

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.lanes: Lanes = json.loads(self._line())

    def figures(self) -> dict[str, float]:
        """Return the current figures of the process."""
        assert self._process.stdin is not None
        print(file=self._process.stdin, flush=True)
        found: dict[str, float] = json.loads(self._line())
        return found

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the server ended early")
        return line


@contextmanager
def soaked() -> Iterator[Soaked]:
    """Start the server, and stop it afterwards."""
    command = (sys.executable, str(Path(__file__).with_name("_soaked.py")))
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        keep_to(FIRST_CORE, process.pid)
        try:
            yield Soaked(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE)
            process.kill()


def work(lanes: Lanes, numbers: Iterator[int], end: float, done: Counter[str]) -> None:
    """Make exchanges until the round has ended.

    Args:
        lanes: The URLs of the lanes by name.
        numbers: The numbers of the exchanges of this client.
        end: When the round ends, by `perf_counter`, in seconds.
        done: How many exchanges ended in which way.
    """
    with Client(lanes) as client:
        while perf_counter() < end:
            try:
                done[client.exchange(next(numbers))] += 1
            except (OSError, RuntimeError) as error:
                done[f"FAILED: {error}"] += 1


def run(server: Soaked, seconds: float) -> list[Sample]:
    """Run all rounds, print a row before the first and after each, and return them."""
    numbers = [count(first, CLIENTS) for first in range(CLIENTS)]
    counters = [Counter[str]() for _ in range(CLIENTS)]
    began = perf_counter()
    samples: list[Sample] = []
    for number in range(ROUNDS + 1):
        end = began + seconds * number / ROUNDS
        with ThreadPoolExecutor(CLIENTS) as clients:
            for one, done in zip(numbers, counters, strict=True):
                clients.submit(work, server.lanes, one, end - REST, done)
        sleep(REST)
        total = sum(counters, Counter[str]())
        minute = (perf_counter() - began) / 60
        samples.append({"minute": minute, "exchanges": total.total()} | server.figures())
        show(samples[-1])
    for way, times in sorted(total.items()):
        print(f"{times:9,} {way}")
    return samples


def slope(samples: Sequence[Sample], figure: str) -> float:
    """Return the growth per minute: the slope of the line that fits best."""
    minutes = [sample["minute"] for sample in samples]
    values = [sample[figure] for sample in samples]
    middle, mean = sum(minutes) / len(minutes), sum(values) / len(values)
    spread = sum((minute - middle) ** 2 for minute in minutes)
    pairs = zip(minutes, values, strict=True)
    return sum((minute - middle) * (value - mean) for minute, value in pairs) / spread


def show(sample: Sample) -> None:
    """Print one row of the table."""
    figures = (f"{sample[name]:.0f}" for name in FIGURES[1:])
    cells = (f"{sample['minute']:.1f}", f"{sample['exchanges']:,.0f}", f"{sample['MiB']:.1f}")
    print(f"| {' | '.join((*cells, *figures))} |", flush=True)


def show_slopes(samples: Sequence[Sample]) -> None:
    """Print the growth per minute in the second half of the run, and whether it is flat."""
    for name in FIGURES:
        growth = slope(samples[len(samples) // 2 :], name)
        verdict = "flat" if growth <= FLAT[name] else "GROWS"
        print(f"{name:12} {growth:+8.3f} per minute in the second half: {verdict}")


def main() -> int:
    """Print all figures."""
    options = parser(__doc__)
    options.add_argument("--minutes", type=float, default=10, help="how long (default: 10)")
    minutes = options.parse_args().minutes
    if sys.platform != "linux":
        print("soak.py reads /proc, which only Linux has")
        return 2
    print(machine())
    keep_to(SECOND_CORE)
    print("| minute | exchanges | MiB | tasks | descriptors | threads |")
    print("|---|---|---|---|---|---|")
    print("filling the caches", file=sys.stderr)
    with soaked() as server:
        samples = run(server, minutes * 60)
    show_slopes(samples)
    print(machine())
    return 0


if __name__ == "__main__":
    sys.exit(main())
