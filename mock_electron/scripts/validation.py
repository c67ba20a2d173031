"""Validate a document against the schema of script files.

Only the keywords of JSON Schema (draft 2020-12) that `schema.SCHEMA` uses are supported. Each is a
row of `KEYWORDS`.
"""

from collections.abc import Callable, Iterator, Mapping
from operator import gt, lt
from typing import Any, Final, Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from mock_electron.scripts.conditions import NAME, Schema
from mock_electron.scripts.json_types import TYPES, is_number
from mock_electron.scripts.problems import DocumentPath
from mock_electron.scripts.schema import SCHEMA
from mock_electron.scripts.wording import (
    CALL_KEYS,
    FAULT_FIELDS,
    NO_TOOL,
    NON_EMPTY,
    call_form,
    error_form,
    listed,
    means_id,
    plain,
    shown,
    unknown_field,
    unknown_value,
)

UNCLEAR: Final = ("settings",)
"""Objects with many fields that take any text: a text says nothing about the field."""
SCRIPT: Final = "script"
"""What messages call a script file."""
ONLY_TRUE: Final[Schema] = {"enum": [True]}
"""The schema of a boolean that must be true."""


class Violation(NamedTuple):
    """One problem of a document.

    Attributes:
        path: The position of the value.
        message: What is wrong.
        is_consequence: Whether a misspelled field of the same object is the probable cause.
    """

    path: DocumentPath
    message: str
    is_consequence: bool = False


class Instance(Struct, frozen=True):
    """A value of a document, and a schema that applies to it.

    Attributes:
        value: The value.
        schema: The schema.
        path: The position of the value in the document.
        document: What messages call the document.
    """

    value: Any
    schema: Schema
    path: DocumentPath = ()
    document: str = SCRIPT

    def child(self, key: str | int, schema: Schema | Literal[True]) -> "Instance":
        """Return a member of an object or an item of an array. The schema True accepts all."""
        known = {} if schema is True else schema
        return Instance(self.value[key], known, (*self.path, key), self.document)

    @property
    def field(self) -> str:
        """The nearest field that contains the value."""
        names = (str(key) for key in reversed(self.path) if isinstance(key, str))
        return next(names, self.document)

    @property
    def name(self) -> str:
        """The name of the value in messages."""
        if self.path and isinstance(self.path[-1], int):
            return str(self.schema.get("title", f"an item of {self.field}"))
        return f"the arguments of {self.field}" if self.is_arguments else self.field

    @property
    def is_arguments(self) -> bool:
        """Whether the value is the arguments of a call, below the name of a tool."""
        return self.path[-3:-2] == ("calls",) and not self.is_call_id

    @property
    def is_call_id(self) -> bool:
        """Whether the value is the id of a call, next to the name of a tool."""
        return self.path[-3:-2] == ("calls",) and self.schema == NAME

    def violates(self, rule: str) -> Violation:
        """Return the violation of a rule such as `must not be empty`."""
        return Violation(self.path, f"{self.name} {rule}")


Keyword = Callable[[Any, Instance], Iterator[Violation]]
"""Takes the value of a keyword and an instance, and yields how the instance violates it."""
Compare = Callable[[float, float], bool]


def violations(document: object) -> Iterator[Violation]:
    """Yield what is wrong with a document."""
    return check(Instance(document, SCHEMA))


def check(instance: Instance) -> Iterator[Violation]:
    """Yield how a value violates its schema."""
    for keyword, expected in instance.schema.items():
        yield from KEYWORDS[keyword](expected, instance)


def _is_valid(instance: Instance) -> bool:
    return next(check(instance), None) is None


def _type(expected: str | list[str], instance: Instance) -> Iterator[Violation]:
    names = [expected] if isinstance(expected, str) else expected
    if any(TYPES[name].accepts(instance.value) for name in names):
        return
    if instance.path[-1:] == ("id",) and names == ["object"] and instance.is_arguments:
        yield Violation(instance.path[:-1], NO_TOOL)
        return
    wanted = " or ".join(_described(name, instance) for name in names)
    wanted = NON_EMPTY if instance.is_call_id else wanted
    is_fault = is_number(instance.value) and instance.field in FAULT_FIELDS
    # The strings that "if" restricts are names, and no name looks like a number.
    restricted = "type" in instance.schema.get("if", {})
    could_be_quoted = "string" in names and not restricted and not instance.is_arguments
    advice = could_be_quoted and is_number(instance.value)
    form = error_form(instance.value, instance.field) if is_fault else _form(names, instance)
    hint = "; write it in quotation marks" if advice else form
    yield instance.violates(f"must be {wanted}, got {shown(instance.value)}{hint}")


def _described(name: str, instance: Instance) -> str:
    """Return a type in words. Of booleans, a schema may accept only true."""
    only_true = name == "boolean" and instance.schema.get("then") == ONLY_TRUE
    return "true" if only_true else TYPES[name].description


def _form(names: list[str], instance: Instance) -> str:
    """Return how to write a value as a mapping or as a list, or ""."""
    value = instance.value
    if names == ["array"] and isinstance(value, dict | str):
        return "; put it in a list" if _is_valid(replace(instance, value=[value])) else ""
    if "object" not in names or "string" in names or value is None:
        return ""
    if isinstance(value, bool):
        required = instance.schema.get("required")
        return f"; it must have the field {required[0]!r}" if required else ""
    known, is_script = instance.schema.get("properties", {}), instance.document == SCRIPT
    if isinstance(value, list):
        return "; write steps: above the list" if is_script and not instance.path else ""
    if not (instance.path or is_script or len(known) == 1):
        return ""  # any field of the body could be meant
    if isinstance(value, str) and value in known:
        is_switch = _is_valid(replace(instance, value={value: True}))
        return f"; write {{{value}: true}}" if is_switch else ""
    if instance.schema.get("title") in UNCLEAR:
        return ""
    for name in known:
        if _is_valid(replace(instance, value={name: value})):
            return f"; write {{{name}: {plain(value)}}}"
    return ""


def _enum(choices: list[Any], instance: Instance) -> Iterator[Violation]:
    value = instance.value
    if any(value == choice and is_number(value) == is_number(choice) for choice in choices):
        return
    if choices == [True]:
        yield instance.violates(f"must be true, got {shown(value)}")
        return
    yield Violation(instance.path, unknown_value(instance.field, value, choices))


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
    names = _additional(instance)
    for name in names:
        if len(names) > 1 and instance.schema.get("title") == "call" and means_id(name):
            continue  # reported as a key too many
        if expected is False:
            yield Violation((*instance.path, name), unknown_field(name, instance.schema))
        else:
            yield from check(instance.child(name, expected))


def _additional(instance: Instance) -> list[str]:
    """Return the fields that the schema does not list."""
    known = instance.schema.get("properties", {})
    return [name for name in instance.value if name not in known] if _is_object(instance) else []


def _is_object(instance: Instance) -> bool:
    return isinstance(instance.value, dict)


def _required(names: list[str], instance: Instance) -> Iterator[Violation]:
    if _is_object(instance):
        for name in names:
            if name not in instance.value:
                missing = instance.violates(f"must have the field {name!r}")
                yield missing._replace(is_consequence=bool(_additional(instance)))


def _any_of(options: list[Schema], instance: Instance) -> Iterator[Violation]:
    """Yield a violation if no option is met. Each option of the schema requires one field."""
    if any(_is_valid(replace(instance, schema=option)) for option in options):
        return
    if not _additional(instance):  # else a field is misspelled, which is reported already
        *names, last = [name for option in options for name in option["required"]]
        yield instance.violates(f"must have {', '.join(names)} or {last}")


def _if(condition: Schema, instance: Instance) -> Iterator[Violation]:
    branch = "then" if _is_valid(replace(instance, schema=condition)) else "else"
    yield from check(replace(instance, schema=instance.schema.get(branch, {})))


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


def _limit(violates: Compare, words: str) -> Keyword:
    def keyword(limit: float, instance: Instance) -> Iterator[Violation]:
        if is_number(instance.value) and violates(instance.value, limit):
            yield instance.violates(f"must be {words} {limit}, got {shown(instance.value)}")

    return keyword


def _min_length(least: int, instance: Instance) -> Iterator[Violation]:
    if isinstance(instance.value, str) and len(instance.value) < least:
        rule = f"must be {NON_EMPTY}, got ''" if instance.is_call_id else "must not be empty"
        yield instance.violates(rule)


def _item_count(violates: Compare, words: str) -> Keyword:
    def keyword(limit: int, instance: Instance) -> Iterator[Violation]:
        if isinstance(instance.value, list) and violates(len(instance.value), limit):
            rule = f"must have {words} {limit} items, got {len(instance.value)}"
            yield instance.violates(rule if instance.value else "must not be empty")

    return keyword


def _key_count(violates: Compare) -> Keyword:
    """Return the keyword minProperties or maxProperties. Only calls may have two keys."""

    def keyword(limit: int, instance: Instance) -> Iterator[Violation]:
        if _is_object(instance) and violates(len(instance.value), limit):
            keys = listed(instance.value) or "none"
            is_call = instance.schema.get("title") == "call"
            count = CALL_KEYS if is_call else "exactly one key, a name with its fields below it"
            form = call_form(instance.value) if is_call else ""
            yield instance.violates(f"must have {count}, got {keys}{form}")

    return keyword


def _annotation(_expected: object, _instance: Instance) -> Iterator[Violation]:
    return iter(())


KEYWORDS: Final[Mapping[str, Keyword]] = {
    "$defs": _annotation,
    "$ref": _ref,
    "$schema": _annotation,
    "additionalProperties": _additional_properties,
    "anyOf": _any_of,
    "description": _annotation,
    "else": _annotation,  # see _if
    "enum": _enum,
    "examples": _annotation,
    "if": _if,
    "items": _items,
    "maxItems": _item_count(gt, "at most"),
    "maxProperties": _key_count(gt),
    "maximum": _limit(gt, "at most"),
    "minItems": _item_count(lt, "at least"),
    "minLength": _min_length,
    "minProperties": _key_count(lt),
    "minimum": _limit(lt, "at least"),
    "prefixItems": _prefix_items,
    "properties": _properties,
    "required": _required,
    "then": _annotation,  # see _if
    "title": _annotation,
    "type": _type,
}
"""The keywords of `schema.SCHEMA`, and `description`, which the control API uses."""
