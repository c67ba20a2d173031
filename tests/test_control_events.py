"""The events of the control API: what happens in the lanes, as server-sent events."""

import asyncio
import json
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import one_packet
import pytest
import raw_http
from control_client import ControlClient, ask, controlled
from lanes import arrival

from mock_electron import Electron
from mock_electron.control.event_log import MOST_AT_ONCE, MOST_KEPT, MOST_READERS, Batch, Events
from mock_electron.control.lanes import OpenLanes
from mock_electron.engine.journal import Journal
from mock_electron.engine.lane import Lane
from mock_electron.serve.server import Server


class Reader:
    """Reads events from a socket.

    Args:
        connection: The socket, after the request was sent.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._file = connection.makefile("rb")
        self.status = int(self._file.readline().split()[1])
        self.headers = [*iter(self._file.readline, b"\r\n")]

    def __next__(self) -> dict[str, Any]:
        """Return the next event, without comments."""
        event: dict[str, Any] = {}
        while True:
            line = self._line()
            name, _, value = line.partition(": ")
            if not line and event:
                return event
            if name in ("event", "id"):
                event[name] = value
            elif name == "data":
                event |= json.loads(value)

    def _line(self) -> str:
        """Return the next line of the stream, without the sizes of its HTTP chunks."""
        while True:
            line = self._file.readline().decode().rstrip("\r\n")
            if not _is_size(line):
                return line

    def close(self) -> None:
        self._file.close()
        self._connection.close()


def _is_size(line: str) -> bool:
    return bool(line) and all(digit in "0123456789abcdef" for digit in line)


@contextmanager
def following(url: str, path: str = "/events", **headers: str) -> Iterator[Reader]:
    """Follow events while the block runs."""
    parts = urlsplit(url)
    with socket.create_connection(
        (str(parts.hostname), parts.port or 80), timeout=20
    ) as connection:
        lines = [f"GET /_mock{path} HTTP/1.1", f"Host: {parts.netloc}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        reader = Reader(connection)
        yield reader
        reader.close()


@pytest.fixture
def control() -> Iterator[ControlClient]:
    """The control API of a server."""
    with controlled() as (_, client):
        yield client


def ended(events: Reader) -> dict[str, Any]:
    """Return the next event that is not the beginning of an exchange."""
    while True:
        event = next(events)
        if event["event"] != "exchange":
            return event


def shown(event: dict[str, Any]) -> tuple[Any, ...]:
    """Return what an event is about."""
    return event["event"], event["lane"], event.get("exchange")


def test_what_happens_is_reported(control: ControlClient) -> None:
    """A reader sees lanes open and close, exchanges, and changes, each with a number."""
    with following(control.url) as events:
        assert next(events)["event"] == "hello"
        lane = control.put("/lanes/a", {})
        ask(lane)
        ask(lane, stream=True)
        control.patch("/lanes/a/settings", {"drift": 0.1})
        control.post("/lanes/a/steps", {"reply": "x"})
        control.post("/lanes/a/faults", {"fault": "crlf"})
        control.post("/lanes/a/clock/advance", {"seconds": 1})
        control.post("/lanes/a/barge-in")
        control.post("/lanes/a/reset")
        control.delete("/lanes/a")
        found = [ended(events) for _ in range(10)]
    assert [shown(one) for one in found] == [
        ("opened", "a", None),
        ("ended", "a", 0),
        ("ended", "a", 1),
        ("settings", "a", None),
        ("steps", "a", None),
        ("faults", "a", None),
        ("clock", "a", None),
        ("barge_in", "a", None),
        ("reset", "a", None),
        ("closed", "a", None),
    ]
    numbers = [int(one["id"]) for one in found]
    assert numbers == sorted(set(numbers))


def test_an_exchange_in_flight_begins_and_ends(control: ControlClient) -> None:
    """A stream that takes time is reported twice."""
    lane = control.post("/lanes", {"settings": {"clock": "real", "pace": {"first": 0.01}}})
    with following(control.url, f"/lanes/{lane['name']}/events") as events:
        next(events)
        ask(lane, stream=True)
        assert [next(events)["event"] for _ in range(2)] == ["exchange", "ended"]


@pytest.mark.parametrize("steps", [[], [{"reply": "Hello!"}]])
def test_an_exchange_that_is_answered_at_once_begins_and_ends(
    steps: list[Any], control: ControlClient
) -> None:
    """A reader counts on both events, however the answer is sent."""
    lane = control.post("/lanes", {"steps": steps})
    target = Electron(Lane(), lane["url"])
    body = {"model": "electron", "messages": raw_http.user("Hi")}
    sent = [one_packet.packet(target, body)] * 3  # from the second one on, the head is known
    with following(control.url, f"/lanes/{lane['name']}/events") as events:
        next(events)
        one_packet.exchange(target, sent)
        name, told = lane["name"], []
        while ("ended", name, 2) not in told:
            told.append(shown(next(events)))
    assert told == [(kind, name, n) for n in range(3) for kind in ("exchange", "ended")]


def test_a_reader_of_one_lane_sees_no_other(control: ControlClient) -> None:
    """Each test follows its own lane."""
    one, other = control.post("/lanes"), control.post("/lanes")
    with following(control.url, f"/lanes/{one['name']}/events") as events:
        next(events)
        ask(other)
        ask(one)
        assert shown(ended(events)) == ("ended", one["name"], 0)


def test_a_reader_goes_on_where_it_was(control: ControlClient) -> None:
    """After a lost connection, a browser sends the id of its last event and misses nothing."""
    lane = control.post("/lanes")
    with following(control.url) as events:
        next(events)
        ask(lane)
        last = ended(events)["id"]
        ask(lane)
        next(events)
    with following(control.url, **{"Last-Event-ID": last}) as events:
        assert ended(events)["id"] == last
        assert shown(ended(events)) == ("ended", lane["name"], 1)


@pytest.mark.parametrize("last", ["x", "-1", "9" * 30, "99999"])
def test_a_wrong_last_event_is_no_event(control: ControlClient, last: str) -> None:
    """An id that was never sent means that nothing is known."""
    with following(control.url, **{"Last-Event-ID": last}) as events:
        assert next(events)["event"] == "hello"
        ask(control.post("/lanes"))
        assert next(events)["event"] == "opened"


def test_the_log_has_bounds_and_says_what_is_lost() -> None:
    """A slow reader costs no memory; it is told how many events it has missed."""
    with Server() as server:
        events = Events(OpenLanes(server))
        events.publish("a", "steps")
        assert events.last_id == 0  # nobody follows
        events.begin()
        for _ in range(MOST_KEPT + 10):
            events.publish("a", "steps")
        batch = events.after(0, None)
        assert (len(batch.events), batch.position) == (MOST_AT_ONCE, 10 + MOST_AT_ONCE)
        assert (batch.lost, batch.before) == (10, 10)
        assert events.after(batch.position, "b").events == []
        assert events.after(events.last_id, None) == Batch([], events.last_id, 0, events.last_id)


def test_a_reader_that_was_told_of_lost_events_misses_no_other() -> None:
    """The id of the message `lost` is that of the last lost event: reading on from it is complete."""
    with controlled() as (server, client):
        state: Any = server.app.control
        events = state()._app.state.control.events
        events.begin()
        for _ in range(MOST_KEPT + 10):
            events.publish("default", "steps")
        with following(client.url, "/events?last_event_id=5") as followed:
            ids = [int(next(followed)["id"]) for _ in range(4)]
        assert ids == [5, 10, 11, 12]


def test_a_page_that_comes_back_is_told_of_exchanges(control: ControlClient) -> None:
    """Exchanges have no ids in its stream, so that it reads what there is when it comes back."""
    with controlled() as (_, client):
        ask(client.post("/lanes"))
        path = "/lanes/1/events?latest=true&last_event_id=0"
        with following(client.url, path) as followed:
            kinds = {next(followed)["event"] for _ in range(3)}
        assert kinds == {"hello", "exchange", "ended"}


def test_readers_are_bounded_and_leave_nothing_behind(control: ControlClient) -> None:
    """Too many readers are refused; those that leave make room."""
    with controlled() as (server, client):
        state: Any = server.app.control
        events = state()._app.state.control.events
        events.readers = MOST_READERS
        with following(client.url) as refused:
            assert refused.status == 503
        events.readers = 0
        for _ in range(3):
            with following(client.url) as entered:
                assert next(entered)["event"] == "hello"
        for _ in range(500):
            if events.readers == 0:
                break
            client.get("/health")
        assert events.readers == 0


def test_only_the_latest_event_of_each_kind(control: ControlClient) -> None:
    """A reader that asks for it gets one event of each kind and lane, however many there were."""
    with Server() as server:
        events = Events(OpenLanes(server))
        events.begin()
        for number in range(MOST_AT_ONCE + 5):
            events.publish("a", "ended", number)
            events.publish("b", "ended", number)
        events.publish("a", "steps")

        async def read() -> list[bytes]:
            stream = events.follow(0, "a", latest=True)
            found = [await anext(stream), await anext(stream)]
            await stream.aclose()  # type: ignore[attr-defined]  # it is a generator
            return found

        hello, rest = asyncio.run(read())
    assert hello.count(b"event: hello") == 1
    assert [line for line in rest.split(b"\n") if line.startswith(b"data")] == [
        b'data: {"lane":"a"}',
        b'data: {"lane":"a"}',
    ]
    assert control.send("GET", "/events?latest=maybe").status == 422


def test_a_page_that_follows_costs_a_chat_request_nothing() -> None:
    """The latest events of a lane tell of exchanges and changes, but no exchange is recorded."""
    with controlled() as (server, client):
        state: Any = server.app.control
        events = state()._app.state.control.events
        path = "/lanes/page/events?latest=true"
        lane = client.post("/lanes", {"name": "page"})
        with following(client.url, path) as page:
            assert next(page)["event"] == "hello"
            ask(lane)
            told = [next(page) for _ in range(2)]
            assert [(one["event"], one["lane"]) for one in told] == [
                ("exchange", "page"),
                ("ended", "page"),
            ]
            assert [one for one in told if "exchange" in one] == []
            client.put("/lanes/page/steps", [{"reply": "Hello!"}])
            assert next(page)["event"] == "steps"
            assert events.last_id == 1  # no exchange is among the recorded events
            followed = server.app.lanes.named("page")
            assert followed is not None
            assert followed.journal._observers == ()
            client.put("/lanes/page", {})  # a new journal, without exchanges
            assert [next(page)["event"] for _ in range(2)] == ["closed", "opened"]
            with following(client.url) as other:  # it gets each exchange
                assert next(other)["event"] == "hello"
                ask(lane)
                assert next(other)["exchange"] == 0
            assert next(page)["event"] == "exchange"


def test_no_exchange_happens_when_a_lane_is_closed_replaced_or_reset(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A page gets the events of exchanges only if there were some, in that lane."""
    monkeypatch.setattr("mock_electron.control.event_log.SLOW_TICK", 0)
    with Server() as server:
        lanes = OpenLanes(server)
        events = Events(lanes)
        events.enter(observes=False)
        first, second = Lane(), Lane()
        journals: list[Journal | None] = []
        told: list[list[str]] = []

        async def read() -> None:
            stream = events.follow_latest(0, "a", lambda: journals[-1])
            for change in changes:
                change()
                events.publish("a", "clock")  # so that there is something to read
                told.append(re.findall(r"event: (\w+)", (await anext(stream)).decode()))
            await stream.aclose()  # type: ignore[attr-defined]  # it is a generator

        def begin(lane: Lane) -> None:
            answers.append(lane.open(arrival(stream=True)))

        def end(lane: Lane) -> None:
            lane.close(answers.pop(), 1)

        def both(lane: Lane) -> None:
            begin(lane)
            end(lane)

        def back_to_the_first(other: Lane) -> None:
            journals.append(first.journal)
            both(other)

        answers: list[Any] = []
        changes: list[Callable[[], object]] = [
            lambda: journals.append(first.journal),
            partial(begin, first),
            lambda: first.reset(["journal"]),
            partial(end, first),
            partial(both, first),
            lambda: journals.append(None),
            lambda: journals.append(second.journal),
            partial(back_to_the_first, second),
            lambda: journals.append(second.journal),
        ]
        journals.append(first.journal)
        asyncio.run(read())
    assert told == [
        ["hello"],
        ["clock", "exchange"],
        ["clock"],
        ["clock"],
        ["clock", "exchange", "ended"],
        ["clock"],
        ["clock"],
        ["clock", "exchange", "ended"],
        ["clock", "exchange", "ended"],
    ]
