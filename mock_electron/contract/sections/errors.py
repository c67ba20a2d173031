"""6. Limits and errors: the envelope, the headers, and every status but 429."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from mock_electron.contract.checks import (
    absent,
    all_of,
    at,
    containing,
    equal,
    header,
    holds,
    keys,
    of,
    status,
)
from mock_electron.contract.clause import (
    ASSUMED,
    DOCUMENTED,
    INFERRED,
    Clause,
    Confidence,
    Source,
)
from mock_electron.contract.probe import Probe, asks, body, refused, sends
from mock_electron.contract.sections.probes import (
    HELLO,
    HELLO_AGAIN,
    HELLO_STREAMED,
    NO_KEY,
    NO_MODELS,
    SECOND_COMPLETION,
    UUID,
    WRONG_KEY,
)
from mock_electron.contract.target import Need

SECTION: Final = "6 Limits and errors"

TOO_LARGE: Final = sends("a body of 5 MB", "POST", "/chat/completions", b" " * 5_000_000)
FORBIDDEN: Final = refused(
    "a key without access", body(), key=Need.FORBIDDEN_KEY, needs=(Need.FORBIDDEN_KEY,)
)

TYPE: Final = "error.type"
MESSAGE: Final = "error.message"
REQUEST_ID: Final = "x-request-id"


@dataclass(frozen=True, slots=True)
class Failure:
    """An error that only a server with faults shows.

    fault: the header that asks for it. status, type, message: what it must be. meaning: of the
    status.
    known: of the status; the type is assumed, and the message inferred.
    """

    id: str
    fault: str
    status: int
    type: str
    message: str
    meaning: str
    known: Confidence = DOCUMENTED


FAILURES: Final = (
    Failure("500", "fail=500", 500, "internal_error", "", "an error of the server", INFERRED),
    Failure(
        "502",
        "fail=502",
        502,
        "upstream_error",
        "Upstream model unavailable",
        "the model is unavailable",
    ),
    Failure(
        "503.overloaded",
        "fail=503",
        503,
        "service_unavailable",
        "Upstream model overloaded",
        "the model is overloaded",
    ),
    Failure(
        "503.disabled",
        "fail=disabled",
        503,
        "service_unavailable",
        "Endpoint temporarily disabled",
        "the endpoint is disabled",
    ),
)


def _clauses(failure: Failure) -> Iterator[Clause]:
    probe = asks(f"failure: {failure.id}", body(), faults=failure.fault, needs=(Need.FAULTS,))
    about = f"errors.{failure.id}"
    page = Source.CHAT_COMPLETIONS if failure.known is DOCUMENTED else Source.ERROR_REFERENCE
    yield Clause(
        about,
        SECTION,
        f"There is a {failure.status}: {failure.meaning}.",
        failure.known,
        page,
        probe,
        status(failure.status),
    )
    yield Clause(
        f"{about}.type",
        SECTION,
        f"The type of a {failure.status} is {failure.type}.",
        ASSUMED,
        Source.CHOICE,
        probe,
        at(TYPE, equal(failure.type)),
    )
    if failure.message:
        yield Clause(
            f"{about}.message",
            SECTION,
            f"There is a {failure.status} with the message “{failure.message}”.",
            INFERRED,
            Source.CHAT_COMPLETIONS,
            probe,
            at(MESSAGE, equal(failure.message)),
        )


def _request_id(about: str, on: str, probe: Probe) -> Clause:
    """That one kind of answer has an X-Request-Id."""
    return Clause(
        f"errors.request_id.{about}",
        SECTION,
        f"{on} has the header X-Request-Id, a UUID.",
        DOCUMENTED,
        Source.BEST_PRACTICES,
        probe,
        header(REQUEST_ID, UUID),
    )


CLAUSES: Final = (
    Clause(
        "errors.envelope",
        SECTION,
        "An error is {error: {message, type, request_id}}, with its keys in this order.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        WRONG_KEY,
        all_of(at("", keys("error")), at("error", keys("message", "type", "request_id"))),
    ),
    Clause(
        "errors.envelope.details",
        SECTION,
        "Where the schema is violated, details stand between type and request_id.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        SECOND_COMPLETION,
        at("error", keys("message", "type", "details", "request_id")),
    ),
    Clause(
        "errors.401.type",
        SECTION,
        "The type of a 401 is authentication_error.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        WRONG_KEY,
        at(TYPE, equal("authentication_error")),
    ),
    Clause(
        "errors.401.message",
        SECTION,
        "The message of a 401 is “Missing or invalid API key.”",
        ASSUMED,
        Source.CHAT_COMPLETIONS,
        WRONG_KEY,
        at(MESSAGE, equal("Missing or invalid API key.")),
    ),
    Clause(
        "errors.401.same",
        SECTION,
        "A missing key and a wrong one get the same words.",
        ASSUMED,
        Source.CHAT_COMPLETIONS,
        NO_KEY,
        at(MESSAGE, equal("Missing or invalid API key.")),
    ),
    Clause(
        "errors.403",
        SECTION,
        "A valid key without access to Electron: 403.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        FORBIDDEN,
        status(403),
    ),
    Clause(
        "errors.403.type",
        SECTION,
        "The type of a 403 is permission_error.",
        ASSUMED,
        Source.CHOICE,
        FORBIDDEN,
        at(TYPE, equal("permission_error")),
    ),
    Clause(
        "errors.403.message",
        SECTION,
        "The message of a 403 says “not available for your plan”.",
        INFERRED,
        Source.CHAT_COMPLETIONS,
        FORBIDDEN,
        at(MESSAGE, containing("not available for your plan")),
    ),
    Clause(
        "errors.413",
        SECTION,
        "A body of 5 MB is too large: 413.",
        ASSUMED,
        Source.CHOICE,
        TOO_LARGE,
        status(413),
    ),
    Clause(
        "errors.413.type",
        SECTION,
        "The type of a 413 is invalid_request_error.",
        ASSUMED,
        Source.CHOICE,
        TOO_LARGE,
        at(TYPE, equal("invalid_request_error")),
    ),
    *(clause for failure in FAILURES for clause in _clauses(failure)),
    _request_id("reply", "A reply", HELLO),
    _request_id("stream", "A stream", HELLO_STREAMED),
    _request_id("400", "A 400", SECOND_COMPLETION),
    _request_id("401", "A 401", WRONG_KEY),
    _request_id("404", "A 404", NO_MODELS),
    Clause(
        "errors.request_id.same",
        SECTION,
        "error.request_id is the X-Request-Id of the response.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        SECOND_COMPLETION,
        of(
            lambda response: [response.at("error.request_id"), response.header(REQUEST_ID)],
            holds("the same text twice", lambda ids: ids[0] == ids[1]),
        ),
    ),
    Clause(
        "errors.request_id.own",
        SECTION,
        "Every request has an id of its own.",
        DOCUMENTED,
        Source.BEST_PRACTICES,
        HELLO_AGAIN,
        of(
            lambda first, second: [first.header(REQUEST_ID), second.header(REQUEST_ID)],
            holds("two different ids", lambda ids: ids[0] != ids[1]),
        ),
    ),
    Clause(
        "errors.request_id.not_the_completion",
        SECTION,
        "The X-Request-Id is not the completion's id.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        HELLO,
        of(
            lambda response: [response.header(REQUEST_ID), response.at("id")],
            holds("two different ids", lambda ids: ids[0] != ids[1]),
        ),
    ),
    Clause(
        "errors.json",
        SECTION,
        "JSON comes as application/json; charset=utf-8.",
        INFERRED,
        Source.EXPRESS,
        HELLO,
        header("content-type", equal("application/json; charset=utf-8")),
    ),
    Clause(
        "errors.json.error",
        SECTION,
        "Errors come as application/json; charset=utf-8, too.",
        INFERRED,
        Source.EXPRESS,
        SECOND_COMPLETION,
        header("content-type", equal("application/json; charset=utf-8")),
    ),
    Clause(
        "errors.headers.ratelimit",
        SECTION,
        "There are no headers x-ratelimit-….",
        ASSUMED,
        Source.CHOICE,
        HELLO,
        of(
            lambda response: [name for name, _ in response.headers if "ratelimit" in name],
            equal([]),
        ),
    ),
    Clause(
        "errors.headers.should_retry",
        SECTION,
        "There is no header x-should-retry.",
        ASSUMED,
        Source.CHOICE,
        HELLO,
        header("x-should-retry", absent),
    ),
)
