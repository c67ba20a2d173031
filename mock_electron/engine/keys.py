"""API keys: which are accepted, which select a plan, and how they are redacted."""

from base64 import b64decode
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

from mock_electron.engine.plan import PLANS, Plan
from mock_electron.inputs.checks import api_key, must_be
from mock_electron.model.dice import fingerprint
from mock_electron.outputs.redaction import (
    is_secret_name,
    redact,
    shown_end,
    without_key,
    without_secrets,
)
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


KeyGroups = tuple[tuple[str, ...], ...]
"""Groups of API keys that share an account."""


class Account(Struct, frozen=True):
    """An account. Each API key is an account (A), except keys that are declared to share one.

    Attributes:
        id: 16 bytes that identify the account.
        plan: The plan that its keys select, or None for the lane's plan.
    """

    id: bytes
    plan: Plan | None


MOST_CACHED: Final = 1_000
"""The maximum number of bytes of a header that is cached, so that long headers need no memory."""
NOT_SECRET: Final = (b"idempotency-key",)
"""Names of headers that only sound secret. This one tells retries apart."""


def is_secret(name: bytes) -> bool:
    """Return whether the journal redacts headers of this name."""
    return _is_secret(name) if len(name) <= MOST_CACHED else _is_secret.__wrapped__(name)


@lru_cache(maxsize=1000)
def _is_secret(name: bytes) -> bool:
    return name.lower() not in NOT_SECRET and is_secret_name(name.decode("latin-1"))


def parse_api_key(authorization: str) -> str:
    """Return the key in an `Authorization` header, `Bearer <key>` (D), or "" without a key."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def secret_of(authorization: str) -> str:
    """Return the secret in an `Authorization` header of any scheme, which no record may repeat."""
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "basic":
        return token.strip() or scheme
    try:
        user, _, password = b64decode(token, validate=True).decode("latin-1").partition(":")
    except ValueError:
        return token.strip()
    return password or user  # some clients send the key as the user


def account_id(key: str) -> bytes:
    """Return 16 bytes that identify a key."""
    return fingerprint(key.encode())


def plan_of_account(account: str, groups: KeyGroups = ()) -> Plan | None:
    """Return the plan that the keys of an account select; None if they select none, or by a suffix.

    Args:
        account: The id of the account in hexadecimal digits.
        groups: The groups of keys that share an account.
    """
    for group in (*((key,) for key in KEYS_WITH_A_PLAN), *groups):
        if _id_of(group).hex() == account:
            return next(iter(_plans(group)), None)
    return None


def _id_of(group: tuple[str, ...]) -> bytes:
    return account_id("\0".join(group))


def authenticate(authorization: str, accepted: tuple[str, ...], groups: KeyGroups = ()) -> Account:
    """Return the account of a request.

    Args:
        authorization: The `Authorization` header, `Bearer <key>` (D).
        accepted: The accepted keys. If there are none, every non-empty key is accepted.
        groups: The groups of keys that share an account.

    Raises:
        Refusal: If the key is not accepted.
    """
    key = parse_api_key(authorization)
    if key in REFUSED_KEYS:
        raise Refusal(REFUSED_KEYS[key])
    if not key or (accepted and key not in accepted):
        raise Refusal(errors.AUTHENTICATION)
    group = next((group for group in groups if key in group), (key,))
    return Account(_id_of(group), next(iter(_plans(group)), None))


def check_keys(name: str, keys: Any) -> tuple[str, ...]:
    """Return the keys that are accepted.

    Args:
        name: The name of the setting, for the message.
        keys: A key, or a list or tuple of keys.

    Raises:
        ValueError: If the value is anything else, or a key cannot be sent or is always refused.
    """
    listed = (keys,) if isinstance(keys, str) else keys
    if not isinstance(listed, list | tuple) or not all(k and isinstance(k, str) for k in listed):
        raise ValueError(must_be(name, "a list of non-empty strings", without_secrets(listed)))
    for position, key in enumerate(listed, 1):
        try:
            check_key(name, key)
        except ValueError as error:
            is_shown = len(listed) == 1 or key in REFUSED_KEYS
            which = "" if is_shown else f"; number {position} is different"
            raise ValueError(f"{error}{which}") from None
    return tuple(listed)


def check_key(name: str, key: Any) -> str:
    """Return a key that is accepted.

    Args:
        name: The name of the key, for the message, which does not show it.
        key: The key.

    Raises:
        ValueError: If it is empty or no string, cannot be sent, or is always refused.
    """
    if not (key and isinstance(key, str)):
        raise ValueError(f"{name} must be a non-empty string")
    if key in REFUSED_KEYS:
        always = f"requests with this key always get {REFUSED_KEYS[key].status}"
        raise ValueError(f"{name} must not be {key!r}: {always}")
    return api_key(name, key)


def check_groups(name: str, groups: tuple[tuple[Any, ...], ...], given: object) -> KeyGroups:
    """Return the groups of keys that share an account.

    Args:
        name: The name of the setting, for the message.
        groups: The groups.
        given: The value of the setting as it was given, for the message.

    Raises:
        ValueError: If a group has fewer than two keys, a key is in two groups, is always
            refused or cannot be sent, or the keys of a group select different plans.
    """
    keys = [key for group in groups for key in group]
    places = [
        f"key {number} of group {position}"
        for position, group in enumerate(groups, 1)
        for number, _ in enumerate(group, 1)
    ]
    if not groups or min(map(len, groups)) < 2 or not all(k and isinstance(k, str) for k in keys):
        what = "groups of two or more API keys such as 'a:b'"
        raise ValueError(must_be(name, what, without_secrets(given)))
    counts = Counter(keys)
    for key, place in reversed([*zip(keys, places, strict=True)]):
        try:
            api_key(f"each key of {name}", key)
        except ValueError as error:
            raise ValueError(f"{error}; {place} is different") from None
        if counts[key] > 1:
            words = must_be(name, "groups without a common key", shown_end(key))
            raise ValueError(f"{words}; {place} is repeated")
        if key in REFUSED_KEYS:
            words = must_be(name, "groups of accepted keys", key)
            raise ValueError(f"{words}; {place} is always refused")
    for group in groups:
        if len(_plans(group)) > 1:
            shown_keys = tuple(key if key in KEYS_WITH_A_PLAN else shown_end(key) for key in group)
            raise ValueError(must_be(name, "groups of keys with the same plan", shown_keys))
    return groups


def _plans(group: tuple[str, ...]) -> list[Plan]:
    """Return the different plans that the keys of a group select."""
    names = (key.partition("-")[0] for key in group)
    return list(dict.fromkeys(KEYS_WITH_A_PLAN[name] for name in names if name in KEYS_WITH_A_PLAN))


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
    return tuple([_redacted(name, value, key) for name, value in headers])


def without_key_in_headers(headers: Headers, key: str) -> Headers:
    """Return the headers of an answer with the API key of the request redacted in their values."""
    return tuple([(name, _bytes_without_key(value, key)) for name, value in headers])


def without_key_in_frames(frames: tuple[bytes, ...], key: str) -> tuple[bytes, ...]:
    """Return the body of an error answer with the API key of the request redacted."""
    return tuple([_bytes_without_key(frame, key) for frame in frames])


def _bytes_without_key(data: bytes, key: str) -> bytes:
    text = data.decode("latin-1")
    redacted = without_key(text, key)
    return data if redacted == text else _in_latin_1(redacted)


def redact_response_headers(headers: Headers) -> Headers:
    """Return the headers of an answer with cookies and everything that looks like a key redacted.

    Headers whose names only resemble those of secrets are kept: `x-ratelimit-remaining-tokens`.
    """
    return tuple(
        [_redacted(name, value, "", secret=b"cookie" in name.lower()) for name, value in headers]
    )


def _redacted(
    name: bytes, value: bytes, key: str, *, secret: bool | None = None
) -> tuple[bytes, bytes]:
    is_long = len(name) + len(value) + len(key) > MOST_CACHED
    redacted = _redact_header.__wrapped__ if is_long else _redact_header
    return redacted(name, value, key, secret=secret)


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
        redacted = redact(text, key)
    if key:
        name = _bytes_without_key(name, key)
    return (name, value) if redacted == text else (name, _in_latin_1(redacted))


def _in_latin_1(redacted: str) -> bytes:
    return redacted.replace("…", "...").encode("latin-1")
