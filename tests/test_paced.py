"""Tests of serve/paced.py and serve/turns.py: streams with pauses, and what sse-starlette adds."""

import asyncio
import inspect
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, Final

import pytest
import virtual_time
from raw_http import chat, connect, raw_request, receive_all, user
from sse_starlette import EventSourceResponse
from sse_starlette.sse import AppStatus
from starlette.types import Message
from virtual_time import Transport, virtual_lane

from mock_electron import Electron, Settings
from mock_electron.engine.answer import Answer
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.faults.delivery import CLOSE, COMPLETE, Ending
from mock_electron.engine.lane import Lane
from mock_electron.engine.pace import Pace
from mock_electron.serve.connection import EXTENSION, Connection
from mock_electron.serve.deadlines import MOST_TOGETHER
from mock_electron.serve.event_stream import EventStream
from mock_electron.serve.paced import PacedStream
from mock_electron.serve.play import play
from mock_electron.serve.server import PACED_LISTENERS, Server, _Uvicorn
from mock_electron.serve.turns import MOST_AT_ONCE, Turns
from mock_electron.wire.request import CHAT_PATH

STREAM: Final = json.dumps({"model": "electron", "messages": user("Hi"), "stream": True}).encode()
HEADERS: Final = ((b"content-type", b"text/event-stream"), (b"x-own", b"1"))
SCOPE: Final = {"type": "http", "method": "POST", "http_version": "1.1", "headers": []}
Call = Callable[[PacedStream, Any, Any, Any], Any]


class Run:
    """A stream that is played on a virtual clock, and what it sent.

    Attributes:
        sent: The seconds and the ASGI message, for each message.
        counts: The numbers of frames that were reported as sent.
        ended: The number of messages when the end was reported.
    """

    def __init__(self, pauses: tuple[float, ...], ending: Ending = COMPLETE) -> None:
        frames = tuple(b"data: %d\n\n" % number for number in range(len(pauses)))
        chunks = (1,) * len(frames)
        self.answer = Answer(0, 200, HEADERS, frames, chunks, pauses, ending=ending)
        self.sent: list[tuple[float, Message]] = []
        self.counts: list[int] = []
        self.ended: list[int] = []
        self.delays: dict[int, float] = {}
        self.stays: float | None = None

    async def play(self, call: Call = PacedStream.__call__, turns: Turns | None = None) -> None:
        """Play the stream to its end, or until the client disconnects after `stays` seconds."""
        loop = asyncio.get_running_loop()

        async def receive() -> Message:
            await (asyncio.Event().wait() if self.stays is None else asyncio.sleep(self.stays))
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            self.sent.append((loop.time(), message))
            delay = self.delays.pop(len(self.sent), 0.0)
            loop._clock.now += delay  # type: ignore[attr-defined]  # the loop is busy for so long

        connection = Connection(Transport(), loop.time(), loop.time())
        stream = PacedStream(
            self.answer,
            connection,
            turns or Turns(),
            self.counts.append,
            lambda: self.ended.append(len(self.sent)),
        )
        await call(stream, SCOPE, receive, send)

    @property
    def times(self) -> list[float]:
        """When each frame was sent, in virtual seconds."""
        return [at for at, message in self.sent if message["type"] == "http.response.body"]


def played(run: Run, call: Call = PacedStream.__call__) -> Run:
    virtual_time.run(run.play(call))
    return run


# --- the library


def test_the_library_has_what_the_subclass_overrides_and_uses() -> None:
    """A version of sse-starlette with other private methods is noticed here."""
    signatures = {
        "_stream_response": ["self", "send"],
        "_listen_for_disconnect": ["self", "receive"],
        "_listen_for_exit_signal": [],
        "__call__": ["self", "scope", "receive", "send"],
    }
    for name, parameters in signatures.items():
        for method in (getattr(EventSourceResponse, name), getattr(PacedStream, name)):
            assert list(inspect.signature(method).parameters) == parameters, name
            assert inspect.iscoroutinefunction(method), name
    taken = inspect.signature(EventSourceResponse.__init__).parameters
    assert {"content", "status_code", "ping", "sep"} <= taken.keys()
    base = EventSourceResponse(iter(()), 200, ping=1, sep="\n")
    assert base.active is True
    assert isinstance(base.raw_headers, list)


def test_the_attributes_of_the_subclass_are_its_own() -> None:
    """No attribute of the library has the name of an attribute that the subclass adds."""
    base = EventSourceResponse(iter(()), 200, ping=1, sep="\n")
    connection = Connection(Transport(), 0.0, 0.0)
    stream = PacedStream(Run((0.0,)).answer, connection, Turns(), print, print)
    added = vars(stream).keys() - vars(base).keys()
    for kind in (PacedStream, EventStream):
        added |= {name for name in vars(kind) if not name.startswith("__")}
    overridden = {"_stream_response", "_listen_for_exit_signal"}
    assert {name for name in added if hasattr(base, name)} == overridden


BOTH_WAYS: Final = pytest.mark.parametrize(
    "call", [PacedStream.__call__, EventSourceResponse.__call__], ids=["own", "library"]
)


@BOTH_WAYS
@pytest.mark.parametrize("ending", [COMPLETE, CLOSE])
def test_a_stream_is_its_head_and_its_frames(call: Call, ending: Ending) -> None:
    """The library adds no header, no ping in an hour of silence, and no bytes at the end."""
    run = played(Run((1.0, 0.0, 3600.0, 3600.0), ending), call)
    (_, head), *frames = run.sent
    assert (head["status"], tuple(head["headers"])) == (200, HEADERS)
    assert tuple(message["body"] for _, message in frames) == run.answer.frames
    more = [message["more_body"] for _, message in frames]
    assert more == [True, True, True, ending != COMPLETE]
    assert run.times == [1.0, 1.0, 3601.0, 7201.0]
    assert (run.counts, run.ended) == ([2, 1, 1], [5])


@BOTH_WAYS
def test_a_disconnect_ends_a_stream(call: Call) -> None:
    """No further frame is sent, and the end is reported."""
    run = Run((1.0, 1.0, 1.0))
    run.stays = 2.5
    played(run, call)
    assert (run.times, run.counts, run.ended) == ([1.0, 2.0], [1, 1], [3])


@BOTH_WAYS
def test_the_shutdown_of_another_server_ends_no_stream(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """sse-starlette notes for the whole process that a server has received a signal."""
    monkeypatch.setattr(AppStatus, "should_exit", True)
    assert played(Run((1.0, 1.0)), call).times == [1.0, 2.0]


def test_a_cancelled_stream_is_ended() -> None:
    """A server that shuts down cancels the task. The end is reported, and the task is cancelled."""
    run = Run((1.0, 1.0))

    async def cancel() -> None:
        task = asyncio.create_task(run.play())
        await asyncio.sleep(1.5)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        virtual_time.run(cancel())
    assert (run.times, run.ended) == ([1.0], [2])


# --- deadlines


def test_a_late_stream_catches_up() -> None:
    """Frames that are overdue are sent together, and the next one at its own deadline."""
    run = Run((1.0,) * 6)
    run.delays = {3: 2.5}  # after the second frame, at 2 s, the loop is busy until 4.5 s
    assert played(run).times == [1.0, 2.0, 4.5, 4.5, 5.0, 6.0]
    assert run.counts == [1, 1, 2, 1, 1]


def test_a_stream_that_starts_late_keeps_its_pace() -> None:
    """All deadlines after the first count from the first frame."""
    run = Run((1.0, 1.0, 1.0))

    async def busy() -> None:
        playing = asyncio.create_task(run.play())
        await asyncio.sleep(0)
        asyncio.get_running_loop()._clock.now += 1.5  # type: ignore[attr-defined]  # the virtual loop
        await playing

    virtual_time.run(busy())
    assert run.times == [1.5, 2.5, 3.5]


def test_a_long_stream_without_pauses_lets_others_run() -> None:
    """At most MOST_TOGETHER frames are sent in a row."""
    run = played(Run((0.0,) * (2 * MOST_TOGETHER + 1)))
    assert run.counts == [MOST_TOGETHER, MOST_TOGETHER, 1]


@pytest.mark.skipif(find_spec("uvloop") is None, reason="only uvloop joins the writes of a round")
def test_the_first_frame_comes_in_one_packet_with_the_head() -> None:
    """A client is woken once for both. The frame after the pause is not in this packet."""
    lane = Lane(Settings(clock="real", pace=Pace(first=0, each=600)))
    with Server() as server:
        electron = Electron(lane, server.open_lane(lane))
        with connect(electron) as connection:
            connection.sendall(raw_request(electron, f"Content-Length: {len(STREAM)}") + STREAM)
            packet = connection.recv(65_536)
    assert packet.startswith(b"HTTP/1.1 200 OK\r\n")
    assert packet.count(b"data: ") == 2  # the role, and the first token


@BOTH_WAYS
def test_the_slot_is_free_right_after_the_last_write(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lane records the end before the event loop runs anything else."""
    monkeypatch.setattr(PacedStream, "__call__", call)
    lane, seen = virtual_lane(pace=Pace(first=1, each=1, overhead=1)), []

    async def main() -> None:
        loop = asyncio.get_running_loop()

        async def send(message: Message) -> None:
            if message["type"] == "http.response.body" and not message["more_body"]:
                seen.append(lane.journal.peek()[-1].outcome)
                loop.call_soon(lambda: seen.append(lane.journal.peek()[-1].outcome))

        arrival = Arrival("POST", CHAT_PATH, "Bearer sk_mock", "application/json", STREAM)
        extensions = {EXTENSION: {"connection": Connection(Transport(), loop.time(), loop.time())}}
        scope = {**SCOPE, "extensions": extensions}
        receive: Any = asyncio.Event().wait
        await play(lane.open(arrival), lane, scope, receive, send, Turns())
        await asyncio.sleep(0)

    virtual_time.run(main())
    assert seen == ["in flight", "complete"]


# --- turns


def test_many_streams_that_are_due_take_turns() -> None:
    """In one round of the event loop at most MOST_AT_ONCE of them send; first frames do not wait."""
    runs = [Run((1.0, 1.0)) for _ in range(3 * MOST_AT_ONCE)]
    rounds: list[int] = []

    async def count_rounds() -> None:
        before = 0
        while True:
            await asyncio.sleep(0)
            now = sum(len(run.times) for run in runs)
            if now > before:
                rounds.append(now - before)
            before = now
            if now == 2 * len(runs):
                return
            if not now % len(runs):
                await asyncio.sleep(0.5)

    async def main() -> None:
        turns = Turns()
        await asyncio.gather(count_rounds(), *(run.play(turns=turns) for run in runs))

    virtual_time.run(main())
    assert rounds[0] == len(runs)
    assert sum(rounds[1:]) == len(runs)
    assert max(rounds[1:]) <= MOST_AT_ONCE
    assert {at for run in runs for at in run.times} == {1.0, 2.0}


def test_a_client_that_leaves_while_its_stream_waits_takes_no_turn() -> None:
    """The streams that remain send their frames."""
    runs = [Run((1.0, 1.0)) for _ in range(4 * MOST_AT_ONCE)]
    for run in runs[::2]:
        run.stays = 2.0

    async def main() -> None:
        turns = Turns()
        await asyncio.gather(*(run.play(turns=turns) for run in runs))

    virtual_time.run(main())
    assert [run.times for run in runs[1::2]] == [[1.0, 2.0]] * (2 * MOST_AT_ONCE)
    assert all(len(run.ended) == 1 for run in runs)


# --- servers


def test_only_a_paced_server_listens_more_than_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sockets are closed when the server has ended."""
    runs: list[list[socket.socket]] = []
    monkeypatch.setattr(_Uvicorn, "run", lambda _, sockets: runs.append([*sockets]))
    cases: tuple[dict[str, Any], ...] = ({}, {"clock": "real"}, {"clock": "real", "pace": "1:1"})
    for settings in cases:
        Server(Lane(Settings(**settings))).run()
    assert [len(sockets) for sockets in runs] == [1, 1, PACED_LISTENERS]
    assert [one.fileno() for sockets in runs for one in sockets if one.fileno() != -1] == []


def test_streams_of_several_servers() -> None:
    """A server that stops cuts off its own streams, and those of another server go on."""
    slow, quick = (
        Lane(Settings(clock="real", pace=Pace(first=0, each=600))),
        Lane(Settings(clock="real")),
    )
    quick.change(pace=Pace(first=0.001, each=0.001))
    with Server() as staying:
        with Server() as stopping:
            electron = Electron(slow, stopping.open_lane(slow))
            connection = connect(electron)
            connection.sendall(raw_request(electron, f"Content-Length: {len(STREAM)}") + STREAM)
            while b'"content":"' not in connection.recv(65536):
                pass
        receive_all(connection)
        connection.close()
        assert chat(Electron(quick, staying.open_lane(quick)), STREAM).events[-1] == "[DONE]"
    assert [exchange.outcome for exchange in slow.exchanges()] == ["client left"]


STARTED: Final = """
import sys
from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.serve.server import PACED_LISTENERS, Server, _Uvicorn
def is_loaded(lane):
    Server(lane).stop()
    return "sse_starlette" in sys.modules
print(is_loaded(Lane()), is_loaded(Lane(Settings(clock="frozen", pace="electron"))))
print(is_loaded(Lane(Settings(clock="real", pace="electron"))))
"""


def test_only_a_server_with_a_pace_imports_the_library() -> None:
    """It does so when it starts, so that the first stream is on time."""
    command = [sys.executable, "-W", "error", "-c", STARTED]
    assert subprocess.check_output(command, text=True).split() == ["False", "False", "True"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_serve_while_a_stream_is_open(number: signal.Signals) -> None:
    """Importing the library replaces a method of uvicorn that handles signals."""
    options = ("serve", "--port", "0", "--clock", "real", "--pace", "0:600000")
    command = [sys.executable, "-m", "mock_electron", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = next(line for line in process.stdout if "http://" in line)
        port = int(line.partition("127.0.0.1:")[2].partition("/")[0])
        head = f"POST {CHAT_PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk_mock\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(STREAM)}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", port), 30) as connection:
            connection.sendall(head.encode() + STREAM)
            while b'"content":"' not in connection.recv(65536):
                pass
            process.send_signal(number)
            assert process.wait(30) == 0
