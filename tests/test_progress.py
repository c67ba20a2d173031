"""The progress of a long run: lines on standard error that is not a terminal."""

import pytest

from mock_electron.cli import progress


def test_a_long_run_shows_a_line_at_times(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One after each interval, and none in a short run."""
    monkeypatch.setattr(progress, "INTERVAL", 0.0)
    assert list(progress.shown_progress("ab", 2, "clauses")) == ["a", "b"]
    assert capsys.readouterr().err == "1 of 2 clauses\n2 of 2 clauses\n"
    monkeypatch.setattr(progress, "INTERVAL", 1e9)
    assert list(progress.shown_progress("ab", 2, "clauses")) == ["a", "b"]
    assert capsys.readouterr().err == ""
