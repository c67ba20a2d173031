"""API keys: who is let in, whose account it is, and the keys that mean something."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from mock_electron.engine.limits import PLANS, Plan
from mock_electron.model.dice import fingerprint
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
"""A name after a hyphen makes a key an account of its own: sk_mock_standard-7."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who asks: each key is an account (A).

    id: 16 bytes that stand for the key. plan: the key's own, or None for the lane's.
    """

    id: bytes
    plan: Plan | None


SECRET: Final = re.compile(rb"auth|key|token|secret|cookie|credential", re.IGNORECASE)


@lru_cache(maxsize=1000)
def is_secret(name: bytes) -> bool:
    """Whether the journal keeps but the last four characters of a header of this name."""
    return SECRET.search(name) is not None


def key_of(authorization: str) -> str:
    """The key in the header, `Bearer <key>` (D); "" where there is none."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def account_id(key: str) -> bytes:
    """16 bytes that stand for a key."""
    return fingerprint(key.encode())


def authenticate(authorization: str, accepted: tuple[str, ...]) -> Account:
    """Let a request in, or raise Refusal.

    authorization: the header, `Bearer <key>` (D).
    accepted: the keys that are let in; where there are none, every key that is not empty.
    """
    key = key_of(authorization)
    if key in REFUSED_KEYS:
        raise Refusal(REFUSED_KEYS[key])
    if not key or (accepted and key not in accepted):
        raise Refusal(errors.AUTHENTICATION)
    return Account(account_id(key), KEYS_WITH_A_PLAN.get(key.partition("-")[0]))


SCHEMES: Final = ("bearer", "basic", "digest", "token", "apikey")


def redact(authorization: str) -> str:
    """The header with its key made unreadable but for the last four characters.

    Where it begins with no scheme of HTTP's, all of it may be the key.
    """
    scheme, space, token = authorization.partition(" ")
    known = space and scheme.lower() in SCHEMES
    return f"{scheme} {_hidden(token)}" if known else _hidden(authorization)


def _hidden(secret: str) -> str:
    return f"…{secret[-4:]}" if len(secret) > 8 else "…" if secret else ""


def redacted(headers: Headers) -> Headers:
    """The headers of a request, with keys made unreadable."""
    return tuple([_without_key(*pair) if is_secret(pair[0]) else pair for pair in headers])


def _without_key(name: bytes, text: bytes) -> tuple[bytes, bytes]:
    given = text.decode("latin-1")
    hidden = redact(given) if b"authorization" in name.lower() else _hidden(given)
    return name, hidden.replace("…", "...").encode("latin-1")
