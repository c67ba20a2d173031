"""Zod's issues, and the parts that all validators share."""

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from msgspec import Struct

from mock_electron.wire.errors import Issue as Issue

Path = tuple[str | int, ...]

VALID: Final = 0
DIRTY: Final = 1
ABORTED: Final = 2

ABSENT: Final = object()
"""JavaScript's `undefined`: the key is absent."""

MOST_ISSUES: Final = 1_000
"""The maximum number of issues of one refusal. Zod has no maximum."""
MOST_MEMBERS: Final = 10_000
"""The maximum number of members that are checked of an array that is already too long."""

TYPE_NAMES: Final[Mapping[type, str]] = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    type(None): "null",
    object: "undefined",
}


class Validator(Protocol):
    """A check of one value."""

    def check(self, value: object, issues: list[Issue], /) -> int:
        """Check the value, append to `issues`, and return VALID, DIRTY or ABORTED."""
        ...


def place_under(key: str | int, issues: Iterable[Issue]) -> None:
    """Put the key of a member before the paths of its issues.

    A validator reports paths inside its own value, so that a valid value costs no path.
    """
    for issue in issues:
        path = issue["path"]
        assert isinstance(path, tuple)
        issue["path"] = (key, *path)
        # An issue is a JSON object, whose values have no static types.
        for failure in issue.get("unionErrors", ()):  # type: ignore[attr-defined]
            place_under(key, failure["issues"])


def type_message(expected: str, value: object) -> str:
    """Return Zod's message for a value of the wrong type."""
    if value is ABSENT:
        return "Required"
    return f"Expected {expected}, received {TYPE_NAMES[type(value)]}"


def report_wrong_type(expected: str, value: object, issues: list[Issue]) -> int:
    """Append the issue for a value of the wrong type, and return ABORTED."""
    issues.append(
        {
            "code": "invalid_type",
            "expected": expected,
            "received": TYPE_NAMES[type(value)],
            "path": (),
            "message": type_message(expected, value),
        }
    )
    return ABORTED


RANGES: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("number", "too_small"): ("minimum", "Number must be greater than or equal to {}"),
    ("number", "too_big"): ("maximum", "Number must be less than or equal to {}"),
    ("array", "too_small"): ("minimum", "Array must contain at least {} element(s)"),
    ("array", "too_big"): ("maximum", "Array must contain at most {} element(s)"),
}


class Range(Struct, frozen=True):
    """The limits of a number, or of the length of an array: `.min(minimum).max(maximum)`.

    Attributes:
        kind: "number" or "array".
        minimum: The smallest allowed value, or None.
        maximum: The largest allowed value, or None.
    """

    kind: str
    minimum: int | None
    maximum: int | None

    def check(self, size: float, issues: list[Issue]) -> int:
        status = VALID
        if self.minimum is not None and size < self.minimum:
            status = self._outside("too_small", self.minimum, issues)
        if self.maximum is not None and size > self.maximum:
            status = self._outside("too_big", self.maximum, issues)
        return status

    def _outside(self, code: str, limit: int, issues: list[Issue]) -> int:
        bound, message = RANGES[self.kind, code]
        issues.append(
            {
                "code": code,
                bound: limit,
                "type": self.kind,
                "inclusive": True,
                "exact": False,
                "message": message.format(limit),
                "path": (),
            }
        )
        return DIRTY
