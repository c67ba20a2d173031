"""Faults in the content of a reply, and in its `Content-Length`."""

from typing import ClassVar, Final

from msgspec.structs import replace

from mock_electron.engine.faults.delivery import CLOSE, Delivery, FrameKind, Frames
from mock_electron.engine.faults.documents import WRITTEN, Document, changed
from mock_electron.engine.faults.fault import (
    LENGTH,
    MOST_EDITED,
    DeliveryFault,
    FaultContext,
    ReplyFault,
)
from mock_electron.inputs import checks
from mock_electron.model import tokens
from mock_electron.wire.reply import Reply, ToolCall

CHOICES: Final = b',"choices":['
LONGEST_TOOL_NAME: Final = 64
"""Characters."""


class CallFault(ReplyFault, frozen=True):
    """Base of faults that change every tool call of a reply."""

    needs: ClassVar[str] = "a reply with tool calls"

    def applies_to(self, context: FaultContext) -> bool:
        return bool(context.reply.tool_calls)

    def change(self, reply: Reply) -> Reply:
        calls = tuple(map(self.change_call, reply.tool_calls))
        fragments = tuple(tokens.split(call.arguments) for call in calls)
        return replace(reply, tool_calls=calls, call_fragments=fragments)

    def change_call(self, call: ToolCall) -> ToolCall:
        """Return the call with the fault."""
        raise NotImplementedError


class BadArguments(CallFault, frozen=True):
    """The arguments of tool calls are not valid JSON: their last character is missing."""

    def change_call(self, call: ToolCall) -> ToolCall:
        return replace(call, arguments=call.arguments[:-1])


class UnknownTool(CallFault, frozen=True):
    """The tool calls name a tool that the request does not offer.

    Attributes:
        name: The name of that tool. Default: the correct name, prefixed with `unknown_`.
    """

    name: str | None = None

    def __post_init__(self) -> None:
        if self.name is not None and not (isinstance(self.name, str) and self.name):
            raise ValueError(checks.must_be("UnknownTool.name", "a non-empty string", self.name))

    def change_call(self, call: ToolCall) -> ToolCall:
        return replace(call, name=self.name or f"unknown_{call.name}"[:LONGEST_TOOL_NAME])


class ContentFilter(ReplyFault, frozen=True):
    """The finish reason is `content_filter`."""

    def change(self, reply: Reply) -> Reply:
        return replace(reply, finish_reason="content_filter")


class EmptyChoices(DeliveryFault, frozen=True):
    """`choices` is empty: in a reply in one piece, or in every chunk of a stream."""

    def left_of(self, reply: Reply) -> Reply:
        return replace(reply, tokens=None, tool_calls=(), call_fragments=(), logprobs=None)

    def change(self, delivery: Delivery) -> Delivery:
        frames = delivery.frames
        data = map(_emptied, frames.data[:MOST_EDITED], frames.kinds)
        emptied = delivery.with_data((*data, *frames.data[MOST_EDITED:]))
        return emptied.with_right_length()

    def edits(self, delivery: Delivery) -> int:
        return len(delivery.frames)


def _emptied(data: bytes, kind: FrameKind) -> bytes:
    """Return a body or an event without choices."""
    if kind not in WRITTEN:
        return changed(data, _without_choices)
    head, name, choices = data.partition(CHOICES)
    return head + name + choices[choices.rfind(b"]") :]


def _without_choices(document: Document) -> Document:
    return document | {"choices": []} if "choices" in document else document


class WrongLength(DeliveryFault, frozen=True):
    """The `Content-Length` of a reply in one piece is wrong.

    Attributes:
        by: The difference in bytes, not 0. Above 0: the length is too large, and the connection
            is closed before that number of bytes is sent. Below 0: the length is too small, the
            remaining bytes follow the end of the answer, and then the connection is closed.
    """

    by: int
    stage: ClassVar[int] = LENGTH
    needs: ClassVar[str] = "a reply in one piece"

    def __post_init__(self) -> None:
        if type(self.by) is not int or self.by == 0:
            raise ValueError(checks.must_be("WrongLength.by", "an integer other than 0", self.by))

    def applies_to(self, context: FaultContext) -> bool:
        return not context.request.stream

    def change(self, delivery: Delivery) -> Delivery:
        body = delivery.data
        stated = max(len(body) + self.by, 0)
        wrong = delivery.with_header(b"content-length", b"%d" % stated)
        first = wrong.frames.at(0)._replace(data=body[:stated])
        return replace(wrong.truncated(Frames.of(first), CLOSE), surplus=body[stated:])
