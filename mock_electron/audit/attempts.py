"""Failed requests and their retries.

1. A retry is an equal request of the same client after the earlier one has failed and ended. The
   engine finds it (`Exchange.retry_of`).
2. A request that the client itself ended did not fail, unless its answer had a fault. One
   whose answer is whole did not fail, even if a fault has changed it.
3. An equal request is a new call, not a retry, if it arrives long after the failure, or if the
   retry count that the OpenAI client sends starts again from 0.
"""

from collections.abc import Iterable, Sequence
from email.utils import parsedate_to_datetime

from mock_electron.engine.attempts import retry_count
from mock_electron.engine.exchange import CLIENT_LEFT, Exchange
from mock_electron.inputs.values import FrozenValue


class Retry(FrozenValue, frozen=True):
    """Two attempts in a row.

    Attributes:
        before: The attempt that failed.
        after: The next attempt.
    """

    before: Exchange
    after: Exchange

    @property
    def pause(self) -> float:
        """Seconds between them, as far as they are known."""
        return self.after.pause or 0.0


class Chain(FrozenValue, frozen=True):
    """A request that failed, and its retries.

    Attributes:
        attempts: The exchanges in order. The first one failed.
    """

    attempts: tuple[Exchange, ...]

    @property
    def retries(self) -> Sequence[Retry]:
        """The retries in order; none if the client gave up at once."""
        return [*map(Retry, self.attempts, self.attempts[1:])]

    @property
    def last(self) -> Exchange:
        """The last attempt."""
        return self.attempts[-1]


def chains_of(exchanges: Iterable[Exchange], within: float) -> list[Chain]:
    """Return the requests that failed, with their retries.

    Args:
        exchanges: The exchanges in order of arrival.
        within: Seconds after which an equal request is a new call, unless the answer asked for a
            longer pause.
    """
    failed: list[list[Exchange]] = []
    ends: dict[int, list[Exchange]] = {}
    for one in exchanges:
        chain = ends.pop(one.retry_of, None) if one.retry_of is not None else None
        if chain is not None and _is_retry(Retry(chain[-1], one), within):
            chain.append(one)
        elif has_failed(one):
            chain = [one]
            failed.append(chain)
        else:
            continue
        ends[one.number] = chain
    return [Chain(tuple(chain)) for chain in failed]


def has_failed(exchange: Exchange) -> bool:
    """Return whether the client got an error, no answer, or an answer that broke off."""
    if exchange.outcome == CLIENT_LEFT:
        return bool(exchange.faults)  # such as a stall, for which it did not wait
    return exchange.failed


def asked_pause(exchange: Exchange) -> float:
    """Return for how many seconds an answer asks to wait, with `Retry-After`; 0 if it does not."""
    given = exchange.response_headers.get("retry-after", "")
    if given.isdecimal():
        return float(given)
    try:
        until = parsedate_to_datetime(given).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0
    return max(until - (exchange.ended_at or exchange.arrived_at), 0.0)


def _is_retry(pair: Retry, within: float) -> bool:
    if not has_failed(pair.before):
        return False
    if retry_count(pair.before.raw_headers) and not retry_count(pair.after.raw_headers):
        return False
    return pair.pause <= max(within, pair.after.asked_pause or 0)
