"""Validators of strings, booleans, numbers, enums and literals.

The docstring of each class is the call in Zod that it corresponds to, with the fields as arguments.
"""

from msgspec import Struct

from mock_electron.wire.zod.issues import (
    ABORTED,
    ABSENT,
    DIRTY,
    MOST_MEMBERS,
    TYPE_NAMES,
    VALID,
    Issue,
    Range,
    report_wrong_type,
    type_message,
)
from mock_electron.wire.zod.javascript import quoted


class String(Struct, frozen=True):
    """z.string()"""

    def check(self, value: object, issues: list[Issue]) -> int:
        return VALID if type(value) is str else report_wrong_type("string", value, issues)


class Boolean(Struct, frozen=True):
    """z.boolean()"""

    def check(self, value: object, issues: list[Issue]) -> int:
        return VALID if type(value) is bool else report_wrong_type("boolean", value, issues)


class Number(Struct, frozen=True):
    """z.number().min(minimum).max(maximum)"""

    minimum: int | None = None
    maximum: int | None = None

    def check(self, value: object, issues: list[Issue]) -> int:
        if type(value) is not int and type(value) is not float:
            return report_wrong_type("number", value, issues)
        if self.minimum is None and self.maximum is None:
            return VALID
        return Range("number", self.minimum, self.maximum).check(value, issues)


class Integer(Struct, frozen=True):
    """z.number().int().min(minimum).max(maximum)"""

    minimum: int | None = None
    maximum: int | None = None

    def check(self, value: object, issues: list[Issue]) -> int:
        if type(value) is not int and type(value) is not float:
            return report_wrong_type("number", value, issues)
        status = VALID
        if type(value) is float and not value.is_integer():
            status = self._not_an_integer(issues)
        return max(status, Range("number", self.minimum, self.maximum).check(value, issues))

    @staticmethod
    def _not_an_integer(issues: list[Issue]) -> int:
        issues.append(
            {
                "code": "invalid_type",
                "expected": "integer",
                "received": "float",
                "message": "Expected integer, received float",
                "path": (),
            }
        )
        return DIRTY


class Enum(Struct, frozen=True):
    """z.enum(options)"""

    options: tuple[str, ...]

    def check(self, value: object, issues: list[Issue]) -> int:
        if value in self.options:
            return VALID
        expected = " | ".join(f"'{option}'" for option in self.options)
        issues.append(
            self._unknown_option(value, expected)
            if type(value) is str
            else self._not_a_string(value, expected)
        )
        return ABORTED

    def _unknown_option(self, value: str, expected: str) -> Issue:
        return {
            "received": value,
            "code": "invalid_enum_value",
            "options": self.options,
            "path": (),
            "message": f"Invalid enum value. Expected {expected}, received '{value}'",
        }

    @staticmethod
    def _not_a_string(value: object, expected: str) -> Issue:
        return {
            "expected": expected,
            "received": TYPE_NAMES[type(value)],
            "code": "invalid_type",
            "path": (),
            "message": type_message(expected, value),
        }


class Literal(Struct, frozen=True):
    """z.literal(expected)"""

    expected: str

    def check(self, value: object, issues: list[Issue]) -> int:
        if value == self.expected:
            return VALID
        received: Issue = {} if value is ABSENT else {"received": quoted(value, MOST_MEMBERS)}
        issues.append(
            received
            | {
                "code": "invalid_literal",
                "expected": self.expected,
                "path": (),
                "message": f'Invalid literal value, expected "{self.expected}"',
            }
        )
        return ABORTED
