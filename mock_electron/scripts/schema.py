"""The JSON Schema of script files, which the validation and editors use.

The conditions come from the table of conditions, the faults from `mock_electron.faults` (the names
in snake case, and the fields of the classes), and the fields of `fail`, `usage` and `pace` from
`FailOptions`, `Usage` and `Pace`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

from msgspec.structs import fields

from mock_electron.engine.faults.by_name import FAULTS
from mock_electron.engine.faults.fault import Fault
from mock_electron.engine.faults.replacement import PROXY_STATUSES, FailOptions
from mock_electron.engine.pace import PACES, Pace
from mock_electron.inputs.values import required_fields
from mock_electron.scripts.conditions import NAME, NAMES, TEXT, Schema, schemas
from mock_electron.wire.errors import KINDS
from mock_electron.wire.reply import FINISH_REASONS, Usage

TYPES: Final[Mapping[object, str]] = {
    int: "integer",
    float: "number",
    str: "string",
    bool: "boolean",
    type(None): "null",
}
"""The JSON Schema type of each Python type."""


def _object(title: str, properties: Schema, **more: Any) -> Schema:
    return {
        "title": title,
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **more,
    }


def _or_object(title: str, types: list[str], properties: Schema, **more: Any) -> Schema:
    """Return the schema of an object that also has a short form of another type.

    The keywords for objects ignore values of other types.
    """
    return _object(title, properties, **more) | {"type": [*types, "object"]}


FRAMES: Final[Schema] = {
    "type": "array",
    "items": _or_object("frame", ["string"], {"base64": {"type": "string"}}, required=["base64"]),
}
"""The frames of `Raw`: texts, or bytes in base64."""


def _field(hint: Any, default: object) -> Schema:
    """Return the schema of a fault's field. It may be null only if the default is another value."""
    if get_origin(hint) is Sequence:
        return FRAMES
    kinds = (hint,) if get_origin(hint) is Literal else get_args(hint) or (hint,)
    types = [_type_name(kind) for kind in kinds if kind is not type(None) or default is not None]
    return {"type": types[0] if len(types) == 1 else types}


def _type_name(hint: Any) -> str:
    """Return the JSON Schema type of a type, or of the values of a Literal."""
    return TYPES[type(get_args(hint)[0]) if get_origin(hint) is Literal else hint]


def _fault_fields(kind: type[Fault]) -> Schema:
    return {field.name: _field(field.type, field.default) for field in fields(kind)}


NUMBER: Final[Schema] = {"type": "number"}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}


def _fail_option(hint: Any) -> Schema:
    """Return the schema of an option of `fail` from its type."""
    [kind] = [kind for kind in get_args(hint) or (hint,) if kind is not type(None)]
    if get_origin(kind) is Literal:
        return {"enum": list(get_args(kind))}
    return COUNT if kind is int else {"type": TYPES[kind]}


WHEN: Final = _object("when", schemas())
ARGUMENTS: Final[Schema] = {"type": ["object", "string"]}
CALL: Final[Schema] = {
    "title": "call",
    "type": ["string", "object"],
    "minLength": 1,
    "minProperties": 1,
    "if": {"required": ["id"], "minProperties": 2},
    "then": {
        "title": "call",
        "maxProperties": 2,
        "properties": {"id": NAME},
        "additionalProperties": ARGUMENTS,
    },
    "else": {
        "title": "call",
        "maxProperties": 1,
        "properties": {"id": {"type": "object"}},
        "additionalProperties": ARGUMENTS,
    },
}
"""A tool with its arguments, and perhaps the id of the call. A tool may be called id, too."""
LOGPROBS: Final[Schema] = {
    "type": ["number", "array"],
    "maximum": 0,
    "items": {"type": "array", "prefixItems": [NAME, NUMBER], "minItems": 2, "maxItems": 2},
}
USAGE: Final = _object(
    "usage",
    dict.fromkeys(Usage.__struct_fields__, COUNT),
    required=list(required_fields(Usage)),
)
REPLY: Final = _or_object(
    "reply",
    ["string"],
    {
        "text": {"type": "string"},
        "calls": {"type": "array", "items": CALL, "minItems": 1},
        "filler": {"type": "string"},
        "finish_reason": {"enum": list(FINISH_REASONS)},
        "usage": USAGE,
        "logprobs": LOGPROBS,
    },
)
KIND: Final[Schema] = {"enum": list(KINDS)}
KIND_OR_STATUS: Final[Schema] = {
    "type": ["integer", "string"],
    "minimum": PROXY_STATUSES[0],
    "maximum": PROXY_STATUSES[-1],
    "if": {"type": "string"},
    "then": KIND,
}
"""With a page, any status is possible; `fail` checks it."""
FAIL: Final = _or_object(
    "fail",
    ["integer", "string"],
    {"kind": KIND_OR_STATUS}
    | {name: _fail_option(hint) for name, hint in get_type_hints(FailOptions).items()},
    required=["kind"],
) | {"if": {"type": ["integer", "string"]}, "then": KIND}
FAULT: Final = _or_object(
    "fault",
    ["string"],
    {name: _object(name, _fault_fields(kind)) for name, kind in FAULTS.items()},
    minProperties=1,
    maxProperties=1,
) | {"if": {"type": "string"}, "then": {"enum": list(FAULTS)}}
FAULT_REF: Final[Schema] = {"$ref": "#/$defs/fault"}
PACE: Final = _or_object("pace", ["string"], dict.fromkeys(Pace.__struct_fields__, NUMBER)) | {
    "if": {"type": "string"},
    "then": {"enum": list(PACES)},
}
STEP: Final = _object(
    "step",
    {
        "when": WHEN,
        "reply": REPLY,
        "fail": FAIL,
        "inject": {
            "type": ["string", "object", "array"],
            "items": FAULT_REF,
            "if": {"type": ["string", "object"]},
            "then": FAULT_REF,
        },
        "cut": FAULT["properties"]["cut"],
        "times": {"type": ["integer", "null"], "minimum": 1},
        "pace": PACE,
        "headers": {
            "title": "headers",
            "type": "object",
            "additionalProperties": {"type": "string"},
        },
    },
    anyOf=[{"required": [name]} for name in ("reply", "fail", "inject", "cut")],
)

SCHEMA: Final[Schema] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **_object(
        "script",
        {
            "$schema": {"type": "string"},
            "description": {"type": "string"},
            "tools": NAMES,
            "steps": {"type": "array", "items": STEP},
        },
        required=["steps"],
    ),
    "$defs": {"text": TEXT, "fault": FAULT},
}
"""The schema of a script file."""
