"""The application of the control API: its routes, its errors, and the checks before them."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import cache, partial
from inspect import iscoroutinefunction
from itertools import groupby, zip_longest
from operator import attrgetter
from typing import Any, Final

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import ASGIApp, Scope

from mock_electron.control import bodies
from mock_electron.control.context import Control, answer
from mock_electron.control.event_log import Events
from mock_electron.control.gate import READING, TOKEN, Gate
from mock_electron.control.inspector import inspector_routes
from mock_electron.control.lanes import NAME_WORDS, OpenLanes
from mock_electron.control.openapi import document
from mock_electron.control.query import read_query
from mock_electron.control.reading import ReadJournals
from mock_electron.control.refused import Refused
from mock_electron.control.route_row import RouteRow
from mock_electron.control.routes import ROUTES
from mock_electron.control.tallies import Tallies
from mock_electron.engine.lane import Lane
from mock_electron.inputs.spelling import echoed, nearest
from mock_electron.serve.app import CONTROL_PATH, is_below
from mock_electron.serve.server import Server

logger: Final = logging.getLogger("mock_electron")

PATHS: Final = {
    path: {row.method: row for row in rows}
    for path, rows in groupby(sorted(ROUTES, key=attrgetter("path")), attrgetter("path"))
}
"""The routes of each path, by method."""
IN_URL: Final = (TOKEN,)
"""The parameters of requests that read, which the gate has checked."""
NAME_RULE: Final = f"the name of a lane has only {NAME_WORDS}"
PAGE: Final = f"{CONTROL_PATH}/page"
FAILED: Final = "the control API failed; the log of the server has the reason"


def application(server: Server, token: str = "") -> Gate:
    """Return the control API of a server.

    Args:
        server: The server.
        token: The token that callers must have; "" for none.
    """
    lanes = OpenLanes(server)
    events = Events(lanes)
    routes: list[BaseRoute] = [
        Route(f"{path}{end}", _by_method(rows), methods=[*rows], name=path)
        for path, rows in PATHS.items()
        for end in ("", "/")
    ]
    routes += inspector_routes()
    handlers = {Refused: _refused, HTTPException: _http_error, Exception: _failed}
    below = Router(routes, redirect_slashes=False)  # a program that follows none gets no answer
    app = Starlette(routes=[Mount(CONTROL_PATH, below)], exception_handlers=handlers)
    tallies = Tallies(lanes.all)

    def on_close(name: str, lane: Lane) -> None:
        events.publish(name, "closed")
        tallies.keep_closed(lane)

    lanes.on_close = on_close
    describe = cache(partial(document, ROUTES))
    app.state.control = Control(lanes, ReadJournals(), events, tallies, describe)
    return Gate(app, token, lambda: lanes.all.default.settings.allow_hosts)


def _by_method(rows: Mapping[Any, RouteRow]) -> Callable[[Request], Awaitable[ASGIApp]]:
    """Return the endpoint of a path. One route for all methods knows which ones are allowed."""

    async def endpoint(request: Request) -> ASGIApp:
        method = "GET" if request.method == "HEAD" else request.method
        read_query(request, rows[method].query, IN_URL if method in READING else ())
        if method == "DELETE":
            await bodies.discard(request)
        called: Any = rows[method].endpoint
        if iscoroutinefunction(called):
            answered: ASGIApp = await called(request)
        else:
            answered = await anyio.to_thread.run_sync(called, request)
        return answered

    return endpoint


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return answer(error.document, error.status, error.headers)


async def _http_error(request: Request, error: Exception) -> Response:
    """Return the error for a path or a method that does not exist."""
    assert isinstance(error, HTTPException)
    path, method, headers = request.scope["path"], request.method, error.headers
    if error.status_code == 405:
        names = (error.headers or {}).get("Allow", "").split(", ")  # in the order of a set
        allowed = ", ".join(sorted(names))
        headers = {"allow": allowed}
        message = f"{path} does not accept {method}; it accepts {allowed}"
    else:
        message = f"no route {method} {echoed(path)}{_reason(request.scope)}"
    refused = Refused(message, error.status_code, headers=headers)
    return answer(refused.document, refused.status, refused.headers)


def _reason(scope: Scope) -> str:
    """Return why a path has no route: the end of the message."""
    if b"%2f" in scope.get("raw_path", b"").lower():
        return f"; it has %2F, a slash, and {NAME_RULE}"
    if "\n" in scope["path"]:  # no route matches it
        return f"; {NAME_RULE}"
    if is_below(scope["path"], PAGE):  # its files are no routes
        return "."
    filled = {_filled(row.path, scope["path"]): f"{CONTROL_PATH}{row.path}" for row in ROUTES}
    near = nearest(scope["path"], filled)
    return f". Did you mean {filled[near]!r}?" if near else "."


def _filled(route: str, path: str) -> str:
    """Return the path of a route with the names and numbers of a path that was requested."""
    given = path.split("/")
    parts = f"{CONTROL_PATH}{route}".split("/")
    pairs = zip_longest(parts, given[: len(parts)], fillvalue="")
    return "/".join(one if part.startswith("{") else part for part, one in pairs)


async def _failed(_request: Request, _error: Exception) -> Response:
    """Return the error for a failure of this program."""
    refused = Refused(FAILED, 500)
    return answer(refused.document, refused.status)
