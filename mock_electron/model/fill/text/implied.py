"""Values that only a parameter of their kind makes of a text, such as the day in "the 28th".

    day      the number of a day: "the 28th at 11", "from 3 to 6 March"
    clock    a time without a sign of it: "at 10.30", "the 1105"
    host     the name of a host: "plumtree.io"
    digits   a number in groups of digits: "98220 11456"

To anything but a date, a time or an id they are ordinals and numbers.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.fill.text.values import Mark
from mock_electron.model.hear.days import read_date

DAY: Final = regex(
    r"(?<![\w.])(\d{1,2}(?:st|nd|rd|th))\b"
    r"(?=\W*$|[,.;:?!]| (?:at|for|in|on|and|or|to|till|until|from|around|about|after|before|if|please|is|was"
    r"|would|will|works|then|still|free|ok|okay|good|fine|no|not|with|i|we|he|she|they|so|that|morning|afternoon|evening|night)\b)"
)
EARLY: Final = regex(r"\b(?:on|by|from|until|till|to|before|after) (?:the )?$")
"""What is before the number of one of the first days: "the 1st" is more often something else."""
RANGE: Final = regex(
    r"(?<![\w.:/-])(\d{1,2})(?:st|nd|rd|th)?(?: ?[-–] ?| (?:to|till|until|and|through) (?:the )?)$"
)
LONGEST_RANGE: Final = 24
CLOCK: Final = regex(
    r"\b(?:at|from|to|until|till|by|before|after|around|about|the) (?P<hour>[01]?\d|2[0-3])\.?(?P<minute>[0-5]\d)\b(?!\.\d| ?[%€$£])"
)
HOST: Final = regex(
    r"(?<![\w@./:-])[a-z0-9][\w-]*(?:\.[a-z0-9][\w-]*)*\.[a-z]{2,12}(?![\w@-]|\.\w)"
)
COUPLE: Final = regex(
    r"(?i:\ba couple(?= of [a-z])(?! of (?:days?|weeks?|months?|years?|hours?|minutes?) ago)"
    r"|\ba pair(?= of (?:tickets|seats|places|spaces|rooms|beds|passes|stalls|coffees|beers|pizzas|adults|kids)\b))"
)
GROUPS: Final = regex(r"(?<![\w.,+-])\d{2,}(?:[ -]\d{2,}){1,5}(?![\w]|[.,-]\d)")
FEWEST_DIGITS: Final = 6


def values(text: str, marks: Sequence[Mark], today: date) -> Iterator[Mark]:
    """Yield the values of a text that are implied, in no order.

    Args:
        text: The text.
        marks: Its typed values.
        today: The day of the request.
    """
    for match in HOST.finditer(text) if "." in text else ():
        yield Mark("host", match[0], *match.span())
    for match in COUPLE.finditer(text) if " of " in text else ():
        yield Mark("number", 2, *match.span())
    if not any(map(str.isdigit, text)):
        return
    yield from _days(text, marks, today)
    for match in CLOCK.finditer(text):
        start, end = match.start("hour"), match.end()
        if not any(mark.kind == "time" and mark.start < end and start < mark.end for mark in marks):
            yield Mark("clock", f"{int(match['hour']):02}:{match['minute']}", start, end)
    for match in GROUPS.finditer(text):
        digits = "".join(filter(str.isdigit, match[0]))
        if len(digits) >= FEWEST_DIGITS:
            yield Mark("digits", digits, *match.span())


def _days(text: str, marks: Sequence[Mark], today: date) -> Iterator[Mark]:
    dates = [mark for mark in marks if mark.kind == "date"]
    for match in DAY.finditer(text):
        start, end = match.span()
        if any(mark.start < end and start < mark.end for mark in dates):
            continue
        if (
            int(match[0][:-2]) < FIRST_SURE
            and EARLY.search(text[max(0, start - 12) : start]) is None
        ):
            continue
        before = [mark.value for mark in dates if mark.end <= start]
        day = read_date(match[0], date.fromisoformat(before[-1]) if before else today)
        if day is not None:
            yield Mark("day", day.isoformat(), start, end)
    for mark in dates:
        first = max(0, mark.start - LONGEST_RANGE)
        begun = RANGE.search(text[first : mark.start]) if text[mark.start].isdigit() else None
        last = date.fromisoformat(mark.value)
        if begun is not None and 0 < int(begun[1]) < last.day:
            start = first + begun.start(1)
            yield Mark(
                "day", last.replace(day=int(begun[1])).isoformat(), start, first + begun.end(1)
            )


FIRST_SURE: Final = 4
"""The first day whose number is seldom anything else."""
