"""How `mock-electron serve` ends: what is still answered, and what it leaves."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest
import raw_http
from click.testing import CliRunner
from control_calls import call
from har_schema import HAR
from raw_http import chat, connect, raw_request, receive_all, request_bytes, user
from test_cli import ask, base_url, serving

from mock_electron import Electron
from mock_electron.cli import journal_file
from mock_electron.cli.app import cli
from mock_electron.cli.journal_file import JournalFile
from mock_electron.cli.parent import Parent
from mock_electron.control import open_control
from mock_electron.engine.lane import Lane
from mock_electron.engine.pace import Pace
from mock_electron.engine.settings import Settings
from mock_electron.serve.server import Server

PATIENCE: Final = 60.0
"""Seconds after which a test gives up."""
HALF_A_SECOND: Final = Pace(first=0.5, each=0, overhead=0.5)
ENDLESS: Final = Pace(first=600, each=0, overhead=600)
BODY: Final = json.dumps({"model": "electron", "messages": user("Hi")}).encode()
LOOPS: Final = pytest.mark.parametrize("loop", ["uvloop if installed", "asyncio"])


def wait_until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "the condition did not become true"
        time.sleep(0.01)


def paced(pace: Pace) -> Server:
    return Server(Lane(Settings(clock="real", pace=pace)))


def electron_of(server: Server) -> Electron:
    return Electron(server.app.lanes.default, server.url)


# --- draining


@LOOPS
@pytest.mark.parametrize("stream", [False, True])
def test_requests_that_have_arrived_are_answered(
    loop: str, stream: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New ones are refused, and idle connections are closed at once."""
    if loop == "asyncio":
        monkeypatch.setitem(sys.modules, "uvloop", None)
    with paced(HALF_A_SECOND) as server:
        electron = electron_of(server)
        address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
        with connect(electron) as idle, connect(electron) as client:
            client.sendall(request_bytes(electron, {"messages": user("Hi"), "stream": stream}))
            wait_until(lambda: electron._lane.journal.opened)
            server.request_stop(drain=PATIENCE)
            assert receive_all(idle) == b""
            answer = receive_all(client)
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(address)
        assert server._thread is not None
        server._thread.join(PATIENCE)
        assert not server._thread.is_alive()
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert [one.outcome for one in electron.exchanges] == ["complete"]


def test_an_upload_that_has_begun_is_answered() -> None:
    """The rest of its body may arrive after the stop."""
    with Server() as server:
        electron = electron_of(server)
        with connect(electron) as client:
            client.sendall(raw_request(electron, f"Content-Length: {len(BODY)}") + BODY[:20])
            wait_until(lambda: server._uvicorn.server_state.tasks)
            server.request_stop(drain=PATIENCE)
            time.sleep(0.05)
            client.sendall(BODY[20:])
            assert receive_all(client).startswith(b"HTTP/1.1 200 OK")


def test_a_client_that_goes_on_asking_does_not_delay_the_end() -> None:
    """A request that arrives after the stop is not answered, also on an open connection."""
    with paced(HALF_A_SECOND) as server:
        electron = electron_of(server)
        with connect(electron) as client:
            client.sendall(request_bytes(electron, {"messages": user("Hi")}))
            wait_until(lambda: electron._lane.journal.opened)
            server.request_stop(drain=PATIENCE)
            time.sleep(0.05)
            client.sendall(request_bytes(electron, {"messages": user("Again")}))
            assert receive_all(client).count(b"HTTP/1.1") == 1
    assert len(electron.exchanges) == 1


@pytest.mark.parametrize("further", [True, False], ids=["a second stop", "the end of the time"])
def test_a_request_that_does_not_end_is_cut_off(further: bool) -> None:
    """By a second stop at once, or when the time is over."""
    with paced(ENDLESS) as server:
        electron = electron_of(server)
        with connect(electron) as client:
            client.sendall(request_bytes(electron, {"messages": user("Hi"), "stream": True}))
            wait_until(lambda: electron._lane.journal.opened)
            server.request_stop(drain=PATIENCE if further else 0.1)
            if further:
                server.request_stop(drain=PATIENCE)
            assert not receive_all(client).endswith(b"0\r\n\r\n")
    assert [one.outcome for one in electron.exchanges] == ["client left"]


def test_readers_of_events_see_the_end_of_their_stream() -> None:
    """They get what has happened before, and the stream ends as HTTP ends it."""
    with Server(control=open_control) as server:
        address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
        with socket.create_connection(address, PATIENCE) as reader:
            reader.sendall(b"GET /_mock/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            received = b""
            while b"event: hello" not in received:
                received += reader.recv(65536)
            call(server.url, "POST", "/lanes/default/barge-in", {})
            server.request_stop(drain=PATIENCE)
            rest = receive_all(reader)
    assert b"event: barge_in" in rest
    assert rest.endswith(b"\r\n0\r\n\r\n")


WAITING: Final = {
    "exchanges": ("GET", "/exchanges?count=9&wait=60&in_flight=true", 200, b'"selected":1'),
    "exchanges that have ended": ("GET", "/exchanges", 503, b"the server ends"),
    "assertions": ("POST", "/verify", 503, b"the server ends"),
    "the verdict": ("GET", "/verdict?wait=60", 200, b'"exchanges":1'),
    "the end of a lane": ("DELETE", "?wait=60", 200, b'"exchanges":1'),
}
"""Requests to the control API that wait, and how they are answered when the server ends."""


@pytest.mark.parametrize(("method", "path", "status", "words"), WAITING.values(), ids=WAITING)
def test_requests_that_wait_are_answered(method: str, path: str, status: int, words: bytes) -> None:
    """At once, with what there is, or with the reason why there is nothing."""
    with Server(control=open_control) as server:
        settings = {"clock": "real", "pace": {"first": 60}}
        call(server.url, "PUT", "/lanes/a", {"settings": settings})
        electron = Electron(Lane(), f"{server.url}/lanes/a")
        with connect(electron) as client, connect(electron) as waiting:
            client.sendall(request_bytes(electron, {"messages": user("Hi"), "stream": True}))
            journal = server.app.lanes.open["a"].journal
            wait_until(lambda: journal.opened)
            body = b'{"called": true}' if method == "POST" else b""
            head = f"{method} /_mock/lanes/a{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            waiting.sendall(head.encode() + body)
            tasks = server._uvicorn.server_state.tasks
            wait_until(lambda: len(tasks) == 2)  # that of the stream, and that of the waiting one
            server.request_stop(drain=PATIENCE)
            answer = receive_all(waiting)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert words in answer


def test_sigterm_drains_and_ctrl_c_does_not(tmp_path: Path) -> None:
    """The exit status is 0 in both cases. `--drain 0` turns it off."""
    ends = {}
    for number, options in (
        (signal.SIGTERM, ()),
        (signal.SIGINT, ()),
        (signal.SIGTERM, ("--drain", "0")),
    ):
        file = tmp_path / "exchanges.jsonl"
        with serving("--pace", "0:40", "--journal", str(file), *options) as (process, line):
            host, port = line.split("/")[2].split(":")
            with socket.create_connection((host, int(port)), PATIENCE) as client:
                electron = Electron(Lane(), base_url(line).removesuffix("/waves/v1"))
                client.sendall(request_bytes(electron, {"messages": user("Hi"), "stream": True}))
                received = client.recv(65536)
                process.send_signal(number)
                with suppress(ConnectionResetError):
                    received += receive_all(client)
            assert process.wait(PATIENCE) == 0
        ends[number, options] = received.endswith(b"0\r\n\r\n")
        [exchange] = map(json.loads, file.read_text().splitlines())
        assert exchange["outcome"] == (
            "complete" if received.endswith(b"0\r\n\r\n") else "client left"
        )
    assert list(ends.values()) == [True, False, False]


@pytest.mark.parametrize("value", ["-1", "nan", "100000", "x"])
def test_a_wrong_time_is_one_clear_message(value: str) -> None:
    """The exit status is 2."""
    ran = CliRunner().invoke(cli, ["serve", "--drain", value])
    assert ran.exit_code == 2
    assert "--drain must be a number" in ran.output


# --- the journal


def test_the_journal_is_written_on_a_signal_and_at_the_end(tmp_path: Path) -> None:
    """Each time as a whole. The signal ends nothing."""
    file = tmp_path / "exchanges.jsonl"
    with serving("--journal", str(file)) as (process, line):
        assert not file.exists()
        assert ask(base_url(line)).status == 200
        process.send_signal(signal.SIGUSR1)
        wait_until(file.exists)
        assert len(file.read_text().splitlines()) == 1
        assert ask(base_url(line)).status == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
    records = [json.loads(text) for text in file.read_text().splitlines()]
    assert [(one["lane"], one["number"], one["status"]) for one in records] == [
        ("default", 0, 200),
        ("default", 1, 200),
    ]


def test_many_signals_during_a_write_ask_for_one_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end waits for that one at most, and the last write has everything."""
    handlers: list[Callable[[], None]] = []
    written: list[str] = []
    has_begun, may_end = threading.Event(), threading.Event()

    def write(file: str, _content: str) -> None:
        written.append(file)
        has_begun.set()
        assert may_end.wait(PATIENCE)

    monkeypatch.setattr(signal, "signal", lambda _, handler: handlers.append(handler))
    monkeypatch.setattr(journal_file, "write_file", write)
    with Server() as server:
        journal = JournalFile(str(tmp_path / "a.jsonl"), server)
        journal.write_on_signal()
        handlers[0]()
        assert has_begun.wait(PATIENCE)
        for _ in range(30):
            handlers[0]()
        assert len(written) == 1
        may_end.set()
        assert journal.write_at_end()
    assert 2 <= len(written) <= 3


@pytest.mark.parametrize("name", ["all.jsonl", "all.har"])
def test_the_journal_has_all_open_lanes(name: str, tmp_path: Path) -> None:
    """Each exchange says which lane it belongs to, also after the server has ended."""
    file, lane = tmp_path / name, Lane()
    with Server() as server:
        journal = JournalFile(str(file), server)
        other = Electron(lane, server.open_lane(lane, 'a"b'))
        for electron in (electron_of(server), other):
            assert chat(electron, BODY).status == 200
            assert raw_http.send(electron.url + "/nowhere", method="GET").status == 404
        closed = Lane()
        server.close_lane(server.open_lane(closed, "closed"))
    assert journal.write_at_end()
    if name == "all.jsonl":
        records = [json.loads(line) for line in file.read_text().splitlines()]
        found = [(one["lane"], one["path"]) for one in records]
        assert found == [("default", "/waves/v1/chat/completions"), ("default", "/nowhere"), ('a"b', "/waves/v1/chat/completions"), ('a"b', "/nowhere")]  # fmt: skip
        return
    document = json.loads(file.read_text())
    HAR.validate(document)
    log = document["log"]
    urls = [entry["request"]["url"].removeprefix(server_url(log)) for entry in log["entries"]]
    assert urls[1:] == [
        "/nowhere",
        "/lanes/a%22b/waves/v1/chat/completions",
        "/lanes/a%22b/nowhere",
    ]
    ids = [page["id"] for page in log["pages"]]
    assert len(set(ids)) == 4
    assert [entry["pageref"] for entry in log["entries"]] == ids


def server_url(log: dict[str, list[dict[str, dict[str, str]]]]) -> str:
    return log["entries"][0]["request"]["url"].removesuffix("/waves/v1/chat/completions")


def test_a_journal_that_cannot_be_written_is_one_clear_message(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """At the start, with status 2; later in the log, and the earlier file stays."""
    folder = tmp_path / "none"
    for name, words in (
        ("a.json", "--journal: unknown file extension '.json'; expected one of '.jsonl', '.har'"),
        ("", "--journal: unknown file extension ''"),
        (str(folder / "a.har"), f"--journal: {folder}/a.har: cannot be written: No such file"),
    ):
        ran = CliRunner().invoke(cli, ["serve", "--journal", name])
        assert (ran.exit_code, words in " ".join(ran.output.split())) == (2, True), ran.output
    ran = CliRunner().invoke(cli, ["serve", "--journal", "a.har", "--workers", "2"])
    assert "--workers above 1 cannot be used with --journal" in ran.output
    server = Server()
    assert not JournalFile(str(folder / "a.har"), server).write_at_end()
    assert f"the journal is not written: {folder}/a.har: cannot be written" in caplog.text
    server.stop()


def test_a_journal_that_cannot_be_written_at_the_end_is_a_failure(tmp_path: Path) -> None:
    """The exit status is 2."""
    folder = tmp_path / "folder"
    folder.mkdir()
    with serving("--journal", str(folder / "a.har")) as (process, _):
        folder.rmdir()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 2
        assert "the journal is not written" in errors


# --- the parent

STARTER: Final = """
import subprocess, sys, time
command = [sys.executable, "-m", "mock_electron", "serve", "--port", "0", "--exit-with-parent", *sys.argv[1:]]
subprocess.Popen(command)
time.sleep(600)
"""


@pytest.mark.parametrize("options", [(), ("--workers", "2")], ids=["one process", "workers"])
def test_a_server_ends_with_its_parent(options: tuple[str, ...]) -> None:
    """Also if the parent is killed, which no handler of it notices."""
    command = [sys.executable, "-c", STARTER, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        url = base_url(parent.stdout.readline())
        assert ask(url).status == 200
        parent.kill()
        parent.stdout.read()  # until every process that has this output has ended
    with pytest.raises(ConnectionRefusedError):
        ask(url)


def test_without_reports_of_the_system_the_parent_is_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on systems other than Linux. Nothing ends before the parent has."""
    monkeypatch.setattr(os, "pidfd_open", None, raising=False)
    monkeypatch.delattr(os, "pidfd_open")
    monkeypatch.setattr("mock_electron.cli.parent.INTERVAL", 0.01)
    ended = threading.Event()
    monkeypatch.setattr(os, "kill", lambda pid, number: ended.set())
    Parent().end_with_it()
    assert not ended.wait(0.1)
    monkeypatch.setattr(os, "getppid", lambda: 1)
    assert ended.wait(PATIENCE)
