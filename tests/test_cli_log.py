"""The log of `mock-electron serve`: a line for each exchange, as text or JSON, without keys."""

import io
import json
import logging
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
import raw_http
from raw_http import chat, user
from test_cli import ask, base_url, serving

from mock_electron import Electron, Settings, faults
from mock_electron.cli.exchange_log import log_exchanges
from mock_electron.cli.logs import line, logging_to
from mock_electron.cli.output import Printer
from mock_electron.engine.entry import Record
from mock_electron.engine.lane import Lane
from mock_electron.serve.server import Server

KEY = "sk_live_0123456789abcdef"
HI = json.dumps({"model": "electron", "messages": user("Hi")}).encode()
STREAM = json.dumps({"model": "electron", "messages": user("Hi"), "stream": True}).encode()


class Logged:
    """A server and its log."""

    def __init__(self, server: Server, stream: io.StringIO) -> None:
        self.server = server
        self.electron = Electron(server.app.lanes.default, server.url)
        self._stream = stream

    def lines(self) -> list[str]:
        """Return the lines about exchanges, without the name of the logger. Call it at the end."""
        found = self._stream.getvalue().splitlines()
        return [one for one in found if "uvicorn" not in one]

    def records(self) -> list[dict[str, Any]]:
        return [json.loads(one) for one in self.lines()]


@contextmanager
def logged(level: str = "info", form: str = "text", **settings: Any) -> Iterator[Logged]:
    """Serve with a log. It is complete when the block has ended."""
    lane = Lane(Settings.of(**settings))
    stream = io.StringIO()
    with Printer(stream) as printer, logging_to(printer, level, form):
        server = Server(lane)
        log_exchanges(server)
        with server:
            yield Logged(server, stream)


def test_the_line_of_an_exchange() -> None:
    """It has the time by the clock of the lane, the lane, the exchange, the time it took, its id."""
    with logged() as log:
        log.electron.reply("Hello!")
        response = chat(log.electron, HI)
        raw_http.send(log.electron.url + "/healthz", method="GET")
    identity = response.headers["x-request-id"]
    assert log.lines() == [
        "INFO mock_electron.exchanges: 2025-02-19T21:20:00Z default "
        f"#0 turn 1 'Hi' -> 'Hello!' | 200, 19+2 tokens | complete, step 1 | 0 s, {identity}"
    ]


def test_the_json_of_an_exchange() -> None:
    """It is one line. `message` is the line of the exchange."""
    with logged(form="json") as log:
        log.electron.reply("Hello!\n\u2028")
        response = chat(log.electron, HI)
    assert log.records() == [
        {
            "time": "2025-02-19T21:20:00Z",
            "level": "info",
            "logger": "mock_electron.exchanges",
            "message": str(log.electron.exchanges[0]),
            "lane": "default",
            "exchange": 0,
            "method": "POST",
            "path": "/waves/v1/chat/completions",
            "status": 200,
            "error": None,
            "answered_by": "step 1",
            "step": 1,
            "prompt_tokens": 19,
            "cached_tokens": 0,
            "completion_tokens": log.electron.exchanges[0].chat_usage.completion_tokens,
            "duration": 0.0,
            "time_to_first_chunk": 0.0,
            "outcome": "complete",
            "request_id": response.headers["x-request-id"],
        }
    ]


def test_every_kind_of_exchange_has_one_line() -> None:
    """Streams, errors, faults, other paths, and exchanges of lanes that are opened later."""
    lane = Lane()
    with logged(form="json") as log:
        log.electron.inject(faults.Cut(after=1), times=1)
        with pytest.raises(Exception, match="read"):
            chat(log.electron, STREAM)
        assert chat(log.electron, STREAM).status == 200
        assert chat(log.electron, b"{}").status == 400
        raw_http.send(log.electron.url + "/nowhere", method="GET")
        other = Electron(lane, log.server.open_lane(lane, "other"))
        assert chat(other, HI).status == 200
    found = [(one["lane"], one["exchange"], one["status"], one["outcome"]) for one in log.records()]
    assert found == [
        ("default", 0, 200, "cut by a fault"),
        ("default", 1, 200, "complete"),
        ("default", 2, 400, "refused"),
        ("default", 3, 404, "refused"),
        ("other", 0, 200, "complete"),
    ]


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_line_contains_no_key(form: str) -> None:
    """Neither that of the request nor one in a message or in a path."""
    with logged(form=form) as log:
        body = json.dumps({"model": "electron", "messages": user(f"My key is {KEY}")})
        chat(log.electron, body.encode(), Authorization=f"Bearer {KEY}")
        raw_http.send(f"{log.electron.url}/x?token={KEY}", method="GET")
        raw_http.send(f"{log.electron.url}/{KEY}", method="GET")
    lines = log.lines()
    assert len(lines) == 3
    assert not [one for one in lines if "0123456789" in one]


def test_lines_follow_the_journal() -> None:
    """After a reset, numbers begin with 0. A journal that keeps nothing has lines too."""
    with logged(journal_exchanges=0) as log:
        chat(log.electron, HI)
    assert len(log.lines()) == 1
    with logged(form="json") as log:
        for _ in range(2):
            chat(log.electron, HI)
            log.electron.reset()
    assert [one["exchange"] for one in log.records()] == [0, 0]


def test_an_exchange_costs_nothing_below_its_level() -> None:
    """A lane of which no exchange would be logged is not observed."""
    with logged("warning") as log:
        opened = Lane()
        log.server.open_lane(opened)
        assert log.electron._lane.journal._observers == ()
        assert opened.journal._observers == ()
        chat(log.electron, HI)
    assert log.lines() == []


def test_a_refusal_of_a_strict_lane_is_a_warning() -> None:
    """Other errors are not."""
    with logged("warning", strict=True) as log:
        log.electron.when(says="Hi").reply("Hello!")
        other = Lane(Settings(strict=True))
        chat(Electron(other, log.server.open_lane(other, "other")), HI)
        chat(log.electron, HI)
        chat(log.electron, b"{}")
        chat(log.electron, HI.replace(b"Hi", b"Bye"))
    first, second = log.lines()
    begin = r"WARNING mock_electron.exchanges: 2025-02-19T21:20:00Z"
    assert re.match(rf"{begin} other #0 turn 1 'Hi' -> not_scripted ", first)
    assert re.match(rf"{begin} default #2 turn 1 'Bye' -> not_scripted ", second)
    with logged("error", strict=True) as log:
        chat(log.electron, HI)
    assert log.lines() == []


def test_other_records_are_json_too() -> None:
    """With a traceback in a field. Lines of the program have the same form."""
    stream = io.StringIO()
    with Printer(stream) as printer, logging_to(printer, "info", "json"):
        try:
            raise ZeroDivisionError("a planted fault")
        except ZeroDivisionError:
            logging.getLogger("x").exception("it failed with %s", KEY)
        printer.print(line("Warning: x", "warning", "json"))
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", first["time"])
    assert (first["level"], first["logger"]) == ("error", "x")
    assert first["message"] == "it failed with …cdef"
    assert first["exception"].endswith("ZeroDivisionError: a planted fault")
    assert (second["level"], second["message"]) == ("warning", "Warning: x")
    assert line("Warning: x", "warning", "text") == "Warning: x"


def test_uvicorn_logs_requests_at_the_level_debug_only() -> None:
    """The exchanges have lines of their own. Afterwards the levels are as before."""
    access = logging.getLogger("uvicorn.access")
    before = access.level
    for level, enabled in (("info", False), ("debug", True)):
        with Printer(None) as printer, logging_to(printer, level):
            assert access.isEnabledFor(logging.INFO) is enabled
    assert access.level == before


def test_a_journal_can_be_watched_several_times() -> None:
    """The events of the control API and the log do not know each other."""
    called: list[object] = []
    lane = Lane()

    def noted(name: str, record: Record) -> None:
        called.append((name, record.number, record.ending is not None))

    for name in "ab":
        lane.journal.observe(partial(noted, name))
    with Server(lane) as server:
        chat(Electron(lane, server.url), HI)
    assert called[-2:] == [("a", 0, True), ("b", 0, True)]


def test_a_strict_server_ends_with_the_verdict() -> None:
    """On standard error. The exit status is 0, and a server that is not strict prints none."""
    with serving("--strict") as (process, start):
        assert ask(base_url(start)).status == 404
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (0, "")
    refusal, verdict, *_ = errors.splitlines()
    assert refusal.startswith("WARNING mock_electron.exchanges: ")
    assert verdict == "mock-electron: 1 exchange, 1 request not scripted"
    with serving("--strict", "--log-format", "json") as (process, _):
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    [only] = map(json.loads, errors.splitlines())
    assert only["message"] == "mock-electron: 0 exchanges: no request has arrived"


def test_a_verdict_in_json_is_one_object() -> None:
    """A program reads the lists, and no indented text."""
    with serving("--strict", "--log-format", "json") as (process, start):
        assert ask(base_url(start)).status == 404
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    refusal, verdict = map(json.loads, errors.splitlines())
    assert refusal["error"] == "not_scripted"
    assert verdict["message"] == "mock-electron: 1 exchange, 1 request not scripted"
    assert verdict["lane"] == "default"
    [words] = verdict["verdict"].pop("not_scripted")
    assert words.startswith("#0: No step of the script answers this request")
    rest = {"ok": False, "steps_left": [], "raised": [], "exchanges": 1, "dropped": 0}
    assert verdict["verdict"] == rest
