"""Other spellings of the same events, which the specification of server-sent events allows.

A correct client reads the same reply from them. Other spellings are `Comments` and `Crlf`.
"""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from mock_electron._dataclass import dataclass
from mock_electron.engine.faults.delivery import Delivery, Frame
from mock_electron.engine.faults.fault import FORM, LINES, DeliveryFault, StreamFault
from mock_electron.inputs import checks

MARK: Final = b"\xef\xbb\xbf"
DATA_LINE: Final = re.compile(rb"^(data: ?)(.*)$", re.MULTILINE)
JSON_PIECE: Final = re.compile(rb'"(?:[^"\\]|\\.)*"?|[][{},]')
"""A string of JSON text, or a character that opens, closes or separates."""


@dataclass(frozen=True, slots=True)
class NoSpace(StreamFault):
    """No space follows `data:`."""

    breaks: ClassVar[bool] = False
    stage: ClassVar[int] = FORM

    def change(self, delivery: Delivery) -> Delivery:
        return delivery.with_frames(
            frame._replace(data=DATA_LINE.sub(rb"data:\2", frame.data)) for frame in delivery.frames
        )


@dataclass(frozen=True, slots=True)
class DataLines(StreamFault):
    """Each event has several `data:` lines, one for each member of its JSON object.

    A client must join them with line feeds, which JSON allows between members.
    """

    breaks: ClassVar[bool] = False
    stage: ClassVar[int] = FORM

    def change(self, delivery: Delivery) -> Delivery:
        return delivery.with_frames(
            frame._replace(data=DATA_LINE.sub(_in_lines, frame.data)) for frame in delivery.frames
        )


def _in_lines(line: re.Match[bytes]) -> bytes:
    prefix, text = line.groups()
    return b"\n".join(prefix + part for part in _members(text))


def _members(text: bytes) -> Iterator[bytes]:
    """Yield JSON text, divided after each comma between the members of the outermost object."""
    depth = start = 0
    for piece in JSON_PIECE.finditer(text):
        mark = piece[0]
        depth += (mark in (b"{", b"[")) - (mark in (b"}", b"]"))
        if mark == b"," and depth == 1:
            yield text[start : piece.end()]
            start = piece.end()
    yield text[start:]


@dataclass(frozen=True, slots=True)
class EventFields(StreamFault):
    """The events have other fields in addition to `data`.

    Attributes:
        event: The name in the `event:` line of each event. None means no such line.
        ids: Whether each event has an `id:` line, counted from 1.
        retry: The milliseconds in the `retry:` line of the first event. None means no such line.
    """

    event: str | None = "message"
    ids: bool = True
    retry: int | None = 3000
    breaks: ClassVar[bool] = False
    stage: ClassVar[int] = FORM

    def __post_init__(self) -> None:
        checks.boolean("EventFields.ids", self.ids)
        checks.optional_whole_number("EventFields.retry", self.retry, 0)
        event = self.event
        if event is not None and not (isinstance(event, str) and event and event.isprintable()):
            what = "printable text on one line, or None"
            raise ValueError(checks.must_be("EventFields.event", what, event))

    def change(self, delivery: Delivery) -> Delivery:
        return delivery.with_frames(self._with_fields(delivery.frames))

    def _with_fields(self, frames: tuple[Frame, ...]) -> Iterator[Frame]:
        number = 0
        for frame in frames:
            if DATA_LINE.search(frame.data) is None:  # a comment
                yield frame
                continue
            number += 1
            lines = [] if self.retry is None or number > 1 else [f"retry: {self.retry}\n"]
            lines += [] if self.event is None else [f"event: {self.event}\n"]
            lines += [f"id: {number}\n"] if self.ids else []
            yield frame._replace(data="".join(lines).encode() + frame.data)


@dataclass(frozen=True, slots=True)
class ByteOrderMark(DeliveryFault):
    """The body begins with a byte order mark, in a stream or in a reply in one piece."""

    breaks: ClassVar[bool] = False
    stage: ClassVar[int] = LINES

    def change(self, delivery: Delivery) -> Delivery:
        first, *rest = delivery.frames
        marked = delivery.with_frames([first._replace(data=MARK + first.data), *rest])
        return marked.with_right_length()


@dataclass(frozen=True, slots=True)
class BareCr(StreamFault):
    """Lines end with CR alone, as the specification of server-sent events allows."""

    breaks: ClassVar[bool] = False
    stage: ClassVar[int] = LINES

    def change(self, delivery: Delivery) -> Delivery:
        return delivery.with_frames(
            frame._replace(data=frame.data.replace(b"\r\n", b"\n").replace(b"\n", b"\r"))
            for frame in delivery.frames
        )
