"""Requests over real sockets, in any packets: broken framing, half-closed clients, other protocols."""

import json
import logging
import socket
import ssl
import time
from typing import Any, Final

import pytest
import raw_http
from raw_http import connect, raw_request, receive_all, user

from mock_electron import Electron, Pace
from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.serve.http_parser import MAX_HEAD
from mock_electron.serve.server import Server

BODY: Final = json.dumps({"model": "electron", "messages": user("Hi")}).encode()
STREAM: Final = json.dumps({"model": "electron", "messages": user("Hi"), "stream": True}).encode()
PAUSE: Final = 0.02
"""Seconds between two packets, so that they are usually received one by one; either is correct."""
GOAWAY_TYPE: Final = 7


def answer_to(electron: Electron, *packets: bytes, ends: bool = False) -> bytes:
    """Send packets one by one, and return all bytes until the server closes the connection."""
    with connect(electron) as connection:
        for number, packet in enumerate(packets):
            time.sleep(PAUSE if number else 0)
            try:
                connection.sendall(packet)
            except OSError:  # the server has closed already
                break
        if ends:
            connection.shutdown(socket.SHUT_WR)
        return receive_all(connection)


def without_ids(answer: bytes) -> bytes:
    """Return an answer without what differs between occurrences."""
    top, _, body = answer.partition(b"\r\n\r\n")
    lines = [line for line in top.split(b"\r\n") if not line.startswith(b"x-request-id")]
    found = json.loads(body)
    (found.get("error") or {}).pop("request_id", None)
    return b"\r\n".join(lines) + json.dumps(found).encode()


def chunked(body: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:9], body[9:], b""))


CHUNKED: Final = "Transfer-Encoding: chunked"
BROKEN: Final[dict[str, tuple[tuple[str, ...], bytes]]] = {
    "chunk size zz": ((CHUNKED,), b"zz\r\n"),
    "chunk size -5": ((CHUNKED,), b"-5\r\nhello\r\n"),
    "a second chunk size": ((CHUNKED,), b"2\r\n{}\r\nzz\r\n"),
    "identity": (("Transfer-Encoding: identity",), BODY),
    "two lengths": (("Content-Length: 2", "Content-Length: 3"), b"{}"),
    "a length twice": (("Content-Length: 2", "Content-Length: 2"), b"{}"),
    "a length and chunks": (("Content-Length: 2", CHUNKED), b"{}"),
    "a folded line": (("X: a\r\n b", "Content-Length: 2"), b"{}"),
    "a NUL": (("X: a\0b", "Content-Length: 2"), b"{}"),
    "a line without CR": (("X: a\nY: b", "Content-Length: 2"), b"{}"),
}


def test_broken_framing_is_refused_at_once(electron: Electron) -> None:
    """It gets 400 in the envelope, in one packet or in several, and the connection is closed."""
    began, wrong = time.monotonic(), {}
    for name, (headers, body) in BROKEN.items():
        whole = raw_request(electron, *headers, body=body)
        end = len(whole) - len(body)
        answers = {
            without_ids(answer_to(electron, *packets))
            for packets in ([whole], [whole[:end], whole[end:]], [whole[:40], whole[40 : end + 1], whole[end + 1 :]])
        }  # fmt: skip
        [answer] = answers if len(answers) == 1 else [b"different"]
        ok = answer.startswith(b"HTTP/1.1 400 Bad Request\r\n") and b"connection: close" in answer
        if not ok or b"Invalid HTTP request received: " not in answer:
            wrong[name] = answers
    assert wrong == {}
    assert time.monotonic() - began < 10  # each would wait as long for the rest of its body


def test_a_broken_body_is_recorded_in_its_lane(electron: Electron) -> None:
    """The exchange has the path and the error; it holds no slot."""
    electron.plan(in_flight=1)
    answer = answer_to(electron, raw_request(electron, CHUNKED, body=b"zz\r\n"))
    assert answer.startswith(b"HTTP/1.1 400 ")
    [exchange] = electron.exchanges
    assert (exchange.status, exchange.path) == (400, "/waves/v1/chat/completions")
    assert exchange.error is not None
    assert exchange.error.message.endswith(
        "a chunk must begin with its size, in hexadecimal digits"
    )
    last = raw_request(electron, f"Content-Length: {len(BODY)}", "Connection: close", body=BODY)
    assert answer_to(electron, last).startswith(b"HTTP/1.1 200 ")


def test_a_head_has_one_limit(electron: Electron) -> None:
    """A head of 66,000 bytes gets 400 and one of 64 KiB gets 200, however they are divided."""
    for size, status in ((66_000, b"400"), (MAX_HEAD + 1, b"400"), (MAX_HEAD, b"200")):
        last = (f"Content-Length: {len(BODY)}", "Connection: close")
        missing = size - len(raw_request(electron, "X-Filler: ", *last))
        whole = raw_request(electron, "X-Filler: " + "x" * missing, *last, body=BODY)
        for packets in ([whole], [whole[:30_000], whole[30_000:]], [whole[:size], whole[size:]]):
            assert answer_to(electron, *packets).startswith(b"HTTP/1.1 %b " % status)


@pytest.mark.parametrize("offer", ["h2c", "websocket"])
def test_an_offer_to_upgrade_loses_no_body(electron: Electron, offer: str) -> None:
    """The body of a request that offers to upgrade is read, wherever its head is divided."""
    headers = (
        "Connection: Upgrade, HTTP2-Settings",
        f"Upgrade: {offer}",
        "HTTP2-Settings: AAEAAEAAAAIAAAAB",
    )
    for framing, body in ((f"Content-Length: {len(BODY)}", BODY), (CHUNKED, chunked(BODY))):
        whole = raw_request(electron, *headers, framing, body=body)
        end = len(whole) - len(body)
        for cut in (10, end - 30, end, end + 5):
            answer = answer_to(electron, whole[:cut], whole[cut:], ends=True)
            assert answer.startswith(b"HTTP/1.1 200 OK\r\n"), (cut, answer)


# --- clients that close their sending side

SLOW: Final = Pace(first=0.05, each=0.005, overhead=0.05)


@pytest.mark.parametrize("body", [BODY, STREAM], ids=["whole", "stream"])
@pytest.mark.parametrize("pace", ["instant", SLOW], ids=["instant", "paced"])
def test_a_half_closed_client_gets_its_answer(
    electron_server: Server, body: bytes, pace: Any
) -> None:
    """A client that closes its sending side, as `nc -N` does, gets the complete answer."""
    lane = Lane(Settings(clock="real", pace=pace))
    electron = Electron(lane, electron_server.open_lane(lane))
    whole = raw_request(electron, f"Content-Length: {len(body)}", body=body)
    answer = answer_to(electron, whole, ends=True)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n" if body is STREAM else b"}}}")
    two = answer_to(electron, whole + whole, ends=True)
    assert two.count(b"HTTP/1.1 200 OK") == 2
    assert [one.outcome for one in electron.exchanges] == ["complete"] * 3


@pytest.mark.electron(clock="real", pace=Pace(first=30.0, overhead=30.0))
def test_a_client_that_leaves_is_not_taken_for_half_closed(electron: Electron) -> None:
    """A client that closes the connection while it waits is noticed at once."""
    electron.plan(in_flight=1)
    for body in (BODY, STREAM):
        with connect(electron) as connection:
            connection.sendall(raw_request(electron, f"Content-Length: {len(body)}", body=body))
            while not electron.exchanges_so_far or electron.exchanges_so_far[-1].body != body:
                time.sleep(0.001)
        assert electron.exchanges[-1].outcome == "client left"


@pytest.mark.electron(clock="real", pace=Pace(first=30.0, overhead=30.0))
def test_a_half_closed_client_that_resets_is_noticed(electron: Electron) -> None:
    """Nothing can be read from it any more, so the server checks the connection."""
    with connect(electron) as connection:
        connection.sendall(raw_request(electron, f"Content-Length: {len(BODY)}", body=BODY))
        connection.shutdown(socket.SHUT_WR)
        while not electron.exchanges_so_far:
            time.sleep(0.001)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    assert [exchange.outcome for exchange in electron.exchanges] == ["client left"]


def test_half_a_request_from_a_half_closed_client_is_dropped(electron: Electron) -> None:
    """An incomplete request gets no answer and leaves no exchange."""
    whole = raw_request(electron, f"Content-Length: {len(BODY)}", body=BODY)
    for length in (0, 20, len(whole) - 1):
        assert answer_to(electron, whole[:length], ends=True) == b""
    last = answer_to(electron, whole + whole[:-1], ends=True)
    assert last.count(b"HTTP/1.1 200 OK") == 1
    assert len(electron.exchanges) == 1


# --- other protocols, and clients that are still sending


def test_tls_is_named(electron: Electron, caplog: pytest.LogCaptureFixture) -> None:
    """A client of https:// fails, and the log says why."""
    context = ssl.create_default_context()
    with connect(electron) as connection, pytest.raises((ssl.SSLError, OSError)):
        context.wrap_socket(connection, server_hostname="localhost")
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert (
        "it is TLS, but this port speaks plain HTTP (use http://, not https://)" in record.message
    )
    answer = answer_to(electron, b"\x16\x03\x01")
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json")


def test_http_2_without_an_upgrade_gets_goaway(
    electron: Electron, caplog: pytest.LogCaptureFixture
) -> None:
    """The client gets HTTP_1_1_REQUIRED in its own protocol, and the log says why."""
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes.fromhex("000000040000000000")
    for packets in ([preface], [preface[:5], preface[5:20], preface[20:]]):
        answer = answer_to(electron, *packets)
        frames = []
        while answer:
            length = int.from_bytes(answer[:3])
            frames.append((answer[3], answer[9 : 9 + length]))
            answer = answer[9 + length :]
        assert [kind for kind, _ in frames] == [4, GOAWAY_TYPE]
        assert frames[1][1][4:8] == b"\0\0\0\x0d"
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 2
    assert "HTTP/2 without TLS, but this port speaks HTTP/1.1 only" in caplog.text


def test_garbage_is_logged(electron: Electron, caplog: pytest.LogCaptureFixture) -> None:
    """The log has the first bytes, and the client gets the envelope."""
    for data in (b"\0\1\2", b"EHLO mail\r\n", b"hello\r\n"):
        answer = answer_to(electron, data)
        assert (
            b'"message":"Invalid HTTP request received: it must begin with a known HTTP method'
            in answer
        )
        assert repr(data) in caplog.text


def test_the_log_shows_the_wrong_bytes_without_keys(
    electron: Electron, caplog: pytest.LogCaptureFixture
) -> None:
    """It shows the line where the mistake is, and the answers do not depend on the packets."""
    good = raw_request(electron, f"Content-Length: {len(BODY)}", body=BODY)
    garbage = b"garbage sk_secret12345\r\nApi-Key: sk_secret12345\r\n\r\n"
    for packets in ([good, garbage], [good + garbage], [good + garbage[:1], garbage[1:]]):
        answer = answer_to(electron, *packets)
        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert answer.count(b"HTTP/1.1 400 Bad Request") == 1
    shown = [record.message.partition(", got ")[2] for record in caplog.records]
    assert shown[:2] == [repr(b"garbage ...2345\r\n")] * 2
    for line in (b"FOO /?api_key=sk_secret12345 HTTP/1.1", b"Bearer live_secret12345",
                 b"FOO / HTTP/1.1\r\nApi-Key: live_secret12345", b"Authorization: live_secret12345",
                 b"GET / HTTP/1.1\r\nContent-Length: sk_secret12345",
                 b"GET /?api_key=sk_secret12345", b"POST /\xff?token=secret12345 HTTP/1.1"):  # fmt: skip
        assert answer_to(electron, line + b"\r\n\r\n").startswith(b"HTTP/1.1 400 ")
        assert "secret" not in caplog.records[-1].message, caplog.records[-1].message


def test_a_broken_body_for_another_path_logs_one_line(
    electron: Electron, caplog: pytest.LogCaptureFixture
) -> None:
    """Its 404 is sent before its body, and the mistake in the body ends the connection."""
    head = b"POST /nowhere HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert answer_to(electron, head, b"zz\r\n").startswith(b"HTTP/1.1 404 ")
    assert raw_http.chat(electron, BODY).status == 200
    assert [record.name for record in caplog.records] == ["mock_electron"]


def test_a_request_names_its_host_once(electron: Electron) -> None:
    """HTTP/1.1 without a host, or with two, gets 400. HTTP/1.0 needs none, and any name is good."""
    wrong = {}
    for version, hosts, status in (("1.1", [], 400), ("1.1", ["a", "b"], 400), ("1.0", [], 200),
                                   ("1.0", ["a", "b"], 400), ("1.1", ["a"], 200), ("1.1", [""], 200)):  # fmt: skip
        lines = [f"GET /healthz HTTP/{version}", *(f"Host: {host}" for host in hosts)]
        head = "\r\n".join([*lines, "Connection: close", "", ""])
        answer = answer_to(electron, head.encode())
        if answer.count(b"HTTP/1.1 ") != 1 or not answer.startswith(b"HTTP/1.1 %d " % status):
            wrong[head] = answer
    assert wrong == {}


def test_a_client_that_is_still_sending_gets_the_answer(electron: Electron) -> None:
    """After an error the server continues to read, so that its answer is not lost to a reset."""
    with connect(electron) as connection:
        connection.sendall(raw_request(electron, CHUNKED, body=b"zz\r\n"))
        for _ in range(20):
            connection.sendall(b"x" * 65_536)
        assert receive_all(connection).startswith(b"HTTP/1.1 400 ")


def test_ordinary_requests_log_nothing(
    electron: Electron, caplog: pytest.LogCaptureFixture
) -> None:
    """Ordinary requests in any packets log nothing."""
    whole = raw_request(electron, f"Content-Length: {len(BODY)}", "Connection: close", body=BODY)
    assert answer_to(electron, whole[:30], whole[30:]).startswith(b"HTTP/1.1 200 ")
    assert caplog.records == []


def test_a_target_without_a_path_is_refused(electron: Electron) -> None:
    """It gets 400 in the envelope; an absolute URL with a path is read."""
    wrong = {}
    url = electron.url.removeprefix("http://").partition("/")[0]
    targets = {"*": b"404", "http://h": b"400", "h:443": b"400", "?x": b"400", "//h": b"404"}
    for target, status in (targets | {f"http://{url}/healthz#f": b"200"}).items():
        head = f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
        answer = answer_to(electron, head)
        if not answer.startswith(b"HTTP/1.1 %b " % status):
            wrong[target] = answer
    assert wrong == {}


def test_a_chunk_above_the_limit_is_refused_before_its_data(electron: Electron) -> None:
    """It gets 413 at once, as a length above the limit does; so do chunks that add up to it."""
    limit = electron._lane.settings.body_limit
    wrong = {}
    for body in (b"fffffffffffffff\r\n", b"%x\r\n" % (limit + 1), b"2\r\n{}\r\n%x\r\n" % limit,
                 b"2\r\n{}\r\n%x\r\nx" % (limit - 1)):  # fmt: skip
        whole = raw_request(electron, CHUNKED, body=body)
        for packets in ([whole], [whole[: -len(body)], body], [whole[:-3], whole[-3:]]):
            with connect(electron) as connection:
                for packet in packets:
                    connection.sendall(packet)
                    time.sleep(PAUSE if len(packets) > 1 else 0)
                answer = connection.recv(65_536)
            if not answer.startswith(b"HTTP/1.1 413 "):
                wrong[body] = answer
    assert wrong == {}
    assert {exchange.status for exchange in electron.exchanges} == {413}
