"""The values that a parameter may take from a text, each with a score.

A function of KINDS yields the candidates of one type: a score, how much of it is proof, the mark, and
the parts of the text that it uses. `weights` has the points.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any, Final

from mock_electron._regex import regex
from mock_electron.model.fill.best import MOST_CHOICES, Candidate, Range
from mock_electron.model.fill.call import SORTS, Call, Scored, range_of, way_of, way_points
from mock_electron.model.fill.candidates import enums, runs, truths, weights
from mock_electron.model.fill.candidates.counted import numbers
from mock_electron.model.fill.candidates.free import following, saying, what_is_left
from mock_electron.model.fill.candidates.named import names
from mock_electron.model.fill.candidates.typed import listed, typed, units_said
from mock_electron.model.fill.candidates.worded import codes, phrases, quotations, split_names
from mock_electron.model.fill.convert import converted
from mock_electron.model.fill.parameters.slots import NOT_GIVEN, Slot
from mock_electron.model.fill.parameters.want import NUMBERS, Want
from mock_electron.model.fill.text.places import Place
from mock_electron.model.fill.text.values import Mark
from mock_electron.model.schema.valid import admits
from mock_electron.model.work import RULE, WORD


def candidates(call: Call, number: int, slot: Slot, most: int = MOST_CHOICES) -> list[Candidate]:
    """The candidates of a parameter, best first.

    Args:
        call: What they share.
        number: The number of the parameter.
        slot: The parameter.
        most: How many are needed.
    """
    found: list[tuple[float, int, Want, Scored]] = []
    for want in slot.variants:
        find = members if _is_chosen(want) else KINDS.get(want.kind)
        if find is None:
            continue
        paired = pairs(call, number, want) if call.text.reading.pairs else ()
        for scored in chain(() if want.kind == "array" else paired, find(call, number, want)):
            call.schemas.work.charge(RULE)
            score, proof = scored[0], scored[1]
            if slot.optional and proof < weights.OPTIONAL:
                continue
            score += 0 if slot.optional else weights.NEEDED
            if score >= weights.LEAST:
                found.append((score, len(found), want, scored))
    found.sort(key=lambda each: (-each[0], each[1]))
    call.schemas.work.charge(RULE * min(len(found), most))
    kept: list[Candidate] = []
    for score, _, want, (_, _, mark, ranges) in found:
        if len(kept) >= most:
            break
        if call.taken and _is_taken(ranges, call.taken):
            continue
        value = converted(call.schemas, want, mark, call.text.reading)
        if value is NOT_GIVEN or not _admits(call, slot, want, mark, value):
            continue
        words = str(mark.value) if mark.start == mark.end else ""
        kept.append(Candidate(score, value, ranges, words, mark.kind == "rest"))
    return kept


def _admits(call: Call, slot: Slot, want: Want, mark: Mark, value: Any) -> bool:
    """Whether a schema allows a value; `converted` has found out what the choice allows."""
    is_plain = want.kind == "string" or (mark.kind == "number" and want.kind in NUMBERS)
    if is_plain and want.schema is slot.schema:
        return True
    return admits(call.schemas, slot.schema, value)


def _is_taken(ranges: tuple[Range, ...], taken: tuple[Range, ...]) -> bool:
    return any(begin < end and start < stop for start, end in ranges for begin, stop in taken)


def _is_chosen(want: Want) -> bool:
    return "enum" in want.schema or "const" in want.schema


def pairs(call: Call, number: int, want: Want) -> Iterator[Scored]:
    """ "nights: 3", f(nights=3), and "name: Bob" for customer_name."""
    found = call.text.reading.pairs
    call.schemas.work.charge(WORD * len(found))
    for pair in found:
        own, key = want.words, pair.key
        if isinstance(key, int):
            points = weights.PAIRED if key == want.place else 0
        elif not own or not key:
            points = 0
        elif key[-len(own) :] == own:
            points = weights.PAIRED
        elif len(key) < len(own) and key in (own[-len(key) :], own[: len(key)]):
            points = weights.PAIRED - 30
        else:
            points = 0
        if points:
            mark = Mark("phrase", pair.value, pair.start, pair.end)
            yield points, points, mark, range_of(mark)


SOONER: Final[Mapping[str, float]] = {"from": -0.01, "to": 0.01, "": 0.0}
"""Points for each character before a member: of two, the first is where something begins."""


def members(call: Call, number: int, want: Want) -> Iterator[Scored]:
    """Members of an enum: those that the text names or means."""
    for mark, points in enums.members(want, call.text.reading):
        first, last = call.text.words_at(mark.start, mark.end)
        place = Place(mark.kind, mark.value, mark.start, mark.end, first, last)
        named, told = call.labels.points(number, place, call.text)
        way = way_points(call, want, place) + SOONER[way_of(want.words)] * mark.start
        # the more of the text a member explains, the better
        size = min(len(str(mark.value)), 12) / 4
        score = points + 0.4 * named + 0.3 * told + way + size
        yield score, score, mark, range_of(mark)


def booleans(call: Call, number: int, want: Want) -> Iterator[Scored]:
    """Whether the text speaks of it, and does not negate it."""
    for mark in truths.spoken_of(want, call.text.reading, call.labels.words):
        yield weights.MEMBER, weights.MEMBER, mark, range_of(mark)


def strings(call: Call, number: int, want: Want) -> Iterator[Scored]:
    """Texts: typed values, values that the description lists, quotations, names, phrases, the rest."""
    sort = SORTS.get(want.role.name, "any")
    for source in SOURCES[sort]:
        yield from source(call, number, want)


SOURCES: Final[Mapping[str, tuple[Callable[[Call, int, Want], Iterator[Scored]], ...]]] = {
    "typed": (typed, listed, quotations, names, phrases),
    "named": (typed, listed, quotations, names, codes, phrases, split_names),
    "any": (typed, listed, quotations, names, codes, phrases, what_is_left),
    "unit": (units_said, listed, quotations, names, phrases),
    "free": (typed, listed, quotations, names, phrases, following, saying, what_is_left),
    "composed": (listed,),
}
"""Where the values of a sort come from."""


def arrays(call: Call, number: int, want: Want) -> Iterator[Scored]:
    """Lists of plain values."""
    for scored in pairs(call, number, want):
        if LITERAL.match(str(scored[2].value)) is not None or want.words == ("",):
            yield scored
    for points, mark, ranges in runs.found(call.schemas, want, call.text):
        start = min(first for first, _ in ranges)
        end = max(last for _, last in ranges)
        first, last = call.text.words_at(start, end)
        place = Place(mark.kind, None, start, end, first, last)
        named, told = call.labels.points(number, place, call.text)
        proof = named + told
        known = points if mark.kind == "members" or points >= SURE_RUN else 0.0
        yield points + proof, proof + known, mark, ranges


LITERAL: Final = regex(r"\s*[\[\"'“]|[^,]+,")
SURE_RUN: Final = 45.0
"""The points of a list from which on it proves that the text speaks of the parameter."""


def anything(call: Call, number: int, want: Want) -> Iterator[Scored]:
    """A value of any type."""
    yield from numbers(call, number, want)
    yield from strings(call, number, want)


KINDS: Final[Mapping[str, Callable[[Call, int, Want], Iterator[Scored]]]] = {
    **dict.fromkeys(NUMBERS, numbers),
    "string": strings,
    "boolean": booleans,
    "array": arrays,
    "": anything,
    "object": lambda call, number, want: iter(()),
}
"""The candidates of each type."""
