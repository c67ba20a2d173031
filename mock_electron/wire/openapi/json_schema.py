"""A schema of the gateway's, as JSON Schema: one rule for each kind of validator.

What a validator lets through, the JSON Schema accepts, and nothing else; only the words of the
objections are lost. A refinement is a function, which no walk can read: `functions` says for each
what it means.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mock_electron.wire import zod
from mock_electron.wire.zod import ABSENT, Validator

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Translation:
    """From validators to JSON Schema.

    named: the validators that are components, each with its name; they are referred to.
    functions: what the functions of refinements and preparations mean.
    """

    named: Sequence[tuple[Validator, str]]
    functions: Mapping[Callable[..., object], Schema]

    def of(self, validator: Validator) -> Schema:
        """The schema of a value that stands somewhere inside the document."""
        for component, name in self.named:
            if component is validator:
                return reference(name)
        return self.spelled_out(validator)

    def spelled_out(self, validator: Validator) -> Schema:
        """The schema itself, where `of` may only refer to it."""
        return KINDS[type(validator)](self, validator)


def reference(name: str) -> Schema:
    """A reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def _object(translation: Translation, validator: zod.Object) -> Schema:
    """Unknown keys are let through. Required is a key whose absence is objected to."""
    required = [key for key, member in validator.shape.items() if zod.validate(member, ABSENT)]
    properties = {key: translation.of(member) for key, member in validator.shape.items()}
    schema: Schema = {"type": "object"}
    if properties:
        schema["properties"] = properties
    else:  # of a bare object openapi-typescript makes one that can hold nothing
        schema["additionalProperties"] = True
    if required:
        schema["required"] = required
    return schema


def _array(translation: Translation, validator: zod.Array) -> Schema:
    items = {"type": "array", "items": translation.of(validator.item)}
    return items | _limits("minItems", "maxItems", validator)


def _number(_: Translation, validator: zod.Number) -> Schema:
    return {"type": "number"} | _limits("minimum", "maximum", validator)


def _integer(_: Translation, validator: zod.Integer) -> Schema:
    """JSON Schema's integer, like JavaScript's: `2.0` is one, `true` is none."""
    return {"type": "integer"} | _limits("minimum", "maximum", validator)


def _limits(least: str, most: str, validator: zod.Array | zod.Number | zod.Integer) -> Schema:
    limits = {least: validator.minimum, most: validator.maximum}
    return {name: limit for name, limit in limits.items() if limit is not None}


def _nullable(translation: Translation, validator: zod.Nullable) -> Schema:
    schema = translation.of(validator.item)
    return schema | {"type": [schema["type"], "null"]}


def _refined(translation: Translation, validator: zod.Refined) -> Schema:
    return translation.of(validator.item) | translation.functions[validator.holds]


def _preprocessed(translation: Translation, validator: zod.Preprocessed) -> Schema:
    """What is accepted as it is, or what the preparation makes acceptable."""
    also = translation.functions[validator.prepare]
    return {"anyOf": [translation.of(validator.item), also]}


KINDS: Final[Mapping[type, Callable[[Translation, Any], Schema]]] = {
    zod.Anything: lambda _, validator: {},
    zod.String: lambda _, validator: {"type": "string"},
    zod.Boolean: lambda _, validator: {"type": "boolean"},
    zod.Number: _number,
    zod.Integer: _integer,
    zod.Enum: lambda _, validator: {"type": "string", "enum": list(validator.options)},
    zod.Literal: lambda _, validator: {"type": "string", "const": validator.expected},
    zod.Array: _array,
    zod.Object: _object,
    zod.Record: lambda translation, validator: {
        "type": "object",
        "additionalProperties": translation.of(validator.item),
    },
    zod.Union: lambda translation, validator: {
        "anyOf": [translation.of(branch) for branch in validator.branches]
    },
    zod.Optional: lambda translation, validator: translation.of(validator.item),
    zod.Nullable: _nullable,
    zod.Refined: _refined,
    zod.Preprocessed: _preprocessed,
}
