"""The places of a scenario: the requests of its run without a fault, in order of arrival."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

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
        body: The body by which faults find the request; None if only its number is known, because
            bodies change from run to run.
    """

    number: int
    exchange: Exchange
    context: FaultContext | None
    counts: bool
    body: Mapping[str, Any] | None = None

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


def places_of(exchanges: Iterable[Exchange], again: Iterable[Exchange] = ()) -> tuple[Place, ...]:
    """Return the places of a run: its valid requests for the chat endpoint.

    Args:
        exchanges: The exchanges of the run.
        again: Those of a second run. If its requests are the same, in any order, faults find a
            request by its body, so that parallel requests may arrive in another order.
    """
    valid, others = _valid(exchanges), _valid(again)
    is_steady = _fingerprints(valid) == _fingerprints(others)
    return tuple(_place(number, one, is_steady=is_steady) for number, one in enumerate(valid))


def _valid(exchanges: Iterable[Exchange]) -> list[Exchange]:
    return [one for one in exchanges if one.is_chat and one.understood]


def _fingerprints(exchanges: Iterable[Exchange]) -> list[bytes]:
    return sorted(one.fingerprint for one in exchanges)


def _place(number: int, exchange: Exchange, *, is_steady: bool) -> Place:
    request, reply = exchange.request, exchange.generated
    accepted = exchange.headers.get("accept-encoding", "")
    context = None if request is None or reply is None else FaultContext(request, reply, accepted)
    counts = exchange.answered_by not in NOT_COUNTED
    body = exchange.chat_request.body if is_steady else None
    return Place(number, exchange, context, counts, body)


def alike(places: Sequence[Place], place: Place) -> tuple[Place, ...]:
    """Return the requests that faults cannot tell from one, which is among them."""
    if place.body is None:
        return tuple(places)
    fingerprint = place.exchange.fingerprint
    return tuple(one for one in places if one.exchange.fingerprint == fingerprint)


def nth(fault: Fault, places: Sequence[Place], number: int) -> int | None:
    """Return which of the requests that a fault counts a place is, from 1; None if it is none."""
    counted = [place.number for place in places if place.admits(fault)]
    return counted.index(number) + 1 if number in counted else None


def answered(places: Iterable[Place]) -> Iterator[Place]:
    """Yield the places at which a fault can happen."""
    return (place for place in places if place.counts)
