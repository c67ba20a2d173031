"""Write generated values as JSON, within the budget of the request.

1. The characters of a value are counted before it is written. A list or an object that appears
   repeatedly in the value is counted once.
2. The plainest answer is cut after MOST characters, as a model stops at its token limit.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from mock_electron.model.work import Work
from mock_electron.wire import codec

MOST: Final = 30_000
"""The maximum number of characters of a value in the plainest answer: a long reply, to send in time."""
RESERVED: Final = 4
"""The number of characters that a unit of the reserve pays for."""
SMALL: Final = 1_000
"""The number of characters that are written even if nothing is left."""
SYNTAX: Final = 2
"""Characters before or after a value: brackets, quotation marks, or a comma with a space."""
FRACTION: Final = 24
"""The maximum number of characters of a fraction."""
CONTAINER: Final = 60
"""Characters whose work is as much as that to look into a list or an object."""
WORD: Final = 5
"""The maximum number of characters of `true`, `false` and `null`."""


def written(value: object, work: Work) -> str:
    """Return a value as JSON text.

    Args:
        value: The value.
        work: The budget of the request. A unit pays for one character. If it is spent, a unit of
            its reserve pays for RESERVED characters.

    Raises:
        Spent: If the text has more characters than the units that are left pay for.
    """
    spent = work.spent
    if spent and length(value, SMALL) <= SMALL:
        return codec.encode_arguments(value)
    budget, share = (work.reserve, RESERVED) if spent else (work, 1)
    budget.charge(length(value, share * (budget.limit - budget.used) + share) // share)
    return codec.encode_arguments(value)


def beginning(value: object, most: int = MOST) -> tuple[str, bool]:
    """Return the beginning of a value as JSON text, and whether something is missing.

    Args:
        value: The value.
        most: The maximum number of characters.
    """
    known: dict[int, int] = {}
    if _length(value, most, known) <= most:
        return codec.encode_arguments(value), False
    return codec.encode_arguments(_Beginning(most, known).of(value)).rstrip("]}")[:most], True


class _Beginning:
    """Copies the first members of a value. Members that fit are not copied.

    Args:
        most: The number of characters after which no member follows.
        known: The lengths that are known, by the ids of the values.
    """

    def __init__(self, most: int, known: dict[int, int]) -> None:
        self._left = self._most = most
        self._known = known

    def of(self, value: Any) -> Any:
        """Return the beginning of a value."""
        size = _length(value, self._most, self._known)
        if size > self._left and isinstance(value, list):
            return [self.of(member) for member in value if self._has_room(0)]
        if size > self._left and isinstance(value, dict):
            return {name: self.of(value[name]) for name in value if self._has_room(len(name))}
        self._left -= size
        return value

    def _has_room(self, size: int) -> bool:
        had_room = self._left > 0
        self._left -= SYNTAX + size
        return had_room


def length(value: object, most: int) -> int:
    """Return the number of characters of a value as JSON text, without those that escapes add.

    A list or an object counts as CONTAINER more, the work to look into it.

    Args:
        value: The value.
        most: The number of characters after which counting stops. The result is greater then.
    """
    return _length(value, most, {}, CONTAINER)


def _length(value: Any, most: int, known: dict[int, int], container: int = 0) -> int:
    if not isinstance(value, list | dict):
        return SIZES.get(type(value), _of_word)(value)
    counted = known.get(id(value))
    if counted is not None:
        return counted
    counted = SYNTAX + container
    members: Collection[Any] = value
    if isinstance(value, dict):
        members = value.values()
        counted += sum(map(len, value)) + 2 * SYNTAX * len(value)
    for member in members:
        if counted > most:
            break
        counted += SYNTAX
        kind = type(member)
        if kind is str:  # a call for each string takes three times as long
            counted += SYNTAX + len(member)
        elif kind in SIZES:
            counted += SIZES[kind](member)
        else:
            counted += _length(member, most, known, container)
    known[id(value)] = counted
    return counted


def _of_string(value: str) -> int:
    return len(value) + SYNTAX


def _of_integer(value: int) -> int:
    return WORD + value.bit_length() // 3


def _of_word(_value: object) -> int:
    return WORD


SIZES: Final[Mapping[type, Callable[[Any], int]]] = {
    str: _of_string,
    int: _of_integer,
    float: lambda _value: FRACTION,
}
"""The number of characters of values by type; that of all others is WORD."""
