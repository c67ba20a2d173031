"""The order in which requests came and replies ended by a frozen clock, which does not show it.

1. In the process that recorded them, the monotonic clock of the exchanges tells the order.
2. A file has no such times. There each reply ended before the next request, unless a refusal proves
   that as many replies as the plan allows were in flight: they ended after it.
"""

from collections.abc import Iterator, Sequence
from math import inf
from typing import Final

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.plan import Plan
from mock_electron.what_if.recorded import is_by_the_plan
from mock_electron.wire import errors

Span = tuple[float, float]
"""When a request came and its reply ended, in any unit."""
AT_ONCE: Final = 0.5
"""The time from a request in a file to the end of its reply; the next request comes after 1."""


def is_known(exchanges: Sequence[Exchange]) -> bool:
    """Return whether the exchanges are those of this process, with their monotonic times."""
    return any(one.monotonic.arrived not in (None, one.arrived_at) for one in exchanges)


def order_of(exchanges: Sequence[Exchange], plan: Plan) -> list[Span]:
    """Return when each request came and its reply ended, by the recorded order.

    Args:
        exchanges: The exchanges in the order of arrival.
        plan: The recorded plan.
    """
    if is_known(exchanges):
        return list(_measured(exchanges))
    spans = [(float(index), index + AT_ONCE) for index in range(len(exchanges))]
    admitted: dict[str, list[int]] = {}
    for index, exchange in enumerate(exchanges):
        known = admitted.setdefault(exchange.account, [])
        if _is_proof(exchange) and plan.in_flight is not None:
            for one in known[-plan.in_flight :]:
                spans[one] = (spans[one][0], index + AT_ONCE)
        elif not is_by_the_plan(exchange):
            known.append(index)
    return spans


def _measured(exchanges: Sequence[Exchange]) -> Iterator[Span]:
    for one in exchanges:
        came, ended = one.monotonic.arrived, one.monotonic.ended
        yield (one.arrived_at if came is None else came), (inf if ended is None else ended)


def _is_proof(exchange: Exchange) -> bool:
    error = exchange.error
    return is_by_the_plan(exchange) and error is not None and error.name == errors.CONCURRENCY.name
