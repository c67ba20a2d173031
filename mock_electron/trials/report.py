"""`FaultReport`: the matrix of faults and requests, the score, and the bad cells."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from mock_electron.inputs.checks import choice, must_be
from mock_electron.inputs.keywords import checked_keywords
from mock_electron.inputs.values import FrozenValue
from mock_electron.traffic.lines import counted
from mock_electron.trials.matrix import matrix_lines
from mock_electron.trials.outcomes import BAD, GOOD, OUTCOMES, TrialOutcome
from mock_electron.trials.search import Result, Search
from mock_electron.trials.steps import written_script, written_test

MOST_SHOWN: Final = 20
"""The maximum number of bad cells that a text shows in full."""


class BadCell(FrozenValue, frozen=True):
    """A fault that the scenario does not survive in a request.

    Attributes:
        trial: The name of the smallest trial that shows it: "Cut(after=3) in #0".
        fault: Its row in the matrix: "cut".
        request: The number of the request, from 0.
        outcome: The outcome.
        reason: What was seen.
        test: A test that shows it; "" for a command.
        script: A script file that shows it if its steps stand before the others; "" if no
            conditions of a step select the request.
        count: The number of trials of the cell with this outcome.
    """

    trial: str
    fault: str
    request: int
    outcome: TrialOutcome
    reason: str
    test: str
    script: str
    count: int


class Scenario(Struct, frozen=True):
    """What was run.

    Attributes:
        call: How a test runs it: `run(electron)`; "" for a command.
        expected: What it returned without a fault.
        notes: What a reader has to know about the search.
    """

    call: str
    expected: object
    notes: tuple[str, ...] = ()


class FaultReport:
    """The result of a fault search; as text, the matrix and the bad cells.

    Attributes:
        requests: The requests of the run without a fault, as lines.
        tried: The number of trials whose faults happened.
        left_out: The number of trials that the budget has left out. They count as nothing.
        unreached: The names of trials whose faults did not happen, because the scenario took
            another way. They count as nothing.
        bad: The bad cells, the worst outcome first.
        notes: What a reader has to know about the search.
    """

    def __init__(self, search: Search, scenario: Scenario) -> None:
        self._search = search
        self._results = [one for one in search.results if one.outcome is not None]
        self.requests: tuple[str, ...] = tuple(place.title for place in search.places)
        self.tried: int = len(self._results)
        self.left_out: int = search.left_out
        self.unreached: tuple[str, ...] = tuple(
            one.trial.name for one in search.results if one.outcome is None
        )
        self.bad: tuple[BadCell, ...] = _bad_cells(self._results, search, scenario)
        self.notes: tuple[str, ...] = scenario.notes

    @property
    def outcomes(self) -> dict[str, TrialOutcome]:
        """The outcome of each trial, by its name: `{"Reset() in #0": "recovered"}`."""
        return {one.trial.name: one.outcome for one in self._results if one.outcome is not None}

    @property
    def score(self) -> float:
        """The fraction of the trials that recovered or failed cleanly, from 0 to 1.

        Without a trial, it is 0.
        """
        return self._good / self.tried if self.tried else 0.0

    @property
    def _good(self) -> int:
        return sum(one.outcome in GOOD for one in self._results)

    @checked_keywords(advice="Write assert_no('hung', 'wrong answer').")
    def assert_no(self, *outcomes: TrialOutcome, ignore: Mapping[str, str] | None = None) -> None:
        """Assert that no trial had one of these outcomes.

        Args:
            *outcomes: The outcomes. Default: "hung", "wrong answer" and "side effect twice".
            ignore: The reasons why results are accepted, by the name of a trial or of a fault.

        Raises:
            AssertionError: If a trial had one. The message has the matrix and the tests.
            ValueError: If an outcome does not exist, no trial has an ignored name, or a reason is
                empty.

        Example:
            electron.try_faults(agent.run).assert_no("hung", "wrong answer")
        """
        __tracebackhide__ = True
        wanted = [choice("outcome", outcome, OUTCOMES) for outcome in outcomes] or list(BAD)
        accepted = self._checked({} if ignore is None else ignore)
        found = [
            one
            for one in self._results
            if one.outcome in wanted and not {one.trial.name, one.trial.row} & accepted
        ]
        if found:
            names = "\n".join(f"  {one.outcome}: {one.trial.name}" for one in found[:MOST_SHOWN])
            more = len(found) - MOST_SHOWN
            names += f"\n  … and {more} more" if more > 0 else ""
            raise AssertionError(f"{counted(len(found), 'trial')} went wrong:\n{names}\n\n{self}")

    def _checked(self, ignore: object) -> set[str]:
        """Return the names of what is ignored."""
        if not isinstance(ignore, Mapping):
            what = "a reason for each name, such as {'silence': 'the caller hangs up'}"
            raise TypeError(must_be("ignore", what, ignore))
        self._search.check_names(ignore)
        for name, reason in ignore.items():
            if not isinstance(reason, str) or not reason.strip():
                raise ValueError(must_be(f"ignore[{name!r}]", "the reason, as a text", reason))
        return set(ignore)

    @checked_keywords
    def to_dict(self) -> dict[str, Any]:
        """Return the report as a dict of JSON values.

        Example:
            print(electron.try_faults(agent.run).to_dict()["score"])
        """
        return {
            "score": round(self.score, 4),
            "tried": self.tried,
            "left_out": self.left_out,
            "unreached": list(self.unreached),
            "notes": list(self.notes),
            "requests": list(self.requests),
            "trials": [_trial_dict(one) for one in self._results],
            "bad": [
                {name: getattr(cell, name) for name in BadCell.__struct_fields__}
                for cell in self.bad
            ],
        }

    def __repr__(self) -> str:
        bad = counted(len(self.bad), "bad cell")
        return f"<FaultReport: {counted(self.tried, 'trial')}, {bad}, score {self._percent}>"

    @property
    def _percent(self) -> str:
        """The score as text. It is rounded down, so that only a perfect one is 100."""
        return f"{self._good * 100 // max(self.tried, 1)} of 100"

    def __str__(self) -> str:
        search = self._search
        requests = counted(len(self.requests), "request")
        head = f"{counted(self.tried, 'trial')} of {requests}: score {self._percent}"
        shown = [_cell_text(cell) for cell in self.bad[:MOST_SHOWN]]
        more = len(self.bad) - MOST_SHOWN
        parts = [
            "\n".join([head, *self._left()]),
            "\n".join(matrix_lines(search.results, search.singles, search.places)),
            "\n".join(self.requests),
            *shown,
            f"… and {counted(more, 'more bad cell')}" if more > 0 else "",
        ]
        return "\n\n".join(filter(None, parts))

    def _left(self) -> list[str]:
        """Return the lines about what was not tried."""
        lines = []
        if self.left_out:
            lines.append(f"{counted(self.left_out, 'trial')} left out: the budget is used up")
        if self.unreached:
            lines.append(f"{counted(len(self.unreached), 'trial')} whose faults did not happen")
        return [*lines, *self.notes]


def _trial_dict(one: Result) -> dict[str, Any]:
    return {
        "trial": one.trial.name,
        "fault": one.trial.row,
        "request": one.trial.column,
        "outcome": one.outcome,
        "reason": one.reason,
    }


def _bad_cells(
    results: Sequence[Result], search: Search, scenario: Scenario
) -> tuple[BadCell, ...]:
    cells: dict[tuple[str, int, str], list[Result]] = {}
    for one in results:
        if one.outcome in BAD:
            cells.setdefault((*one.trial.cell, str(one.outcome)), []).append(one)
    bad = [_bad_cell(found, search, scenario) for found in cells.values()]
    return tuple(sorted(bad, key=lambda cell: -OUTCOMES.index(cell.outcome)))


def _bad_cell(found: Sequence[Result], search: Search, scenario: Scenario) -> BadCell:
    smallest = min(found, key=_size)
    assert smallest.outcome is not None
    is_test = bool(scenario.call)
    return BadCell(
        smallest.trial.name,
        *smallest.trial.cell,
        smallest.outcome,
        smallest.reason,
        written_test(smallest, scenario.call, scenario.expected) if is_test else "",
        written_script(smallest, search.places),
        len(found),
    )


def _size(result: Result) -> list[int]:
    """Return the key by which the smallest trial is chosen: the one that breaks off first."""
    return [getattr(aim.fault, "after", None) or 0 for aim in result.trial.aims]


def _cell_text(cell: BadCell) -> str:
    """Return a bad cell as lines of text."""
    more = f" (and {cell.count - 1} more in this cell)" if cell.count > 1 else ""
    reason = f": {cell.reason}" if cell.reason else ""
    lines = [f"{cell.outcome}: {cell.trial}{more}{reason}"]
    shown = (cell.test or cell.script).splitlines()
    return "\n".join([*lines, *(f"    {line}".rstrip() for line in shown)])
