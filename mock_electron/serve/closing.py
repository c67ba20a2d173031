"""How a connection ends: after errors, after its last answer, and after the client has left.

If a connection were closed while the client sends, the system would answer with a reset, and the
client could lose the last answer. So the server ends only its own side first, and reads on.
"""

import asyncio
from typing import TYPE_CHECKING, Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mock_electron.serve.connection import keep_probing, peer_is_gone
from mock_electron.serve.http_parser import RequestParser
from mock_electron.serve.incoming import Flow, Incoming

if TYPE_CHECKING:
    from mock_electron.serve.timed import TimedAnswer

LINGER: Final = 1.0
"""Seconds that the server continues to read after an error, and without a byte of the body of a
request whose answer is the last one. It discards what it reads."""
PROBE_DELAYS: Final = (0.01, 0.1, 1.0)
"""Seconds before each check whether a client that has closed its sending side has closed the whole
connection; the last value repeats."""


class ClosingProtocol(HttpToolsProtocol):
    """A connection that closes only when the client has all that was sent to it.

    Attributes:
        parser: The parser of its requests.
        flow: Its flow control.
    """

    parser: RequestParser  # type: ignore[assignment]  # it has the methods of httptools' parser
    flow: Flow

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._timer: asyncio.TimerHandle | None = None
        self._incoming = Incoming()
        self._is_over = False
        self._is_closing = False
        self._has_ended_its_side = False
        self._last_words = b""
        self._is_deciding = False
        self._timed: TimedAnswer | None = None

    @property
    def _is_answering(self) -> bool:
        """Whether a request is not answered completely, and not abandoned."""
        if self._is_deciding or self._timed is not None:
            return True
        cycle = self.cycle
        return cycle is not None and not (cycle.response_complete or cycle.disconnected)

    def eof_received(self) -> bool:  # type: ignore[override]  # uvicorn's returns None
        """Keep the connection open if the client waits for an answer and is still there."""
        self._set_timer(None)
        if self._has_ended_its_side or self.transport.is_closing():
            return False
        self._has_ended_its_side = True
        self.flow.end()
        self._end_its_side()
        if not (self._incoming or self._is_answering) or peer_is_gone(self.transport):
            return False
        keep_probing(self.transport)
        self._probe(0)
        return True

    def _end_its_side(self) -> None:
        """Give up a request that is incomplete, after the client has closed its sending side."""
        if self.parser.is_in_body and not self._incoming:
            self._abandon_request()
        self._end_if_answered()

    def _probe(self, number: int) -> None:
        """Check repeatedly whether the client has closed the connection."""
        if peer_is_gone(self.transport, probe=False):
            self.transport.abort()
            return
        delay = PROBE_DELAYS[min(number, len(PROBE_DELAYS) - 1)]
        self._set_timer(self.loop.call_later(delay, self._probe, number + 1))

    def _close_after_body(self) -> None:
        """Send nothing more, and close as soon as the body of the request has arrived."""
        if self.transport.is_closing() or self._is_closing:
            return
        if self._has_ended_its_side or not self.parser.is_in_body:
            self.transport.close()
            return
        self._is_closing = True
        self.parser.end_after_body()
        self.transport.write_eof()
        self._discard_body()

    def _discard_body(self) -> None:
        """Close after the last byte of a body, or if none arrives for LINGER seconds."""
        if self._has_ended_its_side or not self.parser.is_in_body:
            self.transport.close()
        else:
            self._close_later(LINGER)

    def _close_later(self, delay: float) -> None:
        self._set_timer(self.loop.call_later(delay, self.transport.close))

    def _abandon_request(self) -> None:
        """Give up the request whose body is incomplete: the application gets no more of it."""
        self.cycle.disconnected = True
        self.cycle.message_event.set()

    def _end_with(self, last_words: bytes) -> None:
        """Send these bytes after the answers in progress, and close."""
        self._set_timer(None)
        self._is_over, self._last_words = True, last_words
        self._incoming.clear()
        # Not at once: the application must have given up an abandoned request before the client
        # gets the error, because the client may then close the lane.
        self.loop.call_soon(self._end_if_answered)

    def _end_if_answered(self) -> None:
        """Close, if no more requests are accepted and all answers are complete."""
        may_end = self._is_over or self._has_ended_its_side
        if not may_end or self._is_answering or self._incoming or self.transport.is_closing():
            return
        self._unset_keepalive_if_required()
        if self._last_words:
            self.transport.write(self._last_words)
            self._last_words = b""
        if self._has_ended_its_side:
            self.transport.close()
            return
        self.transport.write_eof()
        self.flow.resume_reading()
        self._close_later(LINGER)

    def _set_timer(self, timer: asyncio.TimerHandle | None) -> None:
        """Replace the timer. A connection has one at a time."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = timer
