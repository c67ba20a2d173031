"""Numbers in words.

1. A number is a row of number words that add up: "two hundred and six", "do lakh bees hazaar".
2. "Point" and digits, "and a half", and the scale after figures belong to it: "2.5 million".
3. A row of numbers that does not add up is a row of digits: "eight eight oh one five" is 88015. So
   are "double five", and years: "twenty twenty five".
4. Two digits alone are two numbers, except after a word such as "room": "two three days".
5. The word "one" is no number after "which", and "do" is none after a verb: "kar do".
"""

from collections.abc import Collection
from typing import Final

from mock_electron.model.hear.pieces import ALWAYS, SPOKEN, VALUE, Line, Written
from mock_electron.model.hear.signals import ZEROS
from mock_electron.model.hear.speech import SCALES
from mock_electron.model.normalise import normalise, normalised

Number = int | float

POINTING: Final = normalised(
    "this that which the other another any every no each some last next first"
)
"""Before "one", these make it a pronoun: "which one" counts nothing."""
ARTICLES: Final = frozenset(("a", "an"))
JOINING: Final = frozenset(("and", "or", "aur", "ya", "और", "या", "மற்றும்"))
ADDING: Final = frozenset(("and",))
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
AFTER_PRONOUN: Final = frozenset(
    "please then is has was from to at with that and or in instead sounds works has on".split()
)
DETERMINING: Final = frozenset("the a an that this my your".split())
LINKING: Final = frozenset("for of to at in on with by from just only".split())
FAR: Final = 4
"""How many words before "one" its article may be."""
COMMANDS: Final = frozenset(("do", "दो"))
"""Number words that are commands at the end of a sentence: "bhijwa do"."""
SUBJECTS: Final = frozenset("you i we they it not this that the".split())
"""After a number word that is a verb in English, these show the verb: "do you"."""
MOST: Final = 10**15


def value_of(line: Line, place: int) -> Number | None:
    """The value of a number word, or None; rule 5."""
    word = line.word(place)
    value = line.speech.singles.get(word)
    if value is None:
        return None
    verbs = line.speech.verbs.get(word)
    if verbs is not None and _is_verb(line, place, verbs):
        return None
    if value == 1 and _is_pronoun(line, place):
        return None
    return value


def _is_pronoun(line: Line, place: int) -> bool:
    """Whether "one" stands for a noun: "which one", "the second one", "a blue one please"."""
    if line.word(place) != "one":
        return False
    if normalise(line.word(place - 1)) in POINTING or line.word(place - 1) in line.speech.ordinals:
        return True
    if not (line.ends(place + 1) or line.word(place + 1) in AFTER_PRONOUN):
        return False
    before = line.words[max(0, place - FAR) : place][::-1]
    for word in before:
        if word in DETERMINING:
            return word != before[0]
        if word in LINKING or word in line.speech.singles:
            return False
    return False


def _is_verb(line: Line, place: int, verbs: Collection[str]) -> bool:
    is_last = place > 0 and line.ends(place + 1) and line.word(place) in COMMANDS
    return is_last or line.word(place - 1) in verbs or line.word(place + 1) in SUBJECTS


def literal(line: Line, place: int) -> tuple[int, str] | None:
    """The end and the text of figures: "1,200.50"."""
    end = place
    while end < len(line.pieces) and line.pieces[end].text.isdecimal():
        end += 1
        if end == len(line.pieces) or line.pieces[end].gap not in (".", ","):
            break
    if end == place:
        return None
    text = line.pieces[place].text + "".join(p.gap + p.text for p in line.pieces[place + 1 : end])
    return end, text


class _Sum:
    """A number while its words are read."""

    def __init__(self) -> None:
        self.total: Number = 0
        self.current: Number | None = None
        self.scale = SCALES[-1] * 10

    def add(self, value: Number) -> bool:
        """Add the value of a word, if it belongs to the number."""
        if value in SCALES:
            return self._scale(int(value))
        if self.current is not None and not _fits(self.current, value):
            return False
        self.current = (self.current or 0) + value
        return True

    def _scale(self, scale: int) -> bool:
        base = 1 if self.current is None else self.current
        if scale >= self.scale or (self.current is None and self.total) or base >= MOST:
            return False
        if scale > 100:
            self.total, self.current, self.scale = self.total + base * scale, None, scale
            return True
        self.current = base * scale
        return base < 100

    @property
    def takes_and(self) -> bool:
        """Whether "and" and a smaller number may follow: "two hundred and six"."""
        return bool(self.current or self.total) and (self.current or 0) % 100 == 0

    @property
    def value(self) -> Number:
        """The number so far."""
        return whole(self.total + (self.current or 0))


def cardinal(line: Line, place: int) -> tuple[int, Number] | None:
    """The end and the value of the number at a place; rule 1."""
    so_far, end = _Sum(), place
    while end == place or line.joined(end):
        value = value_of(line, end)
        if value is not None:
            before = so_far.value
            if not so_far.add(value):
                return None if end == place else (end, before)
            end += 1
            continue
        more = _below_hundred(line, end + 1) if line.word(end) in ADDING else None
        if more is None or not so_far.takes_and:
            break
        end = more[0]
        so_far.current = (so_far.current or 0) + more[1]
    return None if end == place else (end, so_far.value)


def _fits(current: Number, value: Number) -> bool:
    """Whether a number is added to the one before it: "twenty five", "two hundred six"."""
    if 20 <= current % 100 <= 90 and current % 10 == 0:
        return 0 < value < 10
    room = 1000 if current % 1000 == 0 else 100
    return current >= 100 and current % 100 == 0 and 0 < value < room


def _below_hundred(line: Line, place: int) -> tuple[int, Number] | None:
    value = value_of(line, place) if line.joined(place) else None
    if value is None or not 0 < value < 100:
        return None
    end = place + 1
    unit = value_of(line, end) if line.joined(end) else None
    if unit is not None and _fits(value, unit):
        value, end = value + unit, end + 1
    after = value_of(line, end) if line.joined(end) else None
    return None if after in SCALES else (end, value)


def whole(value: Number) -> Number:
    """A number as an integer, if it is one."""
    return int(value) if value == int(value) else value


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
            found = cardinal(line, end)
            if found is None or not isinstance(found[1], int):
                break
            groups.append(str(found[1]))
            end = found[0]
        ends.append(end)
    return groups, ends, is_explicit


def _digit(line: Line, place: int) -> str | None:
    if not line.joined(place):
        return None
    word = line.word(place)
    if len(word) == 1 and word.isdecimal():
        return word
    value = line.speech.singles.get(word, 10)
    return "0" if word in ZEROS else str(value) if value in range(10) else None


def _is_row(line: Line, place: int, groups: list[str], end: int, is_explicit: bool) -> bool:
    """Whether numbers are the digits of one; rules 3 and 4."""
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
    """One number; rule 2."""
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
    half = next((end + len(one) for one in HALVES if line.words[end : end + len(one)] == one), 0)
    if half and isinstance(value, int):
        scale = value_of(line, half)
        if scale in SCALES:
            return Written(half + 1, str(whole((value + 0.5) * (scale or 1))))
        return Written(half, f"{value}.5")
    is_name = line.word(end) in COMPOUND and line.joined(end)
    level = VALUE if end == place + 1 and (value == 1 or is_name) else SPOKEN
    return Written(end, str(value), level)


HALVES: Final = (["and", "a", "half"], ["and", "half"])


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
