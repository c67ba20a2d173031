"""HTTP without a client library: exactly these bytes go out, and exactly what comes back is seen."""

import http.client
import json
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from mock_electron import Electron

TIMEOUT = 10.0


@dataclass(frozen=True)
class Response:
    """Status, headers with lower-case names, and the body as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> Any:
        """The error envelope's inside; its request id is checked against the header's."""
        error = self.json["error"]
        assert error["request_id"] == self.headers["x-request-id"]
        return error

    @property
    def events(self) -> list[Any]:
        """The events of a stream; `[DONE]` as the string."""
        frames = self.body.decode().split("\n\n")
        assert frames.pop() == ""
        payloads = [frame.removeprefix("data: ") for frame in frames]
        return [p if p == "[DONE]" else json.loads(p) for p in payloads]


def send(
    url: str, body: bytes = b"", method: str = "POST", headers: dict[str, str] | None = None
) -> Response:
    """One request on a connection of its own."""
    parts = urlsplit(url)
    assert parts.hostname
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=TIMEOUT)
    try:
        connection.request(method, parts.path, body, headers or {})
        answer = connection.getresponse()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return Response(answer.status, named, answer.read())
    finally:
        connection.close()


def chat(electron: Electron, body: object, **headers: str) -> Response:
    """One chat request. body: bytes as they are, or a dict that JSON and the model's name go to."""
    if isinstance(body, dict):
        body = json.dumps({"model": "electron"} | body).encode()
    assert isinstance(body, bytes)
    standard = {"Authorization": "Bearer sk_mock", "Content-Type": "application/json"}
    return send(f"{electron.base_url}/chat/completions", body, headers=standard | headers)


def user(text: str) -> list[dict[str, str]]:
    """The messages of a conversation that begins with this question."""
    return [{"role": "user", "content": text}]


def connect(electron: Electron) -> socket.socket:
    """A bare connection to the server."""
    parts = urlsplit(electron.url)
    return socket.create_connection((parts.hostname, parts.port), timeout=TIMEOUT)


def receive_all(connection: socket.socket) -> bytes:
    """Everything until the other side closes."""
    received = b""
    while part := connection.recv(65536):
        received += part
    return received
