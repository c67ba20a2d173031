"""What a fault is: a frozen value. There are three sorts, by what they change.

Instead         an answer in the reply's place
ReplyFault      Reply → Reply, before it is written
DeliveryFault   Delivery → Delivery, when it is written; in the order of its stage
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from mock_electron.engine.faults.delivery import Delivery
from mock_electron.inputs.numbers import is_number, is_whole
from mock_electron.wire.reply import Reply
from mock_electron.wire.request import ChatRequest

CONTENT, LINES, ENCODING, BREAK, LENGTH, WRITES = range(6)
"""Stages: what the stream consists of, its line ends, its encoding, where it breaks, the length
that it states, its writes."""
LONGEST_STALL: Final = 3600.0


@dataclass(frozen=True, slots=True)
class FaultContext:
    """What a fault may look at: the request, its reply, and the encodings that are accepted."""

    request: ChatRequest
    reply: Reply
    accept_encoding: str


class Fault:
    """One thing that goes wrong.

    needs: what an answer must have for the fault to be possible, in words.
    breaks: whether a client that reads as it should gets another reply than without it, or none.
    """

    __slots__ = ()
    needs: ClassVar[str] = "a reply"
    breaks: ClassVar[bool] = True

    def suits(self, context: FaultContext) -> bool:
        """Whether the fault is possible here."""
        return True


class ReplacementFault(Fault):
    """A fault that stands in the place of a reply."""

    __slots__ = ()


class ReplyFault(Fault):
    """A fault in what is said."""

    __slots__ = ()

    def change(self, reply: Reply) -> Reply:
        """The reply with the fault."""
        raise NotImplementedError


class DeliveryFault(Fault):
    """A fault in how it is sent."""

    __slots__ = ()
    stage: ClassVar[int] = CONTENT

    def change(self, delivery: Delivery) -> Delivery:
        """The delivery with the fault."""
        raise NotImplementedError


class StreamFault(DeliveryFault):
    """A fault in how a stream is sent."""

    __slots__ = ()
    needs: ClassVar[str] = "a stream"

    def suits(self, context: FaultContext) -> bool:
        return context.request.stream


def check_whole(fault: Fault, least: int, **given: Any) -> None:
    """Raise ValueError unless all of these are whole numbers from `least`."""
    for name, value in given.items():
        if not is_whole(value, least):
            what = f"{type(fault).__name__}: {name}"
            raise ValueError(f"{what} is a whole number from {least}, not {value!r}")


def check_seconds(fault: Fault, **given: Any) -> None:
    """Raise ValueError unless all of these are times of at most an hour."""
    for name, value in given.items():
        if not is_number(value, 0, LONGEST_STALL):
            what = f"{type(fault).__name__}: {name}"
            raise ValueError(f"{what} is a time from 0 to 3600 seconds, not {value!r}")
