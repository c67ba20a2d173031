"""Texts of an audit quote requests. They are shown without keys and without control characters.

1. What looks like a key is shortened to its end.
2. A character that cannot be printed is escaped: terminals do not obey it, and XML and UTF-8 have
   all that are left.
3. No line is a command to the log of a CI system, such as `::error::` and `##[error]`.
"""

import re
from typing import Final

from msgspec.structs import replace

from mock_electron._regex import regex
from mock_electron.audit.finding import Finding, Verdict
from mock_electron.inputs.spelling import escaped_lines
from mock_electron.outputs.redaction import redact_message

COMMAND: Final = regex(r"^([ \t]*):(?=:)", re.MULTILINE)
OLD_COMMAND: Final = regex(r"#(?=#[a-z]{0,20}\[)")


def safe(text: str) -> str:
    """Return a text as it may be shown anywhere."""
    shown = escaped_lines(redact_message(text))
    return OLD_COMMAND.sub(r"\\x23", COMMAND.sub(r"\1\\x3a", shown))


def safe_finding(finding: Finding) -> Finding:
    """Return a finding whose texts may be shown anywhere."""
    repair = finding.repair
    return replace(
        finding,
        title=safe(finding.title),
        reason=safe(finding.reason),
        subject=safe(finding.subject),
        details=tuple(map(safe, finding.details)),
        repair=replace(repair, words=safe(repair.words), snippet=safe(repair.snippet)),
    )


def safe_verdict(verdict: Verdict) -> Verdict:
    """Return a verdict whose texts may be shown anywhere."""
    return replace(
        verdict,
        findings=tuple(map(safe_finding, verdict.findings)),
        reason=safe(verdict.reason),
        unseen=tuple(map(safe, verdict.unseen)),
    )
