"""Words as they are compared: in lower case, in the singular, identifiers split.

1. camelCase, snake_case and kebab-case are words: `orderId` is "order id".
2. Plurals are their singular: "nights" is "night", "cities" is "city".
3. A word in another language is what its lexicon says it means in English.
"""

from dataclasses import dataclass
from typing import Final

from mock_electron.model.language import ENGLISH, LANGUAGES, WORD, Language
from mock_electron.model.normalise import normalise, split

SCHEMA_WORDS: Final = frozenset("e eg example g list new optional required type user".split())
"""Words that schemas say of any property: they tell none from another."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: as it is compared, as it is written, and where it stands."""

    normal: str
    written: str
    start: int
    end: int


def of_identifier(name: str) -> tuple[str, ...]:
    """The words of a property's name or of a short text, as they are compared."""
    return tuple(map(normalise, split(name)))


def of_text(text: str) -> tuple[Word, ...]:
    """The words of a text, in order."""
    return tuple(
        Word(normalise(match[0]), match[0], match.start(), match.end())
        for match in WORD.finditer(text)
    )


def foreign(word: Word, hints: frozenset[str] | tuple[str, ...], language: Language) -> bool:
    """Whether a word of another language means one of these in English."""
    if language == ENGLISH or not hints:
        return False
    lower = word.written.lower()
    return any(
        lower.startswith(meaning)
        for hint in sorted(hints)
        for meaning in LEXICONS[language.code].get(hint, ())
    )


LEXICONS: Final = {
    code: {normalise(stem): meanings for stem, meanings in language.lexicon.items()}
    for code, language in LANGUAGES.items()
}
"""The lexicon of each language by the normal forms of its English words."""
