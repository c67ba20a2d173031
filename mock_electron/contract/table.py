"""A report as text: a table by section, then what failed and what was skipped."""

from collections.abc import Iterable, Iterator
from typing import Final

from mock_electron.contract.report import FAIL, PASS, SKIP, Outcome, Report, Result

COLUMNS: Final = (PASS, FAIL, SKIP)
WIDTH: Final = 8


def lines(report: Report, *, verbose: bool = False) -> Iterator[str]:
    """Yield the lines of a report.

    Args:
        report: The report.
        verbose: List every clause, not only those that failed or were skipped.
    """
    sections = list(dict.fromkeys(result.clause.section for result in report.results))
    width = max(map(len, (*sections, "section")))
    yield f"endpoint: {report.address}"
    yield _row("section", map(str, COLUMNS), width)
    for section in sections:
        members = [result for result in report.results if result.clause.section == section]
        yield _row(section, (_count(members, outcome) for outcome in COLUMNS), width)
    yield _row("all", (_count(report.results, outcome) for outcome in COLUMNS), width)
    if verbose:
        yield ""
        yield from (f"{r.outcome:<5} {r.clause.id} ({r.clause.confidence})" for r in report.results)
    for result in report.failed:
        yield ""
        yield failure(result)
    yield from _skipped(report)


def failure(result: Result) -> str:
    """Return a failed clause: its sentence, what was expected and got, and the exchanges."""
    clause = result.clause
    text = [
        f"FAIL {clause.id} ({clause.confidence}; {clause.source})",
        f"  {clause.sentence}",
        f"  expected  {result.expected}",
        f"  got       {result.got}",
    ]
    for exchange in result.exchanges:
        request, _, response = str(exchange).partition("\n")
        text += [f"  request   {request}", f"  response  {response}"]
    return "\n".join(text)


def _skipped(report: Report) -> Iterator[str]:
    """Yield the ids of the skipped clauses, by reason."""
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
