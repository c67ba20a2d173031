"""`/lanes` and `/lanes/{name}`: opening, reading and closing lanes."""

from typing import Any, Final

import anyio
import anyio.to_thread
from msgspec import Struct
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from mock_electron.control import bodies, schemas, views
from mock_electron.control.context import answer, control_of, exchanges_of, lane_of
from mock_electron.control.given_settings import read_settings
from mock_electron.control.lanes import OpenLanes, check_name, new_lane, read_keys, read_ttl
from mock_electron.control.query import seconds_of, single
from mock_electron.control.refused import Conflict, Invalid, Problems
from mock_electron.control.steps import SCRIPT, read_steps
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
    given = await bodies.read(request, schemas.LANE)
    lanes = control_of(request).lanes
    name = given.pop("name", None)
    prepared = await anyio.to_thread.run_sync(_prepared, lanes, given, name)
    if name is not None:
        lanes.check_owner(name)
        if name in lanes.opened:
            raise Conflict(f"the lane {echoed(name)} is open already; PUT replaces it")
    return _opened(request, name, prepared, 201)


async def put_lane(request: Request) -> Response:
    """Open a lane, or open it anew, with an empty journal."""
    name = request.path_params["name"]
    check_name(name)
    given, lanes = await bodies.read(request, schemas.LANE), control_of(request).lanes
    if given.pop("name", name) != name:
        raise Invalid.of([(("name",), f"name must be that of the path, {echoed(name)}")])
    prepared = await anyio.to_thread.run_sync(_prepared, lanes, given, name)
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


def _prepared(lanes: OpenLanes, given: dict[str, Any], name: str | None) -> _Prepared:
    """Return the lane of a body.

    Raises:
        Invalid: If something is wrong; all problems are listed.
    """
    problems = Problems()
    if name is not None:
        problems.read(check_name, name)
    options = problems.read(read_settings, given.get("settings", {}), ("settings",))
    settings = problems.read(with_options, lanes.settings, options or {}) or lanes.settings
    script = {key: given[key] for key in ("steps", SCRIPT) if key in given}
    steps = problems.read(read_steps, script, Lane(settings)) if script else ()
    keys = problems.read(read_keys, given.get("keys", []))
    ttl = problems.read(read_ttl, given.get("ttl"))
    problems.check()
    return _Prepared(new_lane(settings, steps or (), keys or ()), keys or (), ttl)


def _opened(request: Request, name: str | None, given: _Prepared, status: int) -> Response:
    """Open a lane, and return where it is."""
    control = control_of(request)
    lanes = control.lanes
    chosen = lanes.open(name, given.lane, given.keys, given.ttl)
    control.events.publish(chosen, "opened")
    key = lanes.api_key(chosen)
    env = variables_of(lanes.url(request, chosen), key)
    return answer(_addresses(request, chosen) | {"api_key": key, "env": env}, status)


def with_options(settings: Settings, options: dict[str, Any]) -> Settings:
    """Return settings with other values for some.

    Raises:
        Invalid: If the values contradict each other.
    """
    try:
        return replace(settings, **options)
    except ValueError as error:
        raise Invalid.of([(("settings",), str(error))]) from None


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
    return seconds_of(single(request.query_params), "wait", LONGEST_WAIT, SETTLING_TIME)


async def get_verdict(request: Request) -> Response:
    """Return the verdict on a lane without closing it."""
    lane = lane_of(request)
    await settled(request, lane, _wait_of(request))
    return await _judged(request, lane)
