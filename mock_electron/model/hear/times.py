"""Times of day, in words and in figures.

1. A time is an hour with minutes, and something that shows that it is one: "pm", "o'clock", a part of
   the day, "quarter to", or a word such as "at" before it.
2. The part of the day may be elsewhere in the text: "tomorrow evening at six". It decides whether
   six is 18:00.
3. Without one, an hour in words from one to six is in the afternoon: nobody makes appointments at
   four in the morning.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from mock_electron.model.hear.faces import RANGES, Face, face
from mock_electron.model.hear.pieces import SPOKEN, VALUE, Line, Written
from mock_electron.model.hear.speech import matched
from mock_electron.model.hints import folded

TIME: Final = (
    r"(?<![\d.])\d{1,2}:\d{2}(?::\d{2})?(?!\d)(?:\s?[aApP](?:\.[mM]\b\.?|[mM]\b))?"
    r"|\d{1,2}\s?(?:[aApP]\.[mM]\.|[aApP][mM]\b)|\d{1,2} o'clock\b|(?i:noon|midnight)\b"
)
PARTS: Final[Mapping[str, Callable[[int], int]]] = {
    "am": lambda hour: hour % 12,
    "pm": lambda hour: hour % 12 + 12,
    "noon": lambda hour: hour if 10 <= hour <= 12 else hour + 12,
    "night": lambda hour: hour % 12 + (0 if hour in (12, 1, 2, 3, 4) else 12),
}
"""The part of a day → the hour of the day for an hour of the clock."""
GLUE: Final = frozenset("-/.:,")
"""Between figures, these show that the second ones are no hour."""
LAST_OF_AFTERNOON: Final = 6
"""The last hour that is in the afternoon if nothing is said; rule 3."""
PRONOUNS: Final = frozenset(("one", "ek", "do"))
"""Number words that mean something else more often."""
ROUND: Final = (0, 15, 30, 45)
"""Minutes after "for" that show a time: "a table for seven thirty"."""
WEAK: Final = frozenset(
    "for to is it's make say maybe on no like do then that get come have has".split()
)
EXACT: Final = frozenset(("at", "around", "about", "till", "until"))
"""Words before an hour alone."""
FOLLOWING: Final = frozenset(
    """
    that so as on tomorrow today tonight for and or please with to till until next this is would works if then
    but sharp ish instead no wait sorry i we he she they my monday tuesday wednesday thursday friday
    saturday sunday day in actually thanks thank from under just itself
    """.split()
)
"""Words after an hour alone. Any other word is what a number counts: "at 6 stations"."""
ORDERING: Final = frozenset(("after", "before", "by"))
"""Words before an hour alone in a spoken text."""
SUMS: Final = frozenset(
    "multiply multiplied divide divided increase decrease reduce raise plus minus times".split()
)
GREETING: Final = frozenset(("good", "शुभ", "shubh", "இனிய", "गुड"))
"""Before a part of the day these make it a greeting."""
LINKS: Final = frozenset(("at", "around", "about", "ke", "को", "के", "ko", "by"))
"""Words between a part of the day and the hour."""


def part_of_line(line: Line) -> str | None:
    """The part of the day that a text names once; rule 2."""
    known: str | None = line.__dict__.get("part", "")
    if known == "":
        parts = line.speech.parts
        found = {
            match[1]
            for place, word in enumerate(line.words)
            if word in parts
            and line.word(place - 1) not in GREETING
            and not _is_a_night(line, place)
            for match in [matched(parts, line.words, place)]
            if match is not None
        }
        known = line.__dict__["part"] = found.pop() if len(found) == 1 else None
    return known


def _occasion(line: Line) -> str | None:
    """The part of the day that an occasion suggests: "dinner at eight"."""
    occasions = line.speech.occasions
    return next((occasions[word] for word in line.words if word in occasions), None)


def _is_a_night(line: Line, place: int) -> bool:
    word = line.word(place)
    return word in ("am", "pm", "noon", "midnight") or (
        word == "night" and line.word(place - 1) in ("a", "per", "one", "1", "every", "the")
    )


def clock(line: Line, place: int) -> Written | None:
    """The time at a place."""
    if line.pieces[place].gap in GLUE:
        return None
    start, part = place, None
    before = matched(line.speech.parts, line.words, place)
    if before is not None:
        is_day = line.word(place) in line.speech.days or line.word(place - 1) == "this"
        if is_day or line.word(place - 1) in GREETING or line.word(place) in HALVES:
            return None
        start, part = before
        start += line.word(start) in LINKS
        if not line.joined(start):
            return None
    shown = face(line, start)
    if shown is None:
        return None
    end, part = _part_after(line, shown) or (shown.end, part)
    if end == shown.end and not shown.is_shown and not _is_time(line, place, start, shown):
        return None
    return _written(line, place, end, shown, part or part_of_line(line))


def _written(line: Line, place: int, end: int, shown: Face, part: str | None) -> Written | None:
    in_figures = line.pieces[place].text.isdecimal()
    hour, minute = shown.hour, shown.minute or 0
    if part is None and line.word(place + 1) != f"{minute:02}":
        part = _occasion(line) or ("pm" if hour <= LAST_OF_AFTERNOON else None)
    if part is None:
        return Written(end, f"{hour}:{minute:02}", VALUE if in_figures else SPOKEN)
    of_day = PARTS[part](hour) % 24
    half, hour = ("pm" if of_day >= 12 else "am"), of_day % 12 or 12
    return Written(end, f"{hour}:{minute:02} {half}" if minute else f"{hour} {half}")


def _part_after(line: Line, shown: Face) -> tuple[int, str] | None:
    """ "pm", "p m", "a.m.", "in the afternoon", "at night", "noon"; after a clock any part of the day."""
    place = shown.end
    words = line.words[place : place + 3]
    apart = words[:1] in (["a"], ["p"]) and words[1:2] == ["m"]
    if apart and line.spaced(place) and line.pieces[place + 1].gap in (" ", "."):
        return place + 2, f"{words[0]}m"
    if not line.joined(place):
        return None
    start = place + (2 if words[:2] == ["in", "the"] else 1 if words[:1] in (["at"], ["in"]) else 0)
    found = matched(line.speech.parts, line.words, start)
    if found is None or (start > place and line.word(start) in HALVES):
        return None
    is_phrase = found[0] > start + 1 and matched(line.speech.parts, [line.word(start)], 0) is None
    is_clear = start > place or is_phrase or shown.is_shown or line.word(start) in CLEAR
    return found if is_clear or (shown.minute is not None and line.word(start) != "night") else None


HALVES: Final = frozenset(("am", "pm"))
CLEAR: Final = HALVES | {"noon", "midnight", "tonight"}
"""Parts of the day that show a time right after an hour."""


def _is_time(line: Line, place: int, start: int, shown: Face) -> bool:
    """Whether a number is a time because of the words around it; rule 1."""
    end, before = shown.end, line.word(start - 1 if start > place + 1 else place - 1)
    if _is_counting(line, end):
        return False
    if shown.minute is None:
        if line.word(end) == "ish" and line.spoken and _stands_alone(line, end + 1):
            return True
        if start > place:
            return _stands_alone(line, end) and line.word(start) not in PRONOUNS
        if before in RANGES and _begins_range(line, end):
            return True
        known = line.spoken or part_of_line(line) is not None
        exact = before in EXACT or (before in ORDERING and line.spoken and _is_no_sum(line))
        return known and exact and _stands_alone(line, end)
    if line.pieces[end - 1].gap == ":":
        return part_of_line(line) is not None
    behind = matched(line.speech.behind, line.words, end) is not None
    is_round = shown.minute in ROUND and (behind or before in WEAK or place == 0 or start > place)
    return is_round or _is_introduced(line, place)


def _begins_range(line: Line, place: int) -> bool:
    """Whether a time follows: "between nine and eleven in the morning"."""
    later = face(line, place + 1) if line.word(place) in ("and", "to", "till", "until") else None
    return later is not None and (later.is_shown or _part_after(line, later) is not None)


def _is_no_sum(line: Line) -> bool:
    return SUMS.isdisjoint(line.words)


def _is_introduced(line: Line, place: int) -> bool:
    """Whether a word such as "around" is before a place."""
    return any(
        matched(line.speech.before, line.words, first) == (place, "before")
        for first in (place - 1, place - 2)
    )


def _is_counting(line: Line, place: int) -> bool:
    """Whether a number goes on, or what it counts follows."""
    return line.joined(place) and (
        line.word(place) in line.speech.doubles
        or (line.word(place) in line.speech.singles and line.word(place) not in PRONOUNS)
        or line.words[place : place + 3] == ["and", "a", "half"]
        or matched(line.speech.units, line.words, place) is not None
        or line.word(place) in ("people", "persons", "guests", "log", "लोग", "பேர்", "of")
    )


def _stands_alone(line: Line, place: int) -> bool:
    return line.ends(place) or line.word(place) in FOLLOWING or line.word(place) in line.speech.days


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
