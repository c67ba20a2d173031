"""Members of enums that are times, ranges of hours or numbers with a unit, by the values of a text.

1. A member such as "12:00" is a time. One such as "15-18" is named by both its hours, or by a time in it.
2. A member such as "22K" is named by its number, if no other member has it.
3. Numbers with a unit are converted to that of the parameter: "two hours" are 120 minutes, and "the
   year" is 12 months.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

from mock_electron._regex import regex
from mock_electron.model.fill import units, writing
from mock_electron.model.fill.parameters.want import Want
from mock_electron.model.fill.text.places import Place, Text
from mock_electron.model.fill.text.reading import Reading
from mock_electron.model.fill.text.values import Mark
from mock_electron.model.work import RULE

CLOCK: Final = regex(r"(\d{1,2}):(\d\d)")
HOURS: Final = regex(r"(\d{1,2})(?::(\d\d))? ?(?:-|–|_|to) ?(\d{1,2})(?::(\d\d))?")
FIGURE: Final = regex(r"(\d{1,6}(?:\.\d{1,3})?) ?[A-Za-z]{0,6}")
LONGEST_GAP: Final = 12
"""The characters between two hours of one range."""
HALF_DAY: Final = 720


def members(listed: Sequence[Any], want: Want, reading: Reading) -> Iterator[Mark]:
    """The members of an enum that are the values of a text."""
    first = str(listed[0]) if listed else ""
    if not first[:1].isdecimal() or len(listed) > MOST_MEMBERS:
        return
    if not reading.marks and PERIODS.isdisjoint(reading.normals):
        return
    reading.said.work.charge(RULE * (len(listed) + len(reading.marks)))
    if HOURS.fullmatch(first) is not None:
        yield from _in_hours(listed, reading)
    elif CLOCK.fullmatch(first) is not None:
        yield from _at_times(listed, reading)
    else:
        yield from _figures(listed, want, reading)


MOST_MEMBERS: Final = 60


def _minutes(value: Any) -> int | None:
    """The minutes of a time, or of an hour."""
    clock = CLOCK.match(str(value))
    if clock is not None:
        return 60 * int(clock[1]) + int(clock[2])
    return 60 * value if isinstance(value, int) and 0 <= value <= 24 else None


def _at_times(listed: Sequence[Any], reading: Reading) -> Iterator[Mark]:
    known = {_minutes(member): member for member in listed}
    for mark in reading.marks:
        member = known.get(_minutes(mark.value)) if mark.kind in ("time", "number") else None
        if member is not None:
            yield Mark("member", member, mark.start, mark.end)


def _in_hours(listed: Sequence[Any], reading: Reading) -> Iterator[Mark]:
    spans = [(member, found) for member in listed if (found := HOURS.fullmatch(str(member)))]
    known = [
        (member, 60 * int(found[1]) + int(found[2] or 0), 60 * int(found[3]) + int(found[4] or 0))
        for member, found in spans
    ]
    said = [
        (mark, at)
        for mark in reading.marks
        if mark.kind in ("time", "number") and (at := _minutes(mark.value)) is not None
    ]
    for (one, begin), (other, end) in pairwise(said):
        for member, first, last in known if other.start - one.end <= LONGEST_GAP else ():
            if (first - begin) % HALF_DAY == 0 and (last - end) % HALF_DAY == 0:
                yield Mark("member", member, one.start, other.end)
                return
    for mark, at in said:
        for member, first, last in known:
            if mark.kind == "time" and first <= at < last:
                yield Mark("member", member, mark.start, mark.end)
                return


def _figures(listed: Sequence[Any], want: Want, reading: Reading) -> Iterator[Mark]:
    known: dict[float, Any] = {}
    for member in listed:
        found = FIGURE.fullmatch(str(member))
        if found is None or float(found[1]) in known:
            return
        known[float(found[1])] = member
    text = Text.of(reading)
    for place in (*text.by_kind.get("number", ()), *_wholes(text)):
        member = known.get(float(writing.figure(want, place)))
        if member is not None:
            yield Mark("member", member, place.start, place.end)


def _wholes(text: Text) -> Iterator[Place]:
    """The units that are counted by an article: "the whole year" is one year."""
    lowers, words = text.sentence.lowers, text.reading.words
    for place, lower in enumerate(lowers):
        before = lowers[place - 1] if place else ""
        if lower in PERIODS and before in ONE:
            word = words[place]
            found = units.BY_WORD[lower]
            yield Place("number", 1, word.start, word.end, place, place + 1, units=found)


PERIODS: Final = frozenset(("hour", "day", "week", "month", "year"))
ONE: Final = frozenset(("a", "an", "the", "one", "full", "whole", "entire", "another"))
