"""What a journal keeps: the entries and endings of exchanges, bounded in number and size."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from threading import Condition, RLock

from msgspec.structs import replace

from mock_electron.engine.clock import Moment
from mock_electron.engine.ending import Ending
from mock_electron.engine.entry import Entry, Record
from mock_electron.engine.outline import Outline
from mock_electron.engine.setting_table import SETTINGS
from mock_electron.wire.errors import NOT_SCRIPTED

Observer = Callable[[Record], object]
"""Called with what is recorded of an exchange."""


def records_of(entries: Iterable[Entry], endings: Mapping[int, Ending], first: int) -> list[Record]:
    """Return what is recorded of exchanges, with their numbers since the last `clear`."""
    return [Record(one.number - first, one, endings.get(one.number)) for one in entries]


class Recording:
    """What is recorded of the exchanges of a lane. Safe to use from several threads.

    Above either maximum, the oldest exchanges are dropped.

    Args:
        max_exchanges: The maximum number of exchanges; 0 to record none.
        max_bytes: The maximum memory of the exchanges, in bytes.

    Attributes:
        opened: The number of exchanges that were recorded.
        dropped: The number of exchanges that were dropped because of a bound.
        dropped_refusals: The number of those that a strict lane had refused.
        dropped_raised: The number of those on which a user function had raised.
    """

    def __init__(
        self,
        max_exchanges: int = SETTINGS["journal_exchanges"].default,
        max_bytes: int = SETTINGS["journal_bytes"].default,
    ) -> None:
        self._max_exchanges = max_exchanges
        self._max_bytes = max_bytes
        self._entries: OrderedDict[int, Entry] = OrderedDict()
        self._endings: dict[int, Ending] = {}
        self._in_flight: dict[int, Entry] = {}
        self._cleared: dict[int, Entry] = {}  # in flight when the journal was cleared
        self._failed: set[int] = set()  # those that a client may retry
        self._bytes = 0
        self._dropped_arrived: Moment | None = None
        self._lock = RLock()
        self._settled = Condition(self._lock)
        self._readers = 0
        self._first = 0
        self.opened: int = 0
        self.dropped: int = 0
        self.dropped_refusals: int = 0
        self.dropped_raised: int = 0
        self._never_ended = 0
        self._observers: tuple[Observer, ...] = ()
        self._observers_of_cleared: tuple[Observer, ...] = ()

    def open(self, entry: Entry) -> None:
        """Record an exchange, before its first byte is sent."""
        with self._lock:
            number = entry.number
            self._entries[number] = entry
            self._in_flight[number] = entry
            self._bytes += entry.size
            self.opened += 1
            if len(self._entries) > self._max_exchanges or self._bytes > self._max_bytes:
                self._drop_surplus()
            if self._observers:
                self._tell(Record(number - self._first, entry, None))

    def close(self, number: int, ending: Ending, body: bytes | None = None) -> None:
        """Record how an exchange ended. If it has been dropped, record nothing.

        Args:
            number: The number of the exchange.
            ending: How it ended.
            body: The body of the request, if it arrived after the answer.
        """
        with self._lock:
            entry = self._in_flight.pop(number, None)
            if number in self._entries:
                if body:
                    self._add_body(number, body)
                self._endings[number] = ending
                self._note_failure(self._entries[number], ending)
                self._bytes += ending.size
                if self._bytes > self._max_bytes:
                    self._drop_surplus()
            if self._readers:
                self._settled.notify_all()
            if entry is None:
                self._tell_of_cleared(number, ending)
            elif self._observers:
                self._tell(Record(number - self._first, entry, ending))

    def add(self, entry: Entry, ending: Ending) -> None:
        """Record an exchange whose answer was sent in one write."""
        with self._lock:
            self._entries[entry.number] = entry
            self._endings[entry.number] = ending
            if entry.outline.error is not None:
                self._failed.add(entry.number)
            self._bytes += entry.size + ending.size
            self.opened += 1
            if len(self._entries) > self._max_exchanges or self._bytes > self._max_bytes:
                self._drop_surplus()
            if self._observers:
                number = entry.number - self._first
                self._tell(Record(number, entry, None))
                self._tell(Record(number, entry, ending))

    def _tell(self, record: Record) -> None:
        for observer in self._observers:
            observer(record)

    def _tell_of_cleared(self, number: int, ending: Ending) -> None:
        entry = self._cleared.pop(number, None)
        if entry is None:
            return
        for observer in self._observers_of_cleared:
            observer(Record(number - self._first, entry, ending))

    def observe_cleared(self, observer: Observer) -> None:
        """Tell an observer when exchanges end that were in flight when the journal was cleared.

        No other observer is told of them. Their numbers are negative. A second call with the same
        observer has no effect.
        """
        with self._lock:
            if observer not in self._observers_of_cleared:
                self._observers_of_cleared += (observer,)

    def observe(self, observer: Observer) -> list[Record]:
        """Tell an observer what is recorded from now on. Return what was recorded before.

        Args:
            observer: Called whenever an exchange is recorded, and again when its answer ends. It
                must return at once, because it is called under the lock.
        """
        with self._lock:
            self._observers += (observer,)
            found = self._snapshot()
        return records_of(*found)

    def _add_body(self, number: int, body: bytes) -> None:
        before, added = self._entries[number], len(body)
        self._entries[number] = replace(before, body=body, size=before.size + added)
        self._bytes += added

    @property
    def size(self) -> int:
        """The memory of the exchanges, in bytes."""
        return self._bytes

    @property
    def is_settled(self) -> bool:
        """Whether no answer is in flight."""
        return not self._in_flight

    @property
    def ended(self) -> int:
        """The number of exchanges that have ended, without those in flight at a `clear`."""
        return self.opened - len(self._in_flight) - self._never_ended

    @property
    def forgotten(self) -> int:
        """The number of exchanges that were recorded before the last `clear`."""
        return self._first

    def clear(self) -> None:
        """Forget all exchanges, including those in flight. The next one has the number 0."""
        with self._settled:
            self._cleared |= self._in_flight
            self._never_ended += len(self._in_flight)
            self._entries.clear()
            self._endings.clear()
            self._in_flight.clear()
            self._failed.clear()
            self._bytes = self.dropped = self.dropped_refusals = self.dropped_raised = 0
            self._dropped_arrived = None
            self._first = self.opened
            self._settled.notify_all()

    def _snapshot(self) -> tuple[list[Entry], dict[int, Ending], int]:
        """Return copies of what is recorded. They are fast, because requests wait meanwhile."""
        return list(self._entries.values()), self._endings.copy(), self._first

    def _note_failure(self, entry: Entry, ending: Ending) -> None:
        outline = entry.outline
        left_early = ending.frames_sent != len(entry.answer.chunks)
        if outline.error is not None or outline.faults or left_early:
            self._failed.add(entry.number)

    def drop_all(self) -> None:
        """Drop all exchanges, as if a bound were reached."""
        with self._lock:
            while self._entries:
                self._drop_oldest()

    def _drop_surplus(self) -> None:
        while len(self._entries) > self._max_exchanges or self._bytes > self._max_bytes:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        number, entry = self._entries.popitem(last=False)
        ending = self._endings.pop(number, None)
        self._failed.discard(number)
        self._bytes -= entry.size + (ending.size if ending else 0)
        self._dropped_arrived = entry.arrived
        self.dropped += 1
        self._count_dropped(entry.outline)

    def _count_dropped(self, outline: Outline) -> None:
        """Count what no verdict may forget."""
        if outline.error is not None and outline.error.name == NOT_SCRIPTED.name:
            self.dropped_refusals += 1
        if outline.raised:
            self.dropped_raised += 1
