"""Paced streams: when the first chunk is due, and many streams that start at once.

The client reads when the kernel received a chunk (`SO_TIMESTAMPNS`, Linux). The delay of the client
is not part of the figures. Other systems have no such time, and the client takes its own.
"""

import json
import selectors
import socket
import struct
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from time import time
from typing import Any, Final

from _server import CHAT_PATH, PATIENCE, QUESTION, Served, chat_request, post

from mock_electron import Pace

PACE: Final = Pace(first=0.174, each=0.005)
PACE_OPTIONS: Final = ("--clock", "real", "--pace", "174:5")
"""The options of `mock-electron serve` for this pace."""

STREAM: Final = QUESTION | {"stream": True}
SO_TIMESTAMPNS: Final = 35
"""An option of Linux sockets, and the type of the message with the time."""
TIMESPEC: Final = struct.Struct("@ll")
"""Seconds and nanoseconds."""


def first_due(served: Served, body: Mapping[str, Any]) -> float:
    """Return the seconds from a request to its first token.

    The server must have seen the prompt before, so that most of it is cached.
    """
    usage = json.loads(post(served, CHAT_PATH, {**body, "stream": False}))["usage"]
    fresh = usage["prompt_tokens"] - usage["prompt_tokens_details"]["cached_tokens"]
    return PACE.to_first_token(fresh)


def late_first_chunks(served: Served, size: int) -> list[float]:
    """Start streams on new connections, and return how late each first chunk is, in seconds.

    The time of a stream begins when its request is sent. The streams are not read any further.

    Args:
        served: The server. It has the pace PACE.
        size: The number of streams.
    """
    for _ in range(2):
        post(served, CHAT_PATH, STREAM)  # load all modules and fill the prefix cache
    due = first_due(served, STREAM)
    request = chat_request(STREAM)
    late: list[float] = []
    received: dict[socket.socket, bytes] = {}
    with ExitStack() as opened, selectors.DefaultSelector() as selector:
        for _ in range(size):
            connection = opened.enter_context(_connect(served))
            selector.register(connection, selectors.EVENT_READ, time() + due)
            received[connection] = b""
            connection.sendall(request)
        while received:
            ready = selector.select(PATIENCE)
            if not ready:
                raise TimeoutError(f"{len(received)} streams have no chunk after {PATIENCE:g} s")
            for key, _ in ready:
                assert isinstance(key.fileobj, socket.socket)
                arrived = _read(key.fileobj, received)
                if b"data: " in received[key.fileobj]:
                    late.append(arrived - key.data)
                    selector.unregister(key.fileobj)
                    del received[key.fileobj]
    return late


def _connect(served: Served) -> socket.socket:
    connection = socket.create_connection((served.host, served.port), PATIENCE)
    if sys.platform == "linux":
        connection.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    return connection


def _read(connection: socket.socket, received: dict[socket.socket, bytes]) -> float:
    """Add what has arrived, and return when it arrived: by the kernel, or by this process."""
    piece, messages, _, _ = connection.recvmsg(65536, socket.CMSG_SPACE(TIMESPEC.size))
    if not piece:
        raise ConnectionError(f"the answer is incomplete: {received[connection]!r}")
    received[connection] += piece
    for level, kind, content in messages:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
            seconds, nanoseconds = TIMESPEC.unpack(content)
            return float(seconds + nanoseconds / 1e9)
    return time()
