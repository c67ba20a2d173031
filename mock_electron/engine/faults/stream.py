"""Faults in a stream. Chunks are counted from 1; the first carries the role."""

from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar, Final, Literal

from mock_electron._dataclass import dataclass
from mock_electron.engine.faults.delivery import (
    CLOSE,
    DONE,
    FINISH,
    RESET,
    USAGE,
    Delivery,
    Frame,
    FrameKind,
)
from mock_electron.engine.faults.fault import (
    BREAK,
    LINES,
    LONGEST_STALL,
    DeliveryFault,
    FaultContext,
    StreamFault,
)
from mock_electron.inputs import checks
from mock_electron.wire import errors, render
from mock_electron.wire.errors import ErrorName

INVALID_EVENT: Final = b'data: {"id":"chatcmpl-\n\n'
COMMENT: Final = b": keep-alive\n\n"
Inside = Literal["frame", "string", "character"]


@dataclass(frozen=True, slots=True)
class Cut(DeliveryFault):
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
        if self.bytes is not None and self.bytes >= len(delivery.data):
            return f"the body has only {len(delivery.data)} bytes"
        whole = self._position(delivery) >= len(delivery.data) - 1
        if self.inside == "character" and whole:
            return "all later characters are ASCII"
        return super(Cut, self).misses(delivery, chunks)  # noqa: UP008 (slots: another class)

    def _position(self, delivery: Delivery) -> int:
        """Return the number of bytes that are sent."""
        if self.bytes is not None:
            return min(self.bytes, max(len(delivery.data) - 1, 0))
        if self.after is None:
            return len(delivery.data) // 2
        index = delivery.index_after(self.after)
        start = sum(len(frame.data) for frame in delivery.frames[:index])
        if self.inside is None or index == len(delivery.frames):
            return start
        return INSIDE[self.inside](delivery, index, start)


def _in_frame(delivery: Delivery, index: int, start: int) -> int:
    return start + len(delivery.frames[index].data) // 2


def _in_string(delivery: Delivery, index: int, start: int) -> int:
    """Return the position after the quotation mark that opens the frame's last string."""
    data = delivery.frames[index].data
    return start + data.rfind(b'":"') + len(b'":"')


def _in_character(delivery: Delivery, _index: int, start: int) -> int:
    """Return the position after the first byte of the next multi-byte character.

    Without such a character, return the position before the last byte.
    """
    data = delivery.data
    positions = (at for at in range(start, len(data)) if data[at] >= 0x80)
    return next(positions, len(data) - 2) + 1


INSIDE: Final[Mapping[Inside, Callable[[Delivery, int, int], int]]] = {
    "frame": _in_frame,
    "string": _in_string,
    "character": _in_character,
}


@dataclass(frozen=True, slots=True)
class ErrorEvent(StreamFault):
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
        for replaced in delivery.frames[index : index + 1]:
            event = event.delayed_by(replaced)
        frames = (*delivery.frames[:index], event, Frame(render.DONE, DONE))
        return delivery.truncated(frames, delivery.ending)


@dataclass(frozen=True, slots=True)
class Stall(DeliveryFault):
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
        frames = list(delivery.frames)
        index = min(delivery.index_after(self.after), len(frames) - 1)
        frames[index] = frames[index]._replace(stall=frames[index].stall + self.seconds)
        return delivery.with_frames(frames)


@dataclass(frozen=True, slots=True)
class MissingPart(StreamFault):
    """Base of faults that remove one part of the stream.

    Attributes:
        kind: The kind of the frame that is removed.
    """

    kind: ClassVar[FrameKind]

    def change(self, delivery: Delivery) -> Delivery:
        return delivery.with_frames(_without(self.kind, delivery.frames))


def _without(kind: FrameKind, frames: tuple[Frame, ...]) -> Iterator[Frame]:
    """Yield the frames of other kinds. Each takes over the pause of a frame removed before it."""
    removed = Frame(b"")
    for frame in frames:
        if frame.kind == kind:
            removed = frame.delayed_by(removed)
        else:
            yield frame.delayed_by(removed)
            removed = Frame(b"")
    if removed.stall:
        yield Frame(b"", stall=removed.stall)


@dataclass(frozen=True, slots=True)
class NoDone(MissingPart):
    """The stream ends without `[DONE]`."""

    kind: ClassVar[FrameKind] = DONE


@dataclass(frozen=True, slots=True)
class NoFinish(MissingPart):
    """No chunk has a finish reason."""

    kind: ClassVar[FrameKind] = FINISH


@dataclass(frozen=True, slots=True)
class NoUsage(MissingPart):
    """The usage chunk is missing, although the request asks for it."""

    kind: ClassVar[FrameKind] = USAGE
    needs: ClassVar[str] = "a stream with include_usage"

    def applies_to(self, context: FaultContext) -> bool:
        return context.request.stream and context.request.include_usage


@dataclass(frozen=True, slots=True)
class Duplicate(StreamFault):
    """A chunk is sent twice.

    Attributes:
        after: The number of the chunk that is sent twice, from 1.
    """

    after: int = 2

    def __post_init__(self) -> None:
        checks.whole_number("Duplicate.after", self.after, 1)

    def change(self, delivery: Delivery) -> Delivery:
        index = delivery.index_after(self.after)
        before, after = delivery.frames[:index], delivery.frames[index:]
        last = [frame for frame in before if frame.chunks][-1:]  # empty after an early ErrorEvent
        copies = (frame._replace(pause=0.0, stall=0.0, chunks=0) for frame in last)
        return delivery.with_frames((*before, *copies, *after))


@dataclass(frozen=True, slots=True)
class BadFrame(StreamFault):
    """The stream contains an event that is not JSON.

    Attributes:
        after: The number of chunks before the event.
    """

    after: int = 1

    def __post_init__(self) -> None:
        checks.whole_number("BadFrame.after", self.after, 0)

    def change(self, delivery: Delivery) -> Delivery:
        index = delivery.index_after(self.after)
        before, after = delivery.frames[:index], delivery.frames[index:]
        return delivery.with_frames((*before, Frame(INVALID_EVENT), *after))


@dataclass(frozen=True, slots=True)
class Comments(StreamFault):
    """A comment line precedes every event, as some gateways send to keep connections alive."""

    breaks: ClassVar[bool] = False

    def change(self, delivery: Delivery) -> Delivery:
        return delivery.with_frames(_commented(delivery.frames))


def _commented(frames: tuple[Frame, ...]) -> Iterator[Frame]:
    for frame in frames:
        yield Frame(COMMENT, pause=frame.pause, stall=frame.stall)
        yield frame._replace(pause=0.0, stall=0.0)


@dataclass(frozen=True, slots=True)
class Crlf(StreamFault):
    """Lines end with CR LF, as the specification of server-sent events allows."""

    breaks: ClassVar[bool] = False
    stage: ClassVar[int] = LINES

    def change(self, delivery: Delivery) -> Delivery:
        frames = (f._replace(data=f.data.replace(b"\n", b"\r\n")) for f in delivery.frames)
        return delivery.with_frames(frames)
