"""The base classes of faults. A fault is a frozen value. Its base class says what it changes.

ReplacementFault   replaces the reply
ReplyFault         changes the reply before it is written
DeliveryFault      changes how the reply is sent, in the order of the stages
"""

from collections.abc import Callable, Iterable
from typing import ClassVar, Final

from msgspec import Struct

from mock_electron.engine.faults.delivery import Delivery
from mock_electron.inputs.values import CheckedValue, given_fields
from mock_electron.wire.errors import ApiError
from mock_electron.wire.reply import Reply
from mock_electron.wire.request import ChatRequest

SOURCE, CONTENT, FORM, LINES, ENCODING, BREAK, LENGTH, WRITES = range(8)
"""The stages of delivery faults, in order: another body, the events of the stream, the fields of
events, line ends, encoding, truncation, `Content-Length`, writes."""
MOST_EDITED: Final = 10_000
"""The maximum number of events of one stream that a fault edits. Later events are unchanged."""
LONGEST_STALL: Final = 3600.0
"""The longest stall or delay, in seconds."""


class FaultContext(Struct, frozen=True):
    """What determines whether a fault is possible.

    Attributes:
        request: The request.
        reply: The reply to it, without faults.
        accept_encoding: The request's `Accept-Encoding` header, or "".
    """

    request: ChatRequest
    reply: Reply
    accept_encoding: str


class Fault(CheckedValue, frozen=True):
    """Base of all faults.

    Attributes:
        needs: What the fault requires, for error messages: "a stream".
        breaks: Whether a correct client gets a different reply than without the fault, or none.
    """

    needs: ClassVar[str] = "a reply"
    breaks: ClassVar[bool] = True

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
        given = [f"{name}={write(value)}" for name, value in given_fields(self).items()]
        return f"{type(self).__name__}({', '.join(given)})"


class ReplacementFault(Fault, frozen=True):
    """A fault that replaces the reply."""


class ReplyFault(Fault, frozen=True):
    """A fault that changes the reply before it is written."""

    def change(self, reply: Reply) -> Reply:
        """Return the reply with the fault."""
        raise NotImplementedError


def with_reply_faults(reply: Reply, faults: Iterable[Fault]) -> Reply:
    """Return the reply with the changes of the reply faults among these faults."""
    for fault in faults:
        if isinstance(fault, ReplyFault):
            reply = fault.change(reply)
    return reply


class DeliveryFault(Fault, frozen=True):
    """A fault that changes how a reply is sent.

    Attributes:
        stage: When the fault applies, relative to other delivery faults.
    """

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

    def edits(self, delivery: Delivery) -> int:
        """Return the number of frames that the fault edits one after the other."""
        return 0

    def stops(self, delivery: Delivery) -> str:
        """Return where the fault stops, because it would take too much work, or ""."""
        if self.edits(delivery) <= MOST_EDITED:
            return ""
        return f"applied to the first {MOST_EDITED} events only"


class StreamFault(DeliveryFault, frozen=True):
    """A fault that changes how a stream is sent."""

    needs: ClassVar[str] = "a stream"

    def applies_to(self, context: FaultContext) -> bool:
        return context.request.stream
