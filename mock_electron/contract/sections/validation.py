"""2. Request body: what the gateway's schema refuses.

Each violation makes two clauses: that the request is refused, and with which issues. The wording
of the issues follows Zod v3 (I), unless the vendor documents it.
"""

import json
from collections.abc import Iterator
from typing import Final

from mock_electron.contract.checks import all_of, at, equal, reading, status
from mock_electron.contract.clause import Clause, Source
from mock_electron.contract.probe import body, refused, sends
from mock_electron.contract.section import Section
from mock_electron.contract.sections.issues import Issue, custom
from mock_electron.contract.sections.probes import SECOND_COMPLETION
from mock_electron.contract.sections.violations import VIOLATIONS, Violation
from mock_electron.contract.target import CHAT

SECTION: Final = Section("2 Request body", prefix="request", documented_in=Source.CHAT_COMPLETIONS)


def _clauses(violation: Violation) -> Iterator[Clause]:
    """Yield that the request is refused, and with which issues."""
    probe = refused(f"violation: {violation.id}", violation.body)
    subject = violation.subject[0].upper() + violation.subject[1:]
    yield SECTION.clause(
        violation.id,
        f"{subject} is refused with 400.",
        probe,
        status(400),
        violation.confidence,
        violation.source,
    )
    yield SECTION.clause(
        f"{violation.id}.issue",
        f"{subject} is reported as {_described(violation.issues)}.",
        probe,
        at("error.details", equal(list(violation.issues))),
        violation.issue_confidence,
        violation.issue_source,
    )


def _described(issues: tuple[Issue, ...]) -> str:
    """Return the codes and paths of the issues."""
    described = [f"`{issue['code']}` at `{json.dumps(issue['path'])}`" for issue in issues]
    return ", ".join(described) + (", in this order" if len(described) > 1 else "")


UNDECLARED: Final = sends(
    "a body that is not declared as JSON",
    "POST",
    CHAT,
    json.dumps(body()).encode(),
    headers={"Content-Type": "text/plain"},
)

# fmt: off
CLAUSES: Final = (
    SECTION.documented("invalid.message",
        "A body that violates the schema is refused with the type `invalid_request_error` and the "
        "message “Invalid input data”.",
        SECOND_COMPLETION, all_of(at("error.message", equal("Invalid input data")),
                                  at("error.type", equal("invalid_request_error")))),
    SECTION.documented("n", "An `n` above 1 is refused with 400.", SECOND_COMPLETION, status(400)),
    SECTION.documented("n.issue",
        "An `n` above 1 is reported in `details` with the exact words “n > 1 is not supported”.",
        SECOND_COMPLETION, at("error.details", equal([custom("n > 1 is not supported", "n")]))),
    *(clause for violation in VIOLATIONS for clause in _clauses(violation)),
    SECTION.inferred("undeclared",
        "A body that is not declared as JSON is read as empty: required fields are missing.",
        UNDECLARED, all_of(status(400), reading(
            lambda response: [issue["path"] for issue in response.at("error.details")],
            equal([["model"], ["messages"]]))), source=Source.EXPRESS),
)
# fmt: on
