"""`/health` and `/ready`: the server, its settings and its lanes."""

import os

from starlette.requests import Request
from starlette.responses import Response

from mock_electron._version import __version__
from mock_electron.control.context import answer, control_of
from mock_electron.control.given_settings import shown_settings
from mock_electron.serve.lanes import DEFAULT_NAME


def health(request: Request) -> Response:
    """Return that the server is ready, and what it is."""
    control = control_of(request)
    lanes = control.lanes
    default = lanes.named(DEFAULT_NAME)
    places = [state.step.location.rpartition(":")[0] for state in default.script()]
    return answer(
        {
            "status": "ok",
            "server": "mock-electron",
            "version": __version__,
            "pid": os.getpid(),
            "started_at": lanes.started_at,
            "settings": shown_settings(default.settings),
            "scripts": list(dict.fromkeys(filter(None, places))),
            "lanes": len(lanes.names),
        }
    )
