"""Merge two schemas into one that allows what both allow, keyword by keyword (table MERGERS)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

Schema = Mapping[str, Any]
CHOICES: Final = "\ud800choices"
CHECKS: Final = "\ud800checks"
"""Two internal keywords: the schemas to choose from, and schemas that the value must satisfy too,
because at most one schema of `oneOf` may allow it. No request can contain a lone surrogate."""


def merge(one: Schema, other: Schema) -> dict[str, Any]:
    """One schema that allows what both allow."""
    merged = dict(one)
    one, other = _closed(one, other), _closed(other, one)
    for keyword, value in other.items():
        if keyword not in one:
            merged[keyword] = value
        elif keyword in MERGERS:
            try:
                merged[keyword] = MERGERS[keyword](one[keyword], value)
            except (TypeError, ValueError, ArithmeticError, AttributeError):  # malformed
                merged[keyword] = one[keyword]
    if "properties" in one and "properties" not in other:
        merged["properties"] = one["properties"]
    return merged


def _closed(schema: Schema, beside: Schema) -> Schema:
    """With every property of the other's that this one's `additionalProperties` speaks of."""
    extra = schema.get("additionalProperties", True)
    others = beside.get("properties")
    if extra is True or not isinstance(others, Mapping):
        return schema
    own = schema.get("properties")
    own = own if isinstance(own, Mapping) else {}
    return {**schema, "properties": {**own, **{k: extra for k in others if k not in own}}}


def _both(one: Any, other: Any) -> Any:
    return one if one is other or one == other else {"allOf": [one, other]}


def _types(one: Any, other: Any) -> Any:
    first, second = ([kind] if isinstance(kind, str) else list(kind) for kind in (one, other))
    both = [kind for kind in first if kind in second]
    if "number" in first and "integer" in second and "integer" not in both:
        both.append("integer")
    if "integer" in first and "number" in second and "integer" not in both:
        both.append("integer")
    return both or first


def _properties(one: Any, other: Any) -> Any:
    return {
        **one,
        **{k: _both(one[k], value) if k in one else value for k, value in other.items()},
    }


def _union(one: Any, other: Any) -> Any:
    return [*one, *(value for value in other if value not in one)]


def _common(one: Any, other: Any) -> Any:
    return [value for value in one if value in other]


def _multiple(one: Any, other: Any) -> Any:
    larger, smaller = max(one, other), min(one, other)
    return larger if larger % smaller == 0 else one * other


def _joined(one: Any, other: Any) -> Any:
    return [*one, *other]


def _patterns(one: Any, other: Any) -> Any:
    both = [one] if isinstance(one, str) else one
    return [*both, *([other] if isinstance(other, str) else other)]


MERGERS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "type": _types,
    "properties": _properties,
    "required": _union,
    "enum": _common,
    "items": _both,
    "additionalProperties": _both,
    "minimum": max,
    "exclusiveMinimum": max,
    "minLength": max,
    "minItems": max,
    "minProperties": max,
    "maximum": min,
    "exclusiveMaximum": min,
    "maxLength": min,
    "maxItems": min,
    "maxProperties": min,
    "multipleOf": _multiple,
    "pattern": _patterns,
    "not": lambda one, other: {"anyOf": [one, other]},
    "uniqueItems": lambda one, other: one or other,
    CHOICES: _joined,
    CHECKS: _joined,
}
"""How two values of a keyword become one; of a keyword not named here the first stays."""
