"""Generate strings that match a simple regular expression.

1. Simple patterns consist of literals, escapes, classes, groups, alternatives, `? * + {m,n}`, `.`
   and anchors.
2. For any other pattern, such as one with a lookahead or a back reference, no string is generated.
3. Each variant uses other characters and alternatives, so that several strings differ.
4. Text is only matched against simple patterns. Patterns with a repetition inside a repetition,
   which could take exponential time, are only matched against short text.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from mock_electron.model.arguments.pattern_parser import (
    LONGEST_MADE,
    Beyond,
    Characters,
    Either,
    Part,
    Repeat,
    read,
)

LONGEST_TESTED: Final = (20_000, 1_500, 150, 50)
"""Characters that a pattern is tried on, by how many repetitions of open length it has: the work
grows with this power of the length."""
LONGEST_RISKED: Final = 14
"""Characters that a pattern with nested repetitions is tried on: 2**14 steps at the worst."""


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

    def _either(self, part: Either) -> str:
        option = part.options[self._pick(len(part.options))]
        return "".join(map(self.write, option))

    def _repeat(self, part: Repeat) -> str:
        times = min(part.most, part.least + self._extra)
        return "".join(self.write(part.part) for _ in range(times))


# Each writer takes the kind of part that it stands behind; a mapping's type cannot say so.
WRITERS: Final[Mapping[type, Callable[[_Writer, object], str]]] = {
    Characters: _Writer._set,  # type: ignore[dict-item]
    Either: _Writer._either,  # type: ignore[dict-item]
    Repeat: _Writer._repeat,  # type: ignore[dict-item]
}
EXTRAS: Final = (0, 1, 2, 4, 7, 11, 16, 32, 64, 128, 512, 2_048)


def _longest_tested(parsed: Part) -> int:
    """How long a text may be that a pattern is tried on: fewer the more it repeats."""
    loose = _loose(parsed)
    return (
        LONGEST_RISKED if loose is None or loose >= len(LONGEST_TESTED) else LONGEST_TESTED[loose]
    )


def _loose(part: Part, inside: bool = False) -> int | None:
    """How many repetitions of open length a pattern has; None where one is inside another."""
    if isinstance(part, Characters):
        return 0
    if isinstance(part, Repeat):
        again = part.most > max(part.least, 1)
        below = _loose(part.part, inside or again)
        return None if below is None or (inside and again) else below + again
    counts = [_loose(each, inside) for option in part.options for each in option]
    return None if None in counts else sum(count or 0 for count in counts)


def allows(pattern: str, text: str) -> bool:
    """Whether a pattern allows a text; a pattern that cannot be tried allows everything."""
    parsed = read(pattern)
    if parsed is None:
        return True
    if len(text) > _longest_tested(parsed):
        return False
    try:
        return re.search(pattern, text) is not None
    except (re.error, OverflowError, RecursionError):
        return True


def strings(pattern: str, shortest: int, variant: int) -> list[str]:
    """Strings that a pattern allows, as far as it is simple, from `shortest` characters on."""
    parsed = read(pattern)
    made: list[str] = []
    for extra in EXTRAS if parsed is not None and shortest <= LONGEST_MADE else ():
        try:
            text = _Writer(extra, variant).write(parsed) if parsed is not None else ""
        except Beyond:
            break
        if len(text) >= shortest:
            made.append(text)
        if len(made) == 3:
            break
    return made
