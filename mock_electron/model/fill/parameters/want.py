"""The requirements of an argument: a property, one of its allowed types, and its role."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from mock_electron.model.fill.parameters import roles
from mock_electron.model.fill.parameters.roles import Role
from mock_electron.model.fill.text import words
from mock_electron.model.normalise import STOP_WORDS, normalised
from mock_electron.model.schema.merging import CHOICES, Schema
from mock_electron.model.schema.resolve import DEEPEST, Schemas, types_of
from mock_electron.model.work import STEP, Spent, Work

NUMBERS: Final = ("number", "integer")
"""The types of numbers."""
PEOPLE: Final = normalised(
    """person people user customer patient contact employee student attendee candidate author
    player character member guest profile child owner participant"""
)
BESIDE_A_PERSON: Final = normalised("age email phone birth gender surname occupation")
MOST_VARIANTS: Final = 12


class Want(Struct, frozen=True):
    """A value that is wanted.

    name, words: the property's name, and the words in it. hints: words next to its values.
    about: the words of its title and description. role: what it is for.
    kind: the type, one of those that the schema allows; "" if it allows any.
    schema: the effective schema. place: its number among the properties of the object.
    owner: the words of what has the property.
    """

    name: str
    schema: Schema
    kind: str
    words: tuple[str, ...] = ()
    hints: frozenset[str] = frozenset()
    about: frozenset[str] = frozenset()
    role: Role = roles.ANY
    place: int = 0
    owner: tuple[str, ...] = ()


def wants(
    schemas: Schemas, schema: object, name: str, place: int, owner: Want | None
) -> list[Want]:
    """The ways to fill a property, one for each choice and type that its schema has."""
    own = words.of_identifier(name)
    if name.isdecimal() and owner is not None:
        own = owner.words
    owners = owner.words if owner is not None else ()
    hints = roles.hints(own)
    found: list[Want] = []
    for option in options(schemas, schemas.effective(schema)):
        told = _about(option, schemas.work)
        role = roles.role_of(own, option.get("format"), told)
        about = frozenset(told) - STOP_WORDS - words.SCHEMA_WORDS
        found += [
            Want(name, option, kind, own, hints, about, role, place, owners)
            for kind in types_of(option) or _kinds_of_members(option)
        ]
    return found[:MOST_VARIANTS]


def objects(schemas: Schemas) -> list[Want]:
    """The ways to fill the whole schema with an object."""
    return schemas.known(("objects", id(schemas.root), 0), schemas.root, lambda: _objects(schemas))


def _objects(schemas: Schemas) -> list[Want]:
    found = [want for want in wants(schemas, schemas.root, "", 0, None) if want.kind == "object"]
    if not found:
        plain = {k: v for k, v in schemas.effective(schemas.root).items() if k != "type"}
        found = [Want("", plain, "object")]
    return found


def _about(schema: Schema, work: Work) -> tuple[str, ...]:
    described = schema.get("description")
    if not isinstance(described, str):
        work.charge(STEP)
        return ()
    told = described[:LONGEST_DESCRIPTION]
    for sign in EXAMPLES:
        told = told.partition(sign)[0]
    work.charge(STEP + 2 * len(told))
    return words.of_identifier(told)


EXAMPLES: Final = ("e.g.", "such as", "for example")
"""What follows in a description is no word for the parameter."""
LONGEST_DESCRIPTION: Final = 300
"""How many characters of a property's description are read."""


def _kinds_of_members(schema: Schema) -> tuple[str, ...]:
    """Any type if only `enum` or `const` decides; otherwise, a string is the best guess."""
    return ("",) if "enum" in schema or "const" in schema else ("string",)


def options(schemas: Schemas, schema: Schema, depth: int = 0) -> list[Schema]:
    """A schema without choices for each way to choose, "null" last."""
    if CHOICES not in schema:
        return [schema]
    if depth >= DEEPEST:
        raise Spent
    first = schema[CHOICES][0]
    chosen: list[Schema] = []
    for option in first[:MOST_VARIANTS]:
        if schemas.spent:
            break
        chosen += options(schemas, schemas.chosen(schema, option), depth + 1)
        if len(chosen) >= MOST_VARIANTS:
            break
    return sorted(chosen or [{k: v for k, v in schema.items() if k != CHOICES}], key=_is_null)


def _is_null(schema: Schema) -> bool:
    return types_of(schema) == ("null",) or ("const" in schema and schema["const"] is None)


def nullable(variants: tuple[Want, ...]) -> bool:
    """Whether null may mean "nothing was said"."""
    return len(variants) > 1 and any(want.kind == "null" for want in variants)


THINGS: Final = normalised(
    """quantity price qty cost unit sku category brand stock amount calorie participant attendee
    guest ingredient version population rating"""
)


BOOKED: Final = PEOPLE | normalised("reservation booking appointment caller client under")
"""Words of descriptions of the name of a person: "name the reservation is under"."""


def of_person(want: Want, siblings: Mapping[str, Any]) -> bool:
    """Whether a `name` is a person's: its owner and the properties next to it decide."""
    beside = {word for sibling in siblings for word in words.of_identifier(sibling)}
    if PEOPLE.intersection(want.owner) or not BOOKED.isdisjoint(want.about):
        return True
    return bool(BESIDE_A_PERSON & beside) or not THINGS.intersection(beside)
