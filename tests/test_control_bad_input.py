"""Bad input to the control API: a clear refusal, nothing lost, and nothing leaked."""

import gzip
import json
import re
import socket
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from time import monotonic, sleep
from typing import Any, Final
from urllib.parse import quote, urlsplit

import pytest
import raw_http
from control_calls import call, paths, problems
from lanes import ask

from mock_electron import Electron, MockElectron
from mock_electron.control import bodies, event_log, faults, lanes, open_control
from mock_electron.control import steps as steps_of_control
from mock_electron.control.application import application
from mock_electron.control.context import Control
from mock_electron.control.refused import Closed
from mock_electron.engine import lane_setup
from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.serve.app import ControlApp
from mock_electron.serve.server import Server

HI: Final = {"messages": raw_http.user("Hi")}
WRITES: Final = (
    ("POST", "/lanes"),
    ("PUT", "/lanes/a"),
    ("PATCH", "/lanes/default/settings"),
    ("POST", "/lanes/default/reset"),
    ("POST", "/lanes/default/steps"),
    ("PUT", "/lanes/default/steps"),
    ("POST", "/lanes/default/faults"),
    ("POST", "/lanes/default/clock/advance"),
    ("POST", "/lanes/default/verify"),
    ("POST", "/lanes/default/barge-in"),
    ("POST", "/check"),
)
"""Every route that has a body."""
WITHOUT_BODY: Final = (
    ("DELETE", "/lanes/a"),
    ("DELETE", "/lanes/default/steps"),
    ("DELETE", "/lanes/default/steps/1"),
    ("DELETE", "/lanes/default/faults"),
    ("DELETE", "/lanes/default/faults/0"),
    ("GET", "/lanes"),
    ("PUT", "/nowhere"),
)
"""Every route that removes something, one that reads, and one that does not exist."""
MALFORMED: Final = {
    "no end": b"{",
    "no UTF-8": b'{"name": "\xff"}',
    "no JSON": b"name: a",
    "NaN": b'{"seconds": NaN}',
    "null": b"null",
    "a number": b"5",
    "a key twice": b'{"a": 1, "a": 2}',
    "a deep list": b"[" * 100_000,
    "a lone surrogate as a key": b'{"\\ud800": 1}',
    "a number without bounds": b'{"seconds": 1e400}',
}


def in_utf_16(text: bytes) -> bytes:
    """Return a text in UTF-16, with a byte order mark."""
    return text.decode().encode("utf-16")


@pytest.fixture
def electron() -> Iterator[Electron]:
    """A fake with a server of its own, which must still answer at the end."""
    with MockElectron() as electron:
        yield electron
        assert raw_http.chat(electron, HI).status == 200
        assert call(electron.url, "GET", "/health").status == 200


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_body_is_refused(body: bytes, electron: Electron) -> None:
    """Every route that has a body answers 422, names what is wrong, and changes nothing."""
    before = call(electron.url, "GET", "/lanes/default").json
    for method, path in WRITES:
        response = call(electron.url, method, path, body=body)
        assert (response.status, len(problems(response)) >= 1) == (422, True), (method, path)
    assert call(electron.url, "GET", "/lanes/default").json == before
    assert call(electron.url, "GET", "/lanes").json["open"] == 1


CODED: Final[dict[str, tuple[dict[str, str], Callable[[bytes], bytes]]]] = {
    "gzip": ({"Content-Encoding": "gzip"}, gzip.compress),
    "deflate": ({"Content-Encoding": "deflate"}, zlib.compress),
    "UTF-16": ({"Content-Type": "application/json; charset=utf-16"}, in_utf_16),
}
WRONGLY_CODED: Final = {
    "another compression": ({"Content-Encoding": "br"}, b"{}", 415, "content encoding 'br'"),
    "another charset": (
        {"Content-Type": "application/json; charset=latin-1"},
        b"{}",
        415,
        "charset",
    ),
    "no gzip": ({"Content-Encoding": "gzip"}, b"{}", 400, "not valid gzip data"),
    "the half of it": ({"Content-Encoding": "gzip"}, gzip.compress(b"{}")[:-9], 400, "its end is"),
    "too much": (
        {"Content-Encoding": "gzip"},
        gzip.compress(b" " * 3_000_000),
        413,
        "at most 2 MiB",
    ),
}


@pytest.mark.parametrize("name", CODED)
def test_a_body_is_read_in_every_form_of_the_chat_endpoint(name: str, electron: Electron) -> None:
    """It may be compressed with gzip or deflate, and be in UTF-16."""
    headers, encode = CODED[name]
    body = encode('[{"reply": "31 °C"}]'.encode())
    added = call(electron.url, "POST", "/lanes/default/steps", body=body, headers=headers)
    assert added.status == 201
    assert raw_http.chat(electron, HI).json["choices"][0]["message"]["content"] == "31 °C"


@pytest.mark.parametrize("name", WRONGLY_CODED)
def test_a_body_in_another_form_is_refused(name: str, electron: Electron) -> None:
    """Every route that has a body says what is wrong, and changes nothing."""
    headers, body, status, words = WRONGLY_CODED[name]
    before = call(electron.url, "GET", "/lanes/default").json
    for method, path in WRITES:
        response = call(electron.url, method, path, body=body, headers=headers)
        assert response.status == status, (method, path)
        assert words in response.json["error"]["message"]
    assert call(electron.url, "GET", "/lanes/default").json == before


@pytest.mark.parametrize("together", [True, False], ids=["one packet", "two packets"])
def test_a_body_in_wrong_chunks_is_refused(together: bool, electron: Electron) -> None:
    """It gets the 400 of the control API with the reason; nothing is carried out or recorded."""
    call(electron.url, "PUT", "/lanes/a", {})
    call(electron.url, "POST", "/lanes/default/steps", {"reply": "Hello!"})
    call(electron.url, "POST", "/lanes/default/faults", {"fault": "cut", "when": {"says": "x"}})
    before = [call(electron.url, "GET", path).json for path in ("/lanes/default", "/lanes")]
    where = urlsplit(electron.url)
    for method, path in (*WRITES, *WITHOUT_BODY):
        head = f"{method} /_mock{path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked"
        whole = f"{head}\r\nContent-Type: application/json\r\n\r\n", "2\r\n{}\r\nzz\r\n"
        with socket.create_connection((str(where.hostname), where.port or 0)) as connection:
            for part in ("".join(whole),) if together else whole:
                connection.sendall(part.encode())
            status, _, rest = raw_http.receive_all(connection).partition(b"\r\n")
            assert status == b"HTTP/1.1 400 Bad Request", (method, path)
            headers, _, body = rest.partition(b"\r\n\r\n")
            assert b"connection: close" in headers
            error = json.loads(body)["error"]
            assert error["problems"] == []
            assert "chunk" in error["message"]
    after = [call(electron.url, "GET", path).json for path in ("/lanes/default", "/lanes")]
    assert after == before
    assert not electron.other_requests


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "in chunks"])
def test_an_oversized_body_is_refused(chunked: bool, electron: Electron) -> None:
    """It gets 413, whether its size is announced or not."""
    body = b'"' + b"x" * bodies.MOST_BYTES + b'"'
    parts = urlsplit(electron.url)
    framing = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % len(body)
    head = b"POST /_mock/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with socket.create_connection((str(parts.hostname), parts.port or 0)) as connection:
        connection.sendall(head + b"Connection: close\r\n" + framing + b"\r\n\r\n")
        connection.sendall(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if chunked else body)
        answer = raw_http.receive_all(connection)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b"at most 2 MiB" in answer


def test_a_body_that_does_not_arrive_is_refused(
    electron: Electron, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the time without a byte it gets 408, and its connection is free again."""
    monkeypatch.setattr(bodies, "UPLOAD_TIMEOUT", 0.01)
    parts = urlsplit(electron.url)
    head = b"POST /_mock/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with socket.create_connection((str(parts.hostname), parts.port or 0)) as connection:
        connection.sendall(head + b"Content-Length: 9\r\nConnection: close\r\n\r\n{")
        assert raw_http.receive_all(connection).startswith(b"HTTP/1.1 408 ")


def test_a_script_with_ten_mistakes_names_all(electron: Electron) -> None:
    """One answer has each problem with its position, and a suggestion where a name is near."""
    steps = [
        {"when": {"sayz": "a"}, "reply": "b"},
        {"reply": 5},
        {"fail": 999},
        {"fail": {"kind": 429, "retry_aftr": 1}},
        {"inject": "stal"},
        {"reply": "a", "times": 0},
        {"reply": "a", "pace": "fast"},
        {"when": {"turn": "x"}, "reply": "a"},
        {"replay": "a"},
        {"reply": {"calls": []}},
    ]
    for method, path, body in (
        ("POST", "/check", steps),
        ("POST", "/lanes/default/steps", {"steps": steps}),
        ("PUT", "/lanes/a", {"steps": steps}),
    ):
        response = call(electron.url, method, path, body)
        assert response.status == 422
        assert [one.partition(".")[0] for one in paths(response)] == [
            f"steps[{number}]" for number in range(10)
        ]
        assert problems(response)[0]["path"] == "steps[0].when.sayz"
        assert problems(response)[0]["did_you_mean"] == "says"
    assert call(electron.url, "GET", "/lanes/default/steps").json == {"steps": []}


def test_a_script_with_thousands_of_mistakes_names_a_hundred(electron: Electron) -> None:
    """Each problem of a step that a strict lane refuses takes a search for the nearest tool."""
    call(electron.url, "PUT", "/lanes/a", {"settings": {"strict": True, "tools": ["find", "end"]}})
    steps: list[Any] = [{"reply": {"calls": [{f"fnd{number}": {}}]}} for number in range(1_000)]
    *listed, last = problems(call(electron.url, "POST", "/lanes/a/steps", steps))
    assert len(listed) == 100
    assert last["message"] == "more problems are not listed"


def test_a_lane_with_mistakes_everywhere_names_all(electron: Electron) -> None:
    """Settings, steps, keys, the time to live and the name are all checked before the answer."""
    body = {
        "name": "a/b",
        "settings": {"plan": "cheap", "pace": "fast"},
        "steps": [{"reply": "a", "inject": {"stall": {"seconds": -1}}}],
        "keys": [""],
        "ttl": -1,
    }
    response = call(electron.url, "POST", "/lanes", body)
    assert response.status == 422
    expected = [
        "name",
        "settings.plan",
        "settings.pace",
        "steps[0].inject.stall.seconds",
        "keys[0]",
        "ttl",
    ]
    assert paths(response) == expected


def test_a_query_with_several_mistakes_names_all(electron: Electron) -> None:
    """The parameters and the conditions are checked together."""
    query = "since=x&last=0&wait=nan&nope=1&status=abc&headers=x"
    response = call(electron.url, "GET", f"/lanes/default/exchanges?{query}")
    assert response.status == 422
    assert paths(response) == ["since", "last", "wait", "nope", "status", "headers"]


UNKNOWN: Final = (
    ("GET", "/lanes/defalt", "Did you mean 'default'?"),
    ("GET", "/lanes/default/steps/7", "no step 7"),
    ("DELETE", "/lanes/default/steps/0", "no step 0"),
    ("GET", "/lanes/default/steps/" + "9" * 5000, "no step '999"),
    ("GET", "/lanes/default/steps/-1", "no step '-1'"),
    ("DELETE", "/lanes/default/faults/x", "no fault 'x'"),
    ("GET", "/lanes/default/exchanges/7", "no exchange 7"),
    ("GET", "/lane", "Did you mean '/_mock/lanes'?"),
    ("GET", "/lanes/a/b/c", "no route GET"),
)


@pytest.mark.parametrize(("method", "path", "words"), UNKNOWN, ids=[one[1][:40] for one in UNKNOWN])
def test_an_unknown_lane_step_or_route_is_named(
    method: str, path: str, words: str, electron: Electron
) -> None:
    """The answer is 404 and names what does not exist, shortened, and what is near."""
    response = call(electron.url, method, path)
    assert response.status == 404
    assert words in response.json["error"]["message"]
    assert len(response.body) < 500


@pytest.mark.parametrize("seconds", [-1, -1e-9, 1e308, "1", None, True])
@pytest.mark.parametrize("clock", ["frozen", "real"])
def test_a_clock_does_not_move_backwards(clock: str, seconds: Any, electron: Electron) -> None:
    """The clock stays where it is."""
    call(electron.url, "PUT", "/lanes/a", {"settings": {"clock": clock}})
    before = call(electron.url, "GET", "/lanes/a/clock").json["now"]
    response = call(electron.url, "POST", "/lanes/a/clock/advance", {"seconds": seconds})
    after = call(electron.url, "GET", "/lanes/a/clock").json["now"]
    assert (response.status, paths(response)) == (422, ["seconds"])
    assert 0 <= after - before < (1 if clock == "frozen" else 1e6)


NAMES: Final = ("a/b", "../a", ".", "..", "", " a", "-a", "a b", "a\x00b", "a\nb", "é", "x" * 101)


@pytest.mark.parametrize("name", [*NAMES, "x" * 2**20], ids=repr)
def test_a_lane_cannot_have_such_a_name(name: str, electron: Electron) -> None:
    """It is refused in a body and in a path, with a short message."""
    response = call(electron.url, "POST", "/lanes", {"name": name})
    assert (response.status, paths(response)) == (422, ["name"])
    assert len(response.body) < 1000
    in_path = call(electron.url, "PUT", f"/lanes/{quote(name[:1000], safe='')}", {})
    assert in_path.status in (404, 405, 422)
    assert call(electron.url, "GET", "/lanes").json["open"] == 1


def test_a_path_of_a_megabyte_is_refused(electron: Electron) -> None:
    """The server refuses such a head before it is complete."""
    parts = urlsplit(electron.url)
    with socket.create_connection((str(parts.hostname), parts.port or 0)) as connection:
        try:
            connection.sendall(b"PUT /_mock/lanes/" + b"x" * 2**20)
            answer = connection.recv(65536)
        except ConnectionError:  # the answer is lost if the client still sends
            return
        assert answer.startswith(b"HTTP/1.1 4")


def test_there_are_at_most_so_many_lanes(
    electron: Electron, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One more gets 409, a lane can still be replaced, and closing one makes room."""
    monkeypatch.setattr(lanes, "MOST_LANES", 3)
    for name in "abc":
        assert call(electron.url, "PUT", f"/lanes/{name}", {}).status == 201
    assert call(electron.url, "PUT", "/lanes/d", {}).status == 409
    assert call(electron.url, "POST", "/lanes", {}).status == 409
    assert call(electron.url, "PUT", "/lanes/c", {}).status == 200
    assert call(electron.url, "DELETE", "/lanes/a").status == 200
    assert call(electron.url, "PUT", "/lanes/d", {}).status == 201


def test_a_lane_has_at_most_so_many_steps(
    electron: Electron, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request is compared with each. What would be too much is refused as a whole."""
    monkeypatch.setattr(steps_of_control, "MOST_STEPS", 3)
    one: Any = {"reply": "x"}
    text = "steps: [{reply: x}, {reply: x}, {reply: x}, {reply: x}]"
    too_many: list[tuple[str, str, Any]] = [
        ("PUT", "/lanes/a", {"steps": [one] * 4}),
        ("POST", "/lanes", {"script": text}),
        ("POST", "/lanes/default/steps", [one] * 4),
        ("PUT", "/lanes/default/steps", {"script": text}),
    ]
    for method, path, body in too_many:
        answer = call(electron.url, method, path, body)
        assert answer.status == 422
        [problem] = problems(answer)
        assert problem["message"] == "the body must have at most 3 steps, got 4"
    assert call(electron.url, "POST", "/check", [one] * 4).status == 200  # it may be for a file
    assert call(electron.url, "PUT", "/lanes/a", {"steps": [one] * 3}).status == 201
    assert call(electron.url, "POST", "/lanes/a/steps", one).status == 409
    assert call(electron.url, "PUT", "/lanes/a/steps", [one] * 2).status == 200
    assert call(electron.url, "POST", "/lanes/a/steps", [one] * 2).status == 409
    assert call(electron.url, "POST", "/lanes/a/steps", one).status == 201
    assert call(electron.url, "DELETE", "/lanes/a/steps/1").status == 200
    assert call(electron.url, "POST", "/lanes/a/steps", one).status == 201
    shown = call(electron.url, "GET", "/lanes/a/steps").json["steps"]
    assert [step["number"] for step in shown] == [2, 3, 4]


def test_a_lane_has_at_most_so_many_faults(
    electron: Electron, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each request looks at all that have uses left; those that are used up make room."""
    monkeypatch.setattr(faults, "MOST_FAULTS", 2)
    call(electron.url, "PUT", "/lanes/a", {})

    def inject() -> int:
        return call(electron.url, "POST", "/lanes/a/faults", {"fault": {"fail": 503}}).status

    assert [inject() for _ in range(3)] == [201, 201, 409]
    assert raw_http.chat(Electron(Lane(), f"{electron.url}/lanes/a"), HI).status == 503
    assert [inject() for _ in range(2)] == [201, 409]
    assert call(electron.url, "DELETE", "/lanes/a/faults/2").status == 200
    assert [inject() for _ in range(2)] == [201, 409]


def test_a_lane_remembers_the_latest_interruptions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that marks one after the other takes no more and more memory."""
    monkeypatch.setattr(lane_setup, "MOST_BARGE_INS", 3)
    lane = Lane()
    marked = [lane.barge_in() for _ in range(5)]
    assert lane.barge_ins == tuple(marked[-3:])


class _Clock:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class _Timers:
    """The timers of an event loop, which a test fires."""

    def __init__(self) -> None:
        self.waiting: list[tuple[float, Any]] = []

    def call_later(self, seconds: float, function: Any, *given: Any) -> "_Timer":
        self.waiting.append((seconds, lambda: function(*given)))
        return _Timer()

    def fire(self) -> float:
        """Fire the only timer. Return the seconds that it waited."""
        [(seconds, fire)] = self.waiting
        self.waiting = []
        fire()
        return seconds


class _Timer:
    def cancel(self) -> None:
        """Do nothing: a test fires only what it expects."""


def test_a_lane_is_closed_when_its_time_to_live_has_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each use of the lane, by the control API or by a chat request, begins the time anew."""
    clock, timers, server = _Clock(), _Timers(), Server()
    monkeypatch.setattr(lanes, "monotonic", clock)
    monkeypatch.setattr("asyncio.get_running_loop", lambda: timers)
    opened = lanes.OpenLanes(server)
    names: list[tuple[str, ...]] = []
    try:
        opened.open("a", Lane(), ("sk_own",), ttl=10.0)
        clock.now = 9.0
        opened.named("a")
        clock.now = 10.0
        assert timers.fire() == 10.0
        names.append(opened.names)
        clock.now = 20.0
        timers.fire()
        names.append(opened.names)
        assert names == [("default", "a"), ("default",)]
        assert not timers.waiting
        assert not opened.opened
        assert opened.all.names_by_key == {"sk_own": "a"}  # late requests get 410
        with pytest.raises(Closed):
            opened.named("a")
    finally:
        server.stop()


@pytest.mark.parametrize("settings", [{"journal_exchanges": 0}, {"journal_bytes": 1}, {}])
def test_a_lane_in_use_stays_open_whatever_its_journal_keeps(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chat request begins the time anew, even if no exchange is kept."""
    clock, timers, server = _Clock(), _Timers(), Server()
    monkeypatch.setattr(lanes, "monotonic", clock)
    monkeypatch.setattr("asyncio.get_running_loop", lambda: timers)
    opened = lanes.OpenLanes(server)
    lane = Lane(Settings(**settings))
    try:
        opened.open("a", lane, ttl=10.0)  # at the time 0
        now = monotonic()
        ask(lane)
        clock.now = now + 9.0
        timers.fire()
        assert opened.names == ("default", "a")
        lane.journal.clear()
        assert lane.journal.latest is None
    finally:
        server.stop()


def test_an_expired_lane_is_gone(electron: Electron) -> None:
    """Its requests and those of the control API get 410, and its name is free again."""
    call(electron.url, "PUT", "/lanes/a", {"ttl": 1e-9, "keys": ["sk_own"]})
    while call(electron.url, "GET", "/lanes").json["open"] > 1:
        pass
    assert call(electron.url, "GET", "/lanes/a").status == 410
    late = raw_http.chat(Electron(Lane(), f"{electron.url}/lanes/a"), HI)
    assert late.status == 410
    assert call(electron.url, "PUT", "/lanes/a", {"keys": ["sk_own"]}).status == 201


# --- readers of events


@pytest.fixture
def control() -> Iterator[Control]:
    """The state of the control API of a server of its own. At the end, no reader is left."""
    held: list[Any] = []

    def opened(server: Server) -> ControlApp:
        app = application(server)
        held.append(app)
        return app

    with Server(control=opened) as server:
        call(server.url, "GET", "/health")
        state: Control = held[0]._app.state.control
        yield state
        eventually(lambda: state.events.readers == 0)
        assert call(server.url, "GET", "/health").status == 200


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    end = monotonic() + raw_http.TIMEOUT
    while not holds():
        assert monotonic() < end
        sleep(0.001)


def url_of(control: Control) -> str:
    """Return the URL of the server."""
    return control.lanes._server.url


@contextmanager
def following(control: Control, path: str = "/events") -> Iterator[socket.socket]:
    """A connection that follows events, once its first event has arrived."""
    parts = urlsplit(url_of(control))
    address = str(parts.hostname), parts.port or 0
    with socket.create_connection(address, raw_http.TIMEOUT) as reader:
        reader.sendall(f"GET /_mock{path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        receive_until(reader, b"event: hello")
        yield reader


def receive_until(reader: socket.socket, wanted: bytes) -> bytes:
    """Receive until these bytes have arrived, and return everything."""
    received = b""
    while wanted not in received:
        part = reader.recv(65536)
        assert part
        received += part
    return received


def test_readers_above_the_limit_are_refused(
    control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They get 503; when another reader leaves, there is room again."""
    monkeypatch.setattr(event_log, "MOST_READERS", 3)
    with following(control), following(control), following(control):
        refused = [call(url_of(control), "GET", "/events") for _ in range(20)]
        assert [one.status for one in refused] == [503] * 20
        assert "3 readers" in refused[0].json["error"]["message"]
        assert control.events.readers == 3
    eventually(lambda: control.events.readers == 0)
    with following(control, "/lanes/default/events"):
        assert control.events.readers == 1


def test_a_head_request_for_events_is_no_reader(
    control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gets the headers, even if there are too many readers, and no stream that never ends."""
    monkeypatch.setattr(event_log, "MOST_READERS", 0)
    response = call(url_of(control), "HEAD", "/events")
    assert response.status == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    assert control.events.readers == 0


def test_a_reader_that_stops_reading_holds_up_nobody(control: Control) -> None:
    """It needs no memory, and is told how many events it has missed when it reads again."""
    published = 10 * event_log.MOST_KEPT
    with following(control) as slow:
        for _ in range(published):
            control.events.publish("default", "clock")
        assert len(control.events._kept) == event_log.MOST_KEPT
        with following(control) as other:
            control.events.publish("default", "reset")
            receive_until(other, b"event: reset")
        received = receive_until(slow, b"event: lost")
    lost = re.findall(rb'event: lost\ndata: {"events":(\d+)}', received)
    assert 0 < sum(map(int, lost)) <= published


def test_events_of_an_unknown_lane_are_refused(control: Control) -> None:
    """A reader of a lane that is not open gets 404, and is not counted."""
    assert call(url_of(control), "GET", "/lanes/nobody/events").status == 404
    assert call(url_of(control), "GET", "/events?last_event_id=x").status == 422
    assert control.events.readers == 0


# --- the gate


@pytest.mark.parametrize(
    "cookie", ["a,b=1", "mock_electron_control=", "=;=", "\xff=\xff", ";" * 999]
)
def test_a_malformed_cookie_is_no_token(cookie: str) -> None:
    """A server with a token answers 401."""
    with Server(control=partial(open_control, token="secret")) as server:  # noqa: S106 (that of the test)
        response = call(server.url, "GET", "/health", headers={"Cookie": cookie})
    assert response.status == 401


def test_an_empty_token_is_no_token(electron: Electron) -> None:
    """A server without a token sets no cookie."""
    response = call(electron.url, "GET", "/health?token=")
    assert response.status == 200
    assert "set-cookie" not in response.headers


# --- bodies that the schema accepts, and that contradict themselves

CONTRADICTIONS: Final[dict[str, tuple[str, str, Any]]] = {
    "a number of times that is no integer": (
        "POST",
        "/lanes/default/faults",
        {"fault": "cut", "times": 1.0},
    ),
    "steps and a script": ("POST", "/check", {"steps": [], "script": "steps: []"}),
    "a regular expression": ("POST", "/check", {"when": {"says": {"regex": "("}}, "reply": "a"}),
    "a pace": ("PATCH", "/lanes/default/settings", {"pace": {"first": -1}}),
    "groups of accounts": ("PATCH", "/lanes/default/settings", {"accounts": ["a:b", "b:c"]}),
    "a fixed setting": ("PATCH", "/lanes/default/settings", {"clock": "real"}),
    "an assertion without its argument": ("POST", "/lanes/default/verify", {"retried": True}),
    "an assertion with a wrong condition": (
        "POST",
        "/lanes/default/verify",
        {"called": {"headers": "x"}},
    ),
    "too many assertions": ("POST", "/lanes/default/verify", [{"called": True}] * 101),
    "a key with a space": ("POST", "/lanes", {"keys": ["a b "]}),
    "too many keys": ("POST", "/lanes", {"keys": [f"sk_{n}" for n in range(101)]}),
}


@pytest.mark.parametrize(("method", "path", "body"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_body_that_contradicts_itself_is_refused(
    method: str, path: str, body: Any, electron: Electron
) -> None:
    """The answer is 422, and its message does not show Python's own errors."""
    response = call(electron.url, method, path, body)
    assert response.status == 422
    assert len(problems(response)) == 1
    assert "' object" not in problems(response)[0]["message"]


def test_a_reset_of_nothing_resets_nothing(electron: Electron) -> None:
    """An empty list is not the same as no list."""
    raw_http.chat(electron, HI)
    kept = call(electron.url, "POST", "/lanes/default/reset", {"only": []})
    assert kept.json["exchanges"] == 1
    reset = call(electron.url, "POST", "/lanes/default/reset", {})
    assert reset.json["exchanges"] == 0


def test_a_lane_that_two_clients_open_at_once_is_opened_once(electron: Electron) -> None:
    """Large bodies are read in threads; the second client to be ready gets 409."""
    body = {"name": "a", "steps": [{"reply": "x" * 20_000}]}
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda _: call(electron.url, "POST", "/lanes", body).status, range(4))
        assert sorted(answers) == [201, 409, 409, 409]
