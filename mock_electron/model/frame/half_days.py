"""The half of the day of a time that replaces another one: "8:30 would be better" than 20:00 is 20:30."""

from typing import Any, Final

from mock_electron._regex import regex

TIME: Final = regex(r"(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?P<rest>(?::[0-5]\d)?Z?)$")
BARE: Final = regex(r"\D{0,8}(?:0?[1-9]|1[0-2])(?::[0-5]\d)?(?: o'?clock)?(?: ?[ap]m)?$")
""" "at 8:30", with the half of the day that was heard."""
HALVES: Final = (" am", " pm", " a m", " p m", "a.m", "p.m", "morning", "noon", "evening", "night")
NAMED: Final = regex(r"\d ?[ap]\.?m")
"""What names a half of the day in what was said."""


def half_day(before: Any, value: Any, words: str, said: str) -> Any:
    """Return a time in the half of the day that is nearer to the time that it replaces.

    Args:
        before: The value that is replaced.
        value: The new value.
        words: The words that it came from, as they were heard.
        said: All that was said, in lowercase. If it names a half of the day, the value stays.
    """
    if not isinstance(before, str) or not isinstance(value, str):
        return value
    old, new = TIME.match(before), TIME.match(value)
    if old is None or new is None or BARE.match(words) is None:
        return value
    if any(half in said for half in HALVES) or NAMED.search(said) is not None:
        return value
    was, now = _minutes(old), _minutes(new)
    if abs((now + HALF) % (2 * HALF) - was) >= abs(now - was):
        return value
    hour, minute = divmod((now + HALF) % (2 * HALF), 60)
    return f"{hour:02}:{minute:02}{new['rest']}"


HALF: Final = 12 * 60


def _minutes(time: Any) -> int:
    return int(time["hour"]) * 60 + int(time["minute"])
