"""Read and write JSON: strict when reading, compact when writing.

Strict means UTF-8 only, no NaN or Infinity, and no lone surrogates. `canonical` also refuses a
document that is nested so deeply that orjson could not write an error that quotes it.
"""

import gc
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from json.encoder import encode_basestring
from typing import Any, Final

import orjson

from mock_electron._regex import regex
from mock_electron.inputs.checks import must_be
from mock_electron.inputs.spelling import shortened

UTF8_BOM: Final = b"\xef\xbb\xbf"
LARGE: Final = 64 * 1024
"""The minimum size of a document during whose reading the garbage collector pauses, in bytes."""
ENVELOPE_LEVELS: Final = 12
"""The nesting levels that an error envelope adds around a value that it quotes."""
CANONICAL_SYNTAX: Final = 2 * ENVELOPE_LEVELS
"""Bytes that `canonical` writes around a value."""


GOOD_ESCAPES: Final = regex(
    rb"""(?:
      [^\\]++
    | \\[^u]
    | \\u(?:[^dD]|[dD][^89a-fA-F])
    | \\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F]   # both halves of a pair
    )*+""",
    re.VERBOSE,
)
"""JSON text up to its first lone surrogate."""
LONE_SURROGATE: Final = regex(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
LONE_SURROGATE_BYTES: Final = regex(
    rb"\xed(?:[\xa0-\xaf][\x80-\xbf](?!\xed[\xb0-\xbf])|[\xb0-\xbf][\x80-\xbf])"
)
"""A lone surrogate, written as UTF-8 writes other characters."""
SURROGATE: Final = regex("[\ud800-\udfff]")
MAX_SEARCHED_VALUES: Final = 10_000
"""How many values of a document are searched for the place of a lone surrogate."""
LONGEST_PLACE: Final = 100
"""The maximum length of a place in a message, in characters."""


class MalformedError(ValueError):
    """The input is not valid JSON, or is nested too deeply. The message gives the position."""


class LoneSurrogateError(MalformedError):
    """The input is JSON, but a string contains a lone surrogate, which is not a character."""


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
        LoneSurrogateError: If a string contains a lone surrogate, and everything else is valid, or
            if the data is not UTF-8 because of one.
    """
    data = data.removeprefix(UTF8_BOM)
    try:
        if len(data) <= LARGE:
            return orjson.loads(data)
        with no_garbage_collection():
            return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        _refuse_other_bytes(data)
        _refuse_lone_surrogates(data)
        # Only the position: orjson's message differs between versions.
        raise MalformedError(f"at line {error.lineno}, column {error.colno}") from error


def _refuse_other_bytes(data: bytes) -> None:
    """Raise MalformedError if the data is not UTF-8, or LoneSurrogateError because of one."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        if lone := LONE_SURROGATE_BYTES.match(data, error.start):
            found = lone[0].decode("utf-8", "surrogatepass").encode("ascii", "backslashreplace")
            words = f"{found.decode()} at index {error.start}, in bytes that are not UTF-8"
            raise LoneSurrogateError(words) from None
        words = f"because it is not UTF-8: byte 0x{data[error.start]:02x} at index {error.start}"
        raise MalformedError(words) from None


def _refuse_lone_surrogates(data: bytes) -> None:
    """Raise LoneSurrogateError if the data is JSON except for lone surrogates."""
    found = GOOD_ESCAPES.match(data)
    lone = LONE_SURROGATE.match(data, found.end()) if found else None
    if lone is None:
        return
    try:
        document = json.loads(data, parse_int=float, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return
    before = data[: lone.start()].decode()
    line, column = before.count("\n") + 1, lone.start() and len(before) - before.rfind("\n")
    place = next(_surrogate_places(document), "")
    raise LoneSurrogateError(
        f"{lone[0].decode()} at line {line}, column {column}{place and f', in {place}'}"
    )


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _surrogate_places(document: object) -> Iterator[str]:
    """Yield the places of the strings with lone surrogates, such as `messages[0].content`."""
    left = [("", document)]
    for _ in range(MAX_SEARCHED_VALUES):
        if not left:
            return
        place, value = left.pop()
        if isinstance(value, str) and SURROGATE.search(value):
            yield place
        left += reversed(list(islice(_members(place, value), MAX_SEARCHED_VALUES)))


def _members(place: str, value: object) -> Iterator[tuple[str, object]]:
    """Yield the place and the value of each key and member of a JSON value."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield f"a key of {place}" if place else "a key", key
            yield shortened(f"{place}.{key}" if place else key, LONGEST_PLACE), member
    elif isinstance(value, list):
        yield from (
            (shortened(f"{place}[{n}]", LONGEST_PLACE), member) for n, member in enumerate(value)
        )


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Pause the garbage collector while much is read and kept: it would triple the time.

    The collector runs repeatedly as the number of new objects grows, and finds no garbage.
    """
    pause = gc.isenabled()
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
    from mock_electron.wire.zod.javascript import Double  # for what the schema refuses only

    if isinstance(value, Double):
        return orjson.Fragment(repr(value))
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def canonical(value: object) -> bytes:
    """Write JSON with sorted keys, so that equal values give equal bytes.

    Raises:
        MalformedError: If the value is nested deeper than 242 levels.
    """
    value = ((((((((((((value,),),),),),),),),),),),)  # ENVELOPE_LEVELS tuples
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        raise MalformedError("because it is nested too deeply") from error


ARGUMENTS: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
"""Writes a space after `:` and `,`."""


def encode_arguments(arguments: object) -> str:
    """Write a tool call's arguments: JSON text with a space after `:` and `,` (I)."""
    if type(arguments) is dict:
        members = []
        for name, value in arguments.items():
            write = SCALARS.get(type(value))
            if write is None or type(name) is not str:
                break
            members.append(f"{encode_basestring(name)}: {write(value)}")
        else:  # most calls; an encoder for each takes three times as long
            return f"{{{', '.join(members)}}}"
    return ARGUMENTS.encode(arguments)


SCALARS: Final[Mapping[type, Callable[[Any], str]]] = {
    str: encode_basestring,
    int: int.__repr__,
    bool: {True: "true", False: "false"}.__getitem__,
}
"""How most arguments are written, by type."""
