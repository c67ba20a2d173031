"""Assertions for what is hard to say with a plain assert. A failure shows the exchanges."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, NoReturn, Unpack

from mock_electron.engine.exchange import CLIENT_LEFT, IN_FLIGHT, Exchange
from mock_electron.engine.faults.delivery import COMPLETE
from mock_electron.engine.lane import Lane
from mock_electron.inputs.numbers import is_number, is_whole
from mock_electron.inputs.spelling import SuggestsNames, checked_keywords, did_you_mean
from mock_electron.scripts.schema import FAULTS
from mock_electron.testing.strict import left_over, not_scripted, strict_faults
from mock_electron.testing.tool_results import faults_of_histories
from mock_electron.traffic.exchanges import Exchanges
from mock_electron.traffic.filters import ExchangeConditions, ExchangePredicate
from mock_electron.traffic.lines import counted, listing, shortened
from mock_electron.wire import errors

KINDS: Final = (*errors.BY_NAME, *FAULTS)


class BargeIn(NamedTuple):
    """The user began to speak: when, by the monotonic clock, and into which exchanges."""

    moment: float
    exchanges: frozenset[int]


class Assertions(SuggestsNames):
    """What `electron` can be asked to assert."""

    _lane: Lane
    _barge_ins: tuple[BargeIn, ...] = ()

    @property
    @abstractmethod
    def exchanges(self) -> Exchanges:
        """What was asked and what was answered, in order of arrival."""

    def assert_called(
        self,
        predicate: ExchangePredicate | None = None,
        /,
        *,
        times: int | None = None,
        **conditions: Unpack[ExchangeConditions],
    ) -> None:
        """Assert that requests came; those for which all that is given holds.

        times: exactly so many; without it, at least one. The conditions are those of
        `electron.exchanges.where`.

        electron.assert_called(times=2, says="weather")
        """
        __tracebackhide__ = True
        if times is not None and not is_whole(times, 0):
            raise ValueError(f"times is a whole number from 0, not {times!r}")
        found = self.exchanges.where(predicate, **conditions)
        if len(found) == times or (times is None and found):
            return
        wanted = "at least 1 request" if times is None else counted(times, "request")
        given = ", ".join(f"{name}={_shown(name, value)}" for name, value in conditions.items())
        which = f" with {given}" if given else ""
        self._fail(f"expected {wanted}{which}, and {counted(len(found), 'request')} came", found)

    def assert_all_used(self) -> None:
        """Assert that every step of the script has answered, as often as it says.

        A step for all requests that match must have answered once. In a strict lane this is
        asserted at the end of the test.

        electron.assert_all_used()
        """
        __tracebackhide__ = True
        self._assert_none(left_over(self._lane))

    def assert_scripted(self) -> None:
        """Assert that the script had an answer for every request of a strict lane.

        This is asserted at the end of the test, even where the code under test has swallowed the
        error.

        electron.assert_scripted()
        """
        __tracebackhide__ = True
        self._assert_none(not_scripted(self._lane))

    def assert_strict(self) -> None:
        """Assert what the end of a strict test asserts; in a lane that is not strict, nothing.

        electron.assert_strict()
        """
        __tracebackhide__ = True
        self._assert_none(strict_faults(self._lane))

    def _assert_none(self, words: str) -> None:
        __tracebackhide__ = True
        if words:
            self._fail(words)

    @checked_keywords
    def assert_retried(
        self, kind: int | str, times: int = 1, *, min_pause: float | None = None
    ) -> None:
        """Assert that the client asked again after failures of one kind.

        kind: a status such as 503, the name of an error such as "concurrency", or of a fault such
        as "reset". times: how often it did in all. min_pause: seconds that each retry must have
        waited, by the monotonic clock or the lane's.

        electron.assert_retried(503, times=2, min_pause=0.25)
        """
        __tracebackhide__ = True
        _check_kind(kind)
        retries = [
            (before, after) for before, after in _retries(self.exchanges) if _is(before, kind)
        ]
        after = f"after {kind}"
        if len(retries) != times:
            wanted = counted(times, "retry", "retries")
            self._fail(f"expected {wanted} {after}, and there were {len(retries)}")
        hasty = [retry for _, retry in retries if min_pause and (retry.pause or 0) < min_pause]
        if hasty:
            pauses = ", ".join(f"#{retry.number} {retry.pause:.3f} s" for retry in hasty)
            self._fail(f"expected pauses of {min_pause:g} s {after}, and it waited: {pauses}")

    @checked_keywords
    def assert_peak_in_flight(self, *, at_most: int) -> None:
        """Assert that no API key ever had more requests in flight at the same time.

        electron.assert_peak_in_flight(at_most=3)
        """
        __tracebackhide__ = True
        peak = self._lane.peak_in_flight
        if peak > at_most:
            self._fail(f"expected at most {at_most} requests in flight, and there were {peak}")

    def barge_in(self) -> None:
        """Say that the user begins to speak now: `assert_cancelled` counts chunks from here.

        electron.barge_in()
        agent.interrupt()
        """
        answered = [one.number for one in self.exchanges_so_far.where(outcome=IN_FLIGHT)]
        moment = self._lane.clock.moment().monotonic
        self._barge_ins += (BargeIn(moment, frozenset(answered)),)

    def assert_cancelled(
        self,
        predicate: ExchangePredicate | None = None,
        /,
        *,
        within_chunks: int | None = None,
        **conditions: Unpack[ExchangeConditions],
    ) -> None:
        """Assert that the client left a reply before its end.

        within_chunks: after at most so many chunks, counted from `electron.barge_in()`; from the
        first one where nobody has called that. The conditions are those of
        `electron.exchanges.where`. Nobody can leave a reply that goes out at once: give it a pace,
        on a real clock, or a stall.

        electron.assert_cancelled(within_chunks=2)
        """
        __tracebackhide__ = True
        asked = self.exchanges.where(predicate, **conditions)
        left = [exchange for exchange in asked if exchange.outcome == CLIENT_LEFT]
        if not left:
            stayed = "expected that the client leaves, and it stayed to the end"
            self._fail(stayed + self._at_once, asked)
        since = "barge-in" if self._barge_ins else "the first chunk"
        for exchange in asked:
            wasted, interrupted = self._chunks_wasted(exchange)
            if interrupted and exchange.outcome == COMPLETE:
                words = f"#{exchange.number} was read to its end, {counted(wasted, 'chunk')} since"
                self._fail(f"expected that the client leaves: {words} {since}", asked)
            elif exchange in left and within_chunks is not None and wasted > within_chunks:
                chunks = f"#{exchange.number} {counted(wasted, 'chunk')}"
                self._fail(
                    f"expected at most {within_chunks} chunks since {since}: {chunks}", asked
                )

    @property
    def _at_once(self) -> str:
        """Why nobody could leave, where that is so."""
        keeps_time = self._lane.keeps_time or any(e.chunk_times for e in self.exchanges_so_far)
        return "" if keeps_time else "; replies went out at once: give them a pace, on a real clock"

    def _chunks_wasted(self, exchange: Exchange) -> tuple[int, bool]:
        """How many chunks went out since the user began to speak, and whether into that one."""
        since = next((b.moment for b in self._barge_ins if exchange.number in b.exchanges), None)
        if since is None:
            return exchange.chunks_sent if not self._barge_ins else 0, False
        if exchange.chunk_times:
            return sum(sent > since for sent in exchange.chunk_times), True
        first = exchange.monotonic.first_chunk
        return exchange.chunks_sent if first is not None and first > since else 0, True

    @checked_keywords
    def assert_tool_results_answered(self, *, except_for: Sequence[str] = ()) -> None:
        """Assert that every call came back with its result, once, and as it was sent.

        Every `tool_call_id` is answered exactly once; the filler stands in the history as it was
        spoken; nothing is resent twice; no result is of a call that nobody made.
        except_for: tools whose call ends the conversation, such as "hang_up".

        electron.assert_tool_results_answered()
        """
        __tracebackhide__ = True
        found = faults_of_histories(self.exchanges, except_for)
        if found:
            listed = "\n".join(f"  {fault}" for fault in found)
            self._fail(f"tool calls and their results do not fit:\n{listed}")

    def assert_cache_hit_rate(
        self,
        predicate: ExchangePredicate | None = None,
        /,
        *,
        at_least: float,
        **conditions: Unpack[ExchangeConditions],
    ) -> None:
        """Assert that this share of all prompt tokens came from the prefix cache.

        at_least: from 0 to 1. The conditions are those of `electron.exchanges.where`: the first
        prompt of a conversation is never cached, so that `turn=2` may be what is meant.

        electron.assert_cache_hit_rate(at_least=0.8)
        """
        __tracebackhide__ = True
        if not is_number(at_least, 0, 1):
            raise ValueError(f"at_least is a share from 0 to 1, not {at_least!r}")
        answered = self.exchanges.where(predicate, **conditions)
        usages = [exchange.usage for exchange in answered if exchange.usage is not None]
        prompt = sum(usage.prompt_tokens for usage in usages)
        cached = sum(usage.cached_tokens for usage in usages)
        if not prompt:
            self._fail("expected prompts in the cache, and no request has got a reply", answered)
        if cached < at_least * prompt:
            rate = f"{cached} of {prompt} prompt tokens were cached: {cached / prompt:.2f}"
            self._fail(f"expected a hit rate of {at_least:g}, and {rate}", answered)

    @property
    def exchanges_so_far(self) -> Exchanges:
        """The exchanges as they are now: what is in flight is not waited for.

        assert electron.exchanges_so_far.last.outcome == "in flight"
        """
        return Exchanges(self._lane.peek(), self._lane.journal.dropped)

    def _fail(self, words: str, some: Sequence[Exchange] | None = None) -> NoReturn:
        """Raise AssertionError, with the exchanges that were looked at, and all of them."""
        __tracebackhide__ = True
        every = self.exchanges_so_far
        looked_at = every if some is None else some
        shown = f"Exchanges:\n{listing(every)}"
        if len(looked_at) != len(every):
            shown = f"These:\n{listing(looked_at)}\nOf all exchanges:\n{listing(every)}"
        dropped = f"\n  ({every.dropped} older ones were dropped)" if every.dropped else ""
        raise AssertionError(f"{words}\n{shown}{dropped}")


def _shown(name: str, value: object) -> str:
    """A condition as a message has it; keys are not for logs."""
    return "…" if name in ("api_key", "headers") else shortened(repr(value))


def _check_kind(kind: int | str) -> None:
    if kind in errors.BY_STATUS or kind in KINDS:
        return
    hint = did_you_mean(kind, KINDS)
    statuses = ", ".join(map(str, sorted(errors.BY_STATUS)))
    raise ValueError(
        f"{kind!r} is no failure.{hint} Statuses: {statuses}; names: {', '.join(KINDS)}."
    )


def _retries(exchanges: Sequence[Exchange]) -> list[tuple[Exchange, Exchange]]:
    """Each retry behind the attempt that it follows."""
    latest: dict[tuple[str, bytes], Exchange] = {}
    found: list[tuple[Exchange, Exchange]] = []
    for exchange in exchanges:
        before = latest.get((exchange.account, exchange.fingerprint))
        if before is not None and exchange.attempt > 1:
            found.append((before, exchange))
        latest[exchange.account, exchange.fingerprint] = exchange
    return found


def _is(exchange: Exchange, kind: Any) -> bool:
    """Whether an exchange failed in this way."""
    if isinstance(kind, int):
        return exchange.status == kind
    if exchange.error is not None and exchange.error.name == kind:
        return True
    return kind in FAULTS and any(isinstance(fault, FAULTS[kind]) for fault in exchange.faults)
