"""The server on real sockets: uploads, broken requests, disconnects, errors inside, shutdown.

Pauses are checked on a virtual clock, to the exact time.
"""

import asyncio
import gc
import http.client
import json
import logging
import socket
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Literal
from urllib.parse import urlsplit

import pytest
import raw_http
import virtual_time
from raw_http import chat, connect, raw_request, receive_all, user
from virtual_time import Sent, virtual_lane

from mock_electron import Electron, MockElectron, Settings
from mock_electron.engine.lane import Lane
from mock_electron.engine.pace import Pace
from mock_electron.serve.app import App
from mock_electron.serve.server import SHUTDOWN_TICK, Server

MIB: Final = 1024 * 1024
BODY: Final = json.dumps({"model": "electron", "messages": user("Hi")}).encode()
STREAM: Final = json.dumps({"model": "electron", "messages": user("Hi"), "stream": True}).encode()
FAR_TOO_LONG: Final = 60.0
"""Seconds after which a test gives up waiting."""
ENDLESS: Final = 600.0
"""Seconds of a pause that no test waits for."""


def paced(server: Server, pace: Pace) -> Electron:
    """Open a lane that sends its replies at a pace."""
    lane = Lane(Settings(clock="real", pace=pace))
    return Electron(lane, server.open_lane(lane))


def receive_answer(connection: socket.socket) -> bytes:
    """Receive one answer with a Content-Length. Its head and its body may be separate packets."""
    answer, length = b"", None
    while length is None or len(answer) < length:
        received = connection.recv(65536)
        assert received, answer
        answer += received
        top, end, _ = answer.partition(b"\r\n\r\n")
        if end:
            length = len(top + end) + int(top.lower().partition(b"content-length: ")[2].split()[0])
    return answer


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until a condition is true."""
    end = time.monotonic() + FAR_TOO_LONG
    while not condition():
        assert time.monotonic() < end, "the condition did not become true"
        time.sleep(0.01)


def has_no_tasks(server: Server) -> bool:
    return not server._uvicorn.server_state.tasks


# --- uploads


def test_a_body_of_four_mebibytes_is_read(electron: Electron) -> None:
    """A body of exactly the maximum size is accepted."""
    filler = b" " * (4 * MIB - len(BODY))
    assert chat(electron, BODY + filler).status == 200


def test_one_byte_more_is_refused_unread(electron: Electron) -> None:
    """A body that is announced as too large gets 413, and none of it is kept."""
    response = chat(electron, BODY + b" " * (4 * MIB - len(BODY) + 1))
    assert response.status == 413
    assert response.error["type"] == "invalid_request_error"
    assert electron.exchanges[0].body == b""


def test_an_endless_upload_is_refused_at_the_limit(electron: Electron) -> None:
    """Without an announced length, 413 is sent as soon as the limit is exceeded.

    The client may send the rest and use the connection again.
    """
    with connect(electron) as connection:
        connection.sendall(raw_request(electron, "Transfer-Encoding: chunked"))
        block = b"100000\r\n" + b"x" * MIB + b"\r\n"
        for _ in range(5):
            connection.sendall(block)
        assert receive_answer(connection).startswith(b"HTTP/1.1 413 ")
        connection.sendall(
            block * 3 + b"0\r\n\r\n" + raw_request(electron, "Content-Length: 2") + b"{}"
        )
        assert receive_answer(connection).startswith(b"HTTP/1.1 400 ")


@pytest.mark.electron(upload_timeout=0.2)
def test_an_upload_that_stalls_is_refused(electron: Electron) -> None:
    """An upload that stalls gets 408 in the error envelope, and the connection is closed."""
    with connect(electron) as connection:
        connection.sendall(raw_request(electron, "Content-Length: 100") + b'{"model"')
        answer = receive_all(connection)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer
    assert b'"message":"No byte of the request body arrived for 0.2 s"' in answer


def test_an_upload_that_is_slow_but_steady_is_read() -> None:
    """The upload timeout counts from the last byte, not from the first."""
    lane = virtual_lane(upload_timeout=10.0)
    parts = [(9.5, BODY[start : start + 12]) for start in range(0, len(BODY), 12)]
    [start, body] = virtual_time.run(virtual_time.request(App(lane), parts))
    assert start.message["status"] == 200
    assert body.at == 9.5 * len(parts) > 10


def test_an_upload_that_pauses_for_too_long_is_refused_on_time() -> None:
    """The refusal is sent when the timeout has passed, wherever in the body the pause is."""
    lane = virtual_lane(upload_timeout=10.0)
    parts = [(9.5, BODY[:5]), (10.5, BODY[5:])]
    [start, _] = virtual_time.run(virtual_time.request(App(lane), parts))
    assert (start.message["status"], start.at) == (408, 19.5)


def test_an_upload_that_breaks_off_leaves_nothing(
    electron: Electron, electron_server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """An incomplete upload leaves no exchange and no log record."""
    with connect(electron) as connection:
        connection.sendall(raw_request(electron, "Content-Length: 100") + b'{"model"')
    assert chat(electron, BODY).status == 200
    assert len(electron.exchanges) == 1
    assert caplog.records == []


# --- broken and unusual requests


def test_bytes_that_are_not_http_get_the_envelope(electron: Electron) -> None:
    """Invalid HTTP gets 400 in the error envelope, with a request id."""
    with connect(electron) as connection:
        connection.sendall(b"NOT HTTP AT ALL\r\n\r\n")
        top, _, body = receive_all(connection).partition(b"\r\n\r\n")
    assert top.startswith(b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json")
    error = json.loads(body)["error"]
    assert error["type"] == "invalid_request_error"
    words = "Invalid HTTP request received: it must begin with a known HTTP method"
    assert error["message"].startswith(words)
    assert f"x-request-id: {error['request_id']}".encode() in top


def test_garbage_after_a_request_does_not_harm_its_answer(electron_server: Server) -> None:
    """If invalid bytes arrive during a stream, the stream is sent completely before their 400."""
    electron = paced(electron_server, Pace(first=0.05, each=0.01, overhead=0.05))
    with connect(electron) as connection:
        connection.sendall(raw_request(electron, f"Content-Length: {len(STREAM)}") + STREAM)
        first = connection.recv(65536)
        connection.sendall(b"GARBAGE\r\n\r\n")
        answer = first + receive_all(connection)
    assert answer.count(b"HTTP/1.1") == 2
    stream, _, refusal = answer.rpartition(b"HTTP/1.1 ")
    assert stream.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n")
    assert refusal.startswith(b"400 Bad Request\r\n")


def test_a_head_that_does_not_arrive_gets_the_envelope(
    electron: Electron, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request head that stalls gets 408 in the error envelope, and the connection is closed."""
    monkeypatch.setattr("mock_electron.serve.protocol.HEAD_TIMEOUT", 0.2)
    with connect(electron) as connection:
        connection.sendall(b"POST /waves/v1/chat/completions HTTP/1.1\r\nHost: x\r\n")
        answer = receive_all(connection)
    assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\ncontent-type: application/json")
    assert answer.count(b"connection: close") == 1


def test_a_head_that_never_ends_gets_the_envelope(electron: Electron) -> None:
    """A request head larger than 64 KiB gets 400 in the error envelope."""
    with connect(electron) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n" + b"X-Filler: 1234567890\r\n" * 3000)
        assert receive_answer(connection).startswith(b"HTTP/1.1 400 Bad Request\r\n")


def test_an_offer_to_upgrade_is_ignored(electron: Electron) -> None:
    """A request that offers HTTP/2 is answered over HTTP/1.1, even if its body arrives later.

    Java's HttpClient sends such requests.
    """
    offer = (
        "Connection: Upgrade, HTTP2-Settings",
        "Upgrade: h2c",
        "HTTP2-Settings: AAEAAEAAAAIAAAAB",
    )
    with connect(electron) as connection:
        connection.sendall(raw_request(electron, *offer, f"Content-Length: {len(BODY)}"))
        time.sleep(0.05)  # the body usually arrives in a second segment then; either is correct
        connection.sendall(BODY)
        assert receive_answer(connection).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("pace", ["instant", Pace(first=0.02, each=0.001, overhead=0.02)])
def test_a_stream_over_http_1_0_is_not_chunked(
    electron_server: Server, pace: Literal["instant"] | Pace
) -> None:
    """An HTTP/1.0 client gets a stream in one piece, without chunked encoding."""
    lane = Lane(Settings(clock="real", pace=pace))
    electron = Electron(lane, electron_server.open_lane(lane))
    request = raw_request(electron, f"Content-Length: {len(STREAM)}").replace(
        b"HTTP/1.1", b"HTTP/1.0"
    )
    with connect(electron) as connection:
        connection.sendall(request + STREAM)
        top, _, body = receive_all(connection).partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in top
    assert body.startswith(b'data: {"id":"chatcmpl-')
    assert body.endswith(b"data: [DONE]\n\n")


def test_pipelined_requests_are_answered_in_order(electron: Electron) -> None:
    """Two requests in one write get two answers on one connection."""
    request = raw_request(electron, f"Content-Length: {len(BODY)}") + BODY
    last = raw_request(electron, f"Content-Length: {len(BODY)}", "Connection: close") + BODY
    with connect(electron) as connection:
        connection.sendall(request + last)
        assert receive_all(connection).count(b"HTTP/1.1 200 OK") == 2
    assert [exchange.occurrence for exchange in electron.exchanges] == [0, 1]


def test_a_websocket_is_answered_as_any_other_path(
    electron: Electron, caplog: pytest.LogCaptureFixture
) -> None:
    """The upgrade to a WebSocket is ignored, and the unknown path gets 404."""
    caplog.set_level(logging.ERROR)
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": "x"}
    assert raw_http.send(electron.url + "/ws", method="GET", headers=upgrade).status == 404


# --- errors inside the mock


def test_a_function_that_raises_is_counted_once(electron: Electron) -> None:
    """A request that failed in a user function counts as one occurrence."""

    def broken(_: object) -> str:
        raise ZeroDivisionError("a planted fault")

    electron.respond_with(broken)
    assert [chat(electron, BODY).status for _ in range(2)] == [500, 500]
    assert [exchange.occurrence for exchange in electron.exchanges] == [0, 1]


def test_an_error_inside_is_a_500_with_its_traceback_in_the_log(
    electron: Electron, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The client gets the error envelope, the log gets the traceback, and the server goes on."""

    def broken(*_: object, **_named: object) -> None:
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


def test_an_error_while_reading_is_a_500_too(
    electron: Electron, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An error while the request is read is answered in the error envelope as well."""
    with monkeypatch.context() as patched:
        patched.setattr("mock_electron.serve.upload.too_large", None)
        response = chat(electron, b" " * (4 * MIB + 1))
    assert response.status == 500
    assert response.error["type"] == "internal_error"
    assert "failed to read" in caplog.text


# --- every answer


def test_every_answer_of_every_kind_has_a_request_id(electron: Electron) -> None:
    """Replies, streams, errors and the health check have different request ids."""
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
    """GET /healthz returns the version and the additions to Electron, and is not journalled."""
    response = raw_http.send(electron.url + "/healthz", method="GET")
    assert response.json == {
        "status": "ok",
        "server": "mock-electron",
        "version": "0.1.0",
        "fault_header": True,
        "any_key": True,
    }
    assert electron.exchanges == ()


def test_a_closed_lane_answers_410(electron_server: Server) -> None:
    """A request to a closed lane gets 410 and a message that says why."""
    lane = Lane()
    url = electron_server.open_lane(lane)
    electron_server.close_lane(url)
    response = chat(Electron(lane, url), BODY)
    assert response.status == 410
    name = url.rpartition("/")[2]
    message = f"The lane '{name}' is closed; this request arrived too late"
    assert response.error["message"] == message
    assert response.error["type"] == "test_ended"


def test_an_unknown_lane_answers_404(electron_server: Server) -> None:
    """A request to a lane that was never open gets 404 and a message that names the path."""
    response = chat(Electron(Lane(), f"{electron_server.url}/lanes/nowhere"), BODY)
    assert response.status == 404
    assert response.error["message"] == (
        "No open lane at /lanes/nowhere/waves/v1/chat/completions. Check the base URL of the client"
    )


@pytest.mark.electron(not_found="html")
def test_an_unknown_path_as_express_answers_it(electron: Electron) -> None:
    """With `not_found="html"`, an unknown path gets an HTML page with the path escaped."""
    response = raw_http.send(electron.url + "/<b>", method="GET")
    assert response.status == 404
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert b"<pre>Cannot GET /&lt;b&gt;</pre>" in response.body


# --- pace


PACE: Final = Pace(first=0.25, each=0.125, overhead=0.25)
"""In binary fractions, so that sums of pauses are exact."""


def played(body: bytes, *, stays: float | None = None) -> tuple[Lane, list[Sent]]:
    """Send a request to a lane with PACE, on a virtual clock."""
    lane = virtual_lane(pace=PACE)
    return lane, virtual_time.run(virtual_time.request(App(lane), [(0, body)], stays=stays))


def test_a_paced_stream_keeps_its_schedule() -> None:
    """Each frame of a stream is sent exactly when its pauses have passed."""
    lane, [_, *frames] = played(STREAM)
    [exchange] = lane.exchanges()
    assert exchange.reply is not None
    tokens = len(exchange.reply.tokens or ())
    assert tokens > 5
    by_token = [0.25 + 0.125 * number for number in range(tokens)]
    # The role is sent with the first token; finish reason and [DONE] are sent with the last.
    assert [frame.at for frame in frames] == [by_token[0], *by_token, by_token[-1], by_token[-1]]


def test_a_paced_reply_is_sent_when_its_last_token_is_due() -> None:
    """Without streaming, the client waits for the whole reply."""
    lane, [start, body] = played(BODY)
    [exchange] = lane.exchanges()
    assert exchange.usage is not None
    assert start.at == body.at == 0.25 + 0.125 * (exchange.usage.completion_tokens - 1)


@pytest.mark.parametrize("body", [BODY, STREAM], ids=["reply", "stream"])
def test_an_exchange_takes_as_long_as_its_pauses(body: bytes) -> None:
    """The journal measures from the first byte of the request, and adds nothing to the pauses."""
    lane, sent = played(body)
    [exchange] = lane.exchanges()
    assert exchange.time_to_first_chunk == sent[1].at
    assert exchange.duration == sent[-1].at
    assert exchange.monotonic.ended == sent[-1].at


def test_a_late_decision_does_not_delay_the_first_frame() -> None:
    """The first pause counts from the arrival of the request, not from the decision."""
    lane = virtual_lane(pace=PACE)
    upload = [(0.0, STREAM[:9]), (0.125, STREAM[9:])]
    [_, first, *_] = virtual_time.run(virtual_time.request(App(lane), upload))
    assert first.at == 0.25


def test_a_client_that_leaves_a_stream_gets_no_further_frame() -> None:
    """The stream ends at once, and the exchange says how far it got."""
    lane, [_, *frames] = played(STREAM, stays=0.4)
    [exchange] = lane.exchanges()
    assert [frame.at for frame in frames] == [0.25, 0.25, 0.375]
    assert (exchange.outcome, exchange.chunks_sent) == ("client left", 3)
    assert exchange.duration == 0.4


def test_a_client_that_leaves_before_a_paced_reply_gets_nothing() -> None:
    """The wait for a reply ends as soon as the client disconnects."""
    lane, sent = played(BODY, stays=0.2)
    [exchange] = lane.exchanges()
    assert sent == []
    assert (exchange.outcome, exchange.chunks_sent, exchange.duration) == ("client left", 0, 0.2)


def test_a_paced_stream_sends_the_same_bytes(electron_server: Server) -> None:
    """A pace changes when bytes are sent; it changes no byte and adds no header."""
    slow = paced(electron_server, Pace(first=0.1, each=0.01, overhead=0.1))
    fast = Lane(Settings(clock="frozen"))
    started = time.monotonic()
    response = chat(slow, STREAM)
    elapsed = time.monotonic() - started
    instant = chat(Electron(fast, electron_server.open_lane(fast)), STREAM)
    assert elapsed > 0.1  # at least 0.18, minus the resolution of the event loop's clock
    assert set(response.headers) == set(instant.headers)
    assert [event["choices"][0]["delta"] for event in response.events[:-1]] == [
        event["choices"][0]["delta"] for event in instant.events[:-1]
    ]


# --- clients that disconnect


def test_a_client_that_leaves_a_stream_is_noticed(
    electron_server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """The stream ends, the exchange says how far it got, and no task and no log record is left."""
    electron = paced(electron_server, Pace(first=0, each=ENDLESS))
    with connect(electron) as connection:
        connection.sendall(raw_request(electron, f"Content-Length: {len(STREAM)}") + STREAM)
        while b'"content":"' not in connection.recv(65536):
            pass
    [exchange] = electron.exchanges
    assert exchange.outcome == "client left"
    assert 0 < exchange.chunks_sent < exchange.chunks
    assert caplog.records == []
    wait_until(lambda: has_no_tasks(electron_server))


def test_a_client_that_leaves_before_a_paced_reply_is_noticed(electron_server: Server) -> None:
    """The exchange ends without waiting for the pause."""
    electron = paced(electron_server, Pace(first=ENDLESS, each=0, overhead=ENDLESS))
    with connect(electron) as connection:
        connection.sendall(raw_request(electron, f"Content-Length: {len(BODY)}") + BODY)
        wait_until(lambda: electron._lane.journal.opened == 1)
    [exchange] = electron.exchanges
    assert (exchange.outcome, exchange.chunks_sent) == ("client left", 0)


def test_many_clients_that_leave_do_no_harm(electron_server: Server) -> None:
    """After two hundred broken streams no task is left, and the next request is answered."""
    electron = paced(electron_server, Pace(first=0, each=ENDLESS))
    for _ in range(200):
        with connect(electron) as connection:
            connection.sendall(raw_request(electron, f"Content-Length: {len(STREAM)}") + STREAM)
            connection.recv(1)
    exchanges = electron.exchanges
    assert {exchange.outcome for exchange in exchanges} == {"client left"}
    assert len(exchanges) == 200
    wait_until(lambda: has_no_tasks(electron_server))
    assert chat(electron, b"{}").status == 400


# --- starting and stopping


LOOPS = pytest.mark.parametrize("loop", ["uvloop if installed", "asyncio"])


def use_loop(loop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide uvloop from uvicorn if the test is for asyncio's loop."""
    if loop == "asyncio":
        monkeypatch.setitem(sys.modules, "uvloop", None)


def test_a_server_stops_at_once_with_streams_open(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The server does not wait for the stream or for the shutdown timeout, and logs nothing."""
    monkeypatch.setattr("mock_electron.serve.server.SHUTDOWN_TIMEOUT", ENDLESS)
    with Server(Lane(Settings(clock="real", pace=Pace(first=0, each=ENDLESS)))) as server:
        electron = Electron(server.app.lanes.default, server.url)
        connection = connect(electron)
        connection.sendall(raw_request(electron, f"Content-Length: {len(STREAM)}") + STREAM)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")
        started = time.monotonic()
    assert time.monotonic() - started < ENDLESS / 10
    connection.close()
    assert server._thread is not None
    assert not server._thread.is_alive()
    assert caplog.records == []


@LOOPS
def test_starting_and_stopping_a_server_polls_nothing(
    loop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server waits for events; uvicorn alone would sleep 0.1 s to start and 0.1 s to stop."""
    use_loop(loop, monkeypatch)
    slept: list[float] = []
    sleep = asyncio.sleep

    async def recorded_sleep(delay: float) -> None:
        slept.append(delay)
        await sleep(delay)

    monkeypatch.setattr("asyncio.sleep", recorded_sleep)
    for _ in range(30):
        with Server() as server:
            assert chat(Electron(server.app.lanes.default, server.url), BODY).status == 200
    assert {0, SHUTDOWN_TICK} >= set(slept) >= {SHUTDOWN_TICK}


SLOW = {
    "stream": (Pace(first=0, each=ENDLESS), STREAM),
    "reply": (Pace(first=ENDLESS, each=0, overhead=ENDLESS), BODY),
    "stream before its first chunk": (Pace(first=ENDLESS, each=0, overhead=ENDLESS), STREAM),
}


@LOOPS
@pytest.mark.parametrize(("pace", "body"), SLOW.values(), ids=list(SLOW))
def test_a_server_that_stops_cuts_off_what_it_is_sending(
    loop: str, pace: Pace, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client's connection ends, the exchange says why, and no task is left."""
    use_loop(loop, monkeypatch)
    lane = Lane(Settings(clock="real", pace=pace))
    with Server(lane) as server:
        electron = Electron(lane, server.url)
        connection = connect(electron)
        connection.sendall(raw_request(electron, f"Content-Length: {len(body)}") + body)
        wait_until(lambda: lane.journal.opened == 1)
    with connection:
        assert not receive_all(connection).endswith(b"0\r\n\r\n")
    assert [exchange.outcome for exchange in lane.exchanges()] == ["client left"]
    assert has_no_tasks(server)


def test_a_server_that_stops_ends_idle_and_half_sent_requests() -> None:
    """Idle connections and incomplete requests are closed."""
    with Server() as server:
        electron = Electron(server.app.lanes.default, server.url)
        whole = raw_request(electron, f"Content-Length: {len(BODY)}") + BODY
        connections = [connect(electron) for _ in range(4)]
        for connection, sent in zip(connections, (b"", whole[:20], whole[:-5], whole), strict=True):
            connection.sendall(sent)
        assert receive_answer(connections[-1]).startswith(b"HTTP/1.1 200 OK")
    for connection in connections:
        with connection:
            assert receive_all(connection) == b""
    assert len(electron.exchanges) == 1


@LOOPS
def test_a_server_that_stops_amid_new_connections_leaves_nothing(
    loop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While clients connect continuously, a stop leaves no task and no open socket.

    An open socket would be a ResourceWarning, which fails the test.
    """
    use_loop(loop, monkeypatch)
    for _ in range(10):
        stop_amid_requests()
    gc.collect()


def stop_amid_requests() -> None:
    ended = threading.Event()
    with Server() as server, ThreadPoolExecutor(4) as clients:
        electron = Electron(server.app.lanes.default, server.url)
        for _ in range(4):
            clients.submit(send_requests, electron, ended)
        wait_until(lambda: electron._lane.journal.opened > 0)
        server.stop()
        ended.set()
    assert has_no_tasks(server)
    assert not server._uvicorn.server_state.connections


def send_requests(electron: Electron, ended: threading.Event) -> None:
    """Send requests, each on a new connection, until the server accepts no more."""
    while not ended.is_set():
        try:
            with connect(electron) as connection:
                connection.sendall(raw_request(electron, f"Content-Length: {len(BODY)}") + BODY)
                connection.recv(65536)
        except OSError:
            return


def test_a_request_that_ignores_the_shutdown_is_cancelled(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A request that does not end by the shutdown timeout is cancelled, and the log says so."""
    monkeypatch.setattr("mock_electron.serve.server.SHUTDOWN_TIMEOUT", 0.1)
    ended = []

    async def play_forever(*_: object) -> None:
        try:
            await asyncio.sleep(ENDLESS)
        finally:
            ended.append(True)

    with Server() as server:
        monkeypatch.setattr("mock_electron.serve.app.play", play_forever)
        electron = Electron(server.app.lanes.default, server.url)
        with connect(electron) as connection:
            connection.sendall(raw_request(electron, f"Content-Length: {len(BODY)}") + BODY)
            wait_until(lambda: electron._lane.journal.opened == 1)
            started = time.monotonic()
            server.stop()
            elapsed = time.monotonic() - started
    assert 0.05 < elapsed < ENDLESS / 10
    assert ended == [True]
    assert "mock-electron stopped with 1 request(s) unanswered" in caplog.text


def test_a_server_can_be_stopped_twice_or_unstarted() -> None:
    """Neither raises, and the socket of a server that never ran is closed."""
    with Server() as server:
        server.stop()
        assert server._thread is not None
        assert not server._thread.is_alive()
    unstarted = Server()
    unstarted.stop()
    assert unstarted._socket.fileno() == -1


def test_a_server_that_is_stopped_before_it_runs_does_not_run() -> None:
    """A stop before the event loop starts, from a signal or a thread, has effect."""
    server = Server()
    server._uvicorn.request_stop()
    server.run()
    assert server._socket.fileno() == -1


def test_two_servers_in_one_process_are_independent() -> None:
    """Each server has its own port, lanes and exchanges."""
    with Server() as one, Server() as other:
        assert one.url != other.url
        electron = Electron(one.app.lanes.default, one.url)
        electron.reply("one")
        answer = chat(Electron(other.app.lanes.default, other.url), BODY)
        assert answer.json["choices"][0]["message"]["content"] != "one"
        assert electron.exchanges == ()


def test_a_server_listens_on_ipv6_too() -> None:
    """The URL of a server on an IPv6 address has the address in brackets."""
    with Server(host="::1") as server:
        assert server.url.startswith("http://[::1]:")
        assert chat(Electron(server.app.lanes.default, server.url), BODY).status == 200


# --- the access log


def test_the_access_log_contains_no_key(caplog: pytest.LogCaptureFixture) -> None:
    """Neither in the path nor in the query, encoded or not."""
    key = "hunter2-hunter2"
    with caplog.at_level(logging.INFO, "uvicorn.access"), MockElectron() as electron:
        parts = urlsplit(electron.url)
        for target in (
            f"/x/{key}",
            f"/x?a={key}&b=2",
            "/x?api_key=verysecret&c=3",
            "/x/hunter2%2Dhunter2",
            "/x?token%3Dverysecret",
        ):
            connection = http.client.HTTPConnection(str(parts.hostname), parts.port)
            connection.request("GET", target, headers={"Authorization": f"Bearer {key}"})
            assert connection.getresponse().read()
            connection.close()
    lines = [record.getMessage() for record in caplog.records if record.name == "uvicorn.access"]
    assert len(lines) == 5
    assert [line for line in lines if key in line or "verysecret" in line] == []
    assert '"GET /x?a=...ter2&b=2 HTTP/1.1" 404' in lines[1]
