"""Write generated values as JSON, within the budget of the request.

1. The characters of a value are counted before it is written. A list or an object that appears
   repeatedly in the value is counted once.
2. The plainest answer is cut after MOST characters, as a model stops at its token limit.
"""

from typing import Any, Final

from mock_electron.model.work import Work
from mock_electron.wire import codec

MOST: Final = 64_000
"""The maximum number of characters of a value in the plainest answer: a long reply, to send in time."""
RESERVED: Final = 4
"""The number of characters that a unit of the reserve pays for."""
SMALL: Final = 1_000
"""The number of characters that are written even if nothing is left."""
SYNTAX: Final = 2
"""Characters before or after a value: brackets, quotation marks, or a comma with a space."""
FRACTION: Final = 24
"""The maximum number of characters of a fraction."""
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

    Args:
        value: The value.
        most: The number of characters after which counting stops. The result is greater then.
    """
    return _length(value, most, {})


def _length(value: Any, most: int, known: dict[int, int]) -> int:
    if isinstance(value, str):
        return len(value) + SYNTAX
    if isinstance(value, float):
        return FRACTION
    if not isinstance(value, list | dict):
        return WORD + (value.bit_length() // 3 if isinstance(value, int) else 0)
    counted = known.get(id(value))
    if counted is not None:
        return counted
    counted = SYNTAX
    if isinstance(value, dict):
        counted += sum(map(len, value)) + 2 * SYNTAX * len(value)
    for member in value.values() if isinstance(value, dict) else value:
        if counted > most:
            break
        if isinstance(member, str):  # a call for each string takes three times as long
            counted += 2 * SYNTAX + len(member)
        else:
            counted += SYNTAX + _length(member, most, known)
    known[id(value)] = counted
    return counted
