"""Plays an answer to a client: its bytes, its pauses, and the client who does not wait for them."""

import asyncio
from collections.abc import AsyncIterator

from starlette.types import Receive, Scope, Send

from mock_electron.engine.answer import Answer
from mock_electron.engine.journal import CLIENT_LEFT, COMPLETE
from mock_electron.engine.lane import Lane
from mock_electron.wire.render import Headers


async def play(answer: Answer, lane: Lane, scope: Scope, receive: Receive, send: Send) -> None:
    """Send an answer, and tell the lane how that ended."""
    played = Played(answer)
    try:
        if not answer.pauses:
            await played.at_once(scope, send)
        elif len(answer.frames) == 1 or scope["http_version"] == "1.0":
            await played.after_its_pause(scope, receive, send)
        else:
            await played.frame_by_frame(scope, receive, send)
    finally:
        complete = played.frames_sent == len(answer.frames)
        lane.close(answer, COMPLETE if complete else CLIENT_LEFT, played.frames_sent)


class Played:
    """An answer on its way out, and how many of its frames are gone."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.frames_sent = 0

    async def at_once(self, scope: Scope, send: Send) -> None:
        """All frames in one write: the same bytes as one by one, at a tenth of the cost."""
        answer, headers = self.answer, self.answer.headers
        body = b"".join(answer.frames)
        if scope["http_version"] == "1.0" and len(answer.frames) > 1:
            headers += ((b"content-length", b"%d" % len(body)),)  # it knows no chunked encoding
        await send_whole(send, answer.status, headers, body)
        self.frames_sent = len(answer.frames)

    async def after_its_pause(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An answer in one piece, when its last token is there, unless the client leaves before."""
        try:
            async with asyncio.timeout(sum(self.answer.pauses)):
                while (await receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            await self.at_once(scope, send)

    async def frame_by_frame(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Each frame in its time, until the client leaves."""
        # Imported late: it is needed for paced streams only, and importing it costs 15 ms.
        from sse_starlette import EventSourceResponse

        response = EventSourceResponse(self._paced_frames(), ping=0, sep="\n")
        response.raw_headers = list(self.answer.headers)  # exactly these: no header of its own
        await response(scope, receive, send)

    async def _paced_frames(self) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        due = loop.time()
        for frame, pause in zip(self.answer.frames, self.answer.pauses, strict=True):
            due += pause  # deadlines, so that small delays do not add up
            await asyncio.sleep(due - loop.time())
            yield frame
            self.frames_sent += 1


async def send_whole(send: Send, status: int, headers: Headers, body: bytes) -> None:
    """Send a response in one piece."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
