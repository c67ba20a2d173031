"""The exchanges of a lane, read often: those that have ended are built once.

Reading takes milliseconds when there are thousands, so it runs in a thread.
"""

from threading import Lock
from weakref import WeakKeyDictionary

import anyio
import anyio.to_thread

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.journal import Journal
from mock_electron.engine.lane import Lane
from mock_electron.engine.recorded import exchange_of_record
from mock_electron.engine.retries import CountedExchanges

POLL_INTERVAL = 0.01
"""Seconds between two looks at a journal that is waited for."""


class ReadJournals:
    """Reads the journals of lanes. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._read: WeakKeyDictionary[Lane, _ReadJournal] = WeakKeyDictionary()

    async def read(self, lane: Lane) -> tuple[Exchange, ...]:
        """Return all exchanges in order as they are now, those in flight included."""
        return await anyio.to_thread.run_sync(self._exchanges, lane)

    def _exchanges(self, lane: Lane) -> tuple[Exchange, ...]:
        with self._lock:
            known = self._read.get(lane)
            if known is None:
                known = self._read[lane] = _ReadJournal()
            return known.read(lane.journal)


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


async def settled(lane: Lane, seconds: float) -> bool:
    """Wait until no answer is in flight, for at most this time. Return whether none is."""
    with anyio.move_on_after(seconds):
        while not lane.journal.is_settled:
            await anyio.sleep(POLL_INTERVAL)
    return lane.journal.is_settled
