"""The limits of accounts: requests per minute, and requests in flight.

1. Each API key is an account with its own limits (A).
2. The window of 60 seconds slides (I). A request that a limit refuses does not count (A).
3. If the clock is put back, the requests of its future count as requests of now.
4. A request keeps its slot until its last byte is sent or its client disconnects (I).
"""

from array import array
from collections import OrderedDict
from math import ceil
from typing import Final

from msgspec import Struct, field

from mock_electron.engine.plan import Plan
from mock_electron.wire.errors import CONCURRENCY, RATE_LIMIT, ApiError

WINDOW: Final = 60.0
"""The length of the window, in seconds."""
REMEMBERED_REQUESTS: Final = 1_000
"""The number of admission times kept for each account. A plan with a higher limit keeps more."""
SURPLUS: Final = 100
"""The number of admission times that are forgotten together."""
REMEMBERED_ACCOUNTS: Final = 10_000
"""The maximum number of accounts in memory."""


class _AccountUsage(Struct):
    """The requests of one account.

    Attributes:
        in_flight: The number of requests in flight.
        admitted: When the latest requests were admitted, in Unix seconds by the lane's clock. Up to
            SURPLUS times more than needed are at its beginning.
        most: How many of these times are needed.
    """

    in_flight: int = 0
    admitted: "array[float]" = field(default_factory=lambda: array("d"))
    most: int = field(default_factory=lambda: REMEMBERED_REQUESTS)

    def admit(self, now: float) -> None:
        """Add an admitted request."""
        self.admitted.append(now)
        self.in_flight += 1
        if len(self.admitted) > self.most + SURPLUS:
            self.forget_surplus()

    def forget_surplus(self) -> None:
        """Forget the times that are not needed."""
        if len(self.admitted) > self.most:
            del self.admitted[: -self.most]


class Limits:
    """The recent requests and the requests in flight of each account.

    Attributes:
        peak: The highest number of requests of one account that were in flight at the same time.
    """

    def __init__(self) -> None:
        self._accounts: OrderedDict[bytes, _AccountUsage] = OrderedDict()
        self._slots: dict[int, _AccountUsage] = {}
        self.peak: int = 0

    def admit(self, number: int, account_id: bytes, plan: Plan, now: float) -> ApiError | None:
        """Admit a request, or return the error of the limit that refuses it.

        The window is checked first, then the slots (A).

        Args:
            number: The number of the request, for `release`.
            account_id: The account.
            plan: The plan of the account.
            now: The time in Unix seconds.
        """
        account = self._accounts.get(account_id) or self._new_account(account_id)
        self._accounts.move_to_end(account_id)
        if plan.requests_per_minute is not None:
            wait = _wait(account, plan.requests_per_minute, now)
            if wait is not None:
                return RATE_LIMIT.retry_in(ceil(wait))
        if plan.in_flight is not None and account.in_flight >= plan.in_flight:
            return CONCURRENCY
        account.admit(now)
        self._slots[number] = account
        if account.in_flight > self.peak:
            self.peak = account.in_flight
        return None

    def release(self, number: int) -> None:
        """Free the slot of a request, if it has one."""
        account = self._slots.pop(number, None)
        if account is not None:
            account.in_flight -= 1

    def _new_account(self, account_id: bytes) -> _AccountUsage:
        account = self._accounts[account_id] = _AccountUsage()
        if len(self._accounts) > REMEMBERED_ACCOUNTS:
            self._forget_oldest(keep=account_id)
        return account

    def _forget_oldest(self, keep: bytes) -> None:
        """Forget the least recently used account that has no request in flight."""
        for known, account in self._accounts.items():
            if not account.in_flight and known != keep:
                del self._accounts[known]
                return


def _wait(account: _AccountUsage, limit: int, now: float) -> float | None:
    """Return the seconds until the window admits the next request; None if it admits this one."""
    account.forget_surplus()
    account.most = max(account.most, limit)
    admitted = account.admitted
    if admitted and admitted[-1] > now:
        admitted[:] = array("d", [min(at, now) for at in admitted])
    gone = 0
    while gone < len(admitted) and admitted[gone] + WINDOW <= now:
        gone += 1
    del admitted[:gone]
    excess = len(admitted) - limit
    # The next request is admitted when this one leaves the window.
    return admitted[excess] + WINDOW - now if excess >= 0 else None
