"""Answers with pauses that the connection writes itself, with one timer for each answer.

They answer the same requests as those of serve/at_once.py: a known head and the whole body in one
packet, and a lane without scripts and faults. serve/paced.py sends all other streams. The bytes and
the deadlines are the same, but a stream begins in less time, because it needs no ASGI cycle and no
tasks. So many streams can start at once; see benchmarks/README.md.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from uvicorn.protocols.http.flow_control import FlowControl

from mock_electron.engine.clock import Moment
from mock_electron.engine.lane import Lane
from mock_electron.engine.ready import AnyAnswer
from mock_electron.serve.at_once import CHUNK, LAST_CHUNK, response, stream_head
from mock_electron.serve.deadlines import Deadlines
from mock_electron.serve.turns import Turns

ENOUGH: Final = 16_384
"""Bytes after which a write ends, because the client may not read them."""

logger: Final = logging.getLogger("mock_electron")


class TimedAnswer:
    """An answer with pauses, from its request to its last write.

    Args:
        answer: The answer. It has pauses, and no faults.
        lane: The lane that gave it. It is told when the answer ends.
        transport: The transport of the connection.
        flow: The flow control of the connection.
        turns: The turns of the streams of this event loop.
        arrived: When the request arrived, in seconds on the clock of the event loop.
        completed: Called after the last write.
    """

    def __init__(
        self,
        answer: AnyAnswer,
        lane: Lane,
        transport: asyncio.Transport,
        flow: FlowControl,
        turns: Turns,
        arrived: float,
        completed: Callable[[], None],
    ) -> None:
        self._answer, self._lane, self._completed = answer, lane, completed
        self._transport, self._flow, self._turns = transport, flow, turns
        self._loop = asyncio.get_running_loop()
        self._is_whole = len(answer.chunks) == 1
        self._frames: tuple[bytes, ...] = ()  # written with the first one, not while streams begin
        pauses = (sum(answer.pauses),) if self._is_whole else answer.pauses
        self._deadlines = Deadlines(pauses, arrived)
        self._next = 0
        self._moments: list[Moment] = []
        self._has_ended = self._waits_for_client = False
        self._timer = self._loop.call_at(self._deadlines.due, self._write)

    def stop(self) -> None:
        """Stop, because the client has disconnected."""
        if not self._has_ended:
            self._timer.cancel()
            self._end()

    def resume(self) -> None:
        """Write again, because the client has read what was written."""
        if self._waits_for_client:
            self._waits_for_client = False
            self._write()

    def _write_in_turn(self) -> None:
        """Write the frames that are due, now or in one of the next rounds of the event loop."""
        if self._turns.are_taken():
            self._turns.call(self._write)
        else:
            self._write()

    def _write(self) -> bool:
        """Write the frames that are due. Return whether there was anything to do."""
        if self._has_ended or self._transport.is_closing():
            return False
        try:
            self._write_until_paused()
        except Exception:
            logger.exception("mock-electron failed to write an answer")
            self._transport.abort()
        return True

    def _write_until_paused(self) -> None:
        """Write the frames that are due, or fewer if the client does not read them."""
        begin = self._next
        if begin == self._deadlines.taken:
            self._deadlines.take(self._loop.time())
        while self._next < self._deadlines.taken and not self._flow.write_paused:
            self._transport.write(self._next_frames())
        self._moments += [self._lane.clock._moment()] * (self._next - begin)
        if self._next < self._deadlines.taken:
            self._waits_for_client = True
        elif self._deadlines.are_over:
            self._end()
            self._completed()
        else:
            self._timer = self._loop.call_at(self._deadlines.due, self._write_in_turn)

    def _next_frames(self) -> bytes:
        """Return the bytes of frames that are due, and go past them: at least one, and few bytes.

        uvloop passes each write to the system at once, so one write for each frame would be slow.
        """
        joined = self._bytes_of(self._next)
        self._next += 1
        while self._next < self._deadlines.taken and len(joined) < ENOUGH:
            joined += self._bytes_of(self._next)
            self._next += 1
        return joined

    def _bytes_of(self, number: int) -> bytes:
        """Return the bytes of a frame: an HTTP chunk, with the head before the first one."""
        answer = self._answer
        if self._is_whole:
            return response(answer)
        frames = self._frames = self._frames or answer.frames
        frame = frames[number]
        chunk = CHUNK % (len(frame), frame)
        if number == 0:
            return stream_head(answer) + chunk
        return chunk + LAST_CHUNK if number == len(frames) - 1 else chunk

    def _end(self) -> None:
        self._has_ended = True
        self._lane.close(self._answer, len(self._moments), self._moments)
