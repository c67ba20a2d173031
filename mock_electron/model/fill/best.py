"""The best assignment of places to parameters: the one with the largest sum of scores.

1. No two parameters use overlapping places.
2. A parameter may stay without a value; that scores nothing.
3. The search is exact: branch and bound, beginning with the greedy assignment. After MOST_STEPS steps
   the best assignment so far is returned.
"""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from mock_electron.model.work import Work

Range = tuple[int, int]
MOST_STEPS: Final = 400
MOST_CHOICES: Final = 6
"""How many candidates of a parameter are considered."""


class Candidate(Struct, frozen=True):
    """A value that a parameter may take.

    Attributes:
        score: How well it fits.
        value: The value, as the schema wants it.
        ranges: The parts of the text that it uses.
        words: The words that it comes from, if they are not those of its ranges.
        rest: Whether it is what the other parameters leave of the text.
    """

    score: float
    value: Any
    ranges: tuple[Range, ...]
    words: str = ""
    rest: bool = False


Choice = tuple[Candidate | None, ...]


def best(choices: Sequence[Sequence[Candidate]], work: Work) -> Choice:
    """Choose at most one candidate for each parameter.

    Args:
        choices: The candidates of each parameter, best first.
        work: The budget of the request.
    """
    work.charge(4 * sum(map(len, choices)))
    firsts = tuple([each[0] if each else None for each in choices])
    if not _conflict(firsts):
        return firsts
    return _Search(choices, work).run()


def in_order(choices: Sequence[Sequence[Candidate]], chosen: Choice) -> Choice:
    """Swap values of parameters that follow each other, if only their order tells them apart.

    Args:
        choices: The candidates of each parameter.
        chosen: The assignment.
    """
    found = list(chosen)
    for last in range(len(found) - 1, 0, -1):
        swapped = [_swap(choices, found, n) for n in range(last)]
        if not any(swapped):
            break
    return tuple(found)


def _swap(choices: Sequence[Sequence[Candidate]], found: list[Candidate | None], n: int) -> bool:
    """Swap the values of a parameter and the next one, if that costs little; say whether it did."""
    one, other = found[n], found[n + 1]
    if one is None or other is None or one.ranges[0] <= other.ranges[0]:
        return False
    first = next((each for each in choices[n] if each.ranges == other.ranges), None)
    second = next((each for each in choices[n + 1] if each.ranges == one.ranges), None)
    if first is None or second is None:
        return False
    is_cheap = one.score + other.score - first.score - second.score <= TOLERANCE
    if is_cheap:
        found[n], found[n + 1] = first, second
    return is_cheap


TOLERANCE: Final = 12.0
"""What the order of two values is worth."""


def _conflict(chosen: Choice) -> bool:
    ranges = sorted([place for each in chosen if each is not None for place in each.ranges])
    return any(ranges[n][1] > ranges[n + 1][0] for n in range(len(ranges) - 1))


def overlap(one: tuple[Range, ...], other: Sequence[Range]) -> bool:
    """Whether two sets of places have a part in common."""
    for start, end in one:
        for begin, stop in other:
            if begin < end and start < stop:
                return True
    return False


class _Search:
    """A search for the best assignment; rule 3."""

    def __init__(self, choices: Sequence[Sequence[Candidate]], work: Work) -> None:
        self._work = work
        order = sorted(range(len(choices)), key=lambda n: (-_margin(choices[n]), n))
        self._order = [n for n in order if choices[n]]
        self._choices = [list(choices[n])[:MOST_CHOICES] for n in self._order]
        self._count = len(choices)
        self._most = [0.0] * (len(self._order) + 1)
        for n in reversed(range(len(self._order))):
            self._most[n] = self._most[n + 1] + max(0.0, self._choices[n][0].score)
        self._best: list[Candidate | None] = self._greedy()
        self._sum = sum(each.score for each in self._best if each is not None)
        self._steps = 0

    def run(self) -> Choice:
        self._branch(0, 0.0, [], [])
        found: list[Candidate | None] = [None] * self._count
        for n, each in zip(self._order, self._best, strict=True):
            found[n] = each
        return tuple(found)

    def _greedy(self) -> list[Candidate | None]:
        """The candidates by score, each if its place is free and its parameter has none."""
        ranked = sorted(
            [
                (-each.score, n, place)
                for n, candidates in enumerate(self._choices)
                for place, each in enumerate(candidates)
            ]
        )
        found: list[Candidate | None] = [None] * len(self._choices)
        taken: list[Range] = []
        for _, n, place in ranked:
            each = self._choices[n][place]
            if found[n] is None and not overlap(each.ranges, taken):
                found[n] = each
                taken += each.ranges
        return found

    def _branch(
        self, n: int, total: float, taken: list[Range], chosen: list[Candidate | None]
    ) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS or total + self._most[n] <= self._sum:
            return
        if n == len(self._choices):
            self._best, self._sum = chosen, total
            return
        self._work.charge(6 + len(taken))
        for each in self._choices[n]:
            if not overlap(each.ranges, taken):
                self._branch(n + 1, total + each.score, [*taken, *each.ranges], [*chosen, each])
        self._branch(n + 1, total, taken, [*chosen, None])


def _margin(candidates: Sequence[Candidate]) -> float:
    """How much the best candidate is better than the second; sure choices come first."""
    if not candidates:
        return 0.0
    return candidates[0].score - (candidates[1].score if len(candidates) > 1 else 0.0)
