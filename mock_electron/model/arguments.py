"""Arguments for a tool call, taken from the user's words as the tool's JSON Schema asks for them.

Every type has one function in a table: it looks for a value in the words, and else makes one up
that the schema allows.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mock_electron.model.prose import recognise
from mock_electron.model.tools import words_of

Schema = Mapping[str, Any]

NUMBER: Final = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?!\w)")
QUOTED: Final = re.compile(r"\"([^\"]+)\"|“([^”]+)”|«([^»]+)»|「([^」]+)」|(?<!\w)'([^']+)'(?!\w)")
NAMED_PLACE: Final = re.compile(
    r"\b(?:in|at|for|to|from|near|of|named|called)\s+(?:the\s+)?"
    r"([^\W\d_a-z][\w'-]*(?:,? +[^\W\d_a-z][\w'-]*)*)"
)
FREE_TEXT: Final = ("query", "text", "message", "question", "prompt", "content", "body", "input")
DEEPEST: Final = 8
"""Levels of nested objects that are filled; beyond them an object stays empty."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value is wanted: the property's name, its depth, and its number among its kind."""

    name: str
    depth: int
    number: int = 0


def arguments(parameters: Schema, words: str) -> dict[str, Any]:
    """The arguments for a tool: all required ones, optional ones where the words speak of them."""
    return _object(parameters, words, _Place("", 0))


def _value(schema: object, words: str, place: _Place) -> Any:
    if not isinstance(schema, Mapping):
        return words
    if "const" in schema:
        return schema["const"]
    if isinstance(schema.get("enum"), list) and schema["enum"]:
        return _enum(schema["enum"], words)
    kinds = schema.get("type", "object" if "properties" in schema else "string")
    kind = kinds[0] if isinstance(kinds, list) and kinds else kinds
    fill = FILLERS.get(kind, _string) if isinstance(kind, str) else _string
    return fill(schema, words, place)


def _enum(options: list[Any], words: str) -> Any:
    said = words.lower()
    named = (option for option in options if isinstance(option, str) and option.lower() in said)
    return next(named, options[0])


def _string(schema: Schema, words: str, place: _Place) -> str:
    quoted = [next(filter(None, groups)) for groups in QUOTED.findall(words)]
    if len(quoted) > place.number:
        return str(quoted[place.number])
    if place.name.lower() in FREE_TEXT:
        return words
    names = NAMED_PLACE.findall(words)
    if len(names) > place.number:
        return str(names[place.number])
    default = schema.get("default")
    return default if isinstance(default, str) else recognise(words)[1]


def _number(schema: Schema, words: str, place: _Place) -> float:
    found = [float(number) for number in NUMBER.findall(words)]
    fallback = schema.get("default", schema.get("minimum", 1))
    value = found[place.number] if len(found) > place.number else fallback
    return float(value) if isinstance(value, int | float) else 1.0


def _integer(schema: Schema, words: str, place: _Place) -> int:
    return round(_number(schema, words, place))


def _boolean(schema: Schema, words: str, place: _Place) -> bool:
    return not re.search(r"\b(?:no|not|don't|without|never)\b", words, re.IGNORECASE)


def _null(schema: Schema, words: str, place: _Place) -> None:
    return None


def _array(schema: Schema, words: str, place: _Place) -> list[Any]:
    item = _Place(place.name, place.depth + 1, place.number)
    return [_value(schema.get("items", {}), words, item)] if item.depth < DEEPEST else []


def _object(schema: Schema, words: str, place: _Place) -> dict[str, Any]:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping) or place.depth >= DEEPEST:
        return {}
    required = schema.get("required")
    wanted = required if isinstance(required, list) else []
    spoken = set(words_of(words))
    counts: dict[object, int] = {}
    filled = {}
    for name, member in properties.items():
        if name in wanted or spoken & set(words_of(name)):
            kind = member.get("type", "string") if isinstance(member, Mapping) else "string"
            number = counts[str(kind)] = counts.get(str(kind), -1) + 1
            filled[name] = _value(member, words, _Place(name, place.depth + 1, number))
    return filled


FILLERS: Final[Mapping[str, Callable[[Schema, str, _Place], Any]]] = {
    "string": _string,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "null": _null,
    "array": _array,
    "object": _object,
}
