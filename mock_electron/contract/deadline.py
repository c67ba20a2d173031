"""A deadline for a whole request. A read timeout alone does not end a slow, endless response."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final

from mock_electron.contract.clock import stopwatch

CONNECTED: Final = ("connection.connect_tcp.complete", "connection.start_tls.complete")
"""The events of httpx that carry a new connection."""


class Connections:
    """The connections of a session, which a deadline can shut down.

    One thread watches all deadlines of the session: a thread for each request would take longer
    than the request.
    """

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        self._now = stopwatch()
        self._changed = threading.Condition()
        self._due: dict[threading.Event, float] = {}
        self._is_watched = False
        self._wakes_at = 0.0

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Record a new connection. This is a `trace` extension of httpx."""
        if event in CONNECTED:
            connected = info["return_value"].get_extra_info("socket")
            self._sockets = [one for one in self._sockets if one.fileno() >= 0]
            self._sockets.append(connected)

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[threading.Event]:
        """Shut down all connections if the block takes too long.

        Args:
            seconds: The maximum duration of the block, in seconds.

        Yields:
            An event that is set when the time has passed.
        """
        passed = threading.Event()
        with self._changed:
            due = self._due[passed] = self._now() + seconds
            if not self._is_watched:
                self._is_watched = True
                threading.Thread(target=self._watch, daemon=True).start()
            elif due < self._wakes_at:
                self._changed.notify()
        try:
            yield passed
        finally:
            with self._changed:
                self._due.pop(passed, None)

    def close(self) -> None:
        """End the thread that watches the deadlines."""
        with self._changed:
            self._due.clear()
            self._changed.notify()

    def _watch(self) -> None:
        """Wait for each deadline in turn, the earliest first."""
        with self._changed:
            while self._due:
                self._wakes_at = min(self._due.values())
                self._changed.wait(min(self._wakes_at - self._now(), threading.TIMEOUT_MAX))
                for passed, due in tuple(self._due.items()):
                    if due <= self._now():
                        del self._due[passed]
                        self._shut_down(passed)
            self._is_watched = False

    def _shut_down(self, passed: threading.Event) -> None:
        passed.set()
        for connected in self._sockets:
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)
