"""The ordinary words of a text that are values: members of enums, and words joined by "and".

1. The members of an enum are values of one kind, wherever they are.
2. A word in lowercase is a value if it is joined to another one by "and" or a comma, if it means
   something, and if the tool does not speak of it: "navy, purple and maroon".
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.decide.actions import VAGUE, VERBS
from mock_electron.model.decide.clauses import WORD
from mock_electron.model.decide.spoken import ENDS, NOT_NOUNS
from mock_electron.model.decide.tool_words import MEANINGLESS, Offer
from mock_electron.model.decide.values import PREPOSITIONS, REPEATS, UNITS, Place
from mock_electron.model.fill.parameters.slots import properties_of, required_of
from mock_electron.model.language import Language
from mock_electron.model.normalise import stem
from mock_electron.wire.request import Tool

MOST_MEMBERS: Final = 50
ARTICLES: Final = frozenset(("the", "a", "an", "some", *PREPOSITIONS, *REPEATS))
LAST_WORD: Final = regex(r"(?<![^\W\d_])[^\W\d_]++\Z")


def is_content(word: str) -> bool:
    """Return whether a word means something."""
    lower = word.lower()
    return not (
        lower in MEANINGLESS
        or lower in NOT_NOUNS
        or lower in ENDS
        or lower in UNITS
        or lower in REPEATS
        or stem(lower) in VAGUE
        or lower.isdigit()
    )


def words_of(
    tool: Tool, text: str, separators: list[re.Match[str]], language: Language
) -> list[Place]:
    """Return the places of words that are values for a tool.

    Args:
        tool: The tool.
        text: The text.
        separators: The conjunctions, commas and ends of sentences in it.
        language: The language of the text.
    """
    found = list(_members(tool, text))
    if _takes_words(tool):
        found += (
            _names(text, separators, language)
            if language.script
            else _joined(tool, text, separators)
        )
    return found


def _members(tool: Tool, text: str) -> Iterator[Place]:
    lower = text.lower()
    for name, schema in properties_of(tool.parameters).items():
        members = schema.get("enum") if isinstance(schema, Mapping) else None
        if not isinstance(members, list):
            continue
        for member in members[:MOST_MEMBERS]:
            if isinstance(member, str) and len(member) > 2:
                for start, end in _occurrences(member.lower().replace("_", " "), lower):
                    yield start, end, f"choice of {name}"


def _occurrences(spoken: str, text: str) -> Iterator[tuple[int, int]]:
    start = text.find(spoken)
    while start >= 0:
        end = start + len(spoken)
        if not text[start - 1 : start].isalnum() and not text[end : end + 1].isalnum():
            yield start, end
        start = text.find(spoken, end)


def _names(text: str, separators: list[re.Match[str]], language: Language) -> Iterator[Place]:
    """Yield the words next to each "and", in a script without capitals."""
    for separator in separators:
        if separator["joined"] is None:
            continue
        left = LAST_TOKEN.search(text, max(separator.start() - 30, 0), separator.start())
        right = TOKEN.match(text, separator.end())
        if left is not None and right is not None:
            pair = (left, right)
            if not any(word[0] in language.common for word in pair):
                for word in pair:
                    yield *word.span(), "name"


TOKEN: Final = regex(r"[^\s!-/:-@।॥،؟。、！？，]++")
LAST_TOKEN: Final = regex(r"(?<![^\s!-/:-@।॥،؟。、！？，])[^\s!-/:-@।॥،؟。、！？，]++\Z")


def _takes_words(tool: Tool) -> bool:
    """Return whether a tool requires a text of any form."""
    properties = properties_of(tool.parameters)
    return any(
        isinstance(one, Mapping)
        and one.get("type") == "string"
        and not one.keys() & {"enum", "format"}
        for one in map(properties.get, required_of(tool.parameters))
    )


def _joined(tool: Tool, text: str, separators: list[re.Match[str]]) -> Iterator[Place]:
    known = Offer.of(tool).words.stems
    for separator in separators:
        if separator["stop"] is not None:
            continue
        left = LAST_WORD.search(text, max(separator.start() - 30, 0), separator.start())
        right = _first_content(text, separator.end())
        if left is None or right is None:
            continue
        pair = (left, right)
        if all(_is_value(word[0], known) for word in pair) and _ends(text, right.end(), known):
            for word in pair:
                yield word.start(), word.end(), "word"


def _first_content(text: str, start: int) -> re.Match[str] | None:
    for word in WORD.finditer(text, start, start + 60):
        if word[0].lower() not in ARTICLES:
            return word
    return None


def _is_value(word: str, known: frozenset[str]) -> bool:
    return (
        word.islower() and is_content(word) and stem(word) not in known and stem(word) not in VERBS
    )


def _ends(text: str, end: int, known: frozenset[str]) -> bool:
    """Return whether a value may end here: at a pause, a word without a meaning, or the tool's word."""
    after = WORD.search(text, end, end + 40)
    if after is None or text[end : after.start()] != " ":
        return True
    word = after[0]
    return not is_content(word) or stem(word) in known
