"""A regular expression as a graph, from the parse tree of `re`.

1. An edge without a character may carry conditions on the characters before and after it. They stand
   for anchors, word boundaries, and the parts of lookarounds that one character decides.
2. Sets of characters are bit masks over classes of characters that the expression does not tell
   apart. One more bit, `edge`, is the beginning and the end of the text.
3. What cannot be represented exactly is widened: the graph has every run of the real matcher, and
   perhaps more. So a proof about the graph holds for the matcher.
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
EDGES: Final = (op.AT_BEGINNING, op.AT_BEGINNING_STRING, op.AT_END, op.AT_END_STRING)
UNROLLED: Final = 20_000
EVERYTHING: Final = -1
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


def _source(kind: Any, value: Any) -> str:
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


def _flags(kind: Any, value: Any, flags: int) -> int:
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
                self._add(_source(kind, value), flags)
            for body in _bodies(kind, value):
                self._collect_sets(body, _flags(kind, value, flags))

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


class Graph:
    """The nodes of an expression.

    Attributes:
        free: For each node, the edges without a character: target, mask of the character before,
            mask of the character after.
        edges: For each node, the mask and the target of its edge with a character, or None.
        atomic: The nodes in atomic groups and lookaheads, from which the end may not be reached.
        start: The first node.
        end: The last node.
    """

    def __init__(self, pattern: re.Pattern[str] | re.Pattern[bytes]) -> None:
        of_bytes = isinstance(pattern.pattern, bytes)
        flags = pattern.flags & ~(re.VERBOSE | re.DEBUG)
        tree = parser.parse(pattern.pattern, pattern.flags)
        self.alphabet = Alphabet(tree, flags, of_bytes=of_bytes)
        self.free: list[list[tuple[int, int, int]]] = []
        self.edges: list[tuple[int, int] | None] = []
        self.atomic: set[int] = set()
        self._depth = 0
        self.start = self._node()
        self.end = self._build(tree, self.start, flags)

    def _node(self) -> int:
        self.free.append([])
        self.edges.append(None)
        if self._depth:
            self.atomic.add(len(self.free) - 1)
        return len(self.free) - 1

    def _link(self, source: int, before: int = EVERYTHING, after: int = EVERYTHING) -> int:
        target = self._node()
        self._join(source, target, before, after)
        return target

    def _join(
        self, source: int, target: int, before: int = EVERYTHING, after: int = EVERYTHING
    ) -> None:
        self.free[source].append((target, before, after))

    def _build(self, tree: Any, at: int, flags: int) -> int:
        for kind, value in tree:
            at = self._part(kind, value, at, flags)
        return at

    def _part(self, kind: Any, value: Any, at: int, flags: int) -> int:
        if kind in SETS:
            source, target = self._link(at), self._node()
            self.edges[source] = (self.alphabet.mask(_source(kind, value), flags), target)
            return target
        if kind is op.SUBPATTERN:
            return self._build(value[3], at, _flags(kind, value, flags))
        if kind is op.BRANCH:
            end = self._node()
            for option in value[1]:
                self._join(self._build(option, self._link(at), flags), end)
            return end
        if kind is op.ATOMIC_GROUP:
            return self._link(self._atomic(value, at, flags))
        if kind in REPEATS:
            return self._repeat(kind, value, at, flags)
        return (
            self._anchor(value, at, flags) if kind is op.AT else self._look(kind, *value, at, flags)
        )

    def _atomic(self, tree: Any, at: int, flags: int) -> int:
        self._depth += 1
        end = self._build(tree, self._link(at), flags)
        self._depth -= 1
        return end

    def _repeat(self, kind: Any, value: Any, at: int, flags: int) -> int:
        least, most, body = value
        possessive = kind is op.POSSESSIVE_REPEAT
        single = self._single(body, flags)
        if possessive and single is None:
            loose = [(op.MAX_REPEAT, value)]
            return self._link(self._atomic(loose, at, flags))
        left = ~single if possessive and single is not None else EVERYTHING
        for _ in range(least):
            at = self._build(body, at, flags)
        end = self._node()
        if most is op.MAXREPEAT or most > UNROLLED:
            if body.getwidth()[0] == 0:
                raise UnprovedError("a loop around something that may be empty")
            loop = self._link(at)
            self._join(self._build(body, loop, flags), loop)
            self._join(loop, end, after=left)
            return end
        for _ in range(most - least):
            self._join(at, end, after=left)
            at = self._build(body, at, flags)
        self._join(at, end)
        return end

    def _anchor(self, kind: Any, at: int, flags: int) -> int:
        edge, word = self.alphabet.edge, self.alphabet.mask(WORD, flags)
        line = edge | self.alphabet.mask(NEWLINE, flags)
        if kind is op.AT_BOUNDARY:
            target = self._link(at, word, ~word)
            self._join(at, target, ~word, word)
            return target
        if kind is op.AT_NON_BOUNDARY:
            target = self._link(at, word, word)
            self._join(at, target, ~word, ~word)
            return target
        begins = line if flags & re.MULTILINE else edge
        before = {op.AT_BEGINNING: begins, op.AT_BEGINNING_STRING: edge}.get(kind, EVERYTHING)
        after = {op.AT_END: line, op.AT_END_STRING: edge}.get(kind, EVERYTHING)
        return self._link(at, before, after)

    def _look(self, kind: Any, direction: int, body: Any, at: int, flags: int) -> int:
        """A lookaround: a condition on one character, and for a lookahead the runs in its body."""
        wanted = kind is op.ASSERT
        mask = self._side(body, flags, direction) if wanted else ~self._whole(body, flags)
        if direction < 0:
            return self._link(at, before=mask)
        self._atomic(body, at, flags)
        return self._link(at, after=mask)

    def _options(self, tree: Any) -> list[list[Any]]:
        nodes = list(tree)
        if len(nodes) == 1 and nodes[0][0] is op.BRANCH:
            return [one for option in nodes[0][1][1] for one in self._options(option)]
        if len(nodes) == 1 and nodes[0][0] is op.SUBPATTERN and not any(nodes[0][1][1:3]):
            return self._options(nodes[0][1][3])
        return [nodes]

    def _single(self, tree: Any, flags: int) -> int | None:
        """Return the mask of a tree that matches exactly one character of a set, or None."""
        mask = 0
        for nodes in self._options(tree):
            if len(nodes) != 1 or nodes[0][0] not in SETS:
                return None
            mask |= self.alphabet.mask(_source(*nodes[0]), flags)
        return mask

    def _whole(self, tree: Any, flags: int) -> int:
        """Return the mask of the characters that alone satisfy a lookaround."""
        mask = 0
        for nodes in self._options(tree):
            if len(nodes) == 1 and nodes[0] == (op.AT, op.AT_END_STRING):
                mask |= self.alphabet.edge
            elif len(nodes) == 1 and nodes[0][0] in SETS:
                mask |= self.alphabet.mask(_source(*nodes[0]), flags)
        return mask

    def _side(self, tree: Any, flags: int, direction: int) -> int:
        """Return the mask of what a lookahead begins with, or a lookbehind ends with."""
        mask = 0
        for nodes in self._options(tree):
            kind, value = nodes[0 if direction > 0 else -1] if nodes else (None, None)
            if kind in SETS:
                mask |= self.alphabet.mask(_source(kind, value), flags)
            elif kind in REPEATS and value[0] > 0:
                mask |= self._side(value[2], flags, direction)
            elif kind is op.BRANCH or kind is op.SUBPATTERN:
                mask |= self._side([(kind, value)], _flags(kind, value, flags), direction)
            elif kind is op.AT and value in EDGES:
                mask |= self.alphabet.edge | self.alphabet.mask(NEWLINE, flags)
            else:
                return EVERYTHING
        return mask
