"""The slots of an object: the properties to fill, and the values filled so far."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from mock_electron.model.fill.assigned import Given
from mock_electron.model.fill.parameters import roles
from mock_electron.model.fill.parameters.want import Want, nullable, of_person, wants
from mock_electron.model.schema.merging import Schema
from mock_electron.model.schema.resolve import Schemas
from mock_electron.model.work import PROPERTY

NOT_GIVEN: Final = object()
"""Marks a value that is not given, because None is a value."""


class Slot(Struct, frozen=True):
    """A property to fill, and the ways to fill it.

    Attributes:
        name: Its name.
        schema: Its schema.
        variants: The ways to fill it.
        required: Whether the schema requires it.
        optional: Whether it may stay without a value: left out, or null.
    """

    name: str
    schema: object
    variants: tuple[Want, ...]
    required: bool
    optional: bool


class Filled(Struct):
    """The values of an object that are known so far, and the words that they came from."""

    values: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Given] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.values


def slot(
    schemas: Schemas, schema: object, name: str, place: int, owner: Want | None, required: bool
) -> Slot:
    """A slot for a schema."""
    schemas.work.charge(PROPERTY + len(name))
    variants = tuple(wants(schemas, schema, name, place, owner))
    return Slot(name, schema, variants, required, not required or nullable(variants))


def item_slot(schemas: Schemas, want: Want, place: int) -> Slot:
    """A slot for the member of an array at a place."""
    prefix = want.schema.get("prefixItems")
    items = want.schema.get("items", {})
    if isinstance(items, list):  # as it was before prefixItems
        prefix, items = items, want.schema.get("additionalItems", {})
    prefix = prefix if isinstance(prefix, list) else []
    place = min(place, len(prefix))  # all later members are alike
    schema = prefix[place] if place < len(prefix) else items
    return schemas.known(
        ("member", id(want), place),
        want,
        lambda: slot(schemas, schema, str(place), place, want, True),
    )


def slots_of(schemas: Schemas, want: Want) -> list[Slot]:
    """The slots of an object: its properties, then the other required names."""
    return schemas.known(("slots", id(want), 0), want, lambda: _slots_of(schemas, want))


def _slots_of(schemas: Schemas, want: Want) -> list[Slot]:
    properties = properties_of(want.schema)
    required = required_of(want.schema)
    needed = frozenset(required)
    unnamed = dict.fromkeys(name for name in required if name not in properties)
    found: list[Slot] = []
    schemas.work.require(PROPERTY * (len(properties) + len(unnamed)))
    for place, name in enumerate((*properties, *unnamed)):
        if schemas.spent:
            break
        schemas.step()
        schema = properties.get(name, want.schema.get("additionalProperties", {}))
        made = slot(schemas, schema, str(name), place, want, name in needed)
        found.append(_told_apart(made, properties))
    return found


def properties_of(schema: Schema) -> Mapping[str, Any]:
    """The properties that a schema names."""
    properties = schema.get("properties")
    return properties if isinstance(properties, (dict, Mapping)) else {}


def required_of(schema: Schema) -> list[str]:
    """The names that a schema requires."""
    listed = schema.get("required")
    if not isinstance(listed, list):
        return []
    return [name for name in listed if name.__class__ is str]


def _of_thing(properties: Mapping[str, Any]) -> str:
    """A thing that has a quantity or a price is counted; any other has a title."""
    return "thing" if COUNTED.intersection(properties) else "title"


COUNTED: Final = frozenset(("quantity", "qty", "price", "amount", "count", "unit", "units"))


def _told_apart(made: Slot, properties: Mapping[str, Any]) -> Slot:
    """A `name` is a person's or a thing's; a `name` of a place has its role already."""
    if made.name.lower() != "name":
        return made
    variants = tuple(
        replace(want, role=roles.NAMED[_of_thing(properties)])
        if want.role.name == "name" and not of_person(want, properties)
        else want
        for want in made.variants
    )
    return replace(made, variants=variants)
