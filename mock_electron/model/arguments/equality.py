"""Equality of JSON values, and the test for a JSON number."""

from typing import Any, Final, TypeGuard

from mock_electron.wire import codec

INF: Final = float("inf")


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value is a number; a boolean is none, nor is what JSON cannot write."""
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) != INF
        and value == value
    )


def same(one: object, other: object) -> bool:
    """Whether two values are the same JSON: 1 is 1.0, but not true."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return bool(one == other)


def key(value: Any) -> bytes:
    """Bytes that are the same for values that are the same JSON."""
    return codec.canonical(_plain(value))


def _plain(value: Any) -> Any:
    """A value whose equals are written alike: 1.0 as 1, and big numbers as text."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(member) for key, member in value.items()}
    if is_number(value):
        return f"\x00{int(value) if value == value // 1 else value}"
    return value
