"""The HTTP protocol: uvicorn's, with its plain-text errors replaced by the error envelope.

Differences from uvicorn's protocol:

1. Bytes that are not HTTP are answered with the error envelope. If an answer is being sent, the
   connection is closed after that answer instead.
2. A request head that is late or too large is answered with the error envelope.
3. When requests are pipelined, each of them is notified that the client has disconnected.
4. An offer to upgrade to HTTP/2 is ignored. Java's HttpClient sends it with every request, and the
   parser would treat the bytes that follow as another protocol.
"""

import asyncio
import logging
import re
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from mock_electron.outputs.redaction import redact
from mock_electron.serve.app import App
from mock_electron.serve.connection import EXTENSION, Connection
from mock_electron.wire import errors
from mock_electron.wire.errors import ApiError

MAX_HEAD: Final = 64 * 1024
"""Maximum size of the request line and headers, in bytes (A)."""
HEAD_TIMEOUT: Final = 10.0
"""Seconds from the first byte of a request head to its end (A)."""

REQUEST_LINE: Final = re.compile(rb"[A-Z]+ [^ \r\n]+ HTTP/1\.[01]\r\n")
UPGRADE: Final = re.compile(rb"\r\n(?:upgrade|http2-settings)[ \t]*:[^\r\n]*", re.IGNORECASE)


class Protocol(HttpToolsProtocol):
    """One connection.

    Attributes:
        app: The application that answers the requests.
    """

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
        self._cancel_head_timer()
        super().on_headers_complete()
        # Nothing reads the query string except the log, which must not contain a key.
        query = self.scope["query_string"].decode("latin-1")
        self.scope["query_string"] = redact(query).replace("…", "...").encode("latin-1")
        if self.cycle is not None:
            unanswered = [cycle for cycle in self._cycles if not cycle.response_complete]
            self._cycles = [*unanswered, self.cycle]

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_head_timer()
        for cycle in self._cycles:
            if not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer bytes that are not HTTP. uvicorn's message is not sent."""
        self._refuse(errors.INVALID_REQUEST.saying("Invalid HTTP request received"))

    def _wait_for_head(self, size: int) -> None:
        """Count more bytes of an incomplete head, and start its timer."""
        assert self._head_size is not None
        self._head_size += size
        if self._head_size > MAX_HEAD:
            words = f"Request head larger than {MAX_HEAD} bytes"
            self._refuse(errors.INVALID_REQUEST.saying(words))
        elif self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_TIMEOUT, self._refuse_late_head)

    def _refuse_late_head(self) -> None:
        words = f"The request head was not complete after {HEAD_TIMEOUT:g} s"
        self._refuse(errors.UPLOAD_TIMEOUT.saying(words))

    def _cancel_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _refuse(self, error: ApiError) -> None:
        """Send an error and close. If an answer is being sent, close after it instead."""
        self._cancel_head_timer()
        if self.transport.is_closing():
            return
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.keep_alive = False
            self.transport.pause_reading()
            return
        self.transport.write(self.app.error_response(error))
        self.transport.close()


def _without_upgrade(data: bytes) -> bytes:
    """Return the first bytes of a request without an offer to upgrade."""
    if (b"pgrade" not in data and b"PGRADE" not in data) or not REQUEST_LINE.match(data):
        return data
    head, blank, rest = data.partition(b"\r\n\r\n")
    return UPGRADE.sub(b"", head) + blank + rest
