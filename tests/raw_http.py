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


@dataclass(frozen=True)
class Wire:
    """All that came on a connection. ending: "closed"; "reset"; or "silence", which goes on."""

    received: bytes
    ending: str

    @property
    def headers(self) -> dict[str, str]:
        """The headers with lower-case names; none where no answer began."""
        lines = self.received.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}

    @property
    def writes(self) -> list[bytes]:
        """The body in the pieces of its chunked encoding, or else in one piece."""
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
        """The body, as far as it came, and all that came behind it."""
        return b"".join(self.writes)

    @property
    def complete(self) -> bool:
        """Whether HTTP has it that all has come."""
        if "transfer-encoding" in self.headers:
            return self.received.endswith(b"\r\n0\r\n\r\n")
        return "content-length" in self.headers and (
            len(self.body) >= int(self.headers["content-length"])
        )


def request_bytes(
    electron: Electron, body: dict[str, Any], headers: dict[str, str] | None = None
) -> bytes:
    """One chat request as it goes out."""
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


def listen(
    electron: Electron,
    body: dict[str, Any],
    headers: dict[str, str] | None = None,
    patience: float = TIMEOUT,
) -> Wire:
    """One chat request, and all that comes until the other side ends the connection.

    patience: seconds without a byte after which the client leaves.
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
