"""What replies took beyond their pace, by a real clock: in another world they take it, too.

A slow machine, a client that reads slowly and the network are the same in every world. So a world
into itself has the recorded times, and another pace changes them by the difference of the paces.
"""

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron.engine.build_answer import build_answer
from mock_electron.engine.decision import Decision, RequestContext
from mock_electron.engine.exchange import CLIENT_LEFT, Exchange
from mock_electron.engine.pace import pace_of
from mock_electron.engine.ready import AnyAnswer
from mock_electron.engine.settings import Settings
from mock_electron.what_if.recorded import origin_of
from mock_electron.what_if.timeline import sending


class Delay(Struct, frozen=True):
    """What a reply took beyond its pace.

    Attributes:
        first: The seconds until its first chunk.
        end: The seconds until its end.
    """

    first: float = 0.0
    end: float = 0.0


NONE: Final = Delay()


class Measured:
    """The times of a journal that a real clock measured.

    Args:
        recorded: The settings with which they were recorded.
    """

    def __init__(self, recorded: Settings) -> None:
        self._settings = recorded
        self._pace = pace_of(recorded.pace)
        self._is_real = recorded.clock == "real"

    def delay_of(self, exchange: Exchange, context: RequestContext, answer: AnyAnswer) -> Delay:
        """Return what a reply took beyond its pace.

        Args:
            exchange: The exchange in the journal.
            context: The request in the other world.
            answer: The answer there. If it has another status or another form, nothing is known.
        """
        is_other = exchange.status != answer.status or exchange.duration is None
        left_at_once = exchange.outcome == CLIENT_LEFT and not exchange.chunks_sent
        if not self._is_real or is_other or left_at_once:
            return NONE
        first, end = self._expected(exchange, context)
        took, whole = exchange.time_to_first_chunk or first, exchange.duration or end
        return Delay(max(took - first, 0.0), max(whole - end, 0.0))

    def _expected(self, exchange: Exchange, context: RequestContext) -> tuple[float, float]:
        """Return the seconds to the first chunk and to the end by the recorded pace."""
        step = exchange.scripted
        has_pace = not self._pace.is_instant or (step is not None and step.pace is not None)
        if exchange.generated is None or not (has_pace or exchange.faults):
            return 0.0, 0.0
        chosen, said = origin_of(exchange, own_pace=True), exchange.generated
        decision = Decision(said, chosen, exchange.faults, said)
        expected = build_answer(context, decision, self._settings, self._pace, frozen=True)
        _, end = sending(exchange, expected)
        return (expected.schedule[0] if expected.schedule else 0.0), end


def later(exchange: Exchange, delay: Delay) -> Exchange:
    """Return an exchange of the other world whose reply takes longer."""
    if delay == NONE or exchange.ended_at is None:
        return exchange
    first, last = exchange.first_chunk_at, exchange.last_chunk_at
    return replace(
        exchange,
        first_chunk_at=None if first is None else first + delay.first,
        last_chunk_at=None if last is None else last + delay.end,
        ended_at=exchange.ended_at + delay.end,
        schedule=(),
    )
