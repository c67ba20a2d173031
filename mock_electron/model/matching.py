"""Score how well a tool fits a message: one function per rule, with its weight in the table RULES."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

from mock_electron.model.language import LANGUAGES, Language, english_stems
from mock_electron.model.normalise import STOP_WORDS, normalise, split, stem
from mock_electron.model.work import COMPILED, Work
from mock_electron.wire import codec
from mock_electron.wire.request import Tool

TOOL_WORDS: Final = frozenset(
    """
    based call called calls current function given go name provided return returns tell tool values
    """.split()
)
"""Words that may be in the description of any tool and so do not distinguish tools."""
MEANINGLESS: Final = STOP_WORDS | TOOL_WORDS


def stems_of(text: str) -> list[str]:
    """Return the stems of the words with a meaning in an identifier or a text."""
    words = split(text)
    pairs = zip(words, map(str.lower, words), strict=True)
    return [stem(word) for word, lower in pairs if lower not in MEANINGLESS]


@lru_cache(maxsize=64)
def verbal_nouns(text: str) -> frozenset[str]:
    """Return the normal forms of the nouns made from one of VERBS, such as "booking"."""
    words = map(normalise, split(text))
    return frozenset([word for word in words if word[-3:] == "ing" and stem(word) in VERBS])


@lru_cache(maxsize=64)
def _meant(text: str, code: str) -> frozenset[str]:
    """Return the stems of the words of a text, of their synonyms, and of their translations."""
    meant = english_stems(text, LANGUAGES[code])
    return frozenset(stems_of(text)) | frozenset(map(stem, meant))


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
    def units(self) -> int:
        """The units of work to score one tool."""
        return FIT + len(self.text) // 10

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of its words, of their synonyms, and of their translations to English."""
        self.work.charge(3 * len(self.text) + TRANSLATION)
        return _meant(self.text, self.language.code)

    @cached_property
    def verbal_nouns(self) -> frozenset[str]:
        return verbal_nouns(self.text)


@dataclass(frozen=True, slots=True)
class ToolWords:
    """The words by which messages are matched with a tool.

    Attributes:
        said: The words of its name, as they are spoken. "" if there is only one.
        nouns: The stems of its name, except those of VERBS.
        verbs: The stems of its name that are in VERBS.
        verbal_nouns: The verbal nouns of its name.
        about: The stems of its description and of its parameters' names and descriptions.
        stems: All stems: of its name, and of `about`.
        switches: Which of SWITCHES are words of its name.
        searches: Whether it takes any question that asks for a fact.
    """

    said: str
    nouns: frozenset[str]
    verbs: frozenset[str]
    verbal_nouns: frozenset[str]
    about: frozenset[str]
    stems: frozenset[str]
    switches: tuple[str, ...]
    searches: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A tool with the words by which messages are matched with it.

    Attributes:
        tool: The tool.
        words: Its words.
        units: The units of work to read it.
    """

    tool: Tool
    words: ToolWords
    units: int

    @classmethod
    def of(cls, tool: Tool) -> "Offer":
        """Return the offer of a tool."""
        text = f"{tool.description} {_described(tool)}"[:LONGEST_DESCRIPTION]
        return cls(tool, _words_of_tool(tool.name, text), FIT + 4 * len(text))


def _words_of_tool(name: str, text: str) -> ToolWords:
    words, stems = split(name), frozenset(stems_of(name))
    about = frozenset(stems_of(text)) - stems - SAID_OF_EVERYTHING
    return ToolWords(
        said=" ".join(words).lower() if len(words) > 1 else "",
        nouns=stems - VERBS,
        verbs=stems & VERBS,
        verbal_nouns=verbal_nouns(name),
        about=about,
        stems=stems | about,
        switches=tuple([word for word in SWITCHES if word in words]),
        searches=bool(stems & SEARCHES),
    )


def _described(tool: Tool) -> str:
    """Return the names of a tool's parameters, and their descriptions."""
    properties = tool.parameters.get("properties")
    if not isinstance(properties, dict):
        return ""
    members = [member for member in properties.values() if isinstance(member, dict)]
    described = [str(m["description"]) if "description" in m else "" for m in members]
    return " ".join([*properties, *described])


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """The tools of a request, which are equal if they are written alike."""

    written: bytes
    tools: tuple[Tool, ...] = field(compare=False)


LONGEST_CATALOGUE: Final = 100_000
"""The maximum size of a catalogue whose offers are kept, in bytes."""


def offers_of(tools: tuple[Tool, ...]) -> tuple[Offer, ...]:
    """Return the offers of tools. The requests of a program offer the same tools again and again."""
    written = codec.encode([(tool.name, tool.description, tool.parameters) for tool in tools])
    if len(written) > LONGEST_CATALOGUE:
        return tuple(map(Offer.of, tools))
    return _kept_offers(_Catalogue(written, tools))


@lru_cache(maxsize=8)
def _kept_offers(catalogue: _Catalogue) -> tuple[Offer, ...]:
    return tuple(map(Offer.of, catalogue.tools))


FIT: Final = 60
TRANSLATION: Final = 300
"""Units of work to score one tool, and to look up words in a lexicon."""
LONGEST_DESCRIPTION: Final = 4_000
"""Characters of a tool's description and of its parameters that are read."""
ENOUGH: Final = 3
"""The score from which on a tool is called."""


def score(tool: Tool, spoken: Spoken) -> int:
    """Return how well a tool fits a message. It should be called if this is ENOUGH or more."""
    offer = Offer.of(tool)
    spoken.work.charge(spoken.units + offer.units)
    return _points(offer, spoken) if _fits(offer, spoken) else 0


def best_of(offers: tuple[Offer, ...], spoken: Spoken) -> tuple[Tool | None, int]:
    """Return the tool that fits best, of equals the first, and its score.

    Args:
        offers: The tools. The work to read them is charged before.
        spoken: The message.
    """
    spoken.work.charge(spoken.units * len(offers))
    fitting = [offer for offer in offers if _fits(offer, spoken)]
    scores = [_points(offer, spoken) for offer in fitting]
    if not scores:
        return None, 0
    best = max(scores)
    return fitting[scores.index(best)].tool, best


def _points(offer: Offer, spoken: Spoken) -> int:
    return sum([weight * rule(offer, spoken) for rule, weight in RULES])


def _fits(offer: Offer, spoken: Spoken) -> bool:
    """Return whether any of RULES may give points. Most of many tools have nothing in common."""
    words = offer.words
    return (
        not words.stems.isdisjoint(spoken.stems)
        or offer.tool.name in spoken.text
        or (words.said != "" and words.said in spoken.lower)
        or bool(words.searches)
        or words.switches != ()
        or not words.verbal_nouns.isdisjoint(spoken.verbal_nouns)
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
    return len(words.nouns & spoken.stems) + len(words.verbal_nouns & spoken.verbal_nouns)


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


SWITCHES: Final = ("on", "off")
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
