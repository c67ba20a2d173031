"""The names of a text, by the words before them."""

from collections.abc import Iterator, Mapping
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.fill import countries
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
from mock_electron.model.fill.parameters import described
from mock_electron.model.fill.parameters.want import Want
from mock_electron.model.fill.text.places import Place, Text
from mock_electron.model.fill.text.values import Mark


def names(call: Call, number: int, want: Want) -> Iterator[Scored]:
    """Names, by their role, the words before them, and their place in the text."""
    text, role = call.text, want.role.name
    sort = SORTS.get(role, "any")
    leads = leads_of(role)
    if sort == "typed" and _has_typed(text, want):
        return
    is_told = "description" in want.schema
    is_whole = is_told and WHOLE.search(described.description(want)) is not None
    for place in text.by_kind.get("name", ()):
        if role == "country" and place.value.lower() in countries.COUNTRIES:
            continue  # it is found in the form that it is written in: "German" is Germany
        named, told = call.labels.points(number, place, text)
        named = named / 3 if sort == "free" else named
        lead = leads.get(place.lead, 0)
        proof = named + told + way_points(call, want, place)
        if place.lead == "of" and call.text.english and _owns(call, place):
            proof += weights.OPTIONAL
        if sort == "typed" and proof < weights.OPTIONAL:
            continue
        own = NAMED[sort] + lead
        if sort == "named" and lead >= SURE_LEAD:
            proof += lead + SURER
            own -= SURER
        if place.lead in weights.PROVING and want.words in weights.TITLES:
            proof += weights.OPTIONAL
            own -= weights.OPTIONAL
        own += _is_first(place, text) + own_words(call, place.first, place.last)
        more, proven = _told_by_itself(call, want, place, is_whole=is_whole)
        own, proof = own + more, proof + proven
        yield (
            own
            + proof
            - (lead if sort == "named" and lead >= SURE_LEAD else 0)
            + order_points(call, number, place)
            - call.claimed(number, place),
            proof,
            mark_of(place),
            ((place.start, place.end),),
        )
        yield from halves(want, place)
        if is_whole and "," not in place.value:
            region = LOOSE_REGION.match(text.reading.text, place.end)
            if region is not None:
                mark = Mark("name", place.value + region[0], place.start, region.end())
                yield own + proof + 4, proof, mark, range_of(mark)


def _owns(call: Call, place: Place) -> bool:
    """Whether what belongs to a name is what the tool is about: "अनूप जलोटा का भजन"."""
    return not call.text.english.get(place.last + 1, NOTHING).isdisjoint(call.names)


def _told_by_itself(call: Call, want: Want, place: Place, *, is_whole: bool) -> tuple[float, float]:
    """What the words of a name tell: points, and how much of twice these is proof."""
    own = proof = 0.0
    if place.last - place.first > 1 and _has_label(want, place, call.text):
        own, proof = weights.LABELLED, weights.LABELLED
    if place.first and call.text.reading.said.language.script and call.text.counts(place.first - 1):
        own -= 30  # "3 nights" is no name
    is_country = place.value.lower() in countries.COUNTRIES
    if want.role.name == "country":
        own, proof = (own + 40, proof + 40) if is_country else (own - 20, proof)
    elif is_country and call.labels.words & {"country"}:
        own -= 30
    if "a" <= place.value.rpartition(" ")[2][:1] <= "z":
        own += 6  # "Amazon rainforest" rather than "Amazon"
    if "," in place.value:
        parted = call.labels.words & REGIONS and not is_whole
        own += 3 if want.role.name in ("place", "any") and not parted else -40
    return own, proof


def _has_label(want: Want, place: Place, text: Text) -> bool:
    """Whether a name contains a word for it: "Louvre Museum"."""
    words = text.reading.words[place.first : place.last]
    return any(
        word.normal in want.words and word.normal not in weights.VAGUE_LABELS for word in words
    )


def _has_typed(text: Text, want: Want) -> bool:
    """Whether the text has a value of the kind that a parameter takes: then no name is one."""
    return any(kind in text.by_kind for kind in want.role.kinds if kind in SURE_KINDS)


SURE_KINDS: Final = ("email", "url", "uuid", "ipv4", "date", "datetime", "time")
SURE_LEAD: Final = 20
SURER: Final = 10
"""A name behind a preposition with SURE_LEAD points proves that the text speaks of the parameter."""
LOOSE_REGION: Final = regex(r", ?[A-Z][\w]+(?: [A-Z][\w]+)?")
WHOLE: Final = regex(r"(?i)city,? (?:and )?(?:state|country|region)")
REGIONS: Final = frozenset(("country", "state", "region"))
NAMED: Final[Mapping[str, float]] = {
    "named": weights.NAME,
    "any": 18.0,
    "free": 4.0,
    "typed": -5.0,
    "composed": -20.0,
    "unit": -10.0,
}


def _is_first(place: Place, text: Text) -> float:
    """The first word of a sentence is not a name."""
    if text.reading.said.language.script:
        return 0.0  # a script without capitals
    if place.last - place.first > 1 or not (place.first == 0 or text.sentence.paused[place.first]):
        return 0.0
    if place.first and not text.opens(place):
        return 0.0
    after = text.sentence.lowers[place.last : place.last + 1]
    return (
        -40.0
        if text.sentence.commands[place.first] or (after and after[0] in AFTER_COMMAND)
        else -12.0
    )


AFTER_COMMAND: Final = frozenset(
    "me us the a an my your our out for all any some up down to".split()
)
"""Words after the first word of a sentence that make it a command."""


def halves(want: Want, place: Place) -> Iterator[Scored]:
    """The first name or the family name of "Jane Roe"."""
    first = not FIRST_NAME.isdisjoint(want.words)
    parts = place.value.split(None, 1)
    if (
        len(parts) != 2
        or "'s " in place.value
        or not (first or not LAST_NAME.isdisjoint(want.words))
    ):
        return
    value = parts[0] if first else parts[1]
    start = place.start if first else place.end - len(value)
    mark = Mark("name", value, start, start + len(value))
    yield 90, 90, mark, range_of(mark)


FIRST_NAME: Final = frozenset(("first", "given", "firstname", "forename"))
LAST_NAME: Final = frozenset(("last", "family", "lastname", "surname"))
