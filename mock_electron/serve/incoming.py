"""What a connection receives: the bytes that are not parsed yet, and when reading pauses.

A request is parsed only after the previous one is answered. The server reads on while a request is
being answered, because it notices only while it reads that a client disconnects. If too much has
arrived, it pauses and asks the system instead.
"""

import asyncio
import select
import socket
from collections.abc import Callable
from typing import Final

from uvicorn.protocols.http.flow_control import FlowControl

from mock_electron.engine.clock import monotonic
from mock_electron.serve.http_parser import RequestParser

MAX_UNREAD: Final = 1024 * 1024
"""The number of bytes that are not parsed yet, above which reading pauses."""
CHECK_INTERVAL: Final = 0.05
"""Seconds between two checks whether the client has disconnected, while reading is paused."""
HAS_ENDED: Final = getattr(select, "POLLRDHUP", 0) | getattr(select, "POLLHUP", 0)
"""The events of a socket whose other end is closed or closed for sending. Errors always count."""


class Incoming:
    """The bytes of a connection that are not parsed yet. It is true if there are any.

    Attributes:
        arrived: When the bytes that are parsed now arrived; see `Connection`.
        began: The same by the monotonic clock.
    """

    def __init__(self) -> None:
        self.arrived: float = 0.0
        self.began: float = 0.0
        self._packet, self._position = b"", 0
        self._later = bytearray()
        self._later_arrived = self._later_began = 0.0

    def __bool__(self) -> bool:
        return self._position < len(self._packet) or bool(self._later)

    def __len__(self) -> int:
        return len(self._packet) - self._position + len(self._later)

    def add(self, data: bytes, now: float) -> None:
        """Add bytes that arrive now."""
        if self:
            self._later += data
            self._later_arrived, self._later_began = now, monotonic()
        else:
            self._packet, self.arrived, self.began = data, now, monotonic()

    def put_back(self, packet: bytes, arrived: float, began: float) -> None:
        """Add bytes before all others.

        Args:
            packet: The bytes.
            arrived: When they arrived; see `Connection`.
            began: The same by the monotonic clock.
        """
        if self:
            if not self._later:
                self._later_arrived, self._later_began = self.arrived, self.began
            self._later[:0] = self._packet[self._position :]
        self._packet, self._position = packet, 0
        self.arrived, self.began = arrived, began

    def parse_request(self, parser: RequestParser) -> None:
        """Parse bytes up to the end of a request, or some bytes that do not complete one.

        Raises:
            InvalidRequestError: If they are not a valid request.
        """
        self._position = parser.feed_data(self._packet, self._position)
        if self._position == len(self._packet):
            self._packet, self._position = bytes(self._later), 0
            self._later.clear()
            self.arrived, self.began = self._later_arrived, self._later_began

    def clear(self) -> None:
        """Discard all bytes."""
        self._packet, self._position = b"", 0
        self._later.clear()


class Flow(FlowControl):
    """Flow control that notices a disconnect while reading is paused.

    Args:
        transport: The transport of the connection.
        is_full: Returns whether no more bytes are wanted.
    """

    def __init__(self, transport: asyncio.Transport, is_full: Callable[[], bool]) -> None:
        super().__init__(transport)
        self._is_full = is_full
        self._check: asyncio.TimerHandle | None = None
        self._has_ended = False

    def pause_reading(self) -> None:
        """Pause reading, unless the client sends no more."""
        if self.read_paused or self._has_ended or self._transport.is_closing():
            return
        super().pause_reading()
        self._check_later()

    def resume_reading(self) -> None:
        """Resume reading, unless no more bytes are wanted."""
        if self.read_paused and (self._has_ended or not self._is_full()):
            self.stop_checking()
            super().resume_reading()

    def end(self) -> None:
        """Never pause again: the client has ended its side."""
        self._has_ended = True

    def stop_checking(self) -> None:
        """Stop the checks of a paused connection."""
        if self._check is not None:
            self._check.cancel()
            self._check = None

    def _check_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._check = loop.call_later(CHECK_INTERVAL, self._check_now)

    def _check_now(self) -> None:
        """Read everything that is left if the client has ended its side: that is not much."""
        if self._transport.is_closing():
            return
        self._has_ended = _has_ended(self._transport.get_extra_info("socket"))
        if self._has_ended:
            self.resume_reading()
        else:
            self._check_later()


def _has_ended(connection: socket.socket) -> bool:
    """Return whether the client has closed or reset a connection, or closed its sending side."""
    if not hasattr(select, "poll"):  # Windows
        return connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0
    poll = select.poll()
    poll.register(connection.fileno(), HAS_ENDED)
    return bool(poll.poll(0))
