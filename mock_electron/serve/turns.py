"""Turns: how many paced streams send before the event loop serves other connections."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

MOST_AT_ONCE: Final = 8
"""The number of streams that send in one round of the event loop. If many are due, this leaves time
for new requests, and the frames of the others are sent together later."""


class Turns:
    """Lets a limited number of streams send in each round of the event loop.

    Many streams can be due at the same time. If all of them sent in the same round, new connections
    and requests would wait until the round ends.
    """

    def __init__(self) -> None:
        self._taken = 0
        self._waiting: deque[Callable[[], bool]] = deque()

    def are_taken(self) -> bool:
        """Take a turn in this round. Return whether none was left; if so, wait for one."""
        if self._taken == 0:
            asyncio.get_running_loop().call_soon(self._begin_round)
        self._taken += 1
        return self._taken > MOST_AT_ONCE

    def call(self, send: Callable[[], bool]) -> None:
        """Call a function in one of the next rounds. It returns whether it needed the turn."""
        self._waiting.append(send)

    async def wait(self) -> None:
        """Wait for a turn in one of the next rounds."""
        turn = asyncio.get_running_loop().create_future()
        self.call(lambda: _give(turn))
        await turn

    def _begin_round(self) -> None:
        """Give the turns of a round to the streams that have waited longest."""
        self._taken = 0
        try:
            while self._waiting and self._taken < MOST_AT_ONCE:
                self._taken += self._waiting.popleft()()
        finally:
            if self._taken or self._waiting:
                asyncio.get_running_loop().call_soon(self._begin_round)


def _give(turn: "asyncio.Future[None]") -> bool:
    """Give a turn, unless the client has disconnected, which cancels the waiting."""
    if turn.done():
        return False
    turn.set_result(None)
    return True
