"""Every error that the endpoint answers with: one table (section 6).

An `ApiError` is a value; `Refusal` is the signal that carries one up to the lane.

    400 invalid_request_error   invalid_input, invalid_request (the model server's own refusals),
                                malformed_json
    401 authentication_error    authentication
    403 permission_error        permission
    404 not_found_error         not_found
    408 invalid_request_error   upload_timeout
    413 invalid_request_error   too_large
    429 rate_limit_error        rate_limit, concurrency
    500 internal_error          internal
    502 upstream_error          upstream
    503 service_unavailable     overloaded, disabled

Two are the mock's own, and nobody can script them:

    404 not_scripted            a strict lane, and no step answers
    410 test_ended              a lane whose test has ended
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from mock_electron.inputs.spelling import did_you_mean
from mock_electron.wire import codec
from mock_electron.wire.zod import Issue


@dataclass(frozen=True, slots=True)
class ApiError:
    """One error answer.

    name: what the mock calls it; it never travels.
    status, type, message: as they travel.
    retry: what the vendor's best-practices page advises the client to do.
    details: Zod's issues, for `invalid_input` only.
    retry_after: whole seconds for the `Retry-After` header, or None for no such header.
    retry_as_date: whether that header is written as a date.
    """

    name: str
    status: int
    type: str
    message: str
    retry: str
    details: tuple[Issue, ...] | None = None
    retry_after: int | None = None
    retry_as_date: bool = False

    def saying(self, message: str) -> "ApiError":
        """The same error with other words; TypeError or ValueError where they cannot travel."""
        return replace(self, message=codec.checked_text(message, "message"))

    def retry_in(self, seconds: int) -> "ApiError":
        """The same error with a `Retry-After` header of so many seconds, from 0."""
        if type(seconds) is not int or seconds < 0:
            raise ValueError(f"retry_after is a whole number of seconds, not {seconds!r}")
        return replace(self, retry_after=seconds)


class Refusal(Exception):  # noqa: N818 (a signal, not an error: the error is its value)
    """Raised by whoever finds that a request cannot be answered; the lane catches it."""

    def __init__(self, error: ApiError) -> None:
        super().__init__(error.message)
        self.error = error


FIX_THE_INPUT: Final = "no: fix the input"
BACK_OFF: Final = "back off, then retry"
WITH_BACKOFF: Final = "yes, with backoff"

# Type and message of 400 are documented, and "Concurrency limit reached"; the names
# authentication_error and rate_limit_error too. All else is I or A: see section 6, row by row.
INVALID_INPUT = ApiError(
    "invalid_input",
    400,
    "invalid_request_error",
    "Invalid input data",
    FIX_THE_INPUT,
    # The documented example, for a scripted error: the real one never comes without details.
    details=({"code": "custom", "message": "n > 1 is not supported", "path": ("n",)},),
)
INVALID_REQUEST = ApiError(
    "invalid_request", 400, "invalid_request_error", "Invalid request", FIX_THE_INPUT
)
MALFORMED_JSON = ApiError(
    "malformed_json", 400, "invalid_request_error", "Malformed JSON in request body", FIX_THE_INPUT
)
AUTHENTICATION = ApiError(
    "authentication", 401, "authentication_error", "Missing or invalid API key.", "no"
)
PERMISSION = ApiError(
    "permission", 403, "permission_error", "Electron is not available for your plan.", "no"
)
NOT_FOUND = ApiError("not_found", 404, "not_found_error", "Not found", FIX_THE_INPUT)
UPLOAD_TIMEOUT = ApiError(
    "upload_timeout", 408, "invalid_request_error", "The request body did not arrive", WITH_BACKOFF
)
TOO_LARGE = ApiError(
    "too_large", 413, "invalid_request_error", "Request body too large", FIX_THE_INPUT
)
RATE_LIMIT = ApiError(
    "rate_limit",
    429,
    "rate_limit_error",
    "Rate limit exceeded. Please retry after a short backoff.",
    BACK_OFF,
    retry_after=1,
)
CONCURRENCY = ApiError(
    "concurrency", 429, "rate_limit_error", "Concurrency limit reached", BACK_OFF
)
INTERNAL = ApiError("internal", 500, "internal_error", "Internal server error", "once")
UPSTREAM = ApiError("upstream", 502, "upstream_error", "Upstream model unavailable", WITH_BACKOFF)
OVERLOADED = ApiError(
    "overloaded", 503, "service_unavailable", "Upstream model overloaded", WITH_BACKOFF
)
DISABLED = ApiError(
    "disabled", 503, "service_unavailable", "Endpoint temporarily disabled", WITH_BACKOFF
)

ERRORS: Final = (
    INVALID_INPUT,
    INVALID_REQUEST,
    MALFORMED_JSON,
    AUTHENTICATION,
    PERMISSION,
    NOT_FOUND,
    UPLOAD_TIMEOUT,
    TOO_LARGE,
    RATE_LIMIT,
    CONCURRENCY,
    INTERNAL,
    UPSTREAM,
    OVERLOADED,
    DISABLED,
)
NOT_SCRIPTED: Final = ApiError(
    "not_scripted", 404, "not_scripted", "No step of the script answers", "no: fix the script"
)
TEST_ENDED: Final = ApiError("test_ended", 410, "test_ended", "The test has ended", "no")

BY_NAME: Final[Mapping[str, ApiError]] = {error.name: error for error in ERRORS}
BY_STATUS: Final[Mapping[int, ApiError]] = {error.status: error for error in reversed(ERRORS)}
"""The first of each status in the table."""


def invalid_input(issues: list[Issue]) -> ApiError:
    """400 with Zod's issues as its `details`."""
    return replace(INVALID_INPUT, details=tuple(issues))


def find(kind: int | str) -> ApiError:
    """The error of this status or name.

    Raises ValueError, naming what there is and the nearest, for any other.
    """
    if isinstance(kind, str) and kind in BY_NAME:
        return BY_NAME[kind]
    if type(kind) is int and kind in BY_STATUS:
        return BY_STATUS[kind]
    raise ValueError(
        f"Electron has no error {kind!r}.{did_you_mean(kind, BY_NAME)} "
        f"Statuses: {', '.join(map(str, sorted(BY_STATUS)))}; names: {', '.join(BY_NAME)}."
    )
