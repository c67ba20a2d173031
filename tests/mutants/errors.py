"""6. Limits and errors."""

from collections.abc import Iterator

from mock_electron.contract.sections.errors import FAILURES, Failure
from mutants.breaking import breaks
from mutants.changes import header, put, remove, reverse_keys, status, then
from mutants.conditions import has_no_faults
from mutants.mutant import Answer, Mutant

OTHER_UUID = "01234567-89ab-4def-8123-456789abcdef"
JSON = "application/json"


def _of_failure(failure: Failure) -> Iterator[Mutant]:
    name = f"errors.{failure.id}"
    yield breaks(name, "another status", status(520))
    yield breaks(f"{name}.type", "another type", put("error.type", "server_error"))
    if failure.message:
        yield breaks(f"{name}.message", "other words", put("error.message", "Oh no"))


def with_id_of_completion(answer: Answer) -> Answer:
    return header("x-request-id", answer.json["id"])(answer)


MUTANTS = (
    breaks("errors.envelope", "a code", put("error.code", None)),
    breaks("errors.envelope", "in another order", reverse_keys("error")),
    breaks("errors.envelope", "a code next to error", put("code", 401)),
    breaks("errors.envelope.details", "in another order", reverse_keys("error")),
    breaks("errors.envelope.details request.n.issue", "none", remove("error.details")),
    breaks("errors.401.type", "another type", put("error.type", "invalid_api_key")),
    breaks("errors.401.message", "other words", put("error.message", "No such key.")),
    breaks("errors.401.same", "other words", put("error.message", "Missing API key.")),
    breaks("errors.403", "401", status(401)),
    breaks("errors.403.type", "another type", put("error.type", "authentication_error")),
    breaks("errors.403.message", "other words", put("error.message", "Forbidden")),
    breaks("errors.413", "400", status(400)),
    breaks("errors.413.type", "another type", put("error.type", "too_large")),
    *(mutant for failure in FAILURES for mutant in _of_failure(failure)),
    *(
        breaks(
            f"errors.request_id.{on}", "not a UUID", header("x-request-id", lambda old: f"r-{old}")
        )
        for on in ("reply", "stream", "401", "404")
    ),
    *(
        breaks(f"errors.request_id.{on}", "none", header("x-request-id", None))
        for on in ("stream", "401", "404")
    ),
    breaks(
        "errors.request_id.reply errors.request_id.own errors.request_id.not_the_completion",
        "none",
        header("x-request-id", None),
    ),
    breaks(
        "errors.request_id.reply errors.request_id.stream errors.request_id.400 "
        "errors.request_id.401 errors.request_id.404 errors.request_id.same errors.request_id.own "
        "errors.request_id.not_the_completion",
        "none anywhere",
        header("x-request-id", None),
        when=has_no_faults,
    ),
    breaks("errors.request_id.400 errors.request_id.same", "none", header("x-request-id", None)),
    breaks(
        "errors.request_id.400",
        "not a UUID, twice",
        then(header("x-request-id", "req-1"), put("error.request_id", "req-1")),
    ),
    breaks("errors.request_id.same", "another", put("error.request_id", OTHER_UUID)),
    breaks("errors.request_id.own", "always the same", header("x-request-id", OTHER_UUID)),
    breaks(
        "errors.request_id.not_the_completion errors.request_id.reply",
        "the id of the completion",
        with_id_of_completion,
    ),
    breaks("errors.json", "without a charset", header("content-type", JSON)),
    breaks("errors.json.error", "without a charset", header("content-type", JSON)),
    breaks("errors.headers.ratelimit", "sent", header("x-ratelimit-remaining-requests", "9")),
    breaks("errors.headers.should_retry", "sent", header("x-should-retry", "true")),
)
