"""Quotations, codes and phrases of a text."""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from mock_electron.model.fill import units
from mock_electron.model.fill.call import (
    NOTHING,
    SORTS,
    Call,
    Scored,
    leads_of,
    mark_of,
    order_points,
    own_words,
    range_of,
    way_points,
)
from mock_electron.model.fill.candidates import weights
from mock_electron.model.fill.candidates.named import halves
from mock_electron.model.fill.parameters import described
from mock_electron.model.fill.parameters.want import Want
from mock_electron.model.fill.text import people
from mock_electron.model.fill.text.phrases import ARTICLES, DO
from mock_electron.model.fill.text.places import Place, Text
from mock_electron.model.fill.text.values import Mark
from mock_electron.model.work import RULE


def quotations(call: Call, number: int, want: Want) -> Iterator[Scored]:
    for place in call.text.by_kind.get("quote", ()):
        named, told = call.labels.points(number, place, call.text)
        proof = named + told + way_points(call, want, place)
        if SORTS.get(want.role.name) == "typed":
            if proof < weights.OPTIONAL:
                continue
            own = 10.0
        elif SORTS.get(want.role.name) == "named" and place.last - place.first > LONGEST_NAME:
            own = 5.0
        else:
            own = weights.QUOTE
        order = order_points(call, number, place) - call.claimed(number, place)
        yield own + proof + order, proof, mark_of(place), ((place.start, place.end),)


LONGEST_NAME: Final = 6
"""The number of words of the longest quotation that is a name."""


def codes(call: Call, number: int, want: Want) -> Iterator[Scored]:
    """Codes, and numbers beside the parameter's name: "password hunter2", "size 8"."""
    text, role = call.text, want.role.name
    figures = "pattern" in want.schema or not FIGURES.isdisjoint(want.about)
    places = text.by_kind
    for kind in [kind for kind in CODED if kind in places]:
        for place in places[kind]:
            named, told = call.labels.points(number, place, text)
            if place.units and _measures(want, place):
                measure = Mark(
                    "phrase", text.reading.text[place.start : place.unit], place.start, place.unit
                )
                points = weights.UNIT + named + told
                yield points + CODE, points, measure, range_of(measure)
            is_figure = kind == "number" and figures and not place.units
            is_code = kind == "code" and role not in PERSONAL
            if not is_code and not is_figure and named + 0.7 * told < weights.OPTIONAL:
                continue
            score = CODE + named + told + way_points(call, want, place)
            yield (
                score + order_points(call, number, place) - call.claimed(number, place),
                named + 0.7 * told,
                mark_of(place),
                ((place.start, place.end),),
            )


def _measures(want: Want, place: Place) -> bool:
    """Whether a number with a unit is what a text measures: "a duration of 2 hours"."""
    wanted = [dimension for dimension, _ in units.measured(want.words, want.about)]
    return place.unit > place.end and any(dimension in wanted for dimension, _ in place.units)


PEOPLE: Final = ("person", "name")
FIGURES: Final = frozenset(("digit", "number", "figure"))
"""Words of the description of a text that consists of figures."""
CODED: Final = ("code", "email", "url", "uuid", "ipv4", "number", "phone", "date", "time")
"""Kinds of values that a text may consist of."""
CODE: Final = 20.0


def split_names(call: Call, number: int, want: Want) -> Iterator[Scored]:
    """The first name or the family name of a whole name in lower case: "peter van houten"."""
    text = call.text
    if want.words[-1:] != ("name",) and not want.name.lower().endswith("name"):
        return
    for place in text.by_kind.get("phrase", ()):
        if "'s " in place.value:  # "lindqvist's number"
            continue
        held, last = text.sentence.held, place.last
        is_alone = not place.first and (last == len(held) or held[last] >= 0)
        if is_alone or _introduces(text, place):
            yield from halves(want, place)


def phrases(call: Call, number: int, want: Want) -> Iterator[Scored]:
    """Phrases in lower case, by the words before them."""
    text, role = call.text, want.role.name
    sort = SORTS.get(role, "any")
    leads = leads_of(role)
    places = text.by_kind.get("phrase", ())
    text.reading.said.work.charge(RULE * len(places))
    cased = sort == "named" and bool(text.by_kind.get("name"))
    is_code = described.is_code(call.schemas, want)
    if is_code or (cased and role in ("person", "name")):
        return
    names = {(name.start, name.end) for name in text.by_kind.get("name", ())}
    known = text.glossed if role in PEOPLE and text.reading.lexical.plain else frozenset()
    glossed = text.glossed if sort == "named" and text.reading.lexical.endings else frozenset()
    for whole in places:
        has_meaning = known.issuperset(range(whole.first, whole.last))
        if has_meaning or (whole.start, whole.end) in names:  # no name, or compared as one
            continue
        for place in (
            *_parts(call, whole, glossed),
            *(_owners(text, whole) if role in PERSONAL else ()),
        ):
            named, told = call.labels.points(number, place, text)
            named = named / 3 if sort == "free" else named
            way = way_points(call, want, place)
            lead = leads.get(place.lead, 0)
            proof = named + told + way
            own = weights.PHRASE + lead + _shape_points(call, whole, place)
            if not lead and proof <= 0 and place.last - place.first < len(text.reading.words):
                own += weights.LOOSE
            if sort == "named" and cased:
                own -= 25
            elif sort == "named" and named < weights.SAID_LABEL:
                own += _unnamed(text, place, role, lead)
                way += weights.OPTIONAL * (role in PERSONAL and own > 0 and place.lead in WITH)
            way += weights.OPTIONAL * (
                place.lead in weights.PROVING and want.words in weights.TITLES
            )
            if sort == "typed":
                own -= 25
                if named < weights.OPTIONAL:
                    continue
            yield (
                own + proof + order_points(call, number, place) / 3,
                named + way,
                mark_of(place),
                ((place.start, place.end),),
            )


def _shape_points(call: Call, whole: Place, place: Place) -> float:
    """What the words of a phrase, their number and its end tell."""
    points = own_words(call, place.first, place.last)
    is_owner = place.end < whole.end and call.text.reading.text[place.end] == "'"
    long = max(0, place.last - place.first - weights.LONGEST_PHRASE)
    return points + weights.LONG * long + POSSESSED * is_owner


PERSONAL: Final = frozenset(("person", "name", "to", "from"))
"""The roles of names of persons. A phrase in lower case is one if the words before it say so."""


def _unnamed(text: Text, place: Place, role: str, lead: int) -> float:
    """What a phrase in lower case loses as a name, because nothing introduces it.

    In another script, words without a meaning are likely a name.
    """
    if text.reading.said.language.endings and not text.english.keys() & range(
        place.first, place.last
    ):
        return 0.0
    if role in PERSONAL and text.sentence.lowers[place.first] in people.given_names():
        return GIVEN
    if not lead:
        return -20.0
    return -40.0 if role in PERSONAL and not _introduces(text, place) else 0.0


GIVEN: Final = 16.0
"""What a given name gains as the name of a person."""


def _introduces(text: Text, place: Place) -> bool:
    """Whether the words before a phrase introduce a person: "for priya", "call meera"."""
    lowers = text.sentence.lowers
    before = lowers[place.first - 1] if place.first else ""
    if before in UNNAMED_AFTER or not weights.UNNAMED.isdisjoint(lowers[place.first : place.last]):
        return False
    if place.lead == DO:
        return before in weights.ADDRESSED
    return place.lead in weights.INTRODUCED


WITH: Final = frozenset(("with", "named", "called", "by"))
"""Words before a person that prove that an optional parameter is meant."""
UNNAMED_AFTER: Final = ARTICLES - {"her", "his"}


def _unknown(call: Call, place: Place) -> Iterator[Place]:
    """The parts of a phrase of another language that mean nothing, and so may be names."""
    first = place.first
    for at in range(place.first, place.last + 1):
        if at == place.last or at in call.text.glossed:
            if at > first:
                yield call.text.part(place, first, at)
            first = at + 1


POSSESSED: Final = 8
"""What a name gains by what it has: "tom's booking" is one of tom."""


def _owners(text: Text, place: Place) -> Iterator[Place]:
    """Who has what a phrase is: "tom" of "tom's booking"."""
    for n in range(place.first, place.last - 1):
        if text.reading.words[n].written.endswith("'s"):
            owner = text.part(place, place.first, n + 1)
            yield replace(owner, value=owner.value[:-2], end=owner.end - 2)
            return


def _parts(call: Call, place: Place, glossed: frozenset[int]) -> Iterator[Place]:
    """A phrase, and what is before and behind the words of parameters and the tool in it.

    Args:
        call: The call.
        place: The phrase.
        glossed: The places of words that belong to no name.
    """
    if not glossed.isdisjoint(range(place.first, place.last)):
        yield from _unknown(call, place)
        return
    yield place
    words = call.text.reading.words
    own = [
        n
        for n in range(place.first, place.last)
        if words[n].normal in call.names
        or not call.text.english.get(n, NOTHING).isdisjoint(call.names)
    ]
    if not own or place.last - place.first < 2:
        return
    if own[0] > place.first:
        yield call.text.part(place, place.first, own[0])
    if own[-1] < place.last - 1:
        yield call.text.part(place, own[-1] + 1, place.last)
