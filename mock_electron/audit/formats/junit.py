"""Audits as JUnit XML: a suite for each lane, and a case for each rule."""

from collections.abc import Iterator, Sequence

from mock_electron.audit.finding import Verdict
from mock_electron.audit.lane_audit import LaneAudit
from mock_electron.audit.report import finding_text
from mock_electron.audit.safe_text import safe
from mock_electron.outputs.junit import Case, Problem, junit_bytes

TITLE = "mock-electron audit"


def junit(audits: Sequence[LaneAudit]) -> bytes:
    """Return audits as the bytes of a file.

    A rule whose level is "warn" passes, and its findings are the output of its case.
    """
    return junit_bytes(TITLE, [(one.title, list(_cases(one))) for one in audits])


def _cases(one: LaneAudit) -> Iterator[Case]:
    for name, verdict in one.audit.verdicts.items():
        found = [finding for finding in one.audit if finding.rule == name]
        problems = [
            Problem(f"{each.title}: {each.reason}", each.severity, finding_text(each))
            for each in found
        ]
        is_failing = one.audit.levels[name] == "error"
        output = "" if is_failing else "\n\n".join(problem.text for problem in problems)
        group = f"audit.{safe(one.lane)}"
        yield Case(name, group, problems if is_failing else (), _skipped(verdict), output)


def _skipped(verdict: Verdict) -> str:
    """Return why a rule says nothing, or ""."""
    if verdict.outcome not in ("not applicable", "not observable"):
        return ""
    return f"{verdict.outcome}: " + "; ".join(verdict.unseen or (verdict.reason,))
