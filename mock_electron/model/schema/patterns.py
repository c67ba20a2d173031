"""Generate strings that match a simple regular expression.

1. Simple patterns consist of literals, escapes, classes, groups, alternatives, `? * + {m,n}`, `.`
   and anchors.
2. For any other pattern, such as one with a lookahead or a back reference, no string is generated.
3. Each variant uses other characters and alternatives, so that several strings differ.
4. Text is only matched against simple patterns, in linear time (`pattern_matcher`).
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from mock_electron.model.schema.pattern_matcher import occurs
from mock_electron.model.schema.pattern_parser import (
    LONGEST_MADE,
    Anchor,
    Beyond,
    Characters,
    Either,
    Part,
    Repeat,
    read,
)

MOST_VISITED: Final = 2 * LONGEST_MADE
"""Parts of a pattern that are visited to generate one string."""


class _Writer:
    """Writes one string: repetitions `extra` times more than they must, in one variant."""

    __slots__ = ("_extra", "_variant", "_written")

    def __init__(self, extra: int, variant: int) -> None:
        self._extra, self._variant, self._written = extra, variant, 0

    def write(self, part: Part) -> str:
        """A string for a part."""
        return WRITERS[type(part)](self, part)

    def _pick(self, count: int) -> int:
        self._variant, place = divmod(self._variant, count)
        return place

    def _set(self, part: Characters) -> str:
        self._written += 1
        if self._written > LONGEST_MADE:
            raise Beyond
        return part.characters[self._pick(len(part.characters))]

    def _anchor(self, part: Anchor) -> str:
        return ""

    def _either(self, part: Either) -> str:
        option = part.options[self._pick(len(part.options))]
        return "".join(map(self.write, option))

    def _repeat(self, part: Repeat) -> str:
        times = min(part.most, part.least + self._extra)
        return "".join(self.write(part.part) for _ in range(times))


WRITERS: Final[Mapping[type, Callable[[_Writer, Any], str]]] = {
    Anchor: _Writer._anchor,
    Characters: _Writer._set,
    Either: _Writer._either,
    Repeat: _Writer._repeat,
}
"""What writes a part, by the type of the part."""
EXTRAS: Final = (0, 1, 2, 4, 7, 11, 16, 32, 64, 128, 512, 2_048)


def _parts_to_visit(part: Part, extra: int) -> int:
    """Return how many parts are visited to write a string, at most."""
    if isinstance(part, Repeat):
        return 1 + min(part.most, part.least + extra) * _parts_to_visit(part.part, extra)
    options = part.options if isinstance(part, Either) else ()
    below = (sum(_parts_to_visit(each, extra) for each in option) for option in options)
    return 1 + max(below, default=0)


@lru_cache(maxsize=256)
def _extras(pattern: str) -> tuple[int, ...]:
    """Return the EXTRAS that are not too many for a pattern; none if it is not simple."""
    parsed = read(pattern)
    if parsed is None:
        return ()
    return tuple(extra for extra in EXTRAS if _parts_to_visit(parsed, extra) <= MOST_VISITED)


def allows(pattern: str, text: str, charge: Callable[[int], None], beyond: bool = False) -> bool:
    """Return whether a pattern allows a text; a pattern that is not simple allows everything.

    Args:
        pattern: The regular expression.
        text: The text.
        charge: Called with units of work before they are used up.
        beyond: The result if the search takes too much work.
    """
    parsed = read(pattern)
    return parsed is None or occurs(pattern, parsed, text, charge, beyond)


def strings(pattern: str, shortest: int, variant: int) -> list[str]:
    """Strings that a pattern allows, as far as it is simple, from `shortest` characters on."""
    parsed = read(pattern)
    made: list[str] = []
    for extra in _extras(pattern) if shortest <= LONGEST_MADE else ():
        try:
            text = _Writer(extra, variant).write(parsed) if parsed is not None else ""
        except Beyond:
            break
        if len(text) >= shortest:
            made.append(text)
        if len(made) == 3:
            break
    return made
