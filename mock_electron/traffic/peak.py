"""Which requests were in flight when most of one account were."""

from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import islice
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
    sizes = list(map(len, _held(exchanges)))
    peak = sizes.index(max(sizes))
    held = next(islice(_held(exchanges), peak, None))
    return [exchanges[index] for index in sorted(index for _, index in held)]


def _held(exchanges: Sequence[Exchange]) -> Iterator[Sequence[tuple[float, int]]]:
    """Yield the ends and indices of the exchanges in flight at each arrival, as a heap."""
    held: list[tuple[float, int]] = []
    for index, one in enumerate(exchanges):
        while held and held[0][0] <= _arrived(one):
            heappop(held)
        heappush(held, (_ended(one), index))
        yield held


def _arrived(exchange: Exchange) -> float:
    arrived = exchange.monotonic.arrived
    return exchange.arrived_at if arrived is None else arrived


def _ended(exchange: Exchange) -> float:
    by_lane = exchange.monotonic.arrived is None
    ended = exchange.ended_at if by_lane else exchange.monotonic.ended
    return inf if ended is None else ended
