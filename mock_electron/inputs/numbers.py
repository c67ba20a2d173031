"""Predicates for numbers given by users. A boolean is not a number, and neither is NaN."""

from typing import TypeGuard


def is_number(value: object, least: float, most: float) -> TypeGuard[int | float]:
    """Return whether the value is a number from `least` to `most`, both included."""
    is_real = isinstance(value, int | float) and not isinstance(value, bool)
    return is_real and least <= value <= most  # type: ignore[operator]


def is_whole(value: object, least: int) -> TypeGuard[int]:
    """Return whether the value is an integer of at least `least`."""
    return type(value) is int and value >= least
