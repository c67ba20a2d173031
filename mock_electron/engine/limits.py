"""Plans and their limits: requests per minute, and requests in flight (section 6).

1. Each API key is an account with limits of its own (A).
2. The window of 60 seconds slides (I). A request that a limit refuses does not count (A).
3. A request holds its slot until its last byte is sent, or until its client has left (I).
"""

from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Final, Literal

from mock_electron.inputs.checks import choice
from mock_electron.inputs.numbers import is_whole
from mock_electron.wire.errors import CONCURRENCY, RATE_LIMIT, Refusal

WINDOW: Final = 60.0
"""Seconds."""
REMEMBERED_REQUESTS: Final = 1_000
"""Of an account, so many times of requests are kept where no plan needs more of them."""
REMEMBERED_ACCOUNTS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What an account may do; None is no limit.

    requests_per_minute: admitted within any 60 seconds. in_flight: at the same time.
    Raises ValueError for anything but whole numbers from 1.
    """

    requests_per_minute: int | None = None
    in_flight: int | None = None

    def __post_init__(self) -> None:
        for name in ("requests_per_minute", "in_flight"):
            limit = getattr(self, name)
            if limit is not None and not is_whole(limit, 1):
                raise ValueError(f"{name} is a whole number from 1, or None, not {limit!r}")


PlanName = Literal["unlimited", "standard", "enterprise"]
PLANS: Final[Mapping[PlanName, Plan]] = {
    "unlimited": Plan(),
    "standard": Plan(requests_per_minute=10, in_flight=3),  # D
    "enterprise": Plan(requests_per_minute=200, in_flight=20),  # D
}


def plan_of(given: object) -> Plan:
    """A plan, by itself or by its name. Raises ValueError for anything else."""
    return (
        given
        if isinstance(given, Plan)
        else PLANS[choice("plan", given, PLANS, alternative="a Plan")]
    )


@dataclass(slots=True)
class _Account:
    in_flight: int = 0
    admitted: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED_REQUESTS))


class Limits:
    """Who is in flight, and who came when.

    peak: the highest number of requests of one account that were in flight at the same time.
    """

    def __init__(self) -> None:
        self._accounts: OrderedDict[bytes, _Account] = OrderedDict()
        self._slots: dict[int, _Account] = {}
        self.peak: int = 0

    def admit(self, number: int, account_id: bytes, plan: Plan, now: float) -> None:
        """Give a request a slot, or raise Refusal: by the window first, then by the slots (A).

        number: of the request, to release it by.
        """
        account = self._account(account_id)
        _check_window(account, plan, now)
        if plan.in_flight is not None and account.in_flight >= plan.in_flight:
            raise Refusal(CONCURRENCY)
        account.admitted.append(now)
        account.in_flight += 1
        self._slots[number] = account
        self.peak = max(self.peak, account.in_flight)

    def release(self, number: int) -> None:
        """Give the slot back, if the request has one."""
        account = self._slots.pop(number, None)
        if account is not None:
            account.in_flight -= 1

    def _account(self, account_id: bytes) -> _Account:
        account = self._accounts.get(account_id)
        if account is None:
            account = self._accounts[account_id] = _Account()
        self._accounts.move_to_end(account_id)
        if len(self._accounts) > REMEMBERED_ACCOUNTS:
            self._forget_one_but(account_id)
        return account

    def _forget_one_but(self, account_id: bytes) -> None:
        """Forget the account that was not seen for longest, of those without a slot."""
        for known, account in self._accounts.items():
            if not account.in_flight and known != account_id:
                del self._accounts[known]
                return


def _check_window(account: _Account, plan: Plan, now: float) -> None:
    limit = plan.requests_per_minute
    if limit is None:
        return
    if limit > (account.admitted.maxlen or 0):
        account.admitted = deque(account.admitted, limit)
    admitted = account.admitted
    while admitted and admitted[0] + WINDOW <= now:
        admitted.popleft()
    excess = len(admitted) - limit
    if excess >= 0:
        # The request that has to leave the window before there is room for another one.
        wait = admitted[excess] + WINDOW - now
        raise Refusal(RATE_LIMIT.retry_in(ceil(wait)))
