"""The exchanges of `soak.py`: what each of them sends, and how it ends."""

import json
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Self
from urllib.parse import urlsplit

from _server import CHAT_PATH, PATIENCE, QUESTION
from _wrk import WEATHER

Lanes = Mapping[str, str]
"""The URLs of the lanes by name."""

STREAM: Final = {"stream": True}
KEYS: Final = 50


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of exchange.

    Attributes:
        name: Its name in the summary.
        lane: The lane that it is sent to.
        body: The body of the request.
        numbered: Whether every request of this kind is different.
        faults: The header that asks for a fault, if any.
        abort: When the client disconnects, if it does: "at once" or "in the answer".
        statuses: The expected status codes; none if the answer may be incomplete.
        key: The API key; "{}" is replaced by one of KEYS numbers.
    """

    name: str
    lane: str = "plain"
    body: Mapping[str, Any] = field(default_factory=lambda: QUESTION)
    numbered: bool = False
    faults: str = ""
    abort: str = ""
    statuses: tuple[int, ...] = (200,)
    key: str = "sk_soak_{}"

    def breaks(self) -> bool:
        """Return whether the connection cannot be used again."""
        return bool(self.abort) or not self.statuses


KINDS: Final = (
    Kind("chat"),
    Kind("chat, different", numbered=True),
    Kind("chat, varied", "varied"),
    Kind("tool call", body=WEATHER),
    Kind("tool call, different", body=WEATHER, numbered=True),
    Kind("stream", body=QUESTION | STREAM),
    Kind("stream, different", body=QUESTION | STREAM, numbered=True),
    Kind("stream, varied", "varied", body=QUESTION | STREAM),
    Kind("stream with a tool call", body=WEATHER | STREAM),
    Kind("limited", "limited", statuses=(200, 429)),
    Kind("limited stream", "limited", QUESTION | STREAM, statuses=(200, 429)),
    Kind("invalid request", body={"model": "electron"}, statuses=(400,)),
    Kind("refused key", key="sk_mock_revoked", statuses=(401,)),
    Kind("fail", faults="fail=503", statuses=(503,)),
    Kind("error event", body=QUESTION | STREAM, faults="error=3:503"),
    Kind("stream without [DONE]", body=QUESTION | STREAM, faults="no-done"),
    Kind("cut", body=QUESTION | STREAM, faults="cut=3", statuses=()),
    Kind(
        "cut in a character", body=QUESTION | STREAM, faults="cut-inside=2:character", statuses=()
    ),
    Kind("reset", body=QUESTION | STREAM, faults="reset", statuses=()),
    Kind("closed", body=QUESTION | STREAM, faults="close", statuses=()),
    Kind("aborted stream", "paced", QUESTION | STREAM, abort="in the answer"),
    Kind("aborted chat", "paced", abort="at once"),
    Kind("aborted silence", "paced", faults="silence", abort="at once"),
)
"""Their number is a prime, so that every client makes exchanges of every kind."""


class Client:
    """A client that keeps its connection until an exchange breaks it.

    Args:
        lanes: The URLs of the lanes by name.
    """

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = {name: urlsplit(url) for name, url in lanes.items()}
        self._connection: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._close()

    def exchange(self, number: int) -> str:
        """Make the exchange with this number. Return the name of its kind and its status.

        Raises:
            RuntimeError: If the status is not one that the kind expects.
            OSError: If the connection breaks, and the kind does not expect that.
        """
        kind = KINDS[number % len(KINDS)]
        try:
            if kind.breaks():
                return self._broken(kind, self._request(kind, number))
            return self._complete(kind, self._request(kind, number))
        except BaseException:
            self._close()
            raise

    def _broken(self, kind: Kind, request: bytes) -> str:
        """Send a request and disconnect, or read until the server disconnects."""
        connection = self._open(kind)
        connection.sendall(request)
        if kind.abort != "at once":
            with suppress(ConnectionError):
                while connection.recv(65536) and not kind.abort:
                    pass
        self._close()
        return kind.name

    def _complete(self, kind: Kind, request: bytes) -> str:
        connection = self._open(kind)
        connection.sendall(request)
        received = b""
        while not _is_complete(received):
            piece = connection.recv(65536)
            if not piece:
                raise ConnectionError(f"{kind.name}: the answer is incomplete: {received!r}")
            received += piece
        status = int(received.split(b" ", 2)[1])
        if status not in kind.statuses:
            raise RuntimeError(f"{kind.name}: the status must be one of {kind.statuses}: {status}")
        return f"{kind.name}, {status}"

    def _request(self, kind: Kind, number: int) -> bytes:
        body = dict(kind.body)
        if kind.numbered:
            last = {"role": "user", "content": f"What is the weather like in Mumbai, {number}?"}
            body["messages"] = [*kind.body["messages"][:-1], last]
        content = json.dumps(body).encode()
        faults = f"X-Mock-Electron: {kind.faults}\r\n" if kind.faults else ""
        head = (
            f"POST {self._lanes[kind.lane].path}{CHAT_PATH} HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {kind.key.format(number // len(KINDS) % KEYS)}\r\n{faults}"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        return head.encode() + content

    def _open(self, kind: Kind) -> socket.socket:
        if self._connection is None:
            url = self._lanes[kind.lane]
            self._connection = socket.create_connection((url.hostname, url.port), PATIENCE)
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _is_complete(received: bytes) -> bool:
    """Return whether the bytes are a complete answer."""
    head, found, content = received.partition(b"\r\n\r\n")
    if not found:
        return False
    for line in head.lower().split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"content-length":
            return len(content) >= int(value)
    return content.endswith(b"0\r\n\r\n")
