"""Parse days.

1. Relative days count from the lane's day. A weekday is the next one after it.
2. A day without a year is the next such day.
3. In a date of numbers the day comes first, unless that is not a date: 11/22/2026 is in November.
4. An invalid date, such as 31 February, is ignored.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from mock_electron.model.hear.speech import Phrases, Speech, phrases
from mock_electron.model.normalise import normalise

MONTHS: Final = (
    ("january", "jan", "enero", "janvier", "januar", "janeiro", "gennaio"),
    ("february", "feb", "febrero", "février", "februar", "fevereiro", "febbraio"),
    ("march", "mar", "marzo", "mars", "märz", "março"),
    ("april", "apr", "abril", "avril", "aprile"),
    ("may", "mayo", "mai", "maio", "maggio"),
    ("june", "jun", "junio", "juin", "juni", "junho", "giugno"),
    ("july", "jul", "julio", "juillet", "juli", "julho", "luglio"),
    ("august", "aug", "agosto", "août"),
    ("september", "sept", "sep", "septiembre", "septembre", "setembro", "settembre"),
    ("october", "oct", "octubre", "octobre", "oktober", "outubro", "ottobre"),
    ("november", "nov", "noviembre", "novembre", "novembro"),
    ("december", "dec", "diciembre", "décembre", "dezember", "dezembro", "dicembre"),
)
MONTH_OF: Final[Mapping[str, int]] = {
    name: number for number, names in enumerate(MONTHS, 1) for name in names
}
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST_FIGURE: Final = 9
"""The maximum number of digits of a number in a date."""
ORDINAL: Final = frozenset(("st", "nd", "rd", "th"))
SPANS: Final[Mapping[str, int]] = {
    "day": 1, "week": 7, "month": 30, "year": 365, "din": 1, "दिन": 1, "hafte": 7, "हफ़्ते": 7, "हफ्ते": 7,
    "நாள்": 1, "நாட்கள்": 1, "வாரம்": 7,
}  # fmt: skip

LATER: Final[Mapping[str, int]] = {"week": 7, "fortnight": 14}
"""How many days later than a day: "a week on monday", "a fortnight tomorrow"."""
MONTH_HINTS: Final = tuple(sorted({name[:3] for name in MONTH_OF}))
"""How the names of months begin."""
_MONTH: Final = "|".join(sorted(MONTH_OF, key=len, reverse=True))
_INITIALS: Final = "".join(sorted({name[0] for name in MONTH_OF}))
"""The first letters of months. Most words begin with another one, and are skipped at once."""
ISO: Final = r"\d{4}-\d{2}-\d{2}(?!\d)"
DATE: Final = (
    rf"{ISO}|\d{{4}}[/.]\d{{1,2}}[/.]\d{{1,2}}(?!\d)|\d{{4}},? (?i:{_MONTH})\b\.? \d{{1,2}}(?!\d)(?:st|nd|rd|th)?"
    rf"|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{4}}(?!\d)"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)?(?: de| of)? (?i:{_MONTH})\b\.?(?:(?: de|,| of)? \d{{4}}(?!\d)| (?i:last|next) year)?"
    rf"|(?=[{_INITIALS}{_INITIALS.upper()}ſ])(?i:{_MONTH})\b\.? \d{{1,2}}(?!\d)(?:st|nd|rd|th)?"
    r"(?:,? \d{4}(?!\d))?"
    r"|(?:\d{4}[年년]\s?)?\d{1,2}[月월]\s?\d{1,2}[日일]"
    rf"|(?i:(?:this |on )?(?:{'|'.join(WEEKDAYS)}),? (?:the )?(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTH})|(?:{_MONTH})\.? (?:the )?\d{{1,2}}(?!\d)(?:st|nd|rd|th)?)\b(?:,? \d{{4}}(?!\d)| (?:last|next) year)?)"
    rf"|(?i:an? (?:week|fortnight) (?:(?:on |from )?(?:{'|'.join(WEEKDAYS)})|today|tomorrow)\b"
    rf"|(?:{'|'.join(WEEKDAYS)}) (?:fortnight|after next)\b"
    rf"|(?:this |next |on |coming )?(?:{'|'.join(WEEKDAYS)})(?: next week| week\b(?! day)|,? the \d{{1,2}}(?:st|nd|rd|th))?\b"
    rf"|next week (?:on )?(?:{'|'.join(WEEKDAYS)})\b|next (?:week|month|year)\b"
    r"|\d{1,2}(?:st|nd|rd|th) of (?:this|next) month\b"
    r"|in (?:\d{1,4}|an?) (?:days?|weeks?|months?|years?)\b|(?:\d{1,4}|an?) (?:days?|weeks?|months?) from (?:now|today)\b"
    r"|(?:(?<=\b[oO]n the )|(?<=[fF]rom the )|(?<=till the )|(?<=\buntil the )|(?<= to the )|(?<=\bby the )|(?<=\bmorning of the )|(?<=afternoon of the )|(?<=evening of the )|(?<=\bnight of the )|(?<=\bthe )(?=\d{1,2}[a-z]{2} at \d))\d{1,2}(?:st|nd|rd|th)\b(?=\W*$|[,.;?!]| (?:at|for|and|in the|please|around|ko|se|tak)\b| [^\x00-\x7f])"
    r"|\d{1,3} (?:din|दिन|hafte|हफ़्ते|हफ्ते|நாள்|நாட்கள்|வாரம்) (?:baad|बाद|கழித்து|கழிச்சு|பிறகு))"
)


def read_date(text: str, today: date, *, is_past: bool = False) -> date | None:
    """The day that a match of DATE means.

    Args:
        text: The match.
        today: The day from which relative days count.
        is_past: Whether a day without a year is the last such day, not the next.
    """
    lower = text.lower()
    written = re.findall(r"\d+", lower)
    if any(len(figure) > LONGEST_FIGURE for figure in written):
        return None
    figures = [int(figure) for figure in written]
    words = re.findall(r"[^\W\d_]+", lower)
    month = next((MONTH_OF[word] for word in words if word in MONTH_OF), None)
    if month is not None and figures:
        years = [figure for figure in figures if figure > 31]
        day = next((figure for figure in figures if figure <= 31), 0)
        year = years[0] if years else today.year if is_past else None
        if "year" in words:
            year = today.year + (1 if "next" in words else -1)
        return _past(_in_year(year, month, day, today), today, is_past and not years)
    if len(figures) == 3 and figures[0] > 31:
        return _day(*figures)
    if len(figures) == 3:
        day, month, year = figures
        return _day(year, month, day) or _day(year, day, month)
    if len(figures) == 2:
        return _in_year(None, figures[0], figures[1], today)
    return _relative(words if lower.isascii() else lower.split(), figures, today)


def is_number(text: str) -> bool:
    """Return whether a match of DATE is the number of a day alone: "19th"."""
    return text[:-2].isdecimal()


def _relative(words: list[str], figures: list[int], today: date) -> date | None:
    if figures and words[-1:] == ["month"] and len(words) > 2:  # "28th of next month"
        months = today.month - 1 + (words[-2] == "next")
        return _day(today.year + months // 12, months % 12 + 1, figures[0])
    if figures and (not words or words[-1] in ORDINAL):
        return _of_month(figures[0], today)
    weekday = next((word for word in words if word in WEEKDAYS), None)
    if weekday is not None:
        if ["next", "week"] in (words[:2], words[-2:]):
            return _in_next_week(today, WEEKDAYS.index(weekday))
        return _after(today, until(today, WEEKDAYS.index(weekday)) + _later(words))
    if words[-1] in ("today", "tomorrow"):
        return _after(today, _later(words) + (words[-1] == "tomorrow"))
    span = next((SPANS[word] for word in map(normalise, words) if word in SPANS), None)
    return None if span is None else _after(today, span * (figures[0] if figures else 1))


def _later(words: list[str]) -> int:
    """The days after a day: "friday week", "a fortnight on monday", "the monday after next"."""
    if words[-2:] == ["after", "next"]:
        return LATER["week"]
    return sum(LATER[word] for word in words if word in LATER)


def _in_next_week(today: date, weekday: int) -> date | None:
    return _after(today, 7 - today.weekday() + weekday)


def _of_month(day: int, today: date) -> date | None:
    """The next day with this number."""
    for months in range(3):
        month = today.month - 1 + months
        found = _day(today.year + month // 12, month % 12 + 1, day)
        if found is not None and found >= today:
            return found
    return None


def until(today: date, weekday: int) -> int:
    """The number of days until a weekday, at least one."""
    return (weekday - today.weekday() - 1) % 7 + 1


def named(speech: Speech) -> Phrases:
    """The words for days: whether each is a weekday, and its number or the days from today."""
    known: Phrases | None = speech.__dict__.get("named_days")
    if known is None:
        english = frozenset(WEEKDAYS)
        known = phrases(
            {word: (True, n) for word, n in speech.weekdays.items() if word not in english}
            | {word: (False, n) for word, n in speech.days.items()}
        )
        speech.__dict__["named_days"] = known
    return known


def _in_year(year: int | None, month: int, day: int, today: date) -> date | None:
    if year is not None:
        return _day(year, month, day)
    this_year = _day(today.year, month, day)
    return _day(today.year + 1, month, day) if this_year is None or this_year < today else this_year


def _past(day: date | None, today: date, is_past: bool) -> date | None:
    """The day, or the same one a year before if it is not past."""
    if day is None or not is_past or day <= today:
        return day
    return _day(day.year - 1, day.month, day.day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None


def _after(today: date, days: int) -> date | None:
    try:
        return today + timedelta(days)
    except OverflowError:
        return None


def shift(today: date, days: int) -> str:
    """The day a number of days later, in ISO format; the same day if the calendar ends before."""
    return (_after(today, days) or today).isoformat()
