"""The validator of script files agrees with jsonschema."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from rows import each
from ruamel.yaml import YAML

from mock_electron.control.routes import ROUTES
from mock_electron.scripts.json_types import TYPES
from mock_electron.scripts.problems import DocumentPath
from mock_electron.scripts.schema import SCHEMA, STEP
from mock_electron.scripts.validation import KEYWORDS, Instance, check, violations

FIXTURES = Path(__file__).parent.parent / "fixtures"
REFERENCE = Draft202012Validator(SCHEMA)


def reference_paths(document: Any) -> set[DocumentPath]:
    """Return where jsonschema finds errors.

    It reports unknown fields at the object; the validator reports each of them at the field. If a
    step has unknown fields, the validator does not report that it has no answer either.
    """
    return {path for error in REFERENCE.iter_errors(document) for path in _paths(error)}


def _paths(error: Any) -> Iterator[DocumentPath]:
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        yield from ((*path, name) for name in error.instance if name not in known)
    elif error.validator != "anyOf" or error.instance.keys() <= STEP["properties"].keys():
        yield path


# --- keywords


def subschemas(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield a schema and all schemas inside it."""
    yield schema
    for keyword, value in schema.items():
        if keyword in ("properties", "$defs"):
            children = list(value.values())
        else:
            children = value if isinstance(value, list) else [value]
        for child in children:
            if isinstance(child, dict):
                yield from subschemas(child)


def test_the_validator_knows_every_keyword_and_type_of_the_schema() -> None:
    """A keyword that it does not know would not be checked."""
    schemas = list(subschemas(SCHEMA))
    assert len(schemas) > 100
    of_control = [one for row in ROUTES if row.body for one in subschemas(row.body)]
    assert {keyword for one in (*schemas, *of_control) for keyword in one} == set(KEYWORDS)
    named = [schema["type"] for schema in schemas if "type" in schema]
    types = {name for value in named for name in ([value] if isinstance(value, str) else value)}
    assert types == set(TYPES)


VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 2, 2.0, 2.5, 0.0, -0.0, float("nan"), float("inf"), 10**30, 1e300,
    "", "a", "1", "ab", "😀", [], [1], ["a"], ["a", 1], ["a", 1, 2], [1, "a"], [None], {}, {"a": 1},
    {"a": "b"}, {"a": 1, "b": 2}, {"b": None},
]  # fmt: skip
SCHEMAS: list[dict[str, Any]] = [
    *({"type": name} for name in TYPES),
    {"type": ["string", "integer"]},
    {"enum": [1, "a"]},
    {"enum": [0, "1"]},
    {"enum": ["html", True]},
    {"minimum": 1},
    {"maximum": 0},
    {"minLength": 2},
    {"minItems": 2},
    {"maxItems": 1},
    {"minProperties": 1},
    {"maxProperties": 1},
    {"required": ["a"]},
    {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
    {"properties": {"a": {"type": "integer"}, "b": True}},
    {"title": "x", "properties": {"a": True}, "additionalProperties": False},
    {"properties": {"a": True}, "additionalProperties": {"type": "integer"}},
    {"items": {"type": "integer"}},
    {"prefixItems": [{"type": "string"}, {"type": "number"}]},
    {"prefixItems": [{"type": "string"}], "items": {"type": "number"}},
    {"if": {"type": "integer"}, "then": {"enum": [1]}},
    {"if": {"type": ["string", "array"]}, "then": {"minLength": 1, "minItems": 1}},
]


@each({str(row): row for row in SCHEMAS})
def test_a_keyword_accepts_the_values_that_jsonschema_accepts(schema: dict[str, Any]) -> None:
    """Booleans are not numbers, 2.0 is an integer, and keywords ignore values of other types."""
    reference = Draft202012Validator(schema)
    accepted = [value for value in VALUES if not list(check(Instance(value, schema)))]
    expected = [value for value in VALUES if reference.is_valid(value)]
    assert list(map(repr, accepted)) == list(map(repr, expected))


# --- documents

LEAVES: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, False, 0, 1, -1, 2.0, 503, 503.0, 0.5, -1.0, float("nan"), "", "a", "reset", "503",
     "cut", "stop", "html", "electron", [], {}, ["a"], ["a", -1], {"regex": "a"}, {"cut": {}}, {"a": {}}]
)  # fmt: skip
NAMES = st.sampled_from(
    ["steps", "tools", "when", "reply", "fail", "inject", "cut", "times", "pace", "headers", "says",
     "turn", "parameters", "regex", "text", "calls", "usage", "logprobs", "kind", "body", "after",
     "seed", "stall", "reset", "x"]
)  # fmt: skip
COMPLETE: dict[str, Any] = {
    "$schema": "script.schema.json",
    "description": "All fields.",
    "tools": ["f", "g"],
    "steps": [
        {
            "when": {
                "says": {"regex": "a"}, "system": "a", "anywhere": "b", "turn": 2, "tools": ["f"],
                "after_tool": "f", "tool_result": "c", "stream": True, "api_key": "k",
                "headers": {"x-a": "b", "x-c": {"regex": "d"}}, "parameters": {"seed": 7},
            },
            "reply": {
                "calls": ["f", {"g": {"x": [1]}}, {"f": "{"}], "filler": "a",
                "finish_reason": "stop",
                "usage": {"prompt_tokens": 3, "completion_tokens": 2, "cached_tokens": 1},
                "logprobs": [["a", -1], ["b", -0.5]],
            },
            "inject": ["no_done", {"stall": {"seconds": 2, "after": 1}}],
            "cut": {"after": 1, "inside": "frame", "reset": True},
            "times": 2,
            "pace": {"first": 0.5, "each": 0.1},
            "headers": {"x-b": "c"},
        },
        {"fail": {"kind": 429, "message": "a", "retry_after": 2, "as_date": True, "delay": 1,
                  "body": "html"}},
        {"reply": {"text": "a", "logprobs": -1}, "pace": "electron"},
        {"fail": "overloaded"},
        {"fail": 503},
        {"inject": {"error_event": {"kind": 500}}},
        {"inject": "reset"},
    ],
}  # fmt: skip
VALID = [COMPLETE] + [
    YAML(typ="safe", pure=True).load(path) for path in sorted(FIXTURES.glob("*.yaml"))
]


def containers(value: Any) -> Iterator[Any]:
    """Yield all objects and arrays in a document."""
    if isinstance(value, dict | list):
        yield value
        for child in value.values() if isinstance(value, dict) else value:
            yield from containers(child)


@st.composite
def changed_documents(draw: st.DrawFn) -> Any:
    """Draw a valid document, and change up to three of its values."""
    root = [deepcopy(draw(st.sampled_from(VALID)))]
    for _ in range(draw(st.integers(0, 3))):
        container = draw(st.sampled_from(list(containers(root))))
        keys = list(container if isinstance(container, dict) else range(len(container)))
        change = draw(st.sampled_from(["replace", "delete", "add"]))
        if change == "add" or not keys:
            new = deepcopy(draw(LEAVES))
            if isinstance(container, dict):
                container[draw(NAMES)] = new
            elif container is not root:
                container.append(new)
        elif change == "replace" or container is root:
            container[draw(st.sampled_from(keys))] = deepcopy(draw(LEAVES))
        else:
            del container[draw(st.sampled_from(keys))]
    return deepcopy(root[0])


@each({str(row): row for row in VALID})
def test_the_documents_are_valid_before_they_are_changed(document: Any) -> None:
    """Neither validator reports an error."""
    assert list(violations(document)) == []
    assert REFERENCE.is_valid(document)


@settings(max_examples=60)
@given(changed_documents())
def test_the_validator_agrees_with_jsonschema(document: Any) -> None:
    """Both accept the same documents, and find errors at the same positions."""
    found = list(violations(document))
    assert (found == []) == REFERENCE.is_valid(document)
    assert {violation.path for violation in found} == reference_paths(document)
