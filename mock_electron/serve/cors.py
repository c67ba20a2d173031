"""CORS for the chat endpoint: which web pages may read its answers, preflight requests included."""

from typing import Final

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from mock_electron.engine.fault_note import NAME as FAULT_HEADER

EXPOSED: Final = (
    "x-request-id",
    "retry-after",
    "x-mock-electron-exchange",
    "x-mock-electron-step",
    FAULT_HEADER.decode(),
)
"""The response headers that a page may read."""


def with_cors(app: ASGIApp, origins: tuple[str, ...]) -> ASGIApp:
    """Return an application that answers preflight requests and lets pages read its answers.

    Args:
        app: The application.
        origins: The origins of the pages, or `*`.
    """
    return CORSMiddleware(
        app, origins, allow_methods=["POST"], allow_headers=["*"], expose_headers=EXPOSED
    )
