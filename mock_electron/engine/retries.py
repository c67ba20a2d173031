"""Which exchanges are retries of earlier ones, and after which pauses."""

from collections.abc import Iterable
from math import inf

from msgspec.structs import replace

from mock_electron.engine.attempts import Attempt, Attempts, client_of, retry_count
from mock_electron.engine.exchange import CLIENT_LEFT, Exchange


def with_attempts(exchanges: Iterable[Exchange]) -> tuple[Exchange, ...]:
    """Return the exchanges with their `attempt`, `retry_of` and pauses."""
    counted = CountedExchanges()
    for exchange in exchanges:
        counted.add(exchange)
    return counted.all()


class CountedExchanges:
    """Exchanges whose attempts are counted as they arrive and end, so that reading costs little."""

    def __init__(self) -> None:
        self._attempts = Attempts()
        self._known: dict[int, Exchange] = {}
        self._counted: dict[int, Attempt] = {}

    def add(self, exchange: Exchange) -> None:
        """Add the next exchange, which may be in flight."""
        arrived = exchange.monotonic.arrived
        self._known[exchange.number] = exchange
        self._counted[exchange.number] = self._attempts.open(
            (exchange.account, exchange.fingerprint, client_of(exchange.raw_headers)),
            retry_count(exchange.raw_headers),
            exchange.number,
            inf if arrived is None else arrived,
            failed=_may_be_retried(exchange),
        )
        self._close(exchange)

    def end(self, exchange: Exchange) -> None:
        """Replace an exchange that was in flight by what it has become."""
        self._known[exchange.number] = exchange
        self._close(exchange)

    def _close(self, exchange: Exchange) -> None:
        ended = exchange.monotonic.ended
        if ended is not None:
            self._attempts.close(exchange.number, ended, failed=_may_be_retried(exchange))

    def drop_before(self, number: int) -> None:
        """Drop the exchanges with smaller numbers."""
        for known in (self._known, self._counted):
            while known and (first := next(iter(known))) < number:
                del known[first]

    def all(self) -> tuple[Exchange, ...]:
        """Return the exchanges in order."""
        return tuple(
            self._with(exchange, attempt)
            for exchange, attempt in zip(self._known.values(), self._counted.values(), strict=True)
        )

    def _with(self, exchange: Exchange, attempt: Attempt) -> Exchange:
        before = None if attempt.retry_of is None else self._known.get(attempt.retry_of)
        return exchange if before is None else _as_retry(exchange, attempt, before)


def _as_retry(exchange: Exchange, attempt: Attempt, before: Exchange) -> Exchange:
    by_lane, pause = _pauses(before, exchange)
    return replace(
        exchange,
        attempt=attempt.attempt,
        retry_of=before.number,
        pause=pause,
        clock_pause=by_lane,
        asked_pause=before.error.retry_after if before.error else None,
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
