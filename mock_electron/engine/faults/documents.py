"""Change the JSON documents in the frames of a reply.

Two rules make it possible to edit the bytes of a chunk without reading its JSON:

1. Frames of the kinds WRITTEN have the form that `wire.render` writes. Faults keep it until the
   stage that changes the fields of events.
2. A quotation mark inside a JSON string is preceded by a backslash, so that the pattern of a
   member, such as `,"choices":[`, never matches inside a string.
"""

from collections.abc import Callable
from typing import Any, Final

from mock_electron.engine.faults.delivery import (
    FINISH,
    ROLE,
    TOKENS,
    USAGE,
    FrameKind,
)
from mock_electron.wire import codec

DATA: Final = b"data: "
WRITTEN: Final[frozenset[FrameKind]] = frozenset({ROLE, TOKENS, FINISH, USAGE})
"""The kinds of the frames that carry a chunk of a stream."""
Document = dict[str, Any]


def document_of(data: bytes) -> Document | None:
    """Return the JSON object of a body or an event, or None if there is none."""
    try:
        document = codec.decode(data.removeprefix(DATA))
    except codec.MalformedError:
        return None
    return document if isinstance(document, dict) else None


def with_document(data: bytes, document: Document) -> bytes:
    """Return a body or an event with another JSON object."""
    written = codec.encode(document)
    return DATA + written + b"\n\n" if data.startswith(DATA) else written


def changed(data: bytes, change: Callable[[Document], Document]) -> bytes:
    """Return a body or an event with its JSON object changed. Other bytes are unchanged."""
    document = document_of(data)
    return data if document is None else with_document(data, change(document))
