"""Lists of plain values in a text: literals, enumerations, and all values of a kind.

1. A list in brackets, "[1, 2]", is taken as it is.
2. Values of one kind that only commas and conjunctions separate are a list. So is one value alone.
3. A list of typed values takes all of them, wherever they are.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

from mock_electron._regex import regex
from mock_electron.model.fill.best import Range
from mock_electron.model.fill.candidates import enums
from mock_electron.model.fill.parameters import described
from mock_electron.model.fill.parameters.slots import item_slot
from mock_electron.model.fill.parameters.want import NUMBERS, Want
from mock_electron.model.fill.text import lists
from mock_electron.model.fill.text.places import Place, Text
from mock_electron.model.fill.text.values import Mark
from mock_electron.model.language import WORD
from mock_electron.model.schema.resolve import Schemas
from mock_electron.model.work import RULE

Run = tuple[float, Mark, tuple[Range, ...]]
JOINING: Final = frozenset(
    "and or und et y e और & the a an also with another some then plus as well".split()
)
"""The words that may stand between the members of a list."""
SENTENCE: Final = regex(r"[.!?;:\n]\s|[.!?:]$")
TO: Final = regex(r"\s*(?:to|-|–|until|and)\s*")
BRACKETS: Final = regex(r"\[[^\[\]]{0,600}\]")
ROUND: Final = regex(r"\(\s*-?[\d.]+(?:\s*,\s*-?[\d.]+)+\s*\)")
LONGEST_GAP: Final = 14
MEANT: Final = 40.0
"""The points of a member from which on it counts in a list: most of its parts are said."""


def found(schemas: Schemas, want: Want, text: Text) -> Iterator[Run]:
    """The lists that a parameter may take, each with points and its places."""
    reading = text.reading
    reading.said.work.charge(RULE * 4)
    yield from _literals(reading.text)
    for item in item_slot(schemas, want, 0).variants:
        if "enum" in item.schema:
            members = [mark for mark, points in enums.members(item, reading) if points >= MEANT]
            yield from _all([*members, *enums.groups_of_days(item, reading)], 60.0)
        elif item.kind in NUMBERS:
            yield from _numbers(text)
        elif item.kind in ("string", ""):
            yield from _strings(schemas, want, item, text)


def _literals(text: str) -> Iterator[Run]:
    if "[" in text:
        start = text.find("[[")
        end = text.find("]]", start) + 2
        if 0 <= start < end:
            yield 75.0, Mark("phrase", text[start:end], start, end), ((start, end),)
        for match in BRACKETS.finditer(text):
            yield 60.0, Mark("phrase", match[0], *match.span()), (match.span(),)
    if "(" in text:
        for match in ROUND.finditer(text):
            yield 40.0, Mark("phrase", f"[{match[0][1:-1]}]", *match.span()), (match.span(),)


def _all(marks: Sequence[Mark], points: float, kind: str = "members") -> Iterator[Run]:
    unique: dict[Any, Mark] = {}
    for mark in sorted(marks, key=lambda mark: mark.start):
        unique.setdefault(str(mark.value), mark)
    if unique:
        ranges = tuple([(mark.start, mark.end) for mark in unique.values()])
        yield points, Mark(kind, tuple(unique.values()), *ranges[0]), ranges


def _numbers(text: Text) -> Iterator[Run]:
    places = text.by_kind.get("number", ())
    for run in _runs(places, text.reading.text):
        if len(run) == 1 and run[0].spelled and len(places) > 1:
            continue  # "two points: 1, 5 and 9"
        yield from _of(run, 20.0 + 8.0 * (len(run) > 1) + 2 * min(len(run), 6))
    for one, other in pairwise(places):
        between = text.reading.text[one.end : other.start]
        if TO.fullmatch(between):
            yield from _of([one, other], 30.0)
    if len(places) > 1:
        yield from _of(list(places), 12.0)


def _of(run: Sequence[Place], points: float) -> Iterator[Run]:
    marks = tuple(
        [
            Mark(
                place.kind, place if place.kind == "number" else place.value, place.start, place.end
            )
            for place in run
        ]
    )
    ranges = tuple([(mark.start, mark.end) for mark in marks])
    yield points, Mark("items", marks, ranges[0][0], ranges[-1][1]), ranges


def _runs(places: Sequence[Place], text: str) -> Iterator[list[Place]]:
    """Places that only commas and conjunctions separate; rule 2."""
    run: list[Place] = []
    for place in places:
        if run:
            last = max(run[-1].end, run[-1].unit)
            between = text[last : place.start]
            if place.start < last:
                continue
            if not _joins(between):
                yield run
                run = []
        run.append(place)
    if run:
        yield run


def _joins(between: str) -> bool:
    """Whether what stands between two values makes them members of one list."""
    if len(between) > LONGEST_GAP or SENTENCE.search(between) is not None:
        return False
    words = WORD.findall(between)
    return all(word in JOINING for word in words) and (
        bool(words) or "," in between or ";" in between or not between.strip(" \"'")
    )


def _strings(schemas: Schemas, want: Want, item: Want, text: Text) -> Iterator[Run]:
    for kind in item.role.kinds:
        if kind not in ("name", "number", "moment", "code") and kind in text.by_kind:
            yield from _of(text.by_kind[kind], 55.0)
            return
    listed = described.values(schemas, want) or described.values(schemas, item)
    if listed:
        yield from _all([mark for mark, _ in enums.named(listed, text.reading)], 52.0)
    names = [
        name for name in _outer(text.by_kind.get("name", ())) if not _qualifies(name, want, text)
    ]
    if len(names) > 1:
        yield from _of(names, 15.0)
    alone = -16.0 if "name" in item.role.kinds else 0.0
    for places, one, several in (
        (text.by_kind.get("quote", ()), 34.0, 40.0),
        (names, 20.0, 34.0),
        (text.by_kind.get("code", ()), 22.0, 30.0),
        (text.by_kind.get("phrase", ()), 10.0 + alone, 24.0),
    ):
        for run in _runs(places, text.reading.text):
            lead = 4.0 if run[0].kind == "phrase" and run[0].lead in LEADING else 0.0
            yield from _of(run, lead + (several if len(run) > 1 else one))
    things = lists.things(text.reading.text)
    if things:
        yield from _all(things, 18.0, "items")


LEADING: Final = frozenset(("do", "of", "like", "between", "with", "for", "including", "about"))


def _qualifies(name: Place, want: Want, text: Text) -> bool:
    """Whether the listed things follow a name: "European capitals"."""
    words = text.reading.words
    return name.last < len(words) and words[name.last].normal in want.words


def _outer(places: Sequence[Place]) -> list[Place]:
    """Places without those inside of another one."""
    kept: list[Place] = []
    for place in places:
        if kept and place.start < kept[-1].end:
            continue
        kept.append(place)
    return kept
