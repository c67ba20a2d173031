"""A lane of the engine in which the model says what it said in a journal."""

from typing import Final

from msgspec.structs import replace

from mock_electron.engine.arrival import Arrival
from mock_electron.engine.clock import DAY
from mock_electron.engine.decide import known_before
from mock_electron.engine.decision import Decision, RequestContext
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.lane import Lane, Reaction
from mock_electron.engine.ready import ReadyKey
from mock_electron.engine.settings import Settings
from mock_electron.what_if.recorded import decision_of, is_plain
from mock_electron.what_if.virtual_clock import VirtualClock
from mock_electron.wire.errors import ApiError

UNBOUNDED: Final = 10**15
"""Bytes: the journal of the other world drops nothing."""


class ReplayLane(Lane):
    """A lane that parses, limits, caches, paces, sends and records as any lane does.

    Only what the model says is known. The pocket model answers requests whose reply is not.

    Args:
        settings: The settings of the other world.
        requests: The number of requests.
        own_pace: Whether steps of the script keep a pace of their own.

    Attributes:
        recorded: The exchange in the journal whose request comes next.
        clock: The clock.
        spoken: Numbers of the exchanges that the pocket model answered.
        context: The latest request.
    """

    clock: VirtualClock
    context: RequestContext

    def __init__(self, settings: Settings, requests: int, *, own_pace: bool) -> None:
        world = replace(
            settings,
            clock="frozen",
            api_keys=(),
            accounts=(),
            strict=False,
            reveal=False,
            journal_exchanges=requests,
            journal_bytes=UNBOUNDED,
        )
        super().__init__(world)
        self.clock = VirtualClock()
        self.recorded: Exchange | None = None
        self.spoken: list[int] = []
        self._own_pace = own_pace

    def _answered(
        self, arrival: Arrival, early_error: ApiError | None, began: float | None
    ) -> tuple[RequestContext, Reaction]:
        self.context, reaction = super()._answered(arrival, early_error, began)
        return self.context, reaction

    def _ready_key(self, context: RequestContext) -> ReadyKey | None:
        """Return a key for a plain reply of the pocket model, which equal requests have shared."""
        exchange, facts = self.recorded, context.facts
        if exchange is None or not is_plain(exchange) or not context.parsed.is_plain:
            return None
        if facts.limit is not None:
            return None
        return id(exchange.generated), int(facts.moment.lane // DAY), facts.cached_tokens

    def _decide(self, context: RequestContext, key: ReadyKey | None) -> Decision:
        parsed, known = context.parsed, known_before(context)
        is_refused = parsed.refused or context.facts.limit or parsed.invalid
        if is_refused is not None:
            return replace(known, result=is_refused)
        assert self.recorded is not None  # it is set for each request
        said = decision_of(self.recorded, context, self._reader, own_pace=self._own_pace)
        if said is not None:
            return said
        self.spoken.append(self.recorded.number)
        return super()._decide(context, None)
