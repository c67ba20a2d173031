"""Ctrl-C at any moment of a command: no traceback, and an exit status of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import openai_stub
import pytest
from click.testing import CliRunner, Result
from openai_stub import StubRequest, served

from mock_electron.cli import contract as command
from mock_electron.cli.app import cli

STARTING = """
import os, signal, sys

class Finder:
    def find_spec(self, name, path, target=None):
        if name == sys.argv[1]:
            os.kill(os.getpid(), int(sys.argv[2]))

sys.meta_path.insert(0, Finder())
from mock_electron.cli.start import main
main(sys.argv[3:])
"""
"""Runs a command that gets a signal when it imports a module."""


def test_a_signal_during_the_imports_ends_a_command_silently() -> None:
    """`serve` ends with 0 after Ctrl-C and SIGTERM; the other commands end with 130 after Ctrl-C."""
    wrong = {}
    for module, number, args, status in (
        ("click", signal.SIGINT, "serve --port 0", 0),
        ("click", signal.SIGTERM, "serve --port 0", 0),
        ("uvicorn", signal.SIGINT, "serve --port 0", 0),
        ("click", signal.SIGINT, "check a.yaml", 130),
        ("click", signal.SIGINT, "contract --only chat.id", 130),
    ):
        words = [sys.executable, "-c", STARTING, module, str(int(number)), *args.split()]
        ran = subprocess.run(words, capture_output=True, check=False, timeout=60)
        if (ran.returncode, ran.stdout, ran.stderr) != (status, b"", b""):
            wrong[args, number] = ran
    assert wrong == {}


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def contract(folder: Path, *args: str) -> tuple[Result, Any]:
    """Run the command with a JSON file. Return the result and the report in the file."""
    file = folder / "report.json"
    file.unlink(missing_ok=True)
    ran = CliRunner().invoke(cli, ["contract", *args, "--json", str(file)])
    return ran, json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("number", [1, 2])
def test_ctrl_c_before_the_first_result_writes_an_empty_report(tmp_path: Path, number: int) -> None:
    """So does one while the endpoint does not answer."""
    asked = [0]

    def stub(request: StubRequest) -> bytes:
        asked[0] += 1
        if asked[0] == number:
            interrupt()
            time.sleep(0.1)
        return openai_stub.bare(request)

    with served(stub) as url:
        ran, report = contract(tmp_path, "--base-url", url, "--only", "chat.finish.*")
    assert (ran.exit_code, report["clauses"], report["interrupted"]) == (130, [], True)
    assert ran.stdout.startswith(f"endpoint: {url}\n")
    assert ran.stderr == "interrupted after 0 of 2 clauses\n"


def test_ctrl_c_before_and_after_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """During the imports it prevents the run; while the files are written, they are completed."""
    for name, is_interrupted in (("_selected", True), ("write", False), ("write_junit", False)):
        function = getattr(command, name)

        def interrupted(*args: Any, function: Any = function) -> Any:
            interrupt()
            return function(*args)

        with monkeypatch.context() as patch:
            patch.setattr(command, name, interrupted)
            ran, report = contract(tmp_path, "--only", "chat.finish.*")
        rows = 0 if is_interrupted else 2
        assert (ran.exit_code, len(report["clauses"])) == (130, rows), name
        assert report.get("interrupted", False) is is_interrupted
        assert ran.stdout.startswith("endpoint: the built-in fake\n")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
