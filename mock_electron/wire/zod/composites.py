"""Validators composed of others: arrays, objects, unions, refinements.

The docstring of each class is the call in Zod that it corresponds to, with the fields as arguments.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from msgspec import Struct

from mock_electron.wire.zod.issues import (
    ABORTED,
    ABSENT,
    DIRTY,
    MOST_ISSUES,
    MOST_MEMBERS,
    VALID,
    Issue,
    Path,
    Range,
    Validator,
    place_under,
    report_wrong_type,
)
from mock_electron.wire.zod.javascript import key_order


class Array(Struct, frozen=True):
    """z.array(item).min(minimum).max(maximum)"""

    item: Validator
    minimum: int | None = None
    maximum: int | None = None

    def check(self, value: object, issues: list[Issue]) -> int:
        if type(value) is not list:
            return report_wrong_type("array", value, issues)
        status = Range("array", self.minimum, self.maximum).check(len(value), issues)
        checked = value if status == VALID else value[:MOST_MEMBERS]
        check, found = self.item.check, len(issues)
        if found >= MOST_ISSUES:
            return ABORTED
        for index, item in enumerate(checked):
            result = check(item, issues)
            if result:
                place_under(index, issues[found:])
                status, found = max(status, result), len(issues)
                if found >= MOST_ISSUES:
                    return ABORTED
        return status


class Object(Struct, frozen=True):
    """z.object({...}).passthrough(): unknown keys are accepted unchecked."""

    shape: Mapping[str, Validator]

    def check(self, value: object, issues: list[Issue]) -> int:
        if type(value) is not dict:
            return report_wrong_type("object", value, issues)
        status, found = VALID, len(issues)
        for key, validator in self.shape.items():
            if key in value:
                member = value[key]
            elif type(validator) is Optional:
                continue  # fast path for the common case: an absent optional is VALID
            else:
                member = ABSENT
            result = validator.check(member, issues)
            if result:
                place_under(key, issues[found:])
                status, found = max(status, result), len(issues)
        return status


class Record(Struct, frozen=True):
    """z.record(item)

    Attributes:
        item: The check of one member.
        valid_types: The types of all members that are valid whatever their value is.
    """

    item: Validator
    valid_types: frozenset[type] = frozenset()

    def check(self, value: object, issues: list[Issue]) -> int:
        if type(value) is not dict:
            return report_wrong_type("object", value, issues)
        if self.valid_types.issuperset(map(type, value.values())):
            return VALID
        check = self.item.check
        unread: list[Issue] = []
        wrong = islice((key for key, member in value.items() if check(member, unread)), MOST_ISSUES)
        status = VALID
        for key in sorted(wrong, key=key_order):
            found = len(issues)
            status = max(status, check(value[key], issues))
            place_under(key, issues[found:])
        return status


class Optional(Struct, frozen=True):
    """item.optional()"""

    item: Validator

    def check(self, value: object, issues: list[Issue]) -> int:
        return VALID if value is ABSENT else self.item.check(value, issues)


class Nullable(Struct, frozen=True):
    """item.nullable()"""

    item: Validator

    def check(self, value: object, issues: list[Issue]) -> int:
        return VALID if value is None else self.item.check(value, issues)


class Anything(Struct, frozen=True):
    """z.any()"""

    def check(self, _value: object, _issues: list[Issue]) -> int:
        return VALID


class Refined(Struct, frozen=True):
    """item.refine(predicate, {message, path})"""

    item: Validator
    predicate: Callable[[object], bool]
    message: str
    path: Path = ()

    def check(self, value: object, issues: list[Issue]) -> int:
        status = self.item.check(value, issues)
        if status is ABORTED or self.predicate(value):
            return status
        issues.append({"code": "custom", "message": self.message, "path": self.path})
        return DIRTY


class Preprocessed(Struct, frozen=True):
    """z.preprocess(prepare, item)"""

    prepare: Callable[[object], object]
    item: Validator

    def check(self, value: object, issues: list[Issue]) -> int:
        return self.item.check(self.prepare(value), issues)


class Union(Struct, frozen=True):
    """z.union([...])"""

    branches: Sequence[Validator]

    def check(self, value: object, issues: list[Issue]) -> int:
        dirty: list[Issue] | None = None
        failures: list[list[Issue]] = []
        for branch in self.branches:
            found: list[Issue] = []
            status = branch.check(value, found)
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
                "path": (),
                "message": "Invalid input",
            }
        )
        return ABORTED
