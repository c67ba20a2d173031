"""Templates: a body is written once, with gaps for the ids and the time of each answer.

A template is the text between the gaps, because joining bytes takes a third of the time of
formatting them.
"""

from collections.abc import Sequence
from itertools import chain, count
from sys import getsizeof
from typing import Final

from msgspec import Struct
from orjson import dumps

from mock_electron._regex import regex

STAMP_MARK: Final = b"\x01"
"""Stands for the id and the time while a template is written. JSON text has no such byte."""
CALL_MARK: Final = b"\x02"
"""The same for the id of a call, with its quotes."""
MARKS: Final = regex(b"[\x01\x02]")


class Stamp(Struct, frozen=True):
    """The ids and the time of one completion.

    Attributes:
        id: `chatcmpl-` and 16 hex digits.
        created: Unix time in whole seconds.
        request_id: The UUID for `X-Request-Id`. It differs from the completion's id.
    """

    id: str
    created: int
    request_id: str


class Template(Struct, frozen=True):
    """The body of a reply with gaps for what is different each time: the ids and the time.

    Attributes:
        parts: The text before, between and after the gaps.
        gaps: What fills each gap: 0 for the id and the time, n for the id of the nth call.
        kind: The `object` of the body, or of each chunk.
    """

    parts: tuple[bytes, ...]
    gaps: tuple[int, ...]
    kind: bytes

    @property
    def size(self) -> int:
        """The memory of the template, in bytes."""
        return sum(map(getsizeof, self.parts))

    @property
    def stamps(self) -> int:
        """The number of gaps for the id and the time."""
        return self.gaps.count(0)

    def fill(self, stamp: Stamp, call_ids: Sequence[str] = ()) -> bytes:
        """Return the body.

        Args:
            stamp: The id and the time.
            call_ids: The ids of the calls.
        """
        first = stamped(stamp, self.kind)
        if not call_ids:
            return first.join(self.parts)
        values = (first, *map(dumps, call_ids))
        filled = zip(self.parts, (*map(values.__getitem__, self.gaps), b""), strict=True)
        return b"".join(chain.from_iterable(filled))


def template_of(text: bytes, kind: bytes) -> Template:
    """Return the template of a body that has marks instead of ids. JSON contains no such bytes."""
    if CALL_MARK not in text:
        parts = text.split(STAMP_MARK)
        return Template(tuple(parts), (0,) * (len(parts) - 1), kind)
    numbers = count(1)
    marks = MARKS.findall(text)
    gaps = tuple([0 if mark == STAMP_MARK else next(numbers) for mark in marks])
    return Template(tuple(MARKS.split(text)), gaps, kind)


def stamped(stamp: Stamp, kind: bytes) -> bytes:
    """Return what a body has between the quote before its id and the comma after its time."""
    return b'%b","object":"%b","created":%d' % (stamp.id.encode(), kind, stamp.created)
