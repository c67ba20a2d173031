"""Translation of the gateway's schema to JSON Schema: one rule for each kind of validator.

The JSON Schema accepts exactly the values that the validator accepts; only Zod's messages are
lost. The functions of refinements and preprocessing cannot be translated automatically, so
`Translation.functions` gives the JSON Schema of each.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from mock_electron.wire import zod
from mock_electron.wire.zod import ABSENT, Validator

JsonObject = dict[str, Any]
"""A JSON object of the document, such as a JSON Schema."""


class Translation(Struct, frozen=True):
    """A translation of validators to JSON Schema.

    Attributes:
        components: The validators that are components of the document, each with its name. Other
            schemas refer to them.
        functions: The JSON Schema of each function that a refinement or preprocessing uses.
    """

    components: Sequence[tuple[Validator, str]]
    functions: Mapping[Callable[..., object], JsonObject]

    def of(self, validator: Validator) -> JsonObject:
        """Return the schema of a validator, as a reference if it is a component."""
        for component, name in self.components:
            if component is validator:
                return reference(name)
        return self.inline(validator)

    def inline(self, validator: Validator) -> JsonObject:
        """Return the schema of a validator, never as a reference."""
        return KINDS[type(validator)](self, validator)


def reference(name: str) -> JsonObject:
    """Return a reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def _object(translation: Translation, validator: zod.Object) -> JsonObject:
    """A key is required if the validator reports its absence. Unknown keys are accepted."""
    required = [key for key, member in validator.shape.items() if zod.validate(member, ABSENT)]
    properties = {key: translation.of(member) for key, member in validator.shape.items()}
    schema: JsonObject = {"type": "object"}
    if properties:
        schema["properties"] = properties
    else:  # openapi-typescript translates a bare object to a type without any keys
        schema["additionalProperties"] = True
    if required:
        schema["required"] = required
    return schema


def _array(translation: Translation, validator: zod.Array) -> JsonObject:
    items = {"type": "array", "items": translation.of(validator.item)}
    return items | _limits("minItems", "maxItems", validator)


def _number(_: Translation, validator: zod.Number) -> JsonObject:
    return {"type": "number"} | _limits("minimum", "maximum", validator)


def _integer(_: Translation, validator: zod.Integer) -> JsonObject:
    """JSON Schema agrees with Zod: `2.0` is an integer and `true` is not."""
    return {"type": "integer"} | _limits("minimum", "maximum", validator)


def _limits(least: str, most: str, validator: zod.Array | zod.Number | zod.Integer) -> JsonObject:
    limits = {least: validator.minimum, most: validator.maximum}
    return {name: limit for name, limit in limits.items() if limit is not None}


def _nullable(translation: Translation, validator: zod.Nullable) -> JsonObject:
    schema = translation.of(validator.item)
    return schema | {"type": [schema["type"], "null"]}


def _refined(translation: Translation, validator: zod.Refined) -> JsonObject:
    return translation.of(validator.item) | translation.functions[validator.predicate]


def _preprocessed(translation: Translation, validator: zod.Preprocessed) -> JsonObject:
    """Accept values that are valid unprepared, and values that the preparation makes valid."""
    prepared = translation.functions[validator.prepare]
    return {"anyOf": [translation.of(validator.item), prepared]}


KINDS: Final[Mapping[type, Callable[[Translation, Any], JsonObject]]] = {
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
