"""`/lanes/{name}/what-if`: the requests of a lane in another world."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from mock_electron.control.context import answer, control_of, exchanges_of, lane_of
from mock_electron.control.given import QUERY
from mock_electron.control.query import query_of
from mock_electron.control.refused import Invalid
from mock_electron.control.waiting import require_settled
from mock_electron.engine.exchange import IN_FLIGHT
from mock_electron.inputs.checks import must_be
from mock_electron.scripts.wording import field_path
from mock_electron.traffic import exchanges
from mock_electron.traffic.rates import RATES_AS_TEXT, parse_rates

TOOLS: Final = "without_tools"


async def get_what_if(request: Request) -> Response:
    """Return what would have happened to the same requests in another world.

    The engine executes them again, with what the parameters change. The answer has both worlds, the
    requests that get another answer, and what is not imitated.
    """
    lane = lane_of(request)
    given = query_of(request)
    await require_settled(request, lane)
    every = [one for one in await exchanges_of(request, lane) if one.outcome != IN_FLIGHT]
    url = control_of(request).lanes.url(request, request.path_params["name"])
    read = exchanges.exchanges_of(every, lane.journal.dropped, url, lane.settings)
    options = _options(dict(given.values) | dict(given.conditions))
    return answer(await control_of(request).journals.run(_compared, read, options))


def _options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of `Exchanges.what_if`. Prices are given as a text: no file is read."""
    options = dict(given)
    if TOOLS in options:
        options[TOOLS] = [name for name in options[TOOLS].split(",") if name]
    if "rates" in options:
        try:
            options["rates"] = parse_rates(options["rates"])
        except ValueError:
            words = must_be("rates", f"example, or {RATES_AS_TEXT}", options["rates"])
            raise Invalid.listing([(("rates",), words)], QUERY) from None
    return options


def _compared(read: exchanges.Exchanges, options: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return read.what_if(**options).to_dict()
    except ValueError as error:
        words = str(error)
        raise Invalid.listing([(field_path(words, options), words)], QUERY) from None
