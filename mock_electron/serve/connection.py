"""The connection of a request: what faults do to it is beyond the vocabulary of ASGI."""

import asyncio
import select
import socket
import struct
from collections.abc import Callable
from typing import Final

from msgspec import Struct
from starlette.types import Receive, Scope

from mock_electron.engine.faults.delivery import RESET
from mock_electron.engine.lane import Lane
from mock_electron.serve.listening import is_unix

EXTENSION: Final = "mock_electron.connection"
"""The ASGI extension that carries the connection in a scope."""
TARGET: Final = "mock_electron.target"
"""The ASGI extension that carries the target of the request line in a scope."""
NO_LINGER: Final = struct.pack("ii", 1, 0)
PROBE_INTERVAL: Final = 10
"""Seconds between two checks by the system whether a client is still there."""


class Outgoing(Struct, frozen=True):
    """The part of a transport that sends an answer.

    Attributes:
        write: The method of the transport.
        is_closing: The method of the transport.
        close: Closes the connection, but not while the client is sending.
    """

    write: Callable[[bytes], None]
    is_closing: Callable[[], bool]
    close: Callable[[], None]


def uncounted(_: Lane) -> None:
    """Return that a lane does not count a connection, because it is not that of a socket."""


class Connection(Struct, frozen=True):
    """The connection of one request.

    Attributes:
        transport: The transport of the connection.
        arrived: When the request began, in seconds on the clock of the event loop. In uvloop, this
            is the beginning of a round of the loop.
        began: The same in seconds by the monotonic clock. It is exact, so that of two requests that
            arrive in one round, the second does not seem to arrive after the answer to the first.
        number_in: Returns the number of the connection in a lane.
    """

    transport: asyncio.Transport
    arrived: float
    began: float
    number_in: Callable[[Lane], int | None] = uncounted

    @property
    def is_closing(self) -> bool:
        """Whether the connection is closed or closing."""
        return self.transport.is_closing()

    def close(self, ending: str, surplus: bytes = b"") -> None:
        """Close the connection after everything is sent, or reset it at once.

        Args:
            ending: `RESET` to reset the connection; any other value closes it.
            surplus: Bytes after the end of the response, sent first.
        """
        if self.is_closing:  # the client was faster
            return
        if surplus:
            self.transport.write(surplus)
        if ending == RESET:
            raw: socket.socket = self.transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
            self.transport.abort()
        else:
            self.transport.close()


def peer_is_gone(transport: asyncio.Transport, *, probe: bool = True) -> bool:
    """Return whether a client that has closed its sending side has closed the whole connection.

    Both look the same until something is sent. The probe is one byte of urgent data, which a client
    does not see, because it is not part of the stream. If the connection is closed, the client's
    system answers with a reset. A second urgent byte would turn the first one into data, so only
    one is sent.

    Args:
        transport: The transport of the connection.
        probe: Whether to send the probe. The reset may arrive later.
    """
    connection: socket.socket = transport.get_extra_info("socket")
    if is_unix(connection):
        return _has_hung_up(connection)
    try:
        if probe:
            _send_urgent_byte(connection)
    except BlockingIOError:  # the client does not read what it was sent
        return False
    except OSError:  # the connection is closed, or the system has no urgent data
        return True
    return connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0


def _has_hung_up(connection: socket.socket) -> bool:
    """Return whether the other end of a Unix socket is closed. The system tells it from a half."""
    poll = select.poll()
    poll.register(connection.fileno(), 0)
    return any(events & select.POLLHUP for _, events in poll.poll(0))


def _send_urgent_byte(connection: socket.socket) -> None:
    # The socket of a transport cannot send, and a duplicate of it can.
    with socket.fromfd(connection.fileno(), connection.family, connection.type) as duplicate:
        duplicate.send(b"\0", socket.MSG_OOB)


def keep_probing(transport: asyncio.Transport) -> None:
    """Let the system check from time to time whether the client is still there."""
    connection: socket.socket = transport.get_extra_info("socket")
    if is_unix(connection):
        return
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name in ("TCP_KEEPIDLE", "TCP_KEEPINTVL"):  # not on every system
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), PROBE_INTERVAL)


def connection_of(scope: Scope) -> Connection:
    """Return the connection of a request."""
    connection = scope["extensions"][EXTENSION]["connection"]
    assert isinstance(connection, Connection)
    return connection


async def wait_for_disconnect(receive: Receive) -> None:
    """Wait until the client has disconnected."""
    while (await receive())["type"] != "http.disconnect":
        pass
