"""Checks of values given by users: each returns the value, or raises an error that names it.

All messages have one of two forms: `<name> must be <what>, got <value>`, or, for choices,
`unknown <thing> <value>; expected one of …`. A boolean is not a number.
"""

import sys
from collections.abc import Callable, Collection
from inspect import isasyncgenfunction, iscoroutinefunction, signature
from math import isfinite
from os import PathLike
from typing import Final, TypeGuard, TypeVar

from mock_electron.inputs.spelling import echoed, unknown

Choice = TypeVar("Choice", bound=str)

LARGEST: Final = sys.float_info.max
"""The largest finite number; integers can be larger."""
LONGEST_TIME: Final = 10.0**9
"""The default maximum of `seconds`: about 32 years."""
LONGEST_KEY: Final = 1_000
"""The maximum number of characters of an API key."""
LONGEST_TIMEOUT: Final = 86_400.0
"""The maximum of a network timeout: a day, in seconds. The system does not accept any number."""


def must_be(name: str, what: str, value: object) -> str:
    """Return the message for a value of the wrong kind: `<name> must be <what>, got <value>`."""
    return f"{name} must be {what}, got {echoed(value)}"


def whole_number(
    name: str, value: object, least: int | None = None, most: int | None = None
) -> int:
    """Return an integer from `least` to `most`, both included. None means no bound.

    Raises:
        ValueError: If the value is a boolean, another type, or out of bounds.
    """
    if _is_integer(value) and _within(value, least, most):
        return value
    raise ValueError(must_be(name, f"an integer{_bounds(least, most)}", value))


def optional_whole_number(name: str, value: object, least: int | None = None) -> int | None:
    """Return an integer of at least `least`, or None.

    Raises:
        ValueError: If the value is anything else.
    """
    if value is None or (_is_integer(value) and _within(value, least, None)):
        return value
    raise ValueError(must_be(name, f"an integer{_bounds(least, None)}, or None", value))


def number(
    name: str, value: object, least: float | None = None, most: float | None = None
) -> float:
    """Return a finite number from `least` to `most`, both included. None means no bound.

    Raises:
        ValueError: If the value is a boolean, another type, not finite, or out of bounds.
    """
    if _is_number(value) and _within(value, -LARGEST, LARGEST) and _within(value, least, most):
        return value
    raise ValueError(must_be(name, f"a number{_bounds(least, most)}", value))


def seconds(
    name: str, value: object, most: float = LONGEST_TIME, *, above_zero: bool = False
) -> float:
    """Return a number of seconds from 0 to `most`.

    Args:
        name: The name of the value, for the message.
        value: The value.
        most: The maximum, in seconds.
        above_zero: Whether 0 is rejected.

    Raises:
        ValueError: If the value is anything else.
    """
    if _is_number(value) and 0 <= value <= most and (value > 0 or not above_zero):
        return value
    bounds = f" above 0, up to {_bound(most)}" if above_zero else _bounds(0, most)
    raise ValueError(must_be(name, f"a number of seconds{bounds}", value))


def boolean(name: str, value: object) -> bool:
    """Return True or False.

    Raises:
        ValueError: If the value is anything else.
    """
    if isinstance(value, bool):
        return value
    raise ValueError(must_be(name, "True or False", value))


def check_function(
    name: str, value: object, *, hint: str = "", argument: str = "the request"
) -> None:
    """Raise TypeError unless the value is a plain function that can take one argument.

    Args:
        name: The name of the value, for the message.
        value: The value.
        hint: What to write instead of a value that is not callable, for the message.
        argument: What the function takes, for the message.
    """
    if not callable(value):
        raise TypeError(must_be(name, f"a function of {argument}", value) + hint)
    if _is_async(value) or _is_async(type(value).__call__):
        raise TypeError(must_be(name, "a plain function, not an async one", value))
    if not _takes_one_argument(value):
        raise TypeError(must_be(name, f"a function of one argument, {argument}", value))


def _is_async(function: object) -> bool:
    return iscoroutinefunction(function) or isasyncgenfunction(function)


def check_path(name: str, value: object, *, hint: str = "") -> None:
    """Raise TypeError unless the value is the path of a file.

    Args:
        name: The name of the value, for the message.
        value: The value.
        hint: What to write instead, for the message.
    """
    if not isinstance(value, str | PathLike):
        raise TypeError(must_be(name, "the path of a file", value) + hint)


def choice(
    what: str, value: object, choices: Collection[Choice], *, alternative: str = ""
) -> Choice:
    """Return the choice that is equal to the value.

    Args:
        what: What the choices are, such as "plan".
        value: The value.
        choices: The accepted strings: a tuple, a list, or a mapping by name.
        alternative: Something else that the caller accepts, such as "a Plan", for the message.

    Raises:
        ValueError: If the value is anything else. The message suggests the nearest choice.
    """
    for known in choices:
        if isinstance(value, str) and value == known:
            return known
    raise ValueError(unknown(what, value, choices, alternative=alternative))


def api_key(name: str, key: object) -> str:
    """Return an API key if a header can contain it unchanged.

    The messages do not show the key, because it is a secret.

    Raises:
        TypeError: If it is not a string.
        ValueError: If a header cannot contain it unchanged, or it is too long.
    """
    if not isinstance(key, str):
        found = "None" if key is None else f"a value of the type {type(key).__name__}"
        raise TypeError(f"{name} must be a string, got {found}")
    if len(key) > LONGEST_KEY:
        raise ValueError(f"{name} must have at most {LONGEST_KEY} characters, got {len(key)}")
    if key.isascii() and key.isprintable() and key == key.strip():
        return key
    raise ValueError(f"{name} must be printable ASCII without spaces around it")


def _takes_one_argument(function: Callable[..., object]) -> bool:
    """Return whether a function can be called with one argument; True if Python cannot tell."""
    try:
        accepted = signature(function)
    except (TypeError, ValueError):
        return True
    try:
        accepted.bind(None)
    except TypeError:
        return False
    return True


def _is_integer(value: object) -> TypeGuard[int]:
    return type(value) is int


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _within(value: float, least: float | None, most: float | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)


def _bounds(least: float | None, most: float | None) -> str:
    if least is not None and most is not None:
        return f" from {_bound(least)} to {_bound(most)}"
    if least is not None:
        return f" of at least {_bound(least)}"
    return "" if most is None else f" of at most {_bound(most)}"


def _bound(value: float) -> str:
    """Return a bound without a fraction of zero: 3600.0 as "3600"."""
    return str(int(value)) if isfinite(value) and value == int(value) else str(value)
