"""The exchanges of a lane, read often: those that have ended are built once.

Reading takes milliseconds when there are thousands, so it runs in a thread. A page that follows a
busy lane reads a window, which does not build the exchanges outside of it.
"""

from collections.abc import Callable
from threading import Lock
from typing import Final, TypeVar, TypeVarTuple
from weakref import WeakKeyDictionary

import anyio
import anyio.to_thread
from msgspec import Struct

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.journal import Journal
from mock_electron.engine.lane import Lane
from mock_electron.engine.recorded import exchange_of_record
from mock_electron.engine.retries import CountedExchanges, with_attempts

MOST_THREADS: Final = 4
"""The number of threads that read journals. The other routes have threads of their own."""
Given = TypeVarTuple("Given")
Result = TypeVar("Result")


class Window(Struct, frozen=True):
    """Some exchanges of a lane in a row, requests for other paths included.

    Attributes:
        exchanges: The exchanges.
        offset: The index of the first one.
        of: The number of all exchanges.
        dropped: The number of older exchanges that the journal no longer has.
    """

    exchanges: tuple[Exchange, ...]
    offset: int
    of: int
    dropped: int


class ReadJournals:
    """Reads the journals of lanes. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._limiter: anyio.CapacityLimiter | None = None
        self._read: WeakKeyDictionary[Lane, _ReadJournal] = WeakKeyDictionary()

    async def read(self, lane: Lane) -> tuple[Exchange, ...]:
        """Return all exchanges in order as they are now, those in flight included."""
        return await self.run(self._exchanges, lane)

    async def run(self, function: Callable[[*Given], Result], *given: *Given) -> Result:
        """Run a function that takes long in one of a few threads, so that others are left."""
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(MOST_THREADS)
        return await anyio.to_thread.run_sync(function, *given, limiter=self._limiter)

    def _exchanges(self, lane: Lane) -> tuple[Exchange, ...]:
        with self._lock:
            known = self._read.get(lane)
            if known is None:
                known = self._read[lane] = _ReadJournal()
            return known.read(lane.journal)

    async def window(self, lane: Lane, offset: int | None, limit: int) -> Window:
        """Return some exchanges as they are now.

        Args:
            lane: The lane.
            offset: The index of the first one; None for the latest.
            limit: At most this many.
        """
        return await self.run(_window, lane, offset, limit)


class _ReadJournal:
    """What was read of a journal before."""

    def __init__(self) -> None:
        self._start(0)

    def _start(self, forgotten: int) -> None:
        self._forgotten = forgotten
        self._latest = forgotten - 1
        self._pending: dict[int, None] = {}
        self._counted = CountedExchanges()

    def read(self, journal: Journal) -> tuple[Exchange, ...]:
        """Return the exchanges."""
        news = journal.news(self._latest, self._pending)
        while news.forgotten != self._forgotten:
            self._start(news.forgotten)
            news = journal.news(self._latest, ())
        for record in news.ended:
            del self._pending[record.entry.number]
            self._counted.end(exchange_of_record(record))
        for record in news.added:
            self._latest = record.entry.number
            if record.ending is None:
                self._pending[record.entry.number] = None
            self._counted.add(exchange_of_record(record))
        self._counted.drop_before(news.oldest - news.forgotten)
        for number in [number for number in self._pending if number < news.oldest]:
            del self._pending[number]
        return self._counted.all()


def _window(lane: Lane, offset: int | None, limit: int) -> Window:
    journal = lane.journal
    chosen, begin, size = journal.window(offset, limit)
    repeated = {record.entry.fingerprint for record in chosen if record.entry.occurrence}
    # What they retry decides their attempts. Mostly there is nothing.
    before = journal.failed_before(chosen[0].number, repeated) if repeated else []
    known = {one.number: one for one in with_attempts(map(exchange_of_record, (*before, *chosen)))}
    exchanges = tuple([known[record.number] for record in chosen])
    return Window(exchanges, begin, size, journal.dropped)
