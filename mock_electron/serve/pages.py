"""The mock's own pages: the health check, and the OpenAPI document of a lane."""

from collections.abc import Callable, Mapping
from typing import Final

from starlette.types import Send

from mock_electron._version import __version__
from mock_electron.engine.settings import Settings
from mock_electron.model.dice import Dice
from mock_electron.serve.play import send_response
from mock_electron.wire import codec, render


def _health(settings: Settings) -> bytes:
    """Return the health check: the server is ready, and which additions to Electron are on."""
    return codec.encode(
        {
            "status": "ok",
            "server": "mock-electron",
            "version": __version__,
            "fault_header": settings.fault_header,
            "any_key": not settings.api_keys,
        }
    )


def _openapi(settings: Settings) -> bytes:
    """Return the OpenAPI document of a lane with these settings."""
    # Imported here: building the document takes long, and only this request should wait for it.
    from mock_electron.wire import openapi

    return openapi.document_json(accept_json_schema=settings.accept_json_schema)


BODIES: Final[Mapping[str, Callable[[Settings], bytes]]] = {
    "/healthz": _health,
    "/openapi.json": _openapi,
}
"""The functions that return the pages, by path."""


async def send_page(send: Send, path: str, settings: Settings) -> None:
    """Send a page.

    Args:
        send: Sends a message of the application.
        path: The path of the page; see `app.PAGES`.
        settings: The settings of the lane.
    """
    body = BODIES[path](settings)
    headers = render.json_headers(body, Dice.of(path.encode()).uuid("request"))
    await send_response(send, 200, headers, body)
