"""Units of numbers: what each measures, and how one converts to another.

A row of UNITS is a dimension, and its units with their size. A row of MEASURED is a dimension, and the
words of names and descriptions whose numbers have it. To add a unit, add a word to its row.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.language import LANGUAGES, ROMANISED
from mock_electron.model.normalise import normalise

UNITS: Final[Mapping[str, Mapping[float, str]]] = {
    "time": {
        0.001: "millisecond ms", 1: "second sec s", 60: "minute min", 3_600: "hour hr h",
        86_400: "day", 604_800: "week wk", 2_592_000: "month", 31_536_000: "year yr",
    },
    "money": {
        0.01: "cent paise penny", 1: "dollar euro rupee pound yen usd eur inr gbp buck $ € ₹ £ ¥ rs peso",
    },
    "share": {0.01: "% percent percentage"},
    "length": {
        0.001: "mm millimeter", 0.01: "cm centimeter centimetre", 0.0254: "inch in",
        0.3048: "foot feet ft", 0.9144: "yard", 1: "m meter metre", 1_000: "km kilometer kilometre",
        1_609.344: "mile mi",
    },
    "mass": {
        0.001: "mg milligram", 1: "g gram", 28.3495: "ounce oz", 453.592: "lb lbs pound", 1_000: "kg kilogram kilo",
        1_000_000: "ton tonne",
    },
    "temperature": {1: "degree celsius fahrenheit kelvin °c °f c f k ° °"},
    "speed": {1: "m/s", 0.27777: "km/h kph kmh", 0.44704: "mph"},
    "acceleration": {1: "m/s^2 m/s² m/s2"},
    "force": {1: "n newton"},
    "charge": {1: "coulomb"},
    "energy": {1: "j joule", 1_000: "kj", 4_184: "kcal calorie", 3_600_000: "kwh"},
    "power": {1: "w watt", 1_000: "kw kilowatt"},
    "voltage": {1: "v volt"},
    "frequency": {1: "hz hertz", 1_000: "khz", 1_000_000: "mhz", 1_000_000_000: "ghz"},
    "pressure": {1: "pa pascal", 101_325: "atm atmosphere"},
    "resistance": {1: "ohm"},
    "angle": {1: "radian", 0.0174533: "degree"},
    "volume": {0.001: "ml milliliter", 1: "l liter litre", 3.785: "gallon"},
}  # fmt: skip
"""What is measured → the size of a unit → the words for it."""
MEASURED: Final[Mapping[str, str]] = {
    "time": "time duration period term delay timeout age year month week day hour minute second horizon",
    "money": """price cost amount budget salary income fee payment principal investment deposit
        balance revenue sale profit premium loan rent wage money cash donation fare payroll""",
    "share": "rate percentage percent discount probability ratio interest fraction share yield return tax tip",
    "length": "length width height distance radius diameter depth altitude base side perimeter wavelength",
    "mass": "weight mass",
    "temperature": "temperature temp",
    "speed": "speed velocity",
    "acceleration": "acceleration gravity",
    "force": "force",
    "charge": "charge",
    "energy": "energy work calorie",
    "power": "power",
    "voltage": "voltage potential",
    "frequency": "frequency",
    "pressure": "pressure",
    "resistance": "resistance",
    "angle": "angle",
    "volume": "volume capacity",
}  # fmt: skip
"""What is measured → the words of parameters for it."""
Unit = tuple[str, float]
"""What a unit measures, and its size."""


def _units() -> dict[str, tuple[Unit, ...]]:
    found: dict[str, tuple[Unit, ...]] = {}
    for dimension, sizes in UNITS.items():
        for size, written in sizes.items():
            for word in written.split():
                for form in dict.fromkeys((word, normalise(word))):
                    found[form] = (*found.get(form, ()), (dimension, size))
    return found


BY_WORD: Final[Mapping[str, tuple[Unit, ...]]] = _units()
"""The units that a word may mean, by the word in lowercase or in its normal form."""
DIMENSION: Final[Mapping[str, str]] = {
    normalise(word): dimension
    for dimension, words in reversed(tuple(MEASURED.items()))
    for word in words.split()
}
BEHIND: Final = regex(
    r"\s?-?([a-zA-Z°µ%$€₹£\u0900-\u0DFF]{1,12}(?:/[a-zA-Z]+(?:\^?[\d²]{1,2})?)?)(?!\w)"
)
"""The unit behind a number: "5 km/h", "10%", "300K"."""
PER: Final = regex(
    r"\s?-?(meters?|metres?|km|kilometers?|miles?)\s?(?:/|per )\s?(?:s|second|sec|h|hour)\w*(\^?2|²|\s?squared)?"
)
BEFORE: Final = frozenset("$€₹£¥")


def _foreign(word: str) -> tuple[Unit, ...] | None:
    """The units that a word of Hindi or Tamil may mean, if it is one."""
    is_known = word in ROMANISED if word.isascii() else True
    return _by_foreign_word().get(word) if is_known else None


@cache
def _by_foreign_word() -> dict[str, tuple[Unit, ...]]:
    hindi, tamil = LANGUAGES["hi"].vocabulary, LANGUAGES["ta"].vocabulary
    assert hindi.latin is not None
    return {
        word: BY_WORD[unit.lower()]
        for hearing in (hindi.hearing, hindi.latin.hearing, tamil.hearing)
        for unit, words in hearing.units.items()
        for word in words
        if unit.lower() in BY_WORD
    }


def unit_at(text: str, start: int, end: int) -> tuple[tuple[Unit, ...], int]:
    """Return the units that the number at a place may have, and the end of the unit."""
    speed = PER.match(text, end)
    if speed is not None:
        return ((("acceleration" if speed[2] else "speed"), 1.0),), speed.end()
    behind = BEHIND.match(text, end)
    if behind is not None:
        word = behind[1].lower()
        found = BY_WORD.get(word) or BY_WORD.get(normalise(word)) or _foreign(word)
        if found is not None and not (word == "in" and text[end : end + 1] == " "):
            return found, behind.end()
    if start and text[start - 1] in BEFORE:
        return BY_WORD[text[start - 1]], end
    return (), end


YEAR: Final = 31_536_000
MONTH: Final = 2_592_000


def ratio(one: float, other: float) -> float:
    """Return how many times one unit contains another one: a year has exactly twelve months."""
    if {one, other} == {YEAR, MONTH}:
        return 12 if one == YEAR else 1 / 12
    return one / other


def units_named(words: frozenset[str]) -> tuple[Unit, ...]:
    """Return the units that a description names: "in seconds"."""
    return tuple(
        unit for word in sorted(words & BY_WORD.keys()) if len(word) > 1 for unit in BY_WORD[word]
    )


def measured(name: tuple[str, ...], about: frozenset[str]) -> tuple[Unit, ...]:
    """Return what the numbers of a parameter measure, likeliest first, with the unit if it is named."""
    found: list[Unit] = []
    named = units_named(frozenset(name)) or units_named(about)
    for word in reversed(name):
        if word in DIMENSION:
            dimension = DIMENSION[word]
            own = [unit for unit in named if unit[0] == dimension]
            found.append(own[0] if own else (dimension, 0.0))
    if not found:
        found += named
    return tuple(dict.fromkeys(found))
