"""`concurrency`: requests in flight, and requests per minute, against the plan.

Without a plan in the settings, only a peak that no published plan allows is a mistake. Replies that
take no time never overlap, and a frozen clock shows no overlap: the peak is not seen then, but 429s
are.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from mock_electron.audit.back_off import is_short
from mock_electron.audit.evidence import Evidence
from mock_electron.audit.finding import (
    Finding,
    Repair,
    Severity,
    Verdict,
    judged,
    not_applicable,
)
from mock_electron.audit.rule import Rule
from mock_electron.engine.decision import GATEWAY
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.plan import PLANS, Plan
from mock_electron.traffic.lines import counted
from mock_electron.traffic.peak import at_peak
from mock_electron.wire.errors import CONCURRENCY, RATE_LIMIT

PRACTICE: Final = (  # D: best practices
    "Electron's plan limits cap concurrent in-flight requests. If you need to fire more in "
    "parallel, batch with a semaphore or queue."
)
SEMAPHORE: Final = (
    "import asyncio\n\n"
    "sem = asyncio.Semaphore({most})  # the plan's requests in flight\n\n\n"
    "async def safe_chat(messages):\n"
    "    async with sem:\n"
    '        return await client.chat.completions.create(model="electron", messages=messages)'
)
SPACED: Final = (
    "import asyncio\n\n"
    "turn = asyncio.Lock()\n\n\n"
    "async def safe_chat(messages):\n"
    "    async with turn:\n"
    "        await asyncio.sleep(60 / {most})  # the plan's requests per minute\n"
    '    return await client.chat.completions.create(model="electron", messages=messages)'
)
STANDARD_A_MINUTE: Final = PLANS["standard"].requests_per_minute or 0
STANDARD: Final = PLANS["standard"].in_flight or 0
ENTERPRISE: Final = PLANS["enterprise"].in_flight or 0


def check(seen: Evidence) -> Verdict:
    """Compare the requests in flight, and those within a minute, with the plan."""
    if len(seen.exchanges) < 2:
        return not_applicable(counted(len(seen.exchanges), "request"))
    peak = at_peak(seen.exchanges) if seen.times_are_real else []
    free = [one for one in seen.exchanges if seen.plans[one.account].in_flight is None]
    beyond = at_peak(free) if seen.times_are_real else []
    findings = [
        *_too_many(seen, _refused(seen, CONCURRENCY.name), len(peak)),
        *_too_fast(seen, _refused(seen, RATE_LIMIT.name)),
        *_beyond_all_plans(beyond),
    ]
    said = f"{_peak(len(peak))}, {_allowed(seen, peak)}"
    return judged(findings, said, [] if findings else _unseen(seen, len(beyond)))


def _allowed(seen: Evidence, peak: Sequence[Exchange]) -> str:
    account = (peak or seen.exchanges)[0].account
    most = seen.plans[account].in_flight
    return "no plan is set" if most is None else f"the plan allows {most}"


def _refused(seen: Evidence, name: str) -> list[Exchange]:
    """Return the requests that a limit has refused, and not a script or a fault."""
    return [
        one
        for one in seen.exchanges
        if one.answered_by == GATEWAY
        and one.error is not None
        and one.error.name == name
        and not one.faults
    ]


def _limits(
    seen: Evidence, refused: Sequence[Exchange], limit: Callable[[Plan], int | None]
) -> set[int | None]:
    """Return the limits of the accounts of refused requests.

    One that was not reached is not that of the account: the key has a plan of its own that is not
    known, or the plan has changed. It is None.
    """
    admitted = Counter(one.account for one in seen.exchanges if one.answered_by != GATEWAY)
    found = {one.account: limit(seen.plans[one.account]) for one in refused}
    return {
        most if most is None or admitted[account] >= most else None
        for account, most in found.items()
    }


def _too_many(seen: Evidence, refused: Sequence[Exchange], peak: int) -> list[Finding]:
    if not refused:
        return []
    limits = _limits(seen, refused, lambda plan: plan.in_flight)
    most = min(filter(None, limits), default=STANDARD)
    all_of_it = f"{most} of the account, which is all that the plan allows,"
    were = all_of_it if limits == {most} else "as many of an account as its plan allows"
    reason = (
        f"{counted(len(refused), 'request')} refused with 429: {were} were in flight "
        f"({_peak(peak)}){_hurried(seen, refused)}"
    )
    repair = Repair(
        f"Let at most {most} requests wait for an answer at the same time.",
        SEMAPHORE.format(most=most),
    )
    return [_finding("in-flight", "More in flight than allowed", reason, refused, repair, seen)]


def _too_fast(seen: Evidence, refused: Sequence[Exchange]) -> list[Finding]:
    if not refused:
        return []
    limits = _limits(seen, refused, lambda plan: plan.requests_per_minute)
    most = min(filter(None, limits), default=STANDARD_A_MINUTE)
    allowed = (
        f"allows {most} a minute" if limits == {most} else "of the account allows fewer a minute"
    )
    frozen = "" if seen.times_are_real else "; the clock is frozen, so a minute may be longer"
    reason = (
        f"{counted(len(refused), 'request')} refused with 429: the plan {allowed}"
        f"{_hurried(seen, refused)}{frozen}"
    )
    repair = Repair(
        f"Send at most {most} requests a minute, or choose a larger plan.", SPACED.format(most=most)
    )
    title = "More requests a minute than allowed"
    return [_finding("per-minute", title, reason, refused, repair, seen)]


def _finding(
    kind: str, title: str, reason: str, refused: Sequence[Exchange], repair: Repair, seen: Evidence
) -> Finding:
    lost = _without_reply(seen, refused)
    severity: Severity = "high" if lost else "medium" if kind == "in-flight" else "low"
    if lost:
        reason += f"; {lost} of them got no reply in the end"
    if kind == "per-minute" and not seen.times_are_real:
        severity = "low"
    numbers = tuple(one.number for one in refused)
    accounts = Counter(one.account for one in refused)
    details = () if len(accounts) < 2 else _by_account(accounts)
    return Finding("concurrency", kind, severity, title, reason, numbers, repair, details=details)


def _by_account(accounts: Counter[str]) -> tuple[str, ...]:
    """Return how many requests of each account were refused, in order of arrival."""
    return tuple(
        f"account {number}: {counted(refused, 'refused request')}"
        for number, refused in enumerate(accounts.values(), 1)
    )


def _hurried(seen: Evidence, refused: Sequence[Exchange]) -> str:
    """Return how many refused requests were sent again without a pause, by a real clock."""
    if not seen.times_are_real:
        return ""
    numbers = {one.number for one in refused}
    hurried = sum(
        retry.before.number in numbers and is_short(retry, seen.thresholds)
        for chain in seen.chains
        for retry in chain.retries
    )
    return f"; {hurried} of them were sent again without a pause" if hurried else ""


def _without_reply(seen: Evidence, refused: Sequence[Exchange]) -> int:
    """Return how many of the refused requests were given up: their last attempt was refused."""
    numbers = {one.number for one in refused}
    return sum(chain.last.number in numbers for chain in seen.chains)


def _beyond_all_plans(peak: Sequence[Exchange]) -> list[Finding]:
    if len(peak) <= ENTERPRISE:
        return []
    reason = (
        f"{len(peak)} requests of one account in flight at the same time; the standard plan "
        f"allows {STANDARD}, and the enterprise plan {ENTERPRISE}"
    )
    repair = Repair(
        "Let at most as many requests wait for an answer as your plan allows.",
        SEMAPHORE.format(most=STANDARD),
    )
    title = "More in flight than plans allow"
    numbers = tuple(one.number for one in peak)
    return [Finding("concurrency", "beyond-plans", "low", title, reason, numbers, repair)]


def _peak(peak: int) -> str:
    return f"peak {peak} in flight" if peak else "no peak: the clock is frozen"


def _unseen(seen: Evidence, free: int) -> list[str]:
    """Return what could not be seen, if it could matter.

    Args:
        seen: The evidence.
        free: The peak of the accounts whose plan has no limit.
    """
    if free > STANDARD:
        allows = f"none is set, and standard allows {STANDARD}"
        return [f"whether the plan allows {free} in flight: {allows}"]
    accounts = Counter(one.account for one in seen.exchanges)
    is_beyond = any(
        number > (seen.plans[account].in_flight or STANDARD) for account, number in accounts.items()
    )
    if not is_beyond or _replies_take_time(seen):
        return []
    return ["the peak: the replies take no time, so that requests do not overlap"]


def _replies_take_time(seen: Evidence) -> bool:
    """Return whether replies take so long that the requests of a client overlap."""
    if not seen.times_are_real:
        return False
    times = [one.duration for one in seen.exchanges if one.duration is not None and one.reply]
    return sum(times) >= len(times) * seen.thresholds.concurrency_reply_time if times else False


RULE: Final = Rule(
    "concurrency", "more requests in flight or a minute than the plan allows", PRACTICE, check
)
