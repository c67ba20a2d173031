"""Audits for GitHub Actions: annotations as workflow commands, and a summary in Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from mock_electron.audit.finding import Finding, Severity
from mock_electron.audit.lane_audit import LaneAudit
from mock_electron.audit.report import what_was_seen
from mock_electron.audit.safe_text import safe
from mock_electron.outputs.markdown import code_block, plain
from mock_electron.traffic.lines import counted

COMMANDS: Final[Mapping[Severity, str]] = {"high": "error", "medium": "warning", "low": "notice"}
IN_MESSAGES: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
IN_PROPERTIES: Final = IN_MESSAGES | str.maketrans({":": "%3A", ",": "%2C"})
"""How workflow commands escape characters."""
HEADER: Final = "| rule | outcome | findings | seen |\n| --- | --- | ---: | --- |"


def annotations(audits: Sequence[LaneAudit]) -> Iterator[str]:
    """Yield the workflow commands that show findings, one line for each."""
    for one in audits:
        for finding in one.audit:
            command = COMMANDS[finding.severity]
            if command == "error" and one.level(finding) != "error":
                command = "warning"
            title = f"{finding.title} ({finding.id}, {one.name})".translate(IN_PROPERTIES)
            place = f"file={safe(one.journal).translate(IN_PROPERTIES)},line={one.line(finding)}"
            message = f"{finding.reason}\n{finding.repair.words}".translate(IN_MESSAGES)
            yield f"::{command} {place},title={title}::{message}"


def summary(audits: Sequence[LaneAudit]) -> str:
    """Return the summary of a step: a table of the rules, and the findings, for each lane."""
    return "\n\n".join(part for one in audits for part in _summary(one)) + "\n"


def _summary(one: LaneAudit) -> Iterator[str]:
    found = counted(len(one.audit), "finding")
    yield f"### Audit of {plain(one.title)}, {found}"
    rows = [
        f"| {name} | {verdict.outcome} | {len(verdict.findings) or ''} | "
        f"{plain('; '.join(what_was_seen(verdict)))} |"
        for name, verdict in one.audit.verdicts.items()
    ]
    yield "\n".join([HEADER, *rows])
    for finding in one.audit:
        yield from _finding(finding)
    yield plain(str(one.audit.bill))


def _finding(finding: Finding) -> Iterator[str]:
    yield f"**{plain(finding.title)}** ({plain(finding.id)}, {finding.severity})"
    yield plain(finding.reason)
    if finding.details:
        yield code_block("\n".join(finding.details))
    yield plain(finding.repair.words)
    yield code_block(finding.repair.snippet, finding.repair.language)
    if finding.practice:
        yield f"> {plain(finding.practice)}"
