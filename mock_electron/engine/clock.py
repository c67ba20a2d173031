"""The one place that asks for the time."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from email.utils import formatdate
from threading import Lock
from typing import Final, NamedTuple

from mock_electron.inputs.numbers import is_number

FROZEN_AT: Final = 1_740_000_000.0
"""Where a frozen clock stands at first, in Unix seconds."""
LONGEST_ADVANCE: Final = 10.0**9


def _frozen() -> float:
    return FROZEN_AT


CLOCKS: Final[Mapping[str, Callable[[], float]]] = {"frozen": _frozen, "real": time.time}


class Moment(NamedTuple):
    """A time by the lane's clock, in Unix seconds, and by one that nobody sets."""

    lane: float
    monotonic: float


class Times(NamedTuple):
    """When a request arrived, its first and last chunk went out, and its answer ended.

    In seconds; None where it has not come to that.
    """

    arrived: float | None
    first_chunk: float | None
    last_chunk: float | None
    ended: float | None


NEVER: Final = Times(None, None, None, None)


class Clock:
    """A lane's clock. Safe to use from several threads.

    kind: "frozen" stands at 1740000000 until it is advanced; "real" goes by itself, and can be
    put forward too.
    """

    def __init__(self, kind: str) -> None:
        self.frozen: bool = kind == "frozen"
        self._time = CLOCKS[kind]
        self._advanced = 0.0
        self._lock = Lock()

    def now(self) -> float:
        """The time in Unix seconds."""
        return self._time() + self._advanced

    def moment(self) -> Moment:
        """Now, by both clocks."""
        return Moment(self.now(), time.monotonic())

    def advance(self, seconds: float) -> None:
        """Put the clock forward: windows slide, the prefix cache ages, without any waiting.

        Raises ValueError for a number below 0: time does not go back.

        electron.clock.advance(60)
        """
        if not is_number(seconds, 0, LONGEST_ADVANCE):
            raise ValueError(f"a clock is advanced by seconds from 0, not by {seconds!r}")
        with self._lock:
            self._advanced += seconds


def day(now: float) -> date:
    """The day of a time in Unix seconds, in UTC."""
    return datetime.fromtimestamp(now, UTC).date()


def timestamp(now: float) -> str:
    """A time in Unix seconds as ISO 8601 writes it: `2025-02-19T21:20:00Z`."""
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def http_date(now: float) -> str:
    """A time in Unix seconds as HTTP writes it: `Wed, 19 Feb 2025 21:20:00 GMT`."""
    return formatdate(now, usegmt=True)
