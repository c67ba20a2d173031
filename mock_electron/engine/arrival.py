"""An HTTP request as it arrives, and the fingerprint that identifies repeated requests."""

from dataclasses import dataclass

from mock_electron.model.dice import fingerprint
from mock_electron.wire import codec
from mock_electron.wire.errors import MALFORMED_JSON, Refusal
from mock_electron.wire.headers import Headers
from mock_electron.wire.request import decode_body


@dataclass(frozen=True, slots=True)
class Arrival:
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
    """

    method: str
    path: str
    authorization: str = ""
    content_type: str = ""
    body: bytes = b""
    accept_encoding: str = ""
    fault_header: str = ""
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class ParsedBody:
    """The parsed body of a request and the request's fingerprint.

    Attributes:
        fingerprint: 16 bytes, equal for equal requests.
        document: The JSON document of the body, or a Refusal if it is malformed.
    """

    fingerprint: bytes
    document: object | Refusal


def parse_body(arrival: Arrival) -> ParsedBody:
    """Return the parsed body. The fingerprint ignores white space and the order of keys."""
    document: object | Refusal
    try:
        document = decode_body(arrival.content_type, arrival.body)
        canonical = codec.canonical(document)
    except codec.MalformedError as error:
        document = Refusal(MALFORMED_JSON.saying(f"Malformed JSON in request body {error}"))
        canonical = arrival.body
    key = fingerprint(arrival.method.encode(), arrival.path.encode(), canonical)
    return ParsedBody(key, document)
