"""`ByLatestUse`: values by key, in the order of their latest use, in little memory.

An `OrderedDict` keeps a linked list beside its dict. Both grow to three times the number of values,
and are copied whenever keys have moved to the end often enough. With tens of thousands of values,
that takes more memory than the keys, and leaves large holes in the heap. Here a row of small dicts
keeps the order. Keys are added to the latest part only. It becomes an earlier one when it is full.
"""

from collections.abc import Hashable, Iterable
from itertools import islice
from typing import Final, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

PARTS: Final = 8
"""The number of parts, if no key is used twice. Otherwise there are up to twice as many."""
LISTED: Final = 256
"""The number of oldest keys that are listed at a time."""
MOVES: Final = 4
"""A dict keeps the places of moved keys. It is copied when they are 1/MOVES of a part, or earlier
if most places are those of moved keys."""
FEW: Final = 32
"""The number of moved keys up to which a dict is not copied."""


class ByLatestUse(Generic[Key, Value]):
    """Values that are not None, by key. Above their maximum number, the least recent is dropped.

    Args:
        most: The maximum number of values.
    """

    __slots__ = ("_count", "_earlier", "_latest", "_most", "_moved", "_oldest", "_size")

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = most // PARTS + 1
        self.clear()

    def __len__(self) -> int:
        return self._count

    def get(self, key: Key) -> Value | None:
        """Return the value of a key, or None. This is not a use."""
        if key in self._latest:
            return self._latest[key]
        for part in self._earlier:
            if key in part:
                return part[key]
        return None

    def known(self, keys: Iterable[Key]) -> int:
        """Return the number of keys before the first one that has no value."""
        latest, earlier, known = self._latest, self._earlier, 0
        for key in keys:
            if key not in latest:
                for part in earlier:
                    if key in part:
                        break
                else:
                    return known
            known += 1
        return known

    def put(self, key: Key, value: Value) -> None:
        """Set the value of a key. This is not a use, unless the key is new."""
        for part in (self._latest, *self._earlier):
            if key in part:
                part[key] = value
                return
        self.use((key,), value)

    def use(self, keys: Iterable[Key], value: Value) -> None:
        """Use keys in this order, and set their values to this one."""
        latest, earlier = self._latest, self._earlier
        for key in keys:
            if key in latest:
                del latest[key]  # and becomes the last one again
                self._moved += 1
            else:
                for part in earlier:
                    if key in part:
                        del part[key]
                        break
                else:
                    self._count += 1
            latest[key] = value
        while self._count > self._most:
            self.drop_oldest()
        if self._moved > FEW:
            self._copy_latest()
        if len(self._latest) > self._size:
            self._close_latest()

    def oldest(self) -> Value | None:
        """Return the value that was not used for the longest time, or None."""
        earlier, oldest = self._earlier, self._oldest
        while earlier and not earlier[-1]:
            earlier.pop()
            oldest.clear()
        if not earlier:  # nothing needs to be listed
            for key in self._latest:
                return self._latest[key]
            return None
        if not (oldest and oldest[-1] in earlier[-1]):
            self._oldest_key()
        return earlier[-1][oldest[-1]]

    def drop_oldest(self) -> None:
        """Drop the value that was not used for the longest time, if there is one."""
        key = self._oldest_key()
        if key is not None:
            del self._earlier[-1][key]
            self._count -= 1

    def clear(self) -> None:
        """Drop all values."""
        self._latest: dict[Key, Value] = {}
        self._earlier: list[dict[Key, Value]] = []  # the latest one first
        self._oldest: list[Key] = []  # the first keys of the last part, the very first one last
        self._count = self._moved = 0

    def _oldest_key(self) -> Key | None:
        """Return the key that was not used for the longest time. It is in the last earlier part."""
        oldest, earlier = self._oldest, self._earlier
        while self._count:
            if not earlier:
                self._close_latest()
            last = earlier[-1]
            while oldest:
                if oldest[-1] in last:
                    return oldest[-1]
                oldest.pop()
            if not last:
                earlier.pop()
            oldest += islice(last, LISTED)
            oldest.reverse()
        return None

    def _copy_latest(self) -> None:
        """Copy the latest part without the places of moved keys, if there are many."""
        if self._moved * MOVES > self._size or self._moved > len(self._latest):
            self._latest, self._moved = dict(self._latest), 0

    def _close_latest(self) -> None:
        """Make the latest part an earlier one, and begin a new one."""
        self._earlier.insert(0, self._latest)
        self._latest, self._moved = {}, 0
        if len(self._earlier) > 2 * PARTS:
            self._earlier[:] = self._merged()  # the listed keys stay the first ones

    def _merged(self) -> list[dict[Key, Value]]:
        """Return the earlier parts. Neighbours that fit into one part are merged."""
        merged: list[dict[Key, Value]] = []
        for part in self._earlier:
            if merged and len(merged[-1]) + len(part) <= self._size:
                merged[-1] = part | merged[-1]
            else:
                merged.append(part)
        return merged
