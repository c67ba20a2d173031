"""2. Request body: what the gateway's schema refuses.

Each violation makes one clause that the request is refused, and one of the issues that it gets. How
these are worded is Zod v3's affair (I), except where the vendor shows it.
"""

import json
from collections.abc import Iterator
from typing import Final

from mock_electron.contract.checks import all_of, at, equal, of, status
from mock_electron.contract.clause import DOCUMENTED, INFERRED, Clause, Source
from mock_electron.contract.probe import Probe, body, refused, sends
from mock_electron.contract.sections.issues import Issue, custom
from mock_electron.contract.sections.probes import SECOND_COMPLETION
from mock_electron.contract.sections.violations import VIOLATIONS, Violation

SECTION: Final = "2 Request body"


def _clauses(violation: Violation, probe: Probe) -> Iterator[Clause]:
    """That it is refused, and with which issues."""
    about = f"request.{violation.id}"
    yield Clause(
        about,
        SECTION,
        f"{violation.sentence[0].upper()}{violation.sentence[1:]}{_else(violation)}",
        violation.known,
        violation.source,
        probe,
        status(400),
    )
    yield Clause(
        f"{about}.issue",
        SECTION,
        f"What violates `{about}` gets {_told(violation.issues)}",
        violation.issue_known,
        violation.issue_source,
        probe,
        at("error.details", equal(list(violation.issues))),
    )


def _else(violation: Violation) -> str:
    """What happens otherwise, where the sentence does not say it."""
    return ": 400." if "refused" in violation.sentence else "; else 400."


def _told(issues: tuple[Issue, ...]) -> str:
    """The issues in few words."""
    told = (f"{issue['code']} at {json.dumps(issue['path'])}" for issue in issues)
    return ", ".join(told) + "."


UNDECLARED: Final = sends(
    "a body that is not declared as JSON",
    "POST",
    "/chat/completions",
    json.dumps(body()).encode(),
    headers={"Content-Type": "text/plain"},
)
N: Final = custom("n > 1 is not supported", "n")

CLAUSES: Final = (
    Clause(
        "request.invalid.message",
        SECTION,
        "The refusal of a body that violates the schema is an `invalid_request_error`, "
        "“Invalid input data”.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        SECOND_COMPLETION,
        all_of(
            at("error.message", equal("Invalid input data")),
            at("error.type", equal("invalid_request_error")),
        ),
    ),
    Clause(
        "request.n",
        SECTION,
        "`n` is at most 1; else 400.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        SECOND_COMPLETION,
        status(400),
    ),
    Clause(
        "request.n.issue",
        SECTION,
        "Where `n` is above 1, `details` say “n > 1 is not supported”, to the letter.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        SECOND_COMPLETION,
        at("error.details", equal([N])),
    ),
    *(
        clause
        for violation in VIOLATIONS
        for clause in _clauses(violation, refused(f"violation: {violation.id}", violation.asked))
    ),
    Clause(
        "request.undeclared",
        SECTION,
        "A body that is not declared as JSON is read as empty: what is required is missing.",
        INFERRED,
        Source.EXPRESS,
        UNDECLARED,
        all_of(
            status(400),
            of(
                lambda response: [issue["path"] for issue in response.at("error.details")],
                equal([["model"], ["messages"]]),
            ),
        ),
    ),
)
