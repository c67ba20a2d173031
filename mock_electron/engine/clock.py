"""The one place that asks for the time."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Final

FROZEN_AT: Final = 1_740_000_000.0
"""Where a frozen clock stands, in Unix seconds."""

Clock = Callable[[], float]
"""Asked for the time, it answers in Unix seconds."""


def frozen() -> float:
    """The time of a clock that stands still."""
    return FROZEN_AT


def day(now: float) -> date:
    """The day of a time in Unix seconds, in UTC."""
    return datetime.fromtimestamp(now, UTC).date()


CLOCKS: Final[Mapping[str, Clock]] = {"frozen": frozen, "real": time.time}
