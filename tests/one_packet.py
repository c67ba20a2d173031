"""Requests in one packet, and their answers, with and without a head that is known."""

import json
import socket
from collections.abc import Callable
from typing import Any

import pytest
from raw_http import connect, raw_request

from mock_electron import Electron
from mock_electron.serve.app import App


def exchange(electron: Electron, packets: list[bytes]) -> list[bytes]:
    """Send packets on one connection, each after the answer to the one before it."""
    answers = []
    with connect(electron) as connection:
        for packet in packets:
            connection.sendall(packet)
            answers.append(answer_on(connection))
    return answers


def answer_on(connection: socket.socket) -> bytes:
    """Receive one response."""
    received = b""
    while part := connection.recv(65536):
        received += part
        response = received.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
        head, end, body = response.partition(b"\r\n\r\n")
        if end and is_complete(head.lower(), body):
            break
    return received


def is_complete(head: bytes, body: bytes) -> bool:
    """Return whether a body is complete."""
    if b"transfer-encoding: chunked" in head:
        return body.endswith(b"0\r\n\r\n")
    length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return len(body) >= int(length)


def packet(electron: Electron, body: Any, *headers: str) -> bytes:
    """Return the bytes of a request. Its headers replace the usual ones."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    whole = raw_request(electron, *headers, f"Content-Length: {len(content)}", body=content)
    for usual in ("Authorization: Bearer sk_mock\r\n", "Content-Type: application/json\r\n"):
        if any(header.partition(":")[0] == usual.partition(":")[0] for header in headers):
            whole = whole.replace(usual.encode(), b"", 1)
    return whole


def both_ways(
    monkeypatch: pytest.MonkeyPatch, run: Callable[[], list[list[bytes]]]
) -> list[list[bytes]]:
    """Return the answers of a run. Without known heads, a second run must get the same bytes."""
    at_once = run()
    monkeypatch.setattr(App, "remember_head", lambda self, head, scope: None)
    assert [one == other for one, other in zip(at_once, run(), strict=True)] == [True] * len(
        at_once
    )
    return at_once


def paths_of_the_application(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that gets the path of each request that reaches the ASGI application."""
    paths: list[str] = []
    handle = App.__call__

    async def counted(app: App, scope: Any, receive: Any, send: Any) -> None:
        paths.append(scope["path"])
        await handle(app, scope, receive, send)

    monkeypatch.setattr(App, "__call__", counted)
    return paths
