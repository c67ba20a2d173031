"""Assertions that a plain `assert` cannot express well. A failure shows the exchanges."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, NoReturn, Unpack

from mock_electron.engine.exchange import CLIENT_LEFT, IN_FLIGHT, Exchange
from mock_electron.engine.faults.by_name import FAULTS
from mock_electron.engine.faults.delivery import COMPLETE
from mock_electron.engine.lane import Lane
from mock_electron.inputs.checks import number, optional_whole_number, whole_number
from mock_electron.inputs.spelling import SuggestsNames, checked_keywords, unknown
from mock_electron.testing.hints import changed_retries, limit_hint
from mock_electron.testing.strict import strict_problems, unscripted_requests, unused_steps
from mock_electron.testing.tool_results import history_problems
from mock_electron.traffic.exchanges import Exchanges
from mock_electron.traffic.filters import ExchangeConditions, ExchangePredicate
from mock_electron.traffic.lines import counted, listing, shortened
from mock_electron.wire import errors

FAILURES: Final = (*errors.KINDS, *FAULTS)
"""The statuses, and names of errors and faults, after which a client may retry."""
SECRET: Final = ("api_key", "headers")
"""The conditions whose values messages do not show."""


class BargeIn(NamedTuple):
    """The moment when the user interrupted.

    Attributes:
        moment: Seconds by the monotonic clock.
        exchanges: Numbers of the exchanges that were in flight.
    """

    moment: float
    exchanges: frozenset[int]


class Assertions(SuggestsNames):
    """The assertions of `electron`."""

    _lane: Lane
    _barge_ins: tuple[BargeIn, ...] = ()

    @property
    @abstractmethod
    def exchanges(self) -> Exchanges:
        """The requests and their answers, in order of arrival."""

    @checked_keywords
    def assert_called(
        self,
        predicate: ExchangePredicate | None = None,
        /,
        *,
        times: int | None = None,
        **conditions: Unpack[ExchangeConditions],
    ) -> None:
        """Assert that requests with these conditions arrived.

        Args:
            predicate: A function of the exchange.
            times: The exact number of requests. Default: at least one.
            **conditions: Those of `electron.exchanges.where`.

        Example:
            electron.assert_called(times=2, says="weather")
        """
        __tracebackhide__ = True
        optional_whole_number("times", times, 0)
        found = self.exchanges.where(predicate, **conditions)
        if len(found) == times or (times is None and found):
            return
        wanted = "at least 1 request" if times is None else counted(times, "request")
        given = ", ".join(f"{name}={_shown(name, value)}" for name, value in conditions.items())
        which = f" with {given}" if given else ""
        self._fail(f"expected {wanted}{which}, got {counted(len(found), 'request')}", found)

    def assert_all_used(self) -> None:
        """Assert that every step of the script has answered as often as it should.

        A step that answers all matching requests must have answered at least once. A strict test
        asserts this at its end.

        Example:
            electron.assert_all_used()
        """
        __tracebackhide__ = True
        self._assert_none(unused_steps(self._lane))

    def assert_scripted(self) -> None:
        """Assert that the script had an answer for every request of a strict lane.

        A strict test asserts this at its end, even if the code under test swallowed the error.

        Example:
            electron.assert_scripted()
        """
        __tracebackhide__ = True
        self._assert_none(unscripted_requests(self._lane))

    def assert_strict(self) -> None:
        """Assert what a strict test asserts at its end; do nothing if the lane is not strict.

        Example:
            electron.assert_strict()
        """
        __tracebackhide__ = True
        self._assert_none(strict_problems(self._lane))

    def _assert_none(self, problems: str) -> None:
        __tracebackhide__ = True
        if problems:
            self._fail(problems)

    @checked_keywords
    def assert_retried(
        self, kind: int | str, times: int = 1, *, min_pause: float | None = None
    ) -> None:
        """Assert that the client retried after failures of one kind.

        Args:
            kind: A status such as 503, the name of an error such as "concurrency", or the name of
                a fault such as "reset".
            times: The exact number of retries in all.
            min_pause: The minimum pause before each retry, in seconds: by the monotonic clock or by
                the lane's clock, whichever is longer.

        Example:
            electron.assert_retried(503, times=2, min_pause=0.25)
        """
        __tracebackhide__ = True
        _check_kind(kind)
        retries = [
            (before, after)
            for before, after in _retries(self.exchanges)
            if _failed_with(before, kind)
        ]
        if len(retries) != times:
            wanted = counted(times, "retry", "retries")
            changed = changed_retries(self.exchanges, lambda one: _failed_with(one, kind))
            self._fail(f"expected {wanted} after {kind}, got {len(retries)}{changed}")
        hasty = [retry for _, retry in retries if min_pause and (retry.pause or 0) < min_pause]
        if hasty:
            pauses = ", ".join(f"#{retry.number} {retry.pause:.3f} s" for retry in hasty)
            self._fail(f"expected pauses of at least {min_pause:g} s after {kind}, got {pauses}")

    @checked_keywords
    def assert_peak_in_flight(self, *, at_most: int) -> None:
        """Assert that no API key had more than this number of requests in flight at the same time.

        Args:
            at_most: The maximum number of requests.

        Example:
            electron.assert_peak_in_flight(at_most=3)
        """
        __tracebackhide__ = True
        whole_number("at_most", at_most, 0)
        peak = self._lane.peak_in_flight
        if peak > at_most:
            self._fail(f"expected at most {at_most} requests in flight, got {peak}")

    def barge_in(self) -> None:
        """Mark the moment when the user interrupts: `assert_cancelled` counts chunks from here.

        Example:
            electron.barge_in()
            agent.interrupt()
        """
        in_flight = [one.number for one in self.exchanges_so_far.where(outcome=IN_FLIGHT)]
        moment = self._lane.clock.moment().monotonic
        self._barge_ins += (BargeIn(moment, frozenset(in_flight)),)

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
        chosen = self.exchanges.where(predicate, **conditions)
        left = [exchange for exchange in chosen if exchange.outcome == CLIENT_LEFT]
        if not chosen:
            what = "no request matches" if self.exchanges else "no request was sent"
            self._fail(f"expected the client to disconnect, but {what}", chosen)
        if not left:
            message = "expected the client to disconnect, but it read to the end"
            self._fail(message + self._pace_hint, chosen)
        since = "the barge-in" if self._barge_ins else "the first chunk"
        for exchange in chosen:
            wasted, interrupted = self._chunks_wasted(exchange)
            if interrupted and exchange.outcome == COMPLETE:
                read = f"it read #{exchange.number} to the end, {counted(wasted, 'chunk')}"
                self._fail(f"expected the client to disconnect, but {read} after {since}", chosen)
            elif exchange in left and within_chunks is not None and wasted > within_chunks:
                got = f"{counted(wasted, 'chunk')} in #{exchange.number}"
                self._fail(
                    f"expected at most {counted(within_chunks, 'chunk')} after {since}, got {got}",
                    chosen,
                )

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
        since = next((b.moment for b in self._barge_ins if exchange.number in b.exchanges), None)
        if since is None:
            return exchange.chunks_sent if not self._barge_ins else 0, False
        if exchange.chunk_times:
            return sum(sent > since for sent in exchange.chunk_times), True
        first = exchange.monotonic.first_chunk
        return exchange.chunks_sent if first is not None and first > since else 0, True

    @checked_keywords
    def assert_tool_results_answered(self, *, except_for: Sequence[str] = ()) -> None:
        """Assert that the history returns every tool call unchanged, with exactly one result.

        The history must contain the filler as it was sent, no message twice, and no result
        without a call.

        Args:
            except_for: Tools whose call ends the conversation, such as "hang_up".

        Example:
            electron.assert_tool_results_answered()
        """
        __tracebackhide__ = True
        found = history_problems(self.exchanges, except_for)
        if found:
            listed = "\n".join(f"  {problem}" for problem in found)
            self._fail(f"tool calls and their results do not match:\n{listed}")

    @checked_keywords
    def assert_cache_hit_rate(
        self,
        predicate: ExchangePredicate | None = None,
        /,
        *,
        at_least: float,
        **conditions: Unpack[ExchangeConditions],
    ) -> None:
        """Assert that this fraction of all prompt tokens came from the prefix cache.

        The first prompt of a conversation is never cached; `turn=2` leaves it out.

        Args:
            predicate: A function of the exchange.
            at_least: The fraction, from 0 to 1.
            **conditions: Those of `electron.exchanges.where`.

        Example:
            electron.assert_cache_hit_rate(at_least=0.8)
        """
        __tracebackhide__ = True
        number("at_least", at_least, 0, 1)
        answered = self.exchanges.where(predicate, **conditions)
        usages = [exchange.usage for exchange in answered if exchange.usage is not None]
        prompt = sum(usage.prompt_tokens for usage in usages)
        cached = sum(usage.cached_tokens for usage in usages)
        if not prompt:
            self._fail("expected cached prompt tokens, but no request has a reply", answered)
        if cached < at_least * prompt:
            rate = f"{cached / prompt:.2f}: {cached} of {prompt} prompt tokens were cached"
            self._fail(f"expected a cache hit rate of at least {at_least:g}, got {rate}", answered)

    @property
    def exchanges_so_far(self) -> Exchanges:
        """The exchanges as they are now, without waiting for those in flight.

        Example:
            assert electron.exchanges_so_far.last.outcome == "in flight"
        """
        return Exchanges(self._lane.peek(), self._lane.journal.dropped)

    def _fail(self, message: str, checked: Sequence[Exchange] | None = None) -> NoReturn:
        """Raise AssertionError with the exchanges that were checked (default: all), and all."""
        __tracebackhide__ = True
        every = self.exchanges_so_far
        shown = f"Exchanges:\n{listing(every)}"
        if checked is not None and len(checked) != len(every):
            shown = f"Checked:\n{listing(checked)}\nAll exchanges:\n{listing(every)}"
        dropped = f"\n  ({every.dropped} older ones were dropped)" if every.dropped else ""
        hint = limit_hint(self._lane, every)
        raise AssertionError("\n".join(filter(None, [message, f"{shown}{dropped}", hint])))


def _shown(name: str, value: object) -> str:
    """Return a condition's value as a message shows it."""
    return "…" if name in SECRET else shortened(repr(value))


def _check_kind(kind: int | str) -> None:
    if kind not in FAILURES:
        raise ValueError(unknown("failure", kind, FAILURES))


def _retries(exchanges: Sequence[Exchange]) -> list[tuple[Exchange, Exchange]]:
    """Return each retry with the attempt before it."""
    latest: dict[tuple[str, bytes], Exchange] = {}
    found: list[tuple[Exchange, Exchange]] = []
    for exchange in exchanges:
        before = latest.get((exchange.account, exchange.fingerprint))
        if before is not None and exchange.attempt > 1:
            found.append((before, exchange))
        latest[exchange.account, exchange.fingerprint] = exchange
    return found


def _failed_with(exchange: Exchange, kind: Any) -> bool:
    """Return whether an exchange failed with this status, error or fault."""
    if isinstance(kind, int):
        return exchange.status == kind
    if exchange.error is not None and exchange.error.name == kind:
        return True
    return kind in FAULTS and any(isinstance(fault, FAULTS[kind]) for fault in exchange.faults)
