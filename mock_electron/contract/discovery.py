"""Finds out what a target provides: a mock-electron reports it at `/healthz`."""

from typing import Final

from msgspec.structs import replace

from mock_electron.contract.response import Response
from mock_electron.contract.session import Session
from mock_electron.contract.target import Target

HEALTH: Final = "/healthz"
BASE_PATH: Final = "/waves/v1"
HEALTH_TIMEOUT: Final = 3.0
"""Seconds. A mock-electron on this machine answers at once."""
LIMITED_KEY: Final = "sk_mock_standard"
"""With the salt as its suffix, this is an unused account. It helps only a server that obeys faults:
without them no stream stays open."""
FORBIDDEN_KEY: Final = "sk_mock_forbidden"
OTHER_KEY: Final = "sk_mock_other"


def discovered(target: Target) -> Target:
    """Return the target, with the needs that it meets if it is a mock-electron.

    Values that are set already stay.

    Raises:
        UnreachableError: If no server answers.
    """
    health = _health(target)
    if health.at("server") != "mock-electron":
        return target
    faults = target.faults or health.at("fault_header") is True
    given = replace(target, faults=faults)
    if health.at("any_key") is not True:
        return given
    limited_key = f"{LIMITED_KEY}-{target.salt}".rstrip("-")
    forbidden_key = None if FORBIDDEN_KEY in target.keys else FORBIDDEN_KEY
    return replace(
        given,
        limited_key=target.limited_key or (_unused(limited_key, target) if faults else None),
        forbidden_key=target.forbidden_key or forbidden_key,
        other_key=target.other_key or _unused(OTHER_KEY, target),
    )


def _unused(key: str, target: Target) -> str:
    """Return a key, with a suffix if the target has the key already."""
    return f"{key}-2" if key in target.keys else key


def _health(target: Target) -> Response:
    root = target.base_url.rstrip("/").removesuffix(BASE_PATH)
    timeout = min(target.timeout, HEALTH_TIMEOUT)
    shortened = replace(target, base_url=root, timeout=timeout)
    with Session(shortened, max_seconds=timeout) as session:
        return session.send("GET", HEALTH, retry=False)
