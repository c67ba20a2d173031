"""Plays an answer to a client: its bytes, its pauses, its end, and the client who does not wait.

The first pause counts from when the request arrived, so that it does not depend on how long a
decision takes. All others count from the first frame, not from the one before: a busy server may
begin late, but it keeps the pace, and small delays do not add up.

A lane hears of the end in the moment of the last write, before the server can look at anything
else: the client's next request finds its slot free.
"""

import asyncio

from starlette.types import Receive, Scope, Send

from mock_electron.engine.answer import NO_STATUS, Answer
from mock_electron.engine.clock import Moment
from mock_electron.engine.faults.delivery import COMPLETE, SILENCE
from mock_electron.engine.lane import Lane
from mock_electron.serve.connection import Connection, client_left, connection_of
from mock_electron.wire.headers import Headers


async def play(answer: Answer, lane: Lane, scope: Scope, receive: Receive, send: Send) -> None:
    """Send an answer, tell the lane how that ended, and break the connection where it says so."""
    played = Played(answer, lane, scope, receive, send)
    try:
        await played.to_its_end()
    finally:
        lane.close(answer, played.frames_sent, played.moments)
    if answer.ending != COMPLETE:
        if not played.connection.gone:
            played.connection.end(answer.ending, answer.surplus)
        await client_left(receive)  # until the server has seen it too


class Played:
    """An answer on its way out.

    frames_sent: how many of its frames are gone. moments: when they went; one for all where they
    went in one write. connection: what it goes out on.
    """

    def __init__(
        self, answer: Answer, lane: Lane, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self.answer = answer
        self.frames_sent: int = 0
        self.moments: list[Moment] = []
        self.connection: Connection = connection_of(scope)
        self._clock = lane.clock
        self._old = scope["http_version"] == "1.0"
        self._receive, self._send = receive, send

    async def to_its_end(self) -> None:
        """Send all frames, or those that the client stays for."""
        answer = self.answer
        if answer.status == NO_STATUS:
            await self._nothing()
        elif not answer.pauses:
            await self._at_once()
        elif len(answer.frames) == 1 or self._old:
            await self._after_its_pause()
        else:
            await self._frame_by_frame()

    async def _nothing(self) -> None:
        if self.answer.ending == SILENCE:
            await client_left(self._receive)

    async def _at_once(self) -> None:
        """All frames in one write: the same bytes as one by one, at a tenth of the cost."""
        if self.connection.gone:
            await client_left(self._receive)  # the server is about to see it too
            return
        answer, headers = self.answer, self.answer.headers
        whole = answer.ending == COMPLETE
        body = b"".join(answer.frames)
        if self._old and not _has_length(headers):
            # HTTP/1.0 knows no chunked encoding. A length that is not reached tells of a break.
            headers += ((b"content-length", b"%d" % (len(body) + (not whole))),)
        await send_whole(self._send, answer.status, headers, body, more=not whole)
        self._count(len(answer.frames))

    async def _after_its_pause(self) -> None:
        """An answer in one piece, when its last token is there, unless the client leaves before."""
        try:
            async with asyncio.timeout_at(self.connection.arrived + sum(self.answer.pauses)):
                await client_left(self._receive)
        except TimeoutError:
            await self._at_once()

    async def _frame_by_frame(self) -> None:
        """Each frame in its time, until the client leaves.

        Written for this, and not left to sse-starlette: with its tasks and checks for every stream
        and frame, a hundred streams keep a processor too busy to be in time.
        """
        player = asyncio.current_task()
        assert player is not None
        watcher = asyncio.create_task(self._watch_for(player))
        try:
            await self._in_time()
        except asyncio.CancelledError:
            if not watcher.done():
                raise  # it is the server that ends
            player.uncancel()
        finally:
            watcher.cancel()

    async def _watch_for(self, player: "asyncio.Task[None]") -> None:
        """Stop the player once the client has left."""
        await client_left(self._receive)
        player.cancel()

    async def _in_time(self) -> None:
        answer, loop = self.answer, asyncio.get_running_loop()
        head = {"status": answer.status, "headers": answer.headers}
        due, last = self.connection.arrived, len(answer.frames) - 1
        for number, (frame, pause) in enumerate(zip(answer.frames, answer.pauses, strict=True)):
            due += pause
            await asyncio.sleep(due - loop.time())
            if number == 0:
                await self._send({"type": "http.response.start", **head})
                due = max(due, loop.time())
            more = number < last or answer.ending != COMPLETE
            await self._send({"type": "http.response.body", "body": frame, "more_body": more})
            self._count(1)

    def _count(self, frames: int) -> None:
        self.moments.append(self._clock.moment())
        self.frames_sent += frames


def _has_length(headers: Headers) -> bool:
    return any(name == b"content-length" for name, _ in headers)


async def send_whole(
    send: Send, status: int, headers: Headers, body: bytes, *, more: bool = False
) -> None:
    """Send a response in one piece. more: leave it open."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": more})
