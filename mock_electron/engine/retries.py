"""Which exchanges are retries of earlier ones, and after which pauses."""

from collections.abc import Iterable
from math import inf

from msgspec.structs import replace

from mock_electron.engine.attempts import Attempt, Attempts, client_of, retry_count
from mock_electron.engine.exchange import CLIENT_LEFT, Exchange


def with_attempts(exchanges: Iterable[Exchange]) -> tuple[Exchange, ...]:
    """Return the exchanges with their `attempt`, `retry_of` and pauses."""
    attempts, known = Attempts(), {one.number: one for one in exchanges}
    counted = [(exchange, _counted(attempts, exchange)) for exchange in known.values()]
    return tuple(
        exchange
        if counted_as.retry_of is None
        else _as_retry(exchange, counted_as, known[counted_as.retry_of])
        for exchange, counted_as in counted
    )


def _counted(attempts: Attempts, exchange: Exchange) -> Attempt:
    arrived, ended = exchange.monotonic.arrived, exchange.monotonic.ended
    attempt = attempts.open(
        (exchange.account, exchange.fingerprint, client_of(exchange.raw_headers)),
        retry_count(exchange.raw_headers),
        exchange.number,
        inf if arrived is None else arrived,
        failed=_may_be_retried(exchange),
    )
    if ended is not None:
        attempts.close(exchange.number, ended, failed=False)
    return attempt


def _as_retry(exchange: Exchange, attempt: Attempt, before: Exchange) -> Exchange:
    by_lane, pause = _pauses(before, exchange)
    return replace(
        exchange,
        attempt=attempt.attempt,
        retry_of=before.number,
        pause=pause,
        clock_pause=by_lane,
    )


def _may_be_retried(exchange: Exchange) -> bool:
    """Return whether a client may retry: it got no complete reply, or one with a fault."""
    broken = any(fault.breaks for fault in exchange.faults)
    return exchange.failed or exchange.outcome == CLIENT_LEFT or broken


def _pauses(before: Exchange, exchange: Exchange) -> tuple[float, float]:
    """Return the seconds between two attempts by the lane's clock, and the longer of both clocks.

    The monotonic clock measures a real wait, and the lane's clock measures an advanced one. If the
    lane's clock was reset in between, it measures 0.
    """
    ended, arrived = before.monotonic.ended, exchange.monotonic.arrived
    by_lane = max(exchange.arrived_at - (before.ended_at or exchange.arrived_at), 0.0)
    measured = 0.0 if ended is None or arrived is None else arrived - ended
    return round(by_lane, 6), round(max(by_lane, measured), 6)
