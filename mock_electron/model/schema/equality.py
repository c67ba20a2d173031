"""Equality of JSON values, and the test for a JSON number."""

from collections.abc import Iterable
from typing import Any, Final, TypeGuard

from mock_electron.model.work import STEP, WORD, Work
from mock_electron.wire import codec

INF: Final = float("inf")
COMPARED: Final = 10
"""Units of work to write one value so that it can be compared."""
CHARACTERS: Final = 64
"""The number of characters that take as long to write as one value."""
COMPOSED: Final = frozenset((list, dict))
NOT_PLAIN: Final = COMPOSED | {bool}
"""Types whose values are not compared by `==` alone: True equals 1."""
DEEPEST: Final = 50
"""The maximum number of levels on which 1 and 1.0 are written alike."""


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value is a number that JSON can express. A boolean is not."""
    return type(value) is int or (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) != INF
        and value == value
    )


def count(value: object, fallback: int, most: int) -> int:
    """Return the value of a count keyword, such as `minItems`, as an integer from 0 to `most`.

    Args:
        value: What the schema says. It can be any JSON value, such as 1e308 or -1.
        fallback: The count if the value is not a number.
        most: The maximum count.
    """
    return int(min(max(value, 0), most)) if is_number(value) else fallback


def same(one: object, other: object) -> bool:
    """Whether two values are the same JSON: 1 is 1.0, but not true."""
    pairs = [(one, other)]  # no recursion: a value may be nested hundreds of levels deep
    while pairs:
        one, other = pairs.pop()
        if one is other:
            continue
        if isinstance(one, bool) or isinstance(other, bool):
            equal = one is other
        elif isinstance(one, list) and isinstance(other, list):
            equal = len(one) == len(other)
            pairs += zip(one, other, strict=False)
        elif isinstance(one, dict) and isinstance(other, dict):
            equal = one.keys() == other.keys()
            pairs += [(one[name], other[name]) for name in one] if equal else []
        else:
            equal = bool(one == other)
        if not equal:
            return False
    return True


def size(value: object, most: int) -> int:
    """Return how many values a JSON value consists of, itself included.

    Args:
        value: The value. CHARACTERS characters of its strings and names count as one more value.
        most: The number of values after which counting stops. The result is greater then.
    """
    count, characters, pending = 0, 0, [value]
    while pending and count <= most:
        each = pending.pop()
        count += 1
        if isinstance(each, str):
            characters += len(each)
        elif isinstance(each, list):
            pending += each
        elif isinstance(each, dict):
            characters += sum(map(len, each))
            pending += each.values()
    return count + characters // CHARACTERS


class Members:
    """The members of a list, for many tests of whether a value is the same as one of them.

    Args:
        members: The list.
        work: The budget of the request.
    """

    __slots__ = ("_composed", "_scalars", "_truths", "_work")

    def __init__(self, members: Iterable[Any], work: Work) -> None:
        listed = list(members)
        work.charge(WORD * len(listed))
        self._work = work
        kinds = set(map(type, listed))
        composed = listed if not kinds.isdisjoint(COMPOSED) else ()
        self._composed = frozenset(key(each, work) for each in composed if type(each) in COMPOSED)
        truths = listed if bool in kinds else ()
        self._truths = frozenset(each for each in truths if type(each) is bool)
        if not kinds.isdisjoint(NOT_PLAIN):
            listed = [each for each in listed if type(each) not in NOT_PLAIN]
        self._scalars = frozenset(listed)

    def __contains__(self, value: object) -> bool:
        if not isinstance(value, list | dict):
            return value in (self._truths if type(value) is bool else self._scalars)
        try:
            return bool(self._composed) and key(value, self._work) in self._composed
        except codec.MalformedError:  # too deep for any member
            return False


def key(value: Any, work: Work) -> bytes:
    """Bytes that are the same for values that are the same JSON."""
    if isinstance(value, list | dict):
        work.charge(4 * STEP + COMPARED * size(value, work.limit // COMPARED))
        return codec.canonical(_plain(value))
    work.charge(STEP + COMPARED * _characters(value) // CHARACTERS)
    return repr(_plain(value)).encode()  # with quotation marks, or a word: never like a list


def _characters(value: object) -> int:
    """Return the approximate number of characters of a value that is neither a list nor an object."""
    if isinstance(value, str):
        return len(value)
    return value.bit_length() if isinstance(value, int) else 0


def _plain(value: Any, depth: int = 0) -> Any:
    """A value whose equals are written alike: 1.0 as 1, and big numbers as text."""
    if depth > DEEPEST:
        return value
    if isinstance(value, list):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(member, depth + 1) for key, member in value.items()}
    if is_number(value):
        return f"\x00{int(value) if value == value // 1 else value}"
    return value
