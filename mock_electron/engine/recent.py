"""`Recent`: a cache of the values that were used most recently, within a bound of bytes."""

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """The values that were used most recently.

    Args:
        most: The maximum size of all values together, in the unit of `add`.

    Attributes:
        size: The size of all values together.
    """

    def __init__(self, most: int) -> None:
        self.size: int = 0
        self._most = most
        self._values: OrderedDict[Key, tuple[Value, int]] = OrderedDict()

    def __contains__(self, key: Key) -> bool:
        return key in self._values

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[Key]:
        return iter(self._values)

    def get(self, key: Key) -> Value | None:
        """Return the value of a key, or None."""
        found = self._values.pop(key, None)
        if found is None:
            return None
        self._values[key] = found  # the latest; this object is found faster than an equal one
        return found[0]

    def add(self, key: Key, value: Value, size: int) -> None:
        """Add a value. The least recently used ones are dropped, and a too large one is not added.

        Args:
            key: A key without a value.
            value: The value.
            size: Its size.
        """
        if size > self._most:
            return
        self._values[key] = (value, size)
        self.size += size
        while self.size > self._most:
            _, (_, dropped) = self._values.popitem(last=False)
            self.size -= dropped

    def grow(self, key: Key, size: int) -> None:
        """Add to the size of a value, which has grown. Without a value, do nothing."""
        found = self._values.pop(key, None)
        if found is not None:
            value, before = found
            self.size -= before
            self.add(key, value, before + size)

    def clear(self) -> None:
        """Drop all values."""
        self._values.clear()
        self.size = 0
