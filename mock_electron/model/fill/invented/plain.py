"""The plainest value that a schema allows, made from the schema alone.

It is used for requests whose schemas and texts take too much work for the other rules.

1. An object has only its required properties, an array the minimum number of members, and a string
   the minimum number of characters. Members with different numbers differ, if the schema allows it.
2. Of several alternatives, the first that needs no other schema is used.
3. Every value is charged. Below DEEPEST levels, an object or an array is empty. If its schema does
   not allow that, the whole value is the empty one of its type.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from mock_electron.model.fill.invented import figures, made_up
from mock_electron.model.fill.parameters.slots import properties_of, required_of
from mock_electron.model.fill.parameters.want import NUMBERS, Want
from mock_electron.model.said import FROZEN_DAY
from mock_electron.model.schema.equality import count
from mock_electron.model.schema.merging import CHECKS, CHOICES, Schema, merge, united
from mock_electron.model.schema.resolve import Schemas, types_of
from mock_electron.model.schema.valid import admits
from mock_electron.model.work import Spent, Work

DEEPEST: Final = 20
"""The maximum number of nested values."""
MOST_TRIED: Final = 12
"""The maximum number of parts of a schema that are merged, and of candidates that are tried."""
MOST_RESOLVED: Final = 100
"""The maximum number of keywords that are resolved for one value, such as a chain of `$ref`."""
ANY: Final = 3
"""Units of work to make a string of any length."""
ANY_STRING: Final[tuple[object, ...]] = (True, {}, {"type": "string"})
"""Schemas that any string satisfies."""
PART: Final = 25
"""Units of work to resolve one part of a schema, or to begin an object or an array."""
VALUE: Final = 20
"""Units of work to make a value."""
KEYWORDS: Final = 4
"""The number of keywords that are compared for one unit of work."""
NAMED: Final = 60
"""Units of work to name and make a member that `minProperties` asks for."""
MOST_MEMBERS: Final = 10**9
"""The maximum number of members that are asked for; more than any budget pays."""
PLAINEST: Final[Mapping[str, Callable[[], Any]]] = {
    "string": str, "number": int, "integer": int, "boolean": bool, "null": lambda: None,
    "array": list, "object": dict, "": str,
}  # fmt: skip
"""The empty value of each type."""
COMPOSED: Final = ("$ref", "allOf", "anyOf", "oneOf", "properties", "items", CHOICES)
"""A schema with one of these needs other schemas."""
COMBINED: Final = frozenset(("$ref", "allOf", "anyOf", "oneOf", CHOICES))
OF_NUMBERS: Final = frozenset(
    {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "not", "allOf",
     "anyOf", "oneOf", "$ref", "if", CHOICES, CHECKS}
)  # fmt: skip
"""Keywords that can forbid a number of the right type."""
LIMITING: Final = frozenset(("maxLength", "pattern", "format"))


def plain_instance(schema: object, work: Work) -> Any:
    """Return the plainest value for a schema, or the empty one if even that is too much work.

    The value for the first schema of a budget is kept, for `known_plainest`.

    Args:
        schema: The schema.
        work: The budget for it.
    """
    is_first = not work.used
    made = _plain_instance(schema, work)
    if is_first:
        work.plainest = schema, made
    return made


def _plain_instance(schema: object, work: Work) -> Any:
    try:
        return Plainest(Schemas(schema, work)).value(schema)
    except Spent:
        kinds = types_of(schema) if isinstance(schema, Mapping) else ()
        return PLAINEST[next(iter(kinds), "")]()


def plain_arguments(parameters: object, work: Work) -> dict[str, Any]:
    """Return the plainest arguments for a tool, or `{}` if even they are too much work.

    Args:
        parameters: The schema of the arguments.
        work: The budget for them.
    """
    made = plain_instance(parameters, work)
    return made if isinstance(made, dict) else {}


class Plainest:
    """Makes the plainest values for the parts of one schema.

    Args:
        schemas: The schemas that references point into.
    """

    __slots__ = ("_schemas", "_work")

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._work = schemas.work

    def value(self, schema: object, number: int = 0, depth: int = 0, kind: str = "") -> Any:
        """Return a value for a schema.

        Args:
            schema: The schema.
            number: The number of the value; different numbers give different values if possible.
            depth: The number of values around it.
            kind: The type of the value. Default: the first type that the schema allows.

        Raises:
            Spent: If the budget is used up.
        """
        flat: Schema = schema if isinstance(schema, (dict, Mapping)) else {}
        self._work.charge(VALUE + len(flat) // KEYWORDS)
        if not COMBINED.isdisjoint(flat):
            flat = self._resolved(flat)
        listed = flat.get("enum")
        if "const" in flat:
            return flat["const"]
        if isinstance(listed, list) and listed:
            return listed[number % len(listed)]
        kind = kind or next(iter(types_of(flat)), "string")
        if kind in ("object", "array"):
            self._work.charge(2 * PART)
            if depth > DEEPEST:
                return _empty(flat, kind)
        if kind not in MAKERS:
            return PLAINEST[kind]()
        return MAKERS[kind](self, flat, number, depth)

    def _resolved(self, flat: Schema) -> Schema:
        """Return a schema without references, `allOf` and alternatives; rule 2."""
        for _ in range(MOST_RESOLVED):
            part = self._part(flat)
            if part is None:
                break
            self._work.charge(3 * PART)
            keyword, more = part
            flat = {key: value for key, value in flat.items() if key != keyword}
            for each in more:
                self._work.charge(PART)
                flat = merge(flat, each if isinstance(each, Mapping) else {}, self._work)
        return flat

    def _part(self, flat: Schema) -> tuple[str, list[object]] | None:
        """Return a keyword that needs other schemas, and the schemas to merge for it, or None."""
        if "$ref" in flat:
            return "$ref", [self._schemas.target(flat["$ref"])]
        if isinstance(flat.get("allOf"), list):
            return "allOf", united(flat["allOf"], self._work)
        if CHOICES in flat:
            self._work.charge(sum(map(len, flat[CHOICES])))
            return CHOICES, [min(options, key=_is_composed) for options in flat[CHOICES]]
        for keyword in ("anyOf", "oneOf"):
            options = flat.get(keyword)
            if isinstance(options, list) and options:
                self._work.charge(len(options))
                return keyword, [min(options, key=_is_composed)]
        return None

    def _object(self, flat: Schema, number: int, depth: int) -> dict[str, Any]:
        properties, names = properties_of(flat), required_of(flat)
        extra = flat.get("additionalProperties", {})
        made: dict[str, Any] = {}
        for place, name in enumerate(names):
            member = properties.get(name, extra)
            if member in ANY_STRING:
                self._work.charge(ANY)
                made[name] = str(place) if place else ""
            else:
                made[name] = self.value(member, place, depth + 1)
        least = count(flat.get("minProperties"), 0, MOST_MEMBERS)
        missing = max(least - len(made), 0)
        self._work.charge(NAMED * missing)
        for name in islice(_names(properties), missing + len(names) if missing else 0):
            if len(made) < least:
                made.setdefault(name, self.value(properties.get(name, extra), 0, depth + 1))
        return made

    def _array(self, flat: Schema, number: int, depth: int) -> list[Any]:
        least = count(flat.get("minItems"), 0, MOST_MEMBERS)
        prefix, items = flat.get("prefixItems"), flat.get("items", {})
        if isinstance(items, list):
            prefix, items = items, flat.get("additionalItems", {})
        first = prefix if isinstance(prefix, list) else []
        self._work.charge(least)
        made = [
            self.value(first[place] if place < len(first) else items, number + place, depth + 1)
            for place in range(min(least, len(first) + 1))
        ]
        if flat.get("uniqueItems") is True:
            more = range(len(made), least)
            return [*made, *(self.value(items, number + place, depth + 1) for place in more)]
        return repeated(made, least, self._work)

    def _string(self, flat: Schema, number: int, depth: int) -> str:
        plain = made_up.padded(str(number) if number else "", flat.get("minLength"))
        self._work.charge(len(plain))
        if LIMITING.isdisjoint(flat):
            return plain
        want = Want("", flat, "string")
        candidates = made_up.strings(want, "", FROZEN_DAY, number, self._work)
        return str(self._first(flat, candidates, plain))

    def _number(self, flat: Schema, number: int, depth: int) -> Any:
        self._work.charge(figures.NUMBER)
        candidates = figures.numbers(Want("", flat, "number"), number)
        if OF_NUMBERS.isdisjoint(flat):
            return next(candidates, number)
        return self._first(flat, candidates, number)

    def _first(self, flat: Schema, candidates: Iterator[Any], plain: Any) -> Any:
        """Return the first candidate that the schema allows, else the plain value."""
        schemas = Schemas({}, self._work)
        tried = islice(candidates, MOST_TRIED)
        return next((each for each in tried if admits(schemas, flat, each)), plain)


def _empty(flat: Schema, kind: str) -> Any:
    """Return the empty object or array.

    Raises:
        Spent: If the schema does not allow it.
    """
    if any(flat.get(keyword) for keyword in ("required", "minProperties", "minItems")):
        raise Spent
    return PLAINEST[kind]()


def repeated(members: list[Any], least: int, work: Work) -> list[Any]:
    """Return the members of an array, with the last one repeated until there are enough.

    Args:
        members: The members.
        least: The minimum number of members.
        work: The budget of the request.
    """
    missing = least - len(members)
    if not members or missing <= 0:
        return members
    work.charge(missing)
    return members + members[-1:] * missing


def _is_composed(schema: object) -> bool:
    return isinstance(schema, Mapping) and any(keyword in schema for keyword in COMPOSED)


def _names(properties: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of the properties, then `item_1`, `item_2`, …"""
    yield from properties
    number = 1
    while True:
        yield f"item_{number}"
        number += 1


MAKERS: Final[Mapping[str, Callable[[Plainest, Schema, int, int], Any]]] = {
    "object": Plainest._object,
    "array": Plainest._array,
    "string": Plainest._string,
    **dict.fromkeys(NUMBERS, Plainest._number),
}
