"""Words as they are compared: in lower case, in the singular, identifiers split.

1. camelCase, snake_case and kebab-case are words: `orderId` is "order id".
2. Plurals are their singular: "nights" is "night", "cities" is "city".
3. A word in another language is what its lexicon says it means in English.
"""

import re
from dataclasses import dataclass
from typing import Final

from mock_electron.model.language import ENGLISH, WORD, Language

IDENTIFIER: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\W\d_A-Za-z]+")
STOP_WORDS: Final = frozenset(
    """
    a about all also an and any are as at be but by can could do does e eg example for from get g
    give has have her him his how i if in into is it its let list me more my new no not now of on
    one only optional or our out please required set should so some such than that the their them
    then there they this those to type us use used user value want was we were what when where
    which who whose will with without would you your
    """.split()
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: as it is compared, as it is written, and where it stands."""

    stem: str
    written: str
    start: int
    end: int


def singular(word: str) -> str:
    """A word in lower case, without its plural ending.

    >>> [singular(word) for word in ("Nights", "cities", "boxes", "address", "bus")]
    ['night', 'city', 'box', 'address', 'bus']
    """
    lower = word.lower()
    if len(lower) < 4 or lower.endswith(("ss", "us", "is")):
        return lower
    if lower.endswith("ies"):
        return lower[:-3] + "y"
    if lower.endswith(("xes", "ches", "shes", "sses")):
        return lower[:-2]
    return lower[:-1] if lower.endswith("s") else lower


def of_identifier(name: str) -> tuple[str, ...]:
    """The words of a property's name or of a short text, as they are compared."""
    return tuple(singular(word) for word in IDENTIFIER.findall(name))


def of_text(text: str) -> tuple[Word, ...]:
    """The words of a text, in order."""
    return tuple(
        Word(singular(match[0]), match[0], match.start(), match.end())
        for match in WORD.finditer(text)
    )


def content(text: str) -> frozenset[str]:
    """The words of a description that carry its meaning."""
    return frozenset(of_identifier(text)) - STOP_WORDS


def foreign(word: Word, hints: frozenset[str] | tuple[str, ...], language: Language) -> bool:
    """Whether a word of another language means one of these in English."""
    if language == ENGLISH or not hints:
        return False
    lower = word.written.lower()
    return any(
        lower.startswith(meaning)
        for hint in sorted(hints)
        for meaning in language.lexicon.get(hint, ())
    )
