"""`/lanes/{name}/settings`, `/reset`, `/clock` and `/barge-in`: the world around a conversation."""

from typing import Final

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from mock_electron.control import bodies, schemas, views
from mock_electron.control.context import answer, control_of, lane_of, publish, require_open
from mock_electron.control.given import Given
from mock_electron.control.given_settings import FIXED, read_settings, shown_settings
from mock_electron.control.lane_routes import state_of
from mock_electron.engine.lane import Lane
from mock_electron.engine.reset import RESETS
from mock_electron.serve.play import prepare_for

CLEARING: Final = frozenset({"exchanges", "journal"})
"""The parts of a lane whose reset clears the journal."""


def get_settings(request: Request) -> Response:
    """Return the settings."""
    return answer(shown_settings(lane_of(request).settings))


async def change_settings(request: Request) -> Response:
    """Change settings for later requests."""
    lane = lane_of(request)
    given = await bodies.read(request, schemas.SETTINGS_BODY)
    await anyio.to_thread.run_sync(_change, request, lane, given)
    prepare_for(lane)
    publish(request, "settings")
    return answer(shown_settings(lane.settings))


def _change(request: Request, lane: Lane, given: Given) -> None:
    settings = read_settings(given, given.document, fixed=FIXED)
    given.require_valid()
    require_open(request, lane)
    lane.change(**settings)


async def reset(request: Request) -> Response:
    """Return the lane, or parts of it, to the state at its start."""
    lane = lane_of(request)
    given = await bodies.read(request, schemas.RESET)
    require_open(request, lane)
    parts = given.require_valid().get("only", RESETS)
    if not CLEARING.isdisjoint(parts):
        control_of(request).tallies.keep(lane)
    lane.reset(dict.fromkeys(parts))
    publish(request, "reset")
    return answer(await state_of(request))


def get_clock(request: Request) -> Response:
    """Return the mode and the time of the clock."""
    return answer(views.clock(lane_of(request)))


async def advance_clock(request: Request) -> Response:
    """Advance the clock."""
    lane = lane_of(request)
    given = await bodies.read(request, schemas.ADVANCE)
    require_open(request, lane)
    given.read(("seconds",), lane.clock.advance, given.require_valid()["seconds"])
    given.require_valid()
    publish(request, "clock")
    return answer(views.clock(lane))


async def barge_in(request: Request) -> Response:
    """Mark the moment when the user interrupts."""
    lane = lane_of(request)
    (await bodies.read(request, schemas.EMPTY)).require_valid()
    require_open(request, lane)
    marked = lane.barge_in()
    publish(request, "barge_in")
    return answer({"in_flight": sorted(marked.exchanges), "barge_ins": len(lane.barge_ins)})
