"""Paced streams: the frames of an answer, each sent at its deadline, with sse-starlette.

1. The frames are ready bytes. The library adds nothing: no headers, no pings, no separators.
2. Frames that are sent together are still HTTP chunks of their own, so the bytes of a stream do not
   depend on how busy the server is; see serve/deadlines.py.
3. When many streams are due, they take turns; see serve/turns.py. First frames need no turn.

Importing sse-starlette takes 50 ms and replaces `uvicorn.Server.handle_exit`. So this module is
imported at the start only if a lane has a pace, and otherwise when the first stream is played.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from starlette.types import Receive, Scope, Send

from mock_electron.engine.answer import Answer
from mock_electron.engine.faults.delivery import COMPLETE
from mock_electron.serve.connection import Connection
from mock_electron.serve.deadlines import Deadlines
from mock_electron.serve.event_stream import EventStream
from mock_electron.serve.turns import Turns

NEVER: Final = 10**9
"""The interval of pings in seconds, about 30 years. In sse-starlette before 3.4, an interval of 0
does not turn pings off: it sends them without a pause."""


class PacedStream(EventStream):
    """The sending of a stream with pauses.

    Args:
        answer: The answer. It has a pause for each frame.
        connection: The connection of the request.
        turns: The turns of the streams of this event loop.
        sent: Called with the number of frames after they were sent.
        ended: Called right after the last frame, before anything else runs, or after a disconnect.
    """

    def __init__(
        self,
        answer: Answer,
        connection: Connection,
        turns: Turns,
        sent: Callable[[int], None],
        ended: Callable[[], None],
    ) -> None:
        super().__init__(iter(answer.frames), answer.status, ping=NEVER, sep="\n")
        self.raw_headers: list[tuple[bytes, bytes]] = list(answer.headers)
        self._answer, self._connection, self._turns = answer, connection, turns
        self._sent, self._ended = sent, ended
        is_ended_by_frame = answer.ending == COMPLETE
        self._ending_frame = len(answer.frames) - 1 if is_ended_by_frame else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream, until the client disconnects.

        The method of the library does the same with three more tasks in a task group. For each
        stream it takes four times as long as this one, so that many streams that start at once
        start late; see benchmarks/README.md.
        """
        sender = asyncio.current_task()
        assert sender is not None
        watcher = asyncio.create_task(self._cancel_on_disconnect(receive, sender))
        try:
            await self._stream_response(send)
        except asyncio.CancelledError:
            if not watcher.done():
                raise  # the server is shutting down
            sender.uncancel()
        finally:
            watcher.cancel()

    async def _cancel_on_disconnect(self, receive: Receive, sender: "asyncio.Task[None]") -> None:
        await self._listen_for_disconnect(receive)
        sender.cancel()

    async def _stream_response(self, send: Send) -> None:
        try:
            await self._send_frames(send)
        finally:
            self.active = False
            self._ended()

    async def _send_frames(self, send: Send) -> None:
        deadlines = Deadlines(self._answer.pauses, self._connection.arrived)
        now = asyncio.get_running_loop().time
        await asyncio.sleep(deadlines.due - now())
        while True:
            await self._send_together(send, *deadlines.take(now()))
            if deadlines.are_over:
                return
            await asyncio.sleep(deadlines.due - now())
            if self._turns.are_taken():
                await self._turns.wait()

    async def _send_together(self, send: Send, begin: int, end: int) -> None:
        """Send frames, and before the first one the head."""
        number = begin
        try:
            if begin == 0:
                head = {"status": self._answer.status, "headers": self.raw_headers}
                await send({"type": "http.response.start", **head})
            for number in range(begin, end):
                more, body = number != self._ending_frame, self._answer.frames[number]
                await send({"type": "http.response.body", "body": body, "more_body": more})
            number = end
        finally:
            self._sent(number - begin)
