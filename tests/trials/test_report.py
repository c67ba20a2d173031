"""The matrix, the score, and the bad cells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenario import Request, search

from mock_electron import FaultReport, TrialOutcome
from mock_electron.trials.outcomes import OUTCOMES
from mock_electron.trials.report import Scenario

STORY = [Request("Tell me a story"), Request("Go on", stream=False)]


def report_of(outcomes: dict[str, TrialOutcome], requests: list[Request]) -> FaultReport:
    """Return the report of a search with these outcomes by the kind of the fault."""
    one = search(requests, faults=list(outcomes), pairs=0)
    for trial in one.trials():
        one.add(trial, outcomes[trial.row], "it went so", retried=False)
    return FaultReport(one, Scenario("run(electron)", "fine"))


def test_the_matrix() -> None:
    """A fault a row, a request a column, and a dot where the fault is not possible."""
    outcomes: dict[str, TrialOutcome] = {
        "503": "recovered",
        "cut": "wrong answer",
        "half a reply": "hung",
    }
    assert str(report_of(outcomes, STORY)).split("\n\n")[1].splitlines() == [
        "              #0 turn 1     #1 turn 1",
        "503           recovered     recovered",
        "cut           wrong answer  ·",
        "half a reply  ·             hung",
    ]


def test_the_smallest_trial_of_a_bad_cell_is_shown() -> None:
    """It breaks off first. The worst outcome comes first."""
    report = report_of({"503": "side effect twice", "cut": "wrong answer"}, STORY)
    assert [(cell.fault, cell.request, cell.trial) for cell in report.bad] == [
        ("503", 0, "fail(503) in #0"),
        ("503", 1, "fail(503) in #1"),
        ("cut", 0, "Cut(after=0) in #0"),
    ]
    assert "electron.inject(fail(503), every=2, times=1)" in report.bad[1].test
    assert "cut:\n    after: 0" in report.bad[2].script


@given(st.lists(st.sampled_from(OUTCOMES), min_size=3, max_size=3))
def test_the_score_is_the_fraction_of_good_trials(outcomes: list[TrialOutcome]) -> None:
    """Only a search without a bad cell has 100."""
    kinds = dict(zip(("503", "reset", "close"), outcomes, strict=True))
    report = report_of(kinds, STORY[:1])
    good = sum(outcome in ("recovered", "clean failure") for outcome in outcomes)
    assert report.score == good / 3
    assert ("100 of 100" in repr(report)) is (not report.bad)
    assert [trial["outcome"] for trial in report.to_dict()["trials"]] == outcomes


def test_assert_no() -> None:
    """It fails for the outcomes that it is given, and accepts what has a reason."""
    report = report_of({"503": "clean failure", "reset": "hung"}, STORY[:1])
    report.assert_no("wrong answer")
    report.assert_no(ignore={"reset": "the caller hangs up"})
    report.assert_no("hung", ignore={"Reset() in #0": "the caller hangs up"})
    with pytest.raises(AssertionError, match=r"1 trial went wrong:\n  hung: Reset\(\) in #0"):
        report.assert_no()
    with pytest.raises(AssertionError, match="clean failure"):
        report.assert_no("clean failure")


def test_wrong_arguments_of_assert_no() -> None:
    """A message has the nearest right name."""
    report = report_of({"reset": "hung"}, STORY[:1])
    with pytest.raises(ValueError, match="Did you mean 'reset'"):
        report.assert_no(ignore={"resett": "a reason"})
    with pytest.raises(ValueError, match="the reason"):
        report.assert_no(ignore={"reset": " "})
    with pytest.raises(ValueError, match="unknown outcome 'hangs'"):
        report.assert_no("hangs")  # type: ignore[arg-type]  # a mistake
    with pytest.raises(TypeError, match="a reason for each name"):
        report.assert_no(ignore=["reset"])  # type: ignore[arg-type]  # a mistake


def test_the_score_as_text_is_exact() -> None:
    """As a floating-point number, 29 of 100 would be 28.99… and shown as 28."""
    one = search([Request("Tell me a story")], budget=100, pairs=0, faults="all")
    for number, trial in enumerate(one.trials()):
        one.add(trial, "recovered" if number < 29 else "wrong answer", "", retried=False)
    report = FaultReport(one, Scenario("run()", "x"))
    assert (report.tried, str(report).splitlines()[0]) == (
        100,
        "100 trials of 1 request: score 29 of 100",
    )


def test_a_search_without_results_has_no_score() -> None:
    """Nothing that was not tried counts as passed."""
    assert FaultReport(search(STORY), Scenario("run()", "x")).score == 0
