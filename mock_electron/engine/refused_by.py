"""Which rule refused a request: a setting, an API key, or a header."""

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from mock_electron.engine.arrival import Arrival
from mock_electron.engine.keys import KEYS_WITH_A_PLAN, REFUSED_KEYS, Account, parse_api_key
from mock_electron.inputs.spelling import shortened
from mock_electron.outputs.redaction import redact
from mock_electron.wire import errors
from mock_electron.wire.errors import ApiError
from mock_electron.wire.request import JSON_MEDIA_TYPE, is_json

SETTINGS: Final[Mapping[str, str]] = {
    errors.AUTHENTICATION.name: "setting api_keys",
    errors.RATE_LIMIT.name: "setting plan",
    errors.CONCURRENCY.name: "setting plan",
    errors.TOO_LARGE.name: "setting body_limit",
    errors.UPLOAD_TIMEOUT.name: "setting upload_timeout",
    errors.NOT_SCRIPTED.name: "setting strict",
}
"""The setting that decides whether a request gets an error, unless another rule does."""
NO_LIST_OF_MODELS: Final = "setting list_models"
"""The setting that decides whether a request for the list of models gets a 404."""
LIMITS: Final = (errors.RATE_LIMIT.name, errors.CONCURRENCY.name)
GZIP_MAGIC: Final = b"\x1f\x8b"
"""The first two bytes of gzip data."""
MAX_SHOWN: Final = 60
"""The maximum length of a header's value in a rule, in characters."""


def with_rule(error: ApiError, arrival: Arrival, account: Account | None) -> ApiError:
    """Return an error of the lane with the rule that refused the request as its `decided_by`.

    Args:
        error: The error.
        arrival: The request.
        account: The account of the request, or None if its key was refused.
    """
    key = parse_api_key(arrival.authorization)
    rule = error.decided_by or _rule_of_key(error, key, account) or _rule_of_body(error, arrival)
    return replace(error, decided_by=rule or SETTINGS.get(error.name, ""))


def _rule_of_key(error: ApiError, key: str, account: Account | None) -> str:
    """Return the rule, if it is one about the API key and not a setting; or ""."""
    if REFUSED_KEYS.get(key) == error:
        return f"the key {key} always gets {error.status}"
    if error.name == errors.AUTHENTICATION.name and not key:
        return "Authorization must be Bearer <key>"
    if error.name in LIMITS and account is not None and account.plan is not None:
        name = key.partition("-")[0]
        owner = f"the key {name}" if name in KEYS_WITH_A_PLAN else "another key of the account"
        return f"{owner} selects the plan"
    return ""


def _rule_of_body(error: ApiError, arrival: Arrival) -> str:
    """Return why the gateway did not read the body, which may be valid; or ""."""
    body, content_type = arrival.body, arrival.content_type
    if error.name == errors.MALFORMED_JSON.name and body.startswith(GZIP_MAGIC):
        return "the body is gzip data, but Content-Encoding is not gzip"
    if error.name != errors.INVALID_INPUT.name:
        return ""
    if not body:
        return "the request has no body"
    if is_json(content_type):
        return ""
    named = redact(content_type.partition(";")[0].strip(), parse_api_key(arrival.authorization))
    given = shortened(named, MAX_SHOWN) or "missing"
    return f"the body was not read: Content-Type is {given}, not {JSON_MEDIA_TYPE}"
