"""Hints in reports: changed retries, limits on a frozen clock, and faults without an effect."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from mock_electron._regex import regex
from mock_electron.engine.attempts import client_of
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.faults.requested import NAME as FAULT_HEADER
from mock_electron.engine.lane import Lane
from mock_electron.engine.summary import MAX_EXCERPT
from mock_electron.inputs.spelling import echoed
from mock_electron.wire import codec
from mock_electron.wire.errors import RATE_LIMIT

MOST_CHANGES: Final = 3
"""The maximum number of changed fields that a hint lists."""
ALMOST: Final = 0.85
"""The similarity from which the name of a header is a misspelt one. `X-Electron` has 0.8."""
TIMED_OUT: Final = regex(r"(?i)time(?:d )?out")
"""What the exceptions of clients about a timeout have in common."""
MISSING: Final = object()
"""The value of a field that a body does not have."""


def limit_hint(lane: Lane, exchanges: Sequence[Exchange], name: str) -> str:
    """Return how to end the limit of a plan on a frozen clock, or "".

    There is no hint for a 429 that the test asked for, or if the clock has moved since.
    """
    limited = [e for e in exchanges if e.error and e.error.name == RATE_LIMIT.name and not e.faults]
    if not limited or not lane.clock.frozen:
        return ""
    latest = limited[-1]
    if any(e.retry_of == latest.number for e in exchanges):
        return ""
    assert latest.error is not None
    if lane.clock.now() != latest.arrived_at:
        return ""
    seconds = latest.error.retry_after or 60
    return (
        f"#{latest.number}: the clock is frozen, so a client that waits meets the limit again. "
        f"Write `{name}.clock.advance({seconds})` instead of a wait, or "
        f"`with {name}.clock.travel():` around it."
    )


def function_hint(exchanges: Sequence[Exchange]) -> str:
    """Return why a request of a user function to its own server gets no answer, or ""."""
    for exchange in exchanges:
        if TIMED_OUT.search(exchange.raised):
            return (
                f"#{exchange.number}: a user function timed out. The server answers no other "
                "request while it runs, not even one that the function sends"
            )
    return ""


def header_hint(lane: Lane, exchanges: Sequence[Exchange]) -> str:
    """Return which request has a misspelt header for faults, or ""."""
    seen: set[bytes] = {FAULT_HEADER.lower().encode()}
    for exchange in exchanges if lane.settings.fault_header else ():
        for name, _ in exchange.raw_headers:
            if name in seen:
                continue
            seen.add(name)
            if _is_misspelt(name.decode("latin-1").lower()):
                given = echoed(name.decode("latin-1"))
                return f"#{exchange.number}: the header {given} has no effect; write {FAULT_HEADER}"
    return ""


def _is_misspelt(header: str) -> bool:
    """Return whether this is almost the name of the header for faults."""
    from difflib import SequenceMatcher  # only messages need it

    likeness = SequenceMatcher(None, header, FAULT_HEADER.lower())
    return likeness.real_quick_ratio() > ALMOST and likeness.ratio() > ALMOST


def waiting_hint(lane: Lane) -> str:
    """Return which injected faults have affected no request, or ""."""
    waiting = lane.waiting_faults()
    if not waiting:
        return ""
    have = "fault has" if len(waiting) == 1 else "faults have"
    return f"{len(waiting)} injected {have} not been applied: {'; '.join(waiting)}"


def changed_retries(exchanges: Sequence[Exchange], failed: Callable[[Exchange], bool]) -> str:
    """Return how the request after each failure differs from the one that failed, or "".

    Args:
        exchanges: All exchanges, in order.
        failed: Whether a retry of an exchange is expected.
    """
    retried = {exchange.retry_of for exchange in exchanges}
    hints = []
    for position, before in enumerate(exchanges):
        if not failed(before) or before.number in retried:
            continue
        after = next(filter(partial(_is_akin, before), exchanges[position + 1 :]), None)
        if after is not None:
            why = _difference(before, after)
            hints.append(f"#{after.number} is not a retry of #{before.number}: {why}")
    return "".join(f"\n{hint}" for hint in hints)


def _is_akin(before: Exchange, after: Exchange) -> bool:
    """Return whether a request may have been meant as a retry: the same account, or the same body.

    It is not the retry of another one.
    """
    is_same = before.account == after.account or before.fingerprint == after.fingerprint
    return is_same and after.retry_of is None


def _difference(before: Exchange, after: Exchange) -> str:
    """Return why a request is not a retry of another one."""
    if before.account != after.account:
        return "another API key"
    if client_of(before.raw_headers) != client_of(after.raw_headers):
        return "another User-Agent or Idempotency-Key"
    if before.fingerprint != after.fingerprint:
        return _changes_between(before, after)
    return f"it arrived before #{before.number} ended, or #{before.number} did not fail"


def _changes_between(before: Exchange, after: Exchange) -> str:
    changes = list(_changes(_document(before), _document(after), "")) or ["the body changed"]
    more = len(changes) - MOST_CHANGES
    return "; ".join([*changes[:MOST_CHANGES], *([f"and {more} more"] if more > 0 else [])])


def _document(exchange: Exchange) -> object:
    try:
        return codec.decode(exchange.body)
    except codec.MalformedError:
        return MISSING


def _changes(before: Any, after: Any, path: str) -> Iterator[str]:
    """Yield the fields that differ, with their values."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys([*before, *after]):
            field = f"{path}.{name}" if path else str(name)
            yield from _changes(before.get(name, MISSING), after.get(name, MISSING), field)
    elif isinstance(before, list) and isinstance(after, list):
        for index in range(max(len(before), len(after))):
            items = [one[index] if index < len(one) else MISSING for one in (before, after)]
            yield from _changes(items[0], items[1], f"{path}[{index}]")
    elif before is MISSING or after is MISSING:
        if before is not after:
            yield f"{path or 'the body'} was {'added' if before is MISSING else 'removed'}"
    elif before != after or isinstance(before, bool) != isinstance(after, bool):
        yield f"{path} changed from {echoed(before, MAX_EXCERPT)} to {echoed(after, MAX_EXCERPT)}"
