"""The command `mock-electron`, as a process of an installed mock-electron."""

import os
import subprocess
import sysconfig
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from ask import ask, text_of

COMMAND = Path(sysconfig.get_path("scripts")) / "mock-electron"
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
"""The command sees the packages that are installed with it, but not those on pytest's path only."""
TIMEOUT = 60.0
SCRIPT = """\
steps:
  - when: {says: weather}
    reply: Sunny.
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "weather.yaml"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


def run(*args: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run the command to its end."""
    return subprocess.run(
        [COMMAND, *args], capture_output=True, text=True, timeout=TIMEOUT, env=ENVIRONMENT
    )


@pytest.fixture
def base_url(script: Path) -> Iterator[str]:
    """The address of `mock-electron serve`, which ends with status 0."""
    with subprocess.Popen(
        [COMMAND, "serve", "--port", "0", "--script", script],
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[0]
        finally:
            process.terminate()
            status = process.wait(TIMEOUT)
    assert status == 0


def test_the_version() -> None:
    """It is the version of the installed distribution."""
    assert run("--version").stdout == f"mock-electron {version('mock-electron')}\n"


def test_check(script: Path) -> None:
    """A right script file passes, and a wrong one fails with the line of the problem."""
    checked = run("check", script)
    assert (checked.returncode, checked.stdout) == (0, f"{script}: 1 step\n")
    script.write_text(SCRIPT.replace("says", "sais"), encoding="utf-8")
    checked = run("check", script)
    assert checked.returncode == 1
    assert checked.stderr.startswith(f"{script}:2: ")


def test_serve(base_url: str) -> None:
    """The server answers a request from its script."""
    weather = [{"role": "user", "content": "How is the weather?"}]
    status, body = ask(base_url, messages=weather)
    assert (status, text_of(body)) == (200, "Sunny.")
