"""Dates in words: an ordinal with a month, in either order; the number of a day: "paanch tareekh"."""

from typing import Final

from mock_electron.model.hear.cardinals import cardinal, literal, value_of
from mock_electron.model.hear.days import MONTH_OF, MONTHS
from mock_electron.model.hear.pieces import SPOKEN, VALUE, Line, Written
from mock_electron.model.hear.speech import matched

NAMES: Final = tuple(names[0].capitalize() for names in MONTHS)
AMBIGUOUS: Final = frozenset(("may", "march", "mar", "mai", "mars", "sep", "juli"))
"""Months that are other words too: they need an ordinal, or a word of DATED before them."""
DATED: Final = frozenset(
    "on by from to till until before after of for since between and next".split()
)
DUE: Final = frozenset(("on", "by", "until", "till", "from"))
"""Before "the fifth", these show that it is a day."""
LINKS: Final = frozenset(("the", "ki", "ke", "की", "के"))
"""Words between a month and its day."""
FIGURES_OF: Final = ("st", "nd", "rd", "th")


def date(line: Line, place: int) -> Written | None:
    """The date at a place."""
    return _day_first(line, place) or _month_first(line, place) or _day_alone(line, place)


def ordinal(line: Line, place: int) -> tuple[int, int] | None:
    """The end and the value of an ordinal: "twenty third", "3rd", "third"."""
    word = line.word(place)
    if word[:1].isdigit():
        figures = word[:-2]
        is_one = word[-2:] in FIGURES_OF and figures.isdecimal() and len(figures) < 3
        return (place + 1, int(figures)) if is_one else None
    value = line.speech.ordinals.get(word)
    if value is not None:
        return place + 1, value
    tens = value_of(line, place)
    if tens in (20, 30) and line.joined(place + 1):
        unit = line.speech.ordinals.get(line.word(place + 1))
        return (place + 2, int(tens) + unit) if unit is not None and unit < 10 else None
    return None


def _number(line: Line, place: int) -> tuple[int, int] | None:
    """The number of a day, without the ending of an ordinal."""
    word = line.word(place)
    if word.isdecimal():
        return (place + 1, int(word)) if len(word) < 3 else None
    found = cardinal(line, place)
    return (found[0], int(found[1])) if found and found[1] in range(1, 32) else None


def _month(line: Line, place: int) -> int | None:
    word = line.word(place)
    return line.speech.months.get(word) or (MONTH_OF.get(word) if word.isascii() else None)


def _day_first(line: Line, place: int) -> Written | None:
    """ "The third of june", "twenty third april", "तीन जून", "third of june twenty twenty five"."""
    start = place + (line.word(place) == "the")
    exact = ordinal(line, start)
    day = exact or _number(line, start)
    if day is None or day[1] > 31:
        return None
    end = day[0]
    shared = _shared_month(line, start, end) if exact else None
    if shared is not None:
        return Written(end, f"{day[1]} {NAMES[shared - 1]}")
    if line.words[end : end + 3] in OF_MONTH:
        return Written(end + 3, f"{_ordinal(day[1])} of {line.word(end + 1)} month")
    of = line.word(end) in ("of", "de")
    end += of
    if not line.joined(end):
        return None
    month = _month(line, end)
    if month is None and exact is not None and of:
        return _numbered_month(line, end, day[1])
    if month is None or (line.word(end) in AMBIGUOUS and not exact and not of):
        return None
    year = _year(line, end + 1)
    stop, told = year if year else (end + 1, "")
    level = VALUE if line.word(start)[:1].isdigit() else SPOKEN
    return Written(stop, f"{day[1]} {NAMES[month - 1]}{told}", level)


def _numbered_month(line: Line, place: int, day: int) -> Written | None:
    """ "The fourth of the ninth eighty seven": a month by its number, with a year or at the end."""
    month = ordinal(line, place + (line.word(place) == "the"))
    if month is None or month[1] > len(MONTHS):
        return None
    year = _year(line, month[0])
    if year is None and not line.ends(month[0]):
        return None
    end, told = year if year else (month[0], "")
    return Written(end, f"{day} {NAMES[month[1] - 1]}{told}", SPOKEN)


def _shared_month(line: Line, place: int, end: int) -> int | None:
    """The month of another day: "between the first and the tenth of june", "from 2 june to the sixth"."""
    start = end + 1 + (line.word(end + 1) == "the")
    if line.word(end) in RANGE and line.joined(start):
        other = ordinal(line, start)
        at = other[0] + (line.word(other[0]) == "of") if other is not None else 0
        return _month(line, at) if at else None
    alone = line.ends(end) or line.word(end) in AFTER_DAY
    if line.word(place - 1) == "the" and line.word(place - 2) in RANGE and alone:
        before = range(max(0, place - 7), place - 2)
        return next((month for at in before if (month := _month(line, at))), None)
    return None


AFTER_DAY: Final = frozenset("at for and please in of around no if we i then so".split())
"""Words after "the fifth" that are no noun."""
RANGE: Final = frozenset("and to till until through".split())
"""Words between two days of one month."""


def _month_first(line: Line, place: int) -> Written | None:
    """ "April twelfth", "may the fifth", "जून तीन"."""
    month = _month(line, place)
    if month is None:
        return None
    start = place + 1 + (line.word(place + 1) in LINKS)
    if not line.joined(place + 1) or not line.joined(start):
        return None
    exact = ordinal(line, start)
    day = exact or _number(line, start)
    if day is None or day[1] > 31:
        return None
    marked = matched(line.speech.date, line.words, day[0]) if line.joined(day[0]) else None
    is_certain = exact is not None or marked is not None
    if not is_certain and line.word(place) in AMBIGUOUS and line.word(place - 1) not in DATED:
        return None
    if not is_certain and matched(line.speech.units, line.words, day[0]) is not None:
        return None
    end = marked[0] if marked else day[0]
    year = _year(line, end)
    stop, told = year if year else (end, "")
    text = f"{NAMES[month - 1]} {day[1]}{',' if told else ''}{told}"
    return Written(stop, text, VALUE if line.word(start)[:1].isdigit() else SPOKEN)


def _day_alone(line: Line, place: int) -> Written | None:
    """ "Paanch tareekh", "5 தேதி": the next such day."""
    day = ordinal(line, place) or _number(line, place)
    if day is None or day[1] > 31 or not line.joined(day[0]):
        return None
    marked = matched(line.speech.date, line.words, day[0])
    if marked is None:
        return None
    end = marked[0]
    return Written(end, f"on the {_ordinal(day[1])}")


def _ordinal(day: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day % 10 if day not in (11, 12, 13) else 0, "th")
    return f"{day}{ending}"


OF_MONTH: Final = (["of", "this", "month"], ["of", "next", "month"])


def _year(line: Line, place: int) -> tuple[int, str] | None:
    if not line.joined(place):
        return None
    found = literal(line, place)
    if found is not None and len(found[1]) == 4 and found[1].isdecimal():
        return found[0], f" {found[1]}"
    first = cardinal(line, place)
    if first is None:
        return None
    end, value = first
    if value in range(1900, 2200):
        return end, f" {value}"
    if value in range(32, 100) and line.ends(end):
        return end, f" 19{value}"
    if value in (19, 20) and line.joined(end):
        rest = cardinal(line, end)
        if rest is not None and rest[1] in range(10, 100):
            return rest[0], f" {value}{rest[1]}"
    return None


SURELY_A_DAY: Final = 9
"""The first ordinal that is the number of a day without a word such as "on"."""


def ordinal_alone(line: Line, place: int) -> Written | None:
    """ "On the twenty fifth": only with a word such as "on" before, and no noun after it."""
    found = ordinal(line, place + 1) if line.word(place) == "the" else None
    if found is None or found[1] > 31 or line.word(place + 1)[:1].isdigit():
        return None
    before = line.word(place - 1)
    is_due = before in DUE or (before == "of" and line.word(place - 2) in line.speech.parts)
    is_due = is_due or before in line.speech.weekdays or found[1] >= SURELY_A_DAY
    if found[0] == place + 2 and not is_due:
        return None
    end, value = found
    alone = end > place + 2 or line.ends(end) or line.word(end) in AFTER_DAY
    return Written(end, f"the {_ordinal(value)}") if alone else None
