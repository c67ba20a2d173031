"""Other spellings of the same events, which the specification of server-sent events allows.

A correct client reads the same reply from them.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from typing import ClassVar, Final, TypeVar

from mock_electron._regex import regex
from mock_electron.engine.faults.delivery import ADDED, Delivery, Frames
from mock_electron.engine.faults.documents import WRITTEN
from mock_electron.engine.faults.fault import (
    FORM,
    LINES,
    MOST_EDITED,
    DeliveryFault,
    StreamFault,
)
from mock_electron.inputs import checks

T = TypeVar("T")
COMMENT: Final = b": keep-alive\n\n"
MARK: Final = b"\xef\xbb\xbf"
DATA_LINE: Final = regex(rb"^(data: ?)(.*)$", re.MULTILINE)
CHOICES: Final = b',"choices":'
JSON_PIECE: Final = regex(rb'"(?:[^"\\]|\\.)*"?|[][{},]')
"""A string of JSON text, or a character that opens, closes or separates."""


class NoSpace(StreamFault, frozen=True):
    """No space follows `data:`."""

    breaks: ClassVar[bool] = False
    stage: ClassVar[int] = FORM

    def change(self, delivery: Delivery) -> Delivery:
        data = delivery.frames.data
        return delivery.with_data((*map(_without_space, data[:MOST_EDITED]), *data[MOST_EDITED:]))

    def edits(self, delivery: Delivery) -> int:
        return len(delivery.frames)


def _without_space(data: bytes) -> bytes:
    data = data.replace(b"\ndata: ", b"\ndata:")
    return b"data:" + data[6:] if data.startswith(b"data: ") else data


class DataLines(StreamFault, frozen=True):
    """Each event has several `data:` lines, one for each member of its JSON object.

    A client must join them with line feeds, which JSON allows between members.
    """

    breaks: ClassVar[bool] = False
    stage: ClassVar[int] = FORM

    def change(self, delivery: Delivery) -> Delivery:
        frames = delivery.frames
        divided = _divided(frames.between(0, MOST_EDITED))
        return delivery.with_data((*divided, *frames.data[MOST_EDITED:]))

    def edits(self, delivery: Delivery) -> int:
        return len(delivery.frames)


def _divided(frames: Frames) -> Iterator[bytes]:
    """Yield the bytes of frames, with a line for each member.

    All chunks of a stream share the members before `choices`, which are divided once.
    """
    heads: dict[bytes, bytes] = {}
    for data, kind in zip(frames.data, frames.kinds, strict=True):
        head, choices, rest = data.partition(CHOICES)
        fields, data_line, members = head.rpartition(b"data:")
        if kind not in WRITTEN or not choices or not members.lstrip(b" ").startswith(b"{"):
            yield DATA_LINE.sub(_in_lines, data)
            continue
        if members not in heads:
            heads[members] = DATA_LINE.sub(_in_lines, data_line + members)
        prefix = b"data: " if members.startswith(b" ") else b"data:"
        rest = rest.replace(b'],"usage":', b'],\n%b"usage":' % prefix, 1)
        yield b'%b%b,\n%b"choices":%b' % (fields, heads[members], prefix, rest)


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


class EventFields(StreamFault, frozen=True):
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
        data = delivery.frames.data
        return delivery.with_data((*self._with_fields(data[:MOST_EDITED]), *data[MOST_EDITED:]))

    def edits(self, delivery: Delivery) -> int:
        return len(delivery.frames)

    def _with_fields(self, frames: tuple[bytes, ...]) -> Iterator[bytes]:
        number = 0
        event = b"" if self.event is None else f"event: {self.event}\n".encode()
        for data in frames:
            if not data.startswith(b"data:") and b"\ndata:" not in data:  # a comment
                yield data
                continue
            number += 1
            retry = b"" if self.retry is None or number > 1 else b"retry: %d\n" % self.retry
            line = b"id: %d\n" % number if self.ids else b""
            yield b"".join((retry, event, line, data))


class ByteOrderMark(DeliveryFault, frozen=True):
    """The body begins with a byte order mark, in a stream or in a reply in one piece."""

    breaks: ClassVar[bool] = False
    stage: ClassVar[int] = LINES

    def change(self, delivery: Delivery) -> Delivery:
        first, *rest = delivery.frames.data
        return delivery.with_data((MARK + first, *rest)).with_right_length()


class BareCr(StreamFault, frozen=True):
    """Lines end with CR alone, as the specification of server-sent events allows."""

    breaks: ClassVar[bool] = False
    stage: ClassVar[int] = LINES

    def change(self, delivery: Delivery) -> Delivery:
        return delivery.with_data(
            data.replace(b"\r\n", b"\n").replace(b"\n", b"\r") for data in delivery.frames.data
        )


class Comments(StreamFault, frozen=True):
    """A comment line precedes every event, as some gateways send to keep connections alive."""

    breaks: ClassVar[bool] = False

    def change(self, delivery: Delivery) -> Delivery:
        frames = delivery.frames
        commented = _commented(frames.between(0, MOST_EDITED))
        rest = frames.between(MOST_EDITED, len(frames))
        return delivery.with_frames(commented + rest)

    def edits(self, delivery: Delivery) -> int:
        return len(delivery.frames)


def _commented(frames: Frames) -> Frames:
    """Return the frames with a comment before each, which takes over its delay."""
    none, nothing = repeat(0.0), repeat(0)
    return Frames(
        _in_turn(repeat(COMMENT), frames.data),
        _in_turn(repeat(ADDED), frames.kinds),
        _in_turn(frames.pauses, none),
        _in_turn(frames.stalls, none),
        _in_turn(nothing, frames.chunks),
    )


def _in_turn(first: Iterable[T], second: Iterable[T]) -> tuple[T, ...]:
    """Return the items of both in turn, until one has no more."""
    return tuple(chain.from_iterable(zip(first, second, strict=False)))


class Crlf(StreamFault, frozen=True):
    """Lines end with CR LF, as the specification of server-sent events allows."""

    breaks: ClassVar[bool] = False
    stage: ClassVar[int] = LINES

    def change(self, delivery: Delivery) -> Delivery:
        return delivery.with_data(data.replace(b"\n", b"\r\n") for data in delivery.frames.data)
