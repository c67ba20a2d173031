"""Typed values of a text, the units that it names, and values that a description lists."""

from collections.abc import Iterator

from mock_electron.model.fill import special
from mock_electron.model.fill.call import (
    Call,
    Scored,
    mark_of,
    order_points,
    range_of,
    way_of,
    way_points,
)
from mock_electron.model.fill.candidates import enums, weights
from mock_electron.model.fill.parameters import described
from mock_electron.model.fill.parameters.want import Want
from mock_electron.model.fill.text.places import Place, Text
from mock_electron.model.fill.text.values import Mark


def typed(call: Call, number: int, want: Want) -> Iterator[Scored]:
    """Values of the kinds that the role of a parameter takes."""
    kinds = want.role.kinds
    text = call.text
    if "moment" in kinds:
        yield from _moments(call, number, want)
    for step, kind in enumerate(kinds):
        if kind in ("name", "moment"):
            continue
        for place in text.by_kind.get(kind, ()):
            named, told = call.labels.points(number, place, text)
            proof = named + told + way_points(call, want, place)
            if kind == "number" and not _may_be_id(want, place, text):
                continue
            own = weights.KIND - weights.KIND_STEP * step
            if kind in ("number", "code"):  # a code may be of anybody
                own -= 20 if kind == "number" else 5
            else:
                proof += own
            score = (
                own
                + named
                + told
                + way_points(call, want, place)
                + order_points(call, number, place)
                - call.claimed(number, place)
            )
            yield score, proof, mark_of(place), ((place.start, place.end),)
    if special.kind_of(want) in special.KINDS:
        for rank, mark in enumerate(special.found(want, text.reading, call.labels.words)):
            first, last = text.words_at(mark.start, mark.end)
            place = Place(
                mark.kind,
                mark.value,
                mark.start,
                mark.end,
                first,
                last,
                text.lead(first),
                rank=rank,
            )
            way = way_points(call, want, place)
            named, _ = call.labels.points(number, place, text)
            score = weights.SPECIAL + named + way + order_points(call, number, place)
            yield score, weights.SPECIAL + way, mark, range_of(mark)


def _may_be_id(want: Want, place: Place, text: Text) -> bool:
    if want.role.name == "phone":
        return place.end - place.start >= 7
    return not place.units and not place.listed and text.reading.text[place.start].isdigit()


def _moments(call: Call, number: int, want: Want) -> Iterator[Scored]:
    """A day and a time of it, as one."""
    for day in call.text.by_kind.get("date", ()):
        for clock in call.text.by_kind.get("time", ()):
            named, told = call.labels.points(number, day, call.text)
            way = way_points(call, want, day)
            apart = max(day.first - clock.last, clock.first - day.last, 0)
            score = weights.KIND + 12 + named + told + way - 2 * min(apart, 8)
            start, end = (
                (day.start, day.end) if day.start < clock.start else (clock.start, clock.end)
            )
            mark = Mark("datetime", f"{day.value}T{clock.value}:00", start, end)
            yield score, score, mark, ((day.start, day.end), (clock.start, clock.end))


def units_said(call: Call, number: int, want: Want) -> Iterator[Scored]:
    """Units: behind "in", or behind a number."""
    for place, is_asked in call.text.units:
        named, told = call.labels.points(number, place, call.text)
        way = way_of(want.words)
        proof = (62.0 if is_asked else 46.0) + 0.3 * (named + told)
        if way:
            proof += weights.DIRECTED if is_asked == (way == "to") else -weights.DIRECTED
        else:
            proof += order_points(call, number, place)
        yield proof, proof, mark_of(place), ((place.start, place.end),)


def listed(call: Call, number: int, want: Want) -> Iterator[Scored]:
    """Values that the description lists."""
    listed = described.values(call.schemas, want) if "description" in want.schema else ()
    if not listed:
        return
    for mark, points in enums.named(listed, call.text.reading):
        first, last = call.text.words_at(mark.start, mark.end)
        place = Place("quote", mark.value, mark.start, mark.end, first, last)
        named, told = call.labels.points(number, place, call.text)
        score = points - weights.MEMBER + weights.DESCRIBED + 0.4 * named + 0.3 * told
        yield score, score, mark, range_of(mark)
