r"""Prove that a regular expression takes linear time on any input, or say which text to repeat.

A backtracking matcher is linear if the number of runs that are alive at any character is bounded. It
is not if the graph has one of these (Weber and Seidl, "On the degree of ambiguity of finite
automata", 1991):

1. Exponential: a loop that reads some text in two ways, as in `(a|a)*b`.
2. Polynomial: a loop that can go on, or be left for a second loop, on the same text, as in `a*a*b`.
   The search for the next place to begin counts as a first loop, so `a+b` is one, searched in "aaa".

Only runs that fail are repeated. From a place where the match can already end, nothing fails, so
such places are left out of the loops: `\d+` is linear.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations
from typing import Any, Final

from regex_alphabet import REPEATS, UnprovedError, op, parser
from regex_graph import Graph
from regex_loops import Move, all_reached, components, sources_of, union, while_growing

MOST_CHOICES: Final = 5_000
"""In how many ways counted repetitions may match the same text: a constant, but of the time."""
State = tuple[int, ...]
Explored = dict[State, tuple[int, State] | None]
AnyPattern = re.Pattern[str] | re.Pattern[bytes]


def fault(pattern: AnyPattern, method: str) -> str | None:
    """Return why an expression is not linear, or None if it is proved to be.

    Args:
        pattern: The expression.
        method: How it is used: "match", "fullmatch", "search", or "finditer" for any other method.
    """
    try:
        choices = _choices(parser.parse(pattern.pattern, pattern.flags), counted=False)
        if choices > MOST_CHOICES:
            return f"counted repetitions match in {choices:.0e} ways"
        runs = Runs(Graph(pattern), method)
    except UnprovedError as error:
        return str(error)
    return runs.exponential() or runs.polynomial()


def _choices(tree: Any, *, counted: bool) -> float:
    """Return in how many ways the counted repetitions of a tree can match the same text, at most."""
    ways = 1.0
    for kind, value in tree:
        if kind in REPEATS:
            least, most, body = value
            bounded = most is not op.MAXREPEAT and most > 1
            inner = _choices(body, counted=counted or bounded)
            if kind is op.POSSESSIVE_REPEAT or not (bounded or counted) or most is op.MAXREPEAT:
                ways *= inner
            else:
                ways *= inner ** min(most, 64) * (most - least + 1)
        elif kind is op.BRANCH:
            ways *= max(_choices(option, counted=counted) for option in value[1])
        elif kind is op.SUBPATTERN:
            ways *= _choices(value[3], counted=counted)
    return ways


class Runs:
    """The positions of all runs: places after a character, with the class of that character.

    Attributes:
        moves: For each position, where a run can go.
        failing: For each position, the moves to characters with which the match cannot end here.
    """

    def __init__(self, graph: Graph, method: str) -> None:
        self._graph = graph
        self._full = method == "fullmatch"
        self._repeated = method not in ("match", "fullmatch", "search")
        self._all = graph.alphabet.characters | graph.alphabet.edge
        self._paths: dict[int, list[tuple[int, int, int, int]]] = {}
        self._parts: dict[int, list[int]] = {}
        self._ids: dict[tuple[int, int], int] = {}
        self._keys: list[tuple[int, int]] = []
        self.moves: list[list[Move]] = []
        self._ends: list[int] = []
        self._first = len(graph.free) if method not in ("match", "fullmatch") else -1
        root = self._first if self._first >= 0 else graph.start
        for part in self._parts_of(root):
            if part & graph.alphabet.edge:
                self._position(root, part)
        for position in while_growing(self._keys):
            self._expand(position)
        self.failing = [
            [(mask & ~end, target, ways) for mask, target, ways in moves if mask & ~end]
            for moves, end in zip(self.moves, self._ends, strict=True)
        ]
        self._fails = self._able_to_fail()

    def exponential(self) -> str | None:
        """Return the text that a loop reads in two ways, or None."""
        for loop in self._loops(self.failing):
            if not any(self._fails[position] for position in loop):
                continue
            for position in loop:
                inside = [move for move in self.failing[position] if move[1] in loop]
                for mask, _, ways in inside:
                    if ways > 1:
                        return f"exponential: repeat {self._graph.alphabet.shown(mask)!r}"
                for (mask, one, _), (other_mask, other, _) in combinations(inside, 2):
                    both = mask & other_mask
                    text = both and self._meeting(loop, (one, other), both)
                    if text:
                        return f"exponential: repeat {text!r}"
        return None

    def polynomial(self) -> str | None:
        """Return the text after which a run is in two loops at once, or None."""
        loops = self._loops(self.moves)
        firsts = [(one, starts) for one in loops if (starts := [*filter(self._branches, one)])]
        for second in self._loops(self.failing):
            if not any(self._fails[position] for position in second):
                continue
            leading = all_reached(second, sources_of(self.moves))
            for first, starts in firsts:
                for start in starts if first & leading else ():
                    text = self._overlap(first, second, start, leading)
                    if text:
                        return f"polynomial: repeat {text!r}"
        return None

    def _branches(self, position: int) -> bool:
        """Return whether a run can go on in two ways on the same character."""
        moves = self.moves[position]
        return any(ways > 1 for _, _, ways in moves) or any(
            one[0] & other[0] for one, other in combinations(moves, 2)
        )

    def _position(self, node: int, part: int) -> int:
        position = self._ids.setdefault((node, part), len(self._ids))
        if position == len(self._keys):
            self._keys.append((node, part))
            self.moves.append([])
            self._ends.append(0)
        return position

    def _paths_of(self, node: int) -> list[tuple[int, int, int, int]]:
        """Return the paths to the next character: before, after, target (-1 is the end), ways."""
        if node not in self._paths:
            found = _paths(
                self._graph, self._graph.start if node == self._first else node, {}, set()
            )
            if node == self._first:
                found = {**found, (self._all, self._graph.alphabet.characters, node): 1}
            self._paths[node] = [(*path, ways) for path, ways in found.items()]
        return self._paths[node]

    def _parts_of(self, node: int) -> list[int]:
        """Return the classes of the character before a node that its paths tell apart."""
        if node not in self._parts:
            parts = [self._all]
            for before in {path[0] for path in self._paths_of(node)}:
                split = [(part & before, part & ~before) for part in parts]
                parts = [part for pair in split for part in pair if part]
            self._parts[node] = parts
        return self._parts[node]

    def _expand(self, position: int) -> None:
        node, part = self._keys[position]
        moves: dict[tuple[int, int], int] = defaultdict(int)
        for before, after, target, ways in self._paths_of(node):
            if not before & part:
                continue
            if target >= 0:
                for other in self._parts_of(target):
                    mask = after & other & self._graph.alphabet.characters
                    if mask:
                        moves[mask, self._position(target, other)] += ways
            elif node not in self._graph.atomic:
                self._ends[position] |= after & (self._graph.alphabet.edge if self._full else -1)
        self.moves[position] = [(mask, target, ways) for (mask, target), ways in moves.items()]

    def _able_to_fail(self) -> list[bool]:
        """Return for each position whether some text makes a run fail there."""
        known = [
            end | union(mask for mask, _, _ in moves)
            for moves, end in zip(self.moves, self._ends, strict=True)
        ]
        fails = [bool(self._all & ~mask) for mask in known]
        sources = sources_of(self.failing)
        for position in all_reached((n for n, one in enumerate(fails) if one), sources):
            fails[position] = True
        return fails

    def _loops(self, moves: list[list[Move]]) -> list[frozenset[int]]:
        """Return the loops, that of the search for a beginning only among all moves."""
        found = components([[target for _, target, _ in each] for each in moves])
        return [
            one
            for one in found
            if moves is self.moves or self._keys[min(one)][0] != self._first
            if any(target in one for position in one for _, target, _ in moves[position])
        ]

    def _meeting(self, loop: frozenset[int], pair: State, mask: int) -> str:
        """Return the text on which two runs in a loop meet again, or ""."""

        def steps(state: State) -> Iterator[tuple[int, State]]:
            for mask, one, _ in self.failing[state[0]]:
                for other_mask, other, _ in self.failing[state[1]]:
                    if mask & other_mask and one in loop and other in loop:
                        yield mask & other_mask, (one, other)

        found = self._explored(pair, steps)
        met = next((state for state in found if state[0] == state[1]), None)
        return "" if met is None else self._graph.alphabet.shown(mask) + self._text(found, met)

    def _overlap(
        self, first: frozenset[int], second: frozenset[int], start: int, leading: set[int]
    ) -> str:
        """Return a text that leads from `start` to itself, and to a goal that it leads to itself."""
        pairs = partial(self._pairs, first, leading, self._keys[start][0] == self._first)

        def triples(state: State) -> Iterator[tuple[int, State]]:
            for mask, pair in pairs(state[:2]):
                for other, third, _ in self.failing[state[2]]:
                    if mask & other and third in second:
                        yield mask & other, (*pair, third)

        reached = self._explored((start, start), pairs)
        for goal in second - {start}:
            if (start, goal) in reached:
                found = self._explored((start, start, goal), triples)
                if (start, goal, goal) in found:
                    return self._text(found, (start, goal, goal))
        return ""

    def _pairs(
        self, first: frozenset[int], leading: set[int], searching: bool, state: State
    ) -> Iterator[tuple[int, State]]:
        """Yield the moves of a run in the first loop, and of one that leads to the second loop."""
        chain, run = state
        free = chain == run or (searching and self._repeated)
        for mask, two, _ in (self.moves if free else self.failing)[run]:
            for other, one, _ in self.moves[chain] if two in leading else ():
                if mask & other and one in first:
                    yield mask & other, (one, two)

    def _explored(
        self, start: State, steps: Callable[[State], Iterator[tuple[int, State]]]
    ) -> Explored:
        """Return all states that steps lead to, each with a mask and the state before it."""
        found: Explored = {start: None}
        waiting = [start]
        while waiting:
            state = waiting.pop()
            for mask, target in steps(state):
                if target not in found:
                    found[target] = mask, state
                    waiting.append(target)
        return found

    def _text(self, explored: Explored, state: State) -> str:
        text = ""
        while (before := explored[state]) is not None:
            mask, state = before
            text = self._graph.alphabet.shown(mask) + text
        return text


Paths = dict[tuple[int, int, int], int]


def _paths(graph: Graph, node: int, known: dict[int, Paths], active: set[int]) -> Paths:
    """Return the paths from a node to its next characters, and how many ways each can be taken."""
    if node in known:
        return known[node]
    active.add(node)
    everything = graph.alphabet.characters | graph.alphabet.edge
    found: Paths = defaultdict(int)
    edge = graph.edges[node]
    if edge is not None:
        found[everything, edge[0], edge[1]] += 1
    if node == graph.end:
        found[everything, everything, -1] += 1
    for target, before, after in graph.free[node]:
        for path, ways in (
            _paths(graph, target, known, active) if target not in active else {}
        ).items():
            both = (path[0] & before & everything, path[1] & after & everything)
            if all(both):
                found[*both, path[2]] += ways
    active.discard(node)
    known[node] = dict(found)
    return known[node]
