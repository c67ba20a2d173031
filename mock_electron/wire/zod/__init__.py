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
from mock_electron.wire.zod.issues import ABSENT, Issue, Validator
from mock_electron.wire.zod.scalars import Boolean, Enum, Integer, Literal, Number, String

__all__ = [
    "ABSENT",
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
    """All issues of `value`, in Zod's order; an empty list where there is nothing to object to."""
    issues: list[Issue] = []
    schema.check(value, (), issues)
    return issues
