"""Paced streams, played by sse-starlette: the frames of an answer, each at its deadline.

1. The frames are ready bytes. The library adds nothing: no headers, no pings, no separators.
2. The first deadline counts from the arrival of the request, so it does not depend on how long the
   decision takes. All others count from the first frame, not from the previous one: a busy server
   may start late, but it keeps the pace, and small delays do not add up.
3. Frames that are overdue are sent without waiting for the event loop in between.
4. The library runs `_stream_response` in a task group, which it cancels when the client
   disconnects. The server ends streams itself when it stops, by aborting their connections.

This module is imported when it is needed, because importing sse-starlette takes 50 ms. That import
replaces `uvicorn.Server.handle_exit`; serve/server.py does not use the method.
"""

import asyncio
from collections.abc import Callable
from typing import Final

import anyio
from sse_starlette import EventSourceResponse
from starlette.types import Receive, Scope, Send

from mock_electron.engine.answer import Answer
from mock_electron.engine.faults.delivery import COMPLETE
from mock_electron.serve.connection import Connection
from mock_electron.serve.turns import Turns

NEVER: Final = 10**9
"""The interval of pings in seconds, about 30 years. In sse-starlette before 3.4, an interval of 0
does not turn pings off: it sends them without a pause."""
MOST_IN_A_ROW: Final = 64
"""The maximum number of overdue frames that are sent before other connections are served."""


class PacedStream(EventSourceResponse):
    """The sending of a stream with pauses.

    Args:
        answer: The answer. It has a pause for each frame.
        connection: The connection of the request.
        turns: The turns of the streams that are due.
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
        super().__init__((), answer.status, ping=NEVER, sep="\n")
        self.raw_headers = list(answer.headers)
        self._answer, self._connection, self._turns = answer, connection, turns
        self._sent, self._ended = sent, ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream, until the client disconnects.

        The method of the library does the same with four tasks instead of one.
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
        answer, now = self._answer, asyncio.get_running_loop().time
        await asyncio.sleep(self._connection.arrived + answer.pauses[0] - now())
        due = max(self._connection.arrived + answer.pauses[0], now())
        begin, count = 0, len(answer.frames)
        while begin < count:
            if begin:
                due += answer.pauses[begin]
                await asyncio.sleep(due - now())
                await self._turns.take()
            end, latest = begin + 1, now()
            while (
                end < count and end - begin < MOST_IN_A_ROW and due + answer.pauses[end] <= latest
            ):
                due += answer.pauses[end]
                end += 1
            await self._send_together(send, begin, end)
            begin = end

    async def _send_together(self, send: Send, begin: int, end: int) -> None:
        answer, sent = self._answer, 0
        last = len(answer.frames) - 1
        with self._connection.in_one_packet():
            if begin == 0:
                head = {"status": answer.status, "headers": self.raw_headers}
                await send({"type": "http.response.start", **head})
            for number in range(begin, end):
                more = number < last or answer.ending != COMPLETE
                body = answer.frames[number]
                await send({"type": "http.response.body", "body": body, "more_body": more})
                sent += 1
        self._sent(sent)

    @staticmethod
    async def _listen_for_exit_signal() -> None:
        """Wait until the stream ends. The library's own state is shared by all servers."""
        await anyio.sleep_forever()
