"""A client of the control API, for tests."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import raw_http
from control_calls import call

from mock_electron.control import open_control
from mock_electron.engine.lane import Lane
from mock_electron.serve.server import Server


class ControlClient:
    """Sends requests to the control API of a server.

    Args:
        url: The URL of the server.
        **headers: Headers of every request.

    Attributes:
        state: The state of the control API, for tests that look inside.
    """

    state: Any

    def __init__(self, url: str, **headers: str) -> None:
        self.url = url
        self._headers = headers

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> raw_http.Response:
        """Return the response to a request. A body that is not bytes is sent as JSON."""
        given: Any = {"body": body} if isinstance(body, bytes) else {"document": body}
        return call(self.url, method, path, headers=self._headers | headers, **given)

    def get(self, path: str) -> Any:
        """Return the document at a path."""
        return self._document("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        """Return the document that answers a POST."""
        return self._document("POST", path, {} if body is None else body)

    def put(self, path: str, body: Any = None) -> Any:
        """Return the document that answers a PUT."""
        return self._document("PUT", path, {} if body is None else body)

    def patch(self, path: str, body: Any) -> Any:
        """Return the document that answers a PATCH."""
        return self._document("PATCH", path, body)

    def delete(self, path: str) -> Any:
        """Return the document that answers a DELETE."""
        return self._document("DELETE", path)

    def _document(self, method: str, path: str, body: Any = None) -> Any:
        response = self.send(method, path, body)
        assert response.status in (200, 201), response.body
        return response.json


def ask(lane: Any, text: str = "Hi", **fields: Any) -> raw_http.Response:
    """Send a chat request to a lane that the control API has opened."""
    body = json.dumps({"model": "electron", "messages": raw_http.user(text), **fields}).encode()
    headers = {
        "Authorization": f"Bearer {lane['api_key']}",
        "Content-Type": "application/json",
    }
    return raw_http.send(f"{lane['base_url']}/chat/completions", body, headers=headers)


@contextmanager
def controlled(lane: Lane | None = None) -> Iterator[tuple[Server, ControlClient]]:
    """Run a server with a control API."""
    with Server(lane, control=open_control) as server:
        yield server, ControlClient(server.url)
