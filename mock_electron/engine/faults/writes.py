"""Faults in how bytes are sent: compressed, or divided into different writes."""

import re
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate, islice, pairwise, repeat, takewhile
from math import fsum
from typing import ClassVar, Final

from mock_electron._regex import regex
from mock_electron.engine.faults.delivery import Delivery, Frame, Frames
from mock_electron.engine.faults.fault import ENCODING, WRITES, DeliveryFault, FaultContext
from mock_electron.inputs import checks

LARGEST_WRITE: Final = 40
"""The maximum size of a write of random size, in bytes."""
MOST_WRITES: Final = 20_000
"""The maximum number of small writes. The remaining bytes are sent in one write, so that one answer
cannot block all others."""
ACCEPTS_GZIP: Final = regex(
    r"(?:^|,)\s*(?:gzip|\*)\s*(?:,|$|;\s*q=(?!0(?:\.0*)?\s*(?:,|$)))", re.IGNORECASE
)


class Gzip(DeliveryFault, frozen=True):
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


def _zipped(frames: Frames) -> Frames:
    """Return the frames in gzip format, as stored blocks.

    Stored blocks are the same with every version of zlib; compressed ones are not.
    """
    body = b"".join(frames.data)
    heads = {
        size: _block_head(size) for size in set(map(len, frames.data)) if size <= LARGEST_BLOCK
    }
    first, *rest = (
        heads[size] + data if 0 < (size := len(data)) <= LARGEST_BLOCK else b"".join(_stored(data))
        for data in frames.data
    )
    trailer = zlib.crc32(body).to_bytes(4, "little") + len(body).to_bytes(4, "little")
    last = Frame(_block_head(0, last=True) + trailer)
    zipped = frames.with_data((GZIP_HEAD + first, *rest))
    return zipped.spliced(len(frames), len(frames), last)


def _stored(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), LARGEST_BLOCK):
        part = data[start : start + LARGEST_BLOCK]
        yield _block_head(len(part)) + part


def _block_head(size: int, *, last: bool = False) -> bytes:
    return bytes([last]) + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little")


class Fragment(DeliveryFault, frozen=True):
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

    def stops(self, delivery: Delivery) -> str:
        written = sum(islice(self._sizes(delivery), MOST_WRITES))
        return f"applied to the first {MOST_WRITES} writes only" if written < delivery.size else ""

    def _sizes(self, delivery: Delivery) -> Iterator[int]:
        if self.size is not None:
            return repeat(self.size)
        count = min(len(delivery.data), MOST_WRITES)
        shares = delivery.dice.shares("fragment", count)
        return (1 + int(share * LARGEST_WRITE) for share in shares)


class Writes(DeliveryFault, frozen=True):
    """The same bytes are sent in writes of given sizes.

    Attributes:
        sizes: The sizes in bytes. The remaining bytes are sent in one write.
    """

    sizes: tuple[int, ...]
    breaks: ClassVar[bool] = False
    stage: ClassVar[int] = WRITES

    def change(self, delivery: Delivery) -> Delivery:
        return delivery.with_frames(_rewritten(delivery, iter(self.sizes)))


def _rewritten(delivery: Delivery, sizes: Iterator[int]) -> Frames:
    """Return frames of these sizes. Each is sent when its last byte is due."""
    data, frames, ends = delivery.data, delivery.frames, delivery.frames.ends
    cuts = accumulate(islice(sizes, MOST_WRITES))
    inside = list(takewhile(len(data).__gt__, cuts))
    due = [bisect_left(ends, cut) + 1 for cut in inside] + [len(frames)]
    complete = [bisect_right(ends, cut) for cut in inside] + [len(frames)]
    chunks = [0, *accumulate(frames.chunks)]
    return Frames(
        tuple(map(data.__getitem__, map(slice, (0, *inside), (*inside, len(data))))),
        tuple(frames.kinds[end - 1] for end in due),
        _sums(frames.pauses, due),
        _sums(frames.stalls, due),
        tuple(chunks[end] - chunks[start] for start, end in pairwise((0, *complete))),
    )


def _sums(delays: tuple[float, ...], ends: list[int]) -> tuple[float, ...]:
    """Return the sum of the delays before each end and after the end before it."""
    if not any(delays):
        return (0.0,) * len(ends)
    return tuple(
        fsum(delays[start:end]) if end > start else 0.0 for start, end in pairwise((0, *ends))
    )
