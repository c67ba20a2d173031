"""Search a text for a regular expression, in time proportional to its length.

1. `Program` is the pattern as a graph. All ways through it are followed at the same time.
2. `Automaton` remembers the nodes that each character leads to. So a character costs one look-up,
   unless the same character has not been met with the same nodes before.
3. Characters and visits of nodes are charged. `charge` may raise an exception to stop the search.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Any, Final

from msgspec import Struct

from mock_electron.engine.script.pattern_tree import (
    LOOPS,
    SETS,
    UNBOUNDED,
    Tree,
    group_flags,
    is_anchored,
    op,
    parsed,
    single,
)

MOST_NODES: Final = 2_000
"""The maximum number of nodes of a program."""
LOOKED_UP: Final = 20
"""Units of work for a character that has not been met with the same nodes before."""
VISIT: Final = 5
"""Units of work for each visit of a node that such a character takes."""
MARK: Final = 2
"""Units of work for each place at which an anchor matches."""
END: Final = 0
"""The node at the end of the pattern."""
REASONS: Final[Mapping[Any, str]] = {
    op.GROUPREF: "it has a back reference",
    op.GROUPREF_EXISTS: "it has a condition on a group",
    op.ASSERT: "it has a lookaround",
    op.ASSERT_NOT: "it has a lookaround",
    op.ATOMIC_GROUP: "it has an atomic group",
    op.POSSESSIVE_REPEAT: "it has a possessive repetition",
}
"""Why a pattern with such a node has no program."""


class UnsupportedError(Exception):
    """A pattern cannot have a program. The argument says why."""


class Node(Struct, frozen=True):
    """A node of a program.

    Attributes:
        characters: The set of characters that leads to the targets, or None if no character does.
        anchor: The bit of the anchor that must match; 0 without one.
        targets: The next nodes.
    """

    characters: re.Pattern[str] | None
    anchor: int
    targets: tuple[int, ...]


class Program:
    """A pattern as a graph.

    Attributes:
        nodes: The nodes.
        anchors: The anchors of the pattern; the first one has the bit 1.
        start: The first node.
        anchored: Whether the pattern can only match at the beginning of a text.

    Raises:
        UnsupportedError: If the pattern has a back reference or the like, or is too large.
    """

    __slots__ = ("_singles", "anchored", "anchors", "nodes", "start")

    def __init__(self, pattern: re.Pattern[str]) -> None:
        tree, flags = parsed(pattern)
        self.nodes: list[Node] = []
        self.anchors: list[re.Pattern[str]] = []
        self._singles: dict[tuple[str, int], re.Pattern[str]] = {}
        self._add()
        self.start: Final = self._sequence(tree, flags, END)
        self.anchored: Final = is_anchored(tree, flags)

    def _add(
        self,
        *targets: int,
        characters: re.Pattern[str] | None = None,
        anchor: int = 0,
    ) -> int:
        if len(self.nodes) == MOST_NODES:
            raise UnsupportedError("it is too large")
        self.nodes.append(Node(characters, anchor, targets))
        return len(self.nodes) - 1

    def _sequence(self, tree: Tree, flags: int, rest: int) -> int:
        """Add the nodes of a sequence, and return its first one."""
        for kind, value in reversed(tree):
            rest = self._part(kind, value, flags, rest)
        return rest

    def _part(self, kind: Any, value: Any, flags: int, rest: int) -> int:
        if kind in SETS:
            return self._add(rest, characters=self._single(kind, value, flags))
        if kind is op.AT:
            return self._add(rest, anchor=self._anchor(kind, value, flags))
        if kind is op.SUBPATTERN:
            return self._sequence(value[3], group_flags(value, flags), rest)
        if kind is op.BRANCH:
            return self._add(*(self._sequence(option, flags, rest) for option in value[1]))
        if kind in LOOPS:
            return self._loop(value, flags, rest)
        raise UnsupportedError(REASONS.get(kind, "it has an unknown part"))

    def _single(self, kind: Any, value: Any, flags: int) -> re.Pattern[str]:
        key = (f"{kind} {value}", flags)
        if key not in self._singles:
            self._singles[key] = single(kind, value, flags)
        return self._singles[key]

    def _anchor(self, kind: Any, value: Any, flags: int) -> int:
        anchor = self._single(kind, value, flags)
        if anchor not in self.anchors:
            self.anchors.append(anchor)
        return 1 << self.anchors.index(anchor)

    def _loop(self, value: Any, flags: int, rest: int) -> int:
        least, most, body = value
        entry = rest
        if most is UNBOUNDED:
            entry = self._add()
            again = self._sequence(body, flags, entry)
            self.nodes[entry] = Node(None, 0, (again, rest))
        else:
            for _ in range(most - least):
                entry = self._add(self._sequence(body, flags, entry), rest)
        for _ in range(least):
            after, entry = entry, self._sequence(body, flags, entry)
            if entry == after:  # the repeated part is empty
                break
        return entry


class _Found(Exception):  # noqa: N818 (a signal, not an error)
    """The end of the pattern was reached."""


class _Impossible(Exception):  # noqa: N818 (as above)
    """The end of the pattern cannot be reached any more."""


class _State(dict[Any, "_State"]):
    """A set of nodes, and the state after each symbol: a character and the anchors before it."""

    __slots__ = ("_automaton", "_nodes")

    def __init__(self, nodes: frozenset[int], automaton: "Automaton") -> None:
        super().__init__()
        self._nodes, self._automaton = nodes, automaton

    def __missing__(self, symbol: Any) -> "_State":
        state = self[symbol] = self._automaton.after(self._nodes, symbol)
        return state


class Automaton:
    """Searches texts for a program.

    Args:
        program: The program.
        charge: Called with units of work, such as `Work.charge`.
    """

    __slots__ = ("_charge", "_program", "_states")

    def __init__(self, program: Program, charge: Callable[[int], None]) -> None:
        self._program, self._charge = program, charge
        self._states: dict[frozenset[int], _State] = {}

    def finds(self, text: str) -> bool:
        """Return whether the pattern occurs in a text, as `re.search` does."""
        state = self._state(frozenset((self._program.start,)))
        self._charge(self.units(text))
        try:
            for symbol in self._symbols(text):
                state = state[symbol]
        except _Found:
            return True
        except _Impossible:
            pass
        return False

    def units(self, text: str) -> int:
        """Return the units of work for the characters of a text."""
        return (len(text) + 1) * (2 + len(self._program.anchors)) // 2

    def _symbols(self, text: str) -> Iterable[Any]:
        """Return each character, and "" at the end, with the bits of the anchors before it."""
        characters = chain(text, ("",))
        if not self._program.anchors:
            return characters
        marks = [0] * (len(text) + 1)
        for number, anchor in enumerate(self._program.anchors):
            places = [match.start() for match in anchor.finditer(text)]
            self._charge(MARK * len(places))
            for place in places:
                marks[place] |= 1 << number
        return zip(characters, marks, strict=True)

    def after(self, nodes: Iterable[int], symbol: Any) -> _State:
        """Return the state after a symbol.

        Raises:
            _Found: If the end of the pattern is reached before the character.
            _Impossible: If nothing can match after the character.
        """
        character, mark = symbol if self._program.anchors else (symbol, 0)
        reached = self._reached(nodes, mark)
        if END in reached:
            raise _Found
        following = {
            self._program.nodes[number].targets[0]
            for number in reached
            if (characters := self._program.nodes[number].characters) is not None
            and characters.fullmatch(character)
        }
        if not self._program.anchored:
            following.add(self._program.start)
        if not following:
            raise _Impossible
        return self._state(frozenset(following))

    def _state(self, nodes: frozenset[int]) -> _State:
        state = self._states.get(nodes)
        if state is None:
            state = self._states[nodes] = _State(nodes, self)
        return state

    def _reached(self, nodes: Iterable[int], mark: int) -> set[int]:
        """Return the nodes that are reached without a character."""
        reached: set[int] = set()
        waiting = list(nodes)
        while waiting:
            number = waiting.pop()
            if number in reached:
                continue
            reached.add(number)
            node = self._program.nodes[number]
            if node.characters is None and node.anchor & mark == node.anchor:
                waiting += node.targets
        self._charge(LOOKED_UP + VISIT * len(reached))
        return reached
