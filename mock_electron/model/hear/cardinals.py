"""Whole numbers in words.

1. A number is a row of number words that add up: "two hundred and six", "do lakh bees hazaar".
2. The word "one" is no number after "which", and "do" is none after a verb: "kar do".
"""

from collections.abc import Collection
from typing import Final

from mock_electron.model.hear.pieces import Line
from mock_electron.model.hear.speech import SCALES
from mock_electron.model.normalise import normalise, normalised

Number = int | float

POINTING: Final = normalised(
    "this that which the other another any every no each some last next first"
)
"""Before "one", these make it a pronoun: "which one" counts nothing."""
ADDING: Final = frozenset(("and",))
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
    """The value of a number word, or None; rule 2."""
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
