"""Tests of serve/timed.py: answers with pauses that the connection writes itself."""

import asyncio
import json
import re
import socket
from collections.abc import Callable
from functools import partial
from itertools import groupby, pairwise
from time import monotonic, sleep
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
import uvicorn
import virtual_time
from one_packet import answer_on, both_ways, exchange, packet, paths_of_the_application
from raw_http import TIMEOUT, connect, receive_all, user
from test_at_once import BODIES
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.server import ServerState
from virtual_time import Transport, virtual_lane

from mock_electron import Electron, Exchange, Settings
from mock_electron.engine.answer import Answer
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.lane import Lane
from mock_electron.engine.pace import Pace
from mock_electron.engine.plan import Plan
from mock_electron.engine.script.step import Step
from mock_electron.model.draft import Draft
from mock_electron.serve import timed
from mock_electron.serve.app import App
from mock_electron.serve.deadlines import MOST_TOGETHER, Deadlines
from mock_electron.serve.protocol import Protocol
from mock_electron.serve.server import Server
from mock_electron.serve.timed import TimedAnswer
from mock_electron.serve.turns import MOST_AT_ONCE, Turns
from mock_electron.wire.request import CHAT_PATH

OpenLane = Callable[..., Electron]
STREAM: Final = {"model": "electron", "messages": user("Hi"), "stream": True}
SLOW: Final = Pace(first=0, each=600)


class Ends:
    """A lane that only counts the frames of answers that have ended.

    Attributes:
        ended: The number of frames that were sent, for each end.
        together: The numbers of frames that were sent one right after the other.
    """

    def __init__(self) -> None:
        self.clock = virtual_lane().clock
        self.ended: list[int] = []
        self.together: list[int] = []

    def close(self, _answer: Answer, frames_sent: int, moments: list[Any]) -> None:
        self.ended.append(frames_sent)
        self.together += [len([*group]) for _, group in groupby(moments, key=id)]


class Run(Transport):
    """A stream that is written on a virtual clock, and what was written.

    Attributes:
        times: When each frame was written, in virtual seconds.
        writes: The number of writes.
        ended: For each end, the number of frames that were sent.
        completed: How often the connection was told that the answer is complete.
        delays: For some numbers of frames, the seconds that the event loop is busy after so many.
        full_after: The numbers of frames after which the client reads no more.
        broken: Whether writing raises an error.
        aborted: Whether the connection was aborted.
    """

    def __init__(self, *pauses: float) -> None:
        super().__init__()
        frames = tuple(b"data: %d\n\n" % number for number in range(len(pauses)))
        self.answer = Answer(0, 200, (), frames, (1,) * len(frames), pauses)
        self.lane: Any = Ends()
        self.times: list[float] = []
        self.writes = 0
        self.flow: FlowControl = FlowControl(self)
        self.delays: dict[int, float] = {}
        self.completed = 0
        self.full_after: set[int] = set()
        self.broken = self.aborted = False

    @property
    def ended(self) -> list[int]:
        ends: list[int] = self.lane.ended
        return ends

    def write(self, data: Any) -> None:
        if self.broken:
            raise OSError("broken")
        loop: Any = asyncio.get_running_loop()
        self.writes += 1
        self.times += [loop.time()] * data.count(b"data: ")
        loop._clock.now += self.delays.get(len(self.times), 0.0)
        if len(self.times) in self.full_after:
            self.flow.pause_writing()

    def abort(self) -> None:
        self.aborted = True

    def begin(self, turns: Turns | None = None) -> TimedAnswer:
        """Begin to write the stream now."""
        now = asyncio.get_running_loop().time()
        turns = turns or Turns()
        return TimedAnswer(self.answer, self.lane, self, self.flow, turns, now, self._complete)

    def _complete(self) -> None:
        self.completed += 1


def play(*runs: Run, act: Callable[[list[TimedAnswer]], object] = len, at: float = 0.0) -> None:
    """Write streams together for a virtual hour, and do something at a time."""

    async def main() -> None:
        turns = Turns()
        answers = [run.begin(turns) for run in runs]
        await asyncio.sleep(at)
        act(answers)
        await asyncio.sleep(3600)

    virtual_time.run(main())


# --- bytes


def test_the_connection_writes_the_same_bytes_as_the_application(
    electron_lane: OpenLane, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three equal requests of each kind, with and without a head that is known."""
    lanes: list[Electron] = []

    def run() -> list[list[bytes]]:
        lanes.append(electron_lane(seed=3, clock="real", pace=Pace(0.001, 0.00001, 0.5)))
        packets = [packet(lanes[-1], body) for body in BODIES.values()]
        answers = [exchange(lanes[-1], [one] * 3) for one in packets]
        return [[without_time(answer) for answer in three] for three in answers]

    whole, stream, *_ = both_ways(monkeypatch, run)
    assert b"content-length: " in whole[-1]
    assert stream[-1].endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n")
    direct, application = ([recorded(one) for one in lane.exchanges] for lane in lanes)
    assert direct == application


def recorded(exchange: Exchange) -> tuple[object, ...]:
    """Return what the journal has of the sending of an answer."""
    sent = [without_time(frame) for frame in exchange.frames]
    return exchange.outcome, exchange.chunks_sent, len(exchange.chunk_times), sent


def without_time(answer: bytes) -> bytes:
    return re.sub(rb'"created":[0-9]{10}', b'"created":0', answer)


def test_a_known_head_needs_no_application(
    electron_lane: OpenLane, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the first of equal requests reaches the ASGI application."""
    asked = paths_of_the_application(monkeypatch)
    electron = electron_lane(clock="real", pace=Pace(0.001, 0.00001))
    exchange(electron, [packet(electron, STREAM)] * 3)
    assert len(asked) == 1
    assert [one.outcome for one in electron.exchanges] == ["complete"] * 3


def test_pauses_of_a_frozen_clock_are_for_the_application(electron_lane: OpenLane) -> None:
    """They take no real time, and the clock moves by them."""
    electron = electron_lane(pace=Pace(first=5, overhead=5))
    before = electron.clock.now()
    exchange(electron, [packet(electron, STREAM)] * 3)
    assert electron.clock.now() - before == pytest.approx(15)


def test_one_reply_in_one_piece_waits_for_all_its_tokens() -> None:
    """It is written when its last token is due, in one write."""
    lane = virtual_lane(pace=Pace(first=1, each=0.5, overhead=1))
    body = b'{"model":"electron","messages":[{"role":"user","content":"Hi"}]}'
    run = Run(0.0)
    run.lane, run.answer = lane, _answer(lane, body)
    assert len(run.answer.frames) == 1
    play(run)
    sent = lane.journal.peek()[-1]
    assert sent.reply is not None
    expected = 1 + 0.5 * (sent.reply.usage.completion_tokens - 1)
    assert sent.monotonic.first_chunk == pytest.approx(expected)
    assert (run.writes, sent.outcome) == (1, "complete")


def _answer(lane: Lane, body: bytes) -> Any:
    async def answer() -> Any:
        return lane.answer_at_once(
            Arrival("POST", CHAT_PATH, "Bearer sk_mock", "application/json", body)
        )

    return virtual_time.run(answer())


# --- deadlines and turns


def test_each_frame_is_written_at_its_deadline() -> None:
    """Frames that are due together are sent together. The end is reported once."""
    run = Run(1.0, 0.0, 2.0, 3.0)
    play(run)
    assert (run.times, run.lane.together) == ([1.0, 1.0, 3.0, 6.0], [2, 1, 1])
    assert run.writes == 3
    assert (run.ended, run.completed) == ([4], 1)


def test_a_timer_that_fires_early_sends_what_is_due_together() -> None:
    """The clock of uvloop counts whole milliseconds, so a timer may fire before the deadline."""
    deadlines = Deadlines((1.0, 0.0, 0.0, 1.0, 0.0), arrived=10.0)
    assert deadlines.take(10.9995) == (0, 3)
    assert deadlines.due == 12.0
    assert deadlines.take(11.9995) == (3, 5)
    assert deadlines.are_over


def test_a_late_stream_catches_up() -> None:
    """Frames that are overdue are written together, and the next one at its own deadline."""
    run = Run(*(1.0,) * 6)
    run.delays = {2: 2.5}  # after the second frame, at 2 s, the loop is busy until 4.5 s
    play(run)
    assert run.times == [1.0, 2.0, 4.5, 4.5, 5.0, 6.0]


def test_a_stream_that_starts_late_keeps_its_pace() -> None:
    """All deadlines after the first count from the first frame."""
    run = Run(1.0, 1.0, 1.0)

    def be_busy(_answers: object) -> None:
        asyncio.get_running_loop()._clock.now += 1.5  # type: ignore[attr-defined]  # the virtual loop

    play(run, act=be_busy)
    assert run.times == [1.5, 2.5, 3.5]


def test_a_long_stream_without_pauses_lets_others_run() -> None:
    """At most MOST_TOGETHER frames are written in a row."""
    run = Run(*(0.0,) * (2 * MOST_TOGETHER + 1))
    play(run)
    assert run.lane.together == [MOST_TOGETHER, MOST_TOGETHER, 1]


class Counted(Turns):
    """Turns that count the frames of some streams that are written before each round.

    Attributes:
        totals: The numbers of frames.
    """

    def __init__(self, runs: list[Run]) -> None:
        super().__init__()
        self._runs = runs
        self.totals: list[int] = []

    def _begin_round(self) -> None:
        self.totals.append(sum(len(run.times) for run in self._runs))
        super()._begin_round()


def test_many_streams_that_are_due_take_turns() -> None:
    """In one round of the event loop at most MOST_AT_ONCE of them write; first frames do not wait."""
    runs = [Run(1.0, 1.0) for _ in range(3 * MOST_AT_ONCE)]
    turns = Counted(runs)

    async def main() -> None:
        for run in runs:
            run.begin(turns)
        await asyncio.sleep(3600)

    virtual_time.run(main())
    first = len(runs)
    assert turns.totals == [first + MOST_AT_ONCE * count for count in (1, 2, 3)]
    assert {at for run in runs for at in run.times} == {1.0, 2.0}


def test_a_client_that_leaves_while_its_stream_waits_takes_no_turn() -> None:
    """The streams that remain write their frames in the rounds that are left."""
    runs = [Run(1.0, 1.0) for _ in range(5 * MOST_AT_ONCE)]
    turns, left = Counted(runs), []

    async def main() -> None:
        answers = [run.begin(turns) for run in runs]
        while not any(run.ended for run in runs):
            await asyncio.sleep(0.5)
        waiting = [index for index, run in enumerate(runs) if not run.ended]
        left.extend(waiting[::2])
        for index in left:
            answers[index].stop()
        await asyncio.sleep(3600)

    virtual_time.run(main())
    assert len(left) > MOST_AT_ONCE
    written = [now - before for before, now in pairwise([len(runs), *turns.totals])]
    assert set(written[:-1]) == {MOST_AT_ONCE}
    assert sum(written) == len(runs) - len(left)
    assert sorted(run.ended for run in runs) == [[1]] * len(left) + [[2]] * sum(written)


# --- clients


def test_a_client_that_leaves_ends_its_stream() -> None:
    """Nothing more is written, and the end is reported once."""
    run = Run(1.0, 1.0, 1.0)

    def leave(answers: list[TimedAnswer]) -> None:
        answers[0].stop()
        answers[0].stop()

    play(run, act=leave, at=2.5)
    assert (run.times, run.ended, run.completed) == ([1.0, 2.0], [2], 0)


def test_a_client_that_does_not_read_is_waited_for() -> None:
    """Nothing is written until it reads; then all frames that are overdue."""
    run = Run(1.0, 1.0, 1.0, 5.0)

    async def main() -> None:
        answer = run.begin()
        await asyncio.sleep(1.5)
        run.flow.pause_writing()
        await asyncio.sleep(3)
        answer.resume()
        assert run.times == [1.0]
        run.flow.resume_writing()
        answer.resume()
        answer.resume()
        await asyncio.sleep(3600)

    virtual_time.run(main())
    assert run.times == [1.0, 4.5, 4.5, 8.0]
    assert run.completed == 1


def test_a_client_that_reads_late_gets_every_byte(
    electron_lane: OpenLane, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The buffers of the connection are full before it reads, and the stream goes on afterwards."""
    paused: list[bool] = []
    connected, pause = Protocol.connection_made, Protocol.pause_writing

    def connect_with_small_buffer(self: Protocol, transport: Any) -> None:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        transport.set_write_buffer_limits(high=1024)
        connected(self, transport)

    def note_pause(self: Protocol) -> None:
        paused.append(True)
        pause(self)

    monkeypatch.setattr(Protocol, "connection_made", connect_with_small_buffer)
    monkeypatch.setattr(Protocol, "pause_writing", note_pause)
    electron = electron_lane(clock="real", pace=Pace(0.001, 0.0001))
    one = packet(electron, STREAM | {"logprobs": True, "top_logprobs": 20})
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(TIMEOUT)
        connection.connect(("127.0.0.1", urlsplit(electron.url).port))
        connection.sendall(one)
        first = answer_on(connection)
        paused.clear()
        connection.sendall(one)
        deadline = monotonic() + TIMEOUT
        while not paused and monotonic() < deadline:
            sleep(0.001)
        assert paused
        assert len(answer_on(connection)) == len(first)
    assert [exchange.outcome for exchange in electron.exchanges] == ["complete"] * 2


def test_no_frame_is_written_while_the_client_does_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It may stop reading between two writes of frames that are due together."""
    monkeypatch.setattr(timed, "ENOUGH", 1)
    run = Run(1.0, *(0.0,) * 5)
    run.full_after = {2, 3}

    async def main() -> None:
        answer = run.begin()
        for seconds in (2, 3, 4):
            await asyncio.sleep(seconds)
            run.flow.resume_writing()
            answer.resume()

    virtual_time.run(main())
    assert run.times == [1.0, 1.0, 2.0, 5.0, 5.0, 5.0]
    assert (run.ended, run.completed) == ([6], 1)


def test_an_error_ends_one_stream_only(caplog: pytest.LogCaptureFixture) -> None:
    """Its connection is aborted and the error is logged. All other streams go on."""
    runs = [Run(1.0, 1.0, 1.0) for _ in range(3 * MOST_AT_ONCE)]

    async def main() -> None:
        turns = Turns()
        for run in runs:
            run.begin(turns)
        await asyncio.sleep(1.5)
        for run in runs[::5]:
            run.broken = True
        await asyncio.sleep(3600)

    virtual_time.run(main())
    assert {run.aborted for run in runs[::5]} == {True}
    rest = [run for index, run in enumerate(runs) if index % 5]
    assert [run.times for run in rest] == [[1.0, 2.0, 3.0]] * len(rest)
    assert len(caplog.records) == len(runs) - len(rest)


def test_turns_go_on_after_an_error() -> None:
    """What waits for a turn gets one, whatever another one raises."""
    called: list[str] = []

    def call(name: str) -> bool:
        called.append(name)
        return True

    def fail() -> bool:
        raise OSError("broken")

    async def main() -> None:
        turns = Turns()
        asyncio.get_running_loop().set_exception_handler(lambda *_: called.append("failed"))
        turns.are_taken()
        turns.call(fail)
        turns.call(partial(call, "before"))
        turns.call(fail)
        turns.call(partial(call, "after"))
        await asyncio.sleep(1)

    virtual_time.run(main())
    assert called == ["failed", "before", "failed", "after"]


# --- requests that arrive at the same time


class Client(Transport):
    """A client of a connection on a virtual clock.

    Attributes:
        protocol: The connection.
        received: What it has received.
    """

    def __init__(self, app: App) -> None:
        super().__init__()
        config = uvicorn.Config(app, log_config=None, interface="asgi3")
        config.load()
        self.protocol = Protocol(config, ServerState(), {})
        self.received = b""
        self.protocol.connection_made(self)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ("127.0.0.1", 1) if name in ("sockname", "peername") else default

    def write(self, data: Any) -> None:
        self.received += data

    def leave(self) -> None:
        self.closed = True
        self.protocol.connection_lost(None)


def burst(lane: Lane, count: int, act: Callable[[list[Client]], object]) -> list[Client]:
    """Send a known request on several connections in one round, and then do something at once."""
    body = json.dumps(STREAM).encode()
    head = f"POST {CHAT_PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk_mock\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    one = head.encode() + body

    async def main() -> list[Client]:
        app = App(lane)
        first, *clients = [Client(app) for _ in range(count + 1)]
        first.protocol.data_received(one)
        await asyncio.sleep(60)
        for client in clients:
            client.protocol.data_received(one)
        act(clients)
        await asyncio.sleep(60)
        return clients

    return virtual_time.run(main())


def test_equal_requests_that_are_refused_at_the_same_time_are_no_retries() -> None:
    """All of them are read before the first is answered."""
    lane = Lane(Settings(clock="real", pace=Pace(1, 1), plan=Plan(in_flight=1)))
    clients = burst(lane, 20, len)
    assert sum(b" 429 " in client.received for client in clients) == 19
    assert {exchange.attempt for exchange in lane.peek()} == {1}


def test_a_change_between_a_packet_and_its_decision_counts() -> None:
    """The application answers, and what has arrived in the meantime is answered after it."""
    lane = virtual_lane(pace=Pace(1, 1))

    def script(clients: list[Client]) -> None:
        lane.add(Step(Draft("scripted"), times=None))
        for client in clients:
            client.protocol.data_received(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")

    for client in burst(lane, 2, script):
        stream, _, health = client.received.partition(b"0\r\n\r\n")
        assert b"scripted" in stream
        assert health.startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_client_that_leaves_before_the_decision_is_recorded() -> None:
    """The exchange has no chunk and the outcome "client left", as from the application."""
    lane = virtual_lane(pace=Pace(1, 1))

    def leave(clients: list[Client]) -> None:
        for client in clients:
            client.leave()

    burst(lane, 3, leave)
    ends = [(exchange.outcome, exchange.chunks_sent) for exchange in lane.peek()[1:]]
    assert ends == [("client left", 0)] * 3


@pytest.fixture
def paced(electron_lane: OpenLane) -> Electron:
    """A lane whose streams stop after their first token, and that knows the head of STREAM."""
    electron = electron_lane(clock="real")
    exchange(electron, [packet(electron, STREAM)])
    electron.pace(SLOW)
    return electron


def test_a_disconnect_is_recorded(paced: Electron) -> None:
    """The exchange has the outcome "client left" and the chunks that were sent."""
    with connect(paced) as connection:
        connection.sendall(packet(paced, STREAM))
        while b'"content":"' not in connection.recv(65536):
            pass
    left = paced.exchanges[-1]
    assert (left.outcome, left.chunks_sent) == ("client left", 2)


def test_a_client_that_only_closes_its_sending_side_gets_the_whole_stream(
    electron_lane: OpenLane,
) -> None:
    """The connection closes after the last frame."""
    electron = electron_lane(clock="real", pace=Pace(0.001, 0.001))
    exchange(electron, [packet(electron, STREAM)])
    with connect(electron) as connection:
        connection.sendall(packet(electron, STREAM))
        connection.shutdown(1)
        received = receive_all(connection)
    assert received.endswith(b"0\r\n\r\n")
    assert electron.exchanges[-1].outcome == "complete"


def test_a_request_that_arrives_during_a_stream_is_answered_after_it(
    electron_lane: OpenLane,
) -> None:
    """A client may send it in one packet or in two, and both answers are complete."""
    electron = electron_lane(clock="real", pace=Pace(0.001, 0.001))
    one = packet(electron, STREAM)
    exchange(electron, [one])
    for cut in (len(one), 30):
        with connect(electron) as connection:
            connection.sendall(one)
            connection.sendall(one[:cut])
            first = connection.recv(65536)
            connection.sendall(one[cut:])
            received = first
            while received.count(b"0\r\n\r\n") < 2:
                received += connection.recv(65536)
            assert received.count(b"HTTP/1.1 200 OK") == 2
            connection.sendall(one)
            assert is_stream(answer_on(connection))
    assert {exchange.outcome for exchange in electron.exchanges} == {"complete"}


def is_stream(response: bytes) -> bool:
    return response.startswith(b"HTTP/1.1 200 OK\r\n") and response.endswith(b"0\r\n\r\n")


def test_the_slot_is_free_for_the_next_request(electron_lane: OpenLane) -> None:
    """With one slot, a client that waits for the end of a stream never gets a 429."""
    electron = electron_lane(clock="real", pace=Pace(0.001, 0.0001))
    electron.plan(in_flight=1)
    answers = exchange(electron, [packet(electron, STREAM)] * 10)
    assert [is_stream(answer) for answer in answers] == [True] * 10


def test_a_server_that_stops_ends_its_streams() -> None:
    """The stream is recorded as left, and the server does not wait for it."""
    lane = Lane(Settings(clock="real"))
    with Server() as server:
        electron = Electron(lane, server.open_lane(lane))
        exchange(electron, [packet(electron, STREAM)])
        lane.change(pace=SLOW)
        connection = connect(electron)
        connection.sendall(packet(electron, STREAM))
        while b'"content":"' not in connection.recv(65536):
            pass
    receive_all(connection)
    connection.close()
    assert [one.outcome for one in lane.exchanges()] == ["complete", "client left"]
