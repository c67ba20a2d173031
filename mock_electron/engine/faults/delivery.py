"""A reply that is ready to be sent, as delivery faults read and change it."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate, compress
from typing import Any, Final, Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from mock_electron.model.dice import Dice
from mock_electron.wire.headers import Headers

Ending = Literal["complete", "close", "reset", "silence"]
"""How an answer ends: as HTTP requires, with a closed or reset connection, or never."""
COMPLETE: Final = "complete"
CLOSE: Final = "close"
RESET: Final = "reset"
SILENCE: Final = "silence"

FrameKind = Literal["role", "tokens", "finish", "usage", "done", "body", "added"]
"""What a frame carries: a part of a stream, a whole body, or bytes that a fault has added."""
ROLE: Final = "role"
TOKENS: Final = "tokens"
FINISH: Final = "finish"
USAGE: Final = "usage"
DONE: Final = "done"
BODY: Final = "body"
ADDED: Final = "added"


class Frame(NamedTuple):
    """The bytes of one write.

    Attributes:
        data: The bytes.
        kind: What the bytes carry.
        pause: Seconds to wait before the write, by the pace.
        stall: Seconds to wait before the write, by faults.
        chunks: The number of chunks of the completion that end in this write.
    """

    data: bytes
    kind: FrameKind = ADDED
    pause: float = 0.0
    stall: float = 0.0
    chunks: int = 0

    def delayed_by(self, other: "Frame") -> "Frame":
        """Return the frame with the waiting time of another frame added."""
        return self._replace(pause=self.pause + other.pause, stall=self.stall + other.stall)


class Frames(Struct, frozen=True):
    """The frames of a body, as columns: a long stream has many frames and few differences.

    Attributes:
        data: The bytes of each frame.
        kinds: What the bytes of each frame carry.
        pauses: Seconds to wait before each frame, by the pace.
        stalls: Seconds to wait before each frame, by faults.
        chunks: The number of chunks of the completion that end in each frame.
    """

    data: tuple[bytes, ...]
    kinds: tuple[FrameKind, ...]
    pauses: tuple[float, ...]
    stalls: tuple[float, ...]
    chunks: tuple[int, ...]

    @classmethod
    def of(cls, *frames: Frame) -> "Frames":
        """Return a few frames as columns."""
        return cls(*zip(*frames, strict=True)) if frames else NO_FRAMES

    def __len__(self) -> int:
        return len(self.data)

    def at(self, index: int) -> Frame:
        """Return one frame."""
        return Frame(*(column[index] for column in self._columns))

    def between(self, start: int, end: int) -> "Frames":
        """Return the frames from index `start`, and before index `end`."""
        return Frames(*(column[start:end] for column in self._columns))

    def spliced(self, start: int, end: int, *frames: Frame) -> "Frames":
        """Return the frames with other frames instead of those from `start` and before `end`."""
        between = Frames.of(*frames)._columns
        pairs = zip(self._columns, between, strict=True)
        return Frames(*(own[:start] + new + own[end:] for own, new in pairs))

    def __add__(self, other: "Frames") -> "Frames":
        pairs = zip(self._columns, other._columns, strict=True)
        return Frames(*(own + new for own, new in pairs))

    def without(self, removed: Iterable[bool]) -> "Frames":
        """Return the frames for which `removed` is false."""
        kept = [not each for each in removed]
        return Frames(*(tuple(compress(column, kept)) for column in self._columns))

    def with_data(self, data: Iterable[bytes]) -> "Frames":
        """Return the frames with other bytes."""
        return replace(self, data=tuple(data))

    @property
    def ends(self) -> list[int]:
        """For each frame, the position of its end in the body."""
        return list(accumulate(map(len, self.data)))

    @property
    def _columns(self) -> tuple[tuple[Any, ...], ...]:
        return self.data, self.kinds, self.pauses, self.stalls, self.chunks


NO_FRAMES: Final = Frames((), (), (), (), ())


class Delivery(Struct, frozen=True):
    """The headers and frames of a reply, and how it ends.

    Attributes:
        headers: The headers of the answer.
        frames: The body, at least one frame.
        request_id: The request id of the answer.
        dice: The dice of this occurrence of the request.
        ending: What happens after the last frame.
        cut: Whether the reply is truncated.
        surplus: Bytes that are sent after the end of the HTTP body.
    """

    headers: Headers
    frames: Frames
    request_id: str
    dice: Dice
    ending: Ending = COMPLETE
    cut: bool = False
    surplus: bytes = b""

    @property
    def data(self) -> bytes:
        """All bytes of the body."""
        return b"".join(self.frames.data)

    @property
    def size(self) -> int:
        """The number of bytes of the body."""
        return sum(map(len, self.frames.data))

    def index_after(self, chunks: int) -> int:
        """Return the index of the first frame after this number of chunks.

        If there are fewer chunks, return the index of `[DONE]`, or the number of frames if
        there is no `[DONE]`.
        """
        index = bisect_right(list(accumulate(self.frames.chunks)), chunks)
        kinds = self.frames.kinds
        return min(index, kinds.index(DONE)) if DONE in kinds else index

    def with_frames(self, frames: Frames) -> "Delivery":
        """Return the delivery with other frames."""
        return replace(self, frames=frames)

    def with_data(self, data: Iterable[bytes]) -> "Delivery":
        """Return the delivery with other bytes in its frames."""
        return replace(self, frames=self.frames.with_data(data))

    def with_headers(self, headers: Headers) -> "Delivery":
        """Return the delivery with other headers."""
        return replace(self, headers=headers)

    def with_header(self, name: bytes, value: bytes) -> "Delivery":
        """Return the delivery with this header. It replaces a header with the same name."""
        known = any(header == name for header, _ in self.headers)
        changed = tuple((h, value if h == name else v) for h, v in self.headers)
        return replace(self, headers=changed if known else (*changed, (name, value)))

    def with_right_length(self) -> "Delivery":
        """Return the delivery with a correct `Content-Length`, if it has that header."""
        if not any(name == b"content-length" for name, _ in self.headers):
            return self
        return self.with_header(b"content-length", b"%d" % self.size)

    def truncated(self, frames: Frames, ending: Ending = CLOSE) -> "Delivery":
        """Return the delivery with only these frames, marked as cut."""
        return replace(self, frames=frames, ending=ending, cut=True)

    def first_bytes(self, count: int) -> Frames:
        """Return the frames of the first `count` bytes, at least one frame.

        A partial frame completes no chunk.
        """
        frames, ends = self.frames, self.frames.ends
        whole = bisect_right(ends, count)
        if whole == len(frames):
            return frames
        left = count - (ends[whole - 1] if whole else 0)
        frame = frames.at(whole)
        if whole and not left and not frame.stall:
            return frames.between(0, whole)
        return frames.spliced(whole, len(frames), frame._replace(data=frame.data[:left], chunks=0))
