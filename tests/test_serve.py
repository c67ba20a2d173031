"""The shell on real sockets: large, slow and broken uploads, clients that leave, faults inside."""

import asyncio
import gc
import json
import logging
import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import raw_http
from raw_http import chat, connect, receive_all, user

from mock_electron import Electron, Settings
from mock_electron.engine.lane import Lane
from mock_electron.engine.pace import Pace
from mock_electron.serve.server import Server

MIB = 1024 * 1024
BODY = json.dumps({"model": "electron", "messages": user("Hi")}).encode()
STREAM = json.dumps({"model": "electron", "messages": user("Hi"), "stream": True}).encode()


def head(electron: Electron, *headers: str) -> bytes:
    """The head of a chat request."""
    path = electron.base_url.removeprefix(electron.url.split("/lanes")[0])
    lines = [
        f"POST {path}/chat/completions HTTP/1.1",
        "Host: electron",
        "Authorization: Bearer sk_mock",
        "Content-Type: application/json",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def paced(server: Server, pace: Pace) -> Electron:
    """A lane whose replies take their time."""
    lane = Lane(Settings(clock="real", pace=pace))
    return Electron(lane, server.open_lane(lane))


def receive_error(connection: socket.socket) -> bytes:
    """One answer that is an error: its head and its body may come in two packets."""
    answer = b""
    while not answer.endswith(b"}}"):
        received = connection.recv(65536)
        assert received, answer
        answer += received
    return answer


def eventually(condition: "Iterator[bool]") -> None:
    """Wait until the condition holds, for five seconds at most."""
    end = time.monotonic() + 5
    while not next(condition):
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)


def test_a_body_of_four_mebibytes_is_read(electron: Electron) -> None:
    """The limit itself is allowed: the refusal is about tokens, not about size."""
    filler = b" " * (4 * MIB - len(BODY))
    assert chat(electron, BODY + filler).status == 200


def test_one_byte_more_is_refused_unread(electron: Electron) -> None:
    """413 by the announced length; the client may send the rest, and the connection lives on."""
    response = chat(electron, BODY + b" " * (4 * MIB - len(BODY) + 1))
    assert response.status == 413
    assert response.error["type"] == "invalid_request_error"
    assert electron.exchanges[0].body == b""


def test_an_endless_upload_is_refused_at_the_limit(electron: Electron) -> None:
    """Without an announced length 413 comes as soon as the limit is passed."""
    with connect(electron) as connection:
        connection.sendall(head(electron, "Transfer-Encoding: chunked"))
        block = b"100000\r\n" + b"x" * MIB + b"\r\n"
        for _ in range(5):
            connection.sendall(block)
        assert receive_error(connection).startswith(b"HTTP/1.1 413 ")
        connection.sendall(block * 3 + b"0\r\n\r\n" + head(electron, "Content-Length: 2") + b"{}")
        assert receive_error(connection).startswith(b"HTTP/1.1 400 ")


@pytest.mark.electron(upload_timeout=0.2)
def test_an_upload_that_stalls_is_given_up(electron: Electron) -> None:
    """408 in the envelope, and the connection is closed: nothing hangs."""
    with connect(electron) as connection:
        connection.sendall(head(electron, "Content-Length: 100") + b'{"model"')
        answer = receive_all(connection)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer
    assert b'"message":"No byte of the request body came for 0.2 s"' in answer


@pytest.mark.electron(upload_timeout=0.3)
def test_an_upload_that_is_slow_but_steady_is_read(electron: Electron) -> None:
    """What counts is the time since the last byte, not the whole."""
    with connect(electron) as connection:
        connection.sendall(head(electron, f"Content-Length: {len(BODY)}", "Connection: close"))
        for start in range(0, len(BODY), 12):
            connection.sendall(BODY[start : start + 12])
            time.sleep(0.1)
        assert receive_all(connection).startswith(b"HTTP/1.1 200 ")


def test_an_upload_that_breaks_off_leaves_nothing(
    electron: Electron, electron_server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """No exchange, no log line, and the next request is answered."""
    with connect(electron) as connection:
        connection.sendall(head(electron, "Content-Length: 100") + b'{"model"')
    assert chat(electron, BODY).status == 200
    assert len(electron.exchanges) == 1
    assert caplog.records == []


def test_bytes_that_are_no_http_get_the_envelope(electron: Electron) -> None:
    """400, with a request id, never a bare text."""
    with connect(electron) as connection:
        connection.sendall(b"NOT HTTP AT ALL\r\n\r\n")
        top, _, body = receive_all(connection).partition(b"\r\n\r\n")
    assert top.startswith(b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json")
    error = json.loads(body)["error"]
    assert error["type"] == "invalid_request_error"
    assert f"x-request-id: {error['request_id']}".encode() in top


def test_garbage_after_a_request_does_not_harm_its_answer(electron_server: Server) -> None:
    """The stream is sent whole; only then the connection ends."""
    electron = paced(electron_server, Pace(first=0.05, each=0.01, overhead=0.05))
    with connect(electron) as connection:
        connection.sendall(head(electron, f"Content-Length: {len(STREAM)}") + STREAM)
        first = connection.recv(65536)
        connection.sendall(b"GARBAGE\r\n\r\n")
        answer = first + receive_all(connection)
    assert answer.count(b"HTTP/1.1") == 1
    assert answer.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n")


def test_a_head_that_does_not_arrive_gets_the_envelope(
    electron: Electron, monkeypatch: pytest.MonkeyPatch
) -> None:
    """408, and the connection is closed."""
    monkeypatch.setattr("mock_electron.serve.protocol.HEAD_TIMEOUT", 0.2)
    with connect(electron) as connection:
        connection.sendall(b"POST /waves/v1/chat/completions HTTP/1.1\r\nHost: x\r\n")
        answer = receive_all(connection)
    assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\ncontent-type: application/json")
    assert answer.count(b"connection: close") == 1


def test_a_head_that_never_ends_gets_the_envelope(electron: Electron) -> None:
    """400 as soon as it is larger than 64 KiB."""
    with connect(electron) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n" + b"X-Filler: 1234567890\r\n" * 5000)
        assert connection.recv(65536).startswith(b"HTTP/1.1 400 Bad Request\r\n")


def test_an_offer_to_upgrade_is_ignored(electron: Electron) -> None:
    """Java's HttpClient offers HTTP/2 with every request; its body may come in another segment."""
    offer = (
        "Connection: Upgrade, HTTP2-Settings",
        "Upgrade: h2c",
        "HTTP2-Settings: AAEAAEAAAAIAAAAB",
    )
    with connect(electron) as connection:
        connection.sendall(head(electron, *offer, f"Content-Length: {len(BODY)}"))
        time.sleep(0.05)
        connection.sendall(BODY)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("pace", ["instant", Pace(first=0.02, each=0.001, overhead=0.02)])
def test_http_1_0_knows_no_chunks(electron_server: Server, pace: str | Pace) -> None:
    """A stream is sent in one piece there, and nothing but events is in it."""
    lane = Lane(Settings(clock="real", pace=pace))
    electron = Electron(lane, electron_server.open_lane(lane))
    request = head(electron, f"Content-Length: {len(STREAM)}").replace(b"HTTP/1.1", b"HTTP/1.0")
    with connect(electron) as connection:
        connection.sendall(request + STREAM)
        top, _, body = receive_all(connection).partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in top
    assert body.startswith(b'data: {"id":"chatcmpl-')
    assert body.endswith(b"data: [DONE]\n\n")


def test_a_function_that_raises_is_counted_once(electron: Electron) -> None:
    """So the ids and the dice of the next occurrence are those that it would have had anyway."""

    def broken(_: object) -> str:
        raise ZeroDivisionError("a planted fault")

    electron.respond_with(broken)
    assert [chat(electron, BODY).status for _ in range(2)] == [500, 500]
    assert [exchange.occurrence for exchange in electron.exchanges] == [0, 1]


def test_a_fault_inside_is_a_500_with_its_traceback_in_the_log(
    electron: Electron, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The client gets the envelope, the log gets the traceback, and the server lives on."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a planted fault")

    with monkeypatch.context() as patched:
        patched.setattr("mock_electron.engine.choose_reply.speak", broken)
        response = chat(electron, BODY)
    assert response.status == 500
    assert response.error["type"] == "internal_error"
    [record] = caplog.records
    assert "Traceback" in record.message
    assert "a planted fault" in record.message
    assert chat(electron, BODY).status == 200


def test_a_fault_while_reading_is_a_500_too(
    electron: Electron, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Wherever the mock fails, it answers in the envelope."""
    with monkeypatch.context() as patched:
        patched.setattr("mock_electron.serve.app._too_large", None)
        response = chat(electron, b" " * (4 * MIB + 1))
    assert response.status == 500
    assert response.error["type"] == "internal_error"
    assert "failed to read" in caplog.text


def test_every_answer_of_every_kind_has_a_request_id(electron: Electron) -> None:
    """200, 400, 401, 404, 413 and the health check; all of them differ."""
    answers = [
        chat(electron, BODY),
        chat(electron, STREAM),
        chat(electron, b"{}"),
        chat(electron, BODY, Authorization=""),
        raw_http.send(electron.url + "/nowhere"),
        chat(electron, b" " * (4 * MIB + 1)),
        raw_http.send(electron.url + "/healthz", method="GET"),
    ]
    assert [answer.status for answer in answers] == [200, 200, 400, 401, 404, 413, 200]
    assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)


def test_the_health_check_leaves_no_exchange(electron: Electron) -> None:
    """GET /healthz says ok, who it is, and what a client may do here and not elsewhere."""
    response = raw_http.send(electron.url + "/healthz", method="GET")
    assert response.json == {
        "status": "ok",
        "server": "mock-electron",
        "version": "0.1.0",
        "fault_header": True,
        "any_key": True,
    }
    assert electron.exchanges == ()


def test_a_lane_that_is_closed_answers_no_more(electron_server: Server) -> None:
    """410, and the words say why."""
    lane = Lane()
    url = electron_server.open_lane(lane)
    electron_server.close_lane(url)
    response = chat(Electron(lane, url), BODY)
    assert response.status == 410
    assert response.error["message"] == "The test has ended; this request came too late"
    assert response.error["type"] == "test_ended"


@pytest.mark.electron(not_found="html")
def test_an_unknown_path_as_express_answers_it(electron: Electron) -> None:
    """The switch of section 6: HTML, with what was asked made harmless."""
    response = raw_http.send(electron.url + "/<b>", method="GET")
    assert response.status == 404
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert b"<pre>Cannot GET /&lt;b&gt;</pre>" in response.body


def test_a_paced_stream_takes_its_time_and_sends_the_same_bytes(electron_server: Server) -> None:
    """Pace changes when bytes come, never which; no header is added to those of Electron."""
    slow = paced(electron_server, Pace(first=0.1, each=0.01, overhead=0.1))
    fast = Lane(Settings(clock="frozen"))
    started = time.monotonic()
    response = chat(slow, STREAM)
    took = time.monotonic() - started
    at_once = chat(Electron(fast, electron_server.open_lane(fast)), STREAM)
    assert took >= 0.1 + 8 * 0.01
    assert set(response.headers) == set(at_once.headers)
    assert [event["choices"][0]["delta"] for event in response.events[:-1]] == [
        event["choices"][0]["delta"] for event in at_once.events[:-1]
    ]


def test_a_paced_reply_comes_when_its_last_token_is_there(electron_server: Server) -> None:
    """Without streaming one waits for the whole of it."""
    electron = paced(electron_server, Pace(first=0.1, each=0.01, overhead=0.1))
    started = time.monotonic()
    assert chat(electron, BODY).status == 200
    assert time.monotonic() - started >= 0.1 + 8 * 0.01


def test_a_client_that_leaves_a_stream_is_noticed(
    electron_server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """The stream ends, the exchange says so and how far it got; no task and no traceback stay."""
    electron = paced(electron_server, Pace(first=0, each=0.05))
    with connect(electron) as connection:
        connection.sendall(head(electron, f"Content-Length: {len(STREAM)}") + STREAM)
        while b'"content":"' not in connection.recv(65536):
            pass
    [exchange] = electron.exchanges
    assert exchange.outcome == "client left"
    assert 0 < exchange.chunks_sent < exchange.chunks
    assert caplog.records == []
    eventually(no_task_is_left(electron_server) for _ in range(1000))


def test_an_exchange_takes_as_long_as_its_pauses(electron_server: Server) -> None:
    """By a real clock, from the first byte of the request, but for a tick of the event loop's."""
    electron = paced(electron_server, Pace(first=0.05, each=0, overhead=0.05))
    for body in (BODY, STREAM) * 5:
        chat(electron, body)
    for exchange in electron.exchanges:
        assert exchange.time_to_first_chunk is not None
        assert 0.048 <= exchange.time_to_first_chunk < 5


def test_a_client_that_leaves_before_a_paced_reply_is_noticed(electron_server: Server) -> None:
    """It does not wait for the pause to end."""
    electron = paced(electron_server, Pace(first=60, each=0, overhead=60))
    with connect(electron) as connection:
        connection.sendall(head(electron, f"Content-Length: {len(BODY)}") + BODY)
        eventually(electron._lane.journal.opened == 1 for _ in range(1000))
    [exchange] = electron.exchanges
    assert (exchange.outcome, exchange.chunks_sent) == ("client left", 0)


def no_task_is_left(server: Server) -> bool:
    return not server._uvicorn.server_state.tasks


def test_many_clients_that_leave_do_no_harm(electron_server: Server) -> None:
    """Two hundred broken streams later there is no task more, and the next request is answered."""
    electron = paced(electron_server, Pace(first=0, each=0.2))
    for _ in range(200):
        with connect(electron) as connection:
            connection.sendall(head(electron, f"Content-Length: {len(STREAM)}") + STREAM)
            connection.recv(1)
    exchanges = electron.exchanges
    assert {exchange.outcome for exchange in exchanges} == {"client left"}
    assert len(exchanges) == 200
    eventually(no_task_is_left(electron_server) for _ in range(1000))
    assert chat(electron, b"{}").status == 400


def test_a_server_stops_within_a_second_with_streams_open() -> None:
    """The thread ends, the client sees its stream end, and nothing is logged."""
    with Server(Lane(Settings(clock="real", pace=Pace(first=0, each=30)))) as server:
        electron = Electron(server.app.default, server.url)
        connection = connect(electron)
        connection.sendall(head(electron, f"Content-Length: {len(STREAM)}") + STREAM)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")
        started = time.monotonic()
    assert time.monotonic() - started < 1
    connection.close()
    assert server._thread is not None
    assert not server._thread.is_alive()


LOOPS = pytest.mark.parametrize("loop", ["uvloop where there is one", "asyncio"])


def use_loop(loop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let uvicorn find no uvloop, where it is asyncio's loop that is meant."""
    if loop == "asyncio":
        monkeypatch.setitem(sys.modules, "uvloop", None)


@LOOPS
def test_a_server_for_every_use_costs_little(loop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty of them start, answer and stop in less than 3 s, which uvicorn's ticks would not."""
    use_loop(loop, monkeypatch)
    started = time.monotonic()
    for _ in range(30):
        with Server() as server:
            assert chat(Electron(server.app.default, server.url), BODY).status == 200
    assert time.monotonic() - started < 3


SLOW = {
    "stream": (Pace(first=0, each=30), STREAM),
    "reply": (Pace(first=30, each=0, overhead=30), BODY),
    "stream before its first chunk": (Pace(first=30, each=0, overhead=30), STREAM),
}


@LOOPS
@pytest.mark.parametrize(("pace", "body"), SLOW.values(), ids=list(SLOW))
def test_a_server_that_stops_cuts_off_what_it_is_sending(
    loop: str, pace: Pace, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client's connection ends, the exchange says why, and no task stays."""
    use_loop(loop, monkeypatch)
    lane = Lane(Settings(clock="real", pace=pace))
    with Server(lane) as server:
        electron = Electron(lane, server.url)
        connection = connect(electron)
        connection.sendall(head(electron, f"Content-Length: {len(body)}") + body)
        eventually(lane.journal.opened == 1 for _ in range(1000))
    with connection:
        assert not receive_all(connection).endswith(b"0\r\n\r\n")
    assert [exchange.outcome for exchange in lane.exchanges()] == ["client left"]
    assert no_task_is_left(server)


def test_a_server_that_stops_ends_idle_and_half_sent_requests() -> None:
    """A kept connection, a head and a body that are not complete: each client sees the end."""
    with Server() as server:
        electron = Electron(server.app.default, server.url)
        whole = head(electron, f"Content-Length: {len(BODY)}") + BODY
        connections = [connect(electron) for _ in range(4)]
        for connection, sent in zip(connections, (b"", whole[:20], whole[:-5], whole), strict=True):
            connection.sendall(sent)
        assert connections[-1].recv(65536).startswith(b"HTTP/1.1 200 OK")
    for connection in connections:
        with connection:
            assert receive_all(connection) == b""
    assert len(electron.exchanges) == 1


@LOOPS
def test_a_server_that_stops_amid_new_connections_leaves_nothing(
    loop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clients connect without a pause; no socket is left open, which would be a warning here."""
    use_loop(loop, monkeypatch)
    for _ in range(10):
        ended = threading.Event()
        with Server() as server, ThreadPoolExecutor(4) as clients:
            electron = Electron(server.app.default, server.url)
            for _ in range(4):
                clients.submit(knock, electron, ended)
            eventually(bool(electron._lane.journal.opened) for _ in range(1000))
            server.stop()
            ended.set()
        assert no_task_is_left(server)
        assert not server._uvicorn.server_state.connections
    gc.collect()


def knock(electron: Electron, ended: threading.Event) -> None:
    """Send requests, each on a connection of its own, until none is let in."""
    while not ended.is_set():
        try:
            with connect(electron) as connection:
                connection.sendall(head(electron, f"Content-Length: {len(BODY)}") + BODY)
                connection.recv(65536)
        except OSError:
            return


def test_a_request_that_does_not_hear_the_end_is_cancelled(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """After LONGEST_SHUTDOWN, and the log says so."""
    monkeypatch.setattr("mock_electron.serve.server.LONGEST_SHUTDOWN", 0.1)
    ended = []

    async def deaf(*_: object) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    with Server() as server:
        monkeypatch.setattr("mock_electron.serve.app.play", deaf)
        electron = Electron(server.app.default, server.url)
        with connect(electron) as connection:
            connection.sendall(head(electron, f"Content-Length: {len(BODY)}") + BODY)
            eventually(electron._lane.journal.opened == 1 for _ in range(1000))
            started = time.monotonic()
            server.stop()
    assert 0.1 <= time.monotonic() - started < 5
    assert ended == [True]
    assert "mock-electron ends with 1 request(s) unanswered" in caplog.text


def test_a_server_can_be_stopped_twice_or_unstarted() -> None:
    """Neither raises, and a socket that was never served on is closed."""
    with Server() as server:
        server.stop()
        assert server._thread is not None
        assert not server._thread.is_alive()
    unstarted = Server()
    unstarted.stop()
    assert unstarted._socket.fileno() == -1


def test_a_server_that_is_ended_before_it_runs_does_not_run() -> None:
    """The end may come before the loop does: from a signal, or from another thread."""
    server = Server()
    server._uvicorn.end()
    server.run()
    assert server._socket.fileno() == -1


def test_two_servers_in_one_process_do_not_meet() -> None:
    """Each has its port, its lanes and its exchanges."""
    with Server() as one, Server() as other:
        assert one.url != other.url
        electron = Electron(one.app.default, one.url)
        electron.reply("one")
        answer = chat(Electron(other.app.default, other.url), BODY)
        assert answer.json["choices"][0]["message"]["content"] != "one"
        assert electron.exchanges == ()


def test_a_server_listens_on_ipv6_too() -> None:
    """The address is written as a URL wants it."""
    with Server(host="::1") as server:
        assert server.url.startswith("http://[::1]:")
        assert chat(Electron(server.app.default, server.url), BODY).status == 200


def test_pipelined_requests_are_answered_in_order(electron: Electron) -> None:
    """Two requests in one write, two answers on one connection."""
    request = head(electron, f"Content-Length: {len(BODY)}") + BODY
    last = head(electron, f"Content-Length: {len(BODY)}", "Connection: close") + BODY
    with connect(electron) as connection:
        connection.sendall(request + last)
        assert receive_all(connection).count(b"HTTP/1.1 200 OK") == 2
    assert [exchange.occurrence for exchange in electron.exchanges] == [0, 1]


def test_a_websocket_is_answered_as_any_other_path(
    electron: Electron, caplog: pytest.LogCaptureFixture
) -> None:
    """An upgrade is not understood, and so the path alone counts: 404."""
    caplog.set_level(logging.ERROR)
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": "x"}
    assert raw_http.send(electron.url + "/ws", method="GET", headers=upgrade).status == 404
