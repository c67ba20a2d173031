"""Validate a value against a schema, with one table entry per supported keyword.

1. Malformed and unsupported keywords are ignored.
2. A boolean is not a number; 1.0 is an integer.
3. The work is counted together with that of Schemas. When the budget is used up, every value is
   valid.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct

from mock_electron.model.schema import formats, patterns
from mock_electron.model.schema.equality import is_number, key, same, size
from mock_electron.model.schema.merging import CHECKS, CHOICES, Schema
from mock_electron.model.schema.resolve import BUDGET, Schemas
from mock_electron.model.work import STEP, WORD


def admits(
    schemas: Schemas,
    schema: object,
    value: Any,
    depth: int = 0,
    checks: "Mapping[str, Check] | None" = None,
) -> bool:
    """Whether a schema allows a value.

    Args:
        schemas: The schemas of the tool.
        schema: The schema.
        value: The value.
        depth: The number of schemas around this one.
        checks: The checks by keyword. Default: CHECKS_BY_KEYWORD.
    """
    if schema is False:
        return False
    schemas.steps += 1
    if not isinstance(schema, (dict, Mapping)) or schemas.steps > BUDGET or depth > DEEPEST:
        schemas.work.charge(STEP)
        return True
    schemas.work.charge(STEP + KEYWORD * len(schema))
    checks = CHECKS_BY_KEYWORD if checks is None else checks
    case, kind = None, type(value)
    for keyword, expected in schema.items():
        check = checks.get(keyword)
        if check is None:
            continue
        if check is _type and type(expected) is str and CLASSES.get(expected) is kind:
            continue  # most checks of a type: no more than a comparison of two classes
        if case is None:
            case = Case(schemas, schema, depth, checks)
        if not check(case, expected, value):
            return False
    return True


CLASSES: Final[Mapping[str, type]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
}
"""The class of most values of a type."""


DEEPEST: Final = 80
KEYWORD: Final = 2
"""Units of work to look up one keyword of a schema."""


class Case(Struct):
    """What a check uses in addition to its keyword.

    Attributes:
        schemas: The schemas of the tool.
        schema: The schema with the keyword.
        depth: The number of schemas around it.
        checks: The checks by keyword, for schemas inside it.
    """

    schemas: Schemas
    schema: Schema
    depth: int
    checks: "Mapping[str, Check]"

    def admits(self, schema: object, value: Any) -> bool:
        """Whether a schema one level down allows a value."""
        return admits(self.schemas, schema, value, self.depth + 1, self.checks)


TYPE_TESTS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "number": is_number,
    "integer": lambda value: is_number(value) and value == value // 1,
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}


def _type(case: Case, expected: Any, value: Any) -> bool:
    if isinstance(expected, str):
        test = TYPE_TESTS.get(expected)
        return test is None or test(value) or _nullable(case, value)
    if not isinstance(expected, list) or _nullable(case, value):
        return True
    case.schemas.work.charge(WORD * len(expected))
    tests = [TYPE_TESTS[kind] for kind in expected if isinstance(kind, str) and kind in TYPE_TESTS]
    return not tests or any(test(value) for test in tests)


def _nullable(case: Case, value: Any) -> bool:
    """Whether a schema allows null with the keyword of OpenAPI 3.0."""
    return value is None and case.schema.get("nullable") is True


def _enum(case: Case, expected: Any, value: Any) -> bool:
    if not isinstance(expected, list):
        return True
    return value in case.schemas.members(expected)


def _const(case: Case, expected: Any, value: Any) -> bool:
    if expected is value:
        return True
    work = case.schemas.work
    work.charge(WORD * size(value, work.limit // WORD))
    return same(expected, value)


def _at_least(case: Case, expected: Any, value: Any) -> bool:
    if not is_number(expected) or not is_number(value):
        return True
    above = case.schema.get("exclusiveMinimum") is True
    return bool(value > expected if above else value >= expected)


def _at_most(case: Case, expected: Any, value: Any) -> bool:
    if not is_number(expected) or not is_number(value):
        return True
    below = case.schema.get("exclusiveMaximum") is True
    return bool(value < expected if below else value <= expected)


def _above(case: Case, expected: Any, value: Any) -> bool:
    return not is_number(expected) or not is_number(value) or value > expected


def _below(case: Case, expected: Any, value: Any) -> bool:
    return not is_number(expected) or not is_number(value) or value < expected


def _multiple(case: Case, expected: Any, value: Any) -> bool:
    """Fractions are divided, as validators do: 0.3 is not a multiple of 0.1."""
    if not is_number(expected) or not is_number(value) or expected <= 0:
        return True
    try:
        quotient = value / expected
        return bool(
            quotient == int(quotient) if isinstance(expected, float) else not value % expected
        )
    except (OverflowError, ValueError):
        return False


def _longer(case: Case, expected: Any, value: Any) -> bool:
    return not is_number(expected) or not isinstance(value, str) or len(value) >= expected


def _shorter(case: Case, expected: Any, value: Any) -> bool:
    return not is_number(expected) or not isinstance(value, str) or len(value) <= expected


def _pattern(case: Case, expected: Any, value: Any) -> bool:
    if not isinstance(value, str):
        return True
    listed = expected if isinstance(expected, list) else [expected]
    return all(
        patterns.allows(each, value, case.schemas.work.charge)
        for each in listed
        if isinstance(each, str)
    )


def _format(case: Case, expected: Any, value: Any) -> bool:
    return (
        not isinstance(expected, str) or not isinstance(value, str) or formats.fits(expected, value)
    )


def _more_items(case: Case, expected: Any, value: Any) -> bool:
    return not is_number(expected) or not isinstance(value, list) or len(value) >= expected


def _fewer_items(case: Case, expected: Any, value: Any) -> bool:
    return not is_number(expected) or not isinstance(value, list) or len(value) <= expected


def _unique(case: Case, expected: Any, value: Any) -> bool:
    if expected is not True or not isinstance(value, list):
        return True
    case.schemas.step(len(value) // 10)
    keys = [key(item, case.schemas.work) for item in value]
    return len(set(keys)) == len(keys)


def _items(case: Case, expected: Any, value: Any) -> bool:
    if not isinstance(value, list):
        return True
    if isinstance(expected, list):
        return all(map(case.admits, expected, value))
    first = case.schema.get("prefixItems")
    case.schemas.work.charge(len(value))
    return all(
        case.admits(expected, item)
        for item in value[len(first) if isinstance(first, list) else 0 :]
    )


def _prefix(case: Case, expected: Any, value: Any) -> bool:
    both = isinstance(value, list) and isinstance(expected, list)
    return not both or all(map(case.admits, expected, value))


def _properties(case: Case, expected: Any, value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(expected, (dict, Mapping)):
        return True
    case.schemas.work.charge(len(value))
    for name, member in value.items():
        if name in expected and not case.admits(expected[name], member):
            return False
    return True


def _required(case: Case, expected: Any, value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(expected, list):
        return True
    case.schemas.work.charge(len(expected))
    missing = [name for name in expected if isinstance(name, str) and name not in value]
    return not missing


def _additional(case: Case, expected: Any, value: Any) -> bool:
    if not isinstance(value, dict) or "patternProperties" in case.schema:
        return True
    case.schemas.work.charge(len(value))
    named = case.schema.get("properties")
    named = named if isinstance(named, (dict, Mapping)) else {}
    return all(case.admits(expected, member) for name, member in value.items() if name not in named)


def _more_properties(case: Case, expected: Any, value: Any) -> bool:
    return not is_number(expected) or not isinstance(value, dict) or len(value) >= expected


def _fewer_properties(case: Case, expected: Any, value: Any) -> bool:
    return not is_number(expected) or not isinstance(value, dict) or len(value) <= expected


def _reference(case: Case, expected: Any, value: Any) -> bool:
    return case.admits(case.schemas.target(expected), value)


def _all(case: Case, expected: Any, value: Any) -> bool:
    return not isinstance(expected, list) or all(case.admits(each, value) for each in expected)


def _any(case: Case, expected: Any, value: Any) -> bool:
    return (
        not isinstance(expected, list)
        or not expected
        or any(case.admits(e, value) for e in expected)
    )


def _one(case: Case, expected: Any, value: Any) -> bool:
    if not isinstance(expected, list) or not expected:
        return True
    return sum(case.admits(each, value) for each in expected) == 1


def _not(case: Case, expected: Any, value: Any) -> bool:
    return not isinstance(expected, (dict, Mapping)) or not case.admits(expected, value)


def _choices(case: Case, expected: Any, value: Any) -> bool:
    return all(_any(case, options, value) for options in expected)


Check = Callable[[Case, Any, Any], bool]
CHECKS_BY_KEYWORD: Final[Mapping[str, Check]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "minimum": _at_least,
    "maximum": _at_most,
    "exclusiveMinimum": _above,
    "exclusiveMaximum": _below,
    "multipleOf": _multiple,
    "minLength": _longer,
    "maxLength": _shorter,
    "pattern": _pattern,
    "format": _format,
    "minItems": _more_items,
    "maxItems": _fewer_items,
    "uniqueItems": _unique,
    "items": _items,
    "prefixItems": _prefix,
    "properties": _properties,
    "required": _required,
    "additionalProperties": _additional,
    "minProperties": _more_properties,
    "maxProperties": _fewer_properties,
    "$ref": _reference,
    "allOf": _all,
    "anyOf": _any,
    "oneOf": _one,
    "not": _not,
    CHOICES: _choices,
    CHECKS: _all,
}
