"""`serve --exit-with-parent`: a server that ends when the process that started it has ended.

It also ends if that process is killed. On Linux, the system reports the end of the process. On
other systems, the parent is compared twice a second. `PR_SET_PDEATHSIG` of Linux is not used: it
ends a server when the thread ends that started it, and not the process.
"""

import os
import select
import signal
import threading
from typing import Final

INTERVAL: Final = 0.5
"""Seconds between two looks at the parent, on systems that do not report its end."""


class Parent:
    """The process that started this one."""

    def __init__(self) -> None:
        self._process = os.getppid()
        self._own = os.getpid()
        self._descriptor = _opened(self._process)

    def end_with_it(self) -> None:
        """End the process that made this object as SIGTERM does, when its parent has ended.

        Workers may call it: they are not children of the parent, but know its end.
        """
        name = "mock-electron-parent"
        threading.Thread(target=self._wait, name=name, daemon=True).start()

    def _wait(self) -> None:
        if self._descriptor is None:
            never = threading.Event()
            while os.getppid() == self._process or os.getpid() != self._own:
                never.wait(INTERVAL)
        else:
            poll = select.poll()
            poll.register(self._descriptor, select.POLLIN)
            poll.poll()
        os.kill(self._own, signal.SIGTERM)


def _opened(process: int) -> int | None:
    """Return a descriptor that reports the end of a process, or None without such descriptors."""
    if not hasattr(os, "pidfd_open"):
        return None
    try:
        return os.pidfd_open(process)
    except OSError:  # an old system, or a process that has already ended
        return None
