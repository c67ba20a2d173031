"""Parse days and times of day.

1. Relative days count from the lane's day. A weekday is the next one after it.
2. A day without a year is the next such day.
3. In a date of numbers the day comes first, unless that is not a date: 11/22/2026 is in November.
4. An invalid date, such as 31 February, is ignored.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from mock_electron.model.hints import folded
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
SPANS: Final[Mapping[str, int]] = {"day": 1, "week": 7, "month": 30, "year": 365}

MONTH_HINTS: Final = tuple(sorted({name[:3] for name in MONTH_OF}))
"""How the names of months begin."""
_MONTH: Final = "|".join(sorted(MONTH_OF, key=len, reverse=True))
_INITIALS: Final = "".join(sorted({name[0] for name in MONTH_OF}))
"""The first letters of months. Most words begin with another one, and are skipped at once."""
ISO: Final = r"\d{4}-\d{2}-\d{2}(?!\d)"
DATE: Final = (
    rf"{ISO}|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{4}}(?!\d)"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)?(?: de| of)? (?i:{_MONTH})\b\.?(?:(?: de|,)? \d{{4}}(?!\d))?"
    rf"|(?=[{_INITIALS}{_INITIALS.upper()}ſ])(?i:{_MONTH})\b\.? \d{{1,2}}(?!\d)(?:st|nd|rd|th)?"
    r"(?:,? \d{4}(?!\d))?"
    r"|(?:\d{4}[年년]\s?)?\d{1,2}[月월]\s?\d{1,2}[日일]"
    rf"|(?i:(?:this |next |on )?(?:{'|'.join(WEEKDAYS)})\b|next (?:week|month|year)\b"
    r"|in \w+ (?:days?|weeks?|months?|years?)\b)"
)
TIME: Final = (
    r"(?<![\d.])\d{1,2}:\d{2}(?::\d{2})?(?!\d)(?:\s?[aApP]\.?[mM]\b\.?)?"
    r"|\d{1,2}\s?(?:[aApP]\.[mM]\.|[aApP][mM]\b)|\d{1,2} o'clock\b|(?i:noon|midnight)\b"
)


def read_date(text: str, today: date, numbers: Mapping[str, int]) -> date | None:
    """The day that a match of DATE means."""
    lower = text.lower()
    written = re.findall(r"\d+", lower)
    if any(len(figure) > LONGEST_FIGURE for figure in written):
        return None
    figures = [int(figure) for figure in written]
    words = re.findall(r"[^\W\d_]+", lower)
    month = next((MONTH_OF[word] for word in words if word in MONTH_OF), None)
    if month is not None and figures:
        return _in_year(figures[1] if len(figures) > 1 else None, month, figures[0], today)
    if len(figures) == 3 and figures[0] > 31:
        return _day(*figures)
    if len(figures) == 3:
        day, month, year = figures
        return _day(year, month, day) or _day(year, day, month)
    if len(figures) == 2:
        return _in_year(None, figures[0], figures[1], today)
    return _relative(words, figures, today, numbers)


def _relative(
    words: list[str], figures: list[int], today: date, numbers: Mapping[str, int]
) -> date | None:
    last = words[-1] if words else ""
    if last in WEEKDAYS:
        return _after(today, (WEEKDAYS.index(last) - today.weekday() - 1) % 7 + 1)
    span = SPANS.get(normalise(last))
    counted = figures[0] if figures else numbers.get(words[1], 1) if len(words) > 2 else 1
    return None if span is None else _after(today, span * counted)


def _in_year(year: int | None, month: int, day: int, today: date) -> date | None:
    if year is not None:
        return _day(year, month, day)
    this_year = _day(today.year, month, day)
    return _day(today.year + 1, month, day) if this_year is None or this_year < today else this_year


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


def read_time(text: str) -> str | None:
    """The time of day that a match of TIME means, as HH:MM.

    >>> read_time("5 pm"), read_time("17:30"), read_time("12 a.m."), read_time("noon")
    ('17:00', '17:30', '00:00', '12:00')
    """
    lower = folded(text).replace(".", "")
    if lower in ("noon", "midnight"):
        return "12:00" if lower == "noon" else "00:00"
    figures = [int(figure) for figure in re.findall(r"\d+", lower)]
    hour, minute = figures[0], figures[1] if len(figures) > 1 else 0
    if lower.endswith("m"):
        hour = hour % 12 + (12 if lower.endswith("pm") else 0)
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None
