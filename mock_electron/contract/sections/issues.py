"""The issues that Zod v3 reports for violations of the schema."""

from typing import Any

Issue = dict[str, Any]


def required(expected: str, *path: str | int) -> Issue:
    """Return the issue of a missing field."""
    return wrong_type(expected, "undefined", *path) | {"message": "Required"}


def wrong_type(expected: str, received: str, *path: str | int) -> Issue:
    """Return the issue of a value of the wrong type."""
    return {
        "code": "invalid_type",
        "expected": expected,
        "received": received,
        "path": list(path),
        "message": f"Expected {expected}, received {received}",
    }


def not_an_option(options: list[str], received: str, *path: str | int) -> Issue:
    """Return the issue of a string that is not one of the options."""
    expected = " | ".join(f"'{option}'" for option in options)
    return {
        "received": received,
        "code": "invalid_enum_value",
        "options": options,
        "path": list(path),
        "message": f"Invalid enum value. Expected {expected}, received '{received}'",
    }


def _out_of_range(code: str, kind: str, limit: int, message: str, path: list[str | int]) -> Issue:
    return {
        "code": code,
        "minimum" if code == "too_small" else "maximum": limit,
        "type": kind,
        "inclusive": True,
        "exact": False,
        "message": message,
        "path": path,
    }


def number_below(limit: int, *path: str | int) -> Issue:
    """Return the issue of a number below its minimum."""
    message = f"Number must be greater than or equal to {limit}"
    return _out_of_range("too_small", "number", limit, message, list(path))


def number_above(limit: int, *path: str | int) -> Issue:
    """Return the issue of a number above its maximum."""
    message = f"Number must be less than or equal to {limit}"
    return _out_of_range("too_big", "number", limit, message, list(path))


def too_few(limit: int, *path: str | int) -> Issue:
    """Return the issue of an array that is too short."""
    message = f"Array must contain at least {limit} element(s)"
    return _out_of_range("too_small", "array", limit, message, list(path))


def too_many(limit: int, *path: str | int) -> Issue:
    """Return the issue of an array that is too long."""
    message = f"Array must contain at most {limit} element(s)"
    return _out_of_range("too_big", "array", limit, message, list(path))


def custom(message: str, *path: str | int) -> Issue:
    """Return an issue with a message of the vendor's."""
    return {"code": "custom", "message": message, "path": list(path)}


def wrong_literal(expected: str, received: str, *path: str | int) -> Issue:
    """Return the issue of a value that differs from the only one allowed."""
    return {
        "received": received,
        "code": "invalid_literal",
        "expected": expected,
        "path": list(path),
        "message": f'Invalid literal value, expected "{expected}"',
    }


def no_branch(path: list[str | int], *failures: list[Issue]) -> Issue:
    """Return the issue of a value that matches no branch of a union."""
    return {
        "code": "invalid_union",
        "unionErrors": [{"issues": issues, "name": "ZodError"} for issues in failures],
        "path": path,
        "message": "Invalid input",
    }
