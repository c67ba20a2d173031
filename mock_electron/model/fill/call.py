"""What the candidates of a call share: the places, the labels, and the points of both."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from mock_electron.model.fill.best import Range
from mock_electron.model.fill.candidates import weights
from mock_electron.model.fill.candidates.labels import Labels
from mock_electron.model.fill.parameters.roles import ROLES
from mock_electron.model.fill.parameters.want import Want
from mock_electron.model.fill.text.places import Place, Text
from mock_electron.model.fill.text.values import Mark
from mock_electron.model.once import once
from mock_electron.model.schema.resolve import Schemas
from mock_electron.model.work import RULE

Scored = tuple[float, float, Mark, tuple[Range, ...]]
"""A score, the part of it that is proof, a mark, and the parts of the text that it uses."""


class Call(Struct, frozen=True, dict=True):
    """What all candidates of a call share.

    Attributes:
        schemas: The schemas.
        text: The places of the text.
        labels: The labels of the parameters.
        ranks: For each parameter, how many of its type precede it.
        tool: The words of the tool's name.
        siblings: The words of the names of all parameters.
    """

    schemas: Schemas
    text: Text
    labels: Labels
    ranks: Mapping[int, int]
    tool: frozenset[str]
    taken: tuple[Range, ...] = ()

    @once
    def names(self) -> frozenset[str]:
        """The words of the tool's name and of the parameters."""
        return self.tool | self.labels.words

    @once
    def _claims(self) -> dict[tuple[int, int], tuple[float, int]]:
        return {}

    def claimed(self, number: int, place: Place) -> float:
        """The points that a value loses because it has the label of another parameter."""
        if len(self.labels.own) < 2:
            return 0.0
        known = self._claims.get((place.first, place.last))
        if known is None:
            self.schemas.work.charge(RULE * len(self.labels.own))
            points = [(self.labels.points(n, place, self.text)[0], -n) for n in self.labels.own]
            best, owner = max(points)
            known = self._claims[place.first, place.last] = best, -owner
        best, owner = known
        if owner == number or best < weights.CLAIM:
            return 0.0
        own = self.labels.points(number, place, self.text)[0]
        return weights.CLAIMED * (best - own)


def mark_of(place: Place) -> Mark:
    return Mark(place.kind, place.value, place.start, place.end)


def range_of(mark: Mark) -> tuple[Range, ...]:
    return ((mark.start, mark.end),)


def order_points(call: Call, number: int, place: Place) -> float:
    apart = call.ranks.get(number, 0) - place.rank
    return -weights.ORDER * min(abs(apart), weights.MOST_DISORDER) if apart else 0.0


def way_points(call: Call, want: Want, place: Place) -> float:
    way = way_of(want.words, want.role.name)
    if not way:
        return 0.0
    found = call.text.way(place)
    if not found:
        return 0.0
    return weights.DIRECTED if found == way else -weights.DIRECTED


def way_of(words: tuple[str, ...], role: str = "") -> str:
    """The direction of a parameter: "from", "to", or "" if it has none."""
    if words[:2] in weights.STAYS or (role == "date" and words[:1] in weights.STAYS):
        return weights.STAYS[words[:2]] if words[:2] in weights.STAYS else weights.STAYS[words[:1]]
    if not weights.FROM_NAMES.isdisjoint(words):
        return "from"
    return "" if weights.TO_NAMES.isdisjoint(words) else "to"


def leads_of(role: str) -> Mapping[str, int]:
    return weights.LEADS_BY_ROLE.get(role, weights.LEADS["any"])


def own_words(call: Call, first: int, last: int) -> float:
    """A phrase of words that the parameters and the tool have is a label, not a value."""
    own, empty = 0, 0
    labels, tool, english = call.labels.words, call.tool, call.text.english
    for place in range(first, last):
        word = call.text.reading.words[place]
        is_own = word.normal in labels or (word.normal in tool and word.written[0] >= "a")
        own += is_own or not english.get(place, NOTHING).isdisjoint(call.names)
        empty += word.normal in weights.NOTHING
    points = float(weights.OWN_WORD * own)
    if own == last - first:
        points *= 2 if first or last > 1 or len(call.text.reading.words) == 1 else 5
    if empty == last - first:
        points += weights.GENERIC
    return points


NOTHING: Final = frozenset[str]()
SORTS: Final[Mapping[str, str]] = {
    **{role.name: "typed" for role in ROLES if role.is_written},
    **dict.fromkeys(("currency", "id", "sql"), "typed"),
    **dict.fromkeys(("place", "person", "organisation", "name", "to", "from", "country", "language", "symbol", "street"), "named"),
    **dict.fromkeys(("text", "reason", "expression"), "free"),
    "composed": "composed",
    "unit": "unit",
}  # fmt: skip
"""The sort of values that a role takes; "any" for the others."""
