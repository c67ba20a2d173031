"""2. Request body: what the gateway's schema refuses."""

from collections.abc import Iterator

from mock_electron.contract.sections.violations import VIOLATIONS, Violation
from mutants.breaking import breaks
from mutants.changes import as_greeting, put, remove, status, with_header
from mutants.mutant import Mutant


def _of_violation(violation: Violation) -> Iterator[Mutant]:
    refusal = f"request.{violation.id}"
    issue = f"{refusal}.issue"
    yield breaks(f"{refusal} {issue}", "accepted", request=as_greeting)
    yield breaks(refusal, "422", status(422))
    yield breaks(issue, "no details", remove("error.details"))
    yield breaks(issue, "a deeper path", put("error.details.0.path", lambda path: [*path, "x"]))
    yield breaks(issue, "other words", put("error.details.0.message", "Invalid"))
    yield breaks(issue, "one more issue", put("error.details", lambda issues: [*issues, {}]))


MUTANTS = (
    *(mutant for violation in VIOLATIONS for mutant in _of_violation(violation)),
    breaks("request.several.issue", "only the first", put("error.details", lambda d: d[:1])),
    breaks("request.several.issue", "in reverse order", put("error.details", lambda d: d[::-1])),
    breaks("request.invalid.message", "other words", put("error.message", "Bad request")),
    breaks("request.invalid.message", "another type", put("error.type", "bad_request")),
    breaks("request.n", "422", status(422)),
    breaks(
        "request.n request.n.issue request.invalid.message errors.envelope.details "
        "errors.request_id.same",
        "accepted",
        request=as_greeting,
    ),
    breaks("request.n.issue", "other words", put("error.details.0.message", "n is at most 1")),
    breaks(
        "request.undeclared",
        "read as JSON",
        request=with_header("content-type", "application/json"),
    ),
    breaks("request.undeclared", "422", status(422)),
)
