"""Numbers in words, with all that belongs to them, as figures.

1. "Point" and digits, "and a half", the scale after figures, and hundredth parts belong to a number:
   "2.5 million", "three pounds fifty".
2. A row of numbers that does not add up is a row of digits: "eight eight oh one five" is 88015. So
   are "double five", and years: "twenty twenty five".
3. Two digits alone are two numbers, except after a word such as "room": "two three days".
"""

from typing import Final

from mock_electron.model.hear.cardinals import (
    DETERMINING,
    cardinal,
    literal,
    value_of,
    whole,
)
from mock_electron.model.hear.pieces import ALWAYS, SPOKEN, VALUE, Line, Written
from mock_electron.model.hear.signals import FREQUENT, ZEROS
from mock_electron.model.hear.speech import SCALES, matched, phrases

ARTICLES: Final = frozenset(("a", "an"))
JOINING: Final = frozenset(("and", "or", "aur", "ya", "और", "या", "மற்றும்"))
COMPOUND: Final = frozenset(
    "wheeler seater star way bedroom bedrooms bhk piece door step ply tier sharing up in".split()
)
"""After a number these make it a part of a name: "two wheeler"."""
NUMBERED: Final = frozenset(
    """
    number no code id pin room gate seat flat house block platform extension unit apartment wing
    terminal sector plot bay coach flight order invoice account ticket reference booking otp pnr
    phone mobile zip nambar नंबर எண் is it's its hai है
    """.split()
)
"""Words before an id."""


def number(line: Line, place: int) -> Written | None:
    """The number or the row of digits at a place."""
    if line.pieces[place].gap == "-" and place:  # "Alice-One-Two" is a name
        return None
    pair = line.speech.pairs.get(tuple(line.words[place : place + 2]))
    if pair is not None:
        return Written(place + 2, str(pair))
    if line.word(place) in ARTICLES:
        return _with_article(line, place)
    groups, ends, is_explicit = _groups(line, place)
    if len(groups) > 1 and _is_row(line, place, groups, ends[-1], is_explicit):
        digits = all(len(group) == 1 for group in groups)
        level = ALWAYS if (is_explicit or digits) and len("".join(groups)) > 2 else SPOKEN
        return Written(ends[-1], "".join(groups), level)
    if is_explicit and len(groups) == 1 and line.word(place) in line.speech.doubles:
        return Written(ends[0], groups[0], ALWAYS)
    return _alone(line, place)


def _groups(line: Line, place: int) -> tuple[list[str], list[int], bool]:
    """The numbers in a row, the place after each, and whether a digit was doubled or "oh"."""
    groups: list[str] = []
    ends: list[int] = []
    end, is_explicit = place, False
    while end < len(line.pieces) and (end == place or line.joined(end)):
        word = line.words[end]
        times = line.speech.doubles.get(word)
        if times is not None:
            digit = _digit(line, end + 1)
            if digit is None:
                break
            groups.append(digit * times)
            end, is_explicit = end + 2, True
        elif word in ZEROS:
            if not groups and _digit(line, end + 1) is None:
                break
            groups.append("0")
            end, is_explicit = end + 1, True
        else:
            hundreds = _hundreds(line, end) if len(groups) > 2 else None
            found = hundreds or cardinal(line, end)
            if found is None or not isinstance(found[1], int):
                break
            groups.append(str(found[1]))
            end = found[0]
        ends.append(end)
    return groups, ends, is_explicit


def _hundreds(line: Line, place: int) -> tuple[int, int] | None:
    """ "Nine hundred" in a row of digits, before other digits."""
    value = line.speech.singles.get(line.word(place), 0)
    is_round = line.word(place + 1) == "hundred" and _digit(line, place + 2) is not None
    return (place + 2, int(value) * 100) if is_round and value in range(1, 10) else None


def _digit(line: Line, place: int) -> str | None:
    if not line.joined(place):
        return None
    word = line.word(place)
    if len(word) == 1 and word.isdecimal():
        return word
    value = line.speech.singles.get(word, 10)
    return "0" if word in ZEROS else str(value) if value in range(10) else None


def _is_row(line: Line, place: int, groups: list[str], end: int, is_explicit: bool) -> bool:
    """Whether numbers are the digits of one; rules 2 and 3."""
    if is_explicit:
        return True
    listed = line.word(end) in JOINING and line.joined(end) and value_of(line, end + 1) is not None
    if listed and len(groups) < 4:
        return False
    if any(len(group) > 2 for group in groups[:-1]) and len(groups) < 3:
        return False
    if len(groups) > 2:
        return True
    numbered = line.word(place - 1) in NUMBERED
    return numbered or (len(groups[0]) <= 2 and len(groups[1]) == 2)


def _alone(line: Line, place: int) -> Written | None:
    """One number; rule 1."""
    found = cardinal(line, place)
    if found is None:
        return None
    end, value = found
    if line.word(end) == "point" and isinstance(value, int):
        digits, stop = "", end + 1
        while (digit := _digit(line, stop)) is not None:
            digits, stop = digits + digit, stop + 1
        if digits:
            return Written(stop, f"{value}.{digits}")
    parts = _of_whole(line, end) if isinstance(value, int) else None
    if parts is not None:
        return Written(parts[0], f"{value}.{parts[1]} {line.words[end]}")
    part = matched(PARTS, line.words, end)
    if part is not None and isinstance(value, int):
        stop, more = part
        scale = value_of(line, stop)
        if scale in SCALES:
            return Written(stop + 1, str(whole((value + more) * (scale or 1))))
        return Written(stop, str(value + more))
    is_name = line.word(end) in COMPOUND and line.joined(end)
    level = VALUE if end == place + 1 and (value == 1 or is_name) else SPOKEN
    return Written(end, str(value), level)


def _of_whole(line: Line, place: int) -> tuple[int, int] | None:
    """The two figures behind a unit: "three pounds fifty", "one metre eighty"."""
    if line.word(place) not in DIVIDED or not line.joined(place + 1):
        return None
    word = line.word(place + 1)
    found = (place + 2, int(word)) if word.isdecimal() else cardinal(line, place + 1)
    if found is None or found[1] not in range(10, 100):
        return None
    if not (line.ends(found[0]) or line.word(found[0]) in AFTER_PARTS):
        return None
    return found[0], int(found[1])


DIVIDED: Final = frozenset(
    "pound pounds dollar dollars euro euros quid metre metres meter meters".split()
)
"""Units of which two figures behind are the hundredth parts."""
AFTER_PARTS: Final = frozenset(
    "tall high long wide each per an a for at in on to and please".split()
)
"""Words after such figures."""
PARTS: Final = phrases(
    {"and a half": 0.5, "and half": 0.5, "and a quarter": 0.25, "and three quarters": 0.75}
)
"""Parts of one behind a whole number."""


def signed(line: Line, place: int) -> Written | None:
    """A negative number: "minus two point five". After a number it is a difference."""
    before = line.word(place - 1)
    is_other = before[-1:].isdecimal() or before in line.speech.singles or before in DETERMINING
    if is_other or not line.spaced(place + 1):
        return None
    found = literal(line, place + 1)
    if found is not None:
        return Written(found[0], f"-{found[1]}", VALUE)
    form = number(line, place + 1)
    return None if form is None else Written(form.end, f"-{form.text}", form.level)


def _with_article(line: Line, place: int) -> Written | None:
    """ "A hundred"."""
    if value_of(line, place + 1) in SCALES and line.joined(place + 1):
        found = cardinal(line, place + 1)
        return None if found is None else Written(found[0], str(found[1]))
    return None


def scaled(line: Line, place: int) -> Written | None:
    """Figures with a scale: "2.5 million"."""
    found = literal(line, place)
    if found is None or not line.joined(found[0]) or len(found[1]) > 20:
        return None
    end, text = found
    scale = value_of(line, end)
    if scale not in SCALES or text.count(".") > 1:
        return None
    return Written(end + 1, str(whole(float(text.replace(",", "")) * scale)), VALUE)


def frequency(line: Line, place: int) -> Written | None:
    """ "Twice a week"."""
    if line.word(place + 1) not in ("a", "per", "every", "each") or not line.joined(place + 1):
        return None
    return Written(place + 1, f"{FREQUENT[line.word(place)]} times", VALUE)
