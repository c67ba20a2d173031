"""An HTTP request as it arrives, and the fingerprint that identifies repeated requests."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from msgspec.structs import force_setattr

from mock_electron.model.dice import fingerprint_with, framed
from mock_electron.wire import codec
from mock_electron.wire.body import check_containers, is_utf_16, plain_body
from mock_electron.wire.errors import INVALID_REQUEST, MALFORMED_JSON, Refusal
from mock_electron.wire.headers import Headers
from mock_electron.wire.request import CHAT_PATH, JSON_MEDIA_TYPE, is_json

ANNOUNCEMENTS: Final = (b"content-length", b"transfer-encoding")
"""The headers that announce a body, even an empty one."""
PLAIN_JSON: Final = frozenset(
    (JSON_MEDIA_TYPE, f"{JSON_MEDIA_TYPE}; charset=utf-8", f"{JSON_MEDIA_TYPE};charset=utf-8")
)
"""The usual values of the `Content-Type` header, in lowercase, of JSON in UTF-8."""
UTF_16_HINT: Final = ". It looks like UTF-16; add charset=utf-16 to Content-Type"


class Arrival(Struct, frozen=True):
    """One HTTP request. The text of an absent header is "".

    Attributes:
        method: The HTTP method.
        path: The path inside the lane.
        authorization: The `Authorization` header.
        content_type: The `Content-Type` header.
        body: The bytes of the body.
        accept_encoding: The `Accept-Encoding` header.
        fault_header: The `X-Mock-Electron` header. It does not change the fingerprint.
        headers: All headers, as received.
        document: The JSON document that answers the request instead of a completion, or None.
    """

    method: str
    path: str
    authorization: str = ""
    content_type: str = ""
    body: bytes = b""
    accept_encoding: str = ""
    fault_header: str = ""
    headers: Headers = ()
    document: bytes | None = None
    _hash: int = 0

    def with_body(self, body: bytes) -> "Arrival":
        """Return the same request with another body."""
        return Arrival(
            self.method,
            self.path,
            self.authorization,
            self.content_type,
            body,
            self.accept_encoding,
            self.fault_header,
            self.headers,
            self.document,
        )

    def __post_init__(self) -> None:
        key = (self.body, self.headers, self.authorization, self.fault_header)
        force_setattr(self, "_hash", key.__hash__())

    def __hash__(self) -> int:
        return self._hash  # of the fields that differ; all are compared

    @property
    def content_encoding(self) -> str:
        """The `Content-Encoding` header. Repeated headers are joined, as Node does."""
        return ", ".join(self._values(b"content-encoding"))

    @property
    def has_body(self) -> bool:
        """Whether the request has a body, which may be empty."""
        return bool(self.body) or any(name in ANNOUNCEMENTS for name, _ in self.headers)

    def _values(self, name: bytes) -> Iterator[str]:
        return (value.decode("latin-1") for known, value in self.headers if known == name)


class ParsedBody(Struct, frozen=True):
    """The parsed body of a request and the request's fingerprint.

    Attributes:
        fingerprint: 16 bytes, equal for equal requests.
        document: The JSON document of the body, or the Refusal of a body that cannot be read.
        body: The body in UTF-8 without compression; as it was sent if it cannot be read.
    """

    fingerprint: bytes
    document: object | Refusal
    body: bytes


def has_plain_json(arrival: Arrival) -> bool:
    """Return whether the head of a request declares its body as JSON in UTF-8, uncompressed."""
    return arrival.content_type.lower() in PLAIN_JSON and not arrival.content_encoding


def parse_body(arrival: Arrival, limit: int, *, is_plain: bool = False) -> ParsedBody:
    """Return the parsed body.

    The fingerprint ignores compression, charset, white space and the order of keys. Express ignores
    a body that is not declared as JSON, and reads an empty body as `{}` (I).

    Args:
        arrival: The request.
        limit: The maximum size of the body after decompression, in bytes.
        is_plain: What `has_plain_json` returns, if that is known.
    """
    body = canonical = arrival.body
    document: object | Refusal
    try:
        if is_plain:
            document = _decoded(body)
        elif arrival.has_body and is_json(arrival.content_type):
            body = plain_body(arrival.content_type, arrival.content_encoding, body, limit)
            document = _decoded(body)
        else:
            document = {}
        canonical = codec.canonical(document)
    except Refusal as refusal:
        document = refusal
    except codec.LoneSurrogateError as error:
        words = f"The request body contains the lone surrogate {error}"
        document, canonical = Refusal(INVALID_REQUEST.saying(words)), body
    except codec.MalformedError as error:
        hint = UTF_16_HINT if is_utf_16(body) else ""
        words = f"Malformed JSON in request body {error}{hint}"
        document, canonical = Refusal(MALFORMED_JSON.saying(words)), body
    key = fingerprint_with(_framed_target(arrival), canonical)
    return ParsedBody(key, document, body)


FRAMED_CHAT: Final = framed(b"POST", CHAT_PATH.encode())


def _framed_target(arrival: Arrival) -> bytes:
    """Return the first parts of the fingerprint of a request. Nearly all have the same."""
    if arrival.path == CHAT_PATH and arrival.method == "POST":
        return FRAMED_CHAT
    return framed(arrival.method.encode(), arrival.path.encode())


def _decoded(body: bytes) -> object:
    """Return the document in a body that is declared as JSON.

    Raises:
        Refusal: If it has too many objects and arrays.
        codec.MalformedError: If it is malformed JSON.
    """
    check_containers(body)
    return codec.decode(body) if body else {}
