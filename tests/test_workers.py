"""`serve --workers N`: several processes behind one port, started as a user starts them."""

import json
import os
import re
import selectors
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from time import sleep
from typing import Any, Final

import pytest
from click.testing import CliRunner

from mock_electron.cli.app import cli
from mock_electron.outputs.files import write_file

PATIENCE: Final = 20.0
"""Seconds to wait for a line, an answer or an end. A test that passes waits much less."""
QUESTION: Final = json.dumps(
    {"model": "electron", "messages": [{"role": "user", "content": "Why is the sky blue?"}]}
)
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


class Served:
    """A server with several workers."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.lines = [self.line(process.stdout), self.line(process.stdout)]
        self.port = int(self.lines[0].split("/")[2].rpartition(":")[2])

    def line(self, stream: Any) -> str:
        """Return the next line of an output."""
        with selectors.DefaultSelector() as selector:
            selector.register(stream, selectors.EVENT_READ)
            assert selector.select(PATIENCE), "no line was printed"
        return str(stream.readline().decode())

    def workers(self) -> set[int]:
        """Return the process ids of the two workers. The last one may not have started yet."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for _ in range(2_000):
            listed = set(map(int, children.read_text().split()))
            if len(listed) == 2:
                return listed
            sleep(PATIENCE / 2_000)
        raise TimeoutError(f"2 workers must run, got {listed}")

    def ask(self) -> tuple[str | None, dict[str, Any]]:
        """Send a request on a new connection. Return its id and the body of the answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            headers = {"Authorization": "Bearer sk_mock", "Content-Type": "application/json"}
            connection.request("POST", "/waves/v1/chat/completions", QUESTION, headers)
            response = connection.getresponse()
            assert response.status == 200
            return response.getheader("x-request-id"), json.loads(response.read())
        finally:
            connection.close()

    def end(self, number: int) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def serving(*options: str, workers: int = 2) -> Iterator[Served]:
    """Start a server, and kill it afterwards."""
    command = [sys.executable, "-u", "-m", "mock_electron", "serve", "--port", "0"]
    with subprocess.Popen(
        [*command, "--workers", str(workers), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    ) as process:
        try:
            yield Served(process)
        finally:
            process.kill()


def is_refused(port: int) -> bool:
    """Return whether nothing listens on a port."""
    with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), PATIENCE):
        return False
    return True


def test_workers_answer_with_the_same_text_and_end_with_status_0() -> None:
    """All replies to one request have the same text, and Ctrl-C ends every process."""
    with serving() as served:
        answers = [served.ask()[1] for _ in range(6)]
        assert len({answer["choices"][0]["message"]["content"] for answer in answers}) == 1
        assert served.end(signal.SIGINT) == 0
        assert is_refused(served.port)
        assert served.process.stderr is not None
        assert served.process.stderr.read() == b""


def test_the_start_says_what_each_worker_counts() -> None:
    """The first line is that of one process, and the second one names what is not shared."""
    with serving(workers=3) as served:
        assert served.lines[0].startswith(f"http://127.0.0.1:{served.port}/waves/v1  ->  OpenAI(")
        assert served.lines[1].startswith("3 workers; each counts for itself: ")
        for counted in ("cached_tokens", "limits", "journal", "ids", "times=N"):
            assert counted in served.lines[1]
        assert served.end(signal.SIGTERM) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="lists processes in /proc")
def test_a_worker_that_dies_is_replaced() -> None:
    """One line reports it, the server answers as before, and the exit status is that of Ctrl-C."""
    with serving() as served:
        served.ask()
        before = served.workers()
        dead = min(before)
        os.kill(dead, signal.SIGKILL)
        line = served.line(served.process.stderr)
        assert line.startswith("Worker ")
        assert line.endswith(" was ended by signal 9; a new one replaces it.\n")
        served.ask()
        after = served.workers()
        assert (len(before), len(after), dead in after) == (2, 2, False)
        assert served.end(signal.SIGINT) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="lists processes in /proc")
def test_workers_that_keep_dying_end_the_server() -> None:
    """After MOST_REPLACED workers, the server ends with status 1 and one line."""
    with serving(workers=2) as served:
        for count in range(11):
            os.kill(max(served.workers()), signal.SIGKILL)
            line = served.line(served.process.stderr)
            assert line.startswith("Worker " if count < 10 else "Error: worker ")
        assert served.process.wait(PATIENCE) == 1
        assert is_refused(served.port)


@pytest.mark.skipif(sys.platform != "linux", reason="lists processes in /proc")
def test_workers_end_with_their_parent() -> None:
    """A parent that is killed leaves no process behind that holds the port."""
    with serving() as served:
        served.ask()
        served.process.kill()
        served.process.wait(PATIENCE)
        assert served.process.stdout is not None
        assert served.process.stdout.read() == b""  # ends when no process holds the output
        assert is_refused(served.port)


def script(folder: Path, text: str, **more: Any) -> str:
    """Write a script file with one step, and return its name."""
    path = folder / "script.json"
    step = {"when": {"says": "sky"}, "reply": text, **more}
    write_file(path, json.dumps({"steps": [step]}))  # a watcher never reads a part of it
    return str(path)


def test_a_changed_script_reaches_all_workers(tmp_path: Path) -> None:
    """With --watch, one line reports a change. A refused script changes nothing.

    A worker that replaces another has the last script that was loaded, even if the file has errors.
    """
    file = script(tmp_path, "one")
    with serving("--script", file, "--watch") as served:

        def until(text: str) -> None:
            """Ask until 20 answers in a row have this text."""
            row = 0
            for _ in range(5_000):
                row = row + 1 if served.ask()[1]["choices"][0]["message"]["content"] == text else 0
                if row == 20:
                    return
            pytest.fail(f"the text is not {text!r}")

        until("one")
        script(tmp_path, "two")
        assert "reloaded, 1 step" in served.line(served.process.stdout)
        until("two")
        script(tmp_path, "three", times=2)
        refusal = served.line(served.process.stdout)
        assert refusal.startswith(f"the script is unchanged: {file}:1: step 1: it has"), refusal
        until("two")
        Path(file).write_text("{")
        assert served.line(served.process.stdout).startswith("the script is unchanged: ")
        for dead in served.workers():
            os.kill(dead, signal.SIGKILL)
            assert served.line(served.process.stderr).endswith("a new one replaces it.\n")
        until("two")
        script(tmp_path, "four")
        while "reloaded, 1 step" not in served.line(served.process.stdout):
            pass
        until("four")
        assert served.end(signal.SIGINT) == 0


def test_what_depends_on_a_count_is_refused(tmp_path: Path) -> None:
    """Several workers never answer differently than one without a word. One worker accepts all."""
    table = [
        (("--plan", "standard"), "a --plan that has limits"),
        (("--plan", "5:1"), "a --plan that has limits"),
        (("--api-key", "sk_mock_enterprise-2"), "the key sk_mock_enterprise"),
        (("--sampling", "varied"), "--sampling varied"),
        (("--drift", "0.5"), "--drift"),
        (("--strict",), "--strict"),
        (("--script", script(tmp_path, "once", times=1)), "has times=1"),
    ]
    (tmp_path / "attempt").mkdir()
    counted = script(tmp_path / "attempt", "x", when={"says": "sky", "attempt": 2})
    table.append((("--script", counted), "has the condition attempt"))
    results = [
        (options, reason, CliRunner().invoke(cli, ["serve", "--port", "0", "--workers", "2", *options]))
        for options, reason in table
    ]  # fmt: skip
    offenders = [
        (options, result.output)
        for options, reason, result in results
        if reason not in result.output or "count" not in result.output or result.exit_code == 0
    ]
    assert offenders == []


def test_all_reasons_are_reported(tmp_path: Path) -> None:
    """Each option, and each step with its file and line, as for other errors of script files."""
    steps = tmp_path / "steps.yaml"
    steps.write_text(
        "steps:\n- reply: a\n- {when: {attempt: 2}, reply: b}\n"
        "- {when: {attempt: 1}, times: 2, reply: c}\n"
    )
    again = script(tmp_path, "one", times=3)
    start = ["serve", "--port", "0", "--workers", "2"]
    result = CliRunner().invoke(cli, [*start, "--script", str(steps), "--script", again])
    assert result.exit_code == 1
    found = re.findall(r"^(?:Error: | +)?(\S+:\d+: step \d): ([\w ]+)", result.output, re.M)
    times, attempt = "it has times", "it has the condition attempt"
    assert found == [
        (f"{steps}:2: step 1", times),
        (f"{steps}:3: step 2", attempt),
        (f"{steps}:4: step 3", times),
        (f"{steps}:4: step 3", attempt),
        (f"{again}:1: step 1", times),
    ]
    options = ["--strict", "--drift", "0.5", "--plan", "standard", "--sampling", "varied"]
    result = CliRunner().invoke(cli, [*start, *options])
    assert result.exit_code == 2
    named = re.findall(r"cannot be used with (?:a )?(--\w+)", result.output)
    assert named == ["--plan", "--sampling", "--drift", "--strict"]
