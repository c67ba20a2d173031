"""Faults in how bytes travel: compressed, or in other writes than they were meant for."""

import re
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, chain, islice, repeat
from math import fsum
from typing import ClassVar, Final

from mock_electron.engine.faults.delivery import Delivery, Part
from mock_electron.engine.faults.fault import (
    ENCODING,
    WRITES,
    DeliveryFault,
    FaultContext,
    check_whole,
)

LARGEST_WRITE: Final = 40
MOST_WRITES: Final = 100_000
"""Beyond them the rest goes out in one: nobody looks at more, and they would hold up all others."""
ACCEPTS_GZIP: Final = re.compile(
    r"(?:^|,)\s*(?:gzip|\*)\s*(?:,|$|;\s*q=(?!0(?:\.0*)?\s*(?:,|$)))", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Gzip(DeliveryFault):
    """The body is compressed with gzip, where the client accepts that."""

    breaks: ClassVar[bool] = False
    stage: ClassVar[int] = ENCODING
    needs: ClassVar[str] = "a client that accepts gzip"

    def suits(self, context: FaultContext) -> bool:
        return ACCEPTS_GZIP.search(context.accept_encoding) is not None

    def change(self, delivery: Delivery) -> Delivery:
        zipped = delivery.sending(_zipped(delivery.parts))
        return zipped.with_header(b"content-encoding", b"gzip").with_right_length()


GZIP_HEAD: Final = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
LARGEST_BLOCK: Final = 0xFFFF


def _zipped(parts: tuple[Part, ...]) -> Iterator[Part]:
    """The parts as gzip writes them, in stored blocks: zlib's versions compress differently."""
    checksum = size = 0
    head = GZIP_HEAD
    for part in parts:
        checksum, size = zlib.crc32(part.data, checksum), size + len(part.data)
        yield part._replace(data=head + b"".join(_stored(part.data)))
        head = b""
    yield Part(_block(b"", last=True) + checksum.to_bytes(4, "little") + size.to_bytes(4, "little"))


def _stored(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), LARGEST_BLOCK):
        yield _block(data[start : start + LARGEST_BLOCK])


def _block(data: bytes, *, last: bool = False) -> bytes:
    size = len(data)
    return bytes([last]) + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little") + data


@dataclass(frozen=True, slots=True)
class Fragment(DeliveryFault):
    """The same bytes in other writes, as proxies split and join them.

    size: bytes of each write; without it they vary from 1 to 40 as the request decides.
    """

    size: int | None = None
    breaks: ClassVar[bool] = False
    stage: ClassVar[int] = WRITES

    def __post_init__(self) -> None:
        if self.size is not None:
            check_whole(self, 1, size=self.size)

    def change(self, delivery: Delivery) -> Delivery:
        return delivery.sending(_rewritten(delivery, self._sizes(delivery)))

    def _sizes(self, delivery: Delivery) -> Iterator[int]:
        if self.size is not None:
            return repeat(self.size)
        count = min(len(delivery.data), MOST_WRITES)
        shares = delivery.dice.shares("fragment", count)
        return (1 + int(share * LARGEST_WRITE) for share in shares)


@dataclass(frozen=True, slots=True)
class Writes(DeliveryFault):
    """The same bytes in writes of these sizes; what is left goes out in one."""

    sizes: tuple[int, ...]
    breaks: ClassVar[bool] = False
    stage: ClassVar[int] = WRITES

    def change(self, delivery: Delivery) -> Delivery:
        return delivery.sending(_rewritten(delivery, iter(self.sizes)))


def _rewritten(delivery: Delivery, sizes: Iterator[int]) -> Iterator[Part]:
    """Writes of these sizes. Each goes out when the last part of which it has a byte is due."""
    data, parts = delivery.data, delivery.parts
    ends = list(accumulate(len(part.data) for part in parts))
    begun = ended = start = 0
    for size in chain(islice(sizes, MOST_WRITES), repeat(len(data))):
        end = start + size
        due, out = bisect_left(ends, end) + 1, bisect_right(ends, end)
        last = end >= len(data)
        if last:
            due = out = len(parts)
        yield Part(
            data[start:end],
            parts[due - 1].kind,
            pause=fsum(part.pause for part in parts[begun:due]) if due > begun else 0.0,
            stall=fsum(part.stall for part in parts[begun:due]) if due > begun else 0.0,
            chunks=sum(part.chunks for part in parts[ended:out]) if out > ended else 0,
        )
        if last:
            return
        begun, ended, start = due, out, end
