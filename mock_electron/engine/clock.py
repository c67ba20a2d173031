"""The clock of a lane. No other module of the engine reads the time."""

import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from email.utils import formatdate
from threading import Lock
from typing import ClassVar, Final, NamedTuple

from msgspec import Struct

from mock_electron.inputs import checks
from mock_electron.inputs.attributes import SuggestsNames
from mock_electron.inputs.entering import InWith
from mock_electron.inputs.keywords import checked_keywords

FROZEN_AT: Final = 1_740_000_000.0
"""The time at which a frozen clock starts, in Unix seconds."""
LATEST: Final = 221_845_392_000.0
"""The time that no clock exceeds, in Unix seconds: the beginning of the year 9000. Python's dates
end with the year 9999, and some dates in an answer are later than the clock."""

DAY: Final = 86_400
"""The length of a day, in seconds."""
EPOCH: Final = date(1970, 1, 1).toordinal()
LAST_SECOND: Final = 253_402_300_799
"""The last time that a date can express, in Unix seconds: the end of the year 9999."""


monotonic: Final = time.monotonic
"""The monotonic clock, for what happens before a request reaches its lane."""


CLOCKS: Final[Mapping[str, Callable[[], float]]] = {
    "frozen": FROZEN_AT.__float__,
    "real": time.time,
}
"""The time of each kind of clock. Both are built-in functions, because each request asks twice."""


class Moment(Struct, frozen=True):
    """A time by two clocks.

    Attributes:
        lane: Unix seconds by the lane's clock.
        monotonic: Seconds by a clock that cannot be set. Only differences have a meaning.
    """

    lane: float
    monotonic: float


class Times(NamedTuple):
    """The times of an exchange, in seconds. A time is None if the event did not happen.

    Attributes:
        arrived: When the request arrived.
        first_chunk: When the first chunk was sent.
        last_chunk: When the last chunk was sent.
        ended: When the answer ended.
    """

    arrived: float | None
    first_chunk: float | None
    last_chunk: float | None
    ended: float | None


TRAVEL: Final = "`with electron.clock.travel():`"
NEVER: Final = Times(None, None, None, None)


class LaneClock(SuggestsNames):
    """A lane's clock.

    It is safe to use from several threads.

    Args:
        kind: "frozen" for a clock that starts at 1740000000 and moves only when it is advanced, or
            "real" for the time of day, which can be advanced too.

    Attributes:
        frozen: Whether the clock is frozen.
    """

    _set_once = ("frozen",)
    _right_forms: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("sleep", "wait"), f"advance(60), or sleep inside {TRAVEL}"),
        **dict.fromkeys(("tick", "set", "move_to", "shift", "forward", "add"), "advance(60)"),
        **dict.fromkeys(("time", "timestamp"), "now()"),
        **dict.fromkeys(("freeze", "unfreeze"), "@pytest.mark.electron(clock='real')"),
        "reset": "restart()",
    }
    _set_forms: ClassVar[Mapping[str, str]] = {
        "frozen": "@pytest.mark.electron(clock='real')",
        "now": "advance(60)",
        "travelled": "advance(60), or sleep inside `with electron.clock.travel():`",
        "advanced": "advance(60)",
    }

    def __init__(self, kind: str) -> None:
        self.frozen: bool = kind == "frozen"
        self._time = CLOCKS[kind]
        self._advanced = 0.0
        self._lock = Lock()

    def __repr__(self) -> str:
        kind = "frozen" if self.frozen else "real"
        return f"<LaneClock, {kind}, at {self.now():.3f}, advanced by {self._advanced:g} s>"

    @checked_keywords
    def now(self) -> float:
        """Return the time in Unix seconds."""
        return self._now()

    def _now(self) -> float:
        return min(self._time() + self._advanced, LATEST)

    def _moment(self) -> Moment:
        """Return the current time by the lane's clock and by a monotonic clock."""
        now = self._time() + self._advanced
        return Moment(now if now < LATEST else LATEST, time.monotonic())

    @checked_keywords(advice="Write advance(60).")
    def advance(self, seconds: float) -> None:
        """Advance the clock without waiting: windows slide, and the prefix cache ages.

        Args:
            seconds: The number of seconds, from 0 to 1,000,000,000.

        Raises:
            ValueError: If the number is out of range, or the clock would pass the year 9000.

        Example:
            electron.clock.advance(60)
        """
        checks.seconds("seconds", seconds)
        with self._lock:
            left = LATEST - self._time() - self._advanced
            if seconds > left:
                what = f"at most {max(left, 0):.0f}, so that the clock stays before the year 9000"
                raise ValueError(checks.must_be("seconds", what, seconds))
            self._advanced += seconds

    @checked_keywords
    def restart(self) -> None:
        """Undo all advances: a frozen clock is at its start again, a real one shows the time."""
        with self._lock:
            self._advanced = 0.0

    @InWith(TRAVEL)
    @checked_keywords(advice="Write advance(60), or sleep inside `with electron.clock.travel():`.")
    def travel(self) -> AbstractContextManager[None]:
        """Return a context manager in which sleeps advance the clock and return at once.

        It replaces `time.sleep`, `asyncio.sleep`, `anyio.sleep` and `trio.sleep` in all threads of
        this process, and puts them back at the end. The fake's own pauses stay as they are, and so
        do timeouts such as `asyncio.timeout` and `threading.Event.wait`. A call without `with`
        has no effect, and warns.

        Example:
            with electron.clock.travel():
                time.sleep(60)
        """
        from mock_electron.engine.travel import Travel  # for tests only

        caller = sys._getframe(2)  # the decorator is in between
        return Travel(self.advance, caller.f_code.co_filename, caller.f_lineno)

    @checked_keywords
    def pass_time(self, seconds: float) -> None:
        """Advance the clock by the time that an answer takes. At the year 9000 it stops.

        Args:
            seconds: The number of seconds, at least 0.
        """
        with self._lock:
            self._advanced = min(self._advanced + seconds, LATEST - self._time())


def utc_date(now: float) -> date:
    """Return the date of a time in Unix seconds, in UTC."""
    return date.fromordinal(EPOCH + int(now // DAY))


def timestamp(now: float) -> str:
    """Return a time in Unix seconds in ISO 8601 format: `2025-02-19T21:20:00Z`."""
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def http_date(now: float) -> str:
    """Return a time in Unix seconds in HTTP format: `Wed, 19 Feb 2025 21:20:00 GMT`.

    A time after the year 9999, which has no such form, is the last second of that year.
    """
    return formatdate(min(now, LAST_SECOND), usegmt=True)
