"""Requests whose head decides the answer: it is sent before the body arrives."""

import contextlib
import json
import socket
import time
from urllib.parse import urlsplit

import pytest
from raw_http import TIMEOUT, connect, receive_all, user

from mock_electron import Electron
from mock_electron.engine.lane import Lane
from mock_electron.serve import closing, protocol, upload
from mock_electron.serve.server import Server

BODY = json.dumps({"model": "electron", "messages": user("Hi")}).encode()


def head(electron: Electron, path: str, *headers: str, method: str = "POST") -> bytes:
    """Return the head of a request for a path below the address of the lane."""
    lane = electron.url[electron.url.index("/lanes") :]
    lines = [f"{method} {lane}{path} HTTP/1.1", "Host: electron", "Authorization: Bearer sk_mock"]
    return "\r\n".join([*lines, "Content-Type: application/json", *headers, "", ""]).encode()


def receive_answer(connection: socket.socket) -> bytes:
    """Receive one answer with a Content-Length."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(1) or pytest.fail(f"closed after {answer!r}")
    length = int(answer.lower().partition(b"content-length: ")[2].split()[0])
    while length:
        received = connection.recv(length) or pytest.fail(f"closed after {answer!r}")
        answer, length = answer + received, length - len(received)
    return answer


def chunked(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


REQUESTS = {
    "another path": ("/other", "POST"),
    "a wrong base URL": ("/chat/completions", "POST"),
    "another method": ("/waves/v1/chat/completions", "PUT"),
    "a list of models that is not served": ("/waves/v1/models", "POST"),
}


@pytest.mark.parametrize(("path", "method"), REQUESTS.values(), ids=REQUESTS.keys())
@pytest.mark.parametrize("in_chunks", [False, True])
def test_a_404_does_not_wait_for_the_body(
    electron: Electron, path: str, method: str, in_chunks: bool
) -> None:
    """The journal has the body nevertheless, and the connection can be used again."""
    framing = "Transfer-Encoding: chunked" if in_chunks else f"Content-Length: {len(BODY)}"
    chat = head(electron, "/waves/v1/chat/completions", f"Content-Length: {len(BODY)}")
    with connect(electron) as connection:
        connection.sendall(head(electron, path, framing, method=method))
        assert receive_answer(connection).startswith(b"HTTP/1.1 404 ")
        connection.sendall((chunked(BODY) if in_chunks else BODY) + chat + BODY)
        assert receive_answer(connection).startswith(b"HTTP/1.1 200 ")
    [other] = electron.other_requests
    assert (other.body, other.status, other.outcome) == (BODY, 404, "refused")
    assert len(electron.exchanges) == 1


def test_the_bytes_of_a_404_do_not_depend_on_packets(electron: Electron) -> None:
    """The request id follows from the head, whether the body has arrived or not."""
    whole, divided = b"", b""
    sent = head(electron, "/other", f"Content-Length: {len(BODY)}")
    with connect(electron) as connection:
        connection.sendall(sent + BODY)
        whole = receive_answer(connection)
    electron.reset("exchanges")
    with connect(electron) as connection:
        connection.sendall(sent)
        divided = receive_answer(connection)
        connection.sendall(BODY)
    assert whole == divided


def test_a_body_that_does_not_arrive_closes_the_connection(
    electron: Electron, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is complete, and what follows is not read as a request."""
    monkeypatch.setattr(upload, "LATE_BODY_TIMEOUT", 0.05)
    with connect(electron) as connection:
        connection.sendall(head(electron, "/other", "Content-Length: 100") + b'{"model"')
        answer = receive_all(connection)
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert answer.endswith(b"}}")
    [other] = electron.other_requests
    assert (other.body, other.outcome) == (b"", "refused")


@pytest.mark.parametrize("ending", [socket.SHUT_WR, socket.SHUT_RDWR])
def test_a_client_that_leaves_in_the_body_is_recorded(electron: Electron, ending: int) -> None:
    """It got its answer."""
    with connect(electron) as connection:
        connection.sendall(head(electron, "/other", "Content-Length: 100"))
        assert receive_answer(connection).startswith(b"HTTP/1.1 404 ")
        connection.shutdown(ending)
        assert connection.recv(100) == b""
    [other] = electron.other_requests
    assert (other.status, other.outcome) == (404, "refused")


def test_a_client_that_expects_100_is_told_not_to_send_its_body(electron: Electron) -> None:
    """The answer says that the connection is closed, so that no body is mistaken for a request."""
    with connect(electron) as connection:
        request = head(electron, "/other", "Content-Length: 100", "Expect: 100-continue")
        connection.sendall(request)
        answer = receive_all(connection)
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b"\r\nconnection: close\r\n" in answer


@pytest.mark.electron(body_limit=100)
def test_a_body_that_is_too_large_is_discarded(electron: Electron) -> None:
    """It is not kept, and the connection can be used again."""
    for framing, body in (
        ("Content-Length: 5000", b"x" * 5000),
        ("Transfer-Encoding: chunked", chunked(b"x" * 5000)),
    ):
        with connect(electron) as connection:
            connection.sendall(head(electron, "/other", framing))
            assert receive_answer(connection).startswith(b"HTTP/1.1 404 ")
            connection.sendall(body + head(electron, "/last", "Content-Length: 1") + b"x")
            assert receive_answer(connection).startswith(b"HTTP/1.1 404 ")
    assert [one.body for one in electron.other_requests] == [b"", b"x", b"", b"x"]


def test_a_request_after_its_test_does_not_wait_for_its_body(electron_server: Server) -> None:
    """The 410 of a closed lane is sent at once too."""
    lane = Lane()
    electron = Electron(lane, electron_server.open_lane(lane))
    electron_server.close_lane(electron.url)
    with connect(electron) as connection:
        path = "/waves/v1/chat/completions"
        connection.sendall(head(electron, path, f"Content-Length: {len(BODY)}"))
        assert receive_answer(connection).startswith(b"HTTP/1.1 410 ")


LARGE = b"x" * 6_000_000
"""More than the system accepts for a connection whose other end does not read."""
CHAT = "/waves/v1/chat/completions"
LAST_ANSWERS = {
    "another path": (b"404", "/other", ""),
    "a body that is too large": (b"413", CHAT, ""),
    "a closed lane": (b"410", "/lanes/closed/waves/v1/chat/completions", ""),
    "a foreign host": (b"403", CHAT, "Sec-Fetch-Site: cross-site"),
    "a page": (b"200", "/healthz", ""),
    "a body that was announced": (b"404", "/other", "Expect: 100-continue"),
}


@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/1.0"])
@pytest.mark.parametrize("name", LAST_ANSWERS)
def test_the_last_answer_is_complete_while_the_client_sends(name: str, version: str) -> None:
    """The server reads the rest of the body before it closes the connection.

    If it closed while the client sends, the system would reset the connection, and the client could
    lose the answer.
    """
    status, path, header = LAST_ANSWERS[name]
    framings = {"Transfer-Encoding: chunked": chunked(LARGE)} if version == "HTTP/1.1" else {}
    framings[f"Content-Length: {len(LARGE)}"] = LARGE
    with Server() as server:
        server.close_lane(server.open_lane(Lane(), "closed"), "test")
        address = urlsplit(server.url).hostname, urlsplit(server.url).port
        for framing, body in framings.items():
            with socket.create_connection(address, timeout=TIMEOUT) as connection:
                method = "GET" if path == "/healthz" else "POST"
                host = "evil.example" if status == b"403" else "127.0.0.1"
                lines = [f"{method} {path} {version}", f"Host: {host}", framing]
                lines += ["Connection: close", *filter(None, [header])]
                connection.sendall("\r\n".join([*lines, "", ""]).encode() + body[:9])
                half = len(body) // 2
                if status == b"413":  # the announced size is not enough for the answer to chunks
                    connection.sendall(body[9:half])
                answer = receive_all(connection)
                assert answer.split()[1] == status
                assert b"\r\nconnection: close\r\n" in answer
                connection.sendall(body[half if status == b"413" else 9 :])
                assert connection.recv(100) == b""


@pytest.mark.electron(upload_timeout=0.05, body_limit=len(LARGE))
def test_a_body_that_is_too_late_may_follow_the_last_answer(electron: Electron) -> None:
    """A client that resumes after its 408 is not reset."""
    with connect(electron) as connection:
        framing = (f"Content-Length: {len(LARGE)}", "Connection: close")
        connection.sendall(head(electron, CHAT, *framing))
        assert receive_all(connection).startswith(b"HTTP/1.1 408 ")
        connection.sendall(LARGE)
        assert connection.recv(100) == b""


def send_slowly(connection: socket.socket) -> None:
    """Send bytes with growing pauses: at some point they are longer than the server waits."""
    for pause in range(1, 100):
        connection.sendall(b"x")
        time.sleep(pause / 100)


def test_the_rest_of_a_body_after_the_last_answer_is_not_awaited_for_ever(
    electron: Electron, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that stops sending, and does not close, is disconnected."""
    monkeypatch.setattr(closing, "LINGER", 0.05)
    with connect(electron) as connection:
        framing = (f"Content-Length: {len(LARGE)}", "Connection: close")
        connection.sendall(head(electron, CHAT, *framing) + b"x")
        assert receive_all(connection).startswith(b"HTTP/1.1 413 ")
        with pytest.raises(OSError, match=r"reset|Broken pipe|aborted"):
            send_slowly(connection)


def test_nothing_is_answered_after_the_last_answer(electron: Electron) -> None:
    """A request that follows the body is ignored."""
    with connect(electron) as connection:
        framing = (f"Content-Length: {len(LARGE)}", "Expect: 100-continue")
        connection.sendall(head(electron, "/other", *framing))
        assert receive_all(connection).startswith(b"HTTP/1.1 404 ")
        connection.sendall(LARGE[:-1])
        with contextlib.suppress(OSError):  # closed after the first byte of it
            connection.sendall(b"x" + head(electron, "/second", "Content-Length: 0"))
    assert [one.path for one in electron.other_requests] == ["/other"]


def test_an_invalid_chunk_after_the_answer_closes_the_connection(electron: Electron) -> None:
    """No second answer is sent."""
    with connect(electron) as connection:
        connection.sendall(head(electron, "/other", "Transfer-Encoding: chunked"))
        assert receive_answer(connection).startswith(b"HTTP/1.1 404 ")
        connection.sendall(b"zz\r\n")
        assert receive_all(connection) == b""
    assert len(electron.other_requests) == 1


@pytest.mark.electron(body_limit=100)
def test_a_discarded_body_that_stalls_closes_the_connection(
    electron: Electron, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest of a body that is too large is not awaited for ever."""
    monkeypatch.setattr(protocol, "HEAD_TIMEOUT", 0.05)
    with connect(electron) as connection:
        request = head(electron, "/waves/v1/chat/completions", "Content-Length: 5000")
        connection.sendall(request)
        assert receive_answer(connection).startswith(b"HTTP/1.1 413 ")
        connection.sendall(b"x" * 50)
        assert connection.recv(100) == b""


def test_an_http_1_0_request_gets_no_100(electron: Electron) -> None:
    """RFC 9110 requires that `Expect: 100-continue` is ignored in HTTP/1.0."""
    answers = []
    for version in (b"HTTP/1.1", b"HTTP/1.0"):
        with connect(electron) as connection:
            path = "/waves/v1/chat/completions"
            asked = head(electron, path, f"Content-Length: {len(BODY)}", "Expect: 100-continue")
            connection.sendall(asked.replace(b"HTTP/1.1", version))
            if version == b"HTTP/1.1":
                assert connection.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
            connection.sendall(BODY)
            answers.append(receive_answer(connection)[:15])
    assert answers == [b"HTTP/1.1 200 OK"] * 2
