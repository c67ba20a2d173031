"""Check the arguments of scripted calls against the tools that a request offers."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from mock_electron.engine.script.text import quoted
from mock_electron.inputs.spelling import did_you_mean
from mock_electron.model.draft import Call
from mock_electron.wire import codec
from mock_electron.wire.request import Tool

DEEPEST: Final = 10
"""The depth of nested values up to which arguments are checked."""
MOST_PROBLEMS: Final = 3
"""The maximum number of problems that a message lists."""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


TYPES: Final[Mapping[str, tuple[str, Callable[[Any], bool]]]] = {
    "string": ("a string", lambda value: isinstance(value, str)),
    "number": ("a number", _is_number),
    "integer": ("an integer", lambda value: _is_number(value) and value == value // 1),
    "boolean": ("true or false", lambda value: isinstance(value, bool)),
    "array": ("a list", lambda value: isinstance(value, list)),
    "object": ("an object", lambda value: isinstance(value, dict)),
    "null": ("null", lambda value: value is None),
}
"""The name and the test of each type of JSON Schema."""


def argument_problems(call: Call, tool: Tool) -> str:
    """Return what is wrong with the arguments of a call, or "".

    Required and unknown properties, types and enums are checked. Arguments that are not JSON are
    sent on purpose and not checked.
    """
    try:
        arguments = codec.decode(call.arguments.encode())
    except codec.MalformedError:
        return ""
    problems = _problems(arguments, {"type": "object"} | dict(tool.parameters), "", 0)
    listed = "; ".join(islice(problems, MOST_PROBLEMS))
    return f"{listed}; and more" if next(problems, None) else listed


def _problems(value: Any, schema: object, path: str, depth: int) -> Iterator[str]:
    if not isinstance(schema, Mapping) or depth > DEEPEST:
        return
    name = path or "the arguments"
    wrong_type = _wrong_type(value, schema)
    if wrong_type:
        yield f"{name} must be {wrong_type}, got {_shown(value)}"
        return
    options = schema.get("enum")
    if isinstance(options, list) and value not in options:
        listed = ", ".join(map(_shown, options))
        hint = did_you_mean(value, options)
        yield f"{name} must be one of {listed}, got {_shown(value)}{hint and '.'}{hint}"
    if isinstance(value, dict):
        yield from _object_problems(value, schema, path, depth)
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _problems(item, schema.get("items"), f"{path}[{number}]", depth + 1)


def _object_problems(
    value: dict[str, Any], schema: Mapping[str, Any], path: str, depth: int
) -> Iterator[str]:
    properties = schema.get("properties")
    properties = properties if isinstance(properties, Mapping) else {}
    required = schema.get("required")
    prefix = f"{path}." if path else ""
    for name in required if isinstance(required, list) else ():
        if isinstance(name, str) and name not in value:
            yield f"{prefix}{name} is missing"
    is_closed = schema.get("additionalProperties") is False and "patternProperties" not in schema
    for name, item in value.items():
        if name in properties:
            yield from _problems(item, properties[name], f"{prefix}{name}", depth + 1)
        elif is_closed:
            hint = did_you_mean(name, properties)
            yield f"{prefix}{name} is not a property{hint and '.'}{hint}"


def _wrong_type(value: Any, schema: Mapping[str, Any]) -> str:
    """Return the expected type if the value has another one, else ""."""
    given = schema.get("type")
    names = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    known = [TYPES[name] for name in names if isinstance(name, str) and name in TYPES]
    is_null = value is None and schema.get("nullable") is True
    if is_null or not known or any(test(value) for _, test in known):
        return ""
    return " or ".join(words for words, _ in known)


def _shown(value: Any) -> str:
    return quoted(value) if isinstance(value, str) else quoted(codec.encode_arguments(value))[1:-1]
