"""The HTTP protocol: uvicorn's, with a stricter parser, and with every error in the envelope.

Differences from uvicorn's protocol:

1. Bytes that are not HTTP are answered with the error envelope, after the answers in progress, and
   the log says what was received.
2. A request head that is late or too large is answered with the error envelope.
3. A client that closes only its sending side still gets its answers.
4. A request is parsed after the previous one is answered, so pipelined requests are handled one by
   one, other connections are served in between, and a disconnect is noticed at any time.
5. After an error, and after the last answer of a connection, the server continues to read for a
   moment, so that a client that is still sending gets the answer and not a reset.
"""

import asyncio
import logging
from itertools import count
from typing import Any, Final

import httptools

from mock_electron.engine.arrival import Arrival
from mock_electron.engine.clock import monotonic
from mock_electron.engine.keys import secret_of
from mock_electron.engine.lane import Lane
from mock_electron.outputs.redaction import redact
from mock_electron.serve.app import App
from mock_electron.serve.at_once import head_of, response
from mock_electron.serve.closing import ClosingProtocol
from mock_electron.serve.connection import (
    EXTENSION,
    TARGET,
    Connection,
    Outgoing,
)
from mock_electron.serve.http_parser import RequestParser
from mock_electron.serve.http_syntax import (
    Http2Error,
    InvalidRequestError,
    check_hosts,
)
from mock_electron.serve.incoming import MAX_UNREAD, Flow
from mock_electron.serve.upload import EXTENSION as BODY
from mock_electron.wire import errors

HEAD_TIMEOUT: Final = 10.0
"""Seconds from the first byte of a request head to its end, and without a byte of a body that is
discarded, because its request is answered (A)."""

logger: Final = logging.getLogger("mock_electron")


class Protocol(ClosingProtocol):
    """One connection.

    Attributes:
        app: The application that answers the requests.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access_log: bool = self.access_logger.isEnabledFor(logging.INFO)
        assert isinstance(self.config.app, App)
        self.app: App = self.config.app
        self.parser: RequestParser = RequestParser(self)
        self._unknown_head = b""
        self._answered_at = 0.0
        self._counter: count[int] | None = None
        self._number = 0
        self._numbers: dict[count[int], int] = {}

    # --- what arrives

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self.flow: Flow = Flow(transport, self._has_enough)
        self._outgoing = Outgoing(transport.write, transport.is_closing, self._close_after_body)

    def data_received(self, data: bytes) -> None:
        if self._is_over:
            return
        now = self.loop.time()
        if self._may_answer_at_once and self._answer_at_once(data, now):
            return
        self._incoming.add(data, now)
        self._parse()
        if self._has_enough():
            self.flow.pause_reading()

    @property
    def _may_answer_at_once(self) -> bool:
        """Whether nothing else has arrived, everything is answered, and the client reads."""
        return not (
            self.access_log
            or self._incoming
            or self.parser.is_in_head
            or self.parser.is_in_body
            or self._is_answering
            or self._has_ended_its_side
            or self.flow.write_paused
            or self.transport.is_closing()
        )

    def _answer_at_once(self, data: bytes, now: float) -> bool:
        """Answer a packet that is one request with a known head. Return whether it is answered."""
        head_bytes = head_of(data)
        head, end = self.app.heads.get(head_bytes), len(head_bytes)
        if head is None:
            self._unknown_head = head_bytes
            return False
        if len(data) != end + head.length:
            return False
        lane = self.app.lane_of(head)
        if lane is None:
            return False
        arrival = head.arrival(data[end:])
        if lane.takes_real_time:
            if not lane.is_plain:
                return False
            self._answer_soon(lane, arrival, data, now)
            return True
        number = self._number if lane.connections is self._counter else self._number_in(lane)
        answer = self.app.answer_at_once(lane, arrival, None, number)
        if answer is None:
            return False
        self.transport.write(response(answer))
        self.server_state.total_requests += 1
        self._answered_at = now
        if self.timeout_keep_alive_task is None:
            self._close_if_idle(self.timeout_keep_alive)
        return True

    def _answer_soon(self, lane: Lane, arrival: Arrival, packet: bytes, now: float) -> None:
        """Answer a request when all requests that have arrived with it are read."""
        self._unset_keepalive_if_required()
        self._is_deciding = True
        self.loop.call_soon(self._answer_in_time, lane, arrival, packet, now, monotonic())

    def _answer_in_time(
        self, lane: Lane, arrival: Arrival, packet: bytes, arrived: float, began: float
    ) -> None:
        """Begin to write an answer with pauses, or let the application handle the request."""
        self._is_deciding = False
        number = self._number if lane.connections is self._counter else self._number_in(lane)
        answer = self.app.answer_at_once(lane, arrival, began, number)
        if answer is None:
            self._incoming.put_back(packet, arrived, began)
            self._parse()
        elif answer.pauses:
            from mock_electron.serve.timed import TimedAnswer  # see `prepare_for`

            done = self.on_response_complete
            self._timed = TimedAnswer(
                answer, lane, self.transport, self.flow, self.app.turns, arrived, done
            )
            if self.transport.is_closing():
                self._timed.stop()
        else:
            self.transport.write(response(answer))
            self.on_response_complete()

    def _number_in(self, lane: Lane) -> int:
        """Return the number of this connection in a lane, which counts it at its first request.

        The lane's counter stands for the lane, which may be closed before the connection is.
        """
        counter = lane.connections
        if counter not in self._numbers:
            self._numbers[counter] = next(counter)
        self._counter, self._number = counter, self._numbers[counter]
        return self._number

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection if it has been idle for long enough."""
        left = self._answered_at + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._close_if_idle(left)
        else:
            super().timeout_keep_alive_handler()

    def _close_if_idle(self, delay: float) -> None:
        timer = self.loop.call_later(delay, self.timeout_keep_alive_handler)
        self.timeout_keep_alive_task: asyncio.TimerHandle | None = timer

    def _has_enough(self) -> bool:
        return len(self._incoming) > MAX_UNREAD

    def _parse(self) -> None:
        """Parse what has arrived, up to the end of a request that is not answered yet."""
        if self.transport.is_closing() or self._is_over:
            return
        self._unset_keepalive_if_required()
        try:
            while self._incoming and (self.parser.is_in_body or not self._is_answering):
                self._incoming.parse_request(self.parser)
        except InvalidRequestError as error:
            self._refuse_invalid(error)
            return
        self.flow.resume_reading()
        if self._is_closing:
            self._discard_body()
        elif self._has_ended_its_side:
            self._end_its_side()
        elif self.parser.is_in_body and self.cycle.response_complete:
            self._close_later(HEAD_TIMEOUT)
        elif not self.parser.is_in_head:
            self._set_timer(None)
        elif self._timer is None:
            self._set_timer(self.loop.call_later(HEAD_TIMEOUT, self._refuse_late_head))

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._timed is not None:
            self._timed.resume()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timed is not None:
            self._timed.stop()
        self._set_timer(None)
        self._incoming.clear()
        self.flow.stop_checking()
        super().connection_lost(exc)

    def end_soon(self) -> None:
        """Close when all requests that have arrived are answered. Call it until it is closed."""
        parser = self.parser
        has_more = bool(self._incoming or parser.is_in_head or parser.is_in_body)
        if self._is_answering:
            self._is_over = self._is_over or not has_more
        elif not has_more:
            self.transport.close()

    # --- what the parser calls

    def on_message_begin(self) -> None:
        super().on_message_begin()
        incoming = self._incoming
        connection = Connection(self.transport, incoming.arrived, incoming.began, self._number_in)
        self.scope["extensions"] = {EXTENSION: {"connection": connection}}

    def on_headers_complete(self) -> None:
        version = self.parser.get_http_version()
        check_hosts(version, self.headers)
        if version == "1.0":  # RFC 9110, section 10.1.1
            self.expect_100_continue = False
        self.scope["extensions"][TARGET] = {"url": self.url}
        self.scope["extensions"][BODY] = {"size": self.parser.body_size}
        try:
            super().on_headers_complete()
        except (httptools.HttpParserError, AttributeError) as error:  # AttributeError: no path
            raise InvalidRequestError("the request target must be a path") from error
        self.cycle.transport = self._outgoing  # type: ignore[assignment]  # all that uvicorn calls
        if self._unknown_head:
            self.app.remember_head(self._unknown_head, dict(self.scope))
            self._unknown_head = b""
        if self.access_log:
            from mock_electron.serve.logged import AccessLog  # few servers have this log

            authorization = dict(self.headers).get(b"authorization", b"").decode("latin-1")
            log = AccessLog(self.access_logger, secret_of(authorization))
            self.cycle.access_logger = log  # type: ignore[assignment]  # uvicorn calls only info()

    def on_body_size(self) -> None:
        """Let the application check the size of a body before a chunk arrives."""
        self.scope["extensions"][BODY]["size"] = self.parser.body_size
        self.cycle.message_event.set()

    def on_response_complete(self) -> None:
        self._timed = None
        super().on_response_complete()
        self._end_if_answered()
        if self._incoming:
            self.loop.call_soon(self._parse)

    # --- errors

    def _refuse_invalid(self, error: InvalidRequestError) -> None:
        """Answer bytes that are not HTTP, and log what was received."""
        from mock_electron.serve.http2 import GOAWAY
        from mock_electron.serve.logged import shown

        words = str(error)
        got = f", got {shown(error.received)}" if error.received else ""
        client = "{}:{}".format(*self.client) if self.client else "a client"
        logger.warning("%s - %s%s", client, redact(words), got)
        refusal = errors.INVALID_REQUEST.saying(words)
        if isinstance(error, Http2Error):
            self._end_with(GOAWAY)
        elif self.parser.is_in_body:
            is_answered = self.cycle.response_started
            self._abandon_request()
            self._end_with(
                b"" if is_answered else self.app.error_response(refusal, dict(self.scope))
            )
        else:
            self._end_with(self.app.error_response(refusal))

    def _refuse_late_head(self) -> None:
        words = f"The request head was not complete after {HEAD_TIMEOUT:g} s"
        self._end_with(self.app.error_response(errors.UPLOAD_TIMEOUT.saying(words)))
