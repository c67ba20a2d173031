"""The one JSON codec: strict when reading, compact when writing.

Strict means: UTF-8 only, no NaN or Infinity, no lone surrogates, and no deeper than the writer
can follow, so that whatever was read can be written again.
"""

import json
from typing import Final

import orjson

from mock_electron.wire.zod.javascript import Double

UTF8_BOM: Final = b"\xef\xbb\xbf"
HEADROOM: Final = 12
"""Levels that an error envelope adds around what it quotes from a request."""


class MalformedError(ValueError):
    """What was read is no JSON; says where, or that it is too deep."""


def checked_text(text: object, what: str) -> str:
    """The text, if it can travel. Raises TypeError or ValueError, which name what it is for."""
    if not isinstance(text, str):
        raise TypeError(f"{what} is a text, not {text!r}")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{what} has a lone surrogate at {error.start}: {text!r}") from error
    return text


def decode(data: bytes) -> object:
    """Read one JSON document.

    A leading byte order mark is skipped, as Express does (I). Integers beyond 64 bits become
    floats, as in JavaScript. Raises MalformedError for anything but strict JSON in UTF-8.
    """
    try:
        return orjson.loads(data.removeprefix(UTF8_BOM))
    except orjson.JSONDecodeError as error:
        # The place only: orjson's words differ between its versions.
        raise MalformedError(f"at line {error.lineno}, column {error.colno}") from error


def encode(value: object) -> bytes:
    """Write compact JSON in UTF-8, keys in the order of the dict."""
    return orjson.dumps(value, default=_written)


def _written(value: object) -> orjson.Fragment:
    """What orjson cannot write by itself: the numbers that Zod quotes."""
    if isinstance(value, Double):
        return orjson.Fragment(repr(value))
    raise TypeError(f"{type(value).__name__} is no JSON")


def canonical(value: object) -> bytes:
    """Write JSON that is the same for equal values, whatever the order of their keys.

    Raises MalformedError where the value is nested deeper than 240 levels.
    """
    for _ in range(HEADROOM):
        value = (value,)
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        raise MalformedError("because it is nested too deeply") from error


def encode_arguments(arguments: object) -> str:
    """Write a tool call's arguments: JSON text with a space after `:` and `,` (I, section 3)."""
    return json.dumps(arguments, ensure_ascii=False, allow_nan=False)
