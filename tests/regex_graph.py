"""A regular expression as a graph, from the parse tree of `re`.

1. An edge without a character may carry conditions on the characters before and after it. They stand
   for anchors, word boundaries, and the parts of lookarounds that one character decides.
2. What cannot be represented exactly is widened: the graph has every run of the real matcher, and
   perhaps more. So a proof about the graph also applies to the matcher.
"""

import re
from typing import Any, Final

from regex_alphabet import (
    NEWLINE,
    REPEATS,
    SETS,
    WORD,
    Alphabet,
    UnprovedError,
    flags_of,
    op,
    parser,
    source_of,
)

EDGES: Final = (op.AT_BEGINNING, op.AT_BEGINNING_STRING, op.AT_END, op.AT_END_STRING)
UNROLLED: Final = 20_000
EVERYTHING: Final = -1


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
            self.edges[source] = (self.alphabet.mask(source_of(kind, value), flags), target)
            return target
        if kind is op.SUBPATTERN:
            return self._build(value[3], at, flags_of(kind, value, flags))
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
            self._anchor(value, at, flags) if kind is op.AT else self._look(kind, value, at, flags)
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

    def _look(self, kind: Any, value: Any, at: int, flags: int) -> int:
        """A lookaround: a condition on one character, and for a lookahead the runs in its body."""
        direction, body = value
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
            mask |= self.alphabet.mask(source_of(*nodes[0]), flags)
        return mask

    def _whole(self, tree: Any, flags: int) -> int:
        """Return the mask of the characters that alone satisfy a lookaround."""
        mask = 0
        for nodes in self._options(tree):
            if len(nodes) == 1 and nodes[0] == (op.AT, op.AT_END_STRING):
                mask |= self.alphabet.edge
            elif len(nodes) == 1 and nodes[0][0] in SETS:
                mask |= self.alphabet.mask(source_of(*nodes[0]), flags)
        return mask

    def _side(self, tree: Any, flags: int, direction: int) -> int:
        """Return the mask of what a lookahead begins with, or a lookbehind ends with."""
        mask = 0
        for nodes in self._options(tree):
            node: Any = nodes[0 if direction > 0 else -1] if nodes else (None, None)
            kind, value = node
            if kind in SETS:
                mask |= self.alphabet.mask(source_of(kind, value), flags)
            elif kind in REPEATS and value[0] > 0:
                mask |= self._side(value[2], flags, direction)
            elif kind is op.BRANCH or kind is op.SUBPATTERN:
                mask |= self._side([(kind, value)], flags_of(kind, value, flags), direction)
            elif kind is op.AT and value in EDGES:
                mask |= self.alphabet.edge | self.alphabet.mask(NEWLINE, flags)
            else:
                return EVERYTHING
        return mask
