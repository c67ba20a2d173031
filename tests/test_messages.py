"""Messages about wrong settings, options and script files: one line, the place, the right form."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from mock_electron import MockElectron, Settings
from mock_electron.engine.setting_kinds import parse_setting

Case = tuple[Callable[[], object], tuple[str, ...]]
"""What is called, and what its message contains."""


def message_of(function: Callable[[], object]) -> str:
    """Return the message of the exception that a function raises; "" if it raises none."""
    try:
        function()
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        return str(error)
    return ""


def differences(cases: list[Case]) -> list[tuple[str, str]]:
    """Return each message that lacks a part, with the part."""
    messages = [(message_of(function), parts) for function, parts in cases]
    return [(message, part) for message, parts in messages for part in parts if part not in message]


SECRET: Final = "sk_live_0123456789"
REVOKED: Final = "api_keys must not be 'sk_mock_revoked': requests with this key always get 401"
WRONG_KEYS: Final[list[Case]] = [
    (partial(Settings, api_keys=("sk_a", "sk_mock_revoked")), (REVOKED,)),
    (partial(MockElectron, api_keys="sk_mock_revoked"), (REVOKED,)),
    (partial(parse_setting, "api_keys", "sk_a, sk_mock_revoked"), (REVOKED,)),
    (partial(Settings, api_keys=("sk_mock_forbidden",)), ("always get 403",)),
]
SECRETS: Final[list[dict[str, Any]]] = [
    {"api_keys": (SECRET, 1)},
    {"api_keys": {SECRET}},
    {"api_keys": SECRET.encode()},
    {"api_keys": [[SECRET]]},
    {"accounts": [(SECRET, 1)]},
    {"accounts": [(SECRET.encode(), SECRET)]},
    {"accounts": [(SECRET, "sk_mock_standard", "sk_mock_enterprise")]},
]


def test_keys_that_are_always_refused_are_not_accepted_anywhere() -> None:
    """Each way to set `api_keys` refuses the reserved keys, and says which status they get."""
    assert differences(WRONG_KEYS) == []


def test_messages_about_keys_do_not_contain_them() -> None:
    """At most the last four characters of a key are shown, whatever its type."""
    messages = [message_of(partial(Settings.of, **options)) for options in SECRETS]
    assert all("must be" in message for message in messages), messages
    assert not [message for message in messages if "sk_live" in message]
