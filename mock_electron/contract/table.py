"""A report for people: a table by section, and what failed or was skipped."""

from collections.abc import Iterable, Iterator
from typing import Final

from mock_electron.contract.report import FAIL, PASS, SKIP, Outcome, Report, Result

COLUMNS: Final = (PASS, FAIL, SKIP)
WIDTH: Final = 8


def lines(report: Report, *, verbose: bool = False) -> Iterator[str]:
    """The report as lines. verbose: every clause, not only those that failed or were skipped."""
    sections = list(dict.fromkeys(result.clause.section for result in report.results))
    first = max(map(len, (*sections, "section")))
    yield _row("section", map(str, COLUMNS), first)
    for section in sections:
        within = [result for result in report.results if result.clause.section == section]
        yield _row(section, (_count(within, outcome) for outcome in COLUMNS), first)
    yield _row("all", (_count(report.results, outcome) for outcome in COLUMNS), first)
    if verbose:
        yield ""
        yield from (f"{r.outcome:<5} {r.clause.id} ({r.clause.confidence})" for r in report.results)
    for result in report.failed:
        yield ""
        yield failure(result)
    yield from _skipped(report)


def failure(result: Result) -> str:
    """A clause that does not hold: its words, what was expected and got, and the exchange."""
    clause = result.clause
    told = [
        f"FAIL {clause.id} ({clause.confidence}; {clause.source})",
        f"  {clause.sentence}",
        f"  expected  {result.expected}",
        f"  got       {result.got}",
    ]
    for response in result.exchanges:
        asked, _, answered = str(response).partition("\n")
        told += [f"  asked     {asked}", f"  answered  {answered}"]
    return "\n".join(told)


def _skipped(report: Report) -> Iterator[str]:
    """The clauses that were skipped, by reason."""
    reasons: dict[str, list[str]] = {}
    for result in report.results:
        if result.outcome is SKIP:
            reasons.setdefault(result.reason, []).append(result.clause.id)
    if reasons:
        yield ""
    for reason, names in reasons.items():
        yield f"skip {', '.join(names)}: {reason}"


def _count(results: Iterable[Result], outcome: Outcome) -> str:
    return str(sum(1 for result in results if result.outcome is outcome))


def _row(first: str, others: Iterable[str], width: int) -> str:
    return first.ljust(width) + "".join(other.rjust(WIDTH) for other in others)
