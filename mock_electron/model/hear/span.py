"""A value in a text."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import Any

from msgspec import Struct


class Span(Struct, frozen=True):
    """A value in a text.

    Attributes:
        kind: The kind of value, such as "time".
        value: The value.
        start: The index of its first character.
        end: The index after its last character.
        unit: What a number counts: "minute", "%", "INR". "" if nothing is known.
    """

    kind: str
    value: Any
    start: int
    end: int
    unit: str = ""


class Taken:
    """The places of spans that are in order and do not overlap.

    Args:
        spans: The spans.
    """

    __slots__ = ("_ends", "_starts")

    def __init__(self, spans: Iterable[Span]) -> None:
        places = [(span.start, span.end) for span in spans]
        self._starts = [start for start, _ in places]
        self._ends = [end for _, end in places]

    def __contains__(self, span: Span) -> bool:
        """Return whether a span overlaps one of the places."""
        place = bisect_right(self._ends, span.start)
        return place < len(self._starts) and self._starts[place] < span.end
