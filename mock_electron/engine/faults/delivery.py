"""A reply on its way out, as faults see and change it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from mock_electron.model.dice import Dice
from mock_electron.wire.headers import Headers

COMPLETE: Final = "complete"
CLOSE: Final = "close"
RESET: Final = "reset"
SILENCE: Final = "silence"
"""How an answer ends: as HTTP has it; with the connection closed, or reset; or never."""

ROLE: Final = "role"
TOKENS: Final = "tokens"
FINISH: Final = "finish"
USAGE: Final = "usage"
DONE: Final = "done"
BODY: Final = "body"
NOISE: Final = "noise"
"""What a part carries: a piece of a stream, a whole body, or what a fault has put there."""


class Part(NamedTuple):
    """What goes out in one write.

    kind: what it carries. pause: seconds before it, by the pace. stall: seconds before it, by a
    fault. chunks: how many chunks of the completion are out once it is out.
    """

    data: bytes
    kind: str = NOISE
    pause: float = 0.0
    stall: float = 0.0
    chunks: int = 0

    def later(self, other: "Part") -> "Part":
        """The same part after the time of another one too."""
        return self._replace(pause=self.pause + other.pause, stall=self.stall + other.stall)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Headers and parts of a reply, and how it ends.

    parts: at least one. dice: of this occurrence of the request. request_id: of the answer.
    cut: whether the reply breaks off. surplus: bytes after what HTTP takes for the end.
    """

    headers: Headers
    parts: tuple[Part, ...]
    request_id: str
    dice: Dice
    ending: str = COMPLETE
    cut: bool = False
    surplus: bytes = b""

    @property
    def data(self) -> bytes:
        """All bytes of the body."""
        return b"".join(part.data for part in self.parts)

    def after(self, chunks: int) -> int:
        """The index of the part behind so many chunks; behind all, that of [DONE], or of none."""
        for index, part in enumerate(self.parts):
            chunks -= part.chunks
            if chunks < 0 or part.kind == DONE:
                return index
        return len(self.parts)

    def sending(self, parts: Iterable[Part]) -> "Delivery":
        """The same delivery with other parts."""
        return replace(self, parts=tuple(parts))

    def with_header(self, name: bytes, value: bytes) -> "Delivery":
        """The same delivery with this header, in its old place if it was there."""
        known = any(header == name for header, _ in self.headers)
        changed = tuple((h, value if h == name else v) for h, v in self.headers)
        return replace(self, headers=changed if known else (*changed, (name, value)))

    def with_right_length(self) -> "Delivery":
        """The same delivery, its Content-Length true if it states one."""
        if not any(name == b"content-length" for name, _ in self.headers):
            return self
        return self.with_header(b"content-length", b"%d" % len(self.data))

    def broken_off(self, parts: Iterable[Part], ending: str = CLOSE) -> "Delivery":
        """These parts, and then no more."""
        return replace(self, parts=tuple(parts), ending=ending, cut=True)

    def first_bytes(self, count: int) -> list[Part]:
        """The parts up to this many bytes, at least one; one that is cut carries no chunk."""
        kept: list[Part] = []
        for part in self.parts:
            if len(part.data) > count:
                cut = part._replace(data=part.data[:count], chunks=0)
                return [*kept, cut] if count or part.stall or not kept else kept
            kept.append(part)
            count -= len(part.data)
        return kept
