"""Lists of values in a text: "in Mumbai and Delhi", "for 5, 10 and 15".

Values repeat if those after an "and", a comma or the end of a sentence are of the same kinds as those
before it, in the same order, after the same prepositions, and under no new label. Values that repeat
are the members of a list.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.decide.clauses import CONJUNCTIONS, SENTENCE, WORD
from mock_electron.model.decide.values import Value
from mock_electron.model.decide.words_said import is_content
from mock_electron.model.normalise import stem

SEPARATOR: Final = regex(
    rf"(?P<stop>{SENTENCE})|(?<!\s)\s*+,\s*+(?:(?P<and>(?:{'|'.join(CONJUNCTIONS)}|or|&)\s))?+"
    rf"|(?<!\s)\s++(?P<joined>(?:{'|'.join(CONJUNCTIONS)}|or|&|vs\.?)\s)|(?P<other>和|と|과|와)|[、，]",
    re.IGNORECASE,
)

Member = tuple[Value, ...]
"""The values that repeat those of the member before."""


def joints_of(values: list[Value], separators: list[re.Match[str]]) -> list[str]:
    """Return what is between each value and the next: "", "comma", "and" or "stop"."""
    joints = []
    place = 0
    for one, other in pairwise(values):
        found = ""
        while place < len(separators) and separators[place].start() < other.start:
            separator = separators[place]
            if separator.start() >= one.end:
                found = max(found, _joint(separator), key=STRENGTH.index)
            place += 1
        joints.append(found)
    return joints


STRENGTH: Final = ("", "comma", "and", "stop")


def _joint(separator: re.Match[str]) -> str:
    if separator["stop"] is not None:
        return "stop"
    return "and" if separator["and"] or separator["joined"] or separator["other"] else "comma"


def lists_of(
    values: list[Value], joints: list[str], text: str, widest: int
) -> Iterator[list[Member]]:
    """Yield the lists of values that repeat; rule 1.

    Args:
        values: The values of a text, in order.
        joints: What is between each value and the next.
        text: The text.
        widest: How many values a member may have.
    """
    place = 0
    while place < len(values):
        best: list[Member] = []
        for width in range(1, widest + 1):
            members = _repeats(values, joints, place, width)
            if (
                len(members) > 1
                and len(members) * width > sum(map(len, best))
                and _is_list(members, joints, place)
                and (_have_equal_tails(members, text) if widest > 1 else _are_near(members, text))
            ):
                best = members
        yield from [best] if best else []
        place += sum(map(len, best)) or 1


MOST_WIDE: Final = 6
"""How many values a member of a list may have."""


def _repeats(values: list[Value], joints: list[str], place: int, width: int) -> list[Member]:
    members = [tuple(values[place : place + width])]
    while True:
        start = place + len(members) * width
        member = tuple(values[start : start + width])
        if len(member) < width or not joints[start - 1]:
            return members
        pairs = zip(members[0], member, strict=True)
        if not all(_alike(one, other, not number) for number, (one, other) in enumerate(pairs)):
            return members
        members.append(member)


def _is_list(members: list[Member], joints: list[str], place: int) -> bool:
    width = len(members[0])
    between = [joints[place + number * width - 1] for number in range(1, len(members))]
    first = members[0][0]
    if width == 1 and "stop" in between:
        return all(member[0].label & first.label for member in members[1:])
    return "and" in between or width > 1 or first.kind in ("quote", "number", "code")


def _have_equal_tails(members: list[Member], text: str) -> bool:
    """Return whether the words after each member are also after the last one, or mean nothing."""
    last = members[-1][-1]
    after = {stem(word[0]) for word in WORD.finditer(text, last.end, last.end + TAIL)}
    for member, following in pairwise(members):
        if following[0].label & after:
            continue
        words = WORD.findall(text[member[-1].end : following[0].start])
        tail = [word for word in words if is_content(word) and stem(word) not in following[0].label]
        if any(stem(word) not in after for word in tail):
            return False
    return True


def _are_near(members: list[Member], text: str) -> bool:
    """Return whether only an "and" and one more word are between members."""
    return all(
        len(text[member[-1].end : following[0].start].split()) <= 2
        for member, following in pairwise(members)
    )


TAIL: Final = 40
"""How many characters after the last member are read."""


def _alike(one: Value, other: Value, is_first: bool) -> bool:
    if one.kind != other.kind or (one.unit and other.unit and one.unit != other.unit):
        return False
    if other.lead != one.lead and not (is_first and not other.lead):
        return False
    if not other.label or one.label & other.label:
        return True
    return one.lead == other.lead != "" and other.kind != "number"
