"""All chance in the product. Dice are rolled from what is asked, never from when.

A roll is a keyed hash of what it is for, so the same question to the same dice has the same
outcome, in every process and on every machine, and asking one question disturbs no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b, shake_128
from typing import Final, TypeVar

Item = TypeVar("Item")


def fingerprint(*parts: bytes) -> bytes:
    """16 bytes that stand for these parts, in this order."""
    framed = b"".join([b"%d:%b" % (len(part), part) for part in parts])
    return blake2b(framed, digest_size=16).digest()


STRIDE: Final = 2_654_435_761
"""A prime: steps of this size visit every variant before any comes again."""


@dataclass(frozen=True, slots=True)
class Dice:
    """Chance that follows from a key and a variation.

    key: at most 64 bytes, such as a fingerprint. Every roll names its purpose.
    variation: which of the possible outcomes `variant` and `pick` take; two variations have
        different outcomes as long as there are enough of them.

    >>> Dice(b"key", variation=1).pick("greeting", ["Hi!", "Hello!"])
    'Hello!'
    """

    key: bytes
    variation: int = 0

    @classmethod
    def of(cls, *parts: bytes, variation: int = 0) -> "Dice":
        """The dice that belong to these parts."""
        return cls(fingerprint(*parts), variation)

    def number(self, purpose: str) -> int:
        """A number from 0 to 2**64 - 1, the same in every variation."""
        return int.from_bytes(self._bytes(purpose, 8))

    def share(self, purpose: str) -> float:
        """A number from 0 up to, not including, 1; the same in every variation."""
        return (self.number(purpose) >> 11) / (1 << 53)

    def shares(self, purpose: str, count: int) -> list[float]:
        """So many numbers from 0 up to, not including, 1; the first ones do not depend on `count`."""
        digits = shake_128(self.key + purpose.encode()).digest(4 * count)
        return [int.from_bytes(digits[i : i + 4]) / (1 << 32) for i in range(0, 4 * count, 4)]

    def variant(self, purpose: str, count: int) -> int:
        """A number from 0 up to, not including, `count`; another one in every variation."""
        return (self.number(purpose) + self.variation * STRIDE) % count

    def pick(self, purpose: str, items: Sequence[Item]) -> Item:
        """One of the items; another one in every variation."""
        return items[self.variant(purpose, len(items))]

    def hex(self, purpose: str) -> str:
        """16 lowercase hexadecimal digits."""
        return self._bytes(purpose, 8).hex()

    def uuid(self, purpose: str) -> str:
        """A UUID in the form of version 4."""
        digits = self._bytes(purpose, 16).hex()
        variant = "89ab"[int(digits[16], 16) % 4]
        return (
            f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
        )

    def _bytes(self, purpose: str, size: int) -> bytes:
        return blake2b(purpose.encode(), key=self.key, digest_size=size).digest()
