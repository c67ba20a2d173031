"""Hypothesis strategies for satisfiable JSON Schemas, for any JSON, and for messages.

A satisfiable schema has consistent bounds: the minimum is drawn first, and the maximum from there.
"""

from datetime import time
from typing import Any

from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

Schema = dict[str, Any]
CHECKED = FormatChecker()
"""Checks formats. A time needs no offset, as for Pydantic and Zod."""
CHECKED.checkers = {**Draft202012Validator.FORMAT_CHECKER.checkers}


@CHECKED.checks("time", raises=ValueError)
def _is_time(value: object) -> bool:
    return not isinstance(value, str) or time.fromisoformat(value) is not None


NAMES = st.sampled_from(
    [
        "city",
        "name",
        "age",
        "query",
        "email",
        "date",
        "unit",
        "items",
        "orderId",
        "is_open",
        "x",
        "价格",
        "start_time",
    ]
)
PATTERNS = st.sampled_from(
    [
        r"^[A-Z]{3}-\d{4}$", r"^\+?\d{7,15}$", r"^(a|b)$", r"^[a-z]+$", r"\d", r"^\w+@\w+\.com$", r"^.{3,5}$",
        r"^(?:ab|cd){2,3}x?$", r"[^a-z]", r"^$", r"^#[0-9a-fA-F]{6}$", r"^\d{5}(-\d{4})?$", r"^v\d+\.\d+\.\d+$",
    ]
)  # fmt: skip
FORMATS = st.sampled_from(
    [
        "date",
        "date-time",
        "time",
        "email",
        "uri",
        "uuid",
        "ipv4",
        "ipv6",
        "hostname",
        "duration",
        "unheard-of",
    ]
)
VALUES = st.one_of(st.none(), st.booleans(), st.integers(-99, 99), st.text(max_size=5))
NOTES = st.fixed_dictionaries(
    {}, optional={"title": st.text(max_size=8), "description": st.text(max_size=20)}
)


@st.composite
def strings(draw: st.DrawFn) -> Schema:
    kind = draw(st.sampled_from(["plain", "sized", "pattern", "format", "enum", "const"]))
    schema: Schema = {"type": "string"}
    if kind == "sized":
        least = draw(st.integers(0, 12))
        schema["minLength"] = least
        if draw(st.booleans()):
            schema["maxLength"] = least + draw(st.integers(0, 12))
    elif kind == "pattern":
        schema["pattern"] = draw(PATTERNS)
    elif kind == "format":
        schema["format"] = draw(FORMATS)
    elif kind == "enum":
        schema["enum"] = draw(st.lists(st.text(max_size=6), min_size=1, max_size=4))
    elif kind == "const":
        schema["const"] = draw(st.text(max_size=6))
    return schema


@st.composite
def numbers(draw: st.DrawFn) -> Schema:
    is_integer = draw(st.booleans())
    schema: Schema = {"type": "integer" if is_integer else "number"}
    low = draw(st.one_of(st.none(), st.integers(-1000, 1000)))
    if low is not None:
        schema[draw(st.sampled_from(["minimum", "exclusiveMinimum"]))] = low
    if draw(st.booleans()):
        high = (low if low is not None else draw(st.integers(-1000, 1000))) + draw(
            st.integers(25, 99)
        )
        schema[draw(st.sampled_from(["maximum", "exclusiveMaximum"]))] = high
    if draw(st.booleans()):
        schema["multipleOf"] = draw(
            st.sampled_from([1, 2, 3, 5, 10] if is_integer else [0.5, 0.25, 1, 7])
        )
    return schema


SCALARS: st.SearchStrategy[Schema] = st.one_of(
    strings(),
    numbers(),
    st.just({"type": "boolean"}),
    st.just({"type": "null"}),
    st.builds(lambda values: {"enum": values}, st.lists(VALUES, min_size=1, max_size=4)),
    st.builds(lambda value: {"const": value}, VALUES),
    st.builds(
        lambda kinds: {"type": kinds},
        st.lists(
            st.sampled_from(["string", "integer", "number", "null", "boolean"]),
            min_size=1,
            max_size=3,
            unique=True,
        ),
    ),
    st.just({}),
)


EXTRAS: list[Any] = [None, True, False, {"type": "integer"}]


@st.composite
def objects(draw: st.DrawFn, members: st.SearchStrategy[Schema]) -> Schema:
    properties = draw(st.dictionaries(NAMES, members, max_size=4))
    schema: Schema = {"type": "object", "properties": properties}
    if len(properties) > 0 and draw(st.booleans()):
        schema["required"] = draw(st.lists(st.sampled_from(sorted(properties)), unique=True))
    extra: Any = draw(st.sampled_from(EXTRAS))
    if extra is not None:
        schema["additionalProperties"] = extra
    if draw(st.integers(0, 4)) == 0:
        schema["minProperties"] = draw(st.integers(0, len(properties)))
    return schema


@st.composite
def arrays(draw: st.DrawFn, members: st.SearchStrategy[Schema]) -> Schema:
    schema: Schema = {"type": "array"}
    kind = draw(st.sampled_from(["items", "prefix", "unique", "any"]))
    if kind in ("items", "prefix"):
        schema["items"] = draw(members)
    if kind == "prefix":
        schema["prefixItems"] = draw(st.lists(members, min_size=1, max_size=3))
    if kind == "unique":
        schema |= {
            "items": draw(
                st.sampled_from(
                    [
                        {"type": "string"},
                        {"type": "integer", "minimum": 3},
                        {"type": "number"},
                        {
                            "type": "object",
                            "properties": {"name": {"type": "string"}},
                            "required": ["name"],
                        },
                    ]
                )
            )
        }
        schema["uniqueItems"] = True
    least = draw(st.integers(0, 4))
    if draw(st.booleans()):
        schema["minItems"] = least
        if draw(st.booleans()):
            schema["maxItems"] = least + draw(st.integers(0, 3))
    return schema


@st.composite
def combined(draw: st.DrawFn, members: st.SearchStrategy[Schema]) -> Schema:
    """Generate anyOf; oneOf with branches of different types; and allOf with compatible parts."""
    kind = draw(st.sampled_from(["anyOf", "oneOf", "allOf", "nullable", "overlap"]))
    if kind == "anyOf":
        return {"anyOf": draw(st.lists(members, min_size=1, max_size=3))}
    if kind == "oneOf":
        return {
            "oneOf": [
                draw(strings()),
                draw(numbers()),
                draw(arrays(members)),
                draw(objects(members)),
            ]
        }
    if kind == "nullable":
        return {"anyOf": [draw(members), {"type": "null"}], "default": None}
    if kind == "overlap":
        return {"oneOf": [{"type": "integer"}, {"type": "number"}]}
    low = draw(st.integers(-50, 50))
    parts: list[list[Schema]] = [
        [
            {"type": "object", "properties": {"a": draw(members)}, "required": ["a"]},
            {"properties": {"b": draw(members)}, "required": ["b"]},
        ],
        [{"type": "integer", "minimum": low}, {"maximum": low + 30}, {"multipleOf": 5}],
        [{"type": ["string", "integer"]}, {"type": "string", "minLength": 2}, {"maxLength": 9}],
        [draw(members)],
    ]
    return {"allOf": draw(st.sampled_from(parts))}


def _with_definitions(root: Schema, tree: Schema, other: Schema) -> Schema:
    """Return a schema with references to a recursive schema and to another schema."""
    definitions = {"Tree": tree, "Other": other}
    return {
        "type": "object",
        "properties": {
            "root": root,
            "tree": {"$ref": "#/$defs/Tree"},
            "other": {"$ref": "#/$defs/Other"},
        },
        "required": ["tree", "other"],
        "$defs": definitions,
    }


TREES = st.sampled_from(
    [
        {
            "type": "object",
            "properties": {
                "value": {"type": "integer"},
                "children": {"type": "array", "items": {"$ref": "#/$defs/Tree"}},
            },
            "required": ["value", "children"],
        },
        {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "next": {"anyOf": [{"$ref": "#/$defs/Tree"}, {"type": "null"}]},
            },
            "required": ["name", "next"],
        },
        {
            "anyOf": [
                {
                    "type": "object",
                    "properties": {
                        "left": {"$ref": "#/$defs/Tree"},
                        "right": {"$ref": "#/$defs/Tree"},
                    },
                    "required": ["left", "right"],
                },
                {"type": "number"},
            ]
        },
        {"type": "object", "properties": {"self": {"$ref": "#"}}},
    ]
)
PLAIN: st.SearchStrategy[Schema] = st.recursive(
    SCALARS,
    lambda members: st.one_of(objects(members), arrays(members), combined(members)),
    max_leaves=8,
)
SATISFIABLE: st.SearchStrategy[Schema] = st.one_of(
    PLAIN,
    st.builds(lambda schema, notes: {**schema, **notes}, PLAIN, NOTES),
    st.builds(_with_definitions, PLAIN, TREES, PLAIN),
)
KEYWORDS = st.sampled_from(
    [
        "type",
        "properties",
        "required",
        "enum",
        "const",
        "default",
        "examples",
        "format",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
        "items",
        "prefixItems",
        "minItems",
        "maxItems",
        "uniqueItems",
        "anyOf",
        "oneOf",
        "allOf",
        "not",
        "$ref",
        "$defs",
        "definitions",
        "additionalProperties",
        "nullable",
        "minProperties",
        "description",
        "title",
        "if",
        "then",
        "else",
        "dependentRequired",
        "contains",
        "propertyNames",
        "patternProperties",
    ]
)
ANY_JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9),
        st.sampled_from(["string", "integer", "object", "array", "#", "#/$defs/a", "#/properties/a", "(a+)+$", "[[a", "date-time", "a{99999}"]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.one_of(KEYWORDS, st.sampled_from(["a", "b"])), inner, max_size=5)),
    max_leaves=20,
)  # fmt: skip
MESSAGES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "", "Book a table for 2 in Paris tomorrow at 5 pm", "f(3)", "Alice is 30, Bob is 25 and Carol, 41",
            "order #A-17 for bob@example.com, price 12,450.50", "मुंबई में मौसम कैसा है?", "query: x, age = -3, is_open: no",
            '{"city": "Oslo", "age": 999999999999999999999}', "call f(city=\"Rome\", x=2.5)",
        ]
    ),
)  # fmt: skip
