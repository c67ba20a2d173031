"""Faults in how a stream carries tool calls and ends, as other servers and gateways send them.

Electron sends one call per chunk, with indexes from 0, and the id and the name once (D).
"""

import re
from collections.abc import Callable, Mapping
from functools import reduce
from itertools import chain, compress
from operator import add
from typing import Any, ClassVar, Final, Literal

from mock_electron._regex import regex
from mock_electron.engine.faults.delivery import FINISH, Delivery, Frame, FrameKind, Frames
from mock_electron.engine.faults.documents import (
    WRITTEN,
    Document,
    changed,
    document_of,
    with_document,
)
from mock_electron.engine.faults.fault import MOST_EDITED, FaultContext, StreamFault
from mock_electron.inputs import checks
from mock_electron.wire.reply import FINISH_REASONS, FinishReason

CallPart = dict[str, Any]
Editor = tuple[Callable[[re.Match[bytes]], bytes], Callable[[CallPart], CallPart]]
Repeated = Literal["id", "name", "both"]
REPEATED: Final[Mapping[Repeated, tuple[bool, bool]]] = {
    "id": (True, False),
    "name": (False, True),
    "both": (True, True),
}
"""Whether the id and the name are repeated."""


class StreamedCallFault(StreamFault, frozen=True):
    """Base of faults in the tool calls of a stream."""

    needs: ClassVar[str] = "a stream with tool calls"

    def applies_to(self, context: FaultContext) -> bool:
        return context.request.stream and bool(context.reply.tool_calls)


STRING: Final = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
PART: Final = regex(
    rb'"tool_calls":\[\{(?P<index>"index":\d+,)?(?P<head>"id":%b,"type":"function",)?'
    rb'"function":\{(?P<name>"name":%b,)?"arguments":(?P<text>%b)\}\}\]' % (STRING, STRING, STRING)
)
"""The only part of a tool call in a chunk, as `wire.render` writes it."""
WRITTEN_PART: Final = b'"tool_calls":[{%b%b"function":{%b"arguments":%b}}]'
CARRIER: Final = b'"tool_calls":'


def _part_in(data: bytes, kind: FrameKind) -> re.Match[bytes] | None:
    """Return the match of PART in a chunk; None if its JSON must be read to find its parts."""
    return PART.search(data) if kind in WRITTEN else None


def _calls_in(document: Document | None) -> list[CallPart]:
    """Return the parts of tool calls in a chunk; none if it has no choice or another form."""
    try:
        parts: list[CallPart] = (document or {})["choices"][0]["delta"]["tool_calls"]
        indexes = {part.get("index") for part in parts}
        texts = [part["function"]["arguments"] for part in parts]
    except (LookupError, TypeError, AttributeError):
        return []
    return parts if indexes and all(isinstance(text, str) for text in texts) else []


def _with_calls(document: Document, parts: list[CallPart]) -> Document:
    """Return a chunk with other parts of tool calls."""
    [choice, *rest] = document["choices"]
    delta = choice["delta"] | {"tool_calls": parts}
    return document | {"choices": [choice | {"delta": delta}, *rest]}


class EachPartFault(StreamedCallFault, frozen=True):
    """Base of faults that change each part of a tool call."""

    def change(self, delivery: Delivery) -> Delivery:
        edit, change = self.editor()
        frames = delivery.frames

        def change_all(document: Document) -> Document:
            parts = _calls_in(document)
            return _with_calls(document, [change(part) for part in parts]) if parts else document

        def changed_chunk(data: bytes, kind: FrameKind) -> bytes:
            if CARRIER not in data:
                return data
            part = _part_in(data, kind)
            if part is None:
                return changed(data, change_all)
            return data[: part.start()] + edit(part) + data[part.end() :]

        edited = map(changed_chunk, frames.data[:MOST_EDITED], frames.kinds)
        return delivery.with_data((*edited, *frames.data[MOST_EDITED:]))

    def edits(self, delivery: Delivery) -> int:
        return len(delivery.frames)

    def editor(self) -> Editor:
        """Return two functions that change a part: one its bytes, and one its JSON."""
        raise NotImplementedError


class RepeatedCall(EachPartFault, frozen=True):
    """Every part of a tool call repeats the id, the name, or both.

    Attributes:
        what: What is repeated: "id" (with `type`), "name" or "both".
    """

    what: Repeated = "both"

    def __post_init__(self) -> None:
        checks.choice("RepeatedCall.what", self.what, REPEATED)

    def editor(self) -> Editor:
        first: dict[int | None, CallPart] = {}
        with_id, with_name = REPEATED[self.what]

        def repeat(part: CallPart) -> CallPart:
            begun = first.setdefault(part.get("index"), part)
            function = begun["function"]
            head = {key: begun[key] for key in ("id", "type") if with_id and key in begun}
            name = {key: function[key] for key in ("name",) if with_name and key in function}
            index = {"index": part["index"]} if "index" in part else {}
            return index | head | part | {"function": name | part["function"]}

        begun: dict[bytes, tuple[bytes, bytes]] = {}

        def edit(part: re.Match[bytes]) -> bytes:
            index, head, name, text = part.groups(b"")
            first_head, first_name = begun.setdefault(index, (head, name))
            head = head or (first_head if with_id else b"")
            name = name or (first_name if with_name else b"")
            return WRITTEN_PART % (index, head, name, text)

        return edit, repeat


class SameIndex(EachPartFault, frozen=True):
    """All tool calls have the index 0."""

    def editor(self) -> Editor:
        def edit(part: re.Match[bytes]) -> bytes:
            index, *rest = part.groups(b"")
            if not index:
                return part[0].removesuffix(b"}]") + b',"index":0}]'
            return WRITTEN_PART % (b'"index":0,', *rest)

        return edit, lambda part: part | {"index": 0}


class NoIndex(EachPartFault, frozen=True):
    """No part of a tool call has an index."""

    def editor(self) -> Editor:
        def edit(part: re.Match[bytes]) -> bytes:
            _, *rest = part.groups(b"")
            return WRITTEN_PART % (b"", *rest)

        def without(part: CallPart) -> CallPart:
            return {name: value for name, value in part.items() if name != "index"}

        return edit, without


class CallsInOneChunk(StreamedCallFault, frozen=True):
    """One chunk carries all tool calls with their whole arguments."""

    def change(self, delivery: Delivery) -> Delivery:
        return delivery.with_frames(_merged(delivery.frames))


def _merged(frames: Frames) -> Frames:
    """Return the frames, with those of tool calls merged into the last of them."""
    written = list(map(_part_in, frames.data, frames.kinds))
    carriers = [
        CARRIER in data and (part is not None or bool(_calls_in(document_of(data))))
        for data, part in zip(frames.data, written, strict=True)
    ]
    if not any(carriers):
        return frames
    last = len(carriers) - 1 - carriers[::-1].index(True)
    merged = _one_chunk(list(compress(frames.data, carriers)), list(compress(written, carriers)))
    frame = Frame(
        merged,
        frames.kinds[last],
        reduce(add, compress(frames.pauses, carriers)),
        reduce(add, compress(frames.stalls, carriers)),
        sum(compress(frames.chunks, carriers)),
    )
    frames = frames.spliced(last, last + 1, frame)
    carriers[last] = False
    return frames.without(carriers)


def _one_chunk(chunks: list[bytes], written: list[re.Match[bytes] | None]) -> bytes:
    """Return the last of some chunks, with the calls of all of them.

    Args:
        chunks: The chunks.
        written: For each chunk, the match of its only part, or None if its JSON must be read.
    """
    matched = [part for part in written if part is not None]
    if len(matched) == len(chunks):
        starts: dict[bytes, tuple[bytes, bytes]] = {}
        texts: dict[bytes, list[bytes]] = {}
        for index, head, name, text in (part.groups(b"") for part in matched):
            starts.setdefault(index, (head, name))
            texts.setdefault(index, []).append(text[1:-1])
        calls = (
            b'{%b%b"function":{%b"arguments":"%b"}}' % (index, *start, b"".join(text))
            for (index, start), text in zip(starts.items(), texts.values(), strict=True)
        )
        end = matched[-1]
        return b'%b"tool_calls":[%b]%b' % (
            chunks[-1][: end.start()],
            b",".join(calls),
            chunks[-1][end.end() :],
        )
    parts: dict[int | None, list[CallPart]] = {}
    documents = [document_of(chunk) or {} for chunk in chunks]
    for part in chain.from_iterable(map(_calls_in, documents)):
        parts.setdefault(part.get("index"), []).append(part)
    joined = [_joined(each) for each in parts.values()]
    return with_document(chunks[-1], _with_calls(documents[-1], joined))


def _joined(parts: list[CallPart]) -> CallPart:
    """Return a call with the arguments of all its parts."""
    call = parts[0]
    arguments = "".join(part["function"]["arguments"] for part in parts)
    return call | {"function": call["function"] | {"arguments": arguments}}


class TwoFinishes(StreamFault, frozen=True):
    """A second chunk with a finish reason follows the first.

    Attributes:
        reason: The finish reason of the second chunk. Default: that of the first.
    """

    reason: FinishReason | None = None

    def __post_init__(self) -> None:
        if self.reason is not None:
            checks.choice("TwoFinishes.reason", self.reason, FINISH_REASONS)

    def change(self, delivery: Delivery) -> Delivery:
        frames = delivery.frames
        finishes = [index for index, kind in enumerate(frames.kinds) if kind == FINISH]
        for index in reversed(finishes):
            second = Frame(changed(frames.data[index], self._second))
            frames = frames.spliced(index + 1, index + 1, second)
        return delivery.with_frames(frames)

    def _second(self, document: Document) -> Document:
        reason = {} if self.reason is None else {"finish_reason": self.reason}
        return document | {"choices": [choice | reason for choice in document["choices"]]}
