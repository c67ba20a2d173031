"""Finders of the names of places, people and companies."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from mock_electron.model.arguments import leads, proper, special
from mock_electron.model.arguments.scene import Scene
from mock_electron.model.arguments.values import Mark
from mock_electron.model.arguments.want import Want
from mock_electron.model.language import LANGUAGES


def located(want: Want, scene: Scene) -> Iterator[Mark]:
    """A name after "in", "at", "near" …, with its region."""
    known = _leads(want.role.name, scene.reading.said.language.code)
    for name in scene.names():
        before = scene.reading.before(name.start, 2)
        lead = before[0].normal if before else ""
        if lead == "the":
            lead = before[1].normal if before[1:] else ""
        if lead in known and lead != "the":
            if name.value in special.COUNTRIES and _has_country(scene):
                continue
            yield _with_region(name, want, scene)


@cache
def _leads(role: str, code: str) -> frozenset[str]:
    """The words before the names of a role, in English and in the language of the text."""
    around = LANGUAGES[code].around if code != "en" else ()
    return frozenset([*leads.LEADS[role], *(pattern.split(" {x}")[0] for pattern in around)])


def country(want: Want, scene: Scene) -> Iterator[Mark]:
    for name in scene.names():
        if name.value in special.COUNTRIES:
            yield name


def is_half(want: Want) -> bool:
    """Whether a property is a first name or a family name."""
    return not HALVES.isdisjoint(want.words)


def half_name(want: Want, scene: Scene) -> Iterator[Mark]:
    """The first name or the family name of "Jane Roe"."""
    first = not FIRST_NAME.isdisjoint(want.words)
    for name in scene.reading.names:
        parts = name.value.split()
        if len(parts) == 2 and first:
            yield Mark("name", parts[0], name.start, name.start + len(parts[0]))
        elif len(parts) == 2:
            yield Mark("name", parts[1], name.end - len(parts[1]), name.end)


FIRST_NAME: Final = frozenset(("first", "given", "firstname", "forename"))
LAST_NAME: Final = frozenset(("last", "family", "lastname", "surname"))
HALVES: Final = FIRST_NAME | LAST_NAME


def named(want: Want, scene: Scene) -> Iterator[Mark]:
    for name in scene.names():
        if name.value in special.COUNTRIES and want.role.name == "place" and _has_country(scene):
            continue
        yield _with_region(name, want, scene)


def _with_region(name: Mark, want: Want, scene: Scene) -> Mark:
    """ "Paris, France", unless the country has its own argument."""
    if want.role.name not in ("place", "any") or _has_country(scene):
        return name
    return proper.place(scene.reading.text, name)


def _has_country(scene: Scene) -> bool:
    return not REGIONS.isdisjoint(scene.siblings)


REGIONS: Final = frozenset(("country", "state", "country_code", "countryCode", "region"))


def uncapitalised(want: Want, scene: Scene) -> Iterator[Mark]:
    """A lowercase name: "weather in paris"."""
    scene.scanned()
    yield from leads.after_lead(want, scene.reading, scene.free)
