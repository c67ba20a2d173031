"""Which requests were in flight when most of one account were."""

from collections.abc import Iterable, Sequence
from math import inf

from mock_electron.engine.decision import GATEWAY
from mock_electron.engine.exchange import Exchange


def at_peak(exchanges: Iterable[Exchange]) -> list[Exchange]:
    """Return the requests of one account that were in flight when most of them were.

    Refused requests have no slot. If there were equally many at several times, the first one
    counts.

    Args:
        exchanges: The exchanges of a lane, in order of arrival.
    """
    by_account: dict[str, list[Exchange]] = {}
    for one in exchanges:
        if one.answered_by != GATEWAY:
            by_account.setdefault(one.account, []).append(one)
    return max(map(_at_peak, by_account.values()), key=len, default=[])


def _at_peak(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """Return the largest number of exchanges that were in flight at the same time."""
    most: list[Exchange] = []
    held: list[Exchange] = []
    for one in exchanges:
        held = [before for before in held if _ended(before) > _arrived(one)] + [one]
        most = max(most, held, key=len)
    return most


def _arrived(exchange: Exchange) -> float:
    arrived = exchange.monotonic.arrived
    return exchange.arrived_at if arrived is None else arrived


def _ended(exchange: Exchange) -> float:
    by_lane = exchange.monotonic.arrived is None
    ended = exchange.ended_at if by_lane else exchange.monotonic.ended
    return inf if ended is None else ended
