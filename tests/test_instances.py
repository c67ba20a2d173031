"""Tests of generated instances: a table of schema keywords, checked with jsonschema."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from rows import each, each_of
from schemas import CHECKED

from mock_electron.model.fill import Said, instance

TEXTS = ["", "Please take 42 for Anna in Oslo on 2025-03-01 at 17:30", "Nimm das rote, bitte"]

PATTERNS = [
    r"^[A-Z]{3}-\d{4}$",
    r"^\+?\d{7,15}$",
    r"^(red|green|blue)$",
    r"^[a-z0-9._%+-]+@example\.com$",
    r"\d{3}",
    r"^.{5}$",
    r"^\w+\s\w+$",
    r"^[^0-9]{4}$",
    r"(?:ab)+",
    r"^x{2,}$",
    r"^\S+$",
    r"^a\.b\-c$",
    r"^\D\W$",
    r"^[\w-]{1,3}$",
    r"^$",
    r"^(?:[01]\d|2[0-3]):[0-5]\d$",
    r"^#[0-9a-fA-F]{6}$",
    r"^https?://",
    r"^v\d+(\.\d+){2}$",
    r"^[A-Z][a-z]+( [A-Z][a-z]+)*$",
    r"^\d{5}(-\d{4})?$",
    r"^a*b?c+$",
    "^[\u0900-\u097f]{2,4}$",
    r"^\t?[ ]x$",
    r"^\$\d+$",
]


@each({pattern: pattern for pattern in PATTERNS})
def test_a_simple_pattern_is_matched(pattern: str) -> None:
    """A string is generated for a simple pattern, whatever the message is."""
    for text in TEXTS:
        check({"type": "string", "pattern": pattern}, text)


@each_of(
    (pattern,)
    for pattern in [
        r"^(a)\1$",
        r"^(?P<a>x)y$",
        r"^[\u0900-\u097f]{2}$",
        r"(?<=x)y",
        r"[",
        r"^(?!x).+$",
        r"\bword\b",
        5,
    ]
)
def test_any_other_pattern_gives_a_string(pattern: Any) -> None:
    """Any other pattern, or an invalid one, gives some string and raises nothing."""
    assert isinstance(instance({"type": "string", "pattern": pattern}, Said("take 42")), str)


def of(**properties: Any) -> dict[str, Any]:
    """Return an object schema with all properties required."""
    return {"type": "object", "properties": properties, "required": sorted(properties)}


SCHEMAS: list[dict[str, Any]] = [
    *({"type": "string", "format": name} for name in
      ("date", "date-time", "time", "email", "uri", "uuid", "ipv4", "hostname")),
    {"type": "string", "format": "date", "enum": ["2024-01-01"]},
    {"type": "string", "minLength": 40},
    {"type": "string", "maxLength": 2},
    {"type": "string", "minLength": 3, "maxLength": 3},
    {"type": "string", "pattern": "^[a-z]+$", "minLength": 12, "maxLength": 14},
    {"type": "integer", "minimum": 5, "maximum": 6},
    {"type": "integer", "exclusiveMinimum": 5, "exclusiveMaximum": 7},
    {"type": "integer", "multipleOf": 7, "minimum": 8},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.01},
    {"type": "number", "multipleOf": 0.25, "minimum": 0.3, "maximum": 0.6},
    {"type": "number", "maximum": -10},
    {"allOf": [{"type": "integer", "minimum": 3}, {"minimum": 5}, {"maximum": 9}, {"multipleOf": 4}]},
    {"allOf": [{"multipleOf": 4}, {"multipleOf": 6}, {"type": "integer", "minimum": 1}]},
    {"allOf": [{"enum": ["a", "b"]}, {"enum": ["b", "c"]}]},
    {"allOf": [{"type": ["string", "null"]}, {"type": ["null", "integer"]}]},
    {"allOf": [{"type": "string", "minLength": 2}, {"maxLength": 4}, {"pattern": "^[a-z]*$"}]},
    {"allOf": [of(a={"type": "string"}), of(b={"type": "integer"})]},
    {"allOf": [of(a={"type": "integer", "minimum": 3}), of(a={"maximum": 4})]},
    {"allOf": [{"type": "array", "items": {"type": "integer"}, "minItems": 2}, {"items": {"minimum": 9}}]},
    {"anyOf": [{"type": "integer", "minimum": 3, "maximum": 2}, {"type": "string", "minLength": 1}]},
    {"anyOf": [{"type": "null"}, of(a={"type": "boolean"})]},
    {"oneOf": [{"type": "integer"}, {"type": "string"}]},
    {"oneOf": [of(kind={"const": "cat"}, lives={"type": "integer"}), of(kind={"const": "dog"})]},
    {"type": ["integer", "null"], "minimum": 3},
    {"type": "array", "items": {"type": "string"}, "minItems": 3, "uniqueItems": True},
    {"type": "array", "items": {"type": "integer"}, "minItems": 4, "uniqueItems": True},
    {"type": "array", "items": {"enum": ["a", "b", "c"]}, "minItems": 3, "uniqueItems": True},
    {"type": "array", "items": {"type": "boolean"}, "minItems": 2, "uniqueItems": True},
    {"type": "array", "items": of(n={"type": "integer"}), "minItems": 2, "uniqueItems": True},
    {"type": "array", "prefixItems": [{"type": "string"}, {"const": 4}], "items": False},
    {"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "integer"}, "minItems": 3},
    {"type": "array", "maxItems": 0},
    {"type": "object", "additionalProperties": False},
    {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1},
    {"type": "object", "required": ["x"], "additionalProperties": {"type": "number"}},
    {"type": "object", "required": ["x"]},
    {"const": {"a": [1, None]}},
    {"enum": [None, 3]},
    {"default": "x", "type": "string"},
    {"default": 5, "type": "string"},
    {"examples": ["one", "two"], "type": "string"},
    {"$defs": {"n": {"type": "integer", "minimum": 3}}, "$ref": "#/$defs/n"},
    {"$defs": {"n": {"type": "integer"}}, **of(a={"$ref": "#/$defs/n", "maximum": 3})},
    {"$defs": {"t": of(v={"type": "integer"}, next={"anyOf": [{"$ref": "#/$defs/t"}, {"type": "null"}]})},
     "$ref": "#/$defs/t"},
    {"definitions": {"n": {"type": "string", "maxLength": 5}}, **of(a={"$ref": "#/definitions/n"})},
    of(tree={"type": "array", "items": {"$ref": "#"}}),
    of(when={"type": "string", "format": "date-time"}, who={"type": "string", "format": "email"}),
    of(a=of(b=of(c={"type": "integer", "minimum": 2}))),
    {},
]  # fmt: skip


@each({json.dumps(schema): schema for schema in SCHEMAS})
def test_an_instance_is_valid(schema: dict[str, Any]) -> None:
    """An instance is valid, whatever the message is."""
    for text in TEXTS:
        check(schema, text)


def check(schema: dict[str, Any], text: str) -> None:
    """Assert that the instance for a text is valid."""
    made = instance(schema, Said(text))
    Draft202012Validator(schema, format_checker=CHECKED).validate(made)


DRAFT_4: list[tuple[dict[str, Any], Any]] = [
    ({"type": "integer", "minimum": 5, "exclusiveMinimum": True}, lambda made: made > 5),
    ({"type": "integer", "maximum": 5, "exclusiveMaximum": True}, lambda made: made < 5),
    ({"type": "integer", "nullable": True, "minimum": 3}, lambda made: made is None or made >= 3),
    ({"type": "string", "nullable": True}, lambda made: made is None or isinstance(made, str)),
    ({"type": "array", "items": [{"type": "string"}, {"const": 4}]}, lambda made: isinstance(made, list)),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "is_valid"), DRAFT_4, ids=[str(row[0]) for row in DRAFT_4])
def test_older_drafts_are_tolerated(schema: dict[str, Any], is_valid: Any) -> None:
    """Keywords of draft 4 and OpenAPI 3.0 are understood."""
    assert is_valid(instance(schema, Said("take 5")))


@each_of(
    (schema,)
    for schema in [
        True,
        False,
        {"not": {}},
        {"type": "integer", "minimum": 3, "maximum": 2},
        {"enum": []},
        {"type": "wat"},
        {"$ref": "#/nowhere"},
        {"$ref": "https://example.com/x"},
        {"type": []},
    ]
)
def test_a_schema_that_nothing_satisfies_gives_a_value(schema: Any) -> None:
    """A schema that nothing satisfies gives some JSON value and raises nothing."""
    json.dumps(instance(schema, Said("take 5")))
