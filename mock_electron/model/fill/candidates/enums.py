"""Find the members of an enum that a text names.

1. Case, `-`, `_` and spaces are ignored: "In Progress" is in_progress.
2. Words and phrases that mean a member, such as "nicked" for stolen, are in `meanings` of
   `languages/en.json`. For other languages, the lexicon is used.
3. A member of several words is found by most of them, in any order, or by one that no other member
   has: "paddington" for "Paddington in Peru". A member with a "no" needs a negation.
4. Members that are times, parts of the day or numbers are found by the values of the text.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from mock_electron.model.fill.best import overlap
from mock_electron.model.fill.candidates import measures
from mock_electron.model.fill.parameters.want import Want
from mock_electron.model.fill.text.reading import Reading
from mock_electron.model.fill.text.senses import Range, Senses
from mock_electron.model.fill.text.values import Mark
from mock_electron.model.fill.text.words import Word
from mock_electron.model.language import ENGLISH, UNSPACED
from mock_electron.model.normalise import STOP_WORDS, normalise, split
from mock_electron.model.work import COMPILED, WORD

MEMBER: Final = 40
"""Units of work to find out whether a text may name a member."""
COMPILED_WORD: Final = 200
"""Units of work to compile one more word of a member."""


@lru_cache(maxsize=1024)
def written_alike(text: str) -> str:
    """A text as enum members are compared: case, `-`, `_` and spaces make no difference."""
    return re.sub(r"[\s_-]+", " ", text).strip().lower()


def members(want: Want, reading: Reading) -> Iterator[tuple[Mark, float]]:
    """Members of the enum that the text names, each with points for how well it does."""
    listed = [want.schema["const"]] if "const" in want.schema else want.schema.get("enum")
    if not isinstance(listed, list):
        return
    found = False
    for one in named(listed, reading, frozenset(want.words)):
        found = True
        yield one
    if not found:
        for mark in measures.members(listed, want, reading):
            yield mark, MEANT_POINTS
    if listed and isinstance(listed[0], int):
        yield from _ordinals(want, listed, reading)


def _ordinals(want: Want, listed: Sequence[Any], reading: Reading) -> Iterator[tuple[Mark, float]]:
    """Members that are numbers, by their ordinals: "first class"."""
    for word, after in pairwise(reading.words):
        number = ORDINALS.get(word.normal)
        if number in listed and after.normal in want.words:
            yield Mark("member", number, word.start, after.end), MEANT_POINTS


ORDINALS: Final[Mapping[str, int]] = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}


def named(
    listed: Sequence[Any], reading: Reading, own: Collection[str] = ()
) -> Iterator[tuple[Mark, float]]:
    """Those of some values that a text names, each with points for how well it does.

    Args:
        listed: The values.
        reading: The text.
        own: The words of the name of the parameter. Alone, they name no member.
    """
    listed = listed[:MOST_MEMBERS]
    reading.said.work.charge(MEMBER * len(listed))
    lower = reading.text.lower()
    found: dict[int, Mark] = {}
    for place, member in enumerate(listed):
        for mark in _mentions(member, reading, lower):
            found[place] = mark
            exact = written_alike(str(mark.value)) == written_alike(lower[mark.start : mark.end])
            points = MEMBER_POINTS if exact else MEANT_POINTS
            yield mark, points - COMMON * (str(member).lower() in STOP_WORDS)
    if not found:
        yield from _weekdays(listed, reading)
    yield from _in_parts(listed, found, reading, own)


def _weekdays(listed: Sequence[Any], reading: Reading) -> Iterator[tuple[Mark, float]]:
    """The members for the days that the text names in any language: "sat" for शनिवार."""
    if not 5 <= len(listed) <= 9 or not all(isinstance(member, str) for member in listed):
        return
    members = {member.lower()[:3]: member for member in listed}
    if not WEEKDAYS.issuperset(members):
        return
    for mark in reading.marks:
        if mark.kind == "date":
            day = members.get(DAYS[date.fromisoformat(mark.value).weekday()])
            if day is not None:
                yield Mark("member", day, mark.start, mark.end), MEANT_POINTS


def groups_of_days(want: Want, reading: Reading) -> Iterator[Mark]:
    """The members for several days that a text names at once: "on weekdays"."""
    listed = want.schema["enum"]
    for word in reading.words:
        group = GROUPS.get(word.normal, ())
        for member in listed if group else ():
            if isinstance(member, str) and member.lower()[:3] in group:
                yield Mark("member", member, word.start, word.end)


DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAYS: Final = frozenset(DAYS)
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "weekday": DAYS[:5], "weeknight": DAYS[:5], "weekend": DAYS[5:], "daily": DAYS, "everyday": DAYS,
}  # fmt: skip
"""Words for several days."""


def _in_parts(
    listed: Sequence[Any], found: Mapping[int, Mark], reading: Reading, own: Collection[str]
) -> Iterator[tuple[Mark, float]]:
    """Members that other words mean, or of which the text contains a part; by rules 2 and 3.

    If a member was found, only those count that are said in full, with other words than it.
    """
    parts = {
        place: [part.lower() for part in split(member) if part.lower() not in UNSAID]
        for place, member in enumerate(listed)
        if place not in found and isinstance(member, str) and len(member) <= LONGEST_MEMBER
    }
    counts = Counter(part for those in parts.values() for part in {*those})
    reading.said.work.charge(WORD * 2 * counts.total())
    senses, words = reading.senses, reading.words
    for place, those in parts.items():
        alike = written_alike(listed[place])
        whole = senses.meant(alike)
        said = [(alike, whole)] if whole else _said(those, senses)
        share = 1.0 if whole else len(said) / max(len(those), 1)
        if not said or (share < 1.0 and not _tells(said, share, counts, own)):
            continue
        is_own = [senses.said(part) is not None for part, _ in said]
        if found and (share < 1.0 or not (all(is_own) or _is_apart(said, found, words))):
            continue
        points = MEANT_POINTS if share == 1.0 else PART_POINTS + 20.0 * share
        points += sum(end - begin for _, (begin, end) in said) + OWN * sum(is_own)
        first, last = said[0][1]
        start, end = (words[first].start, words[last - 1].end) if last else (0, 0)
        yield Mark("member", listed[place], start, end), points


def _is_apart(
    said: Sequence[tuple[str, Range]], found: Mapping[int, Mark], words: Sequence[Word]
) -> bool:
    """Whether a member is said with other words than those that were found."""
    taken = [(mark.start, mark.end) for mark in found.values()]
    places = [(words[first].start, words[last - 1].end) for _, (first, last) in said if last]
    return bool(places) and not overlap(tuple(places), taken)


def _said(parts: Sequence[str], senses: Senses) -> list[tuple[str, Range]]:
    """The parts of a member that a text says, with their places; none if it lacks a negation."""
    said = []
    for part in parts:
        found = senses.negated if part in NEGATIVE else senses.find(part)
        if found is not None:
            said.append((part, found))
        elif part in NEGATIVE:
            return []
    return said


def _tells(
    said: Sequence[tuple[str, Range]], share: float, counts: Mapping[str, int], own: Collection[str]
) -> bool:
    """Whether some parts of a member tell it from the others: most of them, or one of its own."""
    telling = [part for part, _ in said if part not in NEGATIVE and normalise(part) not in own]
    if share > 0.5:
        return bool(telling)
    return any(
        counts[part] == 1 and len(part) > SHORTEST_RELATED and part not in VAGUE for part in telling
    )


UNSAID: Final = (STOP_WORDS | {"dr", "mr", "mrs", "ms", "prof"}) - {"no", "not"}
"""Words of members that people leave out."""
NEGATIVE: Final = frozenset(("no", "not", "without"))
VAGUE: Final = frozenset(
    """new change check full service general extra other type standard set call time day order number
    made get home late single room part""".split()
)
"""Parts of members that are said of many things."""
MEMBER_POINTS: Final = 60.0
COMMON: Final = 25.0
"""Lost by a member such as "all", which texts contain for other reasons."""
MEANT_POINTS: Final = 50.0
PART_POINTS: Final = 25.0
OWN: Final = 3.0
"""A part is said with its own word."""
MOST_MEMBERS: Final = 400


def _mentions(member: Any, reading: Reading, lower: str) -> Iterator[Mark]:
    if isinstance(member, int | float) and not isinstance(member, bool):
        reading.said.work.charge(len(reading.marks))
        yield from (
            Mark("member", member, m.start, m.end)
            for m in reading.marks
            if m.kind == "number" and m.value == member
        )
    if not isinstance(member, str) or not 0 < len(member) <= LONGEST_MEMBER:
        return
    alike = written_alike(member)
    if all(part in lower for part in alike.split(" ")):
        text = reading.text if _is_one_word(member) else lower
        reading.said.work.charge(COMPILED + _cost_of_search(alike, lower))
        match = _pattern_of(member).search(text) if len(text) == len(reading.text) else None
        found = match.span() if match is not None else None
        if found is None and reading.said.language.code in UNSPACED and alike in text:
            found = text.find(alike), text.find(alike) + len(alike)
        if found is not None:
            yield Mark("member", member, *found)
            return
    yield from _worded(member, alike, reading)


def _cost_of_search(alike: str, lower: str) -> int:
    """Return the units of work to compile a member, and to match most of it at each beginning."""
    first, *more = alike.split(" ")
    return len(lower) // 10 + (COMPILED_WORD + lower.count(first)) * len(more)


def _is_one_word(member: str) -> bool:
    """Whether a member only counts as it is written: a letter, or a word that is common in texts."""
    return len(member) == 1 or written_alike(member) == "in"


LONGEST_MEMBER: Final = 200
"""The number of characters of the longest member that is looked for."""


def _pattern_of(member: str) -> re.Pattern[str]:
    if _is_one_word(member):
        return re.compile(rf"(?<!\w){re.escape(member)}(?!\w)")
    words = r"[\s_-]*".join(map(re.escape, written_alike(member).split(" ")))
    if len(member) > SHORTEST_RELATED and member[-1:].isalpha():
        words += "s?"
    return re.compile(rf"(?<![^\W_]){words}(?![^\W_])")


def _worded(member: str, alike: str, reading: Reading) -> Iterator[Mark]:
    """A member in another word: an abbreviation, a word of its family, or of another language."""
    language = reading.lexical
    if language is ENGLISH or language.endings:
        return  # by their senses
    meanings = language.lexicon.get(alike, ())
    for meaning in meanings:
        anywhere = " " in meaning or language.code in UNSPACED
        if anywhere and (place := reading.text.lower().find(meaning)) >= 0:
            yield Mark("member", member, place, place + len(meaning))
            return
    if " " in alike and not meanings:
        return  # no single word of the text is the same
    single = normalise(alike)
    reading.said.work.charge(2 * WORD * len(reading.words))
    beginnings = (*meanings, alike) if len(alike) > SHORTEST_RELATED else meanings
    for word in reading.words:
        spoken = word.written.lower()
        begins = beginnings and spoken.startswith(beginnings)
        if word.normal == single or (begins and _is_meant(spoken, alike, meanings)):
            yield Mark("member", member, word.start, word.end)
            return


SHORTEST_RELATED: Final = 3
"""The number of letters of a member that has no family."""


def _is_meant(spoken: str, alike: str, meanings: tuple[str, ...]) -> bool:
    """Whether a word begins with a meaning, or is of the family: "urgently", "cancelled"."""
    if spoken.startswith(meanings):
        return True
    return (
        len(alike) > SHORTEST_RELATED and spoken.startswith(alike) and len(spoken) <= len(alike) + 3
    )
