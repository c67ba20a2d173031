"""From Zod's validators to JSON Schema: a table, so that the request's schema stands only once."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from mock_electron.wire import schema, zod

JsonSchema = dict[str, Any] | bool

TEXT_PART: Final[JsonSchema] = {
    "type": "object",
    "required": ["type", "text"],
    "properties": {"type": {"const": "text"}, "text": {"type": "string"}},
}
REFINED: Final[Mapping[str, dict[str, Any]]] = {
    schema.N_MESSAGE: {"maximum": 1},
    schema.PROMPT_LOGPROBS_MESSAGE: {"not": {}},
    schema.TOOL_CALL_ID_MESSAGE: {
        "if": {"properties": {"role": {"const": "tool"}}, "required": ["role"]},
        "then": {"required": ["tool_call_id"]},
    },
}
"""What a refinement asks, by the message of its issue."""
PREPARED: Final[Mapping[Callable[[object], object], JsonSchema]] = {
    schema.join_text_parts: {"type": "array", "items": TEXT_PART}
}
"""What a function prepares, beside what it leaves as it is."""


def json_schema(validator: zod.Validator) -> JsonSchema:
    """The JSON Schema that accepts what a validator accepts.

    Raises KeyError for a validator, a refinement or a preparation that no table has.
    """
    write = WRITERS[type(validator)]
    return write(validator)


def is_optional(validator: zod.Validator) -> bool:
    """Whether a key with this validator may be absent."""
    return not zod.validate(validator, zod.ABSENT)


def _object(found: zod.Object) -> JsonSchema:
    required = [name for name, member in found.shape.items() if not is_optional(member)]
    properties = {name: json_schema(member) for name, member in found.shape.items()}
    needs: dict[str, Any] = {"required": required} if required else {}
    shape = {"properties": properties} if properties else {}
    return {"type": "object", **needs, **shape}


def _array(found: zod.Array) -> JsonSchema:
    limits = _limits(minItems=found.minimum, maxItems=found.maximum)
    return {"type": "array", "items": json_schema(found.item), **limits}


def _numeric(kind: str) -> Callable[[Any], JsonSchema]:
    return lambda found: {
        "type": kind,
        **_limits(minimum=found.minimum, maximum=found.maximum),
    }


def _limits(**limits: int | None) -> dict[str, int]:
    return {name: limit for name, limit in limits.items() if limit is not None}


def _nullable(found: zod.Nullable) -> JsonSchema:
    return {"anyOf": [json_schema(found.item), {"type": "null"}]}


def _refined(found: zod.Refined) -> JsonSchema:
    plain = json_schema(found.item)
    return {**(plain if isinstance(plain, dict) else {}), **REFINED[found.message]}


def _preprocessed(found: zod.Preprocessed) -> JsonSchema:
    plain = json_schema(found.item)
    branches = plain["anyOf"] if isinstance(plain, dict) and "anyOf" in plain else [plain]
    return {"anyOf": [*branches, PREPARED[found.prepare]]}


def _union(found: zod.Union) -> JsonSchema:
    return {"anyOf": [json_schema(branch) for branch in found.branches]}


WRITERS: Final[Mapping[type, Callable[[Any], JsonSchema]]] = {
    zod.Anything: lambda _found: True,
    zod.Array: _array,
    zod.Boolean: lambda _found: {"type": "boolean"},
    zod.Enum: lambda found: {"type": "string", "enum": list(found.options)},
    zod.Integer: _numeric("integer"),
    zod.Literal: lambda found: {"const": found.expected},
    zod.Nullable: _nullable,
    zod.Number: _numeric("number"),
    zod.Object: _object,
    zod.Optional: lambda found: json_schema(found.item),
    zod.Preprocessed: _preprocessed,
    zod.Record: lambda found: {
        "type": "object",
        "additionalProperties": json_schema(found.item),
    },
    zod.Refined: _refined,
    zod.String: lambda _found: {"type": "string"},
    zod.Union: _union,
}
