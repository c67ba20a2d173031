"""The places of a scenario: the requests of its run without a fault, in order of arrival."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.faults.fault import Fault, FaultContext, ReplacementFault

NOT_COUNTED: Final = ("gateway", "fault")
"""What answers requests that no injected fault can affect: refusals, and faults of the user."""


class Place(Struct, frozen=True):
    """A request of the run without a fault.

    Attributes:
        number: Its number, from 0.
        exchange: The request and its answer.
        context: What determines which faults are possible; None without a reply.
        counts: Whether it counts as a request for injections that replace the reply.
    """

    number: int
    exchange: Exchange
    context: FaultContext | None
    counts: bool

    @property
    def column(self) -> str:
        """The heading of its column: `#1 turn 2`."""
        return f"#{self.number} turn {self.exchange.turn}"

    @property
    def title(self) -> str:
        """What was said: `#1 turn 2 'Hi' -> 'Hello!'`."""
        return replace(self.exchange, number=self.number).title

    @property
    def chunks(self) -> tuple[int, ...]:
        """Numbers of chunks after which a fault may happen, the most telling ones first."""
        last = self.exchange.chunks
        middle = last // 2
        return tuple(dict.fromkeys((middle, 1, last - 1, 0, last, *range(2, last))))

    def admits(self, fault: Fault) -> bool:
        """Return whether an injected fault counts the request."""
        if isinstance(fault, ReplacementFault):
            return self.counts
        return self.counts and self.context is not None and fault.applies_to(self.context)


def places_of(exchanges: Iterable[Exchange]) -> tuple[Place, ...]:
    """Return the places of a run: its valid requests for the chat endpoint."""
    valid = [one for one in exchanges if one.is_chat and one.understood]
    return tuple(_place(number, one) for number, one in enumerate(valid))


def _place(number: int, exchange: Exchange) -> Place:
    request, reply = exchange.request, exchange.generated
    accepted = exchange.headers.get("accept-encoding", "")
    context = None if request is None or reply is None else FaultContext(request, reply, accepted)
    return Place(number, exchange, context, exchange.answered_by not in NOT_COUNTED)


def nth(fault: Fault, places: Sequence[Place], number: int) -> int | None:
    """Return which of the requests that a fault counts a place is, from 1; None if it is none."""
    counted = [place.number for place in places if place.admits(fault)]
    return counted.index(number) + 1 if number in counted else None


def answered(places: Iterable[Place]) -> Iterator[Place]:
    """Yield the places at which a fault can happen."""
    return (place for place in places if place.counts)
