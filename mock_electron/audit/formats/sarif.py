"""Audits as SARIF 2.1.0, for code scanning.

1. A result has the level of its finding's severity, and the line of its first exchange in the
   journal.
2. The fingerprint of a result is made of the lane and the id of the finding, so it is the same in
   each run.
3. Rules that could not see their subject are notifications: they have not passed.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from mock_electron._version import __version__
from mock_electron.audit.finding import Finding, Severity
from mock_electron.audit.lane_audit import LaneAudit
from mock_electron.audit.rules import RULES
from mock_electron.audit.safe_text import safe
from mock_electron.outputs.markdown import code_block, plain

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
LEVELS: Final[Mapping[Severity, str]] = {"high": "error", "medium": "warning", "low": "note"}
FINGERPRINT: Final = "mockElectronAudit/v1"
INDICES: Final = {name: index for index, name in enumerate(RULES)}


def sarif(audits: Sequence[LaneAudit]) -> dict[str, Any]:
    """Return audits as a SARIF log, a dict of JSON values."""
    driver = {
        "name": "mock-electron audit",
        "version": __version__,
        "rules": [_rule(name) for name in RULES],
    }
    run = {
        "tool": {"driver": driver},
        "results": [result for one in audits for result in _results(one)],
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [note for one in audits for note in _unseen(one)],
            }
        ],
        "columnKind": "unicodeCodePoints",
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(name: str) -> dict[str, Any]:
    rule = RULES[name]
    practice = f"The vendor says: “{rule.practice}”"
    return {
        "id": name,
        "shortDescription": {"text": f"Looks for {rule.looks_for}".replace("`", "")},
        "fullDescription": {"text": rule.practice},
        "help": {"text": practice, "markdown": plain(practice)},
    }


def _results(one: LaneAudit) -> Iterator[dict[str, Any]]:
    for finding in one.audit:
        lines = [f"{finding.title}: {finding.reason}", *finding.details, finding.repair.words]
        repair = code_block(finding.repair.snippet, finding.repair.language)
        yield {
            "ruleId": finding.rule,
            **_index("ruleIndex", finding.rule),
            "level": LEVELS[finding.severity],
            "message": {
                "text": "\n".join([*lines, finding.repair.snippet]),
                "markdown": "\n\n".join([*map(plain, lines), repair]),
            },
            "locations": [_location(one, finding)],
            "partialFingerprints": {FINGERPRINT: f"{safe(one.lane)}/{finding.id}"},
            "properties": {
                "id": finding.id,
                "lane": safe(one.lane),
                "exchanges": list(finding.exchanges),
                "severity": finding.severity,
                "failing": one.level(finding) == "error",
            },
        }


def _location(one: LaneAudit, finding: Finding) -> dict[str, Any]:
    names = [f"{one.name}, exchange #{number}" for number in finding.exchanges]
    artifact = {"uri": quote(one.journal.encode(errors="replace"))}
    place = {"artifactLocation": artifact, "region": {"startLine": one.line(finding)}}
    logical = [{"fullyQualifiedName": name} for name in names]
    return {"physicalLocation": place} | ({"logicalLocations": logical} if logical else {})


def _unseen(one: LaneAudit) -> Iterator[dict[str, Any]]:
    """Yield what the rules could not see."""
    for name, verdict in one.audit.verdicts.items():
        for words in verdict.unseen:
            yield {
                "level": "note",
                "message": {"text": f"{name}, {one.name}: not observable: {words}"},
                "associatedRule": {"id": name, **_index("index", name)},
            }


def _index(key: str, rule: str) -> dict[str, int]:
    """Return the index of a rule in the log. Rules of a user are not described there."""
    return {key: INDICES[rule]} if rule in INDICES else {}
