"""`RouteRow`: what is known about one route of the control API."""

from collections.abc import Awaitable, Callable, Mapping
from inspect import getdoc
from typing import Final, Literal

from msgspec import Struct
from starlette.requests import Request
from starlette.types import ASGIApp

from mock_electron._regex import regex
from mock_electron.control.parameters import PATH
from mock_electron.control.query import Parameter
from mock_electron.scripts.conditions import Schema

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Endpoint = Callable[[Request], Awaitable[ASGIApp] | ASGIApp]
"""A function that is not async runs in a thread."""
JSON: Final = "application/json"
IN_PATH: Final = regex(r"\{(\w+)\}")
ALWAYS: Final = (400, 401, 403, 422)
"""The statuses by which any request can be refused."""
REDIRECT: Final = 303
REFUSED_READ: Final = (REDIRECT,)
REFUSED_WRITE: Final = (408, 413, 415)
"""The statuses by which a request can be refused, besides, because of its URL or its body."""


class RouteRow(Struct, frozen=True):
    """One route.

    Attributes:
        method: The HTTP method.
        path: The path below `/_mock`.
        endpoint: The function that answers. Its docstring describes the route.
        answer: The schema of a successful answer.
        body: The schema of the body, or None for none.
        query: The parameters besides those of the path.
        refusals: The statuses by which this route refuses a request, besides those of all routes.
        success: The statuses of successful answers.
        formats: The schemas of successful answers in other media types than JSON.
    """

    method: Method
    path: str
    endpoint: Endpoint
    answer: Schema | None = None
    body: Schema | None = None
    query: tuple[Parameter, ...] = ()
    refusals: tuple[int, ...] = ()
    success: tuple[int, ...] = (200,)
    formats: Mapping[str, Schema] = {}

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """All parameters: those of the path, and the others."""
        return (*(PATH[name] for name in IN_PATH.findall(self.path)), *self.query)

    @property
    def schemas(self) -> dict[str, Schema]:
        """The schemas of successful answers by media type."""
        return ({} if self.answer is None else {JSON: self.answer}) | dict(self.formats)

    @property
    def refused(self) -> tuple[int, ...]:
        """The statuses of all other answers, in order."""
        by_method = REFUSED_READ if self.method == "GET" else REFUSED_WRITE
        return tuple(sorted({*ALWAYS, *by_method, *self.refusals}))

    @property
    def summary(self) -> str:
        """What the route does: the first line of the docstring."""
        return (getdoc(self.endpoint) or self.path).partition("\n")[0]

    @property
    def description(self) -> str:
        """More about the route: the other lines of the docstring."""
        return " ".join((getdoc(self.endpoint) or "").partition("\n")[2].split())
