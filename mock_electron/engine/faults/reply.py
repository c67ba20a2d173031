"""Faults in a reply: what it says, and how a reply in one piece is written."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from mock_electron.engine.faults.delivery import CLOSE, Delivery
from mock_electron.engine.faults.fault import (
    LENGTH,
    DeliveryFault,
    FaultContext,
    ReplyFault,
)
from mock_electron.model import tokens
from mock_electron.wire import codec, render
from mock_electron.wire.reply import Reply, ToolCall

LONGEST_TOOL_NAME: Final = 64
DATA: Final = b"data: "


@dataclass(frozen=True, slots=True)
class CallFault(ReplyFault):
    """A fault in every tool call of a reply."""

    needs: ClassVar[str] = "a reply with tool calls"

    def suits(self, context: FaultContext) -> bool:
        return bool(context.reply.tool_calls)

    def change(self, reply: Reply) -> Reply:
        calls = tuple(map(self.change_call, reply.tool_calls))
        fragments = tuple(tokens.split(call.arguments) for call in calls)
        return replace(reply, tool_calls=calls, call_fragments=fragments)

    def change_call(self, call: ToolCall) -> ToolCall:
        """The call with the fault."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class BadArguments(CallFault):
    """The arguments of tool calls are no valid JSON: their last character is missing."""

    def change_call(self, call: ToolCall) -> ToolCall:
        return replace(call, arguments=call.arguments[:-1])


@dataclass(frozen=True, slots=True)
class UnknownTool(CallFault):
    """The calls name a tool that was not offered.

    name: of that tool; without it, the right name with `unknown_` before it.
    """

    name: str | None = None

    def __post_init__(self) -> None:
        if self.name is not None and not (isinstance(self.name, str) and self.name):
            raise ValueError(f"UnknownTool: name is the name of a tool, not {self.name!r}")

    def change_call(self, call: ToolCall) -> ToolCall:
        return replace(call, name=self.name or f"unknown_{call.name}"[:LONGEST_TOOL_NAME])


@dataclass(frozen=True, slots=True)
class ContentFilter(ReplyFault):
    """The finish reason is `content_filter`."""

    def change(self, reply: Reply) -> Reply:
        return replace(reply, finish_reason="content_filter")


@dataclass(frozen=True, slots=True)
class EmptyChoices(DeliveryFault):
    """`choices` is empty: in a whole reply, or in every chunk."""

    def change(self, delivery: Delivery) -> Delivery:
        emptied = delivery.sending(
            part._replace(data=_without_choices(part.data)) for part in delivery.parts
        )
        return emptied.with_right_length()


def _without_choices(data: bytes) -> bytes:
    """A body or a frame with empty choices; any other frame as it is."""
    prefix = DATA if data.startswith(DATA) else b""
    if data == render.DONE or data.startswith(b":"):
        return data
    try:
        document: Any = codec.decode(data.removeprefix(prefix))
    except codec.MalformedError:
        return data
    if "choices" not in document:
        return data
    return prefix + codec.encode(document | {"choices": []}) + (b"\n\n" if prefix else b"")


@dataclass(frozen=True, slots=True)
class WrongLength(DeliveryFault):
    """The Content-Length of a reply in one piece is wrong.

    by: so many bytes too large, and then the connection closes before they came; or, below 0, too
        small, and then bytes follow that belong to no answer.
    """

    by: int
    stage: ClassVar[int] = LENGTH
    needs: ClassVar[str] = "a reply in one piece"

    def __post_init__(self) -> None:
        if type(self.by) is not int or self.by == 0:
            raise ValueError(f"WrongLength: by is a number of bytes other than 0, not {self.by!r}")

    def suits(self, context: FaultContext) -> bool:
        return not context.request.stream

    def change(self, delivery: Delivery) -> Delivery:
        body = delivery.data
        stated = max(len(body) + self.by, 0)
        wrong = delivery.with_header(b"content-length", b"%d" % stated)
        first = wrong.parts[0]._replace(data=body[:stated])
        return replace(wrong.broken_off([first], CLOSE), surplus=body[stated:])
