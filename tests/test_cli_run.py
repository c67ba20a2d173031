"""`mock-electron run`: a server for the time of another command."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import pytest
from click.testing import CliRunner

from mock_electron.cli.app import cli
from mock_electron.cli.configuration import SERVE_ONLY
from mock_electron.cli.configured import Configured
from mock_electron.cli.run import _pass_on, run
from mock_electron.cli.serve import serve

PYTHON = (sys.executable, "-S", "-c")
ASK = """
import json, os, sys, urllib.error, urllib.request as u
for words in sys.argv[1:]:
    body = {"model": "electron", "messages": [{"role": "user", "content": words}]}
    headers = {"Authorization": "Bearer " + os.environ["OPENAI_API_KEY"], "Content-Type": "application/json"}
    asked = u.Request(os.environ["OPENAI_BASE_URL"] + "/chat/completions", json.dumps(body).encode(), headers)
    try:
        u.urlopen(asked).read()
    except urllib.error.HTTPError:
        pass
"""
"""A command that asks the server."""
STATUS_IF_STOPPED = """
import signal, sys, time
signal.signal(signal.{name}, lambda *_: sys.exit(7))
print("ready", flush=True)
time.sleep(60)
"""


def ran(*args: str, **options: Any) -> Any:
    """Run the command in this process. Return its exit code and what it printed itself."""
    return CliRunner().invoke(cli, ["run", *args], **options)


@pytest.fixture
def script(tmp_path: Path) -> str:
    file = tmp_path / "story.yaml"
    file.write_text("steps:\n- when: {says: Hi}\n  reply: Hello!\n  times: 1\n", encoding="utf-8")
    return str(file)


# --- the command


def test_the_environment_points_clients_at_the_server(tmp_path: Path) -> None:
    """The rest of the environment is that of this process. The port is a free one."""
    file = tmp_path / "seen.json"
    write = "import json, os, sys; json.dump(dict(os.environ), open(sys.argv[1], 'w'))"
    # PORT is meant for the command, and a file that has a port for `serve`.
    (tmp_path / "mock-electron.toml").write_text("port = 1\nworkers = 3\n")
    environment = {"PORT": "1", "MOCK_ELECTRON_PORT": "1", "MINE": "x"}
    done = ran("--config", str(tmp_path / "mock-electron.toml"), "--api-key", "sk_a", "--", *PYTHON, write, str(file), env=environment)  # fmt: skip
    assert done.exit_code == 0, done.output
    seen = json.loads(file.read_text())
    url = seen["MOCK_ELECTRON_URL"]
    assert url.startswith("http://127.0.0.1:")
    assert url != "http://127.0.0.1:1"
    assert seen["OPENAI_BASE_URL"] == f"{url}/waves/v1"
    assert seen["MOCK_ELECTRON_CONTROL_URL"] == f"{url}/_mock"
    assert (seen["OPENAI_API_KEY"], seen["SMALLEST_API_KEY"]) == ("sk_a", "sk_a")
    assert "127.0.0.1" in seen["NO_PROXY"]
    assert (seen["MINE"], seen["PORT"]) == ("x", "1")


def test_with_a_unix_socket_there_is_no_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with `serve`, unless `--host` or `--port` is given. `ready` asks the socket."""
    code = "import os, runpy, sys; print(os.environ['MOCK_ELECTRON_URL'], file=open('url', 'w')); sys.argv[1:] = ['ready']; runpy.run_module('mock_electron', run_name='__main__')"
    with TemporaryDirectory() as folder:
        monkeypatch.chdir(folder)
        for options, url in (((), "http://localhost"), (("--port", "0"), "http://127.0.0.1:")):
            done = ran("--uds", "s", *options, "--", sys.executable, "-c", code, env={"PORT": "1"})
            assert done.exit_code == 0, done.output
            assert Path("url").read_text().startswith(url)


def test_options_after_the_command_are_its_own() -> None:
    """Also without `--`. Before it they are options of the server."""
    argument = "import sys; sys.exit(len(sys.argv))"
    assert ran("--seed", "1", *PYTHON, argument, "--seed", "--watch").exit_code == 3
    assert "No such option '--sed'. Did you mean '--seed'?" in ran("--sed", "1", "true").output
    for option in ("--workers", "--drain"):
        message = f"No such option '{option}'. It is an option of mock-electron serve."
        assert message in ran(option, "2", "true").output


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("", 0),
        ("raise SystemExit(3)", 3),
        ("import os; os.kill(os.getpid(), 9)", 137),
        ("import os; os.kill(os.getpid(), 15)", 143),
    ],
)
def test_the_status_is_that_of_the_command(code: str, status: int) -> None:
    """A signal is reported as a shell does."""
    done = ran("--", *PYTHON, code)
    assert done.exit_code == status
    assert done.stdout == ""


def test_a_command_that_cannot_be_run_is_one_clear_line(tmp_path: Path) -> None:
    """The status is that of a shell: 127 if there is none, 126 if it is not executable."""
    (tmp_path / "no").write_text("#!/bin/sh\n")
    for name, status, reason in (
        (str(tmp_path / "none"), 127, "No such file or directory"),
        (str(tmp_path / "no" / "x"), 127, "Not a directory"),
        (str(tmp_path / "no"), 126, "Permission denied"),
    ):
        done = ran("--", name)
        assert (done.exit_code, done.output) == (status, f"Error: cannot run {name}: {reason}\n")
    done = ran()
    assert (done.exit_code, "Missing argument 'COMMAND...'" in done.output) == (2, True)
    done = ran("--", "", "x")  # such as "$COMMAND" of a shell without this variable
    assert (done.exit_code, "Error: COMMAND must not be empty" in done.output) == (2, True)


# --- the verdict


def test_one_line_says_that_all_is_well(script: str) -> None:
    """It is on standard error, because standard output belongs to the command."""
    done = ran("--strict", "--script", script, "--", *PYTHON, ASK, "Hi")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "mock-electron: 1 exchange, nothing is left or refused\n"
    done = ran("--", *PYTHON, "")
    assert done.stderr == "mock-electron: 0 exchanges: no request has arrived\n"


def test_a_bad_verdict_on_a_strict_lane_is_a_failure(script: str) -> None:
    """It lists the refused requests and the steps that are left, without keys."""
    done = ran("--strict", "--script", script, "--", *PYTHON, ASK, "sk_live_0123456789abcdef")
    assert done.exit_code == 1
    first, refused, *_, left = done.stderr.splitlines()
    assert first == "mock-electron: 1 exchange, 1 request not scripted, 1 step left"
    assert refused.startswith("  not scripted: #0: No step of the script answers this request")
    assert left.startswith("  left: step 1 (story.yaml:2): ")
    assert "0123456789" not in done.stderr


def test_a_refusal_that_the_journal_has_dropped_is_a_failure(script: str) -> None:
    """A long run of a strict lane fails as a short one does, and says what was dropped."""
    options = ("--strict", "--journal-exchanges", "1", "--script", script)
    done = ran(*options, "--", *PYTHON, ASK, "Bye", "Hi")
    assert done.exit_code == 1
    first, refused = done.stderr.splitlines()
    assert first == ("mock-electron: 1 exchange (1 older one was dropped), 1 request not scripted")
    assert refused == "  not scripted: 1 older request, which the journal has dropped"


def test_the_status_of_a_command_that_fails_is_kept(script: str) -> None:
    """Also if the verdict is bad."""
    done = ran("--strict", "--script", script, "--", *PYTHON, "raise SystemExit(5)")
    assert done.exit_code == 5
    assert "1 step left" in done.stderr


def test_a_lane_that_is_not_strict_fails_nothing(script: str) -> None:
    """The verdict says which steps are left."""
    done = ran("--script", script, "--", *PYTHON, ASK, "Bye")
    assert done.exit_code == 0
    assert "mock-electron: 1 exchange, 1 step left\n" in done.stderr


def test_a_long_verdict_is_cut(script: str) -> None:
    """The first requests are enough to see what is wrong."""
    words = [f"no {number}" for number in range(23)]
    done = ran("--strict", "--", *PYTHON, ASK, *words)
    assert done.exit_code == 1
    lines = done.stderr.splitlines()
    assert (len(lines), lines[-1]) == (22, "  … and 3 more")


# --- signals


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_is_passed_on(name: str) -> None:
    """The command decides how it ends, and the server ends after it."""
    number = getattr(signal, name)
    command = [sys.executable, "-m", "mock_electron", "run", "--", *PYTHON]
    with subprocess.Popen(
        [*command, STATUS_IF_STOPPED.format(name=name)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # without a terminal
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 7
    assert "Traceback" not in errors


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="the system has no terminals")
def test_ctrl_c_reaches_the_command_once() -> None:
    """The terminal sends it to the whole group, so it is not passed on as well."""
    count = """
import signal, sys, time
got = []
signal.signal(signal.SIGINT, lambda *_: got.append(1))
print("ready", flush=True)
while not got:
    time.sleep(0.01)
time.sleep(0.3)
sys.exit(10 + len(got))
"""
    import pty

    pid, terminal = pty.fork()
    if pid == 0:
        command = [sys.executable, "-m", "mock_electron", "run", "--", *PYTHON, count]
        os.execv(sys.executable, command)  # noqa: S606 (the program under test)
    with os.fdopen(terminal, "r+b", buffering=0) as screen:
        shown = b""
        while b"ready" not in shown:
            shown += screen.read(1024)
        screen.write(b"\x03")
        _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 11


def test_a_signal_before_the_command_starts_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is passed on as soon as the command runs."""
    popen = subprocess.Popen

    def late(*args: Any, **options: Any) -> Any:
        os.kill(os.getpid(), signal.SIGTERM)
        return popen(*args, **options)

    monkeypatch.setattr(subprocess, "Popen", late)
    assert ran("--", *PYTHON, "import time; time.sleep(60)").exit_code == 143


def test_the_options_are_those_of_serve() -> None:
    """So that one file serves both commands, except for those that `run` does not have."""

    def keys(command: click.Command) -> set[str]:
        return {one.key for one in command.params if isinstance(one, Configured)}

    assert keys(serve) - keys(run) == set(SERVE_ONLY)
    assert keys(run) < keys(serve)


def test_only_ctrl_c_of_the_terminal_is_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two signals at almost the same time count as one, so the test with a terminal sees one."""
    sent: list[int] = []

    class Process:
        def send_signal(self, number: int) -> None:
            sent.append(number)

    process: Any = Process()
    for in_foreground in (True, False):
        monkeypatch.setattr("mock_electron.cli.run._is_in_foreground", lambda it=in_foreground: it)
        for number in (signal.SIGINT, signal.SIGTERM):
            _pass_on(number, process)
    assert sent == [signal.SIGTERM, signal.SIGINT, signal.SIGTERM]
