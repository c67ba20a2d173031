"""A request as it arrives, before anything is known of it, and who it is for the dice."""

from dataclasses import dataclass

from mock_electron.model.dice import fingerprint
from mock_electron.wire import codec
from mock_electron.wire.errors import MALFORMED_JSON, Refusal
from mock_electron.wire.headers import Headers
from mock_electron.wire.request import decode_body


@dataclass(frozen=True, slots=True)
class Arrival:
    """One HTTP request. `path` is the path inside the lane; headers are "" where absent.

    fault_header: `X-Mock-Electron`. It is no part of what is asked: the request is the same.
    headers: all of them, as they came.
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
    """What an arrival is counted as: equal requests have equal fingerprints.

    document: the JSON in its body, or the Refusal that it met.
    """

    fingerprint: bytes
    document: object | Refusal


def parse_body(arrival: Arrival) -> ParsedBody:
    """Read the body, and tell equal requests by what they say, not by how they are written."""
    document: object | Refusal
    try:
        document = decode_body(arrival.content_type, arrival.body)
        said = codec.canonical(document)
    except codec.MalformedError as error:
        document = Refusal(MALFORMED_JSON.saying(f"Malformed JSON in request body {error}"))
        said = arrival.body
    return ParsedBody(fingerprint(arrival.method.encode(), arrival.path.encode(), said), document)
