"""HTTP without a client library, for tests that check the exact bytes."""

import http.client
import json
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from mock_electron import Electron

TIMEOUT = 20.0
"""Seconds."""


@dataclass(frozen=True)
class Response:
    """An HTTP response.

    Attributes:
        status: The status code.
        headers: The headers, with lowercase names.
        body: The body.
    """

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def error(self) -> Any:
        """The `error` of the envelope. Its request id must be that of the header."""
        error = self.json["error"]
        assert error["request_id"] == self.headers["x-request-id"]
        return error

    @property
    def events(self) -> list[Any]:
        """The events of a stream as JSON, and `[DONE]` as a string."""
        frames = self.body.decode().split("\n\n")
        assert frames.pop() == ""
        payloads = [frame.removeprefix("data: ") for frame in frames]
        return [p if p == "[DONE]" else json.loads(p) for p in payloads]


def send(
    url: str, body: bytes = b"", method: str = "POST", headers: dict[str, str] | None = None
) -> Response:
    """Send one request on a new connection."""
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
    """Send one chat request.

    Args:
        electron: The mock.
        body: The body as bytes, or as a dict without the model.
        **headers: Headers in addition to the standard ones, or instead of them.
    """
    if isinstance(body, dict):
        body = json.dumps({"model": "electron"} | body).encode()
    assert isinstance(body, bytes)
    standard = {"Authorization": "Bearer sk_mock", "Content-Type": "application/json"}
    return send(f"{electron.base_url}/chat/completions", body, headers=standard | headers)


def user(text: str) -> list[dict[str, str]]:
    """Return the messages of a conversation with one user message."""
    return [{"role": "user", "content": text}]


def connect(electron: Electron) -> socket.socket:
    """Open a connection to the server."""
    parts = urlsplit(electron.url)
    return socket.create_connection((parts.hostname, parts.port), timeout=TIMEOUT)


def receive_all(connection: socket.socket) -> bytes:
    """Receive all bytes until the server closes the connection."""
    received = b""
    while part := connection.recv(65536):
        received += part
    return received


@dataclass(frozen=True)
class Wire:
    """All bytes received on a connection, and how it ended.

    Attributes:
        received: The bytes.
        ending: "closed", "reset", or "silence" if no more bytes arrived in time.
    """

    received: bytes
    ending: str

    @property
    def headers(self) -> dict[str, str]:
        """The headers, with lowercase names; empty if there is no response."""
        lines = self.received.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}

    @property
    def writes(self) -> list[bytes]:
        """The body, divided into the chunks of chunked encoding, or in one piece."""
        rest = self.received.partition(b"\r\n\r\n")[2]
        if "transfer-encoding" not in self.headers:
            return [rest]
        pieces = []
        while rest:
            size, _, rest = rest.partition(b"\r\n")
            pieces.append(rest[: int(size, 16)])
            rest = rest[int(size, 16) + 2 :]
        return [piece for piece in pieces if piece]

    @property
    def body(self) -> bytes:
        """The received part of the body, and all bytes after it."""
        return b"".join(self.writes)

    @property
    def complete(self) -> bool:
        """Whether the body is complete according to HTTP."""
        if "transfer-encoding" in self.headers:
            return self.received.endswith(b"\r\n0\r\n\r\n")
        return "content-length" in self.headers and (
            len(self.body) >= int(self.headers["content-length"])
        )


def request_bytes(
    electron: Electron, body: dict[str, Any], headers: dict[str, str] | None = None
) -> bytes:
    """Return the bytes of one chat request."""
    data = json.dumps({"model": "electron"} | body).encode()
    standard = {
        "Host": "electron",
        "Authorization": "Bearer sk_mock",
        "Content-Type": "application/json",
        "Content-Length": str(len(data)),
    }
    path = urlsplit(electron.base_url).path
    lines = [f"{name}: {value}" for name, value in (standard | (headers or {})).items()]
    head = "\r\n".join([f"POST {path}/chat/completions HTTP/1.1", *lines])
    return head.encode() + b"\r\n\r\n" + data


def raw_request(electron: Electron, *headers: str, body: bytes = b"") -> bytes:
    """Return the bytes of one chat request with these headers, however they fit the body."""
    lines = [
        f"POST {urlsplit(electron.base_url).path}/chat/completions HTTP/1.1",
        "Host: electron",
        "Authorization: Bearer sk_mock",
        "Content-Type: application/json",
        *headers,
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def listen(
    electron: Electron,
    body: dict[str, Any],
    headers: dict[str, str] | None = None,
    patience: float = TIMEOUT,
) -> Wire:
    """Send one chat request, and receive all bytes until the server ends the connection.

    Args:
        electron: The mock.
        body: The body of the request, without the model.
        headers: Headers in addition to the standard ones, or instead of them.
        patience: Seconds without a byte after which the client disconnects.
    """
    received = b""
    with connect(electron) as connection:
        connection.settimeout(patience)
        connection.sendall(request_bytes(electron, body, {"Connection": "close"} | (headers or {})))
        try:
            while part := connection.recv(65536):
                received += part
        except ConnectionResetError:
            return Wire(received, "reset")
        except TimeoutError:
            return Wire(received, "silence")
    return Wire(received, "closed")
