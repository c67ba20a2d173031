"""Strings that a simple regular expression allows.

1. Simple are: literals, escapes, classes, groups, alternatives, `? * + {m,n}`, `.` and anchors.
2. Anything else, such as a lookahead or a back reference, is beyond it: no string is made.
3. A variant takes other characters and alternatives, so that several strings differ.
4. Text is matched against simple patterns only, and where a hostile one, with a repetition inside
   a repetition, could take time over it, against short text only.
"""

import re
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

LONGEST_PATTERN: Final = 400
LONGEST_MADE: Final = 4_000
LONGEST_TESTED: Final = (20_000, 1_500, 150, 50)
"""Characters that a pattern is tried on, by how many repetitions of open length it has: the work
grows with this power of the length."""
LONGEST_RISKED: Final = 14
"""Characters that a pattern with nested repetitions is tried on: 2**14 steps at the worst."""
DEEPEST: Final = 20
PRINTABLE: Final = string.ascii_lowercase + string.ascii_uppercase + string.digits + " -_.,:;!?/@#"
SETS: Final[Mapping[str, str]] = {
    "d": string.digits[1:] + "0",
    "w": string.ascii_lowercase + string.ascii_uppercase + string.digits + "_",
    "s": " \t\n",
    "D": string.ascii_lowercase,
    "W": " -.,",
    "S": string.ascii_lowercase + string.digits,
}
CONTROL: Final[Mapping[str, str]] = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}
AMBIGUOUS: Final = ("[[", "--", "&&", "~~", "||")
"""What `re` warns about inside a class, as its meaning may change."""


class _Beyond(Exception):  # noqa: N818 (no error: it only says that the pattern is not simple)
    """The pattern is not simple."""


@dataclass(frozen=True, slots=True)
class _Set:
    """One of these characters."""

    characters: str


@dataclass(frozen=True, slots=True)
class _Repeat:
    """A part, so often."""

    part: "_Part"
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class _Either:
    """One of several sequences; a group without alternatives has one."""

    options: tuple[tuple["_Part", ...], ...]


_Part = _Set | _Repeat | _Either


class _Parser:
    """Reads one pattern."""

    __slots__ = ("_at", "_pattern")

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def parse(self) -> _Either:
        """The whole pattern."""
        parsed = self._either(0)
        if self._at < len(self._pattern):
            raise _Beyond
        return parsed

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self) -> str:
        taken = self._peek()
        if not taken:
            raise _Beyond
        self._at += 1
        return taken

    def _either(self, depth: int) -> _Either:
        if depth > DEEPEST:
            raise _Beyond
        options = [self._sequence(depth)]
        while self._peek() == "|":
            self._at += 1
            options.append(self._sequence(depth))
        return _Either(tuple(options))

    def _sequence(self, depth: int) -> tuple[_Part, ...]:
        parts: list[_Part] = []
        while self._peek() not in ("", "|", ")"):
            character = self._take()
            part = self._part(character, depth)
            if part is not None:
                parts.append(self._repeated(part))
        return tuple(parts)

    def _part(self, character: str, depth: int) -> _Part | None:
        if character in "^$":
            return None
        if character == "(":
            return self._group(depth)
        if character == "[":
            return self._class()
        if character == ".":
            return _Set(PRINTABLE)
        if character == "\\":
            return self._escape()
        if character in "*+?{":
            raise _Beyond
        return _Set(character)

    def _group(self, depth: int) -> _Part:
        if self._peek() == "?":
            self._at += 1
            if self._take() != ":":
                raise _Beyond
        group = self._either(depth + 1)
        if self._take() != ")":
            raise _Beyond
        return group

    def _escape(self) -> _Set | None:
        letter = self._take()
        if letter in SETS:
            return _Set(SETS[letter])
        if letter in CONTROL:
            return _Set(CONTROL[letter])
        if letter in "bAZ":
            return None
        if letter.isalnum():
            raise _Beyond
        return _Set(letter)

    def _class(self) -> _Set:
        negated = self._peek() == "^"
        self._at += negated
        listed = ""
        first = True
        while first or self._peek() != "]":
            if self._pattern[self._at : self._at + 2] in AMBIGUOUS or self._peek() == "[":
                raise _Beyond
            first = False
            listed += self._member()
            if len(listed) > LONGEST_PATTERN:
                raise _Beyond
        self._at += 1
        if negated:
            listed = "".join(c for c in PRINTABLE if c not in listed)
        if not listed:
            raise _Beyond
        return _Set("".join(dict.fromkeys(listed)))

    def _member(self) -> str:
        low = self._one()
        after = self._pattern[self._at + 1 : self._at + 2]
        if len(low) != 1 or self._peek() != "-" or after in ("]", ""):
            return low
        self._at += 1
        high = self._one()
        if len(high) != 1 or not 0 <= ord(high) - ord(low) < 0x110000:
            raise _Beyond
        return "".join(map(chr, range(ord(low), min(ord(high), ord(low) + 99) + 1)))

    def _one(self) -> str:
        character = self._take()
        if character != "\\":
            return character
        if self._peek() == "b":
            raise _Beyond
        escaped = self._escape()
        return escaped.characters if escaped is not None else ""

    def _repeated(self, part: _Part) -> _Part:
        marker = self._peek()
        if marker in ("*", "+", "?") and marker:
            self._at += 1
            least, most = REPEATS[marker]
        elif marker == "{":
            least, most = self._counted()
        else:
            return part
        if self._peek() == "?":
            self._at += 1
        elif self._peek() in ("*", "+", "{") and self._peek():
            raise _Beyond
        return _Repeat(part, least, most)

    def _counted(self) -> tuple[int, int]:
        counted = COUNTED.match(self._pattern, self._at)
        if counted is None:
            raise _Beyond
        self._at = counted.end()
        least = int(counted[1])
        most = least if counted[2] is None else int(counted[3] or UNBOUNDED)
        if least > most or least > LONGEST_MADE:
            raise _Beyond
        return least, most


UNBOUNDED: Final = 100_000
REPEATS: Final[Mapping[str, tuple[int, int]]] = {
    "*": (0, UNBOUNDED),
    "+": (1, UNBOUNDED),
    "?": (0, 1),
}
COUNTED: Final = re.compile(r"\{([0-9]{1,5})(,([0-9]{0,5}))?\}")


class _Writer:
    """Writes one string: repetitions `extra` times more than they must, in one variant."""

    __slots__ = ("_extra", "_variant", "_written")

    def __init__(self, extra: int, variant: int) -> None:
        self._extra, self._variant, self._written = extra, variant, 0

    def write(self, part: _Part) -> str:
        """A string for a part."""
        return WRITERS[type(part)](self, part)

    def _pick(self, count: int) -> int:
        self._variant, place = divmod(self._variant, count)
        return place

    def _set(self, part: _Set) -> str:
        self._written += 1
        if self._written > LONGEST_MADE:
            raise _Beyond
        return part.characters[self._pick(len(part.characters))]

    def _either(self, part: _Either) -> str:
        option = part.options[self._pick(len(part.options))]
        return "".join(map(self.write, option))

    def _repeat(self, part: _Repeat) -> str:
        times = min(part.most, part.least + self._extra)
        return "".join(self.write(part.part) for _ in range(times))


WRITERS: Final[Mapping[type, Callable[[_Writer, object], str]]] = {
    _Set: _Writer._set,  # type: ignore[dict-item]
    _Either: _Writer._either,  # type: ignore[dict-item]
    _Repeat: _Writer._repeat,  # type: ignore[dict-item]
}
EXTRAS: Final = (0, 1, 2, 4, 7, 11, 16, 32, 64, 128, 512, 2_048)


def _read(pattern: str) -> _Either | None:
    if len(pattern) > LONGEST_PATTERN:
        return None
    try:
        return _Parser(pattern).parse()
    except _Beyond:
        return None


def _longest_tested(parsed: _Part) -> int:
    """How long a text may be that a pattern is tried on: fewer the more it repeats."""
    loose = _loose(parsed)
    return (
        LONGEST_RISKED if loose is None or loose >= len(LONGEST_TESTED) else LONGEST_TESTED[loose]
    )


def _loose(part: _Part, inside: bool = False) -> int | None:
    """How many repetitions of open length a pattern has; None where one is inside another."""
    if isinstance(part, _Set):
        return 0
    if isinstance(part, _Repeat):
        again = part.most > max(part.least, 1)
        below = _loose(part.part, inside or again)
        return None if below is None or (inside and again) else below + again
    counts = [_loose(each, inside) for option in part.options for each in option]
    return None if None in counts else sum(count or 0 for count in counts)


def allows(pattern: str, text: str) -> bool:
    """Whether a pattern allows a text; a pattern that cannot be tried allows everything."""
    parsed = _read(pattern)
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
    parsed = _read(pattern)
    made: list[str] = []
    for extra in EXTRAS if parsed is not None and shortest <= LONGEST_MADE else ():
        try:
            text = _Writer(extra, variant).write(parsed) if parsed is not None else ""
        except _Beyond:
            break
        if len(text) >= shortest:
            made.append(text)
        if len(made) == 3:
            break
    return made
