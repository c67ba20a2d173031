"""An hour and minutes as a clock shows them: "seven thirty", "quarter to six", "saadhe nau baje"."""

from typing import Final

from msgspec import Struct

from mock_electron.model.hear.cardinals import cardinal, value_of
from mock_electron.model.hear.pieces import Line
from mock_electron.model.hear.signals import MINUTES, ZEROS
from mock_electron.model.hear.speech import matched

PAST: Final = {"past": 1, "to": -1, "till": -1, "after": 1}
RANGES: Final = frozenset(("from", "between"))
"""Before "nine to five", these show that it is no time."""
AT: Final = frozenset(("at", "around", "about", "by", "until", "it's"))
"""Before "ten to six", these show that it is one."""


AFTER_HALF: Final = frozenset(
    """in pm am tonight on at please today tomorrow for if and or we i so under with there's actually
    instead then works would is ish sharp name name's but""".split()
)
"""After "half six", these show that it is half past six."""


class Face(Struct, frozen=True):
    """What a clock shows.

    Attributes:
        end: The place after the last word.
        hour: The hour, from 1 to 12.
        minute: The minute. None if it is not said.
        is_shown: Whether the words can only be a time.
    """

    end: int
    hour: int
    minute: int | None
    is_shown: bool


def face(line: Line, place: int) -> Face | None:
    """Return what a clock shows for the words at a place, or None."""
    return _past(line, place) or _shifted(line, place) or _later(line, place) or _plain(line, place)


def _later(line: Line, place: int) -> Face | None:
    """ "ஒன்பதே கால்": quarter past nine."""
    minute = line.speech.later.get(line.word(place + 1)) if line.speech.later else None
    hour = None if minute is None else _hour(line, place)
    if hour is None:
        return None
    return Face(_clock(line, place + 2) or place + 2, hour, minute, is_shown=True)


def _past(line: Line, place: int) -> Face | None:
    """ "Quarter to six", "ten past nine", "half past eight"."""
    start = place + (line.word(place) == "a" and line.word(place + 1) == "quarter")
    if line.word(start) == "half" and (
        line.ends(start + 2)
        or line.word(start + 2) in AFTER_HALF
        or line.word(start - 1) in AT
        or line.word(start - 1) in line.speech.weekdays
    ):
        hour = _hour(line, start + 1)
        if hour is not None:
            return Face(start + 2, hour, 30, is_shown=True)
    read = _minutes(line, start, place)
    way = PAST.get(line.word(read[0])) if read is not None else None
    if read is None or way is None or not line.joined(read[0]):
        return None
    end, minute, is_named = read
    before = line.word(place - 1)
    if not is_named and (before in RANGES or (way < 0 < place and before not in AT)):
        return None
    hour = _hour(line, end + 1)
    if hour is None:
        return None
    earlier = hour - 1 or 12
    return Face(end + 2, *((hour, minute) if way > 0 else (earlier, 60 - minute)), is_shown=True)


def _minutes(line: Line, start: int, place: int) -> tuple[int, int, bool] | None:
    """The end and the number of the minutes past an hour, and whether they are named as such."""
    minute = MINUTES.get(line.word(start))
    if minute is not None:
        return start + 1, minute, True
    found = cardinal(line, start)
    if found is None or found[1] not in range(1, 30):
        return None
    end, value = found[0], int(found[1])
    if line.word(end) in ("minutes", "mins", "minute"):
        return end + 1, value, True
    return (end, value, False) if value % 5 == 0 else None


def _hour(line: Line, place: int) -> int | None:
    word = line.word(place)
    if not word or (place and not line.joined(place) and not line.ends(place)):
        return None
    value = int(word) if word.isdecimal() and len(word) < 3 else value_of(line, place)
    return int(value) if value is not None and value in range(1, 13) else None


def _shifted(line: Line, place: int) -> Face | None:
    """ "Saadhe nau baje", "dhai baje", "ஆறரை மணிக்கு": only with the word for the clock."""
    speech, word = line.speech, line.word(place)
    of_day, half, shift = speech.times.get(word), speech.halves.get(word), speech.shifts.get(word)
    end = place + 1
    if shift is not None:
        hour = _hour(line, end) if line.joined(end) else None
        if hour is None:
            return None
        end, of_day = end + 1, (hour * 60 + shift - 1) % 720 + 1
    elif of_day is not None:
        half = None
    elif half is not None:
        of_day = int(half * 60)
    if of_day is None or matched(speech.units, line.words, end) or line.word(end) in speech.singles:
        return None  # "ஒன்றரை லிட்டர்" is a number
    stop = _clock(line, end)
    if stop is None and half is not None:
        return None
    return Face(stop or end, of_day // 60 or 12, of_day % 60, is_shown=True)


def _plain(line: Line, place: int) -> Face | None:
    """ "Seven thirty", "six o'clock", "7:30"."""
    hour = _hour(line, place)
    if hour is None:
        return None
    end, minute = _minute(line, place + 1)
    stop = _clock(line, end)
    return Face(stop or end, hour, minute, is_shown=stop is not None)


def _clock(line: Line, place: int) -> int | None:
    """The place after a word such as "o'clock", or None."""
    found = matched(line.speech.clock, line.words, place) if line.joined(place) else None
    if found is None or (line.joined(found[0]) and line.word(found[0]) == DURATION):
        return None
    return found[0]


DURATION: Final = "நேரம்"
"""After the Tamil word for the clock, this makes it a duration."""


def _minute(line: Line, place: int) -> tuple[int, int | None]:
    """The end and the minutes after an hour: "thirty", "oh five", ":30"."""
    word = line.word(place)
    is_minute = len(word) == 2 and word.isdecimal() and int(word) < 60
    if is_minute and line.pieces[place].gap == ":":
        return place + 1, int(word)
    if not line.joined(place):
        return place, None
    if word in (*ZEROS, "zero") and line.joined(place + 1):
        value = value_of(line, place + 1)
        return (
            (place + 2, int(value)) if value is not None and value in range(10) else (place, None)
        )
    if is_minute and line.spaced(place) and line.word(place - 1).isdecimal():
        return place + 1, int(word)
    found = cardinal(line, place)
    if found is None or found[1] not in range(10, 60):
        return place, None
    return found[0], int(found[1])
