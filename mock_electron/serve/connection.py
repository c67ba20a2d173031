"""What a fault does to a connection, and ASGI has no words for."""

import asyncio
import socket
import struct
from dataclasses import dataclass
from typing import Final

from starlette.types import Receive, Scope

from mock_electron.engine.faults.delivery import RESET

EXTENSION: Final = "mock_electron.connection"
"""Where a scope carries its connection."""
NO_LINGER: Final = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Connection:
    """The connection of one request. arrived: when the request began, by the loop's clock."""

    transport: asyncio.Transport
    arrived: float

    @property
    def age(self) -> float:
        """Seconds since the request began."""
        return asyncio.get_running_loop().time() - self.arrived

    @property
    def gone(self) -> bool:
        """Whether the client has left."""
        return self.transport.is_closing()

    def end(self, ending: str, surplus: bytes = b"") -> None:
        """Close the connection after what was sent; or reset it at once.

        surplus: bytes that belong to no answer, to be sent before.
        """
        self.transport.write(surplus)
        if ending == RESET:
            raw: socket.socket = self.transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
            self.transport.abort()
        else:
            self.transport.close()


def connection_of(scope: Scope) -> Connection:
    """The connection that a request came on."""
    connection = scope["extensions"][EXTENSION]["connection"]
    assert isinstance(connection, Connection)
    return connection


async def client_left(receive: Receive) -> None:
    """Wait until the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass
