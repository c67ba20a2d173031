"""A what-if as text: a table with both worlds, the differences, and what is not imitated."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from msgspec.structs import astuple

from mock_electron.engine.pace import Pace
from mock_electron.engine.plan import Plan
from mock_electron.engine.script.text import shown
from mock_electron.engine.setting_table import SETTINGS
from mock_electron.engine.settings import Settings
from mock_electron.traffic.comparison.differences import Difference
from mock_electron.traffic.comparison.notes import EXACT
from mock_electron.traffic.comparison.totals import World
from mock_electron.traffic.lines import MAX_LISTED
from mock_electron.traffic.rates import RATES, Rates
from mock_electron.what_if.changes import NONE, Changes

Row = tuple[str, str, str]
HEAD: Final = ("", "recorded", "what if")
SAME: Final = "  every answer is the same"
SHOWN: Final = ("plan", "pace")
"""The settings that are shown even if they are the same."""


def side_by_side(
    before: World[Any],
    after: World[Any],
    differences: Sequence[Difference],
    notes: Iterable[str],
    changes: Changes,
    rates: Rates,
) -> str:
    """Return both worlds as a table, and what is different; see `WhatIf`."""
    settings = _settings(before.settings, after.settings)
    rows = [HEAD, *settings, *_changes(changes), *_sums(before, after, rates)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    table = [_line(row, widths) for row in rows]
    listed = [f"  {one}" for one in differences[:MAX_LISTED]]
    more = len(differences) - MAX_LISTED
    listed += [f"  … and {more} more"] if more > 0 else []
    noted = [f"- {note}" for note in notes]
    return "\n".join([*table, "", *(listed or [SAME]), "", EXACT, *noted])


def _line(row: Row, widths: list[int]) -> str:
    name, before, after = (text.ljust(width) for text, width in zip(row, widths, strict=True))
    return f"{name}  {before}  {after}".rstrip()


def _settings(before: Settings, after: Settings) -> Iterator[Row]:
    for name, row in SETTINGS.items():
        one, other = getattr(before, name), getattr(after, name)
        if name in SHOWN or one != other:
            hide = "…" if row.secret else ""
            yield name, hide or _written(one), hide or _written(other)


def _changes(changes: Changes) -> Iterator[Row]:
    """Yield what is different in the requests."""
    for name in NONE.__struct_fields__:
        value = getattr(changes, name)
        if value != getattr(NONE, name):
            yield name, "", shown(value) if name == "move" else _written(value)


def _sums(before: World[Any], after: World[Any], rates: Rates) -> Iterator[Row]:
    """Yield what the requests add up to."""
    money = " (example rates)" if rates == RATES["example"] else ""
    one, other = (dict(_sum(world, rates.currency)) for world in (before, after))
    for name in one:
        yield name + (money if name == "cost" else ""), one[name], other[name]


def _sum(world: World[Any], currency: str) -> Iterator[tuple[str, str]]:
    other_failures = len(world.failed) - len(set(world.failed) & set(world.refused))
    yield "requests", f"{len(world.exchanges)}"
    yield "429", f"{len(world.refused)}"
    yield "other failures", f"{other_failures}"
    yield "first token, median", _milliseconds(world.ttft_median)
    yield "first token, p95", _milliseconds(world.ttft_p95)
    yield "fresh tokens", f"{world.fresh_tokens}"
    yield "cached tokens", f"{world.cached_tokens} ({world.hit_rate:.0%})"
    yield "output tokens", f"{world.completion_tokens}"
    yield "cost", f"{world.cost:.6f} {currency}"


def _milliseconds(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds * 1000:.0f} ms"


def _written(value: Any) -> str:
    """Return a value as an option takes it."""
    if isinstance(value, Plan):
        return "/".join("–" if one is None else f"{one}" for one in astuple(value))
    if isinstance(value, Pace):
        jitter = f":{value.jitter:g}" if value.jitter else ""
        return f"{value.first * 1000:g}:{value.each * 1000:g}{jitter}"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else f"{value}"
