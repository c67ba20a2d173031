"""The exchanges of a lane, read often: those that have ended are built once.

Reading takes milliseconds when there are thousands, so it runs in a thread.
"""

from threading import Lock
from weakref import WeakKeyDictionary

import anyio
import anyio.to_thread

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.journal import Record, exchange_of_record
from mock_electron.engine.lane import Lane
from mock_electron.engine.retries import with_attempts
from mock_electron.traffic.exchanges import Exchanges, exchanges_of

POLL_INTERVAL = 0.01
"""Seconds between two looks at a journal that is waited for."""


class ReadJournals:
    """Reads the journals of lanes. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._built: WeakKeyDictionary[Lane, dict[int, Exchange]] = WeakKeyDictionary()

    async def read(self, lane: Lane, url: str) -> Exchanges:
        """Return the exchanges as they are now, without waiting for those in flight."""
        return await anyio.to_thread.run_sync(self._read, lane, url)

    def _read(self, lane: Lane, url: str) -> Exchanges:
        with self._lock:
            records = lane.journal.records()
            before = self._built.get(lane, {})
            built = [self._exchange(record, before) for record in records]
            self._built[lane] = {
                record.entry.number: exchange
                for record, exchange in zip(records, built, strict=True)
                if record.ending is not None
            }
        return exchanges_of(with_attempts(built), lane.journal.dropped, url)

    def _exchange(self, record: Record, before: dict[int, Exchange]) -> Exchange:
        known = before.get(record.entry.number)
        return known if known and known.number == record.number else exchange_of_record(record)


async def settled(lane: Lane, seconds: float) -> bool:
    """Wait until no answer is in flight, for at most this time. Return whether none is."""
    with anyio.move_on_after(seconds):
        while not lane.journal.is_settled:
            await anyio.sleep(POLL_INTERVAL)
    return lane.journal.is_settled
