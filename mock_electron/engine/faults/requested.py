"""What the header `X-Mock-Electron` of a request asks for; see `header.py`."""

from dataclasses import field
from typing import Final

from mock_electron._dataclass import dataclass
from mock_electron.engine.faults.fault import Fault

NAME: Final = "X-Mock-Electron"


@dataclass(frozen=True, slots=True)
class RequestedFaults:
    """The faults that the header of one request asks for.

    Attributes:
        faults: The faults.
        times: How many requests are affected before one is not. None means that all are.
        counter: Identifies the requests that `times` counts: a hash of the API key and the header.
        used: How many requests have been affected since the count began.
    """

    faults: tuple[Fault, ...] = ()
    times: int | None = None
    counter: bytes = field(default=b"", repr=False)
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
