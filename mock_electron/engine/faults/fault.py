"""The base classes of faults. A fault is a frozen value. Its base class says what it changes.

ReplacementFault   replaces the reply
ReplyFault         changes the reply before it is written
DeliveryFault      changes how the reply is sent, in the order of the stages
"""

from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from typing import Any, ClassVar, Final

from mock_electron._dataclass import dataclass
from mock_electron.engine.faults.delivery import Delivery
from mock_electron.inputs.keywords import SuggestsFields
from mock_electron.wire.errors import ApiError
from mock_electron.wire.reply import Reply
from mock_electron.wire.request import ChatRequest

SOURCE, CONTENT, FORM, LINES, ENCODING, BREAK, LENGTH, WRITES = range(8)
"""The stages of delivery faults, in order: another body, the events of the stream, the fields of
events, line ends, encoding, truncation, `Content-Length`, writes."""
LONGEST_STALL: Final = 3600.0
"""The longest stall or delay, in seconds."""


@dataclass(frozen=True, slots=True)
class FaultContext:
    """What determines whether a fault is possible.

    Attributes:
        request: The request.
        reply: The reply to it, without faults.
        accept_encoding: The request's `Accept-Encoding` header, or "".
    """

    request: ChatRequest
    reply: Reply
    accept_encoding: str


class Fault(SuggestsFields):
    """Base of all faults.

    Attributes:
        needs: What the fault requires, for error messages: "a stream".
        breaks: Whether a correct client gets a different reply than without the fault, or none.
    """

    __slots__ = ()
    needs: ClassVar[str] = "a reply"
    breaks: ClassVar[bool] = True

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if "__repr__" not in vars(cls):  # otherwise, the dataclass writes its own
            cls.__repr__ = Fault.__repr__  # type: ignore[method-assign]  # set for each class

    def __repr__(self) -> str:
        return self.written(repr)

    def applies_to(self, context: FaultContext) -> bool:
        """Return whether the fault is possible."""
        return True

    def written(self, write: Callable[[object], str]) -> str:
        """Return the call that makes the fault, without arguments that have their defaults.

        Args:
            write: Takes the value of an argument, and returns its text.
        """
        declared: tuple[Any, ...] = fields(self) if is_dataclass(self) else ()
        values = [(one.name, getattr(self, one.name), one.default) for one in declared]
        given = [f"{name}={write(value)}" for name, value, default in values if value != default]
        return f"{type(self).__name__}({', '.join(given)})"


class ReplacementFault(Fault):
    """A fault that replaces the reply."""

    __slots__ = ()


class ReplyFault(Fault):
    """A fault that changes the reply before it is written."""

    __slots__ = ()

    def change(self, reply: Reply) -> Reply:
        """Return the reply with the fault."""
        raise NotImplementedError


def with_reply_faults(reply: Reply, faults: Iterable[Fault]) -> Reply:
    """Return the reply with the changes of the reply faults among these faults."""
    for fault in faults:
        if isinstance(fault, ReplyFault):
            reply = fault.change(reply)
    return reply


class DeliveryFault(Fault):
    """A fault that changes how a reply is sent.

    Attributes:
        stage: When the fault applies, relative to other delivery faults.
    """

    __slots__ = ()
    stage: ClassVar[int] = CONTENT

    def left_of(self, reply: Reply) -> Reply | None:
        """Return what the fault leaves of a reply, or None if it sends something else."""
        return reply

    def error_sent(self) -> ApiError | None:
        """Return the error that the fault sends instead of the reply, or None."""
        return None

    def change(self, delivery: Delivery) -> Delivery:
        """Return the delivery with the fault."""
        raise NotImplementedError

    def misses(self, delivery: Delivery, chunks: int) -> str:
        """Return why the fault applies at the end instead of at the requested position, or "".

        Args:
            delivery: The delivery before the fault.
            chunks: The number of chunks of the whole reply.
        """
        after: int | None = getattr(self, "after", None)
        return f"the reply has only {chunks} chunks" if (after or 0) > chunks else ""


class StreamFault(DeliveryFault):
    """A fault that changes how a stream is sent."""

    __slots__ = ()
    needs: ClassVar[str] = "a stream"

    def applies_to(self, context: FaultContext) -> bool:
        return context.request.stream
