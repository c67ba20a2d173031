"""The words by which speech is understood: the tables of one language, or of several together.

1. English counts in every language, as people mix it in.
2. A text in Latin letters that contains Hindi words, such as "parso" or "baje", counts as Hindi too,
   whatever the detected language is.
3. The words are data: the keys "numbers", "days" and "hearing" of `languages/`, and for Hindi in
   Latin letters the key "latin".
"""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Final
from unicodedata import normalize

from msgspec import Struct

from mock_electron.model.hear.clitics import root
from mock_electron.model.language import ENGLISH, LANGUAGES, ROMANISED, Hearing, Language
from mock_electron.model.once import once

Phrases = Mapping[str, tuple[tuple[tuple[str, ...], Any], ...]]
"""The first word of phrases → the words of each, longest first, and what it means."""

SCALES: Final = (100, 1_000, 100_000, 1_000_000, 10_000_000, 1_000_000_000)
MULTIPLIERS: Final[Mapping[str, int]] = {
    "hundred": 100, "thousand": 1_000, "lakh": 100_000, "lac": 100_000, "million": 1_000_000,
    "crore": 10_000_000, "billion": 1_000_000_000,
}  # fmt: skip
LATIN: Final = "latin"
"""The code of Hindi in Latin letters."""


def folded_word(word: str) -> str:
    """Return a word as the tables have it: in lowercase, composed in one way, without its ending."""
    lower = word.lower()
    return lower if lower.isascii() else root(normalize("NFC", lower))


def phrases(meanings: Mapping[str, Any]) -> Phrases:
    """Return phrases by their first word.

    >>> phrases({"no wait": 1, "no": 2})
    {'no': ((('no', 'wait'), 1), (('no',), 2))}
    """
    found: dict[str, list[tuple[tuple[str, ...], Any]]] = {}
    for phrase, meaning in meanings.items():
        words = tuple(map(folded_word, phrase.split()))
        found.setdefault(words[0], []).append((words, meaning))
    return {
        first: tuple(sorted(listed, key=lambda entry: -len(entry[0])))
        for first, listed in found.items()
    }


def matched(known: Phrases, words: list[str], place: int) -> tuple[int, Any] | None:
    """Return the end of the longest phrase at a place and what it means, or None."""
    for phrase, meaning in known.get(words[place], ()) if 0 <= place < len(words) else ():
        end = place + len(phrase)
        if len(phrase) == 1 or tuple(words[place:end]) == phrase:
            return end, meaning
    return None


class Speech(Struct, frozen=True, dict=True):
    """The words of some languages, later ones first.

    Attributes:
        codes: The codes of the languages.
        numbers: The values of number words.
        days: For words such as "tomorrow", the number of days from today.
        hearings: The other tables of the languages.
    """

    codes: tuple[str, ...]
    numbers: Mapping[str, int | float]
    days: Mapping[str, int]
    hearings: tuple[Hearing, ...]

    def _table(self, name: str) -> dict[str, Any]:
        return {
            folded_word(word): meaning
            for one in self.hearings
            for word, meaning in getattr(one, name).items()
        }

    def _phrases(self, *names: str) -> Phrases:
        return phrases(
            {p: name for name in names for one in self.hearings for p in getattr(one, name)}
        )

    @once
    def singles(self) -> Mapping[str, int | float]:
        """The values of number words that are one word, including halves: "dhai"."""
        return {**{word: n for word, n in self.numbers.items() if " " not in word}, **self.halves}

    @once
    def pairs(self) -> Mapping[tuple[str, ...], int | float]:
        """The values of numbers of two words: "a dozen"."""
        return {tuple(word.split()): n for word, n in self.numbers.items() if " " in word}

    @once
    def articles(self) -> frozenset[str]:
        """The first words of numbers of two words."""
        return frozenset([first for first, *_ in self.pairs])

    @once
    def halves(self) -> Mapping[str, float]:
        """Numbers with a half: "dhai" is 2.5."""
        return self._table("halves")

    @once
    def half(self) -> Mapping[str, float]:
        """Words for a half of what follows: "aadha ghanta"."""
        return self._table("half")

    @once
    def doubles(self) -> Mapping[str, int]:
        """How many times the next digit is said: "double five"."""
        return self._table("doubles")

    @once
    def verbs(self) -> Mapping[str, Collection[str]]:
        """For number words that are verbs too, the words after which they are: "kar do"."""
        return {word: frozenset(after) for word, after in self._table("verbs").items()}

    @once
    def ordinals(self) -> Mapping[str, int]:
        """The values of ordinals."""
        return self._table("ordinals")

    @once
    def weekdays(self) -> Mapping[str, int]:
        """The numbers of weekdays, Monday 0."""
        return self._table("weekdays")

    @once
    def months(self) -> Mapping[str, int]:
        """The numbers of months, January 1."""
        return self._table("months")

    @once
    def shifts(self) -> Mapping[str, int]:
        """The minutes that a word adds to the hour after it: "saadhe nau" is half past nine."""
        return self._table("shifts")

    @once
    def later(self) -> Mapping[str, int]:
        """The minutes that a word adds to the hour before it: "ஒன்பதே கால்" is quarter past nine."""
        return self._table("later")

    @once
    def letters(self) -> Mapping[str, str]:
        """The names of Latin letters in other scripts: "बी" is B."""
        return self._table("letters")

    @once
    def times(self) -> Mapping[str, int]:
        """Times of one word, in minutes from midnight."""
        return self._table("times")

    @once
    def tlds(self) -> Mapping[str, str]:
        """The ends of host names in other scripts."""
        return self._table("tlds")

    @once
    def parts(self) -> Phrases:
        """The parts of a day: "am", "noon", "pm" or "night"."""
        return phrases(self._table("parts"))

    @once
    def occasions(self) -> Mapping[str, str]:
        """Words that suggest a part of the day: "dinner"."""
        return self._table("occasions")

    @once
    def units(self) -> Phrases:
        """The units of numbers: "minute", "%", "INR"."""
        tables = [one.units for one in self.hearings]
        return phrases(
            {w: unit for units in tables for unit, known in units.items() for w in known}
        )

    @once
    def clock(self) -> Phrases:
        """Words after an hour: "o'clock"."""
        return self._phrases("clock")

    @once
    def before(self) -> Phrases:
        """Words before a time: "around"."""
        return self._phrases("before")

    @once
    def behind(self) -> Phrases:
        """Words after a time: "pe"."""
        return self._phrases("behind")

    @once
    def date(self) -> Phrases:
        """Words after the number of a day: "tareekh"."""
        return self._phrases("date")

    @once
    def fillers(self) -> Phrases:
        """Words that mean nothing, unless they are words of the language: "um" in German."""
        others = [LANGUAGES[code] for code in self.codes if code not in ("en", LATIN)]
        own = {word for one in others for word in (*one.common, *one.hearing.before)}
        known = self._phrases("fillers")
        return {first: phrases for first, phrases in known.items() if first not in own}

    @once
    def corrections(self) -> Phrases:
        """Words between a value and the one that replaces it: "restarts" or weaker "negations"."""
        return self._phrases("negations", "restarts")

    @once
    def leads(self) -> Phrases:
        """Words before the value that replaces another one: "make it"."""
        return self._phrases("leads")

    @once
    def dots(self) -> Phrases:
        """Words for the dot in an address."""
        return self._phrases("dots")

    @once
    def ats(self) -> Phrases:
        """Words for the sign in an e-mail address."""
        return self._phrases("ats")


@cache
def _tables(codes: tuple[str, ...]) -> Speech:
    numbers: dict[str, int | float] = dict(MULTIPLIERS)
    days: dict[str, int] = {}
    hearings: list[Hearing] = []
    for code in codes:
        known = LANGUAGES["hi"].vocabulary.latin if code == LATIN else LANGUAGES[code].vocabulary
        assert known is not None
        numbers |= {folded_word(word): value for word, value in known.numbers.items()}
        days |= known.days
        hearings.append(known.hearing)
    return Speech(codes, numbers, days, tuple(hearings))


def speech_of(language: Language, words: Collection[str]) -> Speech:
    """Return the tables for a text.

    Args:
        language: The detected language of the text.
        words: The words of the text, in lowercase.
    """
    if language.code != "hi" and ROMANISED.isdisjoint(words):
        return _tables(("en",) if language is ENGLISH else ("en", language.code))
    others = () if language.code in ("en", "hi", *LATIN_LETTERS) else (language.code,)
    hindi = () if language.script and language.code != "hi" else ("hi",)
    return _tables(("en", *others, *hindi, LATIN))


LATIN_LETTERS: Final = tuple(code for code, one in LANGUAGES.items() if not one.script)
