"""Plays an answer to a client: its bytes, its pauses, its end, and the client who does not wait.

Every pause counts from when the request arrived, so that a busy server is late once and not at
every frame, and a pace does not depend on how long a decision takes.
"""

import asyncio
from collections.abc import AsyncIterator

from starlette.types import Receive, Scope, Send

from mock_electron.engine.answer import NO_STATUS, Answer
from mock_electron.engine.faults.delivery import COMPLETE, SILENCE
from mock_electron.engine.lane import Lane
from mock_electron.serve.connection import client_left, connection_of
from mock_electron.wire.render import Headers


async def play(answer: Answer, lane: Lane, scope: Scope, receive: Receive, send: Send) -> None:
    """Send an answer, and tell the lane how that ended."""
    played = Played(answer, lane, scope, receive, send)
    try:
        if answer.status == NO_STATUS:
            await played.no_answer()
        elif not answer.pauses:
            await played.at_once()
        elif len(answer.frames) == 1 or scope["http_version"] == "1.0":
            await played.after_its_pause()
        else:
            await played.frame_by_frame()
    finally:
        lane.close(answer, played.frames_sent, played.first_frame_at)


class Played:
    """An answer on its way out.

    frames_sent: how many of its frames are gone. first_frame_at: when the first one went, by the
    lane's clock.
    """

    def __init__(
        self, answer: Answer, lane: Lane, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self.answer = answer
        self.frames_sent = 0
        self.first_frame_at: float | None = None
        self._clock = lane.clock
        self._scope, self._receive, self._send = scope, receive, send
        self._connection = connection_of(scope)

    async def no_answer(self) -> None:
        """Nothing is sent: the connection ends, or the client has to end it."""
        if self.answer.ending != SILENCE:
            self._connection.end(self.answer.ending)
        await client_left(self._receive)

    async def at_once(self) -> None:
        """All frames in one write: the same bytes as one by one, at a tenth of the cost."""
        if self._connection.gone:
            await client_left(self._receive)  # the server is about to see it too
            return
        answer, headers = self.answer, self.answer.headers
        whole = answer.ending == COMPLETE
        body = b"".join(answer.frames)
        if self._scope["http_version"] == "1.0" and not _has_length(headers):
            # It knows no chunked encoding. A length that is not reached tells of a break.
            headers += ((b"content-length", b"%d" % (len(body) + (not whole))),)
        ends_by_itself = whole or bool(answer.surplus)
        await send_whole(self._send, answer.status, headers, body, more=not ends_by_itself)
        self._count(len(answer.frames))
        if not whole:
            await self._break_off()

    async def after_its_pause(self) -> None:
        """An answer in one piece, when its last token is there, unless the client leaves before."""
        try:
            async with asyncio.timeout_at(self._connection.arrived + sum(self.answer.pauses)):
                await client_left(self._receive)
        except TimeoutError:
            await self.at_once()

    async def frame_by_frame(self) -> None:
        """Each frame in its time, until the client leaves."""
        # Imported late: it is needed for paced streams only, and importing it costs 15 ms.
        from sse_starlette import EventSourceResponse

        response = EventSourceResponse(self._paced_frames(), ping=0, sep="\n")
        response.raw_headers = list(self.answer.headers)  # exactly these: no header of its own
        await response(self._scope, self._receive, self._send)

    async def _paced_frames(self) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        due = self._connection.arrived
        for frame, pause in zip(self.answer.frames, self.answer.pauses, strict=True):
            due += pause  # deadlines, so that small delays do not add up
            await asyncio.sleep(due - loop.time())
            yield frame
            self._count(1)
        if self.answer.ending != COMPLETE:
            await self._break_off()

    async def _break_off(self) -> None:
        """End the connection, and wait until the server has seen that."""
        if self.answer.surplus:
            self._connection.write(self.answer.surplus)
        self._connection.end(self.answer.ending)
        await client_left(self._receive)

    def _count(self, frames: int) -> None:
        if not self.frames_sent:
            self.first_frame_at = self._clock.now()
        self.frames_sent += frames


def _has_length(headers: Headers) -> bool:
    return any(name == b"content-length" for name, _ in headers)


async def send_whole(
    send: Send, status: int, headers: Headers, body: bytes, *, more: bool = False
) -> None:
    """Send a response in one piece. more: leave it open."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": more})
