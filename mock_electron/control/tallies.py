"""What the lanes of a server have answered, counted.

To count each exchange would make all requests slower, so nothing observes the journals before the
counts are asked for. Until then, a journal is counted when it is cleared or its lane is closed.
From then on, each exchange is counted when its answer has ended. It is only noted at first; the
event loop counts the noted ones soon after, a limited number at a time.
"""

import asyncio
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterable
from contextlib import suppress
from math import inf
from threading import Lock
from typing import Final
from weakref import WeakSet

from mock_electron.engine.decision import GATEWAY
from mock_electron.engine.ending import Ending
from mock_electron.engine.entry import Entry, Record
from mock_electron.engine.lane import Lane
from mock_electron.engine.recorded import seconds_to_first_chunk
from mock_electron.serve.lanes import Lanes

STEP: Final = "step"
"""Who answered, if it was a step."""
MOST_STEPS: Final = 100
"""The maximum number of steps that are counted by their number."""
LATER_STEPS: Final = f"above {MOST_STEPS}"
"""What stands for the number of any later step."""
FRESH: Final = "fresh"
CACHED: Final = "cached"
BOUNDS: Final = (0.01, 0.025, 0.05, 0.1, 0.175, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, inf)
"""Upper bounds of the waits for the first chunk, in seconds."""
DELAY: Final = 0.1
"""Seconds until an exchange that has ended is counted."""
MOST_AT_ONCE: Final = 500
"""The maximum number of exchanges that are counted before chat requests have their turn."""


class Tallies:
    """Counts of the exchanges that have ended. Safe to use from several threads.

    Args:
        lanes: The lanes.

    Attributes:
        requests: The number of requests by status, who answered, and the number of the step.
        rejections: The number of requests that the gateway refused, by status and error.
        tokens: The number of prompt tokens: fresh and cached.
        completion_tokens: The number of tokens of replies.
        chunks: The number of chunks that were sent.
        first_chunks: How many requests waited for their first chunk, by the bound of the wait.
        waited: The sum of these waits, in seconds by the clocks of the lanes.
        lock: Held while these change.
    """

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes
        self._noted: deque[Record] = deque()
        self.lock: Lock = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_due = False
        self._is_observing = False
        self._closed: WeakSet[Lane] = WeakSet()  # those that are counted already
        self.requests: Counter[tuple[int, str, str]] = Counter()
        self.rejections: Counter[tuple[int, str]] = Counter()
        self.tokens: Counter[str] = Counter()
        self.completion_tokens: int = 0
        self.chunks: int = 0
        self.first_chunks: Counter[float] = Counter()
        self.waited: float = 0.0

    def begin(self) -> None:
        """Count from now on, and what is in the journals. A second call has no effect."""
        if not self._is_observing:
            self._is_observing = True
            self._loop = asyncio.get_running_loop()
            self._lanes.observe(self._observe)

    def keep(self, lane: Lane) -> None:
        """Count what is in the journal of a lane now, because it will be cleared.

        What is in flight is counted when it has ended.
        """
        if not self._is_observing and lane not in self._closed:
            self._note_all(lane.journal.records())
            lane.journal.observe_cleared(self._note)

    def keep_closed(self, lane: Lane) -> None:
        """Count what is in the journal of a lane that was closed, and what is still in flight."""
        if not self._is_observing and lane not in self._closed:
            self._closed.add(lane)
            self._note_all(lane.journal.observe(self._note))

    def _note_all(self, records: Iterable[Record]) -> None:
        self._loop = asyncio.get_running_loop()
        for record in records:
            self._note(record)

    def count(self) -> None:
        """Count all that have ended until now."""
        while self._noted:
            self._count_some()

    def _observe(self, _name: str, lane: Lane) -> None:
        lane.journal.observe_cleared(self._note)
        for record in lane.journal.observe(self._note):
            self._note(record)

    def _note(self, record: Record) -> None:
        """Note an exchange if its answer has ended, and see to it that it is counted."""
        if record.ending is None:
            return
        self._noted.append(record)
        if not self._is_due and self._loop is not None:
            self._is_due = True
            with suppress(RuntimeError):  # the server has stopped
                self._loop.call_soon_threadsafe(self._loop.call_later, DELAY, self._count_soon)

    def _count_soon(self) -> None:
        self._is_due = False
        self._count_some()
        if self._noted and self._loop is not None:
            self._is_due = True
            self._loop.call_soon(self._count_soon)

    def _count_some(self) -> None:
        with self.lock:
            for _ in range(min(len(self._noted), MOST_AT_ONCE)):
                record = self._noted.popleft()
                assert record.ending is not None  # only those are noted
                self._add(record.entry, record.ending)

    def _add(self, entry: Entry, ending: Ending) -> None:
        outline, answer = entry.outline, entry.answer
        by = outline.answered_by if outline.step is None else STEP
        self.requests[answer.status, by, _step(outline.step)] += 1
        if by == GATEWAY and outline.error is not None:
            self.rejections[answer.status, outline.error.name] += 1
        self.chunks += sum(answer.chunks[: ending.frames_sent])
        if outline.reply is not None:
            usage = outline.reply.usage
            self.tokens[CACHED] += usage.cached_tokens
            self.tokens[FRESH] += usage.prompt_tokens - usage.cached_tokens
            self.completion_tokens += usage.completion_tokens
        seconds = seconds_to_first_chunk(entry.arrived.lane, answer, ending)
        if seconds is not None:
            self.first_chunks[BOUNDS[bisect_left(BOUNDS, seconds)]] += 1
            self.waited += seconds


def _step(number: int | None) -> str:
    if number is None:
        return ""
    return str(number) if number <= MOST_STEPS else LATER_STEPS
