"""API keys: which are accepted, which select a plan, and how they are redacted."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from mock_electron.engine.plan import PLANS, Plan
from mock_electron.model.dice import fingerprint
from mock_electron.outputs.redaction import SECRET_NAME, redact, shown_end
from mock_electron.wire import errors
from mock_electron.wire.errors import ApiError, Refusal
from mock_electron.wire.headers import Headers

REFUSED_KEYS: Final[Mapping[str, ApiError]] = {
    "sk_mock_revoked": errors.AUTHENTICATION,
    "sk_mock_forbidden": errors.PERMISSION,
}
KEYS_WITH_A_PLAN: Final[Mapping[str, Plan]] = {
    "sk_mock_standard": PLANS["standard"],
    "sk_mock_enterprise": PLANS["enterprise"],
    "sk_mock_unlimited": PLANS["unlimited"],
}
"""A suffix after a hyphen gives another account with the same plan: sk_mock_standard-7."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account. Each API key is an account (A).

    Attributes:
        id: 16 bytes that identify the key.
        plan: The plan that the key selects, or None for the lane's plan.
    """

    id: bytes
    plan: Plan | None


@lru_cache(maxsize=1000)
def is_secret(name: bytes) -> bool:
    """Return whether the journal redacts headers of this name."""
    return SECRET_NAME.search(name.decode("latin-1")) is not None


def parse_api_key(authorization: str) -> str:
    """Return the key in an `Authorization` header, `Bearer <key>` (D), or "" without a key."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def account_id(key: str) -> bytes:
    """Return 16 bytes that identify a key."""
    return fingerprint(key.encode())


def authenticate(authorization: str, accepted: tuple[str, ...]) -> Account:
    """Return the account of a request.

    Args:
        authorization: The `Authorization` header, `Bearer <key>` (D).
        accepted: The accepted keys. If there are none, every non-empty key is accepted.

    Raises:
        Refusal: If the key is not accepted.
    """
    key = parse_api_key(authorization)
    if key in REFUSED_KEYS:
        raise Refusal(REFUSED_KEYS[key])
    if not key or (accepted and key not in accepted):
        raise Refusal(errors.AUTHENTICATION)
    return Account(account_id(key), KEYS_WITH_A_PLAN.get(key.partition("-")[0]))


SCHEMES: Final = ("bearer", "basic", "digest", "token", "apikey")


def redact_authorization(authorization: str) -> str:
    """Return an `Authorization` header with only the last four characters of its key.

    Without a known scheme, the whole value is redacted.
    """
    scheme, space, token = authorization.partition(" ")
    known = space and scheme.lower() in SCHEMES
    return f"{scheme} {shown_end(token)}" if known else shown_end(authorization)


def redact_headers(headers: Headers, key: str = "") -> Headers:
    """Return the headers of a request with their secrets redacted.

    Args:
        headers: The headers.
        key: The API key of the request, which is redacted in every header.
    """
    return tuple([_redact_header(name, value, key) for name, value in headers])


def redact_response_headers(headers: Headers) -> Headers:
    """Return the headers of an answer with cookies and everything that looks like a key redacted.

    Other names count as harmless: `x-ratelimit-remaining-tokens` has no secret.
    """
    return tuple(
        [
            _redact_header(name, value, "", secret=b"cookie" in name.lower())
            for name, value in headers
        ]
    )


@lru_cache(maxsize=256)  # nearly all requests of a client have the same headers
def _redact_header(
    name: bytes, value: bytes, key: str, *, secret: bool | None = None
) -> tuple[bytes, bytes]:
    text = value.decode("latin-1")
    if b"authorization" in name.lower():
        redacted = redact_authorization(text)
    elif is_secret(name) if secret is None else secret:
        redacted = shown_end(text)
    else:
        redacted = redact(text, "" if name.lower() == b"host" else key)
    return (name, value) if redacted == text else (name, _in_latin_1(redacted))


def _in_latin_1(redacted: str) -> bytes:
    return redacted.replace("…", "...").encode("latin-1")
