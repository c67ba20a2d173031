"""What the header `X-Mock-Electron` of a request asks for; see `header.py`."""

from collections import OrderedDict
from typing import Final

from msgspec import Struct

from mock_electron.engine.faults.fault import Fault

NAME: Final = "X-Mock-Electron"
COUNTED_HEADERS: Final = 10_000
"""The maximum number of headers with `times` that a lane counts; the least recent is dropped."""


class RequestedFaults(Struct, frozen=True):
    """The faults that the header of one request asks for.

    Attributes:
        faults: The faults.
        times: How many requests are affected before one is not. None means that all are.
        counter: Identifies the requests that `times` counts: a hash of the API key and the header.
        used: How many requests have been affected since the count began.
    """

    faults: tuple[Fault, ...] = ()
    times: int | None = None
    counter: bytes = b""
    used: int = 0

    @property
    def used_up(self) -> bool:
        """Whether this request is not affected, because `times` requests have been."""
        return self.times is not None and self.used >= self.times

    @property
    def due(self) -> tuple[Fault, ...]:
        """The faults that affect this request."""
        return () if self.used_up else self.faults


NONE_REQUESTED: Final = RequestedFaults()
"""What a request without the header asks for."""


class HeaderUses:
    """How many requests the faults of each header with `times` have affected."""

    def __init__(self) -> None:
        self._used: OrderedDict[bytes, int] = OrderedDict()

    def of(self, requested: RequestedFaults) -> int:
        """Return how many requests have been affected since the count began."""
        return self._used.get(requested.counter, 0)

    def record(self, requested: RequestedFaults, *, given: bool, replied: bool) -> None:
        """Count one use of requested faults. If they are used up, start their count anew.

        Args:
            requested: The faults that the request's header asks for.
            given: Whether the answer has them.
            replied: Whether the answer is a reply that no fault breaks.
        """
        if requested.times is None:
            return
        if requested.used_up and replied:
            self._used.pop(requested.counter, None)
        if not given:
            return
        self._used.pop(requested.counter, None)
        self._used[requested.counter] = requested.used + 1
        if len(self._used) > COUNTED_HEADERS:
            self._used.popitem(last=False)

    def clear(self) -> None:
        """Set all counts to zero."""
        self._used.clear()
