"""Endings of numbers, days and times: நாலுல is நாலு, வெள்ளிக்கிழமையிலிருந்து is வெள்ளிக்கிழமை.

Only a word that a table of its language has without the ending loses it. The endings are the key
`clitics` of a language's `hearing`, each with what may replace it.
"""

from functools import cache, lru_cache
from typing import Final

from mock_electron.model.language import LANGUAGES

INFLECTED: Final = "ta"
"""The language whose numbers have endings."""
FIRST, LAST = "\u0b80", "\u0bff"
"""The letters of its script."""


@lru_cache(maxsize=2048)
def root(word: str) -> str:
    """Return a word without its ending, if its language knows it without.

    >>> root("நாலுல"), root("மணிக்கும்"), root("நாயகன்")
    ('நாலு', 'மணிக்கு', 'நாயகன்')
    """
    if not FIRST <= word[:1] <= LAST:
        return word
    known, clitics = _known()
    if word in known:
        return word
    for ending, replacement in clitics:
        if word.endswith(ending):
            base = word[: len(word) - len(ending)]
            for one in replacement.split("|"):
                if base + one in known:
                    return base + one
    return word


@cache
def _known() -> tuple[frozenset[str], tuple[tuple[str, str], ...]]:
    """Return the words of the tables, and the endings, longest first."""
    language = LANGUAGES[INFLECTED]
    hearing = language.hearing
    tables = (
        language.numbers, language.days, hearing.parts, hearing.times, hearing.halves, hearing.half,
        hearing.later, hearing.ordinals, hearing.weekdays, hearing.months, dict.fromkeys(hearing.clock),
    )  # fmt: skip
    listed = sorted(hearing.clitics.items(), key=lambda one: -len(one[0]))
    return frozenset(word for table in tables for word in table), tuple(listed)
