"""The one place of the contract that asks for the time."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """A target's time, by which its plan's limits go.

    now: seconds from anywhere. sleep: lets seconds pass; a fake's clock is put forward instead.
    """

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def stopwatch() -> Callable[[], float]:
    """A function that tells the seconds since now."""
    begun = time.perf_counter()
    return lambda: time.perf_counter() - begun


def wait(seconds: float) -> None:
    """Wait in real time, whatever a target's clock does."""
    time.sleep(seconds)
