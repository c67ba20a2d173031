"""Score how well a tool fits a message: one function per rule, with its weight in the table RULES."""

import re
from collections.abc import Callable, Iterator
from dataclasses import field
from functools import cached_property
from typing import Final

from mock_electron._dataclass import dataclass
from mock_electron.model.language import Language, english_stems
from mock_electron.model.normalise import STOP_WORDS, normalise, split, stem
from mock_electron.model.work import COMPILED, Work
from mock_electron.wire.request import Tool

TOOL_WORDS: Final = frozenset(
    """
    based call called calls current function given go name provided return returns tell tool values
    """.split()
)
"""Words that may be in the description of any tool and so do not distinguish tools."""
MEANINGLESS: Final = STOP_WORDS | TOOL_WORDS


def stems_of(text: str) -> Iterator[str]:
    """Yield the stems of the words with a meaning in an identifier or a text."""
    return (stem(word) for word in split(text) if word.lower() not in MEANINGLESS)


def verbal_nouns(text: str) -> frozenset[str]:
    """Return the normal forms of the nouns made from one of VERBS, such as "booking"."""
    words = (normalise(word) for word in split(text))
    return frozenset(word for word in words if word.endswith("ing") and stem(word) in VERBS)


@dataclass(frozen=True)
class Spoken:
    """A message and the words by which tools are matched with it."""

    text: str
    language: Language
    work: Work = field(default_factory=Work, compare=False, repr=False)

    @cached_property
    def lower(self) -> str:
        return self.text.lower()

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of its words, of their synonyms, and of their translations to English."""
        self.work.charge(3 * len(self.text) + TRANSLATION)
        meant = english_stems(self.text, self.language)
        return frozenset(stems_of(self.text)) | frozenset(map(stem, meant))

    @cached_property
    def verbal_nouns(self) -> frozenset[str]:
        return verbal_nouns(self.text)


@dataclass(frozen=True)
class Offer:
    """A tool and the words by which messages are matched with it."""

    tool: Tool

    @cached_property
    def name(self) -> frozenset[str]:
        return frozenset(stems_of(self.tool.name))

    @cached_property
    def verbal_nouns(self) -> frozenset[str]:
        return verbal_nouns(self.tool.name)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of its name."""
        return tuple(split(self.tool.name))

    def read(self, work: Work) -> None:
        """Charge the words of the tool, which are read once."""
        if "about" not in vars(self):
            work.charge(FIT + 4 * len(self._text))

    @cached_property
    def about(self) -> frozenset[str]:
        """The words of its description and of its parameters' names and descriptions."""
        return frozenset(stems_of(self._text)) - self.name - SAID_OF_EVERYTHING

    @cached_property
    def _text(self) -> str:
        return f"{self.tool.description} {self._parameters()}"[:LONGEST_DESCRIPTION]

    def _parameters(self) -> str:
        properties = self.tool.parameters.get("properties")
        if not isinstance(properties, dict):
            return ""
        described = (
            str(member.get("description", ""))
            for member in properties.values()
            if isinstance(member, dict)
        )
        return " ".join([*properties, *described])


FIT: Final = 60
TRANSLATION: Final = 300
"""Units of work to score one tool, and to look up words in a lexicon."""
LONGEST_DESCRIPTION: Final = 4_000
"""Characters of a tool's description and of its parameters that are read."""
ENOUGH: Final = 3
"""The score from which on a tool is called."""


def score(offer: Offer, spoken: Spoken) -> int:
    """Return how well a tool fits a message. It should be called if this is ENOUGH or more."""
    spoken.work.charge(FIT + len(spoken.text) // 10)
    offer.read(spoken.work)
    return sum(weight * rule(offer, spoken) for rule, weight in RULES)


def _is_named(offer: Offer, spoken: Spoken) -> int:
    """Its very name is said: "use lookup_order", "the value of f(3)", "magic function"."""
    name = offer.tool.name
    if name in spoken.text:
        spoken.work.charge(COMPILED)
        found = re.search(rf"(?<![\w]){re.escape(name)}(?:\s*\(|(?![\w]))", spoken.text)
        if found is not None and _is_identifier(offer, spoken):
            return 1
    said = " ".join(offer.words).lower()
    if " " not in said or said not in spoken.lower:
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
    return len((offer.name & spoken.stems) - VERBS) + len(offer.verbal_nouns & spoken.verbal_nouns)


def _shares_its_verb(offer: Offer, spoken: Spoken) -> int:
    """A verb of its name is said; many tools have the same, so it says less than a noun."""
    nouns = frozenset(map(stem, offer.verbal_nouns & spoken.verbal_nouns))
    return len((offer.name & spoken.stems & VERBS) - nouns)


def _switches(offer: Offer, spoken: Spoken) -> int:
    """ "on" and "off" tell two switches apart, and nothing else."""
    return sum(
        word in offer.words and re.search(rf"\b{word}\b", spoken.text) is not None
        for word in ("on", "off")
    )


def _shares_its_description(offer: Offer, spoken: Spoken) -> int:
    """Words of its description or parameters are said; the more, the likelier."""
    return min(len(offer.about & spoken.stems), 4)


def _answers_questions(offer: Offer, spoken: Spoken) -> int:
    """A search takes any question that asks for a fact."""
    searches = bool(offer.name & SEARCHES)
    return int(searches and QUESTION.match(spoken.text) is not None)


VERBS: Final = frozenset(
    map(
        stem,
        """
        book cancel change check create delete fetch find list lookup look make open remove
        schedule send set show start stop turn update write
        """.split(),
    )
)
SAID_OF_EVERYTHING: Final = frozenset(
    map(stem, ("user", "request", "information", "data", "result"))
)
"""Words in so many descriptions that they describe nothing."""

SEARCHES: Final = frozenset(
    map(stem, ("search", "web", "browse", "wikipedia", "google", "retrieve", "knowledge"))
)
QUESTION: Final = re.compile(
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
