"""The section of the audit at the end of a run: a line for each rule, and the tests that break it.

Results travel with the reports of tests, so they are lists and texts: pytest-xdist sends them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import pytest

OUTCOMES: Final = ("pass", "not observable", "not applicable")
"""The outcomes of rules that nothing breaks, in the order of their line."""
RANKS: Final = ("not applicable", "pass", "not observable", "fail")
"""The outcomes of a rule, the worst last."""
MOST_TESTS: Final = 10
"""The number of tests that a rule lists. With -v, it lists all."""
TITLE: Final = "electron audit"


class Broken(NamedTuple):
    """A finding in a test.

    Attributes:
        rule: The name of its rule.
        words: What was found.
        effect: "fails", "warns" or "ignored".
    """

    rule: str
    words: str
    effect: str


class Result(NamedTuple):
    """What the audit says of a test.

    Attributes:
        test: The id of the test.
        outcomes: The worst outcome of each rule in the lanes of the test.
        broken: What was found.
    """

    test: str
    outcomes: Mapping[str, str]
    broken: Sequence[Broken]

    @classmethod
    def of(cls, test: str, given: Sequence[Any]) -> "Result":
        """Return the result that a report carries, as `reported` has made it."""
        verdicts, broken = given
        outcomes: dict[str, str] = {}
        for name, outcome in verdicts:
            outcomes[name] = max(outcomes.get(name, outcome), outcome, key=RANKS.index)
        return cls(test, outcomes, [Broken(*one) for one in broken])


def reported(verdicts: Iterable[tuple[str, str]], broken: Iterable[Broken]) -> list[Any]:
    """Return what the audit says of a test, as a report carries it.

    Args:
        verdicts: The names of rules, and their outcomes, for each lane.
        broken: What was found.
    """
    return [[[*one] for one in verdicts], [[*one] for one in broken]]


def write_summary(
    reporter: "pytest.TerminalReporter", reports: Mapping[str, Sequence[Any]], verbosity: int
) -> None:
    """Write the section.

    Args:
        reporter: What writes to the terminal.
        reports: What the reports of tests carry, by the id of the test.
        verbosity: That of the option -v.
    """
    results = [Result.of(test, reports[test]) for test in sorted(reports)]
    reporter.write_sep("=", TITLE)
    if not results:
        reporter.write_line("no test sent a request to Electron")
        return
    names = dict.fromkeys(name for one in results for name in one.outcomes)
    for name in names:
        found = ((one.test, broken) for one in results for broken in _of_rule(one, name))
        tests = [*dict.fromkeys(found)]  # of several lanes, each once
        fails = any(broken.effect == "fails" for _, broken in tests)
        line = f"{name:<18} {_words(name, results, tests)}"
        reporter.write_line(line, red=fails, yellow=bool(tests) and not fails)
        for text in _listed(tests, verbosity):
            reporter.write_line(text)


def _of_rule(result: Result, name: str) -> Iterator[Broken]:
    return (broken for broken in result.broken if broken.rule == name)


def _words(name: str, results: Sequence[Result], tests: Sequence[tuple[str, Broken]]) -> str:
    outcomes = Counter(one.outcomes[name] for one in results if name in one.outcomes)
    number = len({test for test, _ in tests})
    breaking = [f"broken by {number} of {outcomes.total()} tests"] if number else []
    others = [f"{one} in {outcomes[one]}" for one in OUTCOMES if outcomes[one]]
    return ", ".join([*breaking, *others])


def _listed(tests: Sequence[tuple[str, Broken]], verbosity: int) -> Iterator[str]:
    most = len(tests) if verbosity > 0 else MOST_TESTS
    for test, broken in tests[:most]:
        effect = "" if broken.effect == "fails" else f", {broken.effect}"
        yield f"    {test}: {broken.words}{effect}"
    if len(tests) > most:
        yield f"    … and {len(tests) - most} more; -v lists all"
