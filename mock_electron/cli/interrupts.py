"""Ctrl-C in a command that reports what it has done so far."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

INTERRUPTED: Final = 130
"""The exit status after Ctrl-C, as shells report SIGINT."""
MOST: Final = 3
"""The Ctrl-C that ends the process at once. `timeout` sends two signals."""


class Interrupts:
    """The handler of SIGINT while a command runs.

    Attributes:
        count: How many signals have arrived.
    """

    def __init__(self) -> None:
        self.count: int = 0
        self._raises = False

    def handle(self, _signal: int, _frame: object) -> None:
        """Raise KeyboardInterrupt inside `raising`, once. Otherwise only count."""
        self.count += 1
        if self.count >= MOST:
            os._exit(INTERRUPTED)
        if self._raises:
            self._raises = False
            raise KeyboardInterrupt

    @contextmanager
    def raising(self) -> Iterator[None]:
        """Let Ctrl-C raise KeyboardInterrupt in the block, also if it has arrived before."""
        self._raises = True
        try:
            if self.count:
                raise KeyboardInterrupt
            yield
        finally:
            self._raises = False


@contextmanager
def counting_interrupts() -> Iterator[Interrupts]:
    """Yield a handler of Ctrl-C. After one, the exit status is 130, unless an error is shown.

    Outside of the main thread, Ctrl-C is not handled.
    """
    interrupts = Interrupts()
    is_main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, interrupts.handle) if is_main else None
    try:
        yield interrupts
    except SystemExit:
        if not interrupts.count:
            raise
    finally:
        if is_main:
            signal.signal(signal.SIGINT, before)
    if interrupts.count:
        sys.exit(INTERRUPTED)
