"""Merge two schemas into one that allows what both allow, keyword by keyword (table MERGERS)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from mock_electron.model.schema.equality import Members
from mock_electron.model.work import STEP, WORD, Work

Schema = Mapping[str, Any]
BOUNDS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), min),
}
"""The bounds, each with the function that unites two of them."""
CHOICES: Final = "\ud800choices"
CHECKS: Final = "\ud800checks"
"""Two internal keywords: the schemas to choose from, and schemas that the value must satisfy too,
because at most one schema of `oneOf` may allow it. No request can contain a lone surrogate."""


def merge(one: Schema, other: Schema, work: Work) -> dict[str, Any]:
    """Return one schema that allows what both allow.

    Raises:
        Spent: If the budget of the request is used up.
    """
    work.charge(STEP + len(one) + len(other))
    merged = dict(one)
    one, other = _closed(one, other, work), _closed(other, one, work)
    for keyword, value in other.items():
        if keyword not in one:
            merged[keyword] = value
        elif keyword in MERGERS:
            try:
                copied = _length(one[keyword])
                work.charge(copied // 4 if keyword in COPIED else WORD * copied)
                work.charge(MERGED + WORD * _length(value))
                merged[keyword] = MERGERS[keyword](one[keyword], value, work)
            except (TypeError, ValueError, ArithmeticError, AttributeError):  # malformed
                merged[keyword] = one[keyword]
    if "properties" in one and "properties" not in other:
        merged["properties"] = one["properties"]
    return merged


MERGED: Final = 12
"""Units of work to merge two values of a keyword."""
COPIED: Final = ("properties", "required")
"""Keywords of which a merge copies the members that it has."""


def _length(value: object) -> int:
    return len(value) if isinstance(value, list | dict) else 1


def _closed(schema: Schema, beside: Schema, work: Work) -> Schema:
    """This schema, with every property of the other one to which its `additionalProperties` applies."""
    extra = schema.get("additionalProperties", True)
    others = beside.get("properties")
    if extra is True or not isinstance(others, Mapping):
        return schema
    own = schema.get("properties")
    own = own if isinstance(own, Mapping) else {}
    work.charge(len(own) + len(others))
    return {**schema, "properties": {**own, **{k: extra for k in others if k not in own}}}


def united(parts: list[object], work: Work) -> list[object]:
    """Return the parts of an `allOf`, with those that only set bounds of one type united first.

    Raises:
        Spent: If the budget of the request is used up.
    """
    bounds: dict[str, Any] = {}
    rest: list[object] = []
    for part in parts:
        work.charge(WORD)
        if not isinstance(part, dict) or not _are_bounds(part, bounds.get("type")):
            rest.append(part)
            continue
        work.charge(WORD * len(part))
        for keyword, value in part.items():
            known = bounds.get(keyword, value)
            bounds[keyword] = value if keyword == "type" else BOUNDS[keyword](known, value)
    return [bounds, *rest] if bounds else rest


def _are_bounds(schema: Schema, kind: object) -> bool:
    """Return whether a schema has nothing but a type, the given one if any, and bounds."""
    return all(
        (isinstance(value, str) and kind in (None, value))
        if keyword == "type"
        else keyword in BOUNDS and type(value) in (int, float)
        for keyword, value in schema.items()
    )


def _both(one: Any, other: Any, work: Work) -> Any:
    if one is other or one == other:
        return one
    if isinstance(one, dict) and list(one) == ["allOf"] and isinstance(one["allOf"], list):
        work.charge(len(one["allOf"]) // 8)
        return {"allOf": [*one["allOf"], other]}
    return {"allOf": [one, other]}


def _types(one: Any, other: Any, work: Work) -> Any:
    first, second = (
        list(dict.fromkeys([kind] if isinstance(kind, str) else kind)) for kind in (one, other)
    )
    work.charge(len(first) * len(second))
    both = [kind for kind in first if kind in second]
    if "number" in first and "integer" in second and "integer" not in both:
        both.append("integer")
    if "integer" in first and "number" in second and "integer" not in both:
        both.append("integer")
    return both or first


def _properties(one: Any, other: Any, work: Work) -> Any:
    return {
        **one,
        **{k: _both(one[k], value, work) if k in one else value for k, value in other.items()},
    }


def _union(one: Any, other: Any, work: Work) -> Any:
    return list(dict.fromkeys([*one, *other]))


def _common(one: Any, other: Any, work: Work) -> Any:
    known = Members(other, work)
    return [value for value in one if value in known]


def _multiple(one: Any, other: Any, work: Work) -> Any:
    larger, smaller = max(one, other), min(one, other)
    return larger if larger % smaller == 0 else one * other


def _joined(one: Any, other: Any, work: Work) -> Any:
    return [*one, *other]


def _patterns(one: Any, other: Any, work: Work) -> Any:
    both = [one] if isinstance(one, str) else one
    return [*both, *([other] if isinstance(other, str) else other)]


def _larger(one: Any, other: Any, work: Work) -> Any:
    return max(one, other)


def _smaller(one: Any, other: Any, work: Work) -> Any:
    return min(one, other)


MERGERS: Final[Mapping[str, Callable[[Any, Any, Work], Any]]] = {
    "type": _types,
    "properties": _properties,
    "required": _union,
    "enum": _common,
    "items": _both,
    "additionalProperties": _both,
    "minimum": _larger,
    "exclusiveMinimum": _larger,
    "minLength": _larger,
    "minItems": _larger,
    "minProperties": _larger,
    "maximum": _smaller,
    "exclusiveMaximum": _smaller,
    "maxLength": _smaller,
    "maxItems": _smaller,
    "maxProperties": _smaller,
    "multipleOf": _multiple,
    "pattern": _patterns,
    "not": lambda one, other, work: {"anyOf": [one, other]},
    "uniqueItems": lambda one, other, work: one or other,
    CHOICES: _joined,
    CHECKS: _joined,
}
"""How two values of a keyword become one. For any other keyword the first value is kept."""
