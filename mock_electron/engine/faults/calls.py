"""Faults in how a stream carries tool calls and ends, as other servers and gateways send them.

Electron sends one call per chunk, with indexes from 0, and the id and the name once (D).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Final, Literal

from mock_electron._dataclass import dataclass
from mock_electron.engine.faults.delivery import ADDED, FINISH, Delivery, Frame
from mock_electron.engine.faults.documents import Document, changed, document_of, with_document
from mock_electron.engine.faults.fault import FaultContext, StreamFault
from mock_electron.inputs import checks
from mock_electron.wire.reply import FINISH_REASONS, FinishReason

CallPart = dict[str, Any]
Repeated = Literal["id", "name", "both"]
REPEATED: Final[Mapping[Repeated, tuple[bool, bool]]] = {
    "id": (True, False),
    "name": (False, True),
    "both": (True, True),
}
"""Whether the id and the name are repeated."""


@dataclass(frozen=True, slots=True)
class StreamedCallFault(StreamFault):
    """Base of faults in the tool calls of a stream."""

    needs: ClassVar[str] = "a stream with tool calls"

    def applies_to(self, context: FaultContext) -> bool:
        return context.request.stream and bool(context.reply.tool_calls)


def _calls_in(document: Document | None) -> list[CallPart]:
    """Return the parts of tool calls in a chunk; none if it has no choice."""
    for choice in (document or {}).get("choices") or ():
        return choice.get("delta", {}).get("tool_calls") or []
    return []


def _with_calls(document: Document, parts: list[CallPart]) -> Document:
    """Return a chunk with other parts of tool calls."""
    [choice, *rest] = document["choices"]
    delta = choice["delta"] | {"tool_calls": parts}
    return document | {"choices": [choice | {"delta": delta}, *rest]}


def _with_each_part(delivery: Delivery, change: Callable[[CallPart], CallPart]) -> Delivery:
    """Return the delivery with each part of a tool call changed."""

    def change_all(document: Document) -> Document:
        parts = _calls_in(document)
        return _with_calls(document, [change(part) for part in parts]) if parts else document

    return delivery.with_frames(changed(frame, change_all) for frame in delivery.frames)


@dataclass(frozen=True, slots=True)
class RepeatedCall(StreamedCallFault):
    """Every part of a tool call repeats the id, the name, or both.

    Attributes:
        what: What is repeated: "id" (with `type`), "name" or "both".
    """

    what: Repeated = "both"

    def __post_init__(self) -> None:
        checks.choice("RepeatedCall.what", self.what, REPEATED)

    def change(self, delivery: Delivery) -> Delivery:
        first: dict[int, CallPart] = {}
        with_id, with_name = REPEATED[self.what]

        def repeat(part: CallPart) -> CallPart:
            begun = first.setdefault(part["index"], part)
            head = {"id": begun["id"], "type": begun["type"]} if with_id else {}
            name = {"name": begun["function"]["name"]} if with_name else {}
            return {"index": part["index"]} | head | part | {"function": name | part["function"]}

        return _with_each_part(delivery, repeat)


@dataclass(frozen=True, slots=True)
class SameIndex(StreamedCallFault):
    """All tool calls have the index 0."""

    def change(self, delivery: Delivery) -> Delivery:
        return _with_each_part(delivery, lambda part: part | {"index": 0})


@dataclass(frozen=True, slots=True)
class NoIndex(StreamedCallFault):
    """No part of a tool call has an index."""

    def change(self, delivery: Delivery) -> Delivery:
        def without(part: CallPart) -> CallPart:
            return {name: value for name, value in part.items() if name != "index"}

        return _with_each_part(delivery, without)


@dataclass(frozen=True, slots=True)
class CallsInOneChunk(StreamedCallFault):
    """One chunk carries all tool calls with their whole arguments."""

    def change(self, delivery: Delivery) -> Delivery:
        return delivery.with_frames(_merged(delivery.frames))


def _merged(frames: tuple[Frame, ...]) -> Iterator[Frame]:
    """Yield the frames, with those of tool calls merged into the last of them."""
    documents = [document_of(frame) for frame in frames]
    carriers = {at: None for at, document in enumerate(documents) if _calls_in(document)}
    last = next(reversed(carriers), None)
    parts: dict[int, list[CallPart]] = {}
    removed = Frame(b"")
    for at, (frame, document) in enumerate(zip(frames, documents, strict=True)):
        if at not in carriers or document is None:
            yield frame
            continue
        for part in _calls_in(document):
            parts.setdefault(part["index"], []).append(part)
        if at == last:
            calls = [_joined(each) for each in parts.values()]
            merged = with_document(frame, _with_calls(document, calls))
            chunks = frame.chunks + removed.chunks
            yield merged.delayed_by(removed)._replace(chunks=chunks)
        else:
            removed = frame.delayed_by(removed)._replace(chunks=frame.chunks + removed.chunks)


def _joined(parts: list[CallPart]) -> CallPart:
    """Return a call with the arguments of all its parts."""
    call = parts[0]
    arguments = "".join(part["function"]["arguments"] for part in parts)
    return call | {"function": call["function"] | {"arguments": arguments}}


@dataclass(frozen=True, slots=True)
class TwoFinishes(StreamFault):
    """A second chunk with a finish reason follows the first.

    Attributes:
        reason: The finish reason of the second chunk. Default: that of the first.
    """

    reason: FinishReason | None = None

    def __post_init__(self) -> None:
        if self.reason is not None:
            checks.choice("TwoFinishes.reason", self.reason, FINISH_REASONS)

    def change(self, delivery: Delivery) -> Delivery:
        return delivery.with_frames(self._frames(delivery.frames))

    def _frames(self, frames: tuple[Frame, ...]) -> Iterator[Frame]:
        for frame in frames:
            yield frame
            if frame.kind == FINISH:
                second = changed(frame, self._second)
                yield second._replace(kind=ADDED, pause=0.0, stall=0.0, chunks=0)

    def _second(self, document: Document) -> Document:
        [choice] = document["choices"]
        reason = choice["finish_reason"] if self.reason is None else self.reason
        return document | {"choices": [choice | {"finish_reason": reason}]}
