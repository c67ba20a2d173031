"""The numbers of a text, by the words and units around them, and by their order."""

from collections.abc import Iterator, Mapping
from typing import Final

from mock_electron.model.fill import units, writing
from mock_electron.model.fill.call import Call, Scored, order_points, way_points
from mock_electron.model.fill.candidates import company, weights
from mock_electron.model.fill.parameters.want import Want
from mock_electron.model.fill.text.places import Place, Text
from mock_electron.model.fill.text.values import Mark
from mock_electron.model.schema.equality import is_number
from mock_electron.model.work import RULE


def numbers(call: Call, number: int, want: Want) -> Iterator[Scored]:
    """Numbers, by the words and units around them, and by their order."""
    text = call.text
    places = text.by_kind.get("number", ())
    text.reading.said.work.charge(RULE * len(places))
    measured = units.measured(want.words, want.about) if places else ()
    is_year = _is_year(want)
    is_alone = len(places) == 1
    has_list = any(place.listed for place in places)
    for place in places:
        named, told = call.labels.points(number, place, text)
        if named < weights.OPTIONAL and not (is_alone or _is_within(want, place.value)):
            continue
        proof = named + 1.2 * told + way_points(call, want, place)
        proof += _unit_points(place, measured, is_year) + _year_points(place, is_year)
        proof += _fit_points(call, want, place)
        if _is_target(call, number, place, places):
            proof += weights.OPTIONAL
        score = weights.NUMBER + proof + order_points(call, number, place)
        if place.spelled:
            score += weights.SPELLED * (2 if has_list else 1 if named + told > 0 else 0.2)
        score += weights.IN_LIST * place.listed - call.claimed(number, place)
        yield score, proof, _number_mark(place), ((place.start, place.end),)
    nouns = dict.fromkeys(each for word in want.words for each in (word, *LIVING.get(word, ())))
    for place in text.articles(tuple(nouns)):
        mark = Mark("number", place.value, place.start, place.end)
        yield 55, 55, mark, ((place.start, place.end),)
    yield from company.counted(call, want)


def _is_within(want: Want, value: object) -> bool:
    """Whether a number is within the bounds of a schema. Of several, another one means something else."""
    least, most = want.schema.get("minimum"), want.schema.get("maximum")
    if not is_number(value):
        return True
    return not (is_number(least) and value < least) and not (is_number(most) and value > most)


LIVING: Final[Mapping[str, tuple[str, ...]]] = {
    "child": ("kid", "baby", "toddler"), "infant": ("baby",), "pet": ("dog", "cat", "puppy", "kitten"),
    "animal": ("dog", "cat", "horse"), "dependant": ("child", "kid"), "vehicle": ("car", "van"),
}  # fmt: skip
"""What a parameter counts, and other words for it: "we got a dog" is one pet."""


def _fit_points(call: Call, want: Want, place: Place) -> float:
    """What kind of number a parameter takes: an age, people, the quantity of a thing."""
    points, text = 0.0, call.text
    if want.kind == "integer" and isinstance(place.value, float):
        value = writing.figure(want, place) if place.units else place.value
        points += weights.WRONG_UNIT * isinstance(value, float)
    if place.units and want.role.name in UNCOUNTED:
        points += weights.WRONG_UNIT
    if "age" in want.words and text.sentence.lowers[place.first - 1 : place.first] == ("is",):
        points += weights.LABEL
    if not PEOPLED.isdisjoint(want.hints):
        points += _people_points(text, place)
    if want.words[-1:] in COUNTS and not place.units and _precedes_a_thing(text, place):
        points += weights.OPTIONAL
    return points


PEOPLED: Final = frozenset(("people", "person"))


def _people_points(text: Text, place: Place) -> float:
    """Whether a number counts people: "for 4", "we're 4", "4 of us"."""
    lowers = text.sentence.lowers
    before = lowers[place.first - 1] if place.first else ""
    if place.units:
        return 0.0
    if place.lead == "for" or before == "we're":
        return float(weights.LABEL)
    return weights.OPTIONAL + 1.0 if lowers[place.last : place.last + 2] in OURS else 0.0


OURS: Final = (("of", "us"), ("of", "them"))


def _is_target(call: Call, number: int, place: Place, places: tuple[Place, ...]) -> bool:
    """Whether the only number is what something is set to: "set the hall to 24", "24 पर कर दो"."""
    if len(places) > 1 or place.units or call.ranks.get(number, 0):
        return False
    return place.lead in TARGETS or (not place.lead and bool(call.text.reading.lexical.cases))


TARGETS: Final = frozenset(("to", "at", "on"))
COUNTS: Final = (("quantity",), ("qty",), ("count",))


def _precedes_a_thing(text: Text, place: Place) -> bool:
    """Whether a number stands before a phrase: "2 nasal sprays"."""
    return any(phrase.first == place.last for phrase in text.by_kind.get("phrase", ()))


def _number_mark(place: Place) -> Mark:
    return Mark("number", place, place.start, place.end)


def _is_year(want: Want) -> bool:
    plural = want.name.lower().endswith("years") or "period" in want.about or "many" in want.about
    return "year" in want.words and not plural


UNCOUNTED: Final = ("id", "phone")
"""Roles whose numbers identify something: the two in "for two days" is no customer id."""


def _year_points(place: Place, is_year: bool) -> float:
    looks = isinstance(place.value, int) and 1900 <= place.value <= 2100 and not place.units
    if is_year:
        return weights.YEAR if looks else -1.5 * weights.YEAR
    return -0.6 * weights.YEAR if looks and place.lead in YEAR_LEADS else 0.0


YEAR_LEADS: Final = frozenset(("in", "from", "since", "of", "between", "until", "to", "by"))


def _unit_points(place: Place, measured: tuple[units.Unit, ...], is_year: bool) -> float:
    if not place.units or not measured:
        return -8.0 if place.units and place.units[0][0] == "share" else 0.0
    wanted = [dimension for dimension, _ in measured]
    for dimension, _ in place.units:
        if dimension in wanted:
            return weights.UNIT - 6.0 * wanted.index(dimension)
    return weights.WRONG_UNIT
