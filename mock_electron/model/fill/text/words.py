"""The words of a text or an identifier in their normal form, and their translation.

`normalise` defines the normal form. A word of another language means what its lexicon says.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Final

from msgspec import Struct

from mock_electron.model.language import ENGLISH, LANGUAGES, Language, words_of
from mock_electron.model.normalise import normalise, split

SCHEMA_WORDS: Final = frozenset("e eg example g list new optional required type user".split())
"""Words that may be in the description of any property and so do not distinguish properties."""


class Word(Struct, frozen=True):
    """A word of a text.

    Attributes:
        normal: Its normal form.
        written: The word as it is written.
        start: The index of its first character.
        end: The index after its last character.
    """

    normal: str
    written: str
    start: int
    end: int


def of_identifier(name: str) -> tuple[str, ...]:
    """Return the normal forms of the words in a property's name or in a short text."""
    return tuple(map(normalise, split(name)))


def of_text(text: str) -> tuple[Word, ...]:
    """Return the words of a text, in order."""
    found: list[Word] = []
    end = 0
    for written in words_of(text):  # the matches of `finditer` cost more than `index`
        start = text.index(written, end)
        end = start + len(written)
        found.append(Word(normalise(written), written, start, end))
    return tuple(found)


def meanings(hints: Iterable[str], language: Language) -> tuple[str, ...]:
    """Return how the words of another language begin that mean one of these English words."""
    if language.code == ENGLISH.code:
        return ()
    lexicon = _lexicon(language.code)
    return tuple(meaning for hint in hints for meaning in lexicon.get(hint, ()))


@cache
def _lexicon(code: str) -> Mapping[str, Sequence[str]]:
    """Return the lexicon of a language by the normal forms of its English words."""
    return {normalise(stem): meanings for stem, meanings in LANGUAGES[code].lexicon.items()}
