"""Calls of the control API, without a client library."""

import json
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from raw_http import TIMEOUT, Response

JSON = {"Content-Type": "application/json"}


def call(
    url: str,
    method: str,
    path: str,
    document: Any = None,
    *,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Call the control API of a server.

    Args:
        url: The URL of the server, or of a lane.
        method: HTTP method.
        path: The path below `/_mock`, with the query.
        document: The body as a JSON value; None for none.
        body: The body as bytes, instead of a document.
        headers: Headers besides the content type.
    """
    if document is not None:
        body = json.dumps(document).encode()
    parts = urlsplit(url)
    assert parts.hostname
    connection = HTTPConnection(parts.hostname, parts.port, timeout=TIMEOUT)
    try:
        connection.request(method, f"/_mock{path}", body, JSON | (headers or {}))
        answer = connection.getresponse()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return Response(answer.status, named, answer.read())
    finally:
        connection.close()


def problems(response: Response) -> list[Any]:
    """Return the problems that an error lists."""
    listed: list[Any] = response.json["error"]["problems"]
    return listed


def paths(response: Response) -> list[str]:
    """Return the positions of the problems that an error lists."""
    return [problem["path"] for problem in problems(response)]
