"""Match a text against a simple regular expression, in time proportional to pattern times text.

1. A request supplies the pattern, so `re` could take exponential time. `re` is used only for
   patterns with at most one choice.
2. For any other pattern, all ways to match are followed at the same time: each place of the pattern
   is visited at most once for each character. A repetition is unrolled as far as the text needs it.
3. Every visit is charged. After MOST_VISITS the pattern counts as not found, unless the caller
   says otherwise.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

from mock_electron.model.schema.pattern_parser import (
    UNBOUNDED,
    Anchor,
    Characters,
    Either,
    Part,
    Repeat,
    read,
)

MOST_VISITS: Final = 10_000
"""The maximum number of visits of one search."""
CREATED: Final = 3
"""The number of visits that are counted for each new place of a repetition or an alternative."""
TOO_MANY: Final = 2
"""More choices than `re` may have."""
VISIT: Final = 24
"""Units of work for each visit."""


class _Place:
    """A place in a pattern: the part to match next, and the place after it; None is the end.

    Attributes:
        part: The part to match next.
        rest: The place after the part.
        least: The minimum number of repetitions, if the part is a repetition.
        most: The maximum number of repetitions, or UNBOUNDED.
        entered: The places that are reached from here without a character, or None if unknown.
    """

    __slots__ = ("entered", "least", "most", "part", "rest")

    def __init__(self, part: Part, rest: "_Place | None", least: int, most: int) -> None:
        self.part, self.rest, self.least, self.most = part, rest, least, most
        self.entered: tuple[_Place | None, ...] | None = None


class _Search:
    """Finds out whether a pattern occurs in a text."""

    __slots__ = ("_charge", "_left", "_places", "_text")

    def __init__(self, text: str, charge: Callable[[int], None]) -> None:
        self._text, self._charge, self._left = text, charge, MOST_VISITS
        self._places: dict[tuple[int, int, int, int], _Place] = {}

    def finds(self, pattern: Either, beyond: bool) -> bool:
        start = self._place(pattern, None)
        anchored = is_anchored(pattern)
        current: Iterable[_Place | None] = (start,)
        for at in range(len(self._text) + 1):
            places = self._reached(current, at)
            if None in places and self._left >= 0:
                return True
            if self._left < 0:
                return beyond
            if at == len(self._text) or (anchored and not places):
                return False
            character = self._text[at]
            current = {
                place.rest
                for place in places
                if place is not None
                and isinstance(place.part, Characters)
                and place.part.contains(character)
            }
            if not anchored:
                current.add(start)
        return False

    def _reached(self, places: Iterable[_Place | None], at: int) -> set[_Place | None]:
        """Return all places that are reached without a character, None if it is the end."""
        before = self._left
        reached: set[_Place | None] = set()
        waiting = list(places)
        while waiting and len(reached) <= self._left:
            place = waiting.pop()
            if place in reached:
                continue
            reached.add(place)
            if place is not None:
                waiting += self._entered(place, at)
        self._left -= len(reached)
        self._charge(VISIT * (before - self._left))
        return reached

    def _entered(self, place: _Place, at: int) -> tuple[_Place | None, ...]:
        part = place.part
        if isinstance(part, Characters):
            return ()
        if isinstance(part, Anchor):
            return (place.rest,) if part.holds(self._text, at) else ()
        if place.entered is None:
            repeated = isinstance(part, Repeat)
            place.entered = tuple(self._repeated(place) if repeated else self._options(place))
        return place.entered

    def _options(self, place: _Place) -> Iterable[_Place | None]:
        assert isinstance(place.part, Either)
        for option in place.part.options:
            entry = place.rest
            for part in reversed(option):
                entry = self._place(part, entry)
            yield entry

    def _repeated(self, place: _Place) -> Iterable[_Place | None]:
        assert isinstance(place.part, Repeat)
        if place.most:
            most = place.most if place.most == UNBOUNDED else place.most - 1
            again = self._place(place.part, place.rest, max(place.least - 1, 0), most)
            yield self._place(place.part.part, again)
        if not place.least:
            yield place.rest

    def _place(
        self, part: Part, rest: _Place | None, least: int | None = None, most: int = 0
    ) -> _Place:
        if least is None:
            least, most = (part.least, part.most) if isinstance(part, Repeat) else (0, 0)
        key = (id(part), id(rest), least, most)
        place = self._places.get(key)
        if place is None:
            self._left -= CREATED
            place = self._places[key] = _Place(part, rest, least, most)
        return place


BEGINNINGS: Final = ((Anchor("^"),), (Anchor("A"),))


def is_anchored(pattern: Either) -> bool:
    """Return whether a pattern can only match at the beginning of a text."""
    return all(option[:1] in BEGINNINGS for option in pattern.options)


def has_one_choice(pattern: Either) -> bool:
    """Return whether `re.search` takes linear time, because a pattern has at most one choice.

    If the pattern is not anchored, the beginning of the match is a choice.
    """
    anchored = is_anchored(pattern)
    return _choices(pattern, 0 if anchored else 1) <= (1 if anchored else 0)


def _choices(part: Part, of_fixed: int) -> int:
    """Return the number of choices in a part.

    Args:
        part: The part.
        of_fixed: The number of choices that a repetition with a fixed count is worth.
    """
    if isinstance(part, Repeat):
        simple = isinstance(part.part, Characters)
        return (of_fixed if part.least == part.most else 1) if simple else TOO_MANY
    if not isinstance(part, Either):
        return 0
    below = sum(_choices(each, of_fixed) for option in part.options for each in option)
    return below + (len(part.options) > 1)


@lru_cache(maxsize=256)
def _is_for_re(pattern: str) -> bool:
    parsed = read(pattern)
    return parsed is not None and has_one_choice(parsed)


def occurs(
    pattern: str, parsed: Either, text: str, charge: Callable[[int], None], beyond: bool = False
) -> bool:
    """Return whether a pattern occurs in a text, as `re.search` does, in linear time.

    Args:
        pattern: The pattern.
        parsed: Its parts.
        text: The text.
        charge: Called with units of work, such as `Work.charge`.
        beyond: The result if the search takes more than MOST_VISITS.
    """
    charge(len(text) // 10)
    if _is_for_re(pattern):
        return re.search(pattern, text) is not None
    return _Search(text, charge).finds(parsed, beyond)
