"""Turns: how many paced streams send before the event loop serves other connections."""

import asyncio
from collections import deque
from typing import Final

MOST_AT_ONCE: Final = 32
"""The number of streams that send in one round of the event loop."""


class Turns:
    """Lets a limited number of streams send in each round of the event loop.

    Many streams can be due at the same time. If all of them sent in the same round, requests that
    arrive would wait for the round to end: uvloop accepts one connection per round and socket.
    """

    def __init__(self) -> None:
        self._taken = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def take(self) -> None:
        """Wait for a turn. Without many streams that are due, this returns at once."""
        if not self._taken:
            asyncio.get_running_loop().call_soon(self._begin_round)
        self._taken += 1
        if self._taken > MOST_AT_ONCE:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await turn

    def _begin_round(self) -> None:
        """Let the streams send that have waited longest."""
        self._taken = min(len(self._waiting), MOST_AT_ONCE)
        for _ in range(self._taken):
            turn = self._waiting.popleft()
            if not turn.done():  # cancelled, if the client has disconnected
                turn.set_result(None)
        if self._taken:
            asyncio.get_running_loop().call_soon(self._begin_round)
