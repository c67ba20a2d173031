"""Many requests on one connection: clients that leave, floods, and what happens in between."""

import json
import select
import socket
import threading
import time
from collections.abc import Callable
from itertools import product
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from raw_http import TIMEOUT, connect, raw_request, receive_all, user

from mock_electron import Electron, Pace
from mock_electron.serve.connection import NO_LINGER
from mock_electron.serve.incoming import MAX_UNREAD, Incoming
from mock_electron.serve.protocol import Protocol

BODY: Final = json.dumps({"model": "electron", "messages": user("Hi")}).encode()
STREAM: Final = json.dumps({"model": "electron", "messages": user("Hi"), "stream": True}).encode()
SLOW: Final = Pace(first=0.0, each=30.0, overhead=30.0)
"""Nothing after the first token is sent before the test ends."""
GET: Final = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


def whole(electron: Electron, *headers: str, body: bytes = BODY) -> bytes:
    return raw_request(electron, *headers, f"Content-Length: {len(body)}", body=body)


FIRST: Final[dict[str, Callable[[Electron], bytes]]] = {
    "silence": lambda electron: whole(electron, "X-Mock-Electron: silence"),
    "stall": lambda electron: whole(electron, "X-Mock-Electron: stall=30:1", body=STREAM),
    "a stream with pauses": lambda electron: whole(electron, body=STREAM),
    "a late reply": whole,
}
"""The request that is being answered when the client leaves."""

NEXT: Final[dict[str, Callable[[Electron], bytes]]] = {
    "nothing": lambda _: b"",
    "a request": whole,
    "half a head": lambda electron: whole(electron)[:30],
    "a request without its end": lambda electron: whole(electron)[:-9],
    "a large body": lambda electron: whole(electron, body=b"x" * 300_000)[:-9],
    "many requests": lambda electron: whole(electron) * 300,
    "more than is kept": lambda electron: b"\r\n".join([whole(electron)] * 6000)[: 2 * MAX_UNREAD],
    "garbage": lambda _: b"\x00" * 1000,
}
"""What the client sends after it."""


def close(connection: socket.socket) -> None:
    connection.close()


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    connection.close()


def close_in_two_steps(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_WR)
    time.sleep(0.002)
    connection.close()


LEAVE: Final = (close, reset, close_in_two_steps)


def send_as_possible(connection: socket.socket, data: bytes) -> None:
    """Send bytes, or as many of them as the server reads."""
    connection.setblocking(False)
    while data and select.select([], [connection], [], 0.05)[1]:
        data = data[connection.send(data) :]


def wait_until(is_true: Callable[[], object]) -> None:
    end = time.monotonic() + TIMEOUT
    while not is_true():
        assert time.monotonic() < end
        time.sleep(0.001)


@pytest.mark.skipif(not hasattr(select, "POLLRDHUP"), reason="the system has no POLLRDHUP")
@pytest.mark.electron(clock="real", pace=SLOW, fault_header=True)
def test_a_client_that_leaves_frees_its_slot(electron: Electron) -> None:
    """The slot is free soon, whatever the client has sent after its request."""
    electron.plan(in_flight=1)
    wrong = []
    for (first, request), (name, more), leave in product(FIRST.items(), NEXT.items(), LEAVE):
        with connect(electron) as connection:
            connection.sendall(request(electron))
            wait_until(lambda: electron.exchanges_so_far)
            send_as_possible(connection, more(electron))
            leave(connection)
        outcomes = [exchange.outcome for exchange in electron.exchanges]
        if outcomes != ["client left"]:
            wrong.append((first, name, leave.__name__, outcomes))
        electron.reset("exchanges")
    assert wrong == []


# --- floods


class Turns:
    """Counts the requests that a server parses in each turn of its event loop."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.most = self.total = self._now = 0
        begin = Protocol.on_message_begin

        def counted(protocol: Protocol) -> None:
            self.total += 1
            self._now += 1
            self.most = max(self.most, self._now)
            if self._now == 1:
                protocol.loop.call_soon(self._end_turn)
            begin(protocol)

        monkeypatch.setattr(Protocol, "on_message_begin", counted)

    def _end_turn(self) -> None:
        self._now = 0


@pytest.mark.parametrize("ends", [False, True], ids=["open", "half-closed"])
def test_a_flood_leaves_turns_for_other_connections(
    electron: Electron, monkeypatch: pytest.MonkeyPatch, ends: bool
) -> None:
    """All requests of one packet are answered in order, a few in each turn of the event loop."""
    turns = Turns(monkeypatch)
    number = 2000
    last = GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with connect(electron) as connection:
        connection.sendall(GET * (number - 1) + (GET if ends else last))
        if ends:
            connection.shutdown(socket.SHUT_WR)
        assert receive_all(connection).count(b"HTTP/1.1 200 OK") == number
    assert turns.total == number
    assert turns.most <= 2


def test_more_than_is_kept_is_answered(electron: Electron) -> None:
    """Requests that are larger together than the server keeps are all answered, in any packets."""
    request = GET.replace(b"x\r\n", b"x\r\nX: " + b"x" * 60_000 + b"\r\n")
    number = 3 * MAX_UNREAD // len(request)
    with connect(electron) as connection:
        packets = request * (number - 1) + request.replace(b"X: ", b"Connection: close\r\nX: ")
        sender = threading.Thread(target=connection.sendall, args=[packets])
        sender.start()
        assert receive_all(connection).count(b'"status":"ok"') == number
        sender.join()


@given(st.lists(st.binary(min_size=1, max_size=9), max_size=9), st.integers(1, 9))
def test_bytes_keep_their_order(packets: list[bytes], step: int) -> None:
    """The parser gets all bytes once, in order, whenever they arrive."""
    incoming = Incoming()
    parser: Any = Steps(step)
    for number, packet in enumerate(packets):
        incoming.add(packet, float(number))
        if number % 2:
            incoming.parse_request(parser)
    while incoming:
        incoming.parse_request(parser)
    assert parser.parsed == b"".join(packets)
    assert len(incoming) == 0


class Steps:
    """A parser whose requests all have the same size."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.parsed = b""

    def feed_data(self, data: bytes, position: int = 0) -> int:
        part = data[position : position + self.size]
        self.parsed += part
        return position + len(part)


def test_a_half_closed_client_gets_all_answers(electron: Electron) -> None:
    """Requests with large bodies, all sent before the first answer."""
    number = 5
    request = whole(electron, body=BODY + b" " * 150_000)
    with connect(electron) as connection:
        connection.sendall(request * number)
        connection.shutdown(socket.SHUT_WR)
        assert receive_all(connection).count(b"HTTP/1.1 200 OK") == number


def test_an_abandoned_request_ends_before_its_error_is_sent(
    electron: Electron, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lane can be closed when the client has the answer: no task uses it afterwards."""
    running = []
    end = Protocol._end_if_answered

    def recorded(protocol: Protocol) -> None:
        if protocol._last_words:
            running.append(sum(not task.done() for task in protocol.tasks))
        end(protocol)

    monkeypatch.setattr(Protocol, "_end_if_answered", recorded)
    with connect(electron) as connection:
        connection.sendall(raw_request(electron, "Transfer-Encoding: chunked", body=b"zz\r\n"))
        assert receive_all(connection).startswith(b"HTTP/1.1 400 ")
    assert running == [0]
