"""The slice of Zod v3 that the gateway uses: validators that answer with Zod's own issues.

The rules, as Zod 3 has them (held against recordings of the real library in `fixtures/zod/`):

1. A validator looks at one value, appends its issues, and answers VALID, DIRTY or ABORTED.
   DIRTY: the type is right, a limit is not. ABORTED: the type is wrong.
2. A wrong type is reported alone; limits are all looked at once the type is right.
3. A container is as bad as its worst member. Every member is looked at, so all issues come at once.
4. A refinement runs unless what it refines has ABORTED.
5. A union takes the first VALID branch; else the first DIRTY branch reports its own issues;
   else there is one `invalid_union` that holds the issues of every branch.
6. The order of an issue's keys is Zod's, which differs between codes.

JavaScript's view of JSON applies: `true` is no number, `2.0` is an integer, keys of a record that
look like array indexes come first and in order.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol

Issue = dict[str, object]
Path = tuple[str | int, ...]

VALID: Final = 0
DIRTY: Final = 1
ABORTED: Final = 2

ABSENT: Final = object()
"""JavaScript's `undefined`: the key is not there."""

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
    """Looks at `value`, found at `path`; appends to `issues`; answers VALID, DIRTY or ABORTED."""

    def check(self, value: object, path: Path, issues: list[Issue], /) -> int: ...


def validate(schema: Validator, value: object) -> list[Issue]:
    """All issues of `value`, in Zod's order; an empty list where there is nothing to object to."""
    issues: list[Issue] = []
    schema.check(value, (), issues)
    return issues


RANGES: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("number", "too_small"): ("minimum", "Number must be greater than or equal to {}"),
    ("number", "too_big"): ("maximum", "Number must be less than or equal to {}"),
    ("array", "too_small"): ("minimum", "Array must contain at least {} element(s)"),
    ("array", "too_big"): ("maximum", "Array must contain at most {} element(s)"),
}


def _type_message(expected: str, value: object) -> str:
    if value is ABSENT:
        return "Required"
    return f"Expected {expected}, received {TYPE_NAMES[type(value)]}"


def _wrong_type(expected: str, value: object, path: Path, issues: list[Issue]) -> int:
    issues.append(
        {
            "code": "invalid_type",
            "expected": expected,
            "received": TYPE_NAMES[type(value)],
            "path": path,
            "message": _type_message(expected, value),
        }
    )
    return ABORTED


@dataclass(frozen=True, slots=True)
class Range:
    """.min() and .max(), of a number or of an array's length."""

    kind: str
    minimum: int | None
    maximum: int | None

    def check(self, size: float, path: Path, issues: list[Issue]) -> int:
        status = VALID
        if self.minimum is not None and size < self.minimum:
            status = self._outside("too_small", self.minimum, path, issues)
        if self.maximum is not None and size > self.maximum:
            status = self._outside("too_big", self.maximum, path, issues)
        return status

    def _outside(self, code: str, limit: int, path: Path, issues: list[Issue]) -> int:
        bound, words = RANGES[self.kind, code]
        issues.append(
            {
                "code": code,
                bound: limit,
                "type": self.kind,
                "inclusive": True,
                "exact": False,
                "message": words.format(limit),
                "path": path,
            }
        )
        return DIRTY


@dataclass(frozen=True, slots=True)
class String:
    """z.string()"""

    def check(self, value: object, path: Path, issues: list[Issue]) -> int:
        return VALID if type(value) is str else _wrong_type("string", value, path, issues)


@dataclass(frozen=True, slots=True)
class Boolean:
    """z.boolean()"""

    def check(self, value: object, path: Path, issues: list[Issue]) -> int:
        return VALID if type(value) is bool else _wrong_type("boolean", value, path, issues)


@dataclass(frozen=True, slots=True)
class Number:
    """z.number().min(minimum).max(maximum)"""

    minimum: int | None = None
    maximum: int | None = None

    def check(self, value: object, path: Path, issues: list[Issue]) -> int:
        if type(value) is not int and type(value) is not float:
            return _wrong_type("number", value, path, issues)
        return Range("number", self.minimum, self.maximum).check(value, path, issues)


@dataclass(frozen=True, slots=True)
class Integer:
    """z.number().int().min(minimum).max(maximum)"""

    minimum: int | None = None
    maximum: int | None = None

    def check(self, value: object, path: Path, issues: list[Issue]) -> int:
        if type(value) is not int and type(value) is not float:
            return _wrong_type("number", value, path, issues)
        status = VALID
        if type(value) is float and not value.is_integer():
            status = self._not_an_integer(path, issues)
        return max(status, Range("number", self.minimum, self.maximum).check(value, path, issues))

    @staticmethod
    def _not_an_integer(path: Path, issues: list[Issue]) -> int:
        issues.append(
            {
                "code": "invalid_type",
                "expected": "integer",
                "received": "float",
                "message": "Expected integer, received float",
                "path": path,
            }
        )
        return DIRTY


@dataclass(frozen=True, slots=True)
class Enum:
    """z.enum(options)"""

    options: tuple[str, ...]

    def check(self, value: object, path: Path, issues: list[Issue]) -> int:
        if value in self.options:
            return VALID
        expected = " | ".join(f"'{option}'" for option in self.options)
        issues.append(
            self._no_option(value, expected, path)
            if type(value) is str
            else self._no_string(value, expected, path)
        )
        return ABORTED

    def _no_option(self, value: str, expected: str, path: Path) -> Issue:
        return {
            "received": value,
            "code": "invalid_enum_value",
            "options": self.options,
            "path": path,
            "message": f"Invalid enum value. Expected {expected}, received '{value}'",
        }

    @staticmethod
    def _no_string(value: object, expected: str, path: Path) -> Issue:
        return {
            "expected": expected,
            "received": TYPE_NAMES[type(value)],
            "code": "invalid_type",
            "path": path,
            "message": _type_message(expected, value),
        }


@dataclass(frozen=True, slots=True)
class Literal:
    """z.literal("...")"""

    expected: str

    def check(self, value: object, path: Path, issues: list[Issue]) -> int:
        if value == self.expected:
            return VALID
        received: Issue = {} if value is ABSENT else {"received": _as_javascript(value)}
        issues.append(
            received
            | {
                "code": "invalid_literal",
                "expected": self.expected,
                "path": path,
                "message": f'Invalid literal value, expected "{self.expected}"',
            }
        )
        return ABORTED


@dataclass(frozen=True, slots=True)
class Array:
    """z.array(item), with .min() and .max()"""

    item: Validator
    minimum: int | None = None
    maximum: int | None = None

    def check(self, value: object, path: Path, issues: list[Issue]) -> int:
        if type(value) is not list:
            return _wrong_type("array", value, path, issues)
        status = Range("array", self.minimum, self.maximum).check(len(value), path, issues)
        for index, item in enumerate(value):
            status = max(status, self.item.check(item, (*path, index), issues))
        return status


@dataclass(frozen=True, slots=True)
class Object:
    """z.object({...}).passthrough(): unknown keys are let through unlooked at."""

    shape: Mapping[str, Validator]

    def check(self, value: object, path: Path, issues: list[Issue]) -> int:
        if type(value) is not dict:
            return _wrong_type("object", value, path, issues)
        status = VALID
        for key, validator in self.shape.items():
            if key not in value and type(validator) is Optional:
                continue  # the common case, for speed: an absent optional is VALID
            member = value.get(key, ABSENT)
            status = max(status, validator.check(member, (*path, key), issues))
        return status


@dataclass(frozen=True, slots=True)
class Record:
    """z.record(item)"""

    item: Validator

    def check(self, value: object, path: Path, issues: list[Issue]) -> int:
        if type(value) is not dict:
            return _wrong_type("object", value, path, issues)
        status = VALID
        for key in sorted(value, key=_javascript_key_order):
            status = max(status, self.item.check(value[key], (*path, key), issues))
        return status


def _as_javascript(value: object) -> object:
    """The value as JavaScript writes it: numbers are doubles, `2.0` is 2, index keys come first."""
    if type(value) is dict:
        return {key: _as_javascript(value[key]) for key in sorted(value, key=_javascript_key_order)}
    if type(value) is list:
        return [_as_javascript(item) for item in value]
    if type(value) is float or type(value) is int:
        double = float(value)
        return int(Decimal(repr(double))) if double.is_integer() and abs(double) < 2**63 else double
    return value


def _javascript_key_order(key: str) -> tuple[int, int]:
    """Array indexes first, ascending; then all others, in the order in which they stand."""
    is_index = key.isascii() and key.isdigit() and (key == "0" or key[0] != "0")
    if is_index and len(key) <= 10 and int(key) < 2**32 - 1:
        return (0, int(key))
    return (1, 0)


@dataclass(frozen=True, slots=True)
class Optional:
    """item.optional()"""

    item: Validator

    def check(self, value: object, path: Path, issues: list[Issue]) -> int:
        return VALID if value is ABSENT else self.item.check(value, path, issues)


@dataclass(frozen=True, slots=True)
class Nullable:
    """item.nullable()"""

    item: Validator

    def check(self, value: object, path: Path, issues: list[Issue]) -> int:
        return VALID if value is None else self.item.check(value, path, issues)


@dataclass(frozen=True, slots=True)
class Anything:
    """z.any()"""

    def check(self, _value: object, _path: Path, _issues: list[Issue]) -> int:
        return VALID


@dataclass(frozen=True, slots=True)
class Refined:
    """item.refine(holds, {message, path: at})"""

    item: Validator
    holds: Callable[[object], bool]
    message: str
    at: Path = ()

    def check(self, value: object, path: Path, issues: list[Issue]) -> int:
        status = self.item.check(value, path, issues)
        if status is ABORTED or self.holds(value):
            return status
        issues.append({"code": "custom", "message": self.message, "path": (*path, *self.at)})
        return DIRTY


@dataclass(frozen=True, slots=True)
class Preprocessed:
    """z.preprocess(prepare, item)"""

    prepare: Callable[[object], object]
    item: Validator

    def check(self, value: object, path: Path, issues: list[Issue]) -> int:
        return self.item.check(self.prepare(value), path, issues)


@dataclass(frozen=True, slots=True)
class Union:
    """z.union([...])"""

    branches: Sequence[Validator]

    def check(self, value: object, path: Path, issues: list[Issue]) -> int:
        dirty: list[Issue] | None = None
        failures: list[list[Issue]] = []
        for branch in self.branches:
            found: list[Issue] = []
            status = branch.check(value, path, found)
            if status == VALID:
                return VALID
            if status == DIRTY and dirty is None:
                dirty = found
            failures.append(found)
        if dirty is not None:
            issues.extend(dirty)
            return DIRTY
        issues.append(
            {
                "code": "invalid_union",
                "unionErrors": [{"issues": found, "name": "ZodError"} for found in failures],
                "path": path,
                "message": "Invalid input",
            }
        )
        return ABORTED
