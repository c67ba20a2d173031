"""Assertions that a plain `assert` cannot express well. A failure shows the exchanges."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, Unpack

from mock_electron.engine.cache_miss import CacheMisses
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.faults.by_name import FAULTS
from mock_electron.engine.faults.replacement import PROXY_STATUSES
from mock_electron.engine.script.condition_values import ValueKind, read_value
from mock_electron.inputs.checks import (
    must_be,
    number,
    optional_whole_number,
    seconds,
    whole_number,
)
from mock_electron.inputs.keywords import checked_keywords
from mock_electron.inputs.spelling import unknown
from mock_electron.testing.cancellation import Cancellation
from mock_electron.testing.hints import changed_retries
from mock_electron.testing.strict import (
    not_scripted,
    strict_problems,
    unscripted_requests,
    unused_steps,
)
from mock_electron.testing.tool_results import has_tool_messages, history_problems
from mock_electron.traffic.exports.json_lines import COMPARED
from mock_electron.traffic.filters import ExchangeConditions, ExchangePredicate, check_predicate
from mock_electron.traffic.lines import MAX_LISTED, counted
from mock_electron.traffic.peak import at_peak
from mock_electron.traffic.turn import shortened_by
from mock_electron.traffic.turns import turns_of
from mock_electron.wire import errors

FAILURES: Final = (*errors.KINDS, *FAULTS)
"""The statuses, and names of errors and faults, after which a client may retry."""
EXPECTED_RESULTS: Final = "expected tool calls and their results"
NEVER_SCRIPTED: Final = (errors.NOT_SCRIPTED.name, errors.TEST_ENDED.name)


class Assertions(Cancellation):
    """The assertions of `electron`. A failure shows the exchanges."""

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
        check_predicate("assert_called", predicate, "times")
        optional_whole_number("times", times, 0)
        found = self.exchanges.where(predicate, **conditions)
        if times is None and found:
            return
        wanted = "at least 1 request" if times is None else counted(times, "request")
        expected = f"expected {wanted}{self._with(conditions)}"
        if len(found) == times:
            self._require_all(expected)
            return
        self._require_requests(expected)
        self._fail(f"{expected}, got {counted(len(found), 'request')}", found)

    @checked_keywords
    def assert_all_used(self) -> None:
        """Assert that every step of the script has answered as often as it should.

        A step that answers all matching requests must have answered at least once. A strict test
        asserts this at its end.

        Example:
            electron.assert_all_used()
        """
        __tracebackhide__ = True
        self._assert_none(unused_steps(self._lane))

    @checked_keywords
    def assert_scripted(self) -> None:
        """Assert that the script had an answer for every request of a strict lane.

        A strict test asserts this at its end, even if the code under test swallowed the error.

        Example:
            electron.assert_scripted()
        """
        __tracebackhide__ = True
        refused = not_scripted(self.exchanges_so_far)
        self._assert_none(unscripted_requests(self._lane), refused)

    @checked_keywords
    def assert_strict(self) -> None:
        """Assert what a strict test asserts at its end; do nothing if the lane is not strict.

        Example:
            electron.assert_strict()
        """
        __tracebackhide__ = True
        so_far = self.exchanges_so_far
        named = [one for one in so_far if one.raised] or not_scripted(so_far)
        self._assert_none(strict_problems(self._lane), named)

    def _assert_none(self, problems: str, named: Sequence[Exchange] = ()) -> None:
        """Fail if there are problems.

        Args:
            problems: The problems, or "".
            named: The exchanges that they are about.
        """
        __tracebackhide__ = True
        if problems:
            received = "" if self.exchanges_so_far else f"\n{self._no_request}"
            self._fail(problems + received, named)

    @checked_keywords(advice="Write assert_retried(503).")
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
        whole_number("times", times, 0)
        if min_pause is not None:
            seconds("min_pause", min_pause)
        wanted = counted(times, "retry", "retries")
        self._require_requests(f"expected {wanted} after {kind}")
        retries = [
            (before, after)
            for before, after in _retries(self.exchanges)
            if _failed_with(before, kind)
        ]
        if len(retries) != times:
            changed = changed_retries(self.exchanges, lambda one: _failed_with(one, kind))
            none = not any(_failed_with(one, kind) for one in self.exchanges)
            failed = f": no request failed with {kind}" if none else ""
            found = [retry for _, retry in retries]
            message = f"expected {wanted} after {kind}, got {len(retries)}{failed}{changed}"
            self._fail(message, found)
        hasty = [retry for _, retry in retries if min_pause and (retry.pause or 0) < min_pause]
        if hasty:
            pauses = ", ".join(f"#{retry.number} {retry.pause:.3f} s" for retry in hasty)
            message = f"expected pauses of at least {min_pause:g} s after {kind}, got {pauses}"
            self._fail(message, hasty)
        self._require_all(f"expected {wanted} after {kind}")

    @checked_keywords(advice="Write assert_peak_in_flight(at_most=3).")
    def assert_peak_in_flight(self, *, at_most: int) -> None:
        """Assert that no API key had more than this number of requests in flight at the same time.

        Args:
            at_most: The maximum number of requests.

        Example:
            electron.assert_peak_in_flight(at_most=3)
        """
        __tracebackhide__ = True
        whole_number("at_most", at_most, 0)
        self._require_requests(f"expected at most {at_most} requests in flight")
        peak = self._lane.peak_in_flight
        if peak > at_most:
            message = f"expected at most {at_most} requests in flight, got {peak}"
            self._fail(message, at_peak(self.exchanges_so_far))

    @checked_keywords(advice="Write assert_silence(at_most=0.7).")
    def assert_silence(self, *, at_most: float) -> None:
        """Assert that no user of a voice agent hears nothing for longer than this.

        A silence lasts from the user's last word, or from the end of what is spoken, to the next
        word of a filler or of the answer. Replies must take time: set a pace.

        Args:
            at_most: The longest silence, in seconds.

        Example:
            electron.assert_silence(at_most=0.7)
        """
        __tracebackhide__ = True
        seconds("at_most", at_most)
        expected = f"expected no silence of more than {at_most:g} s"
        self._require_requests(expected)
        exchanges = self.exchanges
        turns = turns_of(exchanges, exchanges.settings)
        if not turns.are_timed:
            self._fail(f"{expected}, but replies take no time; set a pace, such as 'electron'")
        long = [turn for turn in turns if turn.longest_silence > at_most]
        if long:
            shown = "\n".join(f"{turn}\n  {shortened_by(turn)}" for turn in long)
            numbers = {number for turn in long for number in turn.exchanges}
            named = [one for one in exchanges if one.number in numbers]
            self._fail(f"{expected}:\n{shown}", named)
        self._require_all(expected)

    @checked_keywords(advice="Write assert_tool_results_answered(except_for=['hang_up']).")
    def assert_tool_results_answered(self, *, except_for: str | Sequence[str] = ()) -> None:
        """Assert that the history returns every tool call unchanged, with exactly one result.

        The history must contain the filler as it was sent, no message twice, and no result
        without a call. The assertion fails if there was nothing to check: no reply called a tool,
        and no request has a result.

        Args:
            except_for: A tool whose call ends the conversation, such as "hang_up", or several.

        Example:
            electron.assert_tool_results_answered()
        """
        __tracebackhide__ = True
        excepted = read_value(ValueKind.TOOLS, "except_for", except_for)
        self._require_requests(EXPECTED_RESULTS)
        exchanges = self.exchanges
        found = history_problems(exchanges, excepted)
        if not found and not has_tool_messages(exchanges):
            nothing = "no reply called a tool, and no request has a tool result"
            self._fail(f"{EXPECTED_RESULTS}, but {nothing}")
        if found:
            listed = "\n".join(f"  {problem.words}" for problem in found)
            numbers = {number for problem in found for number in problem.exchanges}
            checked = [one for one in exchanges if one.number in numbers]
            self._fail(f"tool calls and their results do not match:\n{listed}", checked)
        self._require_all(EXPECTED_RESULTS)

    @checked_keywords(advice="Write assert_cache_hit_rate(at_least=0.8).")
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
        check_predicate("assert_cache_hit_rate", predicate, "at_least")
        number("at_least", at_least, 0, 1)
        answered = self.exchanges.where(predicate, **conditions)
        usages = [exchange.usage for exchange in answered if exchange.usage is not None]
        prompt = sum(usage.prompt_tokens for usage in usages)
        cached = sum(usage.cached_tokens for usage in usages)
        wanted = f"expected a cache hit rate of at least {at_least:g}{self._with(conditions)}"
        self._require_requests(wanted)
        if not prompt:
            missing = "it has no reply" if len(answered) == 1 else "none of them has a reply"
            problem = missing if answered else "no request meets the conditions"
            self._fail(f"{wanted}, but {problem}", answered)
        if cached < at_least * prompt:
            rate = f"{cached / prompt:.2f}: {cached} of {prompt} prompt tokens were cached"
            self._fail(f"{wanted}, got {rate}{self._misses(answered)}", answered)
        self._require_all(wanted)

    def _misses(self, checked: Iterable[Exchange]) -> str:
        """Return why the prompts were not cached, one line for each of the latest exchanges."""
        latest = [exchange for exchange in checked if exchange.reply is not None][-MAX_LISTED:]
        misses = CacheMisses(self.exchanges)
        found = [(one.number, misses.of(one.number, COMPARED)) for one in latest]
        return "".join(f"\n  #{number}: {miss}" for number, miss in found if miss is not None)


def _check_kind(kind: object) -> None:
    if not isinstance(kind, int | str) or isinstance(kind, bool):
        what = "a status such as 503, or the name of an error or a fault"
        raise TypeError(must_be("kind", what, kind))
    if kind not in (*FAILURES, *PROXY_STATUSES, *NEVER_SCRIPTED, *errors.PROXY_NAMES):
        raise ValueError(unknown("failure", kind, FAILURES))


def _retries(exchanges: Iterable[Exchange]) -> list[tuple[Exchange, Exchange]]:
    """Return each retry with the attempt before it."""
    known = {exchange.number: exchange for exchange in exchanges}
    return [(known[one.retry_of], one) for one in known.values() if one.retry_of in known]


def _failed_with(exchange: Exchange, kind: Any) -> bool:
    """Return whether an exchange failed with this status, error or fault."""
    if isinstance(kind, int):
        return exchange.status == kind
    if exchange.error is not None and exchange.error.name == kind:
        return True
    return kind in FAULTS and any(isinstance(fault, FAULTS[kind]) for fault in exchange.faults)
