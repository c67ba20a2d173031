"""API keys: who is let in, and the keys that mean something."""

from collections.abc import Mapping
from typing import Final

from mock_electron.wire import errors
from mock_electron.wire.errors import ApiError, Refusal

KEYS_WITH_A_MEANING: Final[Mapping[str, ApiError]] = {
    "sk_mock_revoked": errors.AUTHENTICATION,
    "sk_mock_forbidden": errors.PERMISSION,
}


def authenticate(authorization: str, accepted: tuple[str, ...]) -> None:
    """Let a request in, or raise Refusal.

    authorization: the header, `Bearer <key>` (D).
    accepted: the keys that are let in; where there are none, every key that is not empty.
    """
    scheme, _, token = authorization.partition(" ")
    key = token.strip() if scheme.lower() == "bearer" else ""
    if key in KEYS_WITH_A_MEANING:
        raise Refusal(KEYS_WITH_A_MEANING[key])
    if not key or (accepted and key not in accepted):
        raise Refusal(errors.AUTHENTICATION)


def redact(authorization: str) -> str:
    """The header with its key made unreadable but for the last four characters."""
    scheme, space, token = authorization.partition(" ")
    return f"{scheme}{space}…{token[-4:]}" if len(token) > 8 else f"{scheme}{space}…"
