"""Checks of values given by users: each returns the value, or raises an error that names it.

All messages have one form: `<name> must be <what>, got <value>`.
"""

from collections.abc import Collection
from math import inf, isfinite
from typing import Final, TypeGuard, TypeVar

from mock_electron.inputs.numbers import is_number
from mock_electron.inputs.spelling import unknown

Choice = TypeVar("Choice", bound=str)

LONGEST_TIME: Final = 10.0**9
"""The default maximum of `seconds`."""


def must_be(name: str, what: str, value: object) -> str:
    """Return the message for a value of the wrong kind: `<name> must be <what>, got <value>`."""
    return f"{name} must be {what}, got {value!r}"


def whole_number(
    name: str, value: object, least: int | None = None, most: int | None = None
) -> int:
    """Return an integer within the bounds, both included. None means that there is no bound.

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
    """Return a finite number within the bounds, both included. None means that there is no bound.

    Raises:
        ValueError: If the value is a boolean, another type, not finite, or out of bounds.
    """
    if is_number(value, -inf, inf) and isfinite(value) and _within(value, least, most):
        return value
    raise ValueError(must_be(name, f"a number{_bounds(least, most)}", value))


def seconds(
    name: str, value: object, most: float = LONGEST_TIME, *, above_zero: bool = False
) -> float:
    """Return a number of seconds from 0 to `most`.

    Args:
        name: The name that the message gives the value.
        value: The value.
        most: The maximum, in seconds.
        above_zero: Reject 0.

    Raises:
        ValueError: If the value is anything else.
    """
    if is_number(value, 0, most) and (value > 0 or not above_zero):
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


def optional_boolean(name: str, value: object) -> bool | None:
    """Return True, False or None.

    Raises:
        ValueError: If the value is anything else.
    """
    if isinstance(value, bool | None):
        return value
    raise ValueError(must_be(name, "True, False or None", value))


def non_empty_text(name: str, value: object) -> str:
    """Return a string with at least one character.

    Raises:
        TypeError: If the value is not a string.
        ValueError: If the string is empty.
    """
    if not isinstance(value, str):
        raise TypeError(must_be(name, "a string", value))
    if not value:
        raise ValueError(f"{name} must not be empty")
    return value


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
        if value == known:
            return known
    raise ValueError(unknown(what, value, choices, alternative=alternative))


def _is_integer(value: object) -> TypeGuard[int]:
    return type(value) is int


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
