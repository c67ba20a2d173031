"""The values in a text, in order, as objects of one call or of several.

1. A value is a typed value, a quotation, a name, or a member of an enum.
2. A name with a comma and a state or country is one value, and so is a name with a number.
3. The lead of a value is the last preposition before it. Its label is the other words before it, back to
   the value before it or to the end of its segment.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from mock_electron._regex import regex
from mock_electron.model.decide.actions import VAGUE, VERBS
from mock_electron.model.decide.clauses import WORD
from mock_electron.model.decide.spoken import CONTRACTED
from mock_electron.model.decide.tool_words import MEANINGLESS
from mock_electron.model.fill.text.reading import Reading
from mock_electron.model.fill.text.values import Mark
from mock_electron.model.language import ENGLISH, Language
from mock_electron.model.normalise import stem
from mock_electron.model.work import WORD as WORD_UNITS

PREPOSITIONS: Final = frozenset(
    "of in for at with given from to on by using between about into near is as against versus vs until till".split()
)
STATE: Final = regex(r",\s{0,2}(?=(?:[A-Z]{2}|[A-Z]\.[A-Z]\.|U\.S\.A?\.?)(?![\w]))")
COMMA: Final = regex(r",\s{0,2}")
UNITS: Final = frozenset(
    """
    kg g mg lb lbs pound pounds kilo kilos km m cm mm mile miles meter meters metre metres ft foot
    feet inch inches year years month months week weeks day days hour hours minute minutes second
    seconds percent degree degrees euro euros dollar dollars rupee rupees unit units sq square m/s
    liter liters c f k am pm
    """.split()
)


COUNTS: Final = frozenset("two three four five six seven eight nine ten".split())


class Value(Struct, frozen=True):
    """A value in a text.

    Attributes:
        kind: Its kind.
        start: The index of its first character.
        end: The index after its last character.
        lead: The last preposition before it, or "".
        label: The stems of the other words before it.
        unit: The word after a number, or "".
        is_count: Whether it is a small number in letters that may count things: "three sides".
    """

    kind: str
    start: int
    end: int
    lead: str = ""
    label: frozenset[str] = frozenset()
    unit: str = ""
    is_count: bool = False


Place = tuple[int, int, str]
"""Where a value begins and ends, and its kind."""


def values_of(reading: Reading, others: Iterable[Place] = ()) -> list[Value]:
    """Return the values of a text.

    Args:
        reading: The text.
        others: The places of other words that are values.
    """
    text = reading.text
    found = [
        *((quote.start, quote.end, "quote") for quote in reading.quotes),
        *others,
        *_expressions(text),
        *(
            place
            for mark in reading.marks
            for place in _figures(mark.start, mark.end, mark.kind, text)
        ),
        *((name.start, name.end, "name") for name in reading.names if not _is_verb(name, text)),
    ]
    reading.said.work.charge(WORD_UNITS * 4 * len(found))
    return list(_joined(_apart(found), text, reading.said.language))


def _expressions(text: str) -> Iterator[Place]:
    if "^" in text or "²" in text or "+" in text or "=" in text:
        for found in EXPRESSION.finditer(text):
            if any(map(found[0].__contains__, "^²³+*")) and any(map(str.isdigit, found[0])):
                yield *found.span(), "expression"


EXPRESSION: Final = regex(
    r"(?<![\w.()²³])[\w.()²³]{1,40}+(?:\s?[-+*/=^]\s?[\w.()²³]{1,40}+){1,20}+"
)


def _figures(start: int, end: int, kind: str, text: str) -> Iterator[Place]:
    """Yield a value; "5,10" is two numbers."""
    if kind == "number" and SHORT_FIGURES.fullmatch(text, start, end):
        for figure in FIGURE.finditer(text, start, end):
            yield *figure.span(), kind
    else:
        yield start, end, kind


SHORT_FIGURES: Final = regex(r"\d{1,2}(?:,\d{1,2})+")
FIGURE: Final = regex(r"\d+")


def _is_verb(name: Mark, text: str) -> bool:
    """Return whether a name is only the capitalised verb of a command."""
    root = stem(text[name.start : name.end].partition(" ")[0])
    begins = not text[: name.start].rstrip() or text[: name.start].rstrip()[-1] in ".!?:"
    return begins and (root in VERBS or root in VAGUE)


def _apart(found: list[Place]) -> list[Place]:
    """Return the places in order; of those that overlap, the first in the list."""
    kept: list[Place] = []
    for start, end, kind in sorted(found, key=_order):
        if all(end <= first or last <= start for first, last, _ in kept):
            kept.append((start, end, kind))
    return sorted(kept)


def _order(place: Place) -> tuple[int, int, int]:
    start, end, kind = place
    return kind not in ("quote", "expression", "date", "time", "email", "url"), start - end, start


def _joined(found: list[Place], text: str, language: Language) -> Iterator[Value]:
    """Yield the values; rules 2 and 3."""
    joined: list[Place] = []
    for start, end, kind in found:
        if joined and joined[-1][2] == "name":
            first, last, _ = joined[-1]
            between = text[last:start]
            is_state = kind == "name" and STATE.match(text[last : end + 1]) is not None
            is_numbered = (
                kind == "number"
                and between == " "
                and text[start:end].isdigit()
                and end - start < 3
            )
            if is_state or is_numbered:
                joined[-1] = first, end, "name"
                continue
        joined.append((start, end, kind))
    joined = _places(joined, text)
    before = 0
    for start, end, kind in joined:
        words = [CONTRACTED.sub("", word[0].lower()) for word in WORD.finditer(text, before, start)]
        lead = next((word for word in reversed(words) if word in PREPOSITIONS), "")
        unit = ""
        if kind == "number":
            after = WORD.match(text, end) or WORD.match(text, end + 1)
            unit = after[0].lower() if after and after[0].lower() in UNITS else ""
            if text[start - 1 : start] in ("$", "€", "£"):
                unit, start = text[start - 1], start - 1
            elif text[end : end + 1] == "%":
                unit, end = "%", end + 1
        label = _label(words) if language is ENGLISH else frozenset()
        yield Value(
            kind, start, end, lead, label, unit, text[start:end].lower() in COUNTS and not unit
        )
        before = end


def _label(words: list[str]) -> frozenset[str]:
    return frozenset(
        stem(word)
        for word in words
        if word not in MEANINGLESS
        and word not in PREPOSITIONS
        and word not in UNITS
        and word not in REPEATS
        and stem(word) not in VAGUE
        and stem(word) not in VERBS
    )


REPEATS: Final = frozenset(
    """
    another other second third fourth fifth first last next same again respectively both each too
    also plus one ones similarly likewise finally
    """.split()
)
"""Words with which something is wanted again."""


def _places(found: list[Place], text: str) -> list[Place]:
    """Join two names with a comma to one place, if they are not members of a longer list."""
    runs: list[list[Place]] = []
    for one in found:
        last = runs[-1][-1] if runs else None
        if last and one[2] == last[2] == "name" and COMMA.fullmatch(text[last[1] : one[0]]):
            runs[-1].append(one)
        else:
            runs.append([one])
    joined: list[Place] = []
    for number, run in enumerate(runs):
        beside = [
            other
            for other, start, end in (
                (runs[number - 1], runs[number - 1][-1][1], run[0][0]) if number else (run, 0, 0),
                (runs[number + 1], run[-1][1], runs[number + 1][0][0])
                if number + 1 < len(runs)
                else (run, 0, 0),
            )
            if start < end and AND.fullmatch(text[start:end])
        ]
        if len(run) == 2 and all(len(other) == 2 for other in beside):
            joined.append((run[0][0], run[1][1], "name"))
        else:
            joined += run
    return joined


AND: Final = regex(
    r"\s*+(?:,\s*+)?+(?:and|or|&)\b\s*+(?:(?:in|for|from|to|at|of|the|between|near)\b\s*+)?+",
    re.IGNORECASE,
)
