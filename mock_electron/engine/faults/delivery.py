"""A reply that is ready to be sent, as delivery faults read and change it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, Literal, NamedTuple

from mock_electron._dataclass import dataclass
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


@dataclass(frozen=True, slots=True)
class Delivery:
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
    frames: tuple[Frame, ...]
    request_id: str
    dice: Dice
    ending: Ending = COMPLETE
    cut: bool = False
    surplus: bytes = b""

    @property
    def data(self) -> bytes:
        """All bytes of the body."""
        return b"".join(frame.data for frame in self.frames)

    def index_after(self, chunks: int) -> int:
        """Return the index of the first frame after this number of chunks.

        If there are fewer chunks, return the index of `[DONE]`, or the number of frames if
        there is no `[DONE]`.
        """
        for index, frame in enumerate(self.frames):
            chunks -= frame.chunks
            if chunks < 0 or frame.kind == DONE:
                return index
        return len(self.frames)

    def with_frames(self, frames: Iterable[Frame]) -> "Delivery":
        """Return the delivery with other frames."""
        return replace(self, frames=tuple(frames))

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
        return self.with_header(b"content-length", b"%d" % len(self.data))

    def truncated(self, frames: Iterable[Frame], ending: Ending = CLOSE) -> "Delivery":
        """Return the delivery with only these frames, marked as cut."""
        return replace(self, frames=tuple(frames), ending=ending, cut=True)

    def first_bytes(self, count: int) -> list[Frame]:
        """Return the frames of the first `count` bytes, at least one frame.

        A partial frame completes no chunk.
        """
        kept: list[Frame] = []
        for frame in self.frames:
            if len(frame.data) > count:
                part = frame._replace(data=frame.data[:count], chunks=0)
                return [*kept, part] if count or frame.stall or not kept else kept
            kept.append(frame)
            count -= len(frame.data)
        return kept
