"""Find the members of an enum that a text names.

1. Case, `-`, `_` and spaces are ignored: "In Progress" is in_progress.
2. Synonyms, such as "urgent" for high and "dollars" for USD, are in the table ABBREVIATED. For other
   languages, the lexicon is used.
3. A member of several words is found by most of them, in any order.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

from mock_electron.model.fill.parameters.want import Want
from mock_electron.model.fill.text.reading import Reading
from mock_electron.model.fill.text.values import Mark
from mock_electron.model.language import UNSPACED, glosses
from mock_electron.model.normalise import STOP_WORDS, normalise, split, stem
from mock_electron.model.work import COMPILED, WORD

MEMBER: Final = 40
"""Units of work to find out whether a text may name a member."""
COMPILED_WORD: Final = 200
"""Units of work to compile one more word of a member."""


@lru_cache(maxsize=1024)
def written_alike(text: str) -> str:
    """A text as enum members are compared: case, `-`, `_` and spaces make no difference."""
    return re.sub(r"[\s_-]+", " ", text).strip().lower()


ABBREVIATED: Final[Mapping[str, tuple[str, ...]]] = {
    "c": ("celsius",), "f": ("fahrenheit",), "usd": ("dollar",), "eur": ("euro",), "inr": ("rupee",),
    "gbp": ("pound",), "jpy": ("yen",), "km": ("kilometer", "kilometre"), "mi": ("mile",),
    "en": ("english",), "fr": ("french",), "de": ("german",), "es": ("spanish",), "hi": ("hindi",),
    "celsius": ("°c",), "fahrenheit": ("°f",), "m": ("male",), "s": ("small",), "l": ("large",),
    "driving": ("drive", "car"), "walking": ("walk", "foot"), "cycling": ("bike", "cycle"),
    "true": ("yes",), "false": ("no",), "high": ("urgent", "important"), "male": ("man", "he"),
    "female": ("woman", "she"), "positive": ("love", "great", "happy", "excellent", "good", "amazing"),
    "sick": ("fever", "ill", "flu", "unwell", "bukhar"), "illness": ("fever", "sick", "flu", "unwell", "bukhar"),
    "tv": ("telly", "television"), "outdoor": ("outside", "terrace", "patio"), "indoor": ("inside",),
    "outside": ("outdoor", "terrace"), "inside": ("indoor",), "damaged": ("smash", "broke", "crack"),
    "billing": ("bill", "invoice"), "delivery": ("deliver",), "pickup": ("collect",), "weekly": ("every week",),
    "savings": ("saving",), "eye": ("eye", "aankh"), "dental": ("tooth", "teeth", "dentist"),
    "negative": ("hate", "terrible", "awful", "bad", "angry", "worst", "broken"),
}  # fmt: skip
"""Words that people say for an enum member."""


def members(want: Want, reading: Reading) -> Iterator[tuple[Mark, float]]:
    """Members of the enum that the text names, each with points for how well it does."""
    listed = [want.schema["const"]] if "const" in want.schema else want.schema.get("enum")
    if isinstance(listed, list):
        yield from named(listed, reading)


def named(listed: Sequence[Any], reading: Reading) -> Iterator[tuple[Mark, float]]:
    """Those of some values that a text names, each with points for how well it does."""
    reading.said.work.charge(MEMBER * len(listed[:MOST_MEMBERS]))
    lower = reading.text.lower()
    found = False
    for member in listed[:MOST_MEMBERS]:
        for mark in _mentions(member, reading, lower):
            found = True
            exact = written_alike(str(mark.value)) == written_alike(lower[mark.start : mark.end])
            points = MEMBER_POINTS if exact else MEANT_POINTS
            yield mark, points - COMMON * (str(member).lower() in STOP_WORDS)
    if not found:
        yield from _weekdays(listed, reading)
        yield from _in_parts(listed, reading)


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


DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAYS: Final = frozenset(DAYS)


def _in_parts(listed: Sequence[Any], reading: Reading) -> Iterator[tuple[Mark, float]]:
    """Members of several words of which the text contains most: "a mango shake" for shake_mango."""
    spoken = {stem(word.written): word for word in reversed(reading.words)}
    for place, english in glosses(
        [word.written.lower() for word in reading.words], reading.lexical
    ):
        spoken.setdefault(stem(english), reading.words[place])
    for member in listed[:MOST_MEMBERS]:
        if not isinstance(member, str) or len(member) > LONGEST_MEMBER:
            continue
        parts = [stem(part) for part in split(member) if part.lower() not in STOP_WORDS]
        reading.said.work.charge(WORD * len(parts))
        said = [spoken[part] for part in parts if part in spoken]
        if said and 2 * len(said) > len(parts):
            yield (
                Mark("member", member, said[0].start, said[0].end),
                PART_POINTS + 20.0 * len(said) / len(parts),
            )


MEMBER_POINTS: Final = 60.0
COMMON: Final = 25.0
"""Lost by a member such as "all", which texts contain for other reasons."""
MEANT_POINTS: Final = 50.0
PART_POINTS: Final = 25.0
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
    return re.compile(rf"(?<![^\W_]){words}(?![^\W_])")


def _worded(member: str, alike: str, reading: Reading) -> Iterator[Mark]:
    """A member in another word: an abbreviation, a word of its family, or of another language."""
    language = reading.lexical
    meanings = (*ABBREVIATED.get(alike, ()), *language.lexicon.get(alike, ()))
    if language.code in UNSPACED:
        places = ((reading.text.find(meaning), meaning) for meaning in meanings)
        for place, meaning in places:
            if place >= 0:
                yield Mark("member", member, place, place + len(meaning))
                return
    for meaning in meanings:
        if " " in meaning and (place := reading.text.lower().find(meaning)) >= 0:
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
