"""Parse a simple regular expression into its parts.

Simple patterns consist of literals, escapes, classes, groups, alternatives, `? * + {m,n}`, `.` and
anchors. Anything else, such as a lookahead or a back reference, raises Beyond.
"""

import re
import string
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from msgspec import Struct

from mock_electron._regex import regex

LONGEST_PATTERN: Final = 400
LONGEST_MADE: Final = 4_000
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
SURROGATES: Final = range(0xD800, 0xE000)
"""Code points that no text can contain."""
AMBIGUOUS: Final = ("[[", "--", "&&", "~~", "||")
"""What `re` warns about inside a class, as its meaning may change."""


class Beyond(Exception):  # noqa: N818 (no error: it only says that the pattern is not simple)
    """The pattern is not simple."""


class Characters(Struct, frozen=True):
    """One character of a set.

    Attributes:
        characters: The members that are used in generated strings.
        source: The regular expression of the set.
    """

    characters: str
    source: str

    def contains(self, character: str) -> bool:
        """Return whether a character is in the set."""
        if len(self.source) == 1 and self.source != ".":
            return character == self.source
        return _compiled(self.source).fullmatch(character) is not None


@lru_cache(maxsize=512)
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source)


class Anchor(Struct, frozen=True):
    """A place in the text: `^`, `$`, or the letter of `\\A`, `\\Z` or `\\b`."""

    mark: str

    def holds(self, text: str, at: int) -> bool:
        """Return whether the anchor matches before the character at an index."""
        return ANCHORS[self.mark](text, at)


def _is_boundary(text: str, at: int) -> bool:
    before, after = text[at - 1 : at] if at else "", text[at : at + 1]
    return (WORD.fullmatch(before) is None) != (WORD.fullmatch(after) is None)


WORD: Final = regex(r"\w")
ANCHORS: Final[Mapping[str, Callable[[str, int], bool]]] = {
    "^": lambda text, at: at == 0,
    "A": lambda text, at: at == 0,
    "$": lambda text, at: text[at:] in ("", "\n") if at >= len(text) - 1 else False,
    "Z": lambda text, at: at == len(text),
    "b": _is_boundary,
}


class Repeat(Struct, frozen=True):
    """A repeated part."""

    part: "Part"
    least: int
    most: int


class Either(Struct, frozen=True):
    """One of several sequences; a group without alternatives has one."""

    options: tuple[tuple["Part", ...], ...]


Part = Anchor | Characters | Repeat | Either


class _Parser:
    """Reads one pattern."""

    __slots__ = ("_at", "_pattern")

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def parse(self) -> Either:
        """The whole pattern."""
        parsed = self._either(0)
        if self._at < len(self._pattern):
            raise Beyond
        return parsed

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self) -> str:
        taken = self._peek()
        if not taken:
            raise Beyond
        self._at += 1
        return taken

    def _either(self, depth: int) -> Either:
        if depth > DEEPEST:
            raise Beyond
        options = [self._sequence(depth)]
        while self._peek() == "|":
            self._at += 1
            options.append(self._sequence(depth))
        return Either(tuple(options))

    def _sequence(self, depth: int) -> tuple[Part, ...]:
        parts: list[Part] = []
        while self._peek() not in ("", "|", ")"):
            character = self._take()
            part = self._part(character, depth)
            parts.append(part if isinstance(part, Anchor) else self._repeated(part))
        return tuple(parts)

    def _part(self, character: str, depth: int) -> Part:
        if character in "^$":
            return Anchor(character)
        if character == "(":
            return self._group(depth)
        if character == "[":
            return self._class()
        if character == ".":
            return Characters(PRINTABLE, ".")
        if character == "\\":
            return self._escape()
        if character in "*+?{":
            raise Beyond
        return _only(character)

    def _group(self, depth: int) -> Part:
        if self._peek() == "?":
            self._at += 1
            if self._take() != ":":
                raise Beyond
        group = self._either(depth + 1)
        if self._take() != ")":
            raise Beyond
        return group

    def _escape(self) -> Characters | Anchor:
        letter = self._take()
        if letter in SETS:
            return Characters(SETS[letter], f"\\{letter}")
        if letter in CONTROL:
            return _only(CONTROL[letter])
        if letter in "bAZ":
            return Anchor(letter)
        if letter.isalnum():
            raise Beyond
        return _only(letter)

    def _class(self) -> Characters:
        start = self._at - 1
        negated = self._peek() == "^"
        self._at += negated
        listed = ""
        first = True
        while first or self._peek() != "]":
            if self._pattern[self._at : self._at + 2] in AMBIGUOUS or self._peek() == "[":
                raise Beyond
            first = False
            listed += self._member()
            if len(listed) > LONGEST_PATTERN:
                raise Beyond
        self._at += 1
        if negated:
            listed = "".join(c for c in PRINTABLE if c not in listed)
        if not listed:
            raise Beyond
        source = self._pattern[start : self._at]
        try:
            _compiled(source)
        except re.error:
            raise Beyond from None
        return Characters("".join(dict.fromkeys(listed)), source)

    def _member(self) -> str:
        low = self._one()
        after = self._pattern[self._at + 1 : self._at + 2]
        if len(low) != 1 or self._peek() != "-" or after in ("]", ""):
            return low
        self._at += 1
        high = self._one()
        if len(high) != 1 or not 0 <= ord(high) - ord(low) < 0x110000:
            raise Beyond
        codes = range(ord(low), min(ord(high), ord(low) + 99) + 1)
        return "".join(chr(code) for code in codes if code not in SURROGATES)

    def _one(self) -> str:
        character = self._take()
        if character != "\\":
            return character
        if self._peek() == "b":
            raise Beyond
        escaped = self._escape()
        if isinstance(escaped, Anchor):
            raise Beyond
        return escaped.characters

    def _repeated(self, part: Part) -> Part:
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
            raise Beyond
        return Repeat(part, least, most)

    def _counted(self) -> tuple[int, int]:
        counted = COUNTED.match(self._pattern, self._at)
        if counted is None:
            raise Beyond
        self._at = counted.end()
        least = int(counted[1])
        most = least if counted[2] is None else int(counted[3] or UNBOUNDED)
        if least > most or least > LONGEST_MADE:
            raise Beyond
        return least, most


def _only(character: str) -> Characters:
    return Characters(character, re.escape(character) if character == "." else character)


UNBOUNDED: Final = 100_000
REPEATS: Final[Mapping[str, tuple[int, int]]] = {
    "*": (0, UNBOUNDED),
    "+": (1, UNBOUNDED),
    "?": (0, 1),
}
COUNTED: Final = regex(r"\{([0-9]{1,5})(,([0-9]{0,5}))?\}")


@lru_cache(maxsize=256)
def read(pattern: str) -> Either | None:
    """Return the parts of a pattern, or None if it is not simple."""
    if len(pattern) > LONGEST_PATTERN:
        return None
    try:
        return _Parser(pattern).parse()
    except Beyond:
        return None
