"""Faults inside a stream. Chunks are counted from 1; the first carries the role."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from mock_electron.engine.faults.delivery import CLOSE as CLOSED
from mock_electron.engine.faults.delivery import (
    DONE,
    FINISH,
    RESET,
    USAGE,
    Delivery,
    Part,
)
from mock_electron.engine.faults.fault import (
    BREAK,
    LINES,
    DeliveryFault,
    FaultContext,
    StreamFault,
    check_seconds,
    check_whole,
)
from mock_electron.inputs.spelling import did_you_mean
from mock_electron.wire import errors, render

NO_JSON: Final = b'data: {"id":"chatcmpl-\n\n'
COMMENT: Final = b": keep-alive\n\n"


@dataclass(frozen=True, slots=True)
class Cut(DeliveryFault):
    """The reply breaks off, and the connection is closed.

    after: so many chunks are sent. inside: and then the next one up to the middle of its
        "frame", of the "string" in it, or of the next "character" beyond ASCII.
    bytes: instead, so many bytes of the body are sent; of a reply in one piece too, whose
        Content-Length stays right. With neither, half of the body.
    reset: the connection is reset (RST) in place of being closed.
    """

    after: int | None = None
    inside: str | None = None
    bytes: int | None = None
    reset: bool = False
    stage: ClassVar[int] = BREAK
    needs: ClassVar[str] = "a stream"

    def __post_init__(self) -> None:
        if self.after is not None and self.bytes is not None:
            raise ValueError("Cut: give after (chunks) or bytes, not both")
        if self.after is not None:
            check_whole(self, 0, after=self.after)
        if self.bytes is not None:
            check_whole(self, 0, bytes=self.bytes)
        if self.inside is not None and self.after is None:
            raise ValueError("Cut: inside says where the chunk is cut that comes next; give after")
        if self.inside is not None and self.inside not in INSIDE:
            choices = ", ".join(map(repr, INSIDE))
            hint = did_you_mean(self.inside, INSIDE)
            raise ValueError(f"Cut: inside is one of {choices}, not {self.inside!r}.{hint}")

    def suits(self, context: FaultContext) -> bool:
        return self.after is None or context.request.stream

    def change(self, delivery: Delivery) -> Delivery:
        parts = delivery.first_bytes(self._position(delivery))
        return delivery.broken_off(parts, RESET if self.reset else CLOSED)

    def _position(self, delivery: Delivery) -> int:
        """How many bytes go out."""
        if self.bytes is not None:
            return min(self.bytes, max(len(delivery.data) - 1, 0))
        if self.after is None:
            return len(delivery.data) // 2
        index = delivery.after(self.after)
        start = sum(len(part.data) for part in delivery.parts[:index])
        if self.inside is None or index == len(delivery.parts):
            return start
        return INSIDE[self.inside](delivery, index, start)


def _in_frame(delivery: Delivery, index: int, start: int) -> int:
    return start + len(delivery.parts[index].data) // 2


def _in_string(delivery: Delivery, index: int, start: int) -> int:
    """Behind the quotation mark that opens the last string in the frame."""
    frame = delivery.parts[index].data
    return start + frame.rfind(b'":"') + len(b'":"')


def _in_character(delivery: Delivery, _index: int, start: int) -> int:
    """Behind the first byte of the next character that takes several; or else before the end."""
    data = delivery.data
    wide = (at for at in range(start, len(data)) if data[at] >= 0x80)
    return next(wide, len(data) - 2) + 1


INSIDE: Final = {"frame": _in_frame, "string": _in_string, "character": _in_character}


@dataclass(frozen=True, slots=True)
class ErrorEvent(StreamFault):
    """An error event comes in the stream, and then `[DONE]` (A).

    after: so many chunks. kind: of the error, by status or name.
    """

    after: int = 1
    kind: int | str = 503

    def __post_init__(self) -> None:
        check_whole(self, 0, after=self.after)
        errors.find(self.kind)

    def change(self, delivery: Delivery) -> Delivery:
        event = render.error_event(errors.find(self.kind), delivery.request_id)
        index = delivery.after(self.after)
        parts, instead = delivery.parts[:index], Part(event)
        for missed in delivery.parts[index : index + 1]:
            instead = instead.later(missed)
        return delivery.broken_off((*parts, instead, Part(render.DONE, DONE)), delivery.ending)


@dataclass(frozen=True, slots=True)
class Stall(DeliveryFault):
    """Nothing comes for a while; on a frozen clock too, as it is the client's patience that counts.

    seconds: how long. after: so many chunks; 0 is before the first, or before a whole reply.
    """

    seconds: float
    after: int = 0
    breaks: ClassVar[bool] = False
    needs: ClassVar[str] = "a stream"

    def __post_init__(self) -> None:
        check_seconds(self, seconds=self.seconds)
        check_whole(self, 0, after=self.after)

    def suits(self, context: FaultContext) -> bool:
        return self.after == 0 or context.request.stream

    def change(self, delivery: Delivery) -> Delivery:
        parts = list(delivery.parts)
        index = min(delivery.after(self.after), len(parts) - 1)
        parts[index] = parts[index]._replace(stall=parts[index].stall + self.seconds)
        return delivery.sending(parts)


@dataclass(frozen=True, slots=True)
class MissingPart(StreamFault):
    """One piece of the stream is missing."""

    kind: ClassVar[str]

    def change(self, delivery: Delivery) -> Delivery:
        return delivery.sending(_without(self.kind, delivery.parts))


def _without(kind: str, parts: tuple[Part, ...]) -> Iterator[Part]:
    """The other parts; the next one takes the time of one that is missing."""
    missing = Part(b"")
    for part in parts:
        if part.kind == kind:
            missing = part.later(missing)
        else:
            yield part.later(missing)
            missing = Part(b"")
    if missing.stall:
        yield Part(b"", stall=missing.stall)


@dataclass(frozen=True, slots=True)
class NoDone(MissingPart):
    """The stream ends without `[DONE]`."""

    kind: ClassVar[str] = DONE


@dataclass(frozen=True, slots=True)
class NoFinish(MissingPart):
    """No chunk has a finish reason."""

    kind: ClassVar[str] = FINISH


@dataclass(frozen=True, slots=True)
class NoUsage(MissingPart):
    """The usage chunk is missing, although it was asked for."""

    kind: ClassVar[str] = USAGE
    needs: ClassVar[str] = "a stream with include_usage"

    def suits(self, context: FaultContext) -> bool:
        return context.request.stream and context.request.include_usage


@dataclass(frozen=True, slots=True)
class Duplicate(StreamFault):
    """A chunk comes twice.

    after: so many chunks; the last of them comes again.
    """

    after: int = 2

    def __post_init__(self) -> None:
        check_whole(self, 1, after=self.after)

    def change(self, delivery: Delivery) -> Delivery:
        index = delivery.after(self.after)
        before, behind = delivery.parts[:index], delivery.parts[index:]
        again = [part for part in before if part.chunks][-1:]  # none where an error came first
        same = (part._replace(pause=0.0, stall=0.0, chunks=0) for part in again)
        return delivery.sending((*before, *same, *behind))


@dataclass(frozen=True, slots=True)
class BadFrame(StreamFault):
    """A frame comes that is not JSON.

    after: so many chunks.
    """

    after: int = 1

    def __post_init__(self) -> None:
        check_whole(self, 0, after=self.after)

    def change(self, delivery: Delivery) -> Delivery:
        index = delivery.after(self.after)
        return delivery.sending((*delivery.parts[:index], Part(NO_JSON), *delivery.parts[index:]))


@dataclass(frozen=True, slots=True)
class Comments(StreamFault):
    """A comment line stands before every chunk, as some gateways keep connections alive."""

    breaks: ClassVar[bool] = False

    def change(self, delivery: Delivery) -> Delivery:
        return delivery.sending(_commented(delivery.parts))


def _commented(parts: tuple[Part, ...]) -> Iterator[Part]:
    for part in parts:
        yield Part(COMMENT, pause=part.pause, stall=part.stall)
        yield part._replace(pause=0.0, stall=0.0)


@dataclass(frozen=True, slots=True)
class Crlf(StreamFault):
    """Lines end with CR LF, as the specification of server-sent events allows."""

    breaks: ClassVar[bool] = False
    stage: ClassVar[int] = LINES

    def change(self, delivery: Delivery) -> Delivery:
        lines = (part._replace(data=part.data.replace(b"\n", b"\r\n")) for part in delivery.parts)
        return delivery.sending(lines)
