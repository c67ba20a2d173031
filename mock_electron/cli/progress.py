"""The progress of a long run on standard error: a bar on a terminal, otherwise a line at times."""

import sys
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

import click

Item = TypeVar("Item")

INTERVAL: Final = 30.0
"""Seconds between two lines."""


def shown_progress(items: Iterable[Item], total: int, what: str) -> Iterator[Item]:
    """Yield the items, and show how many there have been.

    Args:
        items: The items.
        total: How many there will be.
        what: What they are, such as "clauses".
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield from _with_lines(items, total, what)
        return
    with click.progressbar(items, length=total, label=what, file=sys.stderr) as bar:
        yield from bar


def _with_lines(items: Iterable[Item], total: int, what: str) -> Iterator[Item]:
    from mock_electron.contract.clock import stopwatch

    elapsed, due = stopwatch(), INTERVAL
    for number, item in enumerate(items, 1):
        yield item
        if elapsed() >= due:
            click.echo(f"{number} of {total} {what}", err=True)
            due = elapsed() + INTERVAL
