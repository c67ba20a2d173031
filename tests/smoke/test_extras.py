"""The extras: what each brings works, and without it one line says which extra is missing."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from test_command import COMMAND, ENVIRONMENT, TIMEOUT

USES: dict[str, tuple[str, list[str | Path]]] = {
    "contract": ("httpx2", [COMMAND, "contract", "--only", "endpoint.*"]),
    "watch": ("watchfiles", [COMMAND, "serve", "--port", "0", "--watch", "--script", "a.json"]),
    "hypothesis": ("hypothesis", [sys.executable, "-c", "import mock_electron.strategies"]),
}
"""By extra: a package that it brings, and a command that needs it."""


def run(extra: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    (folder / "a.json").write_text('{"steps": []}', encoding="utf-8")
    return subprocess.run(
        USES[extra][1], capture_output=True, text=True, cwd=folder, timeout=TIMEOUT, env=ENVIRONMENT
    )


@pytest.mark.parametrize("extra", USES)
def test_a_missing_extra_is_named(extra: str, tmp_path: Path) -> None:
    """The last line of the error tells how to install the extra."""
    package = USES[extra][0]
    if find_spec(package):
        pytest.skip(f"{package} is installed")
    ran = run(extra, tmp_path)
    assert ran.returncode != 0
    assert f'pip install "mock-electron[{extra}]"' in ran.stderr.splitlines()[-1]
    if extra != "hypothesis":  # an import fails with a traceback; a command does not
        assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("extra", ["contract", "hypothesis"])
def test_an_installed_extra_works(extra: str, tmp_path: Path) -> None:
    """The same command succeeds."""
    pytest.importorskip(USES[extra][0])
    ran = run(extra, tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
