"""How script files write conditions: one row for each kind of value."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from mock_electron.engine.script.condition_values import ValueKind
from mock_electron.engine.script.conditions import CONDITIONS
from mock_electron.engine.script.match import Match
from mock_electron.engine.script.text import Text, quoted
from mock_electron.scripts.problems import Found, WrongError
from mock_electron.wire.schema import PARAMETERS

Schema = dict[str, Any]

NAME: Final[Schema] = {"type": "string", "minLength": 1}
NAMES: Final[Schema] = {"type": ["string", "array"], "items": NAME}
TEXT: Final[Schema] = {
    "title": "text",
    "type": ["string", "object"],
    "properties": {"regex": NAME},
    "additionalProperties": False,
    "required": ["regex"],
    "minLength": 1,
}
TEXT_REF: Final[Schema] = {"$ref": "#/$defs/text"}
HEADERS: Final[Schema] = {
    "title": "headers",
    "type": "object",
    "additionalProperties": TEXT_REF,
}
FIELDS: Final[Schema] = {
    "title": "parameters",
    "type": "object",
    "properties": dict.fromkeys(PARAMETERS, True),
    "additionalProperties": False,
}
FLAGS: Final = {
    re.IGNORECASE: "i",
    re.MULTILINE: "m",
    re.DOTALL: "s",
    re.VERBOSE: "x",
    re.ASCII: "a",
}
"""The flags of regular expressions, and the letters that set them in a pattern."""


def _same(given: Any) -> Any:
    return given


def _read_text(given: str | dict[str, str]) -> Text:
    if isinstance(given, str):
        return given
    try:
        return re.compile(given["regex"])
    except (re.error, OverflowError, RecursionError) as error:
        words = f"invalid regular expression {quoted(given['regex'])}: {error}"
        raise WrongError([(("regex",), words)]) from error


def _write_text(text: Text) -> Any:
    if isinstance(text, str):
        return text
    missing = text.flags & ~_flags_inside(text.pattern)
    letters = "".join(letter for flag, letter in FLAGS.items() if missing & flag)
    return {"regex": f"(?{letters}){text.pattern}" if letters else text.pattern}


def _flags_inside(pattern: str) -> int:
    """Return the flags that a pattern itself sets, as `(?i)…` does."""
    try:
        return re.compile(pattern).flags
    except re.error:  # the pattern is valid only with its flags
        return 0


def _read_headers(given: Mapping[str, Any]) -> dict[str, Text]:
    headers, found = dict[str, Text](), list[Found]()
    for name, text in given.items():
        try:
            headers[name] = _read_text(text)
        except WrongError as error:
            found += (((name, *below), words) for below, words in error.found)
    if found:
        raise WrongError(found)
    return headers


def _write_headers(headers: Iterable[tuple[str, Text]]) -> dict[str, Any]:
    return {name: _write_text(text) for name, text in headers}


class FileForm(Struct, frozen=True):
    """How a script file writes one kind of value.

    Attributes:
        schema: The value in a file, as JSON Schema.
        read: Turns the value in a file into one that `Match.of` takes.
        write: Turns the value that a match stores into one for a file.
    """

    schema: Schema
    read: Callable[[Any], Any] = _same
    write: Callable[[Any], Any] = _same


FORMS: Final[Mapping[ValueKind, FileForm]] = {
    ValueKind.TEXT: FileForm(TEXT_REF, _read_text, _write_text),
    ValueKind.NAME: FileForm(NAME),
    ValueKind.KEY: FileForm(NAME),
    ValueKind.TOOLS: FileForm(NAMES, write=list),
    ValueKind.COUNT: FileForm({"type": "integer", "minimum": 1}),
    ValueKind.BOOLEAN: FileForm({"type": "boolean"}),
    ValueKind.HEADERS: FileForm(HEADERS, _read_headers, _write_headers),
    ValueKind.PARAMETERS: FileForm(FIELDS, write=dict),
}


def schemas() -> dict[str, Schema]:
    """Return the schema of each condition by name."""
    return {name: FORMS[condition.kind].schema for name, condition in CONDITIONS.items()}


def read_condition(name: str, given: Any) -> Any:
    """Return a condition's value as `Match.of` takes it.

    Raises:
        WrongError: If a regular expression is invalid.
    """
    return FORMS[CONDITIONS[name].kind].read(given)


def write_conditions(match: Match) -> dict[str, Any]:
    """Return the conditions of a match as a file writes them.

    Raises:
        ValueError: If the match has a function, which a file cannot contain.
    """
    if match.predicate is not None:
        raise ValueError("cannot write a step to a file if its match is a function")
    return {name: FORMS[CONDITIONS[name].kind].write(value) for name, value in match.given.items()}
