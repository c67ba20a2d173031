"""Tools as they are offered together, and what a word tells about one of them.

1. A word that many tools of a catalogue have says less than a word that one of them has.
2. A catalogue is kept, because the requests of a program offer the same tools again and again.
"""

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from itertools import chain
from typing import Any, Final

from msgspec import Struct

from mock_electron.model.decide.actions import VAGUE, VERBS
from mock_electron.model.decide.tool_words import Offer, reading_cost, written_in
from mock_electron.model.normalise import split, stem
from mock_electron.model.once import once
from mock_electron.model.work import Work
from mock_electron.wire import codec
from mock_electron.wire.request import Tool

LONGEST_CATALOGUE: Final = 100_000
"""The maximum size of a catalogue whose offers are kept, in bytes."""


FEWEST: Final = 6
"""In a catalogue of at least this many tools, a first word that most names share is ignored."""


def brand_of(names: list[str]) -> str:
    """Return the first word that most names share, in lowercase. Return "" for a verb or none."""
    if len(names) < FEWEST:
        return ""
    firsts = Counter([words[0].lower() for words in map(split, names) if len(words) > 1])
    word, number = firsts.most_common(1)[0] if firsts else ("", 0)
    is_verb = stem(word) in VERBS or stem(word) in VAGUE
    return word if 2 * number > len(names) and not is_verb else ""


class Catalogue(Struct, frozen=True, dict=True):
    """The tools of a request."""

    tools: tuple[Tool, ...]

    @once
    def units(self) -> int:
        """The units of work to read them."""
        return sum(map(reading_cost, self.tools))

    @once
    def offers(self) -> tuple[Offer, ...]:
        """The tools with their words."""
        brand = brand_of([tool.name for tool in self.tools])
        return tuple([Offer.of(tool, brand) for tool in self.tools])

    @once
    def rarity(self) -> Mapping[str, int]:
        """How much a word tells about a tool, in percent. COMMON if all tools have it."""
        return self._telling([offer.words.stems for offer in self.offers])

    @once
    def named(self) -> Mapping[str, int]:
        """The same for the words of the names alone."""
        return self._telling([offer.words.nouns | offer.words.verbs for offer in self.offers])

    def _telling(self, words: list[frozenset[str]]) -> Mapping[str, int]:
        count = len(self.tools)
        tools_with = Counter(chain.from_iterable(words))
        return {
            word: COMMON if 1 < number == count else COMMON + (RARE - COMMON) // number
            for word, number in tools_with.items()
        }

    @once
    def written(self) -> Mapping[str, str]:
        """The words of all tools, as they are written, with their stems."""
        return {word: root for tool in self.tools for word, root in written_in(tool).items()}

    @once
    def places(self) -> Mapping[str, tuple[int, ...]]:
        """The places of the tools that have a word."""
        found: dict[str, tuple[int, ...]] = {}
        for place, offer in enumerate(self.offers):
            for word in offer.words.stems:
                found[word] = (*found.get(word, ()), place)
        return found

    def sharing(self, words: frozenset[str], text: str, lower: str) -> list[Offer]:
        """Return the tools that share a word with a text, or whose names it contains, in order."""
        shared = self.places
        found = {place for word in words if word in shared for place in shared[word]}
        return [
            offer
            for place, offer in enumerate(self.offers)
            if place in found
            or offer.words.searches
            or offer.shapes
            or offer.tool.name in text
            or (offer.words.said and offer.words.said in lower)
        ]


COMMON: Final = 50
"""What a word is worth that all tools have: it tells them from no tool only."""
RARE: Final = 100
"""What a word is worth that one tool has."""


def catalogue_of(tools: tuple[Tool, ...], work: Work) -> Catalogue:
    """Return the catalogue of tools. The requests of a program offer the same tools again and again.

    Args:
        tools: The tools.
        work: The budget of the request. It is charged before the tools are read.
    """
    written = codec.encode([(tool.name, tool.description, tool.parameters) for tool in tools])
    catalogue = _kept(written) if len(written) <= LONGEST_CATALOGUE else Catalogue(tools)
    work.charge(catalogue.units)
    return catalogue


@lru_cache(maxsize=8)
def _kept(written: bytes) -> Catalogue:
    tools: Any = codec.decode(written)
    return Catalogue(tuple([Tool(*fields) for fields in tools]))
