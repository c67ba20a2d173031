"""Decode request bodies that are compressed or in UTF-16.

The gateway reads them as Express does (I): it inflates gzip and deflate, and it accepts the
charsets UTF-8 and UTF-16. Everything else gets 415. Express refuses a deflate body without the
header of zlib, and the name `x-gzip`; here both are accepted.
"""

import re
import zlib
from collections.abc import Mapping
from typing import Final

from mock_electron._regex import regex
from mock_electron.inputs.spelling import echoed
from mock_electron.wire.errors import (
    INVALID_REQUEST,
    TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    ApiError,
    Refusal,
)

IDENTITY: Final = "identity"
GZIP: Final = "gzip"
DEFLATE: Final = "deflate"
CODINGS: Final = (IDENTITY, GZIP, DEFLATE)
OTHER_NAMES: Final[Mapping[str, str]] = {"": IDENTITY, "x-gzip": GZIP}
"""The codings that have a second name (RFC 9110)."""
MAX_GZIP_MEMBERS: Final = 16
"""The maximum number of gzip streams in one body. Clients send one."""

CHARSET: Final = regex(r";\s*charset\s*=\s*(?:\"([^\"]*)\"|([^;\s]*))", re.IGNORECASE)
UTF_8: Final = "utf-8"
UTF_16: Final = "utf-16"
CHARSETS: Final[Mapping[str, str]] = {
    "utf8": UTF_8,
    "utf16": UTF_16,
    "utf16le": "utf-16-le",
    "utf16be": "utf-16-be",
}
"""Python's names of the charsets, by the names that Express accepts, without punctuation."""
BYTE_ORDERS: Final[Mapping[bytes, str]] = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
MOST_CONTAINERS: Final = 30_000
"""The maximum number of objects and arrays in a body. JSON that consists of tiny ones takes a
hundred times its size in memory, and blocks the server while it is read."""
MOST_VALUES: Final = 100_000
"""The maximum number of values that commas separate in a body. To read them and to sort their keys
takes most of the time that a request may take."""
MOST_STRINGS: Final = 2 * (MOST_VALUES + MOST_CONTAINERS)
"""More strings than a body with at most MOST_VALUES and MOST_CONTAINERS can have, with its keys."""
NOT_COUNTED: Final = bytes(set(range(256)) - set(b'"[{,'))
SAMPLED_BYTES: Final = 200
"""How many bytes are inspected to find the byte order of UTF-16 without a byte order mark."""


def too_large(limit: int) -> ApiError:
    """Return the error for a body above the limit, in bytes."""
    return TOO_LARGE.saying(f"Request body larger than {limit} bytes")


def plain_body(content_type: str, content_encoding: str, body: bytes, limit: int) -> bytes:
    """Return a JSON body decompressed and in UTF-8.

    Args:
        content_type: The value of the `Content-Type` header, which declares JSON.
        content_encoding: The value of the `Content-Encoding` header; "" without it.
        body: The bytes of the body.
        limit: The maximum size after decompression, in bytes.

    Raises:
        Refusal: With 415 if the encoding or the charset is not supported, with 413 if the body is
            too large, and with 400 if it is not in the encoding or charset of its headers.
    """
    charset = _charset(content_type)
    coding = content_encoding.strip().lower()
    coding = OTHER_NAMES.get(coding, coding)
    if coding not in CODINGS:
        words = f"Unsupported content encoding {echoed(coding)}"
        expected = ", ".join(map(repr, CODINGS))
        raise Refusal(UNSUPPORTED_MEDIA_TYPE.saying(f"{words}; expected one of {expected}"))
    if coding != IDENTITY:
        body = _inflate(body, coding, limit)
    return body if charset == UTF_8 else _utf8(body, charset)


def is_utf_16(data: bytes) -> bool:
    """Return whether data is probably text in UTF-16: its first character is a mark or ASCII."""
    return data[:2] in BYTE_ORDERS or data[:2].count(0) == 1


def check_containers(body: bytes) -> None:
    """Raise Refusal with 400 if a JSON body has too many objects and arrays, or too many values.

    Args:
        body: The bytes of the body, which may be malformed.
    """
    if len(body) <= MOST_CONTAINERS:
        return  # most bodies are shorter than that
    brackets, commas = body.count(b"{") + body.count(b"["), body.count(b",")
    if brackets <= MOST_CONTAINERS and commas < MOST_VALUES:
        return
    signs = _outside_strings(body)
    if signs is not None and len(signs) - signs.count(b",") > MOST_CONTAINERS:
        raise _invalid(f"The request body must have at most {MOST_CONTAINERS:,} objects and arrays")
    if signs is None or signs.count(b",") >= MOST_VALUES:
        raise _invalid(f"The request body must have at most {MOST_VALUES:,} values")


def _outside_strings(body: bytes) -> bytes | None:
    """Return the brackets and commas outside of strings; None if there are too many strings."""
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    signs = body.translate(None, NOT_COUNTED)
    if signs.count(b'"') > 2 * MOST_STRINGS:
        return None
    return b"".join(signs.replace(b'""', b"").split(b'"')[::2])


def _charset(content_type: str) -> str:
    """Return Python's name of the charset that a `Content-Type` header names.

    Express accepts only names that begin with `utf-`, so `utf8` is not one of them (I).
    """
    found = CHARSET.search(content_type)
    name = (found[1] or found[2] or UTF_8).strip().lower() if found else UTF_8
    charset = CHARSETS.get(re.sub("[^a-z0-9]", "", name))
    if charset is None or not name.startswith("utf-"):
        words = f"Unsupported charset {echoed(name)}; expected one of 'utf-8', 'utf-16'"
        hint = f". Did you mean {charset!r}?" if charset else ""
        raise Refusal(UNSUPPORTED_MEDIA_TYPE.saying(words + hint))
    return charset


def _inflate(body: bytes, coding: str, limit: int) -> bytes:
    """Return the decompressed body. No more than `limit` bytes are kept in memory."""
    inflated, rest = bytearray(), body
    for _ in range(MAX_GZIP_MEMBERS):
        stream = zlib.decompressobj(_window(rest, coding))
        try:
            inflated += stream.decompress(rest, limit + 1 - len(inflated))
        except zlib.error as error:
            raise _invalid(f"The request body is not valid {coding} data") from error
        if len(inflated) > limit:
            raise Refusal(too_large(limit))
        if not stream.eof:
            raise _invalid(f"The request body is not complete {coding} data: its end is missing")
        rest = stream.unused_data
        if coding == DEFLATE or not rest:  # zlib ignores what follows
            return bytes(inflated)
    raise _invalid(f"The request body has more than {MAX_GZIP_MEMBERS} gzip streams")


def _window(data: bytes, coding: str) -> int:
    """Return zlib's `wbits` for the data, which also select the format."""
    if coding == GZIP:
        return 16 + zlib.MAX_WBITS
    is_zlib = data[:1] and data[0] & 15 == zlib.DEFLATED and int.from_bytes(data[:2]) % 31 == 0
    return zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS


def _utf8(body: bytes, charset: str) -> bytes:
    """Return a body in UTF-16 as UTF-8, without a byte order mark."""
    order = _byte_order(body) if charset == UTF_16 else charset
    try:
        text = body.decode(order)
    except UnicodeDecodeError as error:
        raise _invalid(
            f"The request body is not valid UTF-16: {error.reason} at byte {error.start}"
        ) from error
    return text.removeprefix("\ufeff").encode()


def _byte_order(body: bytes) -> str:
    """Return the byte order, from the byte order mark or the position of zero bytes."""
    marked = BYTE_ORDERS.get(body[:2])
    if marked is not None:
        return marked
    zeros_first = body[0:SAMPLED_BYTES:2].count(0)
    zeros_second = body[1:SAMPLED_BYTES:2].count(0)
    return "utf-16-be" if zeros_first > zeros_second else "utf-16-le"


def _invalid(words: str) -> Refusal:
    return Refusal(INVALID_REQUEST.saying(words))
