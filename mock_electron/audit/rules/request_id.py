"""`request-id`: the ids of answers that never appear in the client's log.

An id counts only as a whole. Only ids that the client received are looked for.
"""

from collections.abc import Collection, Sequence
from typing import Final

from mock_electron._regex import regex
from mock_electron.audit.evidence import Evidence
from mock_electron.audit.finding import (
    Finding,
    Repair,
    Severity,
    Verdict,
    judged,
    not_applicable,
    not_observable,
)
from mock_electron.audit.rule import Rule
from mock_electron.engine.exchange import CLIENT_LEFT, Exchange
from mock_electron.traffic.lines import counted

PRACTICE: Final = (  # D: best practices
    "Every response sets an X-Request-Id header and includes request_id in error envelopes. "
    "Capture and log it on every call."
)
UUID: Final = regex(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
"""An id as Electron makes it. A script may give another one."""
MOST_IDS: Final = 20
"""The number of ids that a finding lists."""
OF_REPLIES: Final = Repair(
    "Log the X-Request-Id of every answer.",
    "resp = client.with_raw_response.chat.completions.create(\n"
    '    model="electron", messages=messages\n'
    ")\n"
    'request_id = resp.headers.get("x-request-id")\n'
    'logger.info("chat completion request_id=%s", request_id)',
)
OF_ERRORS: Final = Repair(
    "Log the id of every error.",
    "from openai import APIStatusError\n\n"
    "try:\n"
    '    client.chat.completions.create(model="electron", messages=messages)\n'
    "except APIStatusError as error:\n"
    '    logger.error("chat completion failed: request_id=%s", error.request_id)\n'
    "    raise",
)


def check(seen: Evidence) -> Verdict:
    """Look for the ids in the log."""
    received = [one for one in seen.exchanges if _is_received(one)]
    if not received:
        return not_applicable("no answer has an id")
    if seen.logs is None:
        return not_observable("no log was given")
    if not seen.logs.strip():
        return not_observable("the log is empty")
    logs = seen.logs.lower()
    logged = {*UUID.findall(logs)}
    missing = [one for one in received if not _is_logged(one.request_id.lower(), logged, logs)]
    failed = [one for one in missing if one.failed]
    replied = [one for one in missing if not one.failed]
    findings = [
        *_findings("failed", "medium", "Ids of errors not logged", failed, OF_ERRORS),
        *_findings("missing", "low", "Request ids not logged", replied, OF_REPLIES),
    ]
    return judged(findings, counted(len(received), "id"))


def _is_received(one: Exchange) -> bool:
    """Return whether the client has got an answer with an id."""
    has_left = one.outcome == CLIENT_LEFT and not one.chunks_sent
    return bool(one.request_id and one.status and not has_left)


def _is_logged(request_id: str, logged: Collection[str], logs: str) -> bool:
    """Return whether a log has an id. Most ids are UUIDs, which are found all at once."""
    if UUID.fullmatch(request_id):
        return request_id in logged
    place = logs.find(request_id)
    while place >= 0:
        end = place + len(request_id)
        if not (_is_of_id(logs[place - 1 : place]) or _is_of_id(logs[end : end + 1])):
            return True
        place = logs.find(request_id, end)
    return False


def _is_of_id(character: str) -> bool:
    """Return whether an id would go on with a character."""
    return character.isalnum() or character in ("-", "_")


def _findings(
    kind: str, severity: Severity, title: str, missing: Sequence[Exchange], repair: Repair
) -> list[Finding]:
    if not missing:
        return []
    what = "failed request" if kind == "failed" else "reply"
    number = counted(len(missing), what, "replies" if what == "reply" else "")
    ids = [f"#{one.number} {one.status}: {one.request_id}" for one in missing[:MOST_IDS]]
    more = len(missing) - MOST_IDS
    return [
        Finding(
            "request-id",
            kind,
            severity,
            title,
            f"the log has no id of {number}",
            tuple(one.number for one in missing),
            repair,
            details=(*ids, *([f"and {more} more"] if more > 0 else [])),
        )
    ]


RULE: Final = Rule("request-id", "request ids that the client's log does not have", PRACTICE, check)
