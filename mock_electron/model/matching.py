"""Score how well a tool fits a message: one function per rule, with its weight in the table RULES."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from msgspec import Struct, field

from mock_electron._regex import regex
from mock_electron.model.language import LANGUAGES, Language, english_stems
from mock_electron.model.normalise import stem
from mock_electron.model.offers import FIT, Offer, reading_cost, stems_of, verbal_nouns
from mock_electron.model.once import once
from mock_electron.model.work import COMPILED, Work
from mock_electron.wire.request import Tool


@lru_cache(maxsize=64)
def _meant(text: str, code: str) -> frozenset[str]:
    """Return the stems of the words of a text, of their synonyms, and of their translations."""
    meant = english_stems(text, LANGUAGES[code])
    return frozenset(stems_of(text)) | frozenset(map(stem, meant))


class Spoken(Struct, frozen=True, dict=True):
    """A message and the words by which tools are matched with it."""

    text: str
    language: Language
    work: Work = field(default_factory=Work)

    @once
    def lower(self) -> str:
        return self.text.lower()

    @once
    def stems(self) -> frozenset[str]:
        """The stems of its words, of their synonyms, and of their translations to English."""
        self.work.charge(2 * len(self.text) + TRANSLATION)
        return _meant(self.text, self.language.code)

    @once
    def verbal_nouns(self) -> frozenset[str]:
        return verbal_nouns(self.text)


TRANSLATION: Final = 300
"""Units of work to look up words in a lexicon."""
ENOUGH: Final = 3
"""The score from which on a tool is called."""


def score(tool: Tool, spoken: Spoken) -> int:
    """Return how well a tool fits a message. It should be called if this is ENOUGH or more."""
    spoken.work.charge(_units(spoken) + reading_cost(tool))
    offer = Offer.of(tool)
    return _points(offer, spoken) if _fits(offer, spoken) else 0


def _units(spoken: Spoken) -> int:
    """Return the units of work to score one tool."""
    return FIT + len(spoken.text) // 10


def best_of(offers: tuple[Offer, ...], spoken: Spoken) -> tuple[Tool | None, int]:
    """Return the tool that fits best, of equals the first, and its score.

    Args:
        offers: The tools. The work to read them is charged before.
        spoken: The message.
    """
    spoken.work.charge(_units(spoken) * len(offers))
    best, most = None, -1
    for offer in offers:
        if _fits(offer, spoken):
            points = _points(offer, spoken)
            if points > most:
                best, most = offer.tool, points
    return (None, 0) if best is None else (best, most)


def _points(offer: Offer, spoken: Spoken) -> int:
    points = 0
    for rule, weight in RULES:
        points += weight * rule(offer, spoken)
    return points


def _fits(offer: Offer, spoken: Spoken) -> bool:
    """Return whether any of RULES may give points. Most of many tools have nothing in common."""
    words = offer.words
    return (
        not words.stems.isdisjoint(spoken.stems)
        or offer.tool.name in spoken.text
        or (words.said != "" and words.said in spoken.lower)
        or bool(words.searches)
        or words.switches != ()
        or bool(words.verbal_nouns and words.verbal_nouns & spoken.verbal_nouns)
    )


def _is_named(offer: Offer, spoken: Spoken) -> int:
    """Its very name is said: "use lookup_order", "the value of f(3)", "magic function"."""
    name = offer.tool.name
    if name in spoken.text:
        spoken.work.charge(COMPILED)
        found = re.search(rf"(?<![\w]){re.escape(name)}(?:\s*\(|(?![\w]))", spoken.text)
        if found is not None and _is_identifier(offer, spoken):
            return 1
    said = offer.words.said
    if not said or said not in spoken.lower:
        return 0
    spoken.work.charge(COMPILED)
    return int(re.search(rf"\b{re.escape(said)}\b", spoken.lower) is not None)


def _is_identifier(offer: Offer, spoken: Spoken) -> bool:
    """Whether the name is mentioned as an identifier: "search" alone is only an English word."""
    name = offer.tool.name
    return (
        not name.isalpha()
        or len(name) == 1
        or re.search(rf"{re.escape(name)}\s*\(|tool|function", spoken.text) is not None
    )


def _shares_its_name(offer: Offer, spoken: Spoken) -> int:
    """Words of its name are said: "the weather" and get_weather, "my bookings" and get_booking."""
    words = offer.words
    nouns = len(words.nouns & spoken.stems)
    return nouns + len(words.verbal_nouns & spoken.verbal_nouns) if words.verbal_nouns else nouns


def _shares_its_verb(offer: Offer, spoken: Spoken) -> int:
    """A verb of its name is said; many tools have the same, so it says less than a noun."""
    said = offer.words.verbs & spoken.stems
    if not said:
        return 0
    nouns = frozenset(map(stem, offer.words.verbal_nouns & spoken.verbal_nouns))
    return len(said - nouns)


def _switches(offer: Offer, spoken: Spoken) -> int:
    """ "on" and "off" tell two switches apart, and nothing else."""
    if not offer.words.switches:
        return 0
    return sum(
        [re.search(rf"\b{word}\b", spoken.text) is not None for word in offer.words.switches]
    )


def _shares_its_description(offer: Offer, spoken: Spoken) -> int:
    """Words of its description or parameters are said; the more, the likelier."""
    return min(len(offer.words.about & spoken.stems), 4)


def _answers_questions(offer: Offer, spoken: Spoken) -> int:
    """A search takes any question that asks for a fact."""
    return int(offer.words.searches and QUESTION.match(spoken.text) is not None)


QUESTION: Final = regex(
    r"\W*(?:who|when|where|which|what(?:'s| is| are| was| were)\b(?! (?:your|my)\b)|how (?:many|much|old|tall|far))\b",
    re.IGNORECASE,
)

RULES: Final[tuple[tuple[Callable[[Offer, Spoken], int], int], ...]] = (
    (_is_named, 20),
    (_shares_its_name, 3),
    (_shares_its_verb, 2),
    (_answers_questions, 3),
    (_shares_its_description, 1),
    (_switches, 1),
)
"""Each rule with its weight. One word of the name, or three of the description, are ENOUGH."""
