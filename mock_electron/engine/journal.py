"""The journal of a lane: its exchanges, bounded in number and size.

Reading waits until no answer is in flight. recording.py keeps what is recorded.
"""

from collections.abc import Iterable, Iterator, Set
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from mock_electron.engine.clock import Moment
from mock_electron.engine.entry import Entry, Record
from mock_electron.engine.recording import Recording, records_of

if TYPE_CHECKING:
    from mock_electron.engine.exchange import Exchange

SETTLING_TIME: Final = 5.0
"""The maximum time that a reader waits for answers in flight, in seconds."""
CLOSE_THE_STREAM: Final = "Read the stream to its end, or close it, before reading the exchanges."
"""What to do about answers in flight."""


class News(Struct, frozen=True):
    """What has changed in a journal since it was read.

    Attributes:
        added: The exchanges that were added.
        ended: Those that have ended, of those that were in flight.
        oldest: The number of the oldest exchange, counted from the first of the journal.
        forgotten: The number of exchanges before the last `clear`.
    """

    added: list[Record]
    ended: list[Record]
    oldest: int
    forgotten: int


class StillInFlightError(Exception):
    """The journal was read while answers were in flight, and they did not end in time."""

    __module__ = "mock_electron"  # as reports show it


class Journal(Recording):
    """The exchanges of a lane. Safe to use from several threads.

    Above either maximum, the oldest exchanges are dropped.

    Args:
        max_exchanges: The maximum number of exchanges; 0 to record none.
        max_bytes: The maximum memory of the exchanges, in bytes.
    """

    def read(
        self,
        timeout: float = SETTLING_TIME,
        *,
        waited: float = 0.0,
        advice: str = CLOSE_THE_STREAM,
    ) -> "tuple[Exchange, ...]":
        """Return all exchanges in order of arrival, once no answer is in flight.

        Args:
            timeout: The maximum wait in seconds.
            waited: The seconds that the caller has already waited, for the message.
            advice: What to do about answers in flight, for the message.

        Raises:
            StillInFlightError: If an answer is still in flight after that time.
        """
        with self._settled:
            if not self._wait(timeout):
                raise StillInFlightError(
                    f"answers are still in flight after {timeout + waited:g} s: "
                    f"{'; '.join(self._describe_in_flight())}. {advice}"
                )
            found = self._snapshot()
        return _exchanges_of(records_of(*found))

    def peek(self) -> "tuple[Exchange, ...]":
        """Return all exchanges, including those in flight, without waiting."""
        return _exchanges_of(self.records())

    def records(self) -> list[Record]:
        """Return what is recorded of each exchange, in order, without waiting."""
        with self._lock:
            found = self._snapshot()
        return records_of(*found)

    def news(self, after: int, pending: Iterable[int]) -> News:
        """Return what has changed since an earlier call, without waiting.

        Args:
            after: The number of the latest exchange that is known, counted from the first of the
                journal; -1 for none.
            pending: The numbers of those that were in flight, counted in the same way.
        """
        with self._lock:
            recent = takewhile(lambda entry: entry.number > after, reversed(self._entries.values()))
            entries = [*reversed(list(recent))]
            ended = [self._entries[n] for n in pending if n in self._endings]
            numbers = [entry.number for entry in (*entries, *ended)]
            endings = {n: self._endings[n] for n in numbers if n in self._endings}
            oldest = next(iter(self._entries), self.opened)
            first = self._first
        return News(
            records_of(entries, endings, first), records_of(ended, endings, first), oldest, first
        )

    def window(self, offset: int | None, limit: int) -> tuple[list[Record], int, int]:
        """Return some records in a row, without waiting.

        Args:
            offset: The index of the first one; None for the latest.
            limit: At most this many.

        Returns:
            The records, the index of the first, and the number of all.
        """
        with self._lock:
            size = len(self._entries)
            begin = max(size - limit, 0) if offset is None else min(offset, size)
            entries = list(islice(self._entries.values(), begin, begin + limit))
            return [self._record(entry) for entry in entries], begin, size

    def failed_before(self, number: int, fingerprints: Set[bytes]) -> list[Record]:
        """Return the earlier records of requests, from the first one on that a client may retry.

        Args:
            number: The number of the exchange before which they must be.
            fingerprints: The fingerprints of the requests.
        """
        with self._lock:
            last, entries = number + self._first, self._entries
            failed = [
                n
                for n in (*self._failed, *self._in_flight)
                if n < last and n in entries and entries[n].fingerprint in fingerprints
            ]
            if not failed:
                return []
            first = min(failed)
            return [
                self._record(entry)
                for entry in entries.values()
                if first <= entry.number < last and entry.fingerprint in fingerprints
            ]

    def _record(self, entry: Entry) -> Record:
        return Record(entry.number - self._first, entry, self._endings.get(entry.number))

    @property
    def number_in_flight(self) -> int:
        """The number of answers in flight."""
        return len(self._in_flight)

    def in_flight(self) -> "list[Exchange]":
        """Return the exchanges in flight that the journal has."""
        from mock_electron.engine.recorded import exchange_of_record  # for readers only

        with self._lock:
            entries = [self._entries[n] for n in sorted(self._in_flight) if n in self._entries]
            first = self._first
        return [exchange_of_record(record) for record in records_of(entries, {}, first)]

    @property
    def latest(self) -> Moment | None:
        """When the latest request since the last `clear` arrived, or None if there was none.

        It counts even if the journal keeps no exchanges.
        """
        with self._lock:
            last = next(reversed(self._entries.values()), None)
            return self._dropped_arrived if last is None else last.arrived

    def _wait(self, timeout: float) -> bool:
        """Return whether no answer is in flight, after at most `timeout` seconds."""
        self._readers += 1
        try:
            return self._settled.wait_for(lambda: not self._in_flight, timeout)
        finally:
            self._readers -= 1

    def _describe_in_flight(self) -> Iterator[str]:
        from mock_electron.engine.recorded import exchange_of_entry

        for number in sorted(self._in_flight):
            entry = self._entries.get(number)
            exchange = exchange_of_entry(entry) if entry else None
            path = f" {exchange.method} {exchange.path}" if exchange else ""
            yield f"exchange #{number - self._first}{path}"


def _exchanges_of(records: list[Record]) -> "tuple[Exchange, ...]":
    from mock_electron.engine.recorded import exchanges_of  # for readers only

    return exchanges_of(records)
