"""The routes of the control API, as a table. The OpenAPI document is made from it."""

from collections.abc import Awaitable, Callable
from typing import Final, Literal

from msgspec import Struct
from starlette.requests import Request
from starlette.types import ASGIApp

from mock_electron.control import (
    events,
    exchanges,
    faults,
    health,
    lane_routes,
    schemas,
    steps,
    verify,
    world,
)
from mock_electron.scripts.conditions import Schema

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Endpoint = Callable[[Request], Awaitable[ASGIApp] | ASGIApp]
"""Starlette calls a function that is not async in a thread."""


class RouteRow(Struct, frozen=True):
    """One route.

    Attributes:
        method: The HTTP method.
        path: The path below `/_mock`.
        endpoint: The function that answers. The first line of its docstring describes the route.
        body: The schema of the body, or None for none.
        statuses: The statuses of the answer, the one of success first.
    """

    method: Method
    path: str
    endpoint: Endpoint
    body: Schema | None = None
    statuses: tuple[int, ...] = (200,)


LANE: Final = "/lanes/{name}"
OF_A_LANE: Final = (200, 404, 410)
CHANGE: Final = (200, 404, 409, 410, 413, 415, 422)
CREATION: Final = (201, 404, 409, 410, 413, 415, 422)

ROUTES: Final = (
    RouteRow("GET", "/health", health.health),
    RouteRow("GET", "/ready", health.health),
    RouteRow("GET", "/lanes", lane_routes.list_lanes),
    RouteRow("POST", "/lanes", lane_routes.open_lane, schemas.LANE, CREATION),
    RouteRow("GET", LANE, lane_routes.get_lane, None, OF_A_LANE),
    RouteRow("PUT", LANE, lane_routes.put_lane, schemas.NAMED_LANE, CREATION),
    RouteRow("DELETE", LANE, lane_routes.close_lane, None, CHANGE),
    RouteRow("GET", f"{LANE}/verdict", lane_routes.get_verdict, None, (200, 404, 410, 422)),
    RouteRow("GET", f"{LANE}/settings", world.get_settings, None, OF_A_LANE),
    RouteRow("PATCH", f"{LANE}/settings", world.change_settings, schemas.SETTINGS_BODY, CHANGE),
    RouteRow("POST", f"{LANE}/reset", world.reset, schemas.RESET, CHANGE),
    RouteRow("GET", f"{LANE}/steps", steps.list_steps, None, OF_A_LANE),
    RouteRow("POST", f"{LANE}/steps", steps.add_steps, schemas.ANY_STEPS, CREATION),
    RouteRow("PUT", f"{LANE}/steps", steps.replace_steps, schemas.ANY_STEPS, CHANGE),
    RouteRow("DELETE", f"{LANE}/steps", steps.remove_steps, None, CHANGE),
    RouteRow("GET", f"{LANE}/steps/{{number:int}}", steps.get_step, None, OF_A_LANE),
    RouteRow("DELETE", f"{LANE}/steps/{{number:int}}", steps.remove_step, None, CHANGE),
    RouteRow("GET", f"{LANE}/faults", faults.list_faults, None, OF_A_LANE),
    RouteRow("POST", f"{LANE}/faults", faults.inject, schemas.FAULT_BODY, CREATION),
    RouteRow("DELETE", f"{LANE}/faults", faults.clear_faults, None, CHANGE),
    RouteRow("DELETE", f"{LANE}/faults/{{id:int}}", faults.remove_fault, None, CHANGE),
    RouteRow("GET", f"{LANE}/clock", world.get_clock, None, OF_A_LANE),
    RouteRow("POST", f"{LANE}/clock/advance", world.advance_clock, schemas.ADVANCE, CHANGE),
    RouteRow("GET", f"{LANE}/exchanges", exchanges.list_exchanges, None, (200, 404, 409, 410, 422)),
    RouteRow("GET", f"{LANE}/exchanges/{{number:int}}", exchanges.get_exchange, None, OF_A_LANE),
    RouteRow("POST", f"{LANE}/verify", verify.verify, schemas.VERIFY, CHANGE),
    RouteRow("POST", f"{LANE}/barge-in", world.barge_in, schemas.EMPTY, CHANGE),
    RouteRow("GET", f"{LANE}/events", events.follow_lane, None, (200, 404, 410, 503)),
    RouteRow("GET", "/events", events.follow_all, None, (200, 503)),
    RouteRow("POST", "/check", steps.check_script, schemas.ANY_STEPS, (200, 413, 415, 422)),
)
"""The routes."""
