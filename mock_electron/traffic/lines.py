"""Exchanges as lines of text."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from mock_electron.engine.exchange import Exchange

MAX_LISTED: Final = 50
NO_REQUESTS: Final = "  no requests"


def lines(exchanges: Iterable[Exchange], marked: Collection[int] = ()) -> str:
    """Return all exchanges, one line each.

    Args:
        exchanges: The exchanges.
        marked: The numbers of exchanges whose lines begin with `>`.
    """
    shown = [f"{'>' if one.number in marked else ' '} {one}" for one in exchanges]
    return "\n".join(shown) or NO_REQUESTS


def older_dropped(number: int) -> str:
    """Return that this number of older exchanges were dropped, after those that are there."""
    return "1 older one was dropped" if number == 1 else f"{number} older ones were dropped"


def listing(exchanges: Sequence[Exchange], marked: Collection[int] = ()) -> str:
    """Return the latest exchanges, one line each, and the number of earlier ones."""
    earlier = len(exchanges) - MAX_LISTED
    head = f"  ({earlier} earlier)\n" if earlier > 0 else ""
    return head + lines(exchanges[-MAX_LISTED:], marked)


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return a number with its noun: `1 chunk`, `2 chunks`."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"
