"""The errors that the endpoint sends, in one table.

`ApiError` is a value. `Refusal` is the exception that carries it to the lane.

    400 invalid_request_error   invalid_input, invalid_request (the model server's own refusals),
                                malformed_json
    401 authentication_error    authentication
    403 permission_error        permission
    404 not_found_error         not_found
    408 invalid_request_error   upload_timeout
    413 invalid_request_error   too_large
    415 invalid_request_error   unsupported_media_type
    429 rate_limit_error        rate_limit, concurrency
    500 internal_error          internal
    502 upstream_error          upstream
    503 service_unavailable     overloaded, disabled

Two errors belong to the mock and cannot be scripted:

    404 not_scripted            in a strict lane, no step of the script matches
    410 test_ended              the lane's test has ended
"""

from collections.abc import Mapping
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import astuple, replace

from mock_electron.inputs.checks import whole_number
from mock_electron.inputs.spelling import unknown
from mock_electron.wire import codec

Issue = dict[str, object]
"""One issue of an invalid request, as Zod writes it."""

ErrorName = Literal[
    "invalid_input",
    "invalid_request",
    "malformed_json",
    "authentication",
    "permission",
    "not_found",
    "upload_timeout",
    "too_large",
    "unsupported_media_type",
    "rate_limit",
    "concurrency",
    "internal",
    "upstream",
    "overloaded",
    "disabled",
]
"""The names of the errors that can be scripted, for type checkers. A test keeps it equal to
`BY_NAME`."""


class ApiError(Struct, frozen=True, eq=False, repr_omit_defaults=True):
    """An error response.

    Attributes:
        name: The mock's name for the error. It is never sent.
        status: The HTTP status.
        type: The `type` in the envelope.
        message: The `message` in the envelope.
        retry: What the vendor's best-practices page advises the client to do.
        details: Zod's issues, for `invalid_input` only.
        retry_after: The `Retry-After` header in whole seconds. None means no header.
        retry_as_date: Write the `Retry-After` header as a date.
        decided_by: The setting or the rule that refused the request, for reports; "" for the
            usual one of the error. It is not sent, and errors that differ only in it are equal.
    """

    name: str
    status: int
    type: str
    message: str
    retry: str
    details: tuple[Issue, ...] | None = None
    retry_after: int | None = None
    retry_as_date: bool = False
    decided_by: str = ""

    @property
    def _sent(self) -> tuple[object, ...]:
        """Everything but the last field."""
        return astuple(self)[:-1]

    def __eq__(self, other: object) -> bool:
        return self._sent == other._sent if isinstance(other, ApiError) else NotImplemented

    def __hash__(self) -> int:
        return self._sent.__hash__()

    def saying(self, message: str) -> "ApiError":
        """Return the same error with another message.

        Raises:
            TypeError: If the message is not a string.
            ValueError: If the message contains a lone surrogate.
        """
        return replace(self, message=codec.checked_text(message, "message"))

    def retry_in(self, seconds: int) -> "ApiError":
        """Return the same error with a `Retry-After` header.

        Args:
            seconds: The value of the header: whole seconds, at least 0.

        Raises:
            ValueError: If `seconds` is anything else.
        """
        return replace(self, retry_after=whole_number("retry_after", seconds, 0))


class Refusal(Exception):  # noqa: N818 (a signal: the error is its value)
    """Raised to answer a request with an error. The lane catches it.

    Attributes:
        error: The error to send.
    """

    def __init__(self, error: ApiError) -> None:
        super().__init__(error.message)
        self.error = error


FIX_THE_INPUT: Final = "no: fix the input"
BACK_OFF: Final = "back off, then retry"
WITH_BACKOFF: Final = "yes, with backoff"

# Documented: type and message of 400, "Concurrency limit reached", and the types
# authentication_error and rate_limit_error. Everything else is inferred or assumed.
INVALID_INPUT = ApiError(
    "invalid_input",
    400,
    "invalid_request_error",
    "Invalid input data",
    FIX_THE_INPUT,
    # The documented example, for scripted errors: Electron always sends details with this error.
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
UNSUPPORTED_MEDIA_TYPE = ApiError(
    "unsupported_media_type",
    415,
    "invalid_request_error",
    "Unsupported content encoding or charset",
    FIX_THE_INPUT,
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
    UNSUPPORTED_MEDIA_TYPE,
    RATE_LIMIT,
    CONCURRENCY,
    INTERNAL,
    UPSTREAM,
    OVERLOADED,
    DISABLED,
)
NOT_SCRIPTED: Final = ApiError(
    "not_scripted",
    404,
    "not_scripted",
    "No step of the script matches this request",
    "no: fix the script",
)
TEST_ENDED: Final = ApiError("test_ended", 410, "test_ended", "The test has ended", "no")

BY_NAME: Final[Mapping[str, ApiError]] = {error.name: error for error in ERRORS}
BY_STATUS: Final[Mapping[int, ApiError]] = {error.status: error for error in reversed(ERRORS)}
"""The first error of each status in the table."""
PROXY_ERROR: Final = "proxy_error"
"""The type of errors with a status that Electron does not send. It is never sent."""
PROXY_NAMES: Final = frozenset(f"proxy_{status}" for status in range(400, 600))
"""Their names."""
KINDS: Final = (*sorted(BY_STATUS), *BY_NAME)
"""The statuses and names of the errors that can be scripted."""


def invalid_input(issues: list[Issue]) -> ApiError:
    """Return the error with status 400 and Zod's issues as its `details`."""
    return replace(INVALID_INPUT, details=tuple(issues))


def of_proxy(status: int, message: str) -> ApiError:
    """Return the error of a proxy with a status that Electron does not send."""
    return ApiError(f"proxy_{status}", status, PROXY_ERROR, message, WITH_BACKOFF)


def find(kind: int | str, *, alternative: str = "", hint: str = "") -> ApiError:
    """Return the error with this status or name.

    Args:
        kind: The status or the name.
        alternative: Something else that the caller accepts, for the message.
        hint: A sentence that says what to write instead, for the message.

    Raises:
        ValueError: If there is no such error. The message lists statuses and names.
    """
    if isinstance(kind, str) and kind in BY_NAME:
        return BY_NAME[kind]
    if type(kind) is int and kind in BY_STATUS:
        return BY_STATUS[kind]
    message = unknown("error", kind, KINDS, alternative=alternative)
    stop = "." if hint and not message.endswith("?") else ""
    raise ValueError(f"{message}{stop}{hint}")
