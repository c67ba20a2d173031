"""HTTP as uvicorn reads it, with an answer in the envelope where uvicorn has a bare text or none.

Beyond uvicorn's own protocol:

1. Bytes that are no HTTP get the envelope; while an answer is being sent, they only end the
   connection after it.
2. A head that does not arrive in time, or that is too large, gets the envelope.
3. Where requests are pipelined, every one of them hears that the client has left.
4. An offer to upgrade to HTTP/2, as Java's client makes it with every request, is ignored: the
   parser would take what follows for another protocol.
"""

import asyncio
import logging
import re
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from mock_electron.serve.app import App
from mock_electron.serve.connection import EXTENSION, Connection
from mock_electron.wire import errors
from mock_electron.wire.errors import ApiError

LARGEST_HEAD: Final = 64 * 1024
"""Bytes of request line and headers (A)."""
HEAD_TIMEOUT: Final = 10.0
"""Seconds in which a head must be complete, once it has begun (A)."""

REQUEST_LINE: Final = re.compile(rb"[A-Z]+ [^ \r\n]+ HTTP/1\.[01]\r\n")
UPGRADE: Final = re.compile(rb"\r\n(?:upgrade|http2-settings)[ \t]*:[^\r\n]*", re.IGNORECASE)


class Protocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access_log: bool = self.access_logger.isEnabledFor(logging.INFO)
        assert isinstance(self.config.app, App)
        self.app: App = self.config.app
        self._head_size: int | None = None
        self._head_timer: asyncio.TimerHandle | None = None
        self._cycles: list[RequestResponseCycle] = []

    def data_received(self, data: bytes) -> None:
        if self._head_size is None:
            data = _without_upgrade(data)
        super().data_received(data)
        if self._head_size is not None:
            self._wait_for_head(len(data))

    def on_message_begin(self) -> None:
        super().on_message_begin()
        connection = Connection(self.transport, self.loop.time())
        self.scope["extensions"] = {EXTENSION: {"connection": connection}}
        self._head_size = 0

    def on_headers_complete(self) -> None:
        self._head_size = None
        self._forget_timer()
        super().on_headers_complete()
        if self.cycle is not None:
            unanswered = [cycle for cycle in self._cycles if not cycle.response_complete]
            self._cycles = [*unanswered, self.cycle]

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_timer()
        for cycle in self._cycles:
            if not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Where uvicorn answers bytes that are no HTTP. msg: its words, which are not sent."""
        self._end_with(errors.INVALID_REQUEST.saying("The bytes received are no HTTP request"))

    def _wait_for_head(self, size: int) -> None:
        """The head is not complete yet."""
        assert self._head_size is not None
        self._head_size += size
        if self._head_size > LARGEST_HEAD:
            words = f"Request head larger than {LARGEST_HEAD} bytes"
            self._end_with(errors.INVALID_REQUEST.saying(words))
        elif self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_TIMEOUT, self._head_is_late)

    def _head_is_late(self) -> None:
        words = f"The request head was not complete after {HEAD_TIMEOUT:g} s"
        self._end_with(errors.UPLOAD_TIMEOUT.saying(words))

    def _forget_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _end_with(self, error: ApiError) -> None:
        """Send an error and close; or, with an answer on its way, close after that."""
        self._forget_timer()
        if self.transport.is_closing():
            return
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.keep_alive = False
            self.transport.pause_reading()
            return
        self.transport.write(self.app.unreadable(error))
        self.transport.close()


def _without_upgrade(data: bytes) -> bytes:
    """The bytes that begin a request, without an offer to upgrade."""
    if (b"pgrade" not in data and b"PGRADE" not in data) or not REQUEST_LINE.match(data):
        return data
    head, blank, rest = data.partition(b"\r\n\r\n")
    return UPGRADE.sub(b"", head) + blank + rest
