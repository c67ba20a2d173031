"""Faults in how bytes are sent: compressed, or divided into different writes."""

import re
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate, chain, islice, repeat
from math import fsum
from typing import ClassVar, Final

from mock_electron._dataclass import dataclass
from mock_electron.engine.faults.delivery import Delivery, Frame
from mock_electron.engine.faults.fault import ENCODING, WRITES, DeliveryFault, FaultContext
from mock_electron.inputs import checks

LARGEST_WRITE: Final = 40
"""The maximum size of a write of random size, in bytes."""
MOST_WRITES: Final = 100_000
"""The maximum number of small writes. The remaining bytes are sent in one write, so that one answer
cannot block all others."""
ACCEPTS_GZIP: Final = re.compile(
    r"(?:^|,)\s*(?:gzip|\*)\s*(?:,|$|;\s*q=(?!0(?:\.0*)?\s*(?:,|$)))", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Gzip(DeliveryFault):
    """The body is compressed with gzip, if the client accepts that."""

    breaks: ClassVar[bool] = False
    stage: ClassVar[int] = ENCODING
    needs: ClassVar[str] = "a client that accepts gzip"

    def applies_to(self, context: FaultContext) -> bool:
        return ACCEPTS_GZIP.search(context.accept_encoding) is not None

    def change(self, delivery: Delivery) -> Delivery:
        zipped = delivery.with_frames(_zipped(delivery.frames))
        return zipped.with_header(b"content-encoding", b"gzip").with_right_length()


GZIP_HEAD: Final = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
LARGEST_BLOCK: Final = 0xFFFF
"""The maximum size of a stored block, in bytes."""


def _zipped(frames: tuple[Frame, ...]) -> Iterator[Frame]:
    """Yield the frames in gzip format, as stored blocks.

    Stored blocks are the same with every version of zlib; compressed ones are not.
    """
    checksum = size = 0
    head = GZIP_HEAD
    for frame in frames:
        checksum, size = zlib.crc32(frame.data, checksum), size + len(frame.data)
        yield frame._replace(data=head + b"".join(_stored(frame.data)))
        head = b""
    trailer = checksum.to_bytes(4, "little") + size.to_bytes(4, "little")
    yield Frame(_block(b"", last=True) + trailer)


def _stored(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), LARGEST_BLOCK):
        yield _block(data[start : start + LARGEST_BLOCK])


def _block(data: bytes, *, last: bool = False) -> bytes:
    size = len(data)
    return bytes([last]) + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little") + data


@dataclass(frozen=True, slots=True)
class Fragment(DeliveryFault):
    """The same bytes are sent in different writes, as proxies split and join them.

    Attributes:
        size: The size of each write in bytes. Default: sizes from 1 to 40 bytes, which depend on
            the request.
    """

    size: int | None = None
    breaks: ClassVar[bool] = False
    stage: ClassVar[int] = WRITES

    def __post_init__(self) -> None:
        checks.optional_whole_number("Fragment.size", self.size, 1)

    def change(self, delivery: Delivery) -> Delivery:
        return delivery.with_frames(_rewritten(delivery, self._sizes(delivery)))

    def _sizes(self, delivery: Delivery) -> Iterator[int]:
        if self.size is not None:
            return repeat(self.size)
        count = min(len(delivery.data), MOST_WRITES)
        shares = delivery.dice.shares("fragment", count)
        return (1 + int(share * LARGEST_WRITE) for share in shares)


@dataclass(frozen=True, slots=True)
class Writes(DeliveryFault):
    """The same bytes are sent in writes of given sizes.

    Attributes:
        sizes: The sizes in bytes. The remaining bytes are sent in one write.
    """

    sizes: tuple[int, ...]
    breaks: ClassVar[bool] = False
    stage: ClassVar[int] = WRITES

    def change(self, delivery: Delivery) -> Delivery:
        return delivery.with_frames(_rewritten(delivery, iter(self.sizes)))


def _rewritten(delivery: Delivery, sizes: Iterator[int]) -> Iterator[Frame]:
    """Yield frames of these sizes. Each is sent when its last byte is due."""
    data, frames = delivery.data, delivery.frames
    ends = list(accumulate(len(frame.data) for frame in frames))
    begun = ended = start = 0
    for size in chain(islice(sizes, MOST_WRITES), repeat(len(data))):
        end = start + size
        due, complete = bisect_left(ends, end) + 1, bisect_right(ends, end)
        last = end >= len(data)
        if last:
            due = complete = len(frames)
        yield Frame(
            data[start:end],
            frames[due - 1].kind,
            pause=fsum(frame.pause for frame in frames[begun:due]) if due > begun else 0.0,
            stall=fsum(frame.stall for frame in frames[begun:due]) if due > begun else 0.0,
            chunks=sum(f.chunks for f in frames[ended:complete]) if complete > ended else 0,
        )
        if last:
            return
        begun, ended, start = due, complete, end
