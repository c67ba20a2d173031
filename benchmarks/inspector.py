"""What an open inspector costs: chat with the page open and following, and without it, in pairs.

    python benchmarks/inspector.py [--pairs N] [--seconds N]

Two servers take turns: one that was never followed, and one whose page is open. Both are pinned to
one core, and wrk and the browser to another. The processor time of the server for each request
depends little on what else runs on the machine, so it is the main figure. wrk and the browser share
a core, so the rate is lower with the page open even if the server is not slower.
"""

import os
import shutil
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

from _options import parser
from _peers import UnavailableError
from _server import (
    CHAT_PATH,
    FIRST_CORE,
    SECOND_CORE,
    Served,
    keep_to,
    machine,
    mock_electron,
    serving,
)
from _wrk import CHAT, CHAT_DIFFERENT, CONNECTIONS, Load, run

LOADS: Final = (CHAT, CHAT_DIFFERENT)
WARM_UP: Final = 8
"""Seconds. The journal is full after them, so that the page has 10,000 exchanges to show."""
TARGET: Final = 1.1
"""How much more processor time a request may take with the page open."""
SETTLED: Final = 1.0
"""Seconds in which the page shows what has happened before."""
BROWSERS: Final = ("chromium", "google-chrome")
ARGUMENTS: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


@dataclass(slots=True)
class Measured:
    """The runs with the page open, or those without it.

    Attributes:
        cost: Microseconds of the server for each request, run by run.
        rate: Requests per second.
    """

    cost: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)


class Reader:
    """A page of a browser that follows a server.

    Args:
        page: The page.
        served: The server.
    """

    def __init__(self, page: Any, served: Served) -> None:
        self._page = page
        self.asked = 0
        page.on("request", self._count)
        page.goto(f"http://{served.host}:{served.port}/_mock/")

    def _count(self, request: Any) -> None:
        self.asked += "/exchanges?" in request.url

    def wait(self) -> None:
        """Let the page do its work, and count what it has asked for."""
        self._page.wait_for_timeout(SETTLED * 1000)


def cpu_seconds(served: Served) -> float:
    """Return the processor time of a server."""
    stat = Path(f"/proc/{served.process.pid}/stat")
    if not stat.exists():
        raise UnavailableError("this system does not report the processor time of a process")
    ticks = stat.read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def reading(served: Served) -> Iterator[Reader]:
    """Open the inspector of a server in a browser."""
    from playwright.sync_api import sync_playwright

    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise UnavailableError("neither chromium nor google-chrome is installed")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=browser, args=list(ARGUMENTS))
        yield Reader(opened.new_page(viewport={"width": 1440, "height": 900}), served)
        opened.close()


def measure(load: Load, pairs: int, seconds: int) -> tuple[Measured, Measured, float]:
    """Return the runs without the page, those with it, and how often it asked in a second."""
    quiet, watched = Measured(), Measured()
    asked, took = 0, 0.0
    with ExitStack() as stack:
        both = [stack.enter_context(serving(mock_electron(), FIRST_CORE)) for _ in range(2)]
        first = [run(served, CHAT_PATH, load, WARM_UP).requests for served in both]
        reader = stack.enter_context(reading(both[1]))
        for pair in range(pairs):
            for number in (0, 1) if pair % 2 == 0 else (1, 0):
                reader.wait()
                served, into = both[number], (quiet, watched)[number]
                before, asked_before, began = cpu_seconds(served), reader.asked, perf_counter()
                ran = run(served, CHAT_PATH, load, seconds, first[number])
                cost = cpu_seconds(served) - before
                reader.wait()
                if served is both[1]:
                    asked += reader.asked - asked_before
                    took += perf_counter() - began
                first[number] += ran.requests
                into.cost.append(cost / ran.requests * 1e6)
                into.rate.append(ran.rate)
    return quiet, watched, asked / took


def lines(load: Load, shut: Measured, opened: Measured, asked: float) -> Iterator[str]:
    """Yield the rows of a load: the figures, and the ratio of each pair."""
    for name, off, on in (
        ("processor time of the server, µs each", shut.cost, opened.cost),
        ("requests per second", shut.rate, opened.rate),
    ):
        ratios = [one / other for one, other in zip(on, off, strict=True)]
        figures = f"{median(off):,.0f} | {median(on):,.0f} | {median(ratios):.2f}"
        yield f"| {load.name}: {name} | {figures} | {min(ratios):.2f} to {max(ratios):.2f} |"
    yield f"| {load.name}: times that the page read rows, per second | | {asked:.1f} | | |"


def options(words: Sequence[str] | None = None) -> Namespace:
    """Read the command line."""
    chosen = parser(__doc__)
    chosen.add_argument("--pairs", type=int, default=7, help="default: %(default)s")
    chosen.add_argument("--seconds", type=int, default=4, help="of a run (default: %(default)s)")
    return chosen.parse_args(words)


def main() -> int:
    """Print the table, and the load of the machine before and after."""
    chosen = options()
    print(machine())
    print(f"wrk: 1 thread, {CONNECTIONS} connections; {chosen.pairs} pairs of {chosen.seconds} s")
    keep_to(SECOND_CORE)
    print(f"| figure | without | with the page | ratio (target: ≤ {TARGET:g}) | of the pairs |")
    print("|---|---|---|---|---|")
    try:
        for load in LOADS:
            print("\n".join(lines(load, *measure(load, chosen.pairs, chosen.seconds))), flush=True)
    except (UnavailableError, ImportError) as error:
        print(f"skipped: {error}", file=sys.stderr)
        return 1
    print(f"after: {machine()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
