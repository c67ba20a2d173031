"""Write a value as the description of a parameter asks: cents, fractions, minutes, MM/DD/YYYY.

A row of DATES is how a description names a way to write a day, and the way.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.fill import cities, codes, units
from mock_electron.model.fill.invented.figures import whole
from mock_electron.model.fill.parameters import described
from mock_electron.model.fill.parameters.want import Want
from mock_electron.model.fill.text.places import Place

DATES: Final[Mapping[str, str]] = {
    "mm/dd/yyyy": "%m/%d/%Y", "dd/mm/yyyy": "%d/%m/%Y", "mm-dd-yyyy": "%m-%d-%Y",
    "dd-mm-yyyy": "%d-%m-%Y", "yyyy/mm/dd": "%Y/%m/%d", "yyyymmdd": "%Y%m%d", "dd.mm.yyyy": "%d.%m.%Y",
    "month-day-year": "%m-%d-%Y", "day-month-year": "%d-%m-%Y", "month/day/year": "%m/%d/%Y",
    "mm-dd-yyy": "%m-%d-%Y", "mm/dd": "%m/%d", "yyyy.mm.dd": "%Y.%m.%d",
}  # fmt: skip
"""How a description names a way to write a day, and the way."""
ASKED: Final = regex("|".join(sorted(map(re.escape, DATES), key=len, reverse=True)), re.IGNORECASE)
TWELVE_HOURS: Final = regex(r"12-hour|\b[AP]M\b|hh:mm a\b")
SHORT_CLOCK: Final = regex(r"\bhh?:mm\b|\b\d\d:\d\d\b", re.IGNORECASE)
SECONDS: Final = regex(r"hh:mm:ss", re.IGNORECASE)
WITH_REGION: Final = regex(
    r"\bcity,? (?:and )?\(?(?:state|country|region)|format[^.]{0,40}, [A-Z]{2}\b", re.IGNORECASE
)
CODE: Final = regex(
    r"\biso[ -]?(?:639|3166)|\b(?:language|country|two[ -]letter|2[ -]letter) code|\balpha-2\b",
    re.IGNORECASE,
)
TWO_LETTERS: Final = frozenset(("^[a-z]{2}$", "^[A-Z]{2}$", "[A-Z]{2}", "[a-z]{2}"))
"""Patterns of the codes of languages and countries."""
UPPER: Final = regex(r"uppercase|upper case|in capitals|all caps", re.IGNORECASE)
LOWER: Final = regex(r"\blowercase|lower case", re.IGNORECASE)


def figure(want: Want, place: Place) -> int | float:
    """The number at a place, in the unit that a parameter wants."""
    value: int | float = place.value
    dimensions = dict(place.units)
    if "share" in dimensions:
        return _rounded(value / 100) if described.wants_fraction(want) else value
    if described.wants_cents(want) and dimensions.get("money", 1) == 1:
        return _rounded(value * 100)
    wanted = units.measured(want.words, want.about)
    for dimension, size in wanted:
        own = dimensions.get(dimension)
        if own and size and own != size and dimension in CONVERTED:
            changed = _rounded(value * units.ratio(own, size))
            if min(own, size) >= DAY and abs(changed - round(changed)) < CALENDAR * changed:
                changed = round(changed)
            if want.kind == "number" or isinstance(changed, int):
                return changed
    return value


CONVERTED: Final = frozenset(("time", "length", "mass", "energy", "frequency", "power"))
"""Dimensions whose units are converted into one another."""


DAY: Final = 86_400
CALENDAR: Final = 0.02
"""By which part months and years are longer than so many weeks or months: a year has 12 months."""


def _rounded(value: float) -> int | float:
    return whole(round(value, 10))


def text(want: Want, kind: str, value: str) -> str:
    """A text at a place, as a parameter wants it."""
    if kind == "code":
        return value.removeprefix("#")
    if kind in NAMED and _wants_code(want):
        return codes.of_name(value) or value
    told = described.description(want)
    if not told or "format" in want.schema:
        return value
    if kind == "date":
        return _day(told, value)
    if kind == "time":
        return _clock(told, value)
    if kind == "datetime":
        return _moment(told, value)
    if kind in CASED and "," not in value and WITH_REGION.search(told) is not None:
        return cities.with_region(value)
    if kind in CASED and UPPER.search(told) is not None:
        return value.upper()
    return value.lower() if kind in CASED and LOWER.search(told) is not None else value


NAMED: Final = frozenset(("phrase", "name", "language", "country"))
"""The kinds of names of languages and countries."""
CASED: Final = frozenset(("phrase", "name", "quote"))
"""The kinds of texts whose case may be changed."""


def _wants_code(want: Want) -> bool:
    """Whether a parameter takes the code of a language or a country."""
    pattern = want.schema.get("pattern")
    if isinstance(pattern, str) and pattern in TWO_LETTERS:
        return True
    return "description" in want.schema and CODE.search(described.description(want)) is not None


def _day(told: str, value: str) -> str:
    asked = ASKED.search(told)
    if asked is None:
        return value
    try:
        return date.fromisoformat(value).strftime(DATES[asked[0].lower()])
    except ValueError:
        return value


def _moment(told: str, value: str) -> str:
    """A day and a time, with what the description has between them, and its seconds."""
    asked, given = MOMENT.search(told), CLOCK.search(value)
    if asked is None or given is None:
        return value
    return f"{value[:10]}{asked[1]}{given[1]}{given[2] if asked[2] else ''}"


MOMENT: Final = regex(r"yyyy-mm-dd([ t])hh:mm(:ss)?", re.IGNORECASE)
CLOCK: Final = regex(r"[T ](\d\d:\d\d)(:\d\d)$")


def is_short_clock(want: Want) -> bool:
    """Whether the description of a parameter asks for a time without seconds: "HH:MM"."""
    told = described.description(want)
    return SHORT_CLOCK.search(told) is not None and SECONDS.search(told) is None


def _clock(told: str, value: str) -> str:
    if SECONDS.search(told) is not None and value.count(":") == 1:
        return f"{value}:00"
    hour, _, minute = value.partition(":")
    if TWELVE_HOURS.search(told) is None or "24" in told or not hour.isdecimal():
        return value
    return f"{(int(hour) - 1) % 12 + 1}:{minute[:2]} {'AM' if int(hour) < 12 else 'PM'}"
