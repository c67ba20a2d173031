"""Validators composed of others: arrays, objects, unions, refinements.

The docstring of each class is the call in Zod that it corresponds to, with the fields as arguments.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

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
    report_wrong_type,
)
from mock_electron.wire.zod.javascript import key_order


@dataclass(frozen=True, slots=True)
class Array:
    """z.array(item).min(minimum).max(maximum)"""

    item: Validator
    minimum: int | None = None
    maximum: int | None = None

    def check(self, value: object, path: Path, issues: list[Issue]) -> int:
        if type(value) is not list:
            return report_wrong_type("array", value, path, issues)
        status = Range("array", self.minimum, self.maximum).check(len(value), path, issues)
        checked = value if status == VALID else value[:MOST_MEMBERS]
        for index, item in enumerate(checked):
            if len(issues) >= MOST_ISSUES:
                return ABORTED
            status = max(status, self.item.check(item, (*path, index), issues))
        return status


@dataclass(frozen=True, slots=True)
class Object:
    """z.object({...}).passthrough(): unknown keys are accepted unchecked."""

    shape: Mapping[str, Validator]

    def check(self, value: object, path: Path, issues: list[Issue]) -> int:
        if type(value) is not dict:
            return report_wrong_type("object", value, path, issues)
        status = VALID
        for key, validator in self.shape.items():
            if key not in value and type(validator) is Optional:
                continue  # fast path for the common case: an absent optional is VALID
            member = value.get(key, ABSENT)
            status = max(status, validator.check(member, (*path, key), issues))
        return status


@dataclass(frozen=True, slots=True)
class Record:
    """z.record(item)"""

    item: Validator

    def check(self, value: object, path: Path, issues: list[Issue]) -> int:
        if type(value) is not dict:
            return report_wrong_type("object", value, path, issues)
        check = self.item.check
        wrong = islice((key for key, member in value.items() if check(member, (), [])), MOST_ISSUES)
        status = VALID
        for key in sorted(wrong, key=key_order):
            status = max(status, self.item.check(value[key], (*path, key), issues))
        return status


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
    """item.refine(predicate, {message, path})"""

    item: Validator
    predicate: Callable[[object], bool]
    message: str
    path: Path = ()

    def check(self, value: object, path: Path, issues: list[Issue]) -> int:
        status = self.item.check(value, path, issues)
        if status is ABORTED or self.predicate(value):
            return status
        issues.append({"code": "custom", "message": self.message, "path": (*path, *self.path)})
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
