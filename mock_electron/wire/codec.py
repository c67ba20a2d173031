"""Read and write JSON: strict when reading, compact when writing.

Strict means UTF-8 only, no NaN or Infinity, and no lone surrogates. `canonical` also refuses a
document that is nested so deeply that orjson could not write an error that quotes it.
"""

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import orjson

from mock_electron.inputs.checks import must_be
from mock_electron.wire.zod.javascript import Double

UTF8_BOM: Final = b"\xef\xbb\xbf"
LARGE: Final = 1024 * 1024
"""Bytes of a document from which on the garbage collector pauses while it is read."""
ENVELOPE_LEVELS: Final = 12
"""The nesting levels that an error envelope adds around a value that it quotes."""


class MalformedError(ValueError):
    """The input is not valid JSON, or is nested too deeply. The message gives the position."""


def checked_text(text: object, name: str) -> str:
    """Return the text if it is a string that UTF-8 can encode.

    Args:
        text: The text.
        name: What the text is, for the message.

    Raises:
        TypeError: If it is not a string.
        ValueError: If it contains a lone surrogate.
    """
    if not isinstance(text, str):
        raise TypeError(must_be(name, "a string", text))
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{name} must not contain a lone surrogate, got {text!r} (index {error.start})"
        ) from error
    return text


def decode(data: bytes) -> object:
    """Read one JSON document.

    A leading byte order mark is skipped, as Express does (I). Integers beyond 64 bits become
    floats, as in JavaScript.

    Raises:
        MalformedError: If the data is not strict JSON in UTF-8.
    """
    try:
        with _no_garbage_collection(len(data)):
            return orjson.loads(data.removeprefix(UTF8_BOM))
    except orjson.JSONDecodeError as error:
        # Only the position: orjson's message differs between versions.
        raise MalformedError(f"at line {error.lineno}, column {error.colno}") from error


@contextmanager
def _no_garbage_collection(size: int) -> Iterator[None]:
    """Pause the garbage collector while a large document is read: it triples the time.

    The collector runs again and again as the number of new objects grows, and finds no garbage.
    """
    pause = size > LARGE and gc.isenabled()
    if pause:
        gc.disable()
    try:
        yield
    finally:
        if pause:
            gc.enable()


def encode(value: object) -> bytes:
    """Write compact JSON in UTF-8, with the keys in the order of the dict."""
    return orjson.dumps(value, default=_encode_double)


def _encode_double(value: object) -> orjson.Fragment:
    """Write a Double as JavaScript does. orjson calls this for types that it does not know."""
    if isinstance(value, Double):
        return orjson.Fragment(repr(value))
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def canonical(value: object) -> bytes:
    """Write JSON with sorted keys, so that equal values give equal bytes.

    Raises:
        MalformedError: If the value is nested deeper than 242 levels.
    """
    for _ in range(ENVELOPE_LEVELS):
        value = (value,)
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        raise MalformedError("because it is nested too deeply") from error


def encode_arguments(arguments: object) -> str:
    """Write a tool call's arguments: JSON text with a space after `:` and `,` (I)."""
    return json.dumps(arguments, ensure_ascii=False, allow_nan=False)
