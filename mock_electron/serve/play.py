"""Plays an answer: sends its bytes with their pauses, ends it, and stops when the client leaves.

serve/paced.py sends the streams that have pauses.

`Lane.close` is called right after the last write, before the server handles anything else, so the
slot is free when the client's next request arrives.
"""

import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module

from starlette.types import Receive, Scope, Send

from mock_electron.engine.answer import NO_STATUS, Answer
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.clock import Moment
from mock_electron.engine.faults.delivery import COMPLETE, SILENCE
from mock_electron.engine.lane import Lane
from mock_electron.engine.ready import AnyAnswer
from mock_electron.serve.connection import Connection, connection_of, wait_for_disconnect
from mock_electron.serve.turns import Turns
from mock_electron.wire.headers import Headers

Rest = Callable[[], Awaitable[Arrival | None]]
"""Reads the body of a request that is answered before its body; see `play`."""


def takes_time(lane: Lane) -> bool:
    """Return whether replies of a lane take real time, because of its pace or that of a step."""
    return lane.has_pace and not lane.clock.frozen


def prepare_for(lane: Lane) -> None:
    """Import what paced streams need, if a lane has a pace, so that its first stream is on time."""
    if takes_time(lane):
        for name in ("paced", "timed"):
            import_module(f"mock_electron.serve.{name}")


async def play(
    answer: AnyAnswer,
    lane: Lane,
    scope: Scope,
    receive: Receive,
    send: Send,
    turns: Turns,
    rest: Rest | None = None,
) -> None:
    """Send an answer, report its end to the lane, and break the connection if a fault does so.

    Args:
        answer: The answer.
        lane: The lane that gave it.
        scope: The request.
        receive: The ASGI receive function.
        send: The ASGI send function.
        turns: The turns of the paced streams of this event loop.
        rest: For a request that is answered before its body: reads the body, and returns the whole
            request; None if the body does not arrive.
    """
    playback = Playback(answer, lane, scope, receive, send, turns, waits_for_body=rest is not None)
    arrival = None
    try:
        await playback.run()
        if rest is not None:
            arrival = await rest()
    finally:
        playback.end(arrival)
    if rest is not None:
        if arrival is None:
            playback.connection.close(COMPLETE)
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    if answer.ending != COMPLETE:
        if not playback.connection.is_closing:
            playback.connection.close(answer.ending, answer.surplus)
        await wait_for_disconnect(receive)  # until uvicorn has noticed the end as well


class Playback:
    """The sending of one answer.

    Attributes:
        answer: The answer.
        frames_sent: The number of frames sent so far.
        moments: When the frames were sent: one moment per frame, or a single one if all of them
            were sent in one write.
        connection: The connection of the request.
    """

    def __init__(
        self,
        answer: AnyAnswer,
        lane: Lane,
        scope: Scope,
        receive: Receive,
        send: Send,
        turns: Turns,
        *,
        waits_for_body: bool = False,
    ) -> None:
        self.answer = answer
        self.frames_sent: int = 0
        self.moments: list[Moment] = []
        self.connection: Connection = connection_of(scope)
        self._lane = lane
        self._has_ended = False
        self._waits_for_body = waits_for_body
        self._http_1_0 = scope["http_version"] == "1.0"
        self._scope, self._receive, self._send = scope, receive, send
        self._turns = turns

    async def run(self) -> None:
        """Send all frames, or fewer if the client disconnects."""
        answer = self.answer
        if answer.status == NO_STATUS:
            await self._send_nothing()
        elif not answer.pauses:
            await self._send_in_one_write()
        elif len(answer.chunks) == 1 or self._http_1_0:
            await self._wait_and_send_in_one_write()
        else:
            await self._stream()

    async def _send_nothing(self) -> None:
        if self.answer.ending == SILENCE:
            await wait_for_disconnect(self._receive)

    async def _send_in_one_write(self) -> None:
        """Send all frames at once: the same bytes as one by one, at a tenth of the cost."""
        if self.connection.is_closing:
            await wait_for_disconnect(self._receive)  # uvicorn is about to notice
            return
        answer, complete = self.answer, self.answer.ending == COMPLETE
        headers, body = answer.whole()
        if self._http_1_0 and not _has_length(headers):
            # HTTP/1.0 has no chunked encoding. A length that is too large reveals the break.
            headers += ((b"content-length", b"%d" % (len(body) + (not complete))),)
        more_body = not complete or self._waits_for_body
        await send_response(self._send, answer.status, headers, body, more_body=more_body)
        self.frames_sent = len(answer.chunks)
        self.moments = [self._lane.clock._moment()]

    async def _wait_and_send_in_one_write(self) -> None:
        """Send all frames after all pauses, unless the client disconnects first."""
        try:
            async with asyncio.timeout_at(self.connection.arrived + sum(self.answer.pauses)):
                await wait_for_disconnect(self._receive)
        except TimeoutError:
            await self._send_in_one_write()

    async def _stream(self) -> None:
        """Send each frame after its pause, until the client disconnects."""
        from mock_electron.serve.paced import PacedStream  # imported here for the reason there

        answer = self.answer if isinstance(self.answer, Answer) else self.answer.written()
        stream = PacedStream(answer, self.connection, self._turns, self._count, self.end)
        await stream(self._scope, self._receive, self._send)

    def end(self, arrival: Arrival | None = None) -> None:
        """Report the end of the answer to the lane. Later calls have no effect.

        Args:
            arrival: The whole request, if its body arrived after the answer.
        """
        if not self._has_ended:
            self._has_ended = True
            self._lane.close(self.answer, self.frames_sent, self.moments, arrival)

    def _count(self, frames: int) -> None:
        self.frames_sent += frames
        self.moments += [self._lane.clock._moment()] * frames


def _has_length(headers: Headers) -> bool:
    return any(name == b"content-length" for name, _ in headers)


async def send_response(
    send: Send, status: int, headers: Headers, body: bytes, *, more_body: bool = False
) -> None:
    """Send a response in one piece.

    Args:
        send: The ASGI send function.
        status: HTTP status code.
        headers: Response headers.
        body: Response body.
        more_body: Whether to leave the response open after the body.
    """
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": more_body})
