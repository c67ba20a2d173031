"""6. Limits and errors: the envelope, the headers, and every status except 429."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from mock_electron.contract.checks import (
    absent,
    all_of,
    at,
    containing,
    equal,
    header,
    keys,
    reading,
    satisfies,
    status,
)
from mock_electron.contract.clause import DOCUMENTED, INFERRED, Clause, Confidence, Source
from mock_electron.contract.probe import Probe, asks, body, refused, sends
from mock_electron.contract.section import Section
from mock_electron.contract.sections.probes import (
    DIFFERENT_IDS,
    HELLO,
    HELLO_AGAIN,
    HELLO_STREAMED,
    NO_KEY,
    NO_MODELS,
    SECOND_COMPLETION,
    UUID,
    WRONG_KEY,
)
from mock_electron.contract.target import CHAT, Need

SECTION: Final = Section(
    "6 Limits and errors",
    prefix="errors",
    documented_in=Source.CHAT_COMPLETIONS,
    inferred_from=Source.CHAT_COMPLETIONS,
)

TOO_LARGE: Final = sends("a body of 5 MB", "POST", CHAT, b" " * 5_000_000)
FORBIDDEN: Final = refused(
    "a key without access", body(), key=Need.FORBIDDEN_KEY, needs=(Need.FORBIDDEN_KEY,)
)

TYPE: Final = "error.type"
MESSAGE: Final = "error.message"
REQUEST_ID: Final = "x-request-id"
JSON_UTF8: Final = "application/json; charset=utf-8"


class Failure(Struct, frozen=True):
    """An error that only a server with faults shows.

    Attributes:
        id: Id of its clauses, without the prefix `errors.`.
        fault: Value of the header `X-Mock-Electron` that causes the error.
        status: Status of the error.
        type: Type of the error (A).
        message: Message of the error (I); "" if it is unknown.
        meaning: What causes the error.
        confidence: How the status is known.
        source: Where the status is known from.
    """

    id: str
    fault: str
    status: int
    type: str
    message: str
    meaning: str
    confidence: Confidence = DOCUMENTED
    source: Source = Source.CHAT_COMPLETIONS


# fmt: off
FAILURES: Final = (
    Failure("500", "fail=500", 500, "internal_error", "", "an internal error",
        INFERRED, Source.ERROR_REFERENCE),
    Failure("502", "fail=502", 502, "upstream_error", "Upstream model unavailable",
        "an unavailable model"),
    Failure("503.overloaded", "fail=503", 503, "service_unavailable", "Upstream model overloaded",
        "an overloaded model"),
    Failure("503.disabled", "fail=disabled", 503, "service_unavailable",
        "Endpoint temporarily disabled", "a disabled endpoint"),
)
# fmt: on


def _failure_clauses(failure: Failure) -> Iterator[Clause]:
    """Yield the clauses about the status, the type and the message of an error."""
    name, code = failure.id, failure.status
    probe = asks(f"failure: {name}", body(), faults=failure.fault, needs=(Need.FAULTS,))
    yield SECTION.clause(
        name,
        f"The status for {failure.meaning} is {code}.",
        probe,
        status(code),
        failure.confidence,
        failure.source,
    )
    yield SECTION.assumed(
        f"{name}.type",
        f"The type of a {code} is `{failure.type}`.",
        probe,
        at(TYPE, equal(failure.type)),
    )
    if failure.message:
        yield SECTION.inferred(
            f"{name}.message",
            f"The message for {failure.meaning} is “{failure.message}”.",
            probe,
            at(MESSAGE, equal(failure.message)),
        )


def _has_request_id(name: str, subject: str, probe: Probe) -> Clause:
    sentence = f"{subject} has the header `X-Request-Id`, a UUID."
    return SECTION.documented(
        f"request_id.{name}",
        sentence,
        probe,
        header(REQUEST_ID, UUID),
        source=Source.BEST_PRACTICES,
    )


MISSING_OR_INVALID: Final = equal("Missing or invalid API key.")

# fmt: off
CLAUSES: Final = (
    SECTION.documented("envelope",
        "An error is `{error: {message, type, request_id}}`, with its keys in this order.",
        WRONG_KEY, all_of(at("", keys("error")),
                          at("error", keys("message", "type", "request_id")))),
    SECTION.documented("envelope.details",
        "If the schema is violated, `details` is between `type` and `request_id`.",
        SECOND_COMPLETION, at("error", keys("message", "type", "details", "request_id"))),
    SECTION.documented("401.type", "The type of a 401 is `authentication_error`.",
        WRONG_KEY, at(TYPE, equal("authentication_error"))),
    SECTION.assumed("401.message", "The message of a 401 is “Missing or invalid API key.”",
        WRONG_KEY, at(MESSAGE, MISSING_OR_INVALID), source=Source.CHAT_COMPLETIONS),
    SECTION.assumed("401.same", "A missing key and a wrong key get the same message.",
        NO_KEY, at(MESSAGE, MISSING_OR_INVALID), source=Source.CHAT_COMPLETIONS),
    SECTION.documented("403", "A valid key without access to Electron is refused with 403.",
        FORBIDDEN, status(403)),
    SECTION.assumed("403.type", "The type of a 403 is `permission_error`.",
        FORBIDDEN, at(TYPE, equal("permission_error"))),
    SECTION.inferred("403.message",
        "The message of a 403 contains “not available for your plan”.",
        FORBIDDEN, at(MESSAGE, containing("not available for your plan"))),
    SECTION.assumed("413", "A body of 5 MB is refused with 413.", TOO_LARGE, status(413)),
    SECTION.assumed("413.type", "The type of a 413 is `invalid_request_error`.",
        TOO_LARGE, at(TYPE, equal("invalid_request_error"))),
    *(clause for failure in FAILURES for clause in _failure_clauses(failure)),
    _has_request_id("reply", "A reply", HELLO),
    _has_request_id("stream", "A stream", HELLO_STREAMED),
    _has_request_id("400", "A 400", SECOND_COMPLETION),
    _has_request_id("401", "A 401", WRONG_KEY),
    _has_request_id("404", "A 404", NO_MODELS),
    SECTION.documented("request_id.same",
        "`error.request_id` is the `X-Request-Id` of the response.",
        SECOND_COMPLETION,
        reading(lambda response: [response.at("error.request_id"), response.header(REQUEST_ID)],
                satisfies("the same text twice", lambda ids: ids[0] == ids[1]))),
    SECTION.documented("request_id.own", "Each request has a different id.",
        HELLO_AGAIN, reading(lambda *replies: [reply.header(REQUEST_ID) for reply in replies],
                             DIFFERENT_IDS), source=Source.BEST_PRACTICES),
    SECTION.documented("request_id.not_the_completion",
        "The `X-Request-Id` differs from the id of the completion.",
        HELLO, reading(lambda reply: [reply.header(REQUEST_ID), reply.at("id")], DIFFERENT_IDS)),
    SECTION.inferred("json", f"Replies have the media type `{JSON_UTF8}`.",
        HELLO, header("content-type", equal(JSON_UTF8)), source=Source.EXPRESS),
    SECTION.inferred("json.error", f"Errors have the media type `{JSON_UTF8}`.",
        SECOND_COMPLETION, header("content-type", equal(JSON_UTF8)), source=Source.EXPRESS),
    SECTION.assumed("headers.ratelimit", "There are no `x-ratelimit-…` headers.",
        HELLO, reading(lambda reply: [name for name, _ in reply.headers if "ratelimit" in name],
                       equal([]))),
    SECTION.assumed("headers.should_retry", "There is no `x-should-retry` header.",
        HELLO, header("x-should-retry", absent)),
)
# fmt: on
