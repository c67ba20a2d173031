"""What is wrong with the retries of a request, and which requests are not retried.

Each retry has at most one mistake: the first in RETRIES that fits it. Jitter is allowed: a pause
may be half as long as the vendor's, and a client whose pauses vary is not judged by a short one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from mock_electron.audit.attempts import Chain, Retry, asked_pause
from mock_electron.audit.evidence import Evidence
from mock_electron.audit.thresholds import Thresholds
from mock_electron.engine.attempts import client_of
from mock_electron.engine.exchange import Exchange

MENDED_BY_TIME: Final = (408, 409, 425, 429)
"""The statuses from 400 to 499 after which the same request can succeed."""
RETRIED: Final = (502, 503)
"""The statuses after which the vendor asks for a retry."""
NO_PAUSE: Final = 0.02
"""Seconds. A shorter pause counts as no pause, and pauses that differ by less count as equal."""
DATE: Final = 1.0
"""Seconds that a date in `Retry-After` leaves open."""
Client = tuple[str, bytes]
"""An account, and what tells its clients apart."""


def client(exchange: Exchange) -> Client:
    """Return who sent a request, as far as its headers tell."""
    return exchange.account, client_of(exchange.raw_headers)


# --- one retry


def is_refused(retry: Retry, _: Thresholds) -> bool:
    """Return whether the same request always gets the same error."""
    status = retry.before.status
    return 400 <= status < 500 and status not in MENDED_BY_TIME


def is_partial(retry: Retry, _: Thresholds) -> bool:
    """Return whether words of a stream had been delivered: more than the chunk with the role."""
    before, reply = retry.before, retry.before.generated
    has_words = reply is None or bool(reply.content)
    return has_words and before.status == 200 and before.chunks > 1 < before.chunks_sent


def ignores_retry_after(retry: Retry, figures: Thresholds) -> bool:
    """Return whether a retry came before the time that the answer asked for."""
    asked = retry.after.asked_pause
    if not asked:
        return False
    as_date = not retry.before.response_headers.get("retry-after", "0").isdecimal()
    least = min(asked, figures.retry_after_most) - (DATE if as_date else 0.0)
    return retry.pause < least - NO_PAUSE


def is_short(retry: Retry, figures: Thresholds) -> bool:
    """Return whether a pause is shorter than that of a client with jitter."""
    return retry.pause < figures.retry_first_pause * (1 - figures.retry_jitter)


def hammers(retry: Retry, figures: Thresholds) -> bool:
    """Return whether a 429 is retried without a pause."""
    return retry.before.status == 429 and is_short(retry, figures)


RETRIES: Final[Mapping[str, Callable[[Retry, Thresholds], bool]]] = {
    "refused": is_refused,
    "partial-stream": is_partial,
    "retry-after": ignores_retry_after,
    "no-back-off": hammers,
}
"""The mistakes of one retry, by their kind."""
UNTIMED: Final = ("refused", "partial-stream")
"""Those that no pause mends."""


# --- a chain of attempts


def mistakes(chain: Chain, seen: Evidence) -> Mapping[str, Sequence[Retry]]:
    """Return the retries of a chain that are mistakes, by kind."""
    figures, found = seen.thresholds, dict[str, list[Retry]]()
    for retry in chain.retries:
        for kind, is_wrong in RETRIES.items():
            if is_wrong(retry, figures):
                if kind in UNTIMED or is_known(retry, seen):
                    found.setdefault(kind, []).append(retry)
                break
    if "refused" in found:
        return found
    if any(not is_short(retry, figures) for retry in chain.retries):
        found.pop("no-back-off", None)  # it does back off
    timed = [retry for retry in chain.retries if not is_partial(retry, figures)]
    if not any(kind in found for kind in ("retry-after", "no-back-off")):
        found |= _of_pauses(timed, seen)
    if len(chain.attempts) > figures.retry_attempts:
        found["attempts"] = [*chain.retries]
    return found


def _of_pauses(timed: Sequence[Retry], seen: Evidence) -> dict[str, list[Retry]]:
    """Return what is wrong with pauses that the client has chosen."""
    if not timed or not all(is_known(retry, seen) for retry in timed):
        return {}
    if is_short(timed[0], seen.thresholds):
        return {"first-pause": [timed[0]]}
    return {"no-growth": [*timed]} if is_flat(timed, seen.thresholds) else {}


def is_flat(retries: Sequence[Retry], figures: Thresholds) -> bool:
    """Return whether pauses are equal. Two may be so by chance, unless they are very close."""
    own = [one.pause for one in retries if not one.after.asked_pause]
    pauses = [pause for pause in own if pause < figures.retry_longest_pause]
    if len(pauses) < 2:
        return False
    if len(pauses) == 2:
        return abs(pauses[1] - pauses[0]) < NO_PAUSE
    return max(pauses) < min(pauses) * figures.retry_growth


def is_known(retry: Retry, seen: Evidence) -> bool:
    """Return whether a pause is known: a file of a frozen clock shows only what was advanced."""
    return seen.pauses_are_known or not is_short(retry, seen.thresholds)


def without_jitter(
    found: Iterable[tuple[Chain, Retry]], chains: Iterable[Chain], figures: Thresholds
) -> list[tuple[Chain, Retry]]:
    """Return the short pauses of clients whose first pauses are all short: others have jitter."""
    first = [chain.retries[0] for chain in chains if len(chain.attempts) > 1]
    varied = {
        client(retry.after)
        for retry in first
        if not is_short(retry, figures) and not retry.after.asked_pause
    }
    return [
        (chain, retry)
        for chain, retry in found
        if retry.pause < NO_PAUSE or client(retry.after) not in varied
    ]


# --- failures without a retry


def not_retried(seen: Evidence) -> tuple[list[Exchange], list[Exchange]]:
    """Return the failures that a retry would have mended, and that had none.

    Returns:
        Those after which the client went on, and those after which nothing came.
    """
    alone = [
        chain.last
        for chain in seen.chains
        if len(chain.attempts) == 1 and _should_be_retried(chain.last, seen)
    ]
    if not alone:
        return [], []
    later = _Later(seen)
    alone = [one for one in alone if not later.is_sent_again(one)]
    gone = [one for one in alone if later.goes_on(one)]
    return gone, [one for one in alone if not later.goes_on(one)]


def _should_be_retried(one: Exchange, seen: Evidence) -> bool:
    return one.status in RETRIED and asked_pause(one) <= seen.thresholds.retry_after_most + DATE


class _Later:
    """What came after a failure."""

    def __init__(self, seen: Evidence) -> None:
        self._seen = seen
        self._continued = {*seen.conversations.parents.values()}
        self._latest = {client(one): one for one in seen.exchanges}
        self._said = {request.messages: one.number for one, request in seen.valid}

    def is_sent_again(self, one: Exchange) -> bool:
        """Return whether the same messages were sent again, perhaps to another account."""
        request = self._seen.requests[one.number]
        return request is not None and self._said[request.messages] > one.number

    def goes_on(self, one: Exchange) -> bool:
        """Return whether the conversation went on, or the client with others, without a retry.

        While a real clock runs, the retry may still come when another request has arrived.
        """
        if one.number in self._continued:
            return True
        latest = self._latest[client(one)]
        if latest.number <= one.number or one.ended_at is None:
            return False
        least = self._seen.thresholds.retry_awaited if self._seen.times_are_real else 0.0
        return latest.arrived_at - one.ended_at >= max(least, asked_pause(one))
