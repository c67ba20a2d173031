"""All randomness in the product, derived from keys by hashing.

A roll is a keyed hash of its purpose. The same purpose and key give the same outcome in every
process and on every machine, and a roll does not influence other rolls.
"""

from collections.abc import Sequence
from typing import Final, TypeVar

from msgspec import Struct

from mock_electron._hashes import blake2b, shake_128

Item = TypeVar("Item")


def fingerprint(*parts: bytes) -> bytes:
    """Return a hash of 16 bytes of the parts, in this order."""
    return blake2b(framed(*parts), digest_size=16).digest()


def fingerprint_with(framed_parts: bytes, last: bytes) -> bytes:
    """Return the fingerprint of parts that are framed already, and of a last one."""
    return blake2b(b"%b%d:%b" % (framed_parts, len(last), last), digest_size=16).digest()


def framed(*parts: bytes) -> bytes:
    """Return the parts with their lengths, joined."""
    return b"".join([b"%d:%b" % (len(part), part) for part in parts])


def ids(framed_parts: bytes, last: bytes) -> tuple[bytes, str, str]:
    """Return the key of the dice of a request, the digits of its completion id, and its request id.

    Args:
        framed_parts: The seed and the fingerprint, framed.
        last: The occurrence. The key is the fingerprint of all three.
    """
    key = fingerprint_with(framed_parts, last)
    completion = blake2b(b"completion", key=key, digest_size=8).hexdigest()
    digits = blake2b(b"request", key=key, digest_size=16).hexdigest()
    return key, completion, _uuid(digits)


def roll(key: bytes, purpose: bytes, size: int) -> bytes:
    """Return bytes that are determined by the key of the dice and a purpose."""
    return blake2b(purpose, key=key, digest_size=size).digest()


VARIANTS: Final = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))
"""The digits of a UUID that stand for the four forms of its variant."""


def _uuid(digits: str) -> str:
    """Return 32 hexadecimal digits as a UUID in the form of version 4."""
    variant = VARIANTS[digits[16]]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


STRIDE: Final = 2_654_435_761
"""A prime: steps of this size visit every variant before one is repeated."""


class Dice(Struct, frozen=True):
    """Random choices that are determined by a key, a purpose and a variation.

    Attributes:
        key: At most 64 bytes, such as a fingerprint.
        variation: The offset of the outcomes of `variant` and `pick`. Two variations have different
            outcomes, provided that there are enough.

    >>> Dice(b"key", variation=1).pick("greeting", ["Hi!", "Hello!"])
    'Hello!'
    """

    key: bytes
    variation: int = 0

    @classmethod
    def of(cls, *parts: bytes, variation: int = 0) -> "Dice":
        """Return the dice whose key is the fingerprint of the parts."""
        return cls(fingerprint(*parts), variation)

    def number(self, purpose: str) -> int:
        """Return a number from 0 to 2**64 - 1. It does not depend on the variation."""
        return int.from_bytes(self._bytes(purpose, 8))

    def share(self, purpose: str) -> float:
        """Return a number of at least 0 and below 1. It does not depend on the variation."""
        return (self.number(purpose) >> 11) / (1 << 53)

    def shares(self, purpose: str, count: int) -> list[float]:
        """Return `count` numbers of at least 0 and below 1. A smaller count gives a prefix of them."""
        digits = shake_128(self.key + purpose.encode()).digest(4 * count)
        return [int.from_bytes(digits[i : i + 4]) / (1 << 32) for i in range(0, 4 * count, 4)]

    def variant(self, purpose: str, count: int) -> int:
        """Return a number of at least 0 and below `count` that depends on the variation."""
        digest = blake2b(purpose.encode(), key=self.key, digest_size=8).digest()
        number = int.from_bytes(digest)
        return (number + self.variation * STRIDE) % count

    def pick(self, purpose: str, items: Sequence[Item]) -> Item:
        """Return one of the items, depending on the variation."""
        return items[self.variant(purpose, len(items))]

    def hex(self, purpose: str) -> str:
        """Return 16 lowercase hexadecimal digits."""
        return blake2b(purpose.encode(), key=self.key, digest_size=8).hexdigest()

    def uuid(self, purpose: str) -> str:
        """Return a UUID in the form of version 4."""
        return _uuid(self._bytes(purpose, 16).hex())

    def _bytes(self, purpose: str, size: int) -> bytes:
        return roll(self.key, purpose.encode(), size)
