"""The part of Zod v3 that the gateway uses: validators that report Zod's own issues.

The rules are those of Zod 3. Tests compare them with recordings of the library in `fixtures/zod/`.

1. A validator checks one value, appends its issues, and returns VALID, DIRTY or ABORTED.
   DIRTY means that the type is right but a limit is exceeded. ABORTED means a wrong type.
2. A wrong type is the only issue of its value. If the type is right, all limits are checked.
3. A container returns the worst status of its members. All members are checked, so that all issues
   are reported at once.
4. A refinement runs unless the inner validator has returned ABORTED.
5. A union accepts the first VALID branch. Otherwise it reports the issues of the first DIRTY
   branch. Otherwise it reports one `invalid_union` with the issues of all branches.
6. The order of an issue's keys is Zod's, and differs between codes.
7. Unlike Zod, at most MOST_ISSUES issues are reported, and of an array that is too long only the
   first MOST_MEMBERS members are checked. No invalid value becomes valid because of this. A wrong
   literal of more than MOST_MEMBERS values is quoted with its numbers as Python writes them.

Values are compared as in JavaScript: `true` is not a number, `2.0` is an integer, and keys of a
record that are array indexes come first, in ascending order.
"""

from mock_electron.wire.zod.composites import (
    Anything,
    Array,
    Nullable,
    Object,
    Optional,
    Preprocessed,
    Record,
    Refined,
    Union,
)
from mock_electron.wire.zod.issues import ABSENT, MOST_ISSUES, Issue, Validator
from mock_electron.wire.zod.scalars import Boolean, Enum, Integer, Literal, Number, String

__all__ = [
    "ABSENT",
    "MOST_ISSUES",
    "Anything",
    "Array",
    "Boolean",
    "Enum",
    "Integer",
    "Issue",
    "Literal",
    "Nullable",
    "Number",
    "Object",
    "Optional",
    "Preprocessed",
    "Record",
    "Refined",
    "String",
    "Union",
    "Validator",
    "validate",
]


def validate(schema: Validator, value: object) -> list[Issue]:
    """Return the issues of a value in Zod's order, at most MOST_ISSUES; none if it is valid."""
    issues: list[Issue] = []
    schema.check(value, issues)
    return issues[:MOST_ISSUES]
