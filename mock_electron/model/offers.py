"""Tools as they are offered: the words by which messages are matched with them.

The words of a tool follow from the tool alone. They are kept, because the requests of a program offer
the same tools again and again.
"""

from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

from mock_electron.model.normalise import STOP_WORDS, normalise, split, stem
from mock_electron.model.once import once
from mock_electron.model.work import Work
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
    return list(filter(None, map(_stem_with_meaning, split(text))))


@lru_cache(maxsize=2048)
def _stem_with_meaning(word: str) -> str:
    """Return the stem of a word, or "" if it has no meaning."""
    return "" if word.lower() in MEANINGLESS else stem(word)


@lru_cache(maxsize=64)
def verbal_nouns(text: str) -> frozenset[str]:
    """Return the normal forms of the nouns made from one of VERBS, such as "booking"."""
    words = map(normalise, split(text))
    return frozenset([word for word in words if word[-3:] == "ing" and stem(word) in VERBS])


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
"""Words that are too common in descriptions to tell tools apart."""

SEARCHES: Final = frozenset(
    map(stem, ("search", "web", "browse", "wikipedia", "google", "retrieve", "knowledge"))
)
SWITCHES: Final = ("on", "off")
FIT: Final = 60
"""Units of work to score one tool."""
LONGEST_DESCRIPTION: Final = 4_000
"""Characters of a tool's description and of its parameters that are read."""


class ToolWords(Struct, frozen=True):
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


class Offer(Struct, frozen=True):
    """A tool with the words by which messages are matched with it.

    Attributes:
        tool: The tool.
        words: Its words.
    """

    tool: Tool
    words: ToolWords

    @classmethod
    def of(cls, tool: Tool) -> "Offer":
        """Return the offer of a tool."""
        return cls(tool, _words_of_tool(tool.name, _text_of(tool)))


def _text_of(tool: Tool) -> str:
    return f"{tool.description} {_described(tool)}"[:LONGEST_DESCRIPTION]


@lru_cache(maxsize=256)
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


LONGEST_CATALOGUE: Final = 100_000
"""The maximum size of a catalogue whose offers are kept, in bytes."""


class _Catalogue(Struct, frozen=True, dict=True):
    """The tools of a request."""

    tools: tuple[Tool, ...]

    @once
    def units(self) -> int:
        """The units of work to read them."""
        return sum(map(reading_cost, self.tools))

    @once
    def offers(self) -> tuple[Offer, ...]:
        return tuple(map(Offer.of, self.tools))


def offers_of(tools: tuple[Tool, ...], work: Work) -> tuple[Offer, ...]:
    """Return the offers of tools. The requests of a program offer the same tools again and again.

    Args:
        tools: The tools.
        work: The budget of the request. It is charged before the tools are read.
    """
    written = codec.encode([(tool.name, tool.description, tool.parameters) for tool in tools])
    catalogue = _kept(written) if len(written) <= LONGEST_CATALOGUE else _Catalogue(tools)
    work.charge(catalogue.units)
    return catalogue.offers


@lru_cache(maxsize=8)
def _kept(written: bytes) -> _Catalogue:
    tools: Any = codec.decode(written)
    return _Catalogue(tuple([Tool(*fields) for fields in tools]))


def reading_cost(tool: Tool) -> int:
    """Return the units of work to read a tool, known or not."""
    return FIT + 4 * len(_text_of(tool))
