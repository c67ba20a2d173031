"""Faults in a stream. Chunks are counted from 1; the first carries the role."""

from collections.abc import Callable, Mapping
from typing import ClassVar, Final, Literal

from mock_electron._regex import regex
from mock_electron.engine.faults.delivery import (
    CLOSE,
    DONE,
    FINISH,
    RESET,
    USAGE,
    Delivery,
    Frame,
    FrameKind,
    Frames,
)
from mock_electron.engine.faults.fault import (
    BREAK,
    LONGEST_STALL,
    DeliveryFault,
    FaultContext,
    StreamFault,
)
from mock_electron.inputs import checks
from mock_electron.wire import errors, render
from mock_electron.wire.errors import ErrorName

INVALID_EVENT: Final = b'data: {"id":"chatcmpl-\n\n'
NOT_ASCII: Final = regex(rb"[\x80-\xff]")
Inside = Literal["frame", "string", "character"]


class Cut(DeliveryFault, frozen=True):
    """The reply is truncated, and the connection is closed.

    Without `after` and `bytes`, half of the body is sent.

    Attributes:
        after: The number of chunks that are sent.
        inside: Where the next chunk is cut, in addition to `after`: in the middle of its "frame",
            in its last "string", or in the next "character" that is not ASCII.
        bytes: The number of bytes of the body that are sent, instead of `after`. Also possible
            for a reply in one piece, whose `Content-Length` stays that of the whole body.
        reset: Whether the connection is reset (RST) instead of closed.
    """

    after: int | None = None
    inside: Inside | None = None
    bytes: int | None = None
    reset: bool = False
    stage: ClassVar[int] = BREAK
    needs: ClassVar[str] = "a stream"

    def __post_init__(self) -> None:
        if self.after is not None and self.bytes is not None:
            raise ValueError("Cut takes after (chunks) or bytes, not both")
        checks.optional_whole_number("Cut.after", self.after, 0)
        checks.optional_whole_number("Cut.bytes", self.bytes, 0)
        checks.boolean("Cut.reset", self.reset)
        if self.inside is not None and self.after is None:
            raise ValueError("Cut.inside needs after: the number of chunks before the cut")
        if self.inside is not None:
            checks.choice("Cut.inside", self.inside, INSIDE)

    def applies_to(self, context: FaultContext) -> bool:
        return self.after is None or context.request.stream

    def change(self, delivery: Delivery) -> Delivery:
        frames = delivery.first_bytes(self._position(delivery))
        return delivery.truncated(frames, RESET if self.reset else CLOSE)

    def misses(self, delivery: Delivery, chunks: int) -> str:
        size = delivery.size
        if self.bytes is not None and self.bytes >= size:
            return f"the body has only {size} bytes"
        if self.inside == "character" and self._position(delivery) >= size - 1:
            return "all later characters are ASCII"
        return super().misses(delivery, chunks)

    def _position(self, delivery: Delivery) -> int:
        """Return the number of bytes that are sent."""
        if self.bytes is not None:
            return min(self.bytes, max(delivery.size - 1, 0))
        if self.after is None:
            return delivery.size // 2
        index = delivery.index_after(self.after)
        start = sum(map(len, delivery.frames.data[:index]))
        if self.inside is None or index == len(delivery.frames):
            return start
        return INSIDE[self.inside](delivery, index, start)


def _in_frame(delivery: Delivery, index: int, start: int) -> int:
    return start + len(delivery.frames.data[index]) // 2


def _in_string(delivery: Delivery, index: int, start: int) -> int:
    """Return the position after the quotation mark that opens the frame's last string."""
    data = delivery.frames.data[index]
    return start + data.rfind(b'":"') + len(b'":"')


def _in_character(delivery: Delivery, _index: int, start: int) -> int:
    """Return the position after the first byte of the next multi-byte character.

    Without such a character, return the position before the last byte.
    """
    data = delivery.data
    found = NOT_ASCII.search(data, start)
    return (found.start() if found else len(data) - 2) + 1


INSIDE: Final[Mapping[Inside, Callable[[Delivery, int, int], int]]] = {
    "frame": _in_frame,
    "string": _in_string,
    "character": _in_character,
}


class ErrorEvent(StreamFault, frozen=True):
    """The stream ends with an error event, followed by `[DONE]` (A).

    Attributes:
        after: The number of chunks before the event.
        kind: The status or name of the error.
    """

    after: int = 1
    kind: int | ErrorName = 503

    def __post_init__(self) -> None:
        checks.whole_number("ErrorEvent.after", self.after, 0)
        errors.find(self.kind)

    def change(self, delivery: Delivery) -> Delivery:
        event = Frame(render.error_event(errors.find(self.kind), delivery.request_id))
        index = delivery.index_after(self.after)
        frames = delivery.frames
        if index < len(frames):
            event = event.delayed_by(frames.at(index))
        done = Frame(render.DONE, DONE)
        return delivery.truncated(frames.spliced(index, len(frames), event, done), delivery.ending)


class Stall(DeliveryFault, frozen=True):
    """Nothing is sent for a number of seconds.

    The client waits in real time, even if the clock of the lane is frozen.

    Attributes:
        seconds: The duration, from 0 to 3600 seconds.
        after: The number of chunks before the stall. 0 means before the first chunk, or before a
            reply in one piece.
    """

    seconds: float
    after: int = 0
    breaks: ClassVar[bool] = False
    needs: ClassVar[str] = "a stream"

    def __post_init__(self) -> None:
        checks.seconds("Stall.seconds", self.seconds, LONGEST_STALL)
        checks.whole_number("Stall.after", self.after, 0)

    def applies_to(self, context: FaultContext) -> bool:
        return self.after == 0 or context.request.stream

    def change(self, delivery: Delivery) -> Delivery:
        frames = delivery.frames
        index = min(delivery.index_after(self.after), len(frames) - 1)
        frame = frames.at(index)
        stalled = frame._replace(stall=frame.stall + self.seconds)
        return delivery.with_frames(frames.spliced(index, index + 1, stalled))


class MissingPart(StreamFault, frozen=True):
    """Base of faults that remove one part of the stream.

    Attributes:
        kind: The kind of the frame that is removed.
    """

    kind: ClassVar[FrameKind]

    def change(self, delivery: Delivery) -> Delivery:
        return delivery.with_frames(_without(self.kind, delivery.frames))


def _without(kind: FrameKind, frames: Frames) -> Frames:
    """Return the frames of other kinds. Each takes over the delay of a frame removed before it."""
    while kind in frames.kinds:
        index = frames.kinds.index(kind)
        removed = frames.at(index)
        after = [Frame(b"", stall=removed.stall)] if removed.stall else []
        if index + 1 < len(frames):
            after = [frames.at(index + 1).delayed_by(removed)]
        frames = frames.spliced(index, index + 2, *after)
    return frames


class NoDone(MissingPart, frozen=True):
    """The stream ends without `[DONE]`."""

    kind: ClassVar[FrameKind] = DONE


class NoFinish(MissingPart, frozen=True):
    """No chunk has a finish reason."""

    kind: ClassVar[FrameKind] = FINISH


class NoUsage(MissingPart, frozen=True):
    """The usage chunk is missing, although the request asks for it."""

    kind: ClassVar[FrameKind] = USAGE
    needs: ClassVar[str] = "a stream with include_usage"

    def applies_to(self, context: FaultContext) -> bool:
        return context.request.stream and context.request.include_usage


class Duplicate(StreamFault, frozen=True):
    """A chunk is sent twice.

    Attributes:
        after: The number of the chunk that is sent twice, from 1.
    """

    after: int = 2

    def __post_init__(self) -> None:
        checks.whole_number("Duplicate.after", self.after, 1)

    def change(self, delivery: Delivery) -> Delivery:
        index = delivery.index_after(self.after)
        frames = delivery.frames
        last = (at for at in range(index - 1, -1, -1) if frames.chunks[at])
        copied = next(last, None)
        if copied is None:  # after an early ErrorEvent
            return delivery
        copy = frames.at(copied)._replace(pause=0.0, stall=0.0, chunks=0)
        return delivery.with_frames(frames.spliced(index, index, copy))


class BadFrame(StreamFault, frozen=True):
    """The stream contains an event that is not JSON.

    Attributes:
        after: The number of chunks before the event.
    """

    after: int = 1

    def __post_init__(self) -> None:
        checks.whole_number("BadFrame.after", self.after, 0)

    def change(self, delivery: Delivery) -> Delivery:
        index = delivery.index_after(self.after)
        return delivery.with_frames(delivery.frames.spliced(index, index, Frame(INVALID_EVENT)))
