"""The application of the control API: its routes, its errors, and the checks before them."""

import logging
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router, compile_path
from starlette.types import ASGIApp

from mock_electron.control.context import Control, answer
from mock_electron.control.event_log import Events
from mock_electron.control.gate import Gate
from mock_electron.control.lanes import OpenLanes
from mock_electron.control.reading import ReadJournals
from mock_electron.control.refused import Refused
from mock_electron.control.routes import ROUTES
from mock_electron.engine.clock import LaneClock
from mock_electron.inputs.spelling import did_you_mean, echoed
from mock_electron.serve.app import CONTROL_PATH
from mock_electron.serve.server import Server

logger: Final = logging.getLogger("mock_electron")

FAILED: Final = "the control API failed; the log of the server has the reason"


def application(server: Server, token: str = "") -> ASGIApp:
    """Return the control API of a server.

    Args:
        server: The server.
        token: The token that callers must have; "" for none.
    """
    lanes = OpenLanes(server)
    events, now = Events(lanes), LaneClock("real").now()
    routes = [
        Route(row.path, row.endpoint, methods=[row.method], name=row.endpoint.__name__)
        for row in ROUTES
    ]
    handlers = {Refused: _refused, HTTPException: _http_error, Exception: _failed}
    below = Router(routes, redirect_slashes=False)  # a program that follows none gets no answer
    app = Starlette(routes=[Mount(CONTROL_PATH, below)], exception_handlers=handlers)
    app.state.control = Control(lanes, ReadJournals(), events, now, token)
    return Gate(app, token, lambda: lanes.all.default.settings.allow_hosts)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return answer(error.document, error.status, error.headers)


async def _http_error(request: Request, error: Exception) -> Response:
    """Return the error for a path or a method that does not exist."""
    assert isinstance(error, HTTPException)
    path, method, headers = request.url.path, request.method, error.headers
    if error.status_code == 405:
        allowed = ", ".join(_methods(path))
        message = f"{path} does not accept {method}; it accepts {allowed}"
        headers = {"allow": allowed}
    else:
        near = did_you_mean(path, [f"{CONTROL_PATH}{row.path}" for row in ROUTES])
        message = f"no route {method} {echoed(path)}.{near}"
    refused = Refused(message, error.status_code, headers=headers)
    return answer(refused.document, refused.status, refused.headers)


def _methods(path: str) -> list[str]:
    """Return the methods of all routes of a path. Starlette knows only those of the first."""
    below = path.removeprefix(CONTROL_PATH)
    return sorted({row.method for row in ROUTES if compile_path(row.path)[0].match(below)})


async def _failed(_request: Request, _error: Exception) -> Response:
    """Return the error for a failure of this program."""
    refused = Refused(FAILED, 500)
    return answer(refused.document, refused.status)
