"""The one JSON codec: strict when reading, compact when writing.

Strict means: UTF-8 only, no NaN or Infinity, no lone surrogates, and no deeper than the writer
can follow, so that whatever was read can be written again.
"""

import json

import orjson

UTF8_BOM = b"\xef\xbb\xbf"


def decode(data: bytes) -> object:
    """Read one JSON document.

    Raises ValueError for anything that is not strict JSON in UTF-8. A leading byte order mark is
    skipped, as Express does (I). Integers beyond 64 bits become floats, as in JavaScript.
    """
    return orjson.loads(data.removeprefix(UTF8_BOM))


def encode(value: object) -> bytes:
    """Write compact JSON in UTF-8, keys in the order of the dict."""
    return orjson.dumps(value)


def canonical(value: object) -> bytes:
    """Write JSON that is the same for equal values, whatever the order of their keys.

    Raises ValueError where the value is nested deeper than 250 levels.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        raise ValueError("nested too deeply") from error


def encode_arguments(arguments: object) -> str:
    """Write a tool call's arguments: JSON text with a space after `:` and `,` (I, section 3)."""
    return json.dumps(arguments, ensure_ascii=False, allow_nan=False)
