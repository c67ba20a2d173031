"""`/lanes/{name}/audit`: what the client of a lane could do better."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from mock_electron.audit.report import Level
from mock_electron.audit.run import audit
from mock_electron.audit.thresholds import Thresholds
from mock_electron.audit.written import levels_of, thresholds_of
from mock_electron.control.context import (
    answer,
    control_of,
    exchanges_of,
    lane_of,
    require_open,
)
from mock_electron.control.query import Query, query_of
from mock_electron.control.refused import Invalid
from mock_electron.control.waiting import settled
from mock_electron.engine.journal import SETTLING_TIME
from mock_electron.traffic import exchanges as traffic

RULES: Final = "rules"
THRESHOLDS: Final = "thresholds"
Value = TypeVar("Value")


async def get_audit(request: Request) -> Response:
    """Return what the client of a lane could do better, by its exchanges so far.

    It waits for answers in flight, and judges those that are still in flight then as they are.
    """
    lane, given = lane_of(request), query_of(request)
    levels = _given(given, RULES, levels_of)
    thresholds = _given(given, THRESHOLDS, thresholds_of)
    await settled(request, lane, given.values.get("wait", SETTLING_TIME))
    require_open(request, lane)
    every = await exchanges_of(request, lane)
    found = traffic.exchanges_of(every, lane.journal.dropped, "", lane.settings)
    return await control_of(request).journals.run(_audited, found, levels, thresholds)


def _audited(
    found: traffic.Exchanges, levels: Mapping[str, Level], thresholds: Thresholds
) -> Response:
    document: dict[str, Any] = audit(found, levels=levels, thresholds=thresholds).to_dict()
    return answer({"exchanges": len(found), "dropped": found.dropped, **document})


def _given(query: Query, name: str, read: Callable[[list[str]], Value]) -> Value:
    """Return what a function makes of the texts of a parameter, which commas separate.

    Raises:
        Invalid: If one is wrong.
    """
    texts = [*filter(None, map(str.strip, query.values.get(name, "").split(",")))]
    try:
        return read(texts)
    except ValueError as error:
        raise Invalid.listing([((name,), str(error))], "the query") from error
