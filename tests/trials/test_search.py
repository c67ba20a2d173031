"""Which trials a search runs: within its budget, in parts, and after an interruption."""

from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rows import each
from scenario import Request, places, search

from mock_electron.trials.outcomes import TrialOutcome
from mock_electron.trials.progress import Progress, ProgressError
from mock_electron.trials.report import FaultReport, Scenario
from mock_electron.trials.search import Limits, Search

STORY = [Request("Tell me a story"), Request("Go on", stream=False)]
SCENARIO = Scenario("run()", "x")


def run(one: Search, outcome: TrialOutcome = "recovered", most: int = 1000) -> list[str]:
    """Run trials, all with the same outcome. Return their names."""
    names: list[str] = []
    for trial in one.trials():
        if len(names) == most:
            break
        names.append(trial.name)
        one.add(trial, outcome, "", retried=False)
    return names


def test_a_budget_bounds_the_trials() -> None:
    """What it leaves out is counted, and counts as nothing."""
    one = search(STORY, budget=5)
    assert len(run(one)) == 5
    report = FaultReport(one, SCENARIO)
    assert (report.tried, report.left_out) == (5, len(one.singles) - 5)
    assert f"{report.left_out} trials left out" in str(report)
    assert "?" in str(report)


def test_two_searches_run_the_same_trials() -> None:
    """The plan depends on the scenario and the options alone."""
    assert run(search(STORY)) == run(search(STORY))


@given(st.integers(1, 7))
def test_parts_divide_the_trials(count: int) -> None:
    """Each trial with one fault is in one part."""
    parts = [run(search(STORY, part=f"{number + 1}/{count}")) for number in range(count)]
    assert sorted(chain(*parts)) == sorted(run(search(STORY)))


def test_a_cell_that_hangs_is_not_tried_again() -> None:
    """Its other chunks would each take the whole time-out."""
    names = run(search(STORY, faults=["cut", "503"]), "hung")
    assert len(names) == 3  # 503 in both requests, and one cut


def test_pairs_follow_recoveries_by_a_retry() -> None:
    """Other trials end before a second fault could happen."""

    def count(outcome: TrialOutcome, *, retried: bool = True, **limits: int) -> int:
        one = search(STORY[:1], faults=["503", "reset"], **limits)
        for trial in one.trials():
            one.add(trial, outcome, "", retried=retried)
        return sum(len(result.trial.aims) == 2 for result in one.results)

    assert count("recovered") == 4
    assert count("recovered", pairs=3) == 3
    assert count("recovered", pairs=0) == 0
    assert count("recovered", retried=False) == 0
    assert count("clean failure") == 0


def test_only_the_named_trials_run() -> None:
    """A pair runs without the trial that it begins with."""
    names = ("fail(503) in #0, Reset() in #1", "Reset() in #1")
    assert tuple(run(search(STORY, only=names))) == names


def test_a_wrong_name_is_refused() -> None:
    """The message has the nearest trial."""
    with pytest.raises(ValueError, match=r"Did you mean 'Reset\(\) in #1'"):
        run(search(STORY, only="Reset() in #01"))


# --- the file of results


def resumed(path: Path, **limits: object) -> Search:
    return Search(places(STORY), Limits.of(**limits), Progress(path))


def test_an_interrupted_search_goes_on(tmp_path: Path) -> None:
    """No trial runs twice, and the report is the same as without the interruption."""
    path = tmp_path / "faults.jsonl"
    begun = run(resumed(path), "clean failure", most=4)
    second, whole = resumed(path), search(STORY)
    rest = run(second, "clean failure")
    assert begun + rest == run(whole, "clean failure")
    assert str(FaultReport(second, SCENARIO)) == str(FaultReport(whole, SCENARIO))


def test_a_finished_search_begins_anew(tmp_path: Path) -> None:
    """The code may have been repaired since."""
    path = tmp_path / "faults.jsonl"
    first = run(resumed(path), "wrong answer")
    assert run(resumed(path)) == first


def test_a_last_line_that_is_cut_off_is_ignored(tmp_path: Path) -> None:
    """The process was killed while it wrote."""
    path = tmp_path / "faults.jsonl"
    begun = run(resumed(path), most=3)
    path.write_bytes(path.read_bytes()[:-9])
    assert run(resumed(path), most=1) == begun[2:]


REFUSED = [
    pytest.param(b'{"a": 1}\n', "is not a file of results", id="another file"),
    pytest.param(b"hello", "is not a file of results", id="text"),
    pytest.param(b"\xff\n", "is not a file of results", id="not UTF-8"),
    pytest.param(
        b'{"faults":1,"plan":"0","part":[1,1],"timeout":15.0}\n',
        "another scenario or other options",
        id="another plan",
    ),
]


@pytest.mark.parametrize(("content", "words"), REFUSED)
def test_another_file_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    """It is not overwritten."""
    path = tmp_path / "faults.jsonl"
    path.write_bytes(content)
    with pytest.raises(ProgressError, match=words):
        resumed(path)
    assert path.read_bytes() == content


WRONG: dict[str, tuple[dict[str, object], str]] = {
    "no budget": ({"budget": 0}, "budget must be an integer of at least 1"),
    "pairs": ({"pairs": -1}, "pairs must be"),
    "no time": ({"timeout": 0}, "timeout must be"),
    "a part": ({"part": "3/2"}, "part must be a part such as '1/4'"),
    "half a part": ({"part": "1"}, "part must be"),
    "part zero": ({"part": "0/2"}, "part must be"),
    "a number as a part": ({"part": 1}, "part must be"),
}


@each(WRONG)
def test_wrong_options_are_refused(row: tuple[dict[str, object], str]) -> None:
    """The message names the option."""
    options, words = row
    with pytest.raises(ValueError, match=words):
        Limits.of(**options)
