"""The inspector: the page `/_mock/`, and the files that it loads from `/_mock/page/`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER: Final = Path(__file__).parent / "page"
INDEX: Final = "index.html"
POLICY: Final[Mapping[str, str]] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' data:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
"""What the page may load and do. No request goes to another host."""
HEADERS: Final[Mapping[str, str]] = {
    "content-security-policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}
MEDIA_TYPES: Final[Mapping[str, str]] = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}
"""The types of the files. A browser refuses a script if the machine gives it another type."""


class _Files(StaticFiles):
    """The files of the page, with its headers."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update({**HEADERS, "content-type": MEDIA_TYPES[Path(path).suffix]})
        return response


def inspector_routes() -> tuple[BaseRoute, ...]:
    """Return the routes of the page, below `/_mock`."""
    files = _Files(directory=FOLDER)

    async def page(request: Request) -> Response:
        return await files.get_response(INDEX, request.scope)

    return Route("/", page), Mount("/page", files)
