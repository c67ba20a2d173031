"""Durations with a half: "half an hour", "an hour and a half", "aadha ghanta"."""

from typing import Final

from mock_electron.model.hear.pieces import VALUE, Line, Written
from mock_electron.model.hear.signals import MINUTES
from mock_electron.model.hear.speech import matched
from mock_electron.model.hear.units import MEASURES


def duration(line: Line, place: int) -> Written | None:
    """The duration at a place."""
    return _of_an_hour(line, place) or _and_a_half(line, place) or _one(line, place)


def _of_an_hour(line: Line, place: int) -> Written | None:
    start = place + (line.word(place) == "a")
    word = line.word(start)
    minutes = MINUTES.get(word) or int(60 * line.speech.half.get(word, 0)) or None
    if minutes is None:
        return None
    end = start + 1
    end += line.word(end) == "of"
    end += line.word(end) in ("an", "a", "the")
    if word == "half" and line.words[start + 1 : start + 3] == ["a", "dozen"]:
        return Written(start + 3, "6")
    unit = matched(line.speech.units, line.words, end) if line.joined(end) else None
    if unit is not None and unit[1] in MEASURES:
        return Written(end, str(line.speech.half.get(word, 0.5)))
    return Written(unit[0], f"{minutes} minutes") if unit and unit[1] == "hour" else None


def _and_a_half(line: Line, place: int) -> Written | None:
    """ "An hour and a half"."""
    if line.word(place) not in ("a", "an"):
        return None
    unit = matched(line.speech.units, line.words, place + 1)
    if unit is None or line.words[unit[0] : unit[0] + 3] != ["and", "a", "half"]:
        return None
    return Written(unit[0] + 3, f"1.5 {line.word(place + 1)}s")


def _one(line: Line, place: int) -> Written | None:
    """ "For an hour": not "for a week-long trip"."""
    if line.word(place) not in ("a", "an") or line.word(place - 1) not in BEFORE_LENGTHS:
        return None
    unit = matched(line.speech.units, line.words, place + 1)
    if unit is None or unit[1] not in LENGTHS:
        return None
    ends = line.ends(unit[0]) or line.word(unit[0]) in AFTER_LENGTHS
    return Written(unit[0], f"1 {unit[1]}", VALUE) if ends else None


BEFORE_LENGTHS: Final = frozenset("for about just only another around".split())
AFTER_LENGTHS: Final = frozenset(
    "and please from starting at on in with if so i we then tomorrow today next this or to but beginning".split()
)
"""Words after a length that are no noun: "for a week trip"."""
LENGTHS: Final = frozenset(("hour", "day", "week", "month", "year"))
