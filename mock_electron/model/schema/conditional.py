"""Checks of the keywords that depend on other values: names, items and conditions.

1. Only the check of scripted arguments uses them. The pocket model ignores these keywords.
2. A text is only refused if it certainly does not match: if a pattern cannot be read, or the search
   takes too much work, a name neither matches it nor counts as superfluous next to it.
3. Keywords that cannot be checked (`$dynamicRef`, `$anchor`, references to other documents) are
   ignored.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from mock_electron.model.schema import patterns
from mock_electron.model.schema.equality import is_number
from mock_electron.model.schema.pattern_parser import read
from mock_electron.model.schema.valid import CHECKS_BY_KEYWORD, DEEPEST, Case, Check

Part = str | int
"""The name of a property, or the index of an item."""


def patterned(case: Case, name: str) -> Iterator[object]:
    """Yield the schemas that `patternProperties` has for a name."""
    for pattern, schema in _mapping(case.schema.get("patternProperties")).items():
        if read(pattern) is not None and patterns.allows(pattern, name, case.schemas.work.charge):
            yield schema


def _may_match(case: Case, pattern: str, text: str) -> bool:
    return patterns.allows(pattern, text, case.schemas.work.charge, beyond=True)


def extra_names(case: Case, value: Any) -> list[str]:
    """Return the names that `properties` and `patternProperties` do not describe."""
    if not isinstance(value, dict):
        return []
    named = _mapping(case.schema.get("properties"))
    by_pattern = _mapping(case.schema.get("patternProperties"))
    case.schemas.work.charge(len(value) * (1 + len(by_pattern)))
    return [
        name
        for name in value
        if name not in named and not any(_may_match(case, each, name) for each in by_pattern)
    ]


def matching_items(case: Case, expected: Any, value: list[Any]) -> list[int]:
    """Return the indices of the items that a schema allows."""
    return [index for index, item in enumerate(value) if case.admits(expected, item)]


def branch(case: Case, value: Any) -> object:
    """Return the schema that `if` chooses for a value; `{}` if there is none."""
    return case.schema.get("then" if case.admits(case.schema["if"], value) else "else", {})


def dependencies(expected: Any, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the properties of a value that require others, with what each requires."""
    if isinstance(value, dict):
        yield from ((name, other) for name, other in _mapping(expected).items() if name in value)


def unevaluated(case: Case, value: Any) -> list[Any]:
    """Return the names or indices of a value that no keyword of the schema describes."""
    if not isinstance(value, dict | list):
        return []
    parts: list[Part] = [*value] if isinstance(value, dict) else [*range(len(value))]
    case.schemas.work.charge(len(parts))
    own = {key: case.schema[key] for key in case.schema if key not in UNEVALUATED}
    described = _described(Case(case.schemas, own, case.depth, case.checks), value)
    return [part for part in parts if part not in described]


def _described(case: Case, value: Any) -> set[Part]:
    """Return the names or indices that a schema describes, and the schemas that it applies."""
    case.schemas.step()
    find = _described_names if isinstance(value, dict) else _described_items
    described = find(case, value)
    for schema in _applied(case, value) if case.depth < DEEPEST else ():
        if isinstance(schema, Mapping) and case.admits(schema, value):
            inner = Case(case.schemas, schema, case.depth + 1, case.checks)
            described |= _described(inner, value)
    return described


def _described_names(case: Case, value: dict[str, Any]) -> set[Part]:
    if "additionalProperties" in case.schema or "unevaluatedProperties" in case.schema:
        return {*value}
    extra = {*extra_names(case, value)}
    return {name for name in value if name not in extra}


def _described_items(case: Case, value: list[Any]) -> set[Part]:
    schema, every = case.schema, set[Part](range(len(value)))
    listed = schema.get("items", schema.get("prefixItems"))
    if isinstance(schema.get("items"), Mapping | bool) or "unevaluatedItems" in schema:
        return every
    if "additionalItems" in schema and isinstance(listed, list):
        return every
    described = set[Part](range(len(listed) if isinstance(listed, list) else 0))
    if "contains" in schema:
        described |= set(matching_items(case, schema["contains"], value))
    return described & every


def _applied(case: Case, value: Any) -> Iterator[object]:
    """Yield the schemas that a schema applies to the same value."""
    schema = case.schema
    for keyword in ("allOf", "anyOf", "oneOf"):
        options = schema.get(keyword)
        yield from options if isinstance(options, list) else ()
    if "$ref" in schema:
        yield case.schemas.target(schema["$ref"])
    if "if" in schema:
        yield from (schema["if"], branch(case, value))
    for keyword in ("dependentSchemas", "dependencies"):
        yield from (other for _, other in dependencies(schema.get(keyword), value))


UNEVALUATED: Final = ("unevaluatedProperties", "unevaluatedItems")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _pattern_properties(case: Case, expected: Any, value: Any) -> bool:
    if not isinstance(value, dict):
        return True
    case.schemas.work.charge(len(value))
    return all(
        case.admits(schema, member)
        for name, member in value.items()
        for schema in patterned(case, name)
    )


def _additional(case: Case, expected: Any, value: Any) -> bool:
    return all(case.admits(expected, value[name]) for name in extra_names(case, value))


def _additional_items(case: Case, expected: Any, value: Any) -> bool:
    listed = case.schema.get("items")
    if not isinstance(value, list) or not isinstance(listed, list):
        return True
    return all(case.admits(expected, item) for item in value[len(listed) :])


def _names(case: Case, expected: Any, value: Any) -> bool:
    return not isinstance(value, dict) or all(case.admits(expected, name) for name in value)


def _contains(case: Case, expected: Any, value: Any) -> bool:
    if not isinstance(value, list):
        return True
    least, most = case.schema.get("minContains"), case.schema.get("maxContains")
    count = len(matching_items(case, expected, value))
    if case.schemas.spent:
        return True
    enough = count >= (least if is_number(least) else 1)
    return enough and (not is_number(most) or count <= most)


def _if(case: Case, expected: Any, value: Any) -> bool:
    return case.admits(branch(case, value), value)


def _dependencies(case: Case, expected: Any, value: Any) -> bool:
    return all(
        all(name in value for name in other if isinstance(name, str))
        if isinstance(other, list)
        else case.admits(other, value)
        for _, other in dependencies(expected, value)
    )


def _unevaluated(kind: type) -> Check:
    def check(case: Case, expected: Any, value: Any) -> bool:
        if expected is True or not isinstance(value, kind):
            return True
        given: Any = value
        return all(case.admits(expected, given[part]) for part in unevaluated(case, given))

    return check


def _pattern(case: Case, expected: Any, value: Any) -> bool:
    both = isinstance(expected, str) and isinstance(value, str)
    return not both or _may_match(case, expected, value)


def _not(case: Case, expected: Any, value: Any) -> bool:
    return not isinstance(expected, Mapping | bool) or not case.admits(expected, value)


ALL_CHECKS: Final[Mapping[str, Callable[[Case, Any, Any], bool]]] = {
    **CHECKS_BY_KEYWORD,
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional,
    "additionalItems": _additional_items,
    "propertyNames": _names,
    "contains": _contains,
    "if": _if,
    "dependentRequired": _dependencies,
    "dependentSchemas": _dependencies,
    "dependencies": _dependencies,
    "unevaluatedProperties": _unevaluated(dict),
    "unevaluatedItems": _unevaluated(list),
    "not": _not,
}
"""The checks of the pocket model, and those of the keywords in this module."""
