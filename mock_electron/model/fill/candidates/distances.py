"""The distances between the words of a text, from a label to a value.

1. Words that link, such as "is" and "of", part a label from its value by nothing. Other words, marks and
   conjunctions add to the distance, and another value adds most.
2. A label after its value is further away than one before it: "5 for height" is rare.
"""

from typing import Final

from msgspec import Struct

from mock_electron.model.fill.text.phrases import Sentence
from mock_electron.model.once import once

LINKS: Final = frozenset(
    """is of are be as was the a an my with value called named equals equal say will should set at
    being its your has have = to has""".split()
)
"""Words between a label and its value that do not part them."""
JOINS: Final = frozenset("and or but while और या".split())
SIGNS: Final = (
    (".", 5.0),
    ("\n", 3.0),
    (";", 2.5),
    ("?", 4.0),
    ("!", 4.0),
    (",", 2.0),
    (")", 1.0),
    ("(", 0.5),
)
"""What a mark between two words adds to their distance."""


class Distances(Struct, frozen=True, dict=True):
    """The distances between the words of a text."""

    sentence: Sentence

    @once
    def _before(self) -> list[float]:
        """The distance from the beginning to each word, as a label before its value counts it."""
        return self._costs(COSTS_BEFORE)

    @once
    def _after(self) -> list[float]:
        """The same for a label after its value."""
        return self._costs(COSTS_AFTER)

    def _costs(self, costs: tuple[float, float, float, float]) -> list[float]:
        """For each word, what all words and marks before it cost together."""
        link, function, content, join = costs
        sentence, text = self.sentence, self.sentence.text
        total, held, end = 0.0, -1, 0
        found: list[float] = []
        skipped = sentence.skipped
        for place, (word, lower) in enumerate(
            zip(self.sentence.words, sentence.lowers, strict=True)
        ):
            if word.start - end > 1 and place:
                between = text[end : word.start]
                total += next((cost for sign, cost in SIGNS if sign in between), 0.0)
            found.append(total)
            end = word.end
            mark = sentence.held[place]
            if mark >= 0:
                total += HELD if mark != held else 0.0
            elif lower in LINKS:
                total += link
            elif lower in JOINS:
                total += join
            else:
                total += function if lower in skipped else content
            held = mark
        return found

    def closeness(self, label: int, first: int, last: int) -> float:
        """How close a label is to a value, from 0 to 1.

        Args:
            label: The place of the label.
            first: The place of the value's first word.
            last: The place after its last word.
        """
        if label < first:
            costs = self._before
            gap = costs[first] - costs[label] - self._own(label, COSTS_BEFORE)
        elif label >= last:
            costs = self._after
            gap = costs[label] - costs[last - 1] - self._own(last - 1, COSTS_AFTER)
            return max(0.0, 1.0 - max(gap, 0.0) / REACH_AFTER)
        else:
            return 0.0
        return max(0.0, 1.0 - max(gap, 0.0) / REACH)

    def _own(self, place: int, costs: tuple[float, float, float, float]) -> float:
        """What the word at a place itself costs."""
        sentence = self.sentence
        if sentence.held[place] >= 0:
            before = place and sentence.held[place - 1] == sentence.held[place]
            return 0.0 if before else HELD
        lower = sentence.lowers[place]
        if lower in LINKS:
            return costs[0]
        if lower in JOINS:
            return costs[3]
        return costs[1] if lower in sentence.skipped else costs[2]


REACH: Final = 6.0
REACH_AFTER: Final = 5.0
"""The distance at which a label before a value, and one after it, counts nothing."""
HELD: Final = 3.0
"""The distance that another value adds."""
COSTS_BEFORE: Final = (0.0, 1.0, 1.5, 2.5)
COSTS_AFTER: Final = (0.7, 1.5, 1.5, 4.0)
"""The distance that a link, another function word, any other word, and a conjunction add."""
