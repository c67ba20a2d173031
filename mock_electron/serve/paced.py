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
from starlette.types import Send

from mock_electron.engine.answer import Answer
from mock_electron.engine.faults.delivery import COMPLETE
from mock_electron.serve.connection import Connection

NEVER: Final = 10**9
"""The interval of pings in seconds, about 30 years. In sse-starlette before 3.4, an interval of 0
does not turn pings off: it sends them without a pause."""
MOST_AT_ONCE: Final = 64
"""The maximum number of overdue frames that are sent before other connections are served."""


class PacedStream(EventSourceResponse):
    """The sending of a stream with pauses.

    Args:
        answer: The answer. It has a pause for each frame.
        connection: The connection of the request.
        sent: Called after each frame.
        ended: Called right after the last frame, before anything else runs, or after a disconnect.
    """

    def __init__(
        self,
        answer: Answer,
        connection: Connection,
        sent: Callable[[], None],
        ended: Callable[[], None],
    ) -> None:
        super().__init__((), answer.status, ping=NEVER, sep="\n")
        self.raw_headers = list(answer.headers)
        self._answer, self._connection = answer, connection
        self._sent, self._ended = sent, ended

    async def _stream_response(self, send: Send) -> None:
        try:
            await self._send_frames(send)
        finally:
            self._ended()

    async def _send_frames(self, send: Send) -> None:
        answer, now = self._answer, asyncio.get_running_loop().time
        due, last = self._connection.arrived, len(answer.frames) - 1
        for number, (frame, pause) in enumerate(zip(answer.frames, answer.pauses, strict=True)):
            due += pause
            delay = due - now()
            if delay > 0 or not number % MOST_AT_ONCE:
                await asyncio.sleep(delay)
            if number == 0:
                head = {"status": answer.status, "headers": self.raw_headers}
                await send({"type": "http.response.start", **head})
                due = max(due, now())
            more = number < last or answer.ending != COMPLETE
            await send({"type": "http.response.body", "body": frame, "more_body": more})
            self._sent()

    @staticmethod
    async def _listen_for_exit_signal() -> None:
        """Wait until the stream ends. The library's own state is shared by all servers."""
        await anyio.sleep_forever()
