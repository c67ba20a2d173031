"""The kinds of values that conditions take, and the checks of each.

A kind also decides how script files write a value; see `mock_electron.scripts`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from enum import Enum, auto
from typing import Any, Final

from mock_electron.engine.script.text import Text
from mock_electron.engine.tool_names import tool_name
from mock_electron.inputs.checks import api_key, must_be, whole_number
from mock_electron.inputs.spelling import echoed, unknown
from mock_electron.wire import codec, schema

TEXTS: Final = ("content", "contains", "message", "prompt", "said", "text", "user")
"""What other libraries call the text of the user."""


class ValueKind(Enum):
    """What kind of value a condition takes."""

    TEXT = auto()
    NAME = auto()
    KEY = auto()
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
        given: The user's value.

    Raises:
        TypeError: If the value has the wrong type.
        ValueError: If the value matches nothing or everything.
    """
    return READERS[kind](name, given)


def check_given(name: str, value: object) -> None:
    """Raise TypeError if the value of a condition is None, as a variable without a value is."""
    if value is None:
        raise TypeError(f"{name} must not be None; leave the condition out to match any request")


def unknown_condition(name: str, value: object, names: Iterable[str]) -> str:
    """Return the message for a condition that does not exist, with the right form of some."""
    message = unknown("condition", name, names)
    if name in schema.PARAMETERS:
        return f"unknown condition {name!r}; write parameters={{{name!r}: {echoed(value)}}}"
    if name in TEXTS:
        return f"unknown condition {name!r}; write says={echoed(value)}"
    return message


def _read_text(name: str, given: Any) -> Text:
    if isinstance(given, re.Pattern):
        if not isinstance(given.pattern, str):
            raise TypeError(must_be(name, "a regular expression for text, not for bytes", given))
        # Imported here, because a server without patterns does not need it.
        from mock_electron.engine.script.search_plan import check_pattern

        check_pattern(name, given)
        return given
    if codec.checked_text(given, name) == "":
        raise ValueError(f"{name} must not be empty: an empty text matches every request")
    return str(given)


def _read_name(name: str, given: Any) -> str:
    if not isinstance(given, str) or not given:
        raise TypeError(must_be(name, "a non-empty string", given))
    return given


def _read_key(name: str, given: Any) -> str:
    return api_key(name, _read_name(name, given))


def _read_tools(name: str, given: Any) -> tuple[str, ...]:
    if not isinstance(given, Iterable) or isinstance(given, bytes):
        raise TypeError(must_be(name, "a list of names", given))
    try:
        return tuple(map(tool_name, (given,) if isinstance(given, str | Mapping) else given))
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from None


def _read_count(name: str, given: Any) -> int:
    return whole_number(name, given, 1)


def _read_boolean(name: str, given: Any) -> bool:
    if not isinstance(given, bool):
        raise TypeError(must_be(name, "True or False", given))
    return given


def _read_headers(name: str, given: Any) -> tuple[tuple[str, Text], ...]:
    if not isinstance(given, Mapping):
        what = "a mapping of names to texts, such as {'x-trace': '7'}"
        raise TypeError(must_be(name, what, given))
    for header in given:
        if not isinstance(header, str) or not header:
            raise TypeError(
                must_be("the name of a header in headers", "a non-empty string", header)
            )
    return tuple(
        (header.lower(), _read_text(f"the header {header!r}", text))
        for header, text in given.items()
    )


def _read_parameters(name: str, given: Any) -> tuple[tuple[str, Any], ...]:
    if not isinstance(given, Mapping):
        what = "a mapping of fields to values, such as {'temperature': 0}"
        raise TypeError(must_be(name, what, given))
    for parameter in given:
        if parameter not in schema.PARAMETERS:
            raise ValueError(unknown("request parameter", parameter, schema.PARAMETERS))
    return tuple(given.items())


READERS: Final[Mapping[ValueKind, Callable[[str, Any], Any]]] = {
    ValueKind.TEXT: _read_text,
    ValueKind.NAME: _read_name,
    ValueKind.KEY: _read_key,
    ValueKind.TOOLS: _read_tools,
    ValueKind.COUNT: _read_count,
    ValueKind.BOOLEAN: _read_boolean,
    ValueKind.HEADERS: _read_headers,
    ValueKind.PARAMETERS: _read_parameters,
}
