"""The types of JSON Schema, and which values of a document they accept."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple


class JsonType(NamedTuple):
    """A type of JSON Schema.

    Attributes:
        description: The type in messages.
        accepts: Takes a value, and returns whether it has the type.
    """

    description: str
    accepts: Callable[[object], bool]


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    """Return whether a value is an integer. 2.0 is one, because JSON has only one number type."""
    return is_number(value) and (isinstance(value, int) or value.is_integer())


TYPES: Final[Mapping[str, JsonType]] = {
    "string": JsonType("a string", lambda value: isinstance(value, str)),
    "integer": JsonType("an integer", _is_integer),
    "number": JsonType("a number", is_number),
    "boolean": JsonType("true or false", lambda value: isinstance(value, bool)),
    "array": JsonType("a list", lambda value: isinstance(value, list)),
    "object": JsonType("a mapping", lambda value: isinstance(value, dict)),
    "null": JsonType("null", lambda value: value is None),
}
