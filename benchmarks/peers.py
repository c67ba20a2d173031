"""The speed of this project, of a bare uvicorn, and of its peers, in one run on one machine.

    python benchmarks/peers.py [--quick] [--cache FOLDER]

Each server is pinned to one core and wrk to another. This project runs with `sampling` steady, a
real clock and its journal. mocktopus and aimock are installed into the cache when they are first
needed. What cannot be measured is skipped, and the table says why.
"""

import sys
import tempfile
from argparse import Namespace
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import cycle
from pathlib import Path
from statistics import median
from subprocess import SubprocessError
from time import perf_counter
from typing import Final

import _rows
from _lane import calls_of_a_repeated_request
from _options import parser
from _paced import PACE_OPTIONS, late_first_chunks
from _peers import BARE, OURS, PEERS, Contender, UnavailableError, install
from _rows import Cell, Table
from _server import (
    FIRST_CORE,
    SECOND_CORE,
    Served,
    free_port,
    keep_to,
    machine,
    mock_electron,
    percentile,
    post,
    serving,
    serving_on,
)
from _wrk import CHAT, CHAT_DIFFERENT, CONNECTIONS, LOADS, STREAM, Load, run

CACHE: Final = Path(tempfile.gettempdir()) / "mock-electron-peers"
WARM_UP: Final = 1
"""Seconds."""
MANY: Final = 1_000_000
"""Requests to one server, after which its memory is measured."""
SEGMENT: Final = 10
"""Seconds of the same request, and then of different requests, until there are that many."""
MANY_LIMIT: Final = 600
"""Seconds after which it is too late for that many requests."""
BURST: Final = 500
"""Paced streams that start at once."""
FAILURES: Final = (UnavailableError, OSError, RuntimeError, HTTPException, SubprocessError)
"""What makes a figure missing. The rest of the comparison is measured."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured.

    Attributes:
        starts: How often each server is started to time its start.
        rounds: How many rounds there are. In a round each server gets each load.
        seconds: How long a load takes.
        bursts: How often the paced streams are started.
        many: Whether the memory after a million requests is measured.
    """

    starts: int
    rounds: int
    seconds: int
    bursts: int
    many: bool


FULL: Final = Effort(starts=10, rounds=3, seconds=5, bursts=3, many=True)
QUICK: Final = Effort(starts=3, rounds=1, seconds=2, bursts=1, many=False)


@dataclass(slots=True)
class Collected:
    """All measured values of one server, by row, and the reasons for what is missing."""

    values: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    reasons: dict[str, str] = field(default_factory=dict)

    def cells(self) -> Mapping[str, Cell]:
        """Return the median of each row, or the reason why it was not measured every time."""
        return {row: median(values) for row, values in self.values.items()} | self.reasons

    @contextmanager
    def skipping(self, *rows: str) -> Iterator[None]:
        """Note why these rows cannot be measured, if that is the case."""
        try:
            yield
        except FAILURES as error:
            reason = str(error).partition("\n")[0]
            self.reasons |= dict.fromkeys(rows, reason)


@contextmanager
def started(contender: Contender, cache: Path) -> Iterator[tuple[Served, float]]:
    """Start a server, and yield it with the milliseconds until its first answer."""
    port = free_port()
    command = contender.command(port, contender.folder(cache))
    with serving_on(port, command, core=FIRST_CORE) as served:
        post(served, contender.path, CHAT.body)
        yield served, (perf_counter() - served.started) * 1000


def measure_start(contender: Contender, cache: Path, into: Collected) -> None:
    """Measure the time to the first answer, and the memory after it."""
    with into.skipping(_rows.START, _rows.RSS_START), started(contender, cache) as (served, took):
        into.values[_rows.START].append(took)
        into.values[_rows.RSS_START].append(_rss(served))


def measure_loads(contender: Contender, cache: Path, seconds: int, into: Collected) -> None:
    """Measure every load on one server. The bare server gets only the first load."""
    loads = LOADS[:1] if contender is BARE else LOADS
    with into.skipping(*_rows.load_rows(loads)), started(contender, cache) as (served, _):
        run(served, contender.path, CHAT, WARM_UP)
        for load in loads:
            _measure_load(served, contender, load, seconds, into)
        into.values[_rows.RSS_RUN].append(_rss(served))


def _measure_load(
    served: Served, contender: Contender, load: Load, seconds: int, into: Collected
) -> None:
    rows = (_rows.rate(load.name), _rows.p99(load.name))
    with into.skipping(*rows, *((_rows.CHUNKS,) if load is STREAM else ())):
        measured = run(served, contender.path, load, seconds)
        for row, value in zip(rows, (measured.rate, measured.p99), strict=True):
            into.values[row].append(value)
        if load is STREAM:
            chunks = post(served, contender.path, load.body).count(b"data: ")
            into.values[_rows.CHUNKS].append(measured.rate * chunks)


def measure_many(cache: Path, into: Collected) -> None:
    """Measure the memory of this project after 500,000 and after 1,000,000 requests."""
    with into.skipping(_rows.RSS_MILLION, _rows.RSS_GROWTH), started(OURS, cache) as (served, _):
        requests, half = 0, 0.0
        for load in cycle((CHAT, CHAT_DIFFERENT)):
            requests += run(served, OURS.path, load, SEGMENT, first=requests).requests
            if requests >= MANY // 2 and not half:
                half = _rss(served)
            if requests >= MANY:
                break
            if perf_counter() - served.started > MANY_LIMIT:
                raise UnavailableError(f"only {requests:,} requests within {MANY_LIMIT} s")
        rss = _rss(served)
        into.values[_rows.RSS_MILLION].append(rss)
        into.values[_rows.RSS_GROWTH].append(rss - half)


def measure_bursts(rounds: int, into: Collected) -> None:
    """Measure how late the first chunks of many paced streams are. Each round has a new server."""
    with into.skipping(_rows.BURST):
        late: list[float] = []
        for _ in range(rounds):
            with serving(mock_electron(*PACE_OPTIONS), core=FIRST_CORE) as served:
                late += late_first_chunks(served, BURST)
        into.values[_rows.BURST].append(percentile(late, 0.99) * 1000)


def measure_calls(into: Collected) -> None:
    """Count function calls."""
    calls = calls_of_a_repeated_request()
    into.values[_rows.CALLS].append(calls.total)
    into.values[_rows.OWN_CALLS].append(calls.own)
    into.values[_rows.CALL_FILES].append(float(calls.files))


def _rss(served: Served) -> float:
    rss = served.rss_mib()
    if rss is None:
        raise UnavailableError("this system does not report the memory of a process")
    return rss


def measure(effort: Effort, cache: Path) -> Table:
    """Measure everything."""
    contenders, absent = _installed(cache)
    collected = {one.name: Collected() for one in contenders}
    for number in range(effort.starts + 1):  # the first start fills the caches of the system
        for one in contenders:
            into = collected[one.name] if number else Collected()
            measure_start(one, cache, into)
    for number in range(effort.rounds):
        for one in contenders:
            _say(f"round {number + 1} of {effort.rounds}: {one.name}")
            measure_loads(one, cache, effort.seconds, collected[one.name])
    ours = collected[OURS.name]
    _say("function calls and paced streams")
    measure_calls(ours)
    measure_bursts(effort.bursts, ours)
    if effort.many:
        _say("1,000,000 requests")
        measure_many(cache, ours)
    else:
        ours.reasons |= dict.fromkeys((_rows.RSS_MILLION, _rows.RSS_GROWTH), "not with --quick")
    figures = absent | {name: one.cells() for name, one in collected.items()}
    return Table(figures, BARE.name, [peer.name for peer in PEERS], OURS.name)


def _installed(cache: Path) -> tuple[Sequence[Contender], dict[str, Mapping[str, Cell]]]:
    """Install the peers. Return all servers, and for the missing ones why they have no figures."""
    ready = [BARE]
    absent: dict[str, Mapping[str, Cell]] = {}
    for peer in PEERS:
        try:
            install(peer, cache)
            ready.append(peer)
        except FAILURES as error:
            rows = (*_rows.SERVER_ROWS, *_rows.load_rows(LOADS))
            absent[peer.name] = dict.fromkeys(rows, str(error))
    return [*ready, OURS], absent


def _say(text: str) -> None:
    """Report progress. The table is on standard output."""
    print(text, file=sys.stderr, flush=True)


def options(words: Sequence[str] | None = None) -> Namespace:
    """Read the command line."""
    chosen = parser(__doc__)
    chosen.add_argument("--quick", action="store_true", help="measure for about 60 seconds")
    chosen.add_argument(
        "--cache", type=Path, default=CACHE, help="folder for the peers (default: %(default)s)"
    )
    return chosen.parse_args(words)


def main() -> int:
    """Print the table, and the load of the machine before and after."""
    chosen = options()
    effort = QUICK if chosen.quick else FULL
    began = perf_counter()
    print(machine())
    print(f"wrk: 1 thread, {CONNECTIONS} connections; {effort.rounds} × {effort.seconds} s each")
    keep_to(SECOND_CORE)
    table = measure(effort, chosen.cache.absolute())
    print("\n".join((*table.lines(), *table.notes())))
    print(f"after {perf_counter() - began:.0f} s: {machine()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
