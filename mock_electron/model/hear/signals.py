"""The words that show whether a text has anything to hear.

Most texts have none, and are not cut into words. The words are data, so a word that is added to a
language is a signal at once.
"""

from collections.abc import Iterable
from functools import cache
from typing import Final
from unicodedata import normalize

from msgspec import Struct

from mock_electron._regex import regex
from mock_electron.model.language import ENGLISH, LANGUAGES, ROMANISED, WORD, Hearing

AT_HOUR: Final = regex(r"\b(?:at|around|about|till|until) \d{1,2}(?![\d:])")
"""What a text contains that has an hour alone in figures, and no other word of a spoken form."""
NATO: Final = {
    word: word[0].upper()
    for word in """alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november
    oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu""".split()
}
MINUTES: Final = {"half": 30, "quarter": 15}
ZEROS: Final = frozenset(("oh", "o"))
FREQUENT: Final = {"once": 1, "twice": 2, "thrice": 3}
"""How often something happens: "twice a week"."""
LENGTHS: Final = ("hour", "week")
"""Words of "for an hour"."""
SCALES: Final = ("thousand", "lakh", "lac", "million", "crore", "billion")
SIGNS: Final = ("minus", "negative")
"""Words before a negative number."""
ALWAYS: Final = frozenset(
    (*NATO, *SIGNS, *MINUTES, *ZEROS, *SCALES, *FREQUENT, *LENGTHS, *"bcdefghjklmnopqrtuvwxyz")
)
"""Signals in every language."""
NOT: Final = "not"
LIKE: Final = "like"
QUIET: Final = frozenset("a an the i s second".split())
"""Words of ordinary texts that begin spoken forms. Other words of the forms show them too."""


BEFORE_HOURS: Final = frozenset("at around about till until".split())
"""The first words of AT_HOUR."""


class Signals(Struct, frozen=True):
    """The words of a language that show something.

    Attributes:
        forms: Words of spoken forms.
        days: Words of days, such as "tomorrow".
        any: Words of spoken forms, fillers, corrections and addresses.
    """

    forms: frozenset[str]
    days: frozenset[str]
    any: frozenset[str]


def words_of(text: str) -> set[str]:
    """Return the words of a text in lowercase, as the tables have them."""
    lower = text.lower()
    if lower.isascii():
        return {*WORD.findall(lower)}
    from mock_electron.model.hear.clitics import root  # for texts in other scripts

    return {root(word) for word in WORD.findall(normalize("NFC", lower))}


def _telling(phrases: Iterable[str]) -> frozenset[str]:
    """The longest word of each phrase, which ordinary texts contain least."""
    return frozenset([max(normalize("NFC", one.lower()).split(), key=len) for one in phrases])


def _forms(numbers: Iterable[str], hearing: Hearing) -> frozenset[str]:
    telling = _telling(
        [
            *numbers,
            *hearing.parts,
            *hearing.shifts,
            *hearing.times,
            *hearing.halves,
            *hearing.half,
            *hearing.doubles,
            *hearing.letters,
            *hearing.ordinals,
            *hearing.months,
        ]
    )
    return telling - QUIET


@cache
def signals_of(code: str) -> Signals:
    """Return the signals of a language, together with those of English and of romanised languages."""
    forms: frozenset[str] = ALWAYS
    days: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset((NOT,))
    for language in (ENGLISH, LANGUAGES[code]):
        hearing = language.hearing
        forms |= _forms(language.numbers, hearing)
        days |= _telling([*language.days, *hearing.weekdays])
        others |= _telling([*hearing.fillers, *hearing.restarts, *hearing.negations, *hearing.dots])
    marked = ROMANISED
    return Signals(forms | marked, days | marked, forms | others | marked)
