"""The strict check of scripted arguments: every keyword that pydantic and others write."""

from typing import Any, Final

import jsonschema

from mock_electron.engine.script import arguments as checked
from mock_electron.model.draft import Call
from mock_electron.wire import codec
from mock_electron.wire.request import Tool

UNIT: Final = {"$defs": {"Unit": {"enum": ["celsius", "kelvin"], "type": "string"}}}
TREE: Final = {"$defs": {"Tree": {
    "type": "object", "required": ["name"], "additionalProperties": False,
    "properties": {"name": {"type": "string"}, "sub": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}},
}}}  # fmt: skip
OPTIONAL: Final = {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None}
CASES: Final[list[tuple[dict[str, Any], Any, Any, str]]] = [
    # the schema of x, a valid value, a wrong value, the message
    (UNIT | {"$ref": "#/$defs/Unit"}, "kelvin", "kelvn",
     "x must be one of 'celsius', 'kelvin', got 'kelvn'. Did you mean 'kelvin'?"),
    (UNIT | {"$ref": "#/$defs/Unit"}, "kelvin", 3, "x must be a string, got 3"),
    (OPTIONAL, None, "3", "x must be an integer or null, got '3'"),
    (UNIT | {"anyOf": [{"$ref": "#/$defs/Unit"}, {"type": "null"}]}, None, "kelvim",
     "x must be one of 'celsius', 'kelvin', got 'kelvim'. Did you mean 'kelvin'?"),
    (TREE | {"$ref": "#/$defs/Tree"}, {"name": "a", "sub": [{"name": "b"}]},
     {"name": "a", "sub": [{"nam": "b"}]},
     "x.sub[0].name is missing; x.sub[0].nam is not a property. Did you mean 'name'?"),
    ({"minimum": 1}, 1, 0, "x must be at least 1, got 0"),
    ({"maximum": 1.5}, 1.5, 2, "x must be at most 1.5, got 2"),
    ({"exclusiveMinimum": 1}, 1.5, 1, "x must be more than 1, got 1"),
    ({"exclusiveMaximum": 1}, 0, 1, "x must be less than 1, got 1"),
    ({"multipleOf": 5}, 10, 7, "x must be a multiple of 5, got 7"),
    ({"pattern": "^[A-Z]{3}$"}, "PNQ", "pnq", "x must be a text that matches '^[A-Z]{3}$', got 'pnq'"),
    ({"minLength": 2}, "ab", "a", "x must be at least 2 characters long, got 'a'"),
    ({"maxLength": 1}, "a", "ab", "x must be at most 1 characters long, got 'ab'"),
    ({"format": "date"}, "2025-02-19", "19.2.", "x must be a text in the format 'date', got '19.2.'"),
    ({"const": "a"}, "a", "b", "x must be 'a', got 'b'"),
    ({"enum": [1]}, 1.0, True, "x must be one of 1, got true"),
    ({"minItems": 1}, [0], [], "x must be a list of at least 1 items, got []"),
    ({"maxItems": 1}, [0], [0, 1], "x must be a list of at most 1 items, got [0, 1]"),
    ({"uniqueItems": True}, [1, True], [1, 1.0], "x must be a list without equal items, got [1, 1.0]"),
    ({"prefixItems": [{"type": "string"}], "items": False}, ["a"], [1], "x[0] must be a string, got 1"),
    ({"prefixItems": [{"type": "string"}], "items": False}, ["a"], ["a", 1], "x[1] is not allowed"),
    ({"items": {"minimum": 0}}, [0], [0, -1], "x[1] must be at least 0, got -1"),
    ({"minProperties": 1}, {"a": 1}, {}, "x must be an object with at least 1 properties, got {}"),
    ({"maxProperties": 0}, {}, {"a": 1}, "x must be an object with at most 0 properties, got"),
    ({"additionalProperties": {"type": "integer"}}, {"a": 1}, {"a": "1"}, "x.a must be an integer, got '1'"),
    ({"properties": {"a": False}}, {"b": 1}, {"a": 1}, "x.a is not allowed"),
    ({"allOf": [{"minimum": 1}, {"maximum": 3}]}, 2, 4, "x must be at most 3, got 4"),
    ({"oneOf": [{"type": "string"}, {"type": "null"}]}, None, 1, "x must be a string or null, got 1"),
    ({"oneOf": [{"minimum": 1}, {"minimum": 2}]}, 1, 3,
     "x must be valid for exactly one of 2 schemas, but 2 allow it, got 3"),
    ({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, {"b": 1}, {},
     "x must match one of 2 schemas, got {}; for the first: x.a is missing"),
    (UNIT | {"anyOf": [{"$ref": "#/$defs/Unit", "maxLength": 6}, False]}, "kelvin", "celsius",
     "x must be at most 6 characters long, got 'celsius'"),
    ({"not": {"type": "null"}}, 1, None, 'x must not match {"type": "null"}, got null'),
    ({"properties": {"a": {"not": True}}}, {"b": 1}, {"a": 1}, "x.a must not match true, got 1"),
    # names
    ({"patternProperties": {"^n_": {"type": "integer"}}}, {"n_a": 1, "b": "x"}, {"n_a": "1"},
     "x.n_a must be an integer, got '1'"),
    ({"properties": {"a": {}}, "patternProperties": {"^n_": {}}, "additionalProperties": False},
     {"a": 1, "n_1": 2}, {"a": 1, "m_1": 2}, "x.m_1 is not a property"),
    ({"patternProperties": {"^n_": {}}, "additionalProperties": {"type": "integer"}},
     {"n_1": "x", "b": 2}, {"n_1": "x", "b": "2"}, "x.b must be an integer, got '2'"),
    ({"propertyNames": {"pattern": "^[a-z]+$"}}, {"ab": 1}, {"Ab": 1},
     "the property name x.Ab must be a text that matches '^[a-z]+$', got 'Ab'"),
    ({"propertyNames": {"enum": ["mon", "tue"]}}, {"mon": 1}, {"mo": 1},
     "the property name x.mo must be one of 'mon', 'tue', got 'mo'. Did you mean 'mon'?"),
    # items
    ({"contains": {"const": 5}}, [1, 5], [1, 2],
     'x must be a list with at least 1 items that match {"const": 5}, but 0 do, got [1, 2]'),
    ({"contains": {"type": "string"}, "minContains": 2}, ["a", 1, "b"], ["a", 1],
     "x must be a list with at least 2 items that match"),
    ({"contains": {"type": "string"}, "maxContains": 1}, ["a", 1], ["a", "b"],
     "x must be a list with at least 1, at most 1 items that match"),
    ({"contains": {"type": "string"}, "minContains": 0, "maxContains": 0}, [1], ["a"],
     "x must be a list with at least 0, at most 0 items that match"),
    # conditions
    ({"if": {"properties": {"kind": {"const": "card"}}}, "then": {"required": ["number"]}},
     {"kind": "cash"}, {"kind": "card"}, "x.number is missing"),
    ({"if": {"type": "string"}, "else": {"minimum": 3}}, 3, 2, "x must be at least 3, got 2"),
    ({"if": {"type": "string"}, "then": {"maxLength": 2}, "else": False}, "ab", 1, "x is not allowed"),
    ({"if": {"type": "string"}, "then": {"maxLength": 2}, "else": False}, "ab", "abc",
     "x must be at most 2 characters long, got 'abc'"),
    ({"dependentRequired": {"card": ["expiry"]}}, {"a": 1}, {"card": 1},
     "x.expiry is missing, which x.card requires"),
    ({"dependentSchemas": {"card": {"properties": {"n": {"type": "integer"}}}}}, {"n": "x"},
     {"card": 1, "n": "x"}, "x.n must be an integer, got 'x'"),
    ({"anyOf": [{"type": "null"}, {"type": "object", "patternProperties": {"^a": {"minimum": 2}}}]},
     {"a": 2}, {"a": 1}, "x.a must be at least 2, got 1"),
    # what no keyword describes
    ({"allOf": [{"properties": {"a": {}}}], "properties": {"b": {}}, "unevaluatedProperties": False},
     {"a": 1, "b": 2}, {"a": 1, "c": 2}, "x.c is not a property"),
    ({"anyOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]},
                {"properties": {"b": {}}, "required": ["b"]}], "unevaluatedProperties": False},
     {"a": 1}, {"a": "1", "b": 2}, "x.a is not a property"),
    ({"if": {"properties": {"a": {"const": 1}}, "required": ["a"]}, "then": {"properties": {"b": {}}},
      "unevaluatedProperties": {"type": "null"}}, {"a": 1, "b": 2}, {"a": 2, "b": None},
     "x.a must be null, got 2"),
    ({"dependentSchemas": {"a": {"properties": {"a": {}, "b": {}}}}, "unevaluatedProperties": False},
     {"a": 1, "b": 2}, {"b": 2}, "x.b is not a property"),
    (TREE | {"$ref": "#/$defs/Open", "unevaluatedProperties": False,
             "$defs": {"Open": {"properties": {"name": {}}}}},
     {"name": "a"}, {"name": "a", "nam": 1}, "x.nam is not a property"),
    ({"prefixItems": [{}], "contains": {"type": "string"}, "unevaluatedItems": False},
     [1, "a"], [1, "a", 2], "x[2] is not allowed"),
    ({"allOf": [{"prefixItems": [{}, {}]}], "unevaluatedItems": {"type": "null"}},
     [1, 2, None], [1, 2, 3], "x[2] must be null, got 3"),
]  # fmt: skip


def problems(schema: Any, arguments: Any) -> str:
    written = codec.encode_arguments(arguments)
    return checked.argument_problems(Call("f", written), Tool("f", "", schema))


def test_every_keyword_is_checked_and_named() -> None:
    """The message names the place, what is wrong and the expected value; jsonschema agrees."""
    wrong = []
    for own, valid, invalid, words in CASES:
        own = dict(own)
        schema = {"type": "object", "properties": {"x": own}, "required": ["x"]}
        if "$defs" in own:
            schema["$defs"] = own.pop("$defs")
        validator = jsonschema.Draft202012Validator(
            schema, format_checker=jsonschema.FormatChecker()
        )
        assert validator.is_valid({"x": valid}), own
        assert not validator.is_valid({"x": invalid}), own
        if problems(schema, {"x": valid}):
            wrong.append(f"{own} refuses {valid!r}: {problems(schema, {'x': valid})}")
        if not (said := problems(schema, {"x": invalid})).startswith(words):
            wrong.append(f"{own}, {invalid!r}: {said!r} instead of {words!r}")
    assert wrong == []


def test_every_keyword_of_the_validator_has_an_explanation() -> None:
    """A keyword that the validator learns gets a message."""
    from mock_electron.model.schema.conditional import ALL_CHECKS
    from mock_electron.model.schema.merging import CHECKS, CHOICES
    from mock_electron.model.schema.valid import CHECKS_BY_KEYWORD

    assert ALL_CHECKS.keys() - {CHECKS, CHOICES} == checked.EXPLANATIONS.keys()
    assert CHECKS_BY_KEYWORD.keys() <= ALL_CHECKS.keys()


def test_unusual_schemas_refuse_nothing() -> None:
    """OpenAPI's `nullable`, unknown formats, malformed keywords, and a schema without an end."""
    accepted: list[tuple[Any, Any]] = [
        ({"type": "string", "nullable": True}, None),
        ({"anyOf": [{"type": "string", "nullable": True}]}, None),
        ({"format": "regex"}, "[a-z]+"),
        ({"format": "hotel-code"}, "x"),
        ({"enum": 3, "required": 3, "items": 3, "properties": 3, "anyOf": 3, "type": 3}, [1]),
        ({"$ref": "#/$defs/Missing"}, 1),
        ({"$ref": "https://example.com/schema"}, 1),
        ({"$ref": "#/properties/x"}, 1),
        ({"minimum": "3", "multipleOf": 0, "pattern": "("}, 1),
        ({"$ref": "#unit"}, 1),
        ({"$dynamicRef": "#unit"}, 1),
        ({"patternProperties": {"(?=a)": False}, "additionalProperties": False}, {"a": 1, "b": 2}),
        ({"patternProperties": {"(?=a)": {}}, "unevaluatedProperties": False}, {"b": 2}),
        ({"contains": 3, "minContains": "x", "maxContains": None}, [1]),
        ({"if": 3, "then": 4}, 1),
        ({"then": False, "else": False, "minContains": 2, "maxContains": 0}, [1]),
        ({"dependentRequired": {"a": 3, "b": [1]}, "dependencies": 3}, {"a": 1, "b": 2}),
        ({"propertyNames": 3, "patternProperties": 3, "unevaluatedProperties": 3}, {"a": 1}),
        ({"unevaluatedItems": 3, "additionalItems": False, "items": {}}, [1]),
        ({"not": 3}, 1),
    ]
    found = [
        (own, said)
        for own, value in accepted
        if (said := problems({"properties": {"x": own}}, {"x": value}))
    ]
    assert found == []


def test_the_older_spellings_of_draft_7_are_checked() -> None:
    """`items` as a list with `additionalItems`, and `dependencies`."""
    cases: list[tuple[Any, Any, Any, str]] = [
        ({"items": [{}, {}], "additionalItems": False}, [1, 2], [1, 2, 3], "x[2] is not allowed"),
        ({"items": [{}], "additionalItems": {"type": "null"}}, [1], [1, 2], "x[1] must be null"),
        ({"dependencies": {"a": ["b"]}}, {"b": 1}, {"a": 1}, "x.b is missing, which x.a requires"),
        ({"dependencies": {"a": {"required": ["c"]}}}, {"b": 1}, {"a": 1}, "x.c is missing"),
    ]
    wrong = []
    for own, valid, invalid, words in cases:
        schema = {"type": "object", "properties": {"x": own}}
        assert jsonschema.Draft7Validator(schema).is_valid({"x": valid})
        assert not jsonschema.Draft7Validator(schema).is_valid({"x": invalid})
        said = problems(schema, {"x": valid}), problems(schema, {"x": invalid})
        if said[0] or not said[1].startswith(words):
            wrong.append(said)
    assert wrong == []


def test_the_check_stays_within_the_budget() -> None:
    """Arguments and schemas of any size cost a bounded amount of work, and give no false alarm."""
    many = {"properties": {"x": {"items": {"not": {"type": "null"}, "oneOf": [{}, False]}}}}
    assert problems(many, {"x": list(range(20_000))}) == ""
    words = {"properties": {"x": {"pattern": "^(?:[a-z]+ ?)*$"}}}
    assert problems(words, {"x": "abc def " * 2_000}) == ""
    assert problems(words, {"x": "abc DEF"}) != ""
    named = {"patternProperties": {"^(?:[a-z]+ ?)*$": False}, "additionalProperties": False}
    assert problems(named, {"abc def " * 2_000: 1}) == ""
    deep: Any = {"type": "integer"}
    for _ in range(300):
        deep = {"anyOf": [deep, {"not": deep}]}
    assert problems({"properties": {"x": deep}}, {"x": "a"}) == ""
