"""API keys: who is let in, whose account it is, and the keys that mean something."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mock_electron.engine.limits import PLANS, Plan
from mock_electron.model.dice import fingerprint
from mock_electron.wire import errors
from mock_electron.wire.errors import ApiError, Refusal

REFUSED_KEYS: Final[Mapping[str, ApiError]] = {
    "sk_mock_revoked": errors.AUTHENTICATION,
    "sk_mock_forbidden": errors.PERMISSION,
}
KEYS_WITH_A_PLAN: Final[Mapping[str, Plan]] = {
    "sk_mock_standard": PLANS["standard"],
    "sk_mock_enterprise": PLANS["enterprise"],
}


@dataclass(frozen=True, slots=True)
class Account:
    """Who asks: each key is an account (A).

    id: 16 bytes that stand for the key. plan: the key's own, or None for the lane's.
    """

    id: bytes
    plan: Plan | None


def authenticate(authorization: str, accepted: tuple[str, ...]) -> Account:
    """Let a request in, or raise Refusal.

    authorization: the header, `Bearer <key>` (D).
    accepted: the keys that are let in; where there are none, every key that is not empty.
    """
    scheme, _, token = authorization.partition(" ")
    key = token.strip() if scheme.lower() == "bearer" else ""
    if key in REFUSED_KEYS:
        raise Refusal(REFUSED_KEYS[key])
    if not key or (accepted and key not in accepted):
        raise Refusal(errors.AUTHENTICATION)
    return Account(fingerprint(key.encode()), KEYS_WITH_A_PLAN.get(key))


def redact(authorization: str) -> str:
    """The header with its key made unreadable but for the last four characters."""
    scheme, space, token = authorization.partition(" ")
    return f"{scheme}{space}…{token[-4:]}" if len(token) > 8 else f"{scheme}{space}…"
