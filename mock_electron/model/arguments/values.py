"""Find the typed values in a text, with one table entry per kind of value.

1. The first finder that matches at a place takes the text, so narrow finders precede broad ones.
2. A finder consists of a pattern and a reader for the matched text. If the reader returns None, the
   match is ignored.
3. Number words and day words are looked up in the tables of the language.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any, Final

from msgspec import Struct

from mock_electron._regex import regex
from mock_electron.model.arguments import days
from mock_electron.model.arguments.words import Word
from mock_electron.model.hints import folded, mentions
from mock_electron.model.language import ENGLISH, LANGUAGES, UNSPACED
from mock_electron.model.normalise import normalised
from mock_electron.model.said import Said


class Mark(Struct, frozen=True):
    """A value in a text: its kind, the value, and its place."""

    kind: str
    value: Any
    start: int
    end: int


Reader = Callable[[str, Said], Any]


def _as_written(text: str, said: Said) -> str:
    return text


def _date(text: str, said: Said) -> str | None:
    day = days.read_date(text, said.today, {**ENGLISH.numbers, **said.language.numbers})
    return None if day is None else day.isoformat()


def _time(text: str, said: Said) -> str | None:
    return days.read_time(text)


def number(text: str) -> int | float:
    """The number that figures express, with or without commas between groups."""
    if text.isdecimal():
        return int(text)
    plain = text.replace(",", "").replace("−", "-").lstrip("+")
    return float(plain) if "." in plain else int(plain)


def _number(text: str, said: Said) -> int | float | None:
    if said.language.code in DECIMAL_COMMA and re.fullmatch(r"-?\d+,\d{1,2}", text):
        return float(text.replace(",", "."))
    return number(text) if len(text) < LONGEST_NUMBER else None


LONGEST_NUMBER: Final = 300
"""The maximum number of characters of a number. Longer figures are not numbers to count with."""
DECIMAL_COMMA: Final = ("de", "es", "fr", "it", "pt", "ru")
"""Languages that write 2,5 for two and a half."""

FINDERS: Final[tuple[tuple[str, str, Reader], ...]] = (
    ("url", r"https?://(?:[.,;:!?)\]]*[^\s<>\"'”»」.,;:!?)\]])+|www\.[\w-]+(?:\.[\w-]+)+(?:/(?:[./-]*\w)+)?", _as_written),
    ("email", r"(?<![\w.+-])[\w+-]+(?:\.[\w+-]+)*@[\w-]+(?:\.[\w-]+)+", _as_written),
    ("uuid", r"(?<![\w-])[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}(?![\w-])", _as_written),
    ("datetime", r"(?<!\d)\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?", _as_written),
    ("ipv4", r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])", _as_written),
    ("date", rf"(?<![\w/.-])(?:{days.DATE})", _date),
    ("time", rf"(?<!\w)(?:{days.TIME})", _time),
    ("phone", r"(?<![\w-])(?:\+\d[\d ()-]{5,17}\d|\(?\d{3}\)?[ -]\d{3}[ -]\d{4})(?![\w-])", _as_written),
    ("code", r"(?<![\w#/-])(?:#[\w-]*\d[\w-]*|(?=[A-Za-z_-]*\d)[A-Za-z](?:-*+\w++)+|\d+[A-Z]+\d\w*)", _as_written),
    ("number", r"(?<![\w.])[-−+]?\d{1,3}(?:,\d{2,3}+){0,12},\d{3}(?:\.\d+)?(?!\d)|(?<![\w.])[-−+]?\d+(?:[.,]\d+)?|(?<=[^\W\d])\d+(?:\.\d+)?", _number),
)  # fmt: skip
"""Each kind of value, how it is written, and how it is read."""

ALTERNATIVES: Final = tuple(f"(?P<{kind}>{pattern})" for kind, pattern, _ in FINDERS)
SCANNER: Final = regex("|".join(ALTERNATIVES))
COUNTED: Final = regex("|".join(ALTERNATIVES[-3:]))
"""Finds telephone numbers, codes and numbers. Most texts have no other values."""
NUMBER: Final = regex(ALTERNATIVES[-1])
COMPOSED: Final = regex(r"[-@:年년月월]|\d[./]\d|http|www\.|\d o'clock|\d\s?[aApP]\.?[mM]")
"""What the other values contain, except for dates and times in words."""
READERS: Final[Mapping[str, Reader]] = {kind: reader for kind, _, reader in FINDERS}
MULTIPLIERS: Final[Mapping[str, int]] = {
    "hundred": 100, "thousand": 1_000, "lakh": 100_000, "million": 1_000_000, "crore": 10_000_000,
    "billion": 1_000_000_000,
}  # fmt: skip
POINTING: Final = normalised("this that which the another any every no each some last next first")
"""Before "one", these make it a pronoun: "which one" counts nothing."""


class Taken:
    """The places of marks that are in order and do not overlap.

    Args:
        marks: The marks.
    """

    __slots__ = ("_ends", "_starts")

    def __init__(self, marks: Iterable[Mark]) -> None:
        places = [(mark.start, mark.end) for mark in marks]
        self._starts = [start for start, _ in places]
        self._ends = [end for _, end in places]

    def __contains__(self, mark: Mark) -> bool:
        """Return whether a mark overlaps one of the places."""
        place = bisect_right(self._ends, mark.start)
        return place < len(self._starts) and self._starts[place] < mark.end


def scan(text: str, words: tuple[Word, ...], said: Said) -> tuple[Mark, ...]:
    """All values of a text, in order; no two of them overlap."""
    written = tuple(_written(text, said))
    spelled = [*_days(text, words, said), *_spelled(text, words, said)]
    if spelled and written:
        taken = Taken(written)
        spelled = [mark for mark in spelled if mark not in taken]
    if not spelled:
        return written
    return tuple(_multiplied(sorted([*written, *spelled], key=lambda m: (m.start, m.end)), text))


SIGN: Final = regex(r"[\d@-]")
LINKS: Final = ("http", "www.")
VALUE_HINTS: Final = ("day", "week", "month", "year", "noon", "midnight")
"""What a text with a typed value contains: a SIGN, one of LINKS, or a word of dates and times."""
DATE_HINTS: Final = (*VALUE_HINTS, *days.MONTH_HINTS)
"""What a text with a date or time in words contains."""
ONE_NUMBER: Final = regex(r"(\d++)(?!\s?[aApP]\.?[mM]| o'clock)[^\d@-]*\Z")
"""The only value from here to the end of a text without links, and without dates in words."""


def _written(text: str, said: Said) -> Iterator[Mark]:
    hints, sign, has_link = folded(text), SIGN.search(text), mentions(text, LINKS)
    if sign is None and not has_link and not mentions(hints, VALUE_HINTS):
        return
    scanner, start = SCANNER, 0
    if sign is not None and not has_link and not mentions(hints, DATE_HINTS):
        start = text.rfind(" ", 0, sign.start()) + 1  # only dates begin before the word of a sign
        if ONE_NUMBER.match(text, start):
            scanner = NUMBER
        elif not COMPOSED.search(text, start):
            scanner = COUNTED
    for match in scanner.finditer(text, start):
        kind = match.lastgroup or ""
        value = READERS[kind](match[0], said)
        if value is not None:
            yield Mark(kind, value, *match.span())


def _days(text: str, words: tuple[Word, ...], said: Said) -> Iterator[Mark]:
    """Rule 3 for "tomorrow"; the longest phrase first: "the day after tomorrow"."""
    lower, tables = text.lower(), _days_of(said.language.code)
    phrases = [phrase for phrase in tables if phrase in lower]
    if not phrases:
        return
    end = 0
    starts, ends = {word.start for word in words}, {word.end for word in words}
    found = [
        (place, -len(phrase), phrase)
        for phrase in phrases
        for place in [lower.find(phrase)]
        if (place in starts or said.language.code in UNSPACED)
        and (place + len(phrase) in ends or said.language.code in UNSPACED)
    ]
    for place, length, phrase in sorted(found):
        if place >= end:
            end = place - length
            yield Mark("date", days.shift(said.today, tables[phrase]), place, end)


@cache
def _days_of(code: str) -> dict[str, int]:
    """Return the days of all day words that count in texts of a language."""
    return {**ENGLISH.days, **LANGUAGES[code].days}


@cache
def _numbers(code: str) -> tuple[dict[str, int], frozenset[str]]:
    """Return the values of all number words that count in texts of a language, and their beginnings.

    The beginning of a number of several words is its first word.
    """
    known = {**MULTIPLIERS, **ENGLISH.numbers, **LANGUAGES[code].numbers}
    return known, frozenset([words.partition(" ")[0] for words in known])


def _spelled(text: str, words: tuple[Word, ...], said: Said) -> Iterator[Mark]:
    """Rule 3 for "three"."""
    if said.language.code in UNSPACED:
        yield from _spelled_within(text, said)
    known, beginnings = _numbers(said.language.code)
    lowers = list(map(str.lower, [word.written for word in words]))
    if beginnings.isdisjoint(lowers):
        return
    for place, (word, pair) in enumerate(zip(words, pairwise([*lowers, ""]), strict=True)):
        both = f"{pair[0]} {pair[1]}"
        if both in known:
            yield Mark("number", known[both], word.start, words[place + 1].end)
            continue
        if pair[0] not in known:
            continue
        value = known[pair[0]]
        before = words[place - 1].normal if place else ""
        if value == 1 and before in POINTING:
            continue
        yield Mark("number", value, word.start, word.end)


def _spelled_within(text: str, said: Said) -> Iterator[Mark]:
    end = 0
    found = [
        (place, -len(word), word)
        for word in said.language.numbers
        if (place := text.find(word)) >= 0
    ]
    for place, length, word in sorted(found):
        if place >= end:
            end = place - length
            yield Mark("number", said.language.numbers[word], place, end)


def _multiplied(marks: list[Mark], text: str) -> Iterator[Mark]:
    """Number words in a row are one number: "twenty-five", "two hundred and six", "3 million"."""
    pending: Mark | None = None
    for mark in marks:
        joined = _join(pending, mark, text) if pending is not None else None
        if joined is None and pending is not None:
            yield pending
        pending = joined or mark
    if pending is not None:
        yield pending


def _join(one: Mark, other: Mark, text: str) -> Mark | None:
    between = text[one.end : other.start]
    spelled = not text[other.start : other.end][:1].isdigit()
    if one.kind != "number" or other.kind != "number" or not spelled:
        return None
    if between.strip(" -") not in ("", "and") or one.value < 0 or len(between) > 5:
        return None
    if other.value in MULTIPLIERS.values() and one.value < other.value and "and" not in between:
        return Mark("number", _whole(one.value * other.value), one.start, other.end)
    fits = one.value >= 100 > other.value or (20 <= one.value <= 90 and other.value < 10)
    if fits and one.value % 10 == 0 and not text[one.start].isdigit():
        if "and" in between and one.value < 100:
            return None
        return Mark("number", one.value + other.value, one.start, other.end)
    return None


def _whole(value: float) -> int | float:
    return int(value) if value == int(value) else value
