"""Assertions about clients that disconnect before the end of a reply."""

from typing import Final, Unpack

from mock_electron.engine.exchange import CLIENT_LEFT, Exchange
from mock_electron.engine.faults.delivery import COMPLETE
from mock_electron.inputs.checks import optional_whole_number
from mock_electron.inputs.keywords import checked_keywords
from mock_electron.testing.failing import FailsWithExchanges
from mock_electron.traffic.filters import ExchangeConditions, ExchangePredicate, check_predicate
from mock_electron.traffic.lines import counted

EXPECTED: Final = "expected the client to disconnect"


class Cancellation(FailsWithExchanges):
    """Marks interruptions, and asserts that the client disconnected."""

    @checked_keywords
    def barge_in(self) -> None:
        """Mark the moment when the user interrupts: `assert_cancelled` counts chunks from here.

        Example:
            electron.barge_in()
            agent.interrupt()
        """
        self._lane.barge_in()

    @checked_keywords
    def assert_cancelled(
        self,
        predicate: ExchangePredicate | None = None,
        /,
        *,
        within_chunks: int | None = None,
        **conditions: Unpack[ExchangeConditions],
    ) -> None:
        """Assert that the client disconnected before the end of a reply.

        A client cannot disconnect from a reply that is sent in one write: set a pace on a real
        clock, or inject a stall.

        Args:
            predicate: A function of the exchange.
            within_chunks: How many chunks may still be sent after `electron.barge_in()`. Without
                a barge-in, all chunks count.
            **conditions: Those of `electron.exchanges.where`.

        Example:
            electron.assert_cancelled(within_chunks=2)
        """
        __tracebackhide__ = True
        check_predicate("assert_cancelled", predicate, "within_chunks")
        optional_whole_number("within_chunks", within_chunks, 0)
        chosen = self.exchanges.where(predicate, **conditions)
        self._require_requests(EXPECTED)
        if not chosen:
            which = self._with(conditions)
            self._fail(f"{EXPECTED}, but no request matches the conditions{which}")
        if not any(exchange.outcome == CLIENT_LEFT for exchange in chosen):
            self._fail(f"{EXPECTED}, but it read to the end{self._pace_hint}", chosen)
        for exchange in chosen:
            problem = self._problem_of(exchange, within_chunks)
            if problem:
                self._fail(problem, chosen)
        self._require_all(EXPECTED)

    def _problem_of(self, exchange: Exchange, within_chunks: int | None) -> str:
        """Return what is wrong with the end of one exchange, or ""."""
        since = "the barge-in" if self._lane.barge_ins else "the first chunk"
        wasted, interrupted = self._chunks_wasted(exchange)
        if interrupted and exchange.outcome == COMPLETE:
            read = f"it read #{exchange.number} to the end, {counted(wasted, 'chunk')}"
            return f"{EXPECTED}, but {read} after {since}"
        has_left = exchange.outcome == CLIENT_LEFT
        if has_left and within_chunks is not None and wasted > within_chunks:
            allowed = f"expected at most {counted(within_chunks, 'chunk')} after {since}"
            return f"{allowed}, got {counted(wasted, 'chunk')} in #{exchange.number}"
        return ""

    @property
    def _pace_hint(self) -> str:
        """Advice if the client had no chance to disconnect, else ""."""
        if self._lane.takes_real_time or any(e.chunk_times for e in self.exchanges_so_far):
            return ""
        if self._lane.has_pace:
            return "; the pace takes no time: the clock must be real, clock='real'"
        return "; replies are sent in one write: set a pace on a real clock"

    def _chunks_wasted(self, exchange: Exchange) -> tuple[int, bool]:
        """Return the chunks sent after the barge-in, and whether it interrupted this exchange."""
        since = next(
            (b.moment for b in self._lane.barge_ins if exchange.number in b.exchanges), None
        )
        if since is None:
            return exchange.chunks_sent if not self._lane.barge_ins else 0, False
        if exchange.chunk_times:
            return sum(sent > since for sent in exchange.chunk_times), True
        first = exchange.monotonic.first_chunk
        return exchange.chunks_sent if first is not None and first > since else 0, True
