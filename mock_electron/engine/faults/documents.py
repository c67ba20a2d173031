"""Change the JSON documents in the frames of a reply."""

from collections.abc import Callable
from typing import Any, Final

from mock_electron.engine.faults.delivery import Frame
from mock_electron.wire import codec

DATA: Final = b"data: "
Document = dict[str, Any]


def document_of(frame: Frame) -> Document | None:
    """Return the JSON object of a body or an event, or None if there is none."""
    try:
        document = codec.decode(frame.data.removeprefix(DATA))
    except codec.MalformedError:
        return None
    return document if isinstance(document, dict) else None


def with_document(frame: Frame, document: Document) -> Frame:
    """Return a body or an event with another JSON object."""
    written = codec.encode(document)
    is_event = frame.data.startswith(DATA)
    return frame._replace(data=DATA + written + b"\n\n" if is_event else written)


def changed(frame: Frame, change: Callable[[Document], Document]) -> Frame:
    """Return a frame with its JSON object changed. Other frames are returned unchanged."""
    document = document_of(frame)
    return frame if document is None else with_document(frame, change(document))
