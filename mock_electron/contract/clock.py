"""The only module of the contract that reads the time."""

import time
from collections.abc import Callable

from msgspec import Struct


class Clock(Struct, frozen=True):
    """The clock by which a target enforces the limits of a plan.

    Attributes:
        now: Returns the seconds since any fixed moment.
        sleep: Lets this many seconds pass. For a fake with a frozen clock, it advances the clock.
    """

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def stopwatch() -> Callable[[], float]:
    """Return a function that returns the seconds since this call."""
    start = time.perf_counter()
    return lambda: time.perf_counter() - start


def wait(seconds: float) -> None:
    """Sleep in real time, also if the target's clock is frozen."""
    time.sleep(seconds)
