"""The parse tree of a regular expression, and the characters that the expression tells apart.

Sets of characters are bit masks over classes of characters. One more bit, `edge`, is the beginning
and the end of the text.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from importlib import import_module
from typing import Any, Final

parser: Final[Any] = import_module("re._parser")
op: Final[Any] = import_module("re._constants")

SETS: Final = (op.LITERAL, op.NOT_LITERAL, op.IN, op.ANY)
REPEATS: Final = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
ASSERTIONS: Final = (op.ASSERT, op.ASSERT_NOT)
SAMPLES: Final = "éßİıſK٣あ漢कि한\u2028\x85\xa0—’“”"
"""Characters of other scripts, so that the classes of characters include them."""
CATEGORIES: Final = {
    op.CATEGORY_DIGIT: r"\d", op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S", op.CATEGORY_WORD: r"\w", op.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip
WORD: Final = r"\w"
NEWLINE: Final = r"[\n]"


class UnprovedError(Exception):
    """The expression has a part that no rule here represents."""


def _escaped(code: int) -> str:
    return rf"\x{code:02x}" if code < 256 else rf"\U{code:08x}"


def _member(kind: Any, value: Any) -> str:
    if kind is op.NEGATE:
        return "^"
    if kind is op.LITERAL:
        return _escaped(value)
    if kind is op.RANGE:
        return f"{_escaped(value[0])}-{_escaped(value[1])}"
    return CATEGORIES[value]


def source_of(kind: Any, value: Any) -> str:
    """Return the regular expression of one set of characters."""
    if kind is op.ANY:
        return "."
    if kind is op.IN:
        return f"[{''.join(_member(*member) for member in value)}]"
    return _escaped(value) if kind is op.LITERAL else f"[^{_escaped(value)}]"


def _bodies(kind: Any, value: Any) -> Iterable[Any]:
    """Return the trees inside a node of the parse tree."""
    if kind is op.BRANCH:
        return tuple(value[1])
    if kind is op.SUBPATTERN:
        return (value[3],)
    if kind in REPEATS:
        return (value[2],)
    if kind in ASSERTIONS:
        return (value[1],)
    if kind is op.ATOMIC_GROUP:
        return (value,)
    if kind in SETS or kind is op.AT:
        return ()
    raise UnprovedError(f"{kind} is not supported")


def flags_of(kind: Any, value: Any, flags: int) -> int:
    return (flags | value[1]) & ~value[2] if kind is op.SUBPATTERN else flags


class Alphabet:
    """The classes of characters that an expression does not tell apart.

    Attributes:
        classes: The members of each class, as code points.
        edge: The bit of the beginning and the end of the text.
        characters: The bits of all classes.
    """

    def __init__(self, tree: Any, flags: int, *, of_bytes: bool) -> None:
        self._of_bytes = of_bytes
        self._sets: dict[tuple[str, int], frozenset[int]] = {}
        codes = set(range(128)) | set(map(ord, SAMPLES))
        self._collect_codes(tree, codes)
        known = "".join(chr(code) for code in codes if 0 <= code < 0x110000)
        known += "".join(one for one in known.lower() + known.upper() if one not in known)
        self._universe = (
            "".join(sorted(set(known))) if not of_bytes else "".join(map(chr, range(256)))
        )
        self._collect_sets(tree, flags)
        alike: dict[tuple[bool, ...], list[int]] = defaultdict(list)
        for code in map(ord, self._universe):
            alike[tuple(code in one for one in self._sets.values())].append(code)
        self.classes = list(alike.values())
        self.edge = 1 << len(self.classes)
        self.characters = self.edge - 1
        self._masks = {
            key: sum(1 << n for n, codes in enumerate(self.classes) if codes[0] in one)
            for key, one in self._sets.items()
        }

    def mask(self, source: str, flags: int) -> int:
        """Return the bits of the characters that an expression for one character matches."""
        return self._masks[source, flags]

    def shown(self, mask: int) -> str:
        """Return a character of a mask, a letter or digit if there is one."""
        codes = next((c for n, c in enumerate(self.classes) if mask >> n & 1), [63])
        return min(map(chr, codes), key=lambda one: (not one.isalnum(), not one.isprintable(), one))

    def _collect_codes(self, tree: Any, codes: set[int]) -> None:
        for kind, value in tree:
            members = value if kind is op.IN else ((kind, value),)
            for member, code in members:
                if member in (op.LITERAL, op.NOT_LITERAL):
                    codes.add(code)
                elif member is op.RANGE:
                    codes |= {code[0], code[1], code[0] - 1, code[1] + 1}
            for body in _bodies(kind, value):
                self._collect_codes(body, codes)

    def _collect_sets(self, tree: Any, flags: int) -> None:
        for source in (WORD, NEWLINE):
            self._add(source, flags)
        for kind, value in tree:
            if kind in SETS:
                self._add(source_of(kind, value), flags)
            for body in _bodies(kind, value):
                self._collect_sets(body, flags_of(kind, value, flags))

    def _add(self, source: str, flags: int) -> None:
        if (source, flags) in self._sets:
            return
        if self._of_bytes:
            found = b"".join(re.findall(source.encode(), self._universe.encode("latin-1"), flags))
            self._sets[source, flags] = frozenset(found)
        else:
            self._sets[source, flags] = frozenset(
                map(ord, re.findall(source, self._universe, flags))
            )
