"""Issues as Zod v3 writes them, for the violations of the schema."""

from typing import Any

Issue = dict[str, Any]


def required(expected: str, *path: str | int) -> Issue:
    return wrong_type(expected, "undefined", *path) | {"message": "Required"}


def wrong_type(expected: str, received: str, *path: str | int) -> Issue:
    return {
        "code": "invalid_type",
        "expected": expected,
        "received": received,
        "path": list(path),
        "message": f"Expected {expected}, received {received}",
    }


def no_option(options: list[str], received: str, *path: str | int) -> Issue:
    expected = " | ".join(f"'{option}'" for option in options)
    return {
        "received": received,
        "code": "invalid_enum_value",
        "options": options,
        "path": list(path),
        "message": f"Invalid enum value. Expected {expected}, received '{received}'",
    }


def out_of_range(code: str, kind: str, limit: int, path: list[str | int], message: str) -> Issue:
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
    words = f"Number must be greater than or equal to {limit}"
    return out_of_range("too_small", "number", limit, list(path), words)


def number_above(limit: int, *path: str | int) -> Issue:
    words = f"Number must be less than or equal to {limit}"
    return out_of_range("too_big", "number", limit, list(path), words)


def too_few(limit: int, *path: str | int) -> Issue:
    words = f"Array must contain at least {limit} element(s)"
    return out_of_range("too_small", "array", limit, list(path), words)


def too_many(limit: int, *path: str | int) -> Issue:
    words = f"Array must contain at most {limit} element(s)"
    return out_of_range("too_big", "array", limit, list(path), words)


def custom(message: str, *path: str | int) -> Issue:
    return {"code": "custom", "message": message, "path": list(path)}


def wrong_literal(expected: str, received: str, *path: str | int) -> Issue:
    return {
        "received": received,
        "code": "invalid_literal",
        "expected": expected,
        "path": list(path),
        "message": f'Invalid literal value, expected "{expected}"',
    }


def no_branch(path: list[str | int], *failures: list[Issue]) -> Issue:
    return {
        "code": "invalid_union",
        "unionErrors": [{"issues": issues, "name": "ZodError"} for issues in failures],
        "path": path,
        "message": "Invalid input",
    }
