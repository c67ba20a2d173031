"""Tools and the JSON Schemas of their parameters. Every schema accepts some value."""

from functools import cache
from typing import Any, Final

from hypothesis import strategies as st

from mock_electron.inputs.keywords import checked_keywords
from mock_electron.strategies.options import check_sizes
from mock_electron.strategies.texts import NAMES, PHRASES, json_values, texts, tool_names
from mock_electron.wire.content import MAX_TOOLS

Schema = dict[str, Any]

FORMATS: Final = ("date", "time", "date-time", "duration", "email", "uri", "uuid", "ipv4", "ipv6")
BOOLEANS: Final = st.booleans()
EXTRAS: Final = st.sampled_from([None, False, True])
SIZES: Final = st.integers(0, 3)
PATTERNS: Final = ("^[A-Z]{3}$", r"^\+?\d{7,15}$", "^#[0-9a-f]{6}$", r"^v\d+\.\d+$")


@checked_keywords
def tool_schemas() -> st.SearchStrategy[Schema]:
    """Return a strategy for JSON Schemas of the parameters of a tool.

    A schema is valid by Draft 2020-12, describes an object, and accepts some value. It may contain
    nested objects, arrays, enumerations, formats and ranges.

    Example:
        @given(schema=tool_schemas())
        def test_any_schema(schema): ...
    """
    return _schemas()


@checked_keywords
def tools(*, min_tools: int = 1, max_tools: int = 3) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Return a strategy for values of the field `tools`. No two tools have the same name.

    Args:
        min_tools: The smallest number of tools, from 1 to 64.
        max_tools: The largest number of tools, from 1 to 64.

    Raises:
        ValueError: If an option is wrong.

    Example:
        @given(offered=tools(max_tools=2))
        def test_any_tools(offered): ...
    """
    check_sizes("tools", min_tools, max_tools, 1, MAX_TOOLS)
    return st.lists(_tools(), min_size=min_tools, max_size=max_tools, unique_by=_name_of)


def _name_of(tool: dict[str, Any]) -> str:
    name: str = tool["function"]["name"]
    return name


def _tools() -> st.SearchStrategy[dict[str, Any]]:
    optional: dict[str, st.SearchStrategy[Any]] = {
        "description": st.sampled_from(PHRASES) | st.none(),
        "parameters": tool_schemas() | st.none(),
        "strict": st.booleans(),
    }
    function = st.fixed_dictionaries({"name": tool_names()}, optional=optional)
    return st.fixed_dictionaries({"type": st.just("function"), "function": function})


# --- schemas


@cache
def _schemas() -> st.SearchStrategy[Schema]:
    return _objects(st.recursive(_scalars(), _nested, max_leaves=4))


def _nested(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    return st.one_of(_arrays(inner), _objects(inner), inner.map(_or_null))


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _objects(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    return _object(st.dictionaries(NAMES | texts(max_size=8), inner, max_size=3))


@st.composite
def _object(draw: st.DrawFn, properties_of: st.SearchStrategy[dict[str, Schema]]) -> Schema:
    properties = draw(properties_of)
    schema: Schema = {"type": "object", "properties": properties}
    required = [name for name in properties if draw(BOOLEANS)]
    if required:
        schema["required"] = required
    extra = draw(EXTRAS)
    return schema if extra is None else schema | {"additionalProperties": extra}


@st.composite
def _arrays(draw: st.DrawFn, inner: st.SearchStrategy[Schema]) -> Schema:
    schema: Schema = {"type": "array", "items": draw(inner)}
    least, more = draw(SIZES), draw(SIZES)
    if least:
        schema["minItems"] = least
    return schema | {"maxItems": least + more} if draw(BOOLEANS) else schema


def _scalars() -> st.SearchStrategy[Schema]:
    plain = st.sampled_from(["string", "integer", "number", "boolean", "null"])
    described = st.fixed_dictionaries({"description": st.sampled_from(PHRASES)})
    return st.one_of(
        plain.map(lambda kind: {"type": kind}),
        st.sampled_from(FORMATS).map(lambda name: {"type": "string", "format": name}),
        st.sampled_from(PATTERNS).map(lambda pattern: {"type": "string", "pattern": pattern}),
        st.lists(texts(), min_size=1, max_size=4, unique=True).map(
            lambda values: {"type": "string", "enum": values}
        ),
        json_values().map(lambda value: {"const": value}),
        st.builds(
            _range, st.sampled_from(RANGES), st.integers(0, 99), st.none() | st.integers(0, 99)
        ),
        st.builds(
            lambda schema, notes: schema | notes, plain.map(lambda k: {"type": k}), described
        ),
        st.builds(dict[str, Any]),
    )


RANGES: Final = (
    ("string", "minLength", "maxLength"),
    ("integer", "minimum", "maximum"),
    ("number", "minimum", "maximum"),
)


def _range(kind: tuple[str, str, str], least: int, more: int | None) -> Schema:
    """Return the schema of a range.

    Args:
        kind: The type, and the keywords of its bounds.
        least: The lower bound.
        more: The size of the range, or None for no upper bound.
    """
    name, lower, upper = kind
    schema: Schema = {"type": name, lower: least}
    return schema if more is None else schema | {upper: least + more}
