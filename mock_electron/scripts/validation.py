"""Validate a document against the schema of script files.

This interprets the keywords of JSON Schema (draft 2020-12) that `schema.SCHEMA` uses, and no
others: one row of `KEYWORDS` for each.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, NamedTuple

from mock_electron.inputs.spelling import did_you_mean, unknown
from mock_electron.scripts.conditions import Schema
from mock_electron.scripts.problems import DocumentPath
from mock_electron.scripts.schema import FAIL, REPLY, SCHEMA, STEP, WHEN

EXCERPT: Final = 40
"""The number of characters of a value that a message shows."""


class Violation(NamedTuple):
    """One problem of a document.

    Attributes:
        path: The position of the value.
        message: What is wrong.
    """

    path: DocumentPath
    message: str


@dataclass(frozen=True, slots=True)
class Instance:
    """A value of a document, and a schema that applies to it.

    Attributes:
        value: The value.
        schema: The schema.
        path: The position of the value in the document.
    """

    value: Any
    schema: Schema
    path: DocumentPath = ()

    def child(self, key: str | int, schema: Schema | Literal[True]) -> "Instance":
        """Return a member of an object or an item of an array. The schema True accepts it."""
        return Instance(self.value[key], {} if schema is True else schema, (*self.path, key))

    @property
    def field(self) -> str:
        """The field that the value, or the list with the value, is in."""
        return next((str(key) for key in reversed(self.path) if isinstance(key, str)), "script")

    @property
    def name(self) -> str:
        """The name of the value in messages."""
        if self.path and isinstance(self.path[-1], int):
            return str(self.schema.get("title", f"an item of {self.field}"))
        return self.field

    def violates(self, rule: str) -> Violation:
        """Return the violation of a rule such as `must not be empty`."""
        return Violation(self.path, f"{self.name} {rule}")


def violations(document: object) -> Iterator[Violation]:
    """Yield what is wrong with a document."""
    return check(Instance(document, SCHEMA))


def check(instance: Instance) -> Iterator[Violation]:
    """Yield how a value violates its schema."""
    for keyword, expected in instance.schema.items():
        yield from KEYWORDS[keyword](expected, instance)


def _is_valid(instance: Instance) -> bool:
    return next(check(instance), None) is None


class JsonType(NamedTuple):
    """A type of JSON Schema.

    Attributes:
        description: What messages call it.
        accepts: Return whether a value has the type.
    """

    description: str
    accepts: Callable[[object], bool]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    """Return whether a value is an integer. 2.0 is one: JSON has a single number type."""
    return _is_number(value) and (isinstance(value, int) or value.is_integer())


TYPES: Final[Mapping[str, JsonType]] = {
    "string": JsonType("a string", lambda value: isinstance(value, str)),
    "integer": JsonType("an integer", _is_integer),
    "number": JsonType("a number", _is_number),
    "boolean": JsonType("true or false", lambda value: isinstance(value, bool)),
    "array": JsonType("a list", lambda value: isinstance(value, list)),
    "object": JsonType("a mapping", lambda value: isinstance(value, dict)),
}


def _type(expected: str | list[str], instance: Instance) -> Iterator[Violation]:
    names = [expected] if isinstance(expected, str) else expected
    if any(TYPES[name].accepts(instance.value) for name in names):
        return
    wanted = " or ".join(TYPES[name].description for name in names)
    # The strings that "if" restricts are names, and no name looks like a number.
    could_be_quoted = "string" in names and "if" not in instance.schema
    advice = could_be_quoted and _is_number(instance.value)
    shown = _shown(instance.value) + ("; write it in quotation marks" if advice else "")
    yield instance.violates(f"must be {wanted}, got {shown}")


def _enum(choices: list[Any], instance: Instance) -> Iterator[Violation]:
    value = instance.value
    if any(value == choice and _is_number(value) == _is_number(choice) for choice in choices):
        return
    what = ENUMS.get(instance.field, instance.field)
    hint = did_you_mean(value, map(str, choices))
    expected = ", ".join(map(repr, choices)) + ("." if hint else "")
    message = f"unknown {what} {_shown(value)}; expected one of {expected}{hint}"
    yield Violation(instance.path, message)


ENUMS: Final = {"fail": "error", "kind": "error", "inject": "fault"}
"""What the values of these fields are; other fields have the name of their values."""


def _properties(
    schemas: Mapping[str, Schema | Literal[True]], instance: Instance
) -> Iterator[Violation]:
    if isinstance(instance.value, dict):
        for name, schema in schemas.items():
            if name in instance.value:
                yield from check(instance.child(name, schema))


def _additional_properties(
    expected: Schema | Literal[False], instance: Instance
) -> Iterator[Violation]:
    for name in _additional(instance):
        if expected is False:
            yield Violation((*instance.path, name), _unknown_field(name, instance.schema))
        else:
            yield from check(instance.child(name, expected))


def _additional(instance: Instance) -> list[str]:
    """Return the fields that the schema does not list."""
    known = instance.schema.get("properties", {})
    return [name for name in instance.value if name not in known] if _is_object(instance) else []


def _is_object(instance: Instance) -> bool:
    return isinstance(instance.value, dict)


def _unknown_field(name: str, schema: Schema) -> str:
    title = schema["title"]
    what = FIELDS.get(title, f"{title} field")
    place = _right_place(name, title)
    return (
        f"unknown {what} {name!r}. {place}" if place else unknown(what, name, schema["properties"])
    )


FIELDS: Final = {"when": "condition", "parameters": "request parameter"}
"""What the fields of these objects are."""


def _right_place(name: str, title: str) -> str:
    """Return where a field belongs that is one level too high or too low, or ""."""
    if title in PARTS and name in STEP["properties"]:
        return f"It goes next to {title}."
    parts = [part for part, schema in PARTS.items() if name in schema["properties"]]
    return f"It goes inside {' or '.join(parts)}." if title == "step" and parts else ""


PARTS: Final = {"when": WHEN, "reply": REPLY, "fail": FAIL}


def _required(names: list[str], instance: Instance) -> Iterator[Violation]:
    if _is_object(instance):
        for name in names:
            if name not in instance.value:
                yield instance.violates(f"must have the field {name!r}")


def _any_of(options: list[Schema], instance: Instance) -> Iterator[Violation]:
    """The options require one field each."""
    if any(_is_valid(replace(instance, schema=option)) for option in options):
        return
    if not _additional(instance):  # else a field is misspelled, which is reported already
        *names, last = [name for option in options for name in option["required"]]
        yield instance.violates(f"must have {', '.join(names)} or {last}")


def _if(condition: Schema, instance: Instance) -> Iterator[Violation]:
    if _is_valid(replace(instance, schema=condition)):
        yield from check(replace(instance, schema=instance.schema["then"]))


def _ref(reference: str, instance: Instance) -> Iterator[Violation]:
    definition = SCHEMA["$defs"][reference.removeprefix("#/$defs/")]
    return check(replace(instance, schema=definition))


def _prefix_items(schemas: list[Schema], instance: Instance) -> Iterator[Violation]:
    if isinstance(instance.value, list):
        for index, schema in enumerate(schemas[: len(instance.value)]):
            yield from check(instance.child(index, schema))


def _items(schema: Schema, instance: Instance) -> Iterator[Violation]:
    if isinstance(instance.value, list):
        first = len(instance.schema.get("prefixItems", ()))
        for index in range(first, len(instance.value)):
            yield from check(instance.child(index, schema))


def _minimum(least: float, instance: Instance) -> Iterator[Violation]:
    if _is_number(instance.value) and instance.value < least:
        yield instance.violates(f"must be at least {least}, got {_shown(instance.value)}")


def _maximum(most: float, instance: Instance) -> Iterator[Violation]:
    if _is_number(instance.value) and instance.value > most:
        yield instance.violates(f"must be at most {most}, got {_shown(instance.value)}")


def _min_length(least: int, instance: Instance) -> Iterator[Violation]:
    if isinstance(instance.value, str) and len(instance.value) < least:
        yield instance.violates("must not be empty")


def _min_items(least: int, instance: Instance) -> Iterator[Violation]:
    if isinstance(instance.value, list) and len(instance.value) < least:
        count = f"must have at least {least} items, got {len(instance.value)}"
        yield instance.violates("must not be empty" if least == 1 else count)


def _max_items(most: int, instance: Instance) -> Iterator[Violation]:
    if isinstance(instance.value, list) and len(instance.value) > most:
        yield instance.violates(f"must have at most {most} items, got {len(instance.value)}")


def _min_properties(least: int, instance: Instance) -> Iterator[Violation]:
    if _is_object(instance) and len(instance.value) < least:
        yield _not_one_key(instance)


def _max_properties(most: int, instance: Instance) -> Iterator[Violation]:
    if _is_object(instance) and len(instance.value) > most:
        yield _not_one_key(instance)


def _not_one_key(instance: Instance) -> Violation:
    keys = _shown(list(instance.value))
    rule = f"must have exactly one key, the name, with its fields below it; got {keys}"
    return instance.violates(rule)


def _annotation(_expected: object, _instance: Instance) -> Iterator[Violation]:
    return iter(())


KEYWORDS: Final[Mapping[str, Callable[[Any, Instance], Iterator[Violation]]]] = {
    "$defs": _annotation,
    "$ref": _ref,
    "$schema": _annotation,
    "additionalProperties": _additional_properties,
    "anyOf": _any_of,
    "enum": _enum,
    "if": _if,
    "items": _items,
    "maxItems": _max_items,
    "maxProperties": _max_properties,
    "maximum": _maximum,
    "minItems": _min_items,
    "minLength": _min_length,
    "minProperties": _min_properties,
    "minimum": _minimum,
    "prefixItems": _prefix_items,
    "properties": _properties,
    "required": _required,
    "then": _annotation,  # see _if
    "title": _annotation,
    "type": _type,
}
"""A function for each keyword: it takes the keyword's value and an instance."""


def _shown(value: object) -> str:
    """Return a value as messages show it, shortened."""
    text = "nothing" if value is None else repr(value)
    text = text.lower() if isinstance(value, bool) else text
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…"
