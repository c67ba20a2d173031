"""Requests whose head decides the answer: it is sent before the body arrives."""

import json
import socket

import pytest
from raw_http import connect, receive_all, user

from mock_electron import Electron
from mock_electron.engine.lane import Lane
from mock_electron.serve import protocol, upload
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
