"""Tracebacks of errors have no frames of this package, or of the libraries that it calls."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lanes import ask

from mock_electron import Electron, ScriptError, Settings, call, reply
from mock_electron.engine.lane import Lane
from mock_electron.scripts.reader import load

BROKEN: dict[str, bytes] = {
    "bracket.yaml": b"a: [",
    "tag.yaml": b"a: !!bool x",
    "deep.yaml": b"[" * 500,
    "other.txt": b"{",
    "latin.yaml": b"\xff",
    "brace.json": b"{1",
    "deep.json": b"[" * 500,
    "surrogate.json": b'"\\ud800"',
}


def test_the_error_of_a_script_file_has_no_cause(tmp_path: Path) -> None:
    """pytest and Python print the causes of an exception, with their frames."""
    offenders = []
    for name, data in BROKEN.items():
        (tmp_path / name).write_bytes(data)
    for name in (*BROKEN, "missing.yaml", "."):
        with pytest.raises(ScriptError) as caught:
            load(tmp_path / name)
        if caught.value.__cause__ is not None:
            offenders.append((name, caught.value.__cause__))
    assert offenders == []


def _chained(_request: object) -> str:
    try:
        raise KeyError("inner")
    except KeyError as error:
        raise ValueError("outer") from error


def test_the_log_has_the_frames_of_a_user_function_only(caplog: pytest.LogCaptureFixture) -> None:
    """What the package caught is left out, and what the user function caught is shown."""
    table: list[tuple[Callable[..., Any], int]] = [
        (lambda r: "\ud800", 0),
        (lambda r: reply("\ud800"), 1),
        (lambda r: call("f", a={1}), 1),
        (lambda r: 1 / 0, 1),
        (_chained, 2),
    ]
    offenders = []
    for function, frames in table:
        caplog.clear()
        mock = Electron(Lane(Settings()), "http://mock")
        mock.respond_with(function)
        ask(mock._lane)
        if caplog.text.count('File "') != frames or caplog.text.count(__file__) != frames:
            offenders.append(caplog.text)
    assert offenders == []
