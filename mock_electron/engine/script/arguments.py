"""Check the arguments of scripted calls against the tools that a request offers.

The validator of the pocket model decides which keywords a value violates, with the further checks
of `model.schema.conditional`. This module adds the place, the reason and the expected value.
When the budget of work is used up, nothing more is reported.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any, Final

from mock_electron.engine.script.place import Place, shown
from mock_electron.inputs.spelling import did_you_mean
from mock_electron.model.draft import Call
from mock_electron.model.schema import conditional
from mock_electron.model.schema.conditional import ALL_CHECKS
from mock_electron.model.schema.resolve import Schemas
from mock_electron.model.schema.valid import DEEPEST, KEYWORD, admits
from mock_electron.model.work import Spent, Work
from mock_electron.wire import codec
from mock_electron.wire.request import Tool

MOST_PROBLEMS: Final = 3
"""The maximum number of problems that a message lists."""
TYPES: Final[Mapping[str, str]] = {
    "string": "a string",
    "number": "a number",
    "integer": "an integer",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
"""The types of JSON Schema in messages."""
FORMATS: Final = ("date", "date-time", "time", "email", "uri", "uuid", "ipv4")
"""The formats that are checked. The validator knows others only roughly."""


Explain = Callable[[Place, Any], Iterator[str]]
"""Takes a place and the value of the keyword that it violates, and yields what is wrong."""


def argument_problems(call: Call, tool: Tool) -> str:
    """Return what is wrong with the arguments of a call, or "".

    Arguments that are not JSON are sent on purpose and not checked.
    """
    try:
        arguments = codec.decode(call.arguments.encode())
    except codec.MalformedError:
        return ""
    schemas = Schemas(tool.parameters, Work())
    root = Place(schemas, {"type": "object"} | dict(tool.parameters), arguments)
    found = list(dict.fromkeys(islice(_within_budget(root), MOST_PROBLEMS + 1)))
    listed = "; ".join(found[:MOST_PROBLEMS])
    return f"{listed}; and more" if len(found) > MOST_PROBLEMS else listed


def _within_budget(root: Place) -> Iterator[str]:
    """Yield the problems that are found before the budget of work is used up."""
    with suppress(Spent):
        for problem in _problems(root):
            if root.schemas.spent:
                return
            yield problem


def _problems(place: Place) -> Iterator[str]:
    if place.schema is False:
        yield f"{place.name} is not allowed"
    if not isinstance(place.schema, Mapping) or place.depth > DEEPEST:
        return
    wrong = _violated(place)
    if "type" in wrong:
        wrong = {"type": wrong["type"]}
    for keyword, expected in wrong.items():
        yield from EXPLANATIONS[keyword](place, expected)


def _violated(place: Place) -> dict[str, Any]:
    """Return the keywords of the schema that the value violates, with what they expect."""
    place.schemas.work.charge(KEYWORD * len(place.schema))
    case = place.case
    return {
        keyword: expected
        for keyword, expected in place.schema.items()
        if keyword in ALL_CHECKS and not ALL_CHECKS[keyword](case, expected, place.value)
    }


def _type(place: Place, expected: Any) -> Iterator[str]:
    yield place.must_be(" or ".join(_type_words(expected)))


def _type_words(expected: Any) -> list[str]:
    names = [expected] if isinstance(expected, str) else expected
    return [TYPES[name] for name in names if isinstance(name, str) and name in TYPES]


def _enum(place: Place, expected: Any) -> Iterator[str]:
    listed = ", ".join(map(shown, expected)) or "nothing"
    hint = did_you_mean(place.value, expected) if isinstance(place.value, str) else ""
    yield f"{place.must_be(f'one of {listed}')}{hint and '.'}{hint}"


def _format(place: Place, expected: Any) -> Iterator[str]:
    if expected in FORMATS:
        yield place.must_be(f"a text in the format {expected!r}")


def _pattern(place: Place, expected: Any) -> Iterator[str]:
    yield place.must_be(f"a text that matches {expected!r}")


def _limit(words: str) -> Explain:
    """Return the explanation of a limit. {} in the words is the limit."""

    def explain(place: Place, expected: Any) -> Iterator[str]:
        yield place.must_be(words.format(shown(expected)))

    return explain


def _bound(words: str, flag: str, exclusive: str) -> Explain:
    """Return the explanation of a bound that a flag of draft 4 makes exclusive."""

    def explain(place: Place, expected: Any) -> Iterator[str]:
        chosen = exclusive if place.schema.get(flag) is True else words
        yield place.must_be(f"{chosen} {shown(expected)}")

    return explain


def _items(place: Place, expected: Any) -> Iterator[str]:
    if isinstance(expected, list):
        yield from _prefix_items(place, expected)
        return
    first = place.schema.get("prefixItems")
    for index in range(len(first) if isinstance(first, list) else 0, len(place.value)):
        yield from _problems(place.item(index, expected))


def _prefix_items(place: Place, expected: Any) -> Iterator[str]:
    for index, schema in enumerate(expected[: len(place.value)]):
        yield from _problems(place.item(index, schema))


def _properties(place: Place, expected: Any) -> Iterator[str]:
    for name in place.value:
        if name in expected:
            yield from _problems(place.member(name, expected[name]))


def _required(place: Place, expected: Any) -> Iterator[str]:
    prefix = f"{place.path}." if place.path else ""
    for name in expected:
        if isinstance(name, str) and name not in place.value:
            yield f"{prefix}{name} is missing"


def _additional(place: Place, expected: Any) -> Iterator[str]:
    known = place.schema.get("properties")
    known = known if isinstance(known, Mapping) else {}
    for name in conditional.extra_names(place.case, place.value):
        member = place.member(name, expected)
        if expected is False:
            hint = did_you_mean(name, known)
            yield f"{member.path} is not a property{hint and '.'}{hint}"
        else:
            yield from _problems(member)


def _pattern_properties(place: Place, expected: Any) -> Iterator[str]:
    for name in place.value:
        for schema in conditional.patterned(place.case, name):
            yield from _problems(place.member(name, schema))


def _names(place: Place, expected: Any) -> Iterator[str]:
    for name in place.value:
        path = f"the property name {place.member(name, True).path}"
        yield from _problems(Place(place.schemas, expected, name, path, place.depth + 1))


def _contains(place: Place, expected: Any) -> Iterator[str]:
    least, most = place.schema.get("minContains", 1), place.schema.get("maxContains")
    bounds = f"at least {shown(least)}" + ("" if most is None else f", at most {shown(most)}")
    count = len(conditional.matching_items(place.case, expected, place.value))
    words = f"a list with {bounds} items that match {shown(expected)}, but {count} do"
    yield place.must_be(words)


def _additional_items(place: Place, expected: Any) -> Iterator[str]:
    for index in range(len(place.schema["items"]), len(place.value)):
        yield from _problems(place.item(index, expected))


def _if(place: Place, expected: Any) -> Iterator[str]:
    yield from _problems(place.same(conditional.branch(place.case, place.value)))


def _dependencies(place: Place, expected: Any) -> Iterator[str]:
    for name, other in conditional.dependencies(expected, place.value):
        if not isinstance(other, list):
            yield from _problems(place.same(other))
            continue
        for problem in _required(place, other):
            yield f"{problem}, which {place.member(name, True).path} requires"


def _unevaluated_properties(place: Place, expected: Any) -> Iterator[str]:
    for name in conditional.unevaluated(place.case, place.value):
        member = place.member(name, expected)
        if expected is False:
            yield f"{member.path} is not a property"
        else:
            yield from _problems(member)


def _unevaluated_items(place: Place, expected: Any) -> Iterator[str]:
    for index in conditional.unevaluated(place.case, place.value):
        yield from _problems(place.item(index, expected))


def _reference(place: Place, expected: Any) -> Iterator[str]:
    yield from _problems(place.same(place.schemas.target(expected)))


def _all(place: Place, expected: Any) -> Iterator[str]:
    for schema in expected:
        yield from _problems(place.same(schema))


def _any(place: Place, expected: Any) -> Iterator[str]:
    """Yield the problems of the one option whose type fits, or the types of all options."""
    options = [place.same(option) for option in expected]
    words = [word for option in options for word in _wrong_type(_resolved(option))]
    fitting = [option for option in options if not _wrong_type(_resolved(option))]
    if not fitting:
        yield place.must_be(" or ".join(dict.fromkeys(words)))
    elif len(fitting) == 1:
        yield from _problems(fitting[0])
    else:
        first = next(_problems(fitting[0]), "")
        count = len(expected)
        yield f"{place.name} must match one of {count} schemas, got {shown(place.value)}" + (
            f"; for the first: {first}" if first else ""
        )


def _one(place: Place, expected: Any) -> Iterator[str]:
    matching = sum(
        admits(place.schemas, option, place.value, place.depth + 1, ALL_CHECKS)
        for option in expected
    )
    if matching:
        count = len(expected)
        yield place.must_be(f"valid for exactly one of {count} schemas, but {matching} allow it")
    else:
        yield from _any(place, expected)


def _not(place: Place, expected: Any) -> Iterator[str]:
    yield f"{place.name} must not match {shown(expected)}, got {shown(place.value)}"


def _resolved(place: Place) -> Place:
    """Return the place with the schema that a `$ref` points to."""
    while isinstance(place.schema, Mapping) and "$ref" in place.schema and place.depth < DEEPEST:
        place = place.same(place.schemas.target(place.schema["$ref"]))
    return place


def _wrong_type(place: Place) -> list[str]:
    """Return the expected types if the value has another one."""
    if not isinstance(place.schema, Mapping):
        return ["absent"] if place.schema is False else []
    given = {"type": place.schema.get("type"), "nullable": place.schema.get("nullable")}
    wrong = not admits(place.schemas, given, place.value, checks=ALL_CHECKS)
    return _type_words(given["type"]) if wrong else []


EXPLANATIONS: Final[Mapping[str, Explain]] = {
    "type": _type,
    "enum": _enum,
    "const": _limit("{}"),
    "minimum": _bound("at least", "exclusiveMinimum", "more than"),
    "maximum": _bound("at most", "exclusiveMaximum", "less than"),
    "exclusiveMinimum": _limit("more than {}"),
    "exclusiveMaximum": _limit("less than {}"),
    "multipleOf": _limit("a multiple of {}"),
    "minLength": _limit("at least {} characters long"),
    "maxLength": _limit("at most {} characters long"),
    "pattern": _pattern,
    "format": _format,
    "minItems": _limit("a list of at least {} items"),
    "maxItems": _limit("a list of at most {} items"),
    "uniqueItems": _limit("a list without equal items"),
    "items": _items,
    "prefixItems": _prefix_items,
    "properties": _properties,
    "required": _required,
    "additionalProperties": _additional,
    "additionalItems": _additional_items,
    "patternProperties": _pattern_properties,
    "propertyNames": _names,
    "contains": _contains,
    "if": _if,
    "dependentRequired": _dependencies,
    "dependentSchemas": _dependencies,
    "dependencies": _dependencies,
    "unevaluatedProperties": _unevaluated_properties,
    "unevaluatedItems": _unevaluated_items,
    "minProperties": _limit("an object with at least {} properties"),
    "maxProperties": _limit("an object with at most {} properties"),
    "$ref": _reference,
    "allOf": _all,
    "anyOf": _any,
    "oneOf": _one,
    "not": _not,
}
"""How to explain the violation of each keyword that is checked."""
