"""Values of requests by which caches find what follows from them."""

from typing import Any

from msgspec import Struct


class Alike(Struct, frozen=True, eq=False):
    """A value that is equal to every other one that is written alike.

    Attributes:
        written: The value as JSON.
        value: The value.
    """

    written: bytes
    value: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Alike) and self.written == other.written

    def __hash__(self) -> int:
        return self.written.__hash__()
