"""`/lanes` and `/lanes/{name}`: opening, reading and closing lanes."""

from typing import Any, Final

import anyio
import anyio.to_thread
from msgspec import Struct
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from mock_electron.control import bodies, schemas, views
from mock_electron.control.context import answer, control_of, exchanges_of, lane_of, require_open
from mock_electron.control.given import Given
from mock_electron.control.given_settings import read_settings
from mock_electron.control.lanes import OpenLanes, check_name, new_lane, read_keys, read_ttl
from mock_electron.control.query import query_of
from mock_electron.control.refused import Conflict, problem
from mock_electron.control.steps import read_steps
from mock_electron.control.waiting import settled
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.journal import SETTLING_TIME
from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.inputs.spelling import echoed
from mock_electron.serve.app import CONTROL_PATH
from mock_electron.serve.lanes import DEFAULT_NAME
from mock_electron.testing.strict import verdict_of
from mock_electron.testing.variables import variables_of
from mock_electron.wire.request import BASE_PATH

LONGEST_WAIT: Final = 60.0
"""The maximum time to wait for answers in flight, in seconds."""
MOST_LISTED: Final = 1_000
"""The maximum number of lanes that a list has: the latest."""


def list_lanes(request: Request) -> Response:
    """Return the lanes: the default lane, and the latest others."""
    lanes = control_of(request).lanes
    others = tuple(lanes.all.open.items())  # at one moment: lanes are closed meanwhile
    listed = ((DEFAULT_NAME, lanes.all.default), *others[-MOST_LISTED:])
    rows = [_row(request, name, lane) for name, lane in listed]
    return answer({"lanes": rows, "open": 1 + len(others)})


def _row(request: Request, name: str, lane: Lane) -> dict[str, Any]:
    return _addresses(request, name) | {
        "clock": views.clock(lane),
        "in_flight": lane.journal.number_in_flight,
        "peak_in_flight": lane.peak_in_flight,
        "recorded": lane.journal.opened - lane.journal.forgotten,
        "steps": len(lane.script()),
    }


def _addresses(request: Request, name: str) -> dict[str, str]:
    """Return where a lane is."""
    lanes = control_of(request).lanes
    url, origin = lanes.url(request, name), lanes.origin(request)
    root = f"{origin}{CONTROL_PATH}"
    return {
        "name": name,
        "url": url,
        "base_url": url + BASE_PATH,
        "control": f"{root}/lanes/{name}",
        "page": f"{root}/?lane={name}",
    }


async def get_lane(request: Request) -> Response:
    """Return the state of a lane."""
    name = request.path_params["name"]
    opened = control_of(request).lanes.opened.get(name)
    ttl = {"ttl": opened.ttl if opened else None}
    return answer(_addresses(request, name) | ttl | await state_of(request))


async def state_of(request: Request) -> dict[str, Any]:
    """Return the state of the lane in the path of a request."""
    lane = lane_of(request)
    every = await exchanges_of(request, lane)
    return await anyio.to_thread.run_sync(views.lane_state, lane, every)


async def open_lane(request: Request) -> Response:
    """Open a lane."""
    given = await bodies.read(request, schemas.LANE_BODY)
    lanes, name = control_of(request).lanes, given.document.get("name")
    if name is not None:
        given.read(("name",), check_name, name)
    prepared = await anyio.to_thread.run_sync(_prepared, lanes, given)
    if name is not None:
        lanes.check_owner(name)
        if name in lanes.opened:
            words = f"the lane {echoed(name)} is open already; PUT replaces it"
            raise Conflict(words, problems=[problem(("name",), words)])
    return _opened(request, name, prepared, 201)


async def put_lane(request: Request) -> Response:
    """Open a lane, or open it anew, with an empty journal."""
    path = Given({"name": request.path_params["name"]}, "the path")
    name = path.read(("name",), check_name, path.document["name"])
    path.require_valid()
    given, lanes = await bodies.read(request, schemas.LANE_BODY), control_of(request).lanes
    if given.document.get("name", name) != name and not given.is_wrong(("name",)):
        given.add(("name",), f"name must be that of the path, {echoed(name)}")
    prepared = await anyio.to_thread.run_sync(_prepared, lanes, given)
    return _opened(request, name, prepared, 201 if name not in lanes.opened else 200)


class _Prepared(Struct, frozen=True):
    """What a body says about a lane, checked.

    Attributes:
        lane: The lane, which is not open yet.
        keys: The API keys that name the lane.
        ttl: The time to live in seconds, or None.
    """

    lane: Lane
    keys: tuple[str, ...]
    ttl: float | None


def _prepared(lanes: OpenLanes, given: Given) -> _Prepared:
    """Return the lane of a body.

    Raises:
        Invalid: If something is wrong; all problems are listed.
    """
    body = given.document
    settings = _settings(lanes.settings, given)
    lane = None if given.is_wrong(("settings",)) else Lane(settings)
    steps = read_steps(given, lane)
    keys = given.read(("keys",), read_keys, body.get("keys", [])) or ()
    ttl = given.read(("ttl",), read_ttl, body["ttl"]) if "ttl" in body else None
    given.require_valid()
    return _Prepared(new_lane(settings, steps, keys), keys, ttl)


def _settings(default: Settings, given: Given) -> Settings:
    """Return the settings of a lane: those of the server, and those of a body."""
    values = given.document.get("settings", {})
    if not isinstance(values, dict):
        return default
    options = read_settings(given, values, ("settings",))
    return given.read(("settings",), _changed, default, options) or default


def _changed(settings: Settings, options: dict[str, Any]) -> Settings:
    return replace(settings, **options)


def _opened(request: Request, name: str | None, given: _Prepared, status: int) -> Response:
    """Open a lane, and return where it is."""
    control = control_of(request)
    lanes = control.lanes
    chosen = lanes.open(name, given.lane, given.keys, given.ttl)
    control.events.publish(chosen, "opened")
    key = lanes.api_key(chosen)
    env = variables_of(lanes.url(request, chosen), key, uds=lanes.path)
    return answer(_addresses(request, chosen) | {"api_key": key, "env": env}, status)


async def close_lane(request: Request) -> Response:
    """Close a lane, and return the verdict on it."""
    name, lane = request.path_params["name"], lane_of(request)
    control = control_of(request)
    wait = _wait_of(request)
    control.lanes.check_owner(name)
    await settled(request, lane, wait)
    if control.lanes.all.named(name) is lane:  # nobody else has closed or replaced it
        control.lanes.close(name)
    return await _judged(request, lane)


async def _judged(request: Request, lane: Lane) -> Response:
    """Return the verdict on a lane. In a thread: it explains each refusal of a strict lane."""
    every = await exchanges_of(request, lane)
    return await anyio.to_thread.run_sync(_verdict, lane, every)


def _verdict(lane: Lane, every: tuple[Exchange, ...]) -> Response:
    return answer(views.verdict_document(verdict_of(lane, every)))


def _wait_of(request: Request) -> float:
    wait: float = query_of(request).values.get("wait", SETTLING_TIME)
    return wait


async def get_verdict(request: Request) -> Response:
    """Return the verdict on a lane without closing it."""
    lane = lane_of(request)
    await settled(request, lane, _wait_of(request))
    require_open(request, lane)
    return await _judged(request, lane)
