"""Closed, full and unread outputs stop neither a command nor the server."""

import io
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import TextIO

import pytest
import raw_http
from raw_http import user

from mock_electron.cli.app import main
from mock_electron.cli.logs import logging_to
from mock_electron.cli.output import Printer

PROGRAM = [sys.executable, "-m", "mock_electron"]
BODY = json.dumps({"model": "electron", "messages": user("Hi")}).encode()


def ask(url: str) -> int:
    headers = {"Authorization": "Bearer sk_x", "Content-Type": "application/json"}
    return raw_http.send(f"{url}/chat/completions", BODY, headers=headers).status


# --- the printer


def accounted(output: bytes) -> tuple[int, int]:
    """Return how many lines an output has or reports as dropped, and how many it reports."""
    number = dropped = 0
    for line in output[: output.rfind(b"\n") + 1].decode().splitlines():
        if line.startswith("("):
            gap = int(line.removeprefix("(").split()[0])
            dropped, number = dropped + gap, number + gap
        else:
            assert line == f"line {number}"
            number += 1
    return number, dropped


def test_a_pipe_that_nobody_reads_does_not_block() -> None:
    """Lines above the limit are dropped, and a line in their place counts them."""
    read, write = os.pipe()
    with os.fdopen(write, "w", encoding="utf-8") as stream:
        printer = Printer(stream, max_bytes=100_000)
        with printer:
            for number in range(30_000):
                printer.print(f"line {number}")
            drained = b""
            while accounted(drained)[0] < 30_000:
                drained += os.read(read, 1 << 20)
    os.close(read)
    printed, dropped = accounted(drained)
    assert printed == 30_000
    assert dropped >= 5_000  # the pipe, the writer and the queue have room for the others


def test_an_output_that_fails_is_given_up() -> None:
    """After a closed pipe or a closed stream, printing has no effect."""
    read, write = os.pipe()
    os.close(read)
    with Path(os.devnull).open("w") as closed:
        pass
    for stream in (os.fdopen(write, "w", encoding="utf-8"), closed, None):
        with Printer(stream) as printer:
            printer.print("one")
            printer.print("\ud800")
        printer.print("two")
        assert printer.dropped == 0
        if stream is not None:
            stream.close()


def test_the_log_contains_no_keys() -> None:
    """Neither in paths nor in messages. Other text is not changed."""
    lines = {
        "GET /sk_secret12345/x": "GET /…2345/x",
        "GET /a%3Ftoken=secret12345": "GET /a%3Ftoken=…2345",
        "Api-Key: secret12345": "Api-Key: …2345",
        "GET /waves/v1/models": "GET /waves/v1/models",
    }
    stream = io.StringIO()
    with Printer(stream) as printer, logging_to(printer, "info"):
        for line in lines:
            logging.getLogger("x").info("%s", line)
    assert stream.getvalue().splitlines() == [f"INFO x: {line}" for line in lines.values()]


# --- commands


def closed_pipe() -> TextIO:
    read, write = os.pipe()
    os.close(read)
    return os.fdopen(write, "w", encoding="utf-8")


def full_disk() -> TextIO:
    return Path("/dev/full").open("w", encoding="utf-8")


OUTPUTS: list[tuple[Callable[[], TextIO], int, str]] = [
    (closed_pipe, 0, ""),
    (full_disk, 2, "Error: cannot write to standard output: No space left on device\n"),
]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_command_whose_output_fails_prints_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A closed pipe changes no exit status. A full disk is one line, and status 2."""
    script = tmp_path / "script.yaml"
    script.write_text("steps: []\n", encoding="utf-8")
    commands = ("openapi", "schema", f"check {script}", "contract --list", "serve --help")
    wrong = []
    for command, (output, status, line) in product(commands, OUTPUTS):
        with monkeypatch.context() as patch, suppress(OSError), output() as stream:
            patch.setattr(sys, "stdout", stream)
            with pytest.raises(SystemExit) as ended:
                main(command.split())
        if (ended.value.code, capsys.readouterr().err) != (status, line):
            wrong.append((command, output, ended.value.code))
    assert wrong == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_server_serves_whatever_happens_to_its_outputs() -> None:
    """Standard output is full, and nobody reads the log, which fills its pipe."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/waves/v1"
    command = [*PROGRAM, "serve", "--port", str(port), "--log-level", "info"]
    with Path("/dev/full").open("w") as full:
        process = subprocess.Popen(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    first = [process.stderr.readline() for _ in range(2)]
    assert sorted(first) == [
        f"INFO uvicorn.error: Started server process [{process.pid}]\n",
        "WARNING mock_electron: cannot write to standard output: No space left on device\n",
    ]
    for _ in range(100):
        assert raw_http.send(f"{url}/{'x' * 2000}", method="GET").status == 404
    assert ask(url) == 200
    process.stderr.close()
    assert ask(url) == 200
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0


def test_a_server_without_standard_streams_serves_and_stops() -> None:
    """If input, output and error are closed, the exit status after SIGTERM is still 0."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = " ".join([*PROGRAM, "serve", "--port", str(port)])
    process = subprocess.Popen(["/bin/sh", "-c", f"exec {command} <&- >&- 2>&-"])
    status = None
    while status is None and process.poll() is None:
        time.sleep(0.01)  # leaves the processor to the server, which is starting
        with suppress(OSError):
            status = ask(f"http://127.0.0.1:{port}/waves/v1")
    process.terminate()
    assert (status, process.wait(timeout=60)) == (200, 0)
