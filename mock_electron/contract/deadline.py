"""A deadline for a whole request. A read timeout alone does not end a slow, endless response."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final

CONNECTED: Final = ("connection.connect_tcp.complete", "connection.start_tls.complete")
"""The events of httpx that carry a new connection."""


class Connections:
    """The connections of a session, which a deadline can shut down."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []

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
        timer = threading.Timer(seconds, self._shut_down, (passed,))
        timer.daemon = True
        timer.start()
        try:
            yield passed
        finally:
            timer.cancel()

    def _shut_down(self, passed: threading.Event) -> None:
        passed.set()
        for connected in self._sockets:
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)
