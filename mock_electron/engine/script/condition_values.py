"""The kinds of values that conditions take, and the checks of each.

A kind also decides how script files write a value; see `mock_electron.scripts`.
"""

import re
from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Any, Final

from mock_electron.engine.script.text import Text
from mock_electron.engine.tool_names import tool_name
from mock_electron.inputs.numbers import is_whole
from mock_electron.inputs.spelling import did_you_mean
from mock_electron.wire import codec, schema


class ValueKind(Enum):
    """What kind of value a condition takes."""

    TEXT = auto()
    NAME = auto()
    TOOLS = auto()
    COUNT = auto()
    BOOLEAN = auto()
    HEADERS = auto()
    PARAMETERS = auto()


def read_value(kind: ValueKind, name: str, given: Any) -> Any:
    """Return a condition's value as a match stores it.

    Args:
        kind: The kind of value that the condition takes.
        name: The condition's name, for messages.
        given: The value as the user wrote it.

    Raises:
        TypeError: If the value has the wrong type.
        ValueError: If the value cannot match anything, or matches everything.
    """
    return READERS[kind](name, given)


def _read_text(name: str, given: Any) -> Text:
    if isinstance(given, re.Pattern):
        return given
    if codec.checked_text(given, name) == "":
        raise ValueError(f"{name} must not be empty: an empty text matches every request")
    return str(given)


def _read_name(name: str, given: Any) -> str:
    if not isinstance(given, str) or not given:
        raise TypeError(f"{name} must be a non-empty string, got {given!r}")
    return given


def _read_tools(_name: str, given: Any) -> tuple[str, ...]:
    return tuple(map(tool_name, (given,) if isinstance(given, str) else given))


def _read_count(name: str, given: Any) -> int:
    if not is_whole(given, 1):
        raise ValueError(f"{name} must be an integer of at least 1, got {given!r}")
    return int(given)


def _read_boolean(name: str, given: Any) -> bool:
    if not isinstance(given, bool):
        raise TypeError(f"{name} must be True or False, got {given!r}")
    return given


def _read_headers(name: str, given: Any) -> dict[str, Text]:
    if not isinstance(given, Mapping):
        example = {"x-trace": "7"}
        raise TypeError(f"{name} must map names to texts, such as {example}, got {given!r}")
    return {
        str(header).lower(): _read_text(f"the header {header!r}", text)
        for header, text in given.items()
    }


def _read_parameters(name: str, given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        example = {"temperature": 0}
        raise TypeError(f"{name} must map fields to values, such as {example}, got {given!r}")
    for parameter in given:
        if parameter not in schema.PARAMETERS:
            hint = did_you_mean(parameter, schema.PARAMETERS)
            raise ValueError(f"unknown request parameter {parameter!r}.{hint}")
    return dict(given)


READERS: Final[Mapping[ValueKind, Callable[[str, Any], Any]]] = {
    ValueKind.TEXT: _read_text,
    ValueKind.NAME: _read_name,
    ValueKind.TOOLS: _read_tools,
    ValueKind.COUNT: _read_count,
    ValueKind.BOOLEAN: _read_boolean,
    ValueKind.HEADERS: _read_headers,
    ValueKind.PARAMETERS: _read_parameters,
}
