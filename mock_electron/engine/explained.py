"""Why the pocket model answered an exchange as it did."""

from collections.abc import Iterable

from mock_electron.engine.cache_miss import unknown_number
from mock_electron.engine.choose_reply import POCKET_MODEL
from mock_electron.engine.clock import utc_date
from mock_electron.engine.exchange import Exchange
from mock_electron.model.explain import Explanation, explain


def explained(exchanges: Iterable[Exchange], number: int | None, missing: str) -> Explanation:
    """Return why the pocket model answered an exchange as it did.

    Args:
        exchanges: The exchanges of a lane.
        number: The number of the exchange; None for the last one that the pocket model answered.
        missing: The setting `missing` of the lane.

    Raises:
        ValueError: If there is no such exchange, or the pocket model did not answer it.
    """
    every = {one.number: one for one in exchanges}
    if number is None:
        spoken = [one for one in every.values() if one.answered_by == POCKET_MODEL]
        if not spoken:
            raise ValueError("the pocket model has answered no request")
        exchange = spoken[-1]
    elif number in every:
        exchange = every[number]
    else:
        raise ValueError(unknown_number(number, every))
    found = explanation_of(exchange, missing)
    if found is None:
        raise ValueError(f"the pocket model did not answer exchange #{exchange.number}: {exchange}")
    return found


def explanation_of(exchange: Exchange, missing: str) -> Explanation | None:
    """Return why the pocket model answered an exchange as it did; None if something else did."""
    request = exchange.request
    if exchange.answered_by != POCKET_MODEL or request is None:
        return None
    return explain(request, utc_date(exchange.arrived_at), missing)
