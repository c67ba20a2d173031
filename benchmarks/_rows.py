"""The table of the comparison: its rows, their targets, and how it is printed."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from _wrk import (
    CHAT,
    CHAT_DIFFERENT,
    STREAM,
    TOOL_CALL,
    TOOL_CALL_DIFFERENT,
    TOOL_CALL_STREAM,
    Load,
)

Cell = float | str
"""A figure, or the reason why there is none."""

ABSENT: Final = ""
"""The reason of a figure that is not part of the comparison."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a row must reach.

    Attributes:
        relation: "≥" or "≤".
        limit: The number.
        of: What the figure is divided by: "" for nothing, "bare", or "best peer".
    """

    relation: str
    limit: float
    of: str = ""

    def __str__(self) -> str:
        number = f"{self.relation} {self.limit:,g}"
        return f"{number} × {self.of}" if self.of else number

    def is_met(self, value: float) -> bool:
        """Return whether a figure, or a ratio if the target is one, reaches the limit."""
        return RELATIONS[self.relation](value, self.limit)


RELATIONS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "≥": operator.ge,
    "≤": operator.le,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table.

    Attributes:
        name: Its name, with the unit.
        targets: The targets; none if the row is only for information.
        more_is_better: Whether the best peer is the one with the largest figure.
        baseline: The row whose bare figure is the denominator; "" for the row itself.
        decimals: Digits after the decimal point.
    """

    name: str
    targets: tuple[Target, ...] = ()
    more_is_better: bool = False
    baseline: str = ""
    decimals: int = 0


def rate(name: str) -> str:
    """Return the name of the row with the rate of a load."""
    return f"{name}, per second"


def p99(name: str) -> str:
    """Return the name of the row with the slowest hundredth of a load."""
    return f"{name}, p99, ms"


BASELINE: Final = rate(CHAT.name)
CHUNKS: Final = "unpaced stream, chunks per second"
START: Final = "process start to first answer, ms"
RSS_START: Final = "RSS after the first answer, MiB"
RSS_RUN: Final = "RSS after this run, MiB"
RSS_MILLION: Final = "RSS after 1,000,000 requests, MiB"
RSS_GROWTH: Final = "RSS, growth in the second half of them, MiB"
CALLS: Final = "function calls in the lane, repeated request"
OWN_CALLS: Final = "of these, calls of this project's functions"
CALL_FILES: Final = "files that these functions are in"
BURST: Final = "500 paced streams at once, first chunk late, p99, ms"
FLAT: Final = 2.0
"""MiB that memory may grow by and still count as flat."""

ROWS: Final = (
    Row(BASELINE, (Target("≥", 0.6, "bare"), Target("≥", 1.8, "best peer")), True),
    Row(rate(CHAT_DIFFERENT.name), (Target("≥", 0.2, "bare"),), True, BASELINE),
    Row(rate(TOOL_CALL.name), (Target("≥", 0.4, "bare"),), True, BASELINE),
    Row(rate(TOOL_CALL_DIFFERENT.name), (Target("≥", 0.12, "bare"),), True, BASELINE),
    Row(rate(STREAM.name), (Target("≥", 0.45, "bare"),), True, BASELINE),
    Row(CHUNKS, (Target("≥", 300_000),), True),
    Row(rate(TOOL_CALL_STREAM.name), (), True, BASELINE),
    Row(p99(CHAT.name), (Target("≤", 3, "bare"),), decimals=2),
    Row(p99(STREAM.name), (Target("≤", 3, "bare"),), baseline=p99(CHAT.name), decimals=2),
    Row(RSS_START),
    Row(RSS_RUN, (Target("≤", 90),)),
    Row(RSS_MILLION, (Target("≤", 90),)),
    Row(RSS_GROWTH, (Target("≤", FLAT),), decimals=1),
    Row(START, (Target("≤", 1.4, "bare"),)),
    Row(CALLS, (Target("≤", 100),)),
    Row(OWN_CALLS),
    Row(CALL_FILES),
    Row(BURST, (Target("≤", 100),), decimals=1),
)

SERVER_ROWS: Final = (START, RSS_START)
"""The rows of every server, besides those of its loads."""


def load_rows(loads: Sequence[Load]) -> tuple[str, ...]:
    """Return the names of the rows that running these loads fills."""
    names = {row.name for row in ROWS}
    rows = [name for load in loads for name in (rate(load.name), p99(load.name)) if name in names]
    return (*rows, *((CHUNKS,) if STREAM in loads else ()), RSS_RUN)


Figures = Mapping[str, Mapping[str, Cell]]
"""Figures by server and row."""


@dataclass(frozen=True, slots=True)
class Table:
    """All figures.

    Attributes:
        figures: The figures by server and row.
        bare: The name of the bare server.
        peers: The names of the peers.
        ours: The name of this project.
    """

    figures: Figures
    bare: str
    peers: Sequence[str]
    ours: str

    def lines(self) -> list[str]:
        """Return the table as Markdown."""
        servers = (self.bare, *self.peers, self.ours)
        head = ("figure", *servers, "÷ bare", "÷ best peer", "target", "met")
        rows = [self._line(row, servers) for row in ROWS]
        widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
        rule = tuple("-" * width for width in widths)
        return [_joined(cells, widths) for cells in (head, rule, *rows)]

    def notes(self) -> list[str]:
        """Return one line for each reason why a server has no figure."""
        return [
            f"{server}: {len(rows)} skipped: {reason}"
            for server, cells in self.figures.items()
            for reason, rows in _rows_by_reason(cells).items()
        ]

    def _line(self, row: Row, servers: Sequence[str]) -> tuple[str, ...]:
        cells = (_shown(self._cell(server, row.name), row.decimals) for server in servers)
        ratios = (_shown(self._ratio(row, of), 2) for of in ("bare", "best peer"))
        targets = "; ".join(map(str, row.targets))
        return (row.name, *cells, *ratios, targets, self._met(row))

    def _cell(self, server: str, row: str) -> Cell:
        return self.figures.get(server, {}).get(row, ABSENT)

    def _base(self, row: Row, of: str) -> Cell:
        """Return what the figure of this project is divided by."""
        if of == "bare":
            return self._cell(self.bare, row.baseline or row.name)
        peers = [self._cell(peer, row.name) for peer in self.peers]
        figures = [cell for cell in peers if isinstance(cell, float)]
        if not figures:
            return ABSENT
        return max(figures) if row.more_is_better else min(figures)

    def _ratio(self, row: Row, of: str) -> Cell:
        figure, base = self._cell(self.ours, row.name), self._base(row, of)
        if isinstance(figure, float) and isinstance(base, float) and base:
            return figure / base
        return ABSENT

    def _met(self, row: Row) -> str:
        figure = self._cell(self.ours, row.name)
        if isinstance(figure, str):
            return f"skipped: {figure or 'not measured'}"
        return ", ".join(self._answer(row, target, figure) for target in row.targets)

    def _answer(self, row: Row, target: Target, figure: float) -> str:
        value = self._ratio(row, target.of) if target.of else figure
        if isinstance(value, str):
            return f"skipped: {target.of} has no figure"
        return "yes" if target.is_met(value) else "NO"


def _rows_by_reason(cells: Mapping[str, Cell]) -> dict[str, list[str]]:
    """Return the rows without a figure, by reason."""
    rows: dict[str, list[str]] = {}
    for row, cell in cells.items():
        if isinstance(cell, str):
            rows.setdefault(cell, []).append(row)
    return rows


def _shown(cell: Cell, decimals: int) -> str:
    if isinstance(cell, float):
        return f"{cell:,.{decimals}f}"
    return "skipped" if cell else ""


def _joined(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"
