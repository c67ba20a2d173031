"""`LongText`: one text of a request, in which the expected texts of many steps are searched.

A text of a request has up to a million characters, and a script thousands of steps. After some
searches, the set of all short parts of the text is made once. It rules out nearly every text that
does not occur, at a cost that does not depend on the length of the searched text.
"""

from typing import Final

LONG: Final = 2_000
"""The minimum length of a text for which the set is made, in characters."""
PLAIN_SEARCHES: Final = 50
"""The number of searches before the set is made. Most scripts need fewer."""
PART: Final = 8
"""The length of the parts, in characters. For a shorter expected text, they have its length."""
MOST_COMPARED: Final = 200
"""The maximum number of characters of an expected text whose parts are looked up."""


class LongText:
    """A text and the results of the searches in it.

    Args:
        text: The text.

    Attributes:
        scans: The number of searches through the whole text, for tests.
    """

    __slots__ = ("_found", "_parts", "_text", "scans")

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[str, bool] = {}
        self._parts: dict[int, frozenset[str]] = {}
        self.scans: int = 0

    def contains(self, expected: str) -> bool:
        """Return whether a text occurs in this one."""
        if len(self._text) < LONG:
            return expected in self._text
        found = self._found.get(expected)
        if found is None:
            found = self._found[expected] = self._may_contain(expected) and self._scan(expected)
        return found

    def _scan(self, expected: str) -> bool:
        self.scans += 1
        return expected in self._text

    def _may_contain(self, expected: str) -> bool:
        """Return False if a part of the expected text does not occur."""
        if self.scans < PLAIN_SEARCHES:
            return True
        size = min(len(expected), PART)
        if size not in self._parts:
            self._parts[size] = frozenset(_parts_of(self._text, size))
        return self._parts[size].issuperset(_parts_of(expected[:MOST_COMPARED], size))


def _parts_of(text: str, size: int) -> list[str]:
    return [text[end - size : end] for end in range(size, len(text) + 1)]
