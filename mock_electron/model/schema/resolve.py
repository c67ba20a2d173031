"""Resolve a schema: follow `$ref`, merge `allOf`, collect choices, determine the type.

1. The effective schema is one flat object without `$ref` and `allOf`.
2. Two schemas are merged keyword by keyword with the table MERGERS; a value must satisfy both.
3. `anyOf` and `oneOf` become CHOICES, a list of lists: one schema of each list must be satisfied.
4. `true` and values that are not schemas allow anything; `false` allows nothing.
5. The steps are counted. After BUDGET steps of one call, schemas are no longer resolved. Each step
   is also charged to the budget of the request. More than DEEPEST nested `allOf`, `anyOf`, `oneOf`
   or `$ref` use it up.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import unquote

from mock_electron.model.schema.equality import Members
from mock_electron.model.schema.merging import CHECKS, CHOICES, Schema, merge
from mock_electron.model.work import STEP, Spent, Work

Derived = TypeVar("Derived")
NOTHING: Final[Schema] = {"enum": []}
BUDGET: Final = 2_500
RESOLVED_ONCE: Final = 35
"""Units of work for a step."""
DEEPEST: Final = 40
TYPES: Final = ("object", "array", "string", "number", "integer", "boolean", "null")
IMPLIED: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("object", ("properties", "required", "additionalProperties", "patternProperties", "minProperties")),
    ("array", ("items", "prefixItems", "minItems", "maxItems", "uniqueItems")),
    ("number", ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
    ("string", ("pattern", "minLength", "maxLength", "format")),
)  # fmt: skip
"""Keywords that tell the type of a schema that does not name it."""


Key = tuple[str, int, int]


class Schemas:
    """The schemas of one call: the root that `$ref`s point into, and the work done so far."""

    __slots__ = ("_derived", "_known", "root", "steps", "work")

    def __init__(self, root: object, work: Work) -> None:
        self.root: Final = root
        self.work: Work = work
        self._known: dict[int, tuple[object, Schema]] = {}
        self._derived: dict[Key, tuple[object, Any]] = {}
        self.steps: int = 0

    def again(self, work: Work, *, is_paid: bool) -> "Schemas":
        """Return the same schemas for another call, which uses all that is derived already.

        Args:
            work: The budget of the request. It is charged for all that is derived.
            is_paid: Whether the same request has used the schemas before, and is not charged again.
        """
        schemas = Schemas(self.root, work)
        schemas._known = self._known.copy()
        schemas._derived = self._derived.copy()
        schemas.steps = self.steps
        if not is_paid:
            work.charge(self.work.used)
        return schemas

    def step(self, count: int = 1) -> None:
        """Count steps.

        Raises:
            Spent: If the budget of the request is used up.
        """
        self.steps += count
        self.work.charge(RESOLVED_ONCE * count)

    @property
    def spent(self) -> bool:
        """Whether the budget is used up."""
        return self.steps > BUDGET

    def effective(self, schema: object, depth: int = 0) -> Schema:
        """The effective schema of a schema."""
        schema = self._followed(schema)
        if schema is False:
            return NOTHING
        if not isinstance(schema, (dict, Mapping)):
            return {}
        known = self._known.get(id(schema))
        if known is not None:
            return known[1]
        self.step()
        if depth >= DEEPEST and not COMBINING.isdisjoint(schema):
            raise Spent  # a recursion; the plainest values are found without one
        flat = dict(schema) if self.spent else self._flatten(schema, depth)
        if depth == 0:
            self._known[id(schema)] = (schema, flat)
        return flat

    def _followed(self, schema: object) -> object:
        """What a schema that is only a `$ref` points to in the end; a circle allows anything."""
        seen: set[int] = set()
        while isinstance(schema, dict) and len(schema) == 1 and "$ref" in schema:
            if id(schema) in seen or self.spent:
                return {}
            seen.add(id(schema))
            self.step()
            schema = self.target(schema["$ref"])
        return schema

    def _flatten(self, schema: Schema, depth: int) -> Schema:
        if RESOLVED.isdisjoint(schema):
            return schema
        flat = {key: value for key, value in schema.items() if key not in COMBINING}
        choices = [
            list(options)
            for key in ("anyOf", "oneOf")
            if isinstance(options := schema.get(key), list) and options
        ]
        if choices:
            flat[CHOICES] = choices
        if _is_list(schema.get("oneOf")):
            flat[CHECKS] = [{"oneOf": schema["oneOf"]}]
        if "$ref" in schema:
            flat = self._with(flat, self.target(schema["$ref"]), depth)
        parts = schema.get("allOf")
        for part in parts if isinstance(parts, list) else ():
            if not self.spent:
                flat = self._with(flat, part, depth)
        return flat

    def _with(self, flat: dict[str, Any], part: object, depth: int) -> dict[str, Any]:
        self.work.charge(STEP)
        return merge(flat, self.effective(part, depth + 1), self.work)

    def members(self, listed: list[Any]) -> Members:
        """The members of an `enum`, prepared once for all values that are compared with them."""
        return self.known(("members", id(listed), 0), listed, lambda: Members(listed, self.work))

    def known(self, key: Key, source: object, derive: Callable[[], Derived]) -> Derived:
        """What follows from an object, derived once.

        Args:
            key: What is derived, the id of the object, and a number.
            source: The object. It is kept, so that no other object gets its id.
            derive: Returns what follows from it.
        """
        found = self._derived.get(key)
        if found is not None:
            value: Derived = found[1]
            return value
        derived = derive()
        if not self.spent:
            self._derived[key] = source, derived
        return derived

    def chosen(self, base: Schema, option: object) -> Schema:
        """The effective schema with this option of the first list of choices."""
        rest = base[CHOICES][1:]
        plain = {key: value for key, value in base.items() if key != CHOICES}
        if rest:
            plain[CHOICES] = rest
        self.step()
        return merge(plain, self.effective(option), self.work)

    def target(self, reference: object) -> object:
        """What a `$ref` points to: "#", "#/$defs/Name" and other paths within the root."""
        if not isinstance(reference, str) or not (f"{reference}/").startswith("#/"):
            return {}
        self.work.charge(len(reference))
        place = self.root
        for step in reference[1:].split("/")[1:]:
            name = unquote(step).replace("~1", "/").replace("~0", "~")
            if isinstance(place, Mapping):
                place = place.get(name)
            elif isinstance(place, list) and name.isdecimal() and len(name) < 7:
                place = place[int(name)] if int(name) < len(place) else None
            else:
                return {}
        return {} if place is None else place


RESOLVED: Final = frozenset(("$ref", "allOf", "anyOf", "oneOf"))
COMBINING: Final = RESOLVED | {"$defs", "definitions"}


def _is_list(value: object) -> bool:
    return isinstance(value, list) and bool(value)


def types_of(schema: Schema) -> tuple[str, ...]:
    """The types that a schema allows, in its order; none if it does not name any."""
    named = schema.get("type")
    if isinstance(named, str) and named in TYPES:
        return (named,)
    if isinstance(named, list):
        return tuple(
            dict.fromkeys(kind for kind in named if isinstance(kind, str) and kind in TYPES)
        )
    implied = [PLACES[keyword] for keyword in schema if keyword in PLACES]
    return (IMPLIED[min(implied)][0],) if implied else ()


PLACES: Final = {word: place for place, (_, words) in enumerate(IMPLIED) for word in words}
"""The place in IMPLIED of each keyword that tells a type."""
