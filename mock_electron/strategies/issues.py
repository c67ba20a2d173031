"""Zod's issues, written by hand from the specification, and not asked of the schema in `wire/`.

Paths are relative to where the issue is; `at` leads there.
"""

from collections.abc import Sequence
from typing import Any, Final

Issue = dict[str, Any]

ABSENT: Final = object()
"""The value of a field that is not there."""
TYPE_NAMES: Final = {
    object: "undefined",
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}
BOUNDS: Final = {
    ("number", "minimum"): "Number must be greater than or equal to {}",
    ("number", "maximum"): "Number must be less than or equal to {}",
    ("array", "minimum"): "Array must contain at least {} element(s)",
    ("array", "maximum"): "Array must contain at most {} element(s)",
}


def at(issue: Issue, *place: str | int) -> Issue:
    """The issue, seen from further up; those of a union's branches too."""
    moved = issue | {"path": [*place, *issue["path"]]}
    if "unionErrors" in issue:
        moved["unionErrors"] = [
            error | {"issues": [at(inner, *place) for inner in error["issues"]]}
            for error in issue["unionErrors"]
        ]
    return moved


def wrong_type(expected: str, value: object) -> Issue:
    received = TYPE_NAMES[type(value)]
    return {
        "code": "invalid_type",
        "expected": expected,
        "received": received,
        "path": [],
        "message": _expected(expected, received),
    }


def no_integer() -> Issue:
    return {
        "code": "invalid_type",
        "expected": "integer",
        "received": "float",
        "message": "Expected integer, received float",
        "path": [],
    }


def no_option(options: Sequence[str], value: object) -> Issue:
    listed, received = " | ".join(f"'{option}'" for option in options), TYPE_NAMES[type(value)]
    if isinstance(value, str):
        return {
            "received": value,
            "code": "invalid_enum_value",
            "options": [*options],
            "path": [],
            "message": f"Invalid enum value. Expected {listed}, received '{value}'",
        }
    return {
        "expected": listed,
        "received": received,
        "code": "invalid_type",
        "path": [],
        "message": _expected(listed, received),
    }


def _expected(expected: str, received: str) -> str:
    return "Required" if received == "undefined" else f"Expected {expected}, received {received}"


def no_literal(expected: str, value: object) -> Issue:
    received = {} if value is ABSENT else {"received": value}
    return {
        **received,
        "code": "invalid_literal",
        "expected": expected,
        "path": [],
        "message": f'Invalid literal value, expected "{expected}"',
    }


def too_small(limit: int, kind: str = "number") -> Issue:
    return _outside("too_small", "minimum", limit, kind)


def too_big(limit: int, kind: str = "number") -> Issue:
    return _outside("too_big", "maximum", limit, kind)


def _outside(code: str, bound: str, limit: int, kind: str) -> Issue:
    return {
        "code": code,
        bound: limit,
        "type": kind,
        "inclusive": True,
        "exact": False,
        "message": BOUNDS[kind, bound].format(limit),
        "path": [],
    }


def custom(message: str) -> Issue:
    return {"code": "custom", "message": message, "path": []}


def no_branch(*branches: Sequence[Issue]) -> Issue:
    """No branch of a union takes the value; the issues of each."""
    errors = [{"issues": [*issues], "name": "ZodError"} for issues in branches]
    return {"code": "invalid_union", "unionErrors": errors, "path": [], "message": "Invalid input"}
