"""The issues of Zod, written by hand from the specification, independently of `wire/`.

The path of an issue is relative to the value that it is about. `at` adds the path to that value.
"""

from collections.abc import Sequence
from typing import Any, Final

Issue = dict[str, Any]

ABSENT: Final = object()
"""The value of a missing field."""
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


def at(issue: Issue, *path: str | int) -> Issue:
    """Return the issue with a path before its own, and before those of nested issues."""
    moved = issue | {"path": [*path, *issue["path"]]}
    if "unionErrors" in issue:
        moved["unionErrors"] = [
            error | {"issues": [at(inner, *path) for inner in error["issues"]]}
            for error in issue["unionErrors"]
        ]
    return moved


def wrong_type(expected: str, value: object) -> Issue:
    """Return the issue for a value of another type."""
    received = TYPE_NAMES[type(value)]
    return {
        "code": "invalid_type",
        "expected": expected,
        "received": received,
        "path": [],
        "message": _expected(expected, received),
    }


def not_an_integer() -> Issue:
    """Return the issue for a number with a fraction."""
    return {
        "code": "invalid_type",
        "expected": "integer",
        "received": "float",
        "message": "Expected integer, received float",
        "path": [],
    }


def not_an_option(options: Sequence[str], value: object) -> Issue:
    """Return the issue for a value outside an enumeration."""
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


def not_the_literal(expected: str, value: object) -> Issue:
    """Return the issue for a value that is not the one string that is accepted."""
    received = {} if value is ABSENT else {"received": value}
    return {
        **received,
        "code": "invalid_literal",
        "expected": expected,
        "path": [],
        "message": f'Invalid literal value, expected "{expected}"',
    }


def too_small(limit: int, kind: str = "number") -> Issue:
    """Return the issue for a number or an array below a minimum."""
    return _out_of_bounds("too_small", "minimum", limit, kind)


def too_big(limit: int, kind: str = "number") -> Issue:
    """Return the issue for a number or an array above a maximum."""
    return _out_of_bounds("too_big", "maximum", limit, kind)


def _out_of_bounds(code: str, bound: str, limit: int, kind: str) -> Issue:
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
    """Return the issue of a custom check."""
    return {"code": "custom", "message": message, "path": []}


def no_branch(*branches: Sequence[Issue]) -> Issue:
    """Return the issue for a value that no branch of a union accepts.

    Args:
        *branches: The issues of each branch.
    """
    errors = [{"issues": [*issues], "name": "ZodError"} for issues in branches]
    return {"code": "invalid_union", "unionErrors": errors, "path": [], "message": "Invalid input"}
