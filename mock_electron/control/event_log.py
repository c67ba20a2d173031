"""What happens in the lanes of a server: the latest events, and readers that follow them.

The latest events are kept in one list for all readers. A reader has a position in it, so that a
slow one needs no memory; it is told how many events it has missed.

A page that follows a lane only has to know that there is something to read. For it, exchanges are
not recorded but counted four times a second, so that it costs a chat request nothing.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from itertools import islice
from threading import Lock
from typing import Any, Final, Literal, NamedTuple, get_args

from msgspec import Struct

from mock_electron.control.lanes import OpenLanes
from mock_electron.control.refused import Refused
from mock_electron.engine.entry import Record
from mock_electron.engine.journal import Journal
from mock_electron.engine.lane import Lane
from mock_electron.wire import codec

MOST_KEPT: Final = 2_000
"""The maximum number of events that are kept."""
MOST_READERS: Final = 100
"""The maximum number of readers at the same time."""
MOST_AT_ONCE: Final = 50
"""The maximum number of events that a reader gets in one tick, so that chat requests have time."""
TICK: Final = 0.05
"""Seconds between two looks at the list."""
SLOW_TICK: Final = 0.25
"""The same for a reader that wants only the latest events."""


EventKind = Literal[
    "exchange",
    "ended",
    "settings",
    "steps",
    "faults",
    "clock",
    "reset",
    "barge_in",
    "opened",
    "closed",
]
"""What an event is about: an exchange was recorded or has ended; something changed."""
KINDS: Final[tuple[EventKind, ...]] = get_args(EventKind)
OF_EXCHANGES: Final[tuple[EventKind, ...]] = ("exchange", "ended")
"""The kinds that chat requests cause. The others are changes over the control API."""


class Event(Struct, frozen=True):
    """One event.

    Attributes:
        id: Its number, from 1.
        lane: The name of its lane.
        kind: What happened.
        exchange: The number of the exchange, if it is about one.
    """

    id: int
    lane: str
    kind: EventKind
    exchange: int | None = None


class Batch(NamedTuple):
    """Some events for a reader.

    Attributes:
        events: The events.
        position: The id of the last one that was looked at.
        lost: The number of events of all lanes that are lost before them.
        before: The id before the first one that was looked at.
    """

    events: list[Event]
    position: int
    lost: int
    before: int


class Events:
    """The latest events of a server. Safe to use from several threads.

    Nothing is recorded before the first reader.

    Args:
        lanes: The lanes of the server.
    """

    def __init__(self, lanes: OpenLanes) -> None:
        self._lanes = lanes
        self._kept: deque[Event] = deque(maxlen=MOST_KEPT)
        self._lock = Lock()
        self._is_recording = False
        self._is_observing = False
        self._waiting: asyncio.Condition | None = None
        self._ticker: asyncio.Task[None] | None = None
        self.last_id: int = 0
        self.readers: int = 0

    def publish(self, lane: str, kind: EventKind, exchange: int | None = None) -> None:
        """Add an event."""
        if not self._is_recording:
            return
        with self._lock:
            self.last_id += 1
            self._kept.append(Event(self.last_id, lane, kind, exchange))

    def after(self, position: int, lane: str | None, most: int = MOST_AT_ONCE) -> "Batch":
        """Return the next events after a position.

        Args:
            position: The id of the last event that was read.
            lane: The name of the lane of the events; None for all.
            most: The maximum number of events.
        """
        with self._lock:
            first = self.last_id - len(self._kept)
            lost = max(first - position, 0)
            begin = max(position - first, 0)
            found = list(islice(self._kept, begin, begin + most))
        before = max(position, first)
        after = found[-1].id if found else before
        return Batch([one for one in found if lane in (None, one.lane)], after, lost, before)

    async def follow(
        self, position: int | None, lane: str | None, *, latest: bool = False
    ) -> AsyncIterator[bytes]:
        """Yield events as they are sent, many at a time, until the reader or the server ends.

        Args:
            position: The id of the last event that the reader has; None for none before now.
            lane: The name of the lane of the events; None for all.
            latest: Whether to yield only the latest event of each kind and lane, four times a
                second. A page needs no others, and to read them all would take its time.
        """
        most, tick = (MOST_KEPT, SLOW_TICK) if latest else (MOST_AT_ONCE, TICK)
        position = self._first_position(position)
        yield _message("hello", position, {})
        while True:
            is_ending = self._lanes.is_ending
            batch = self.after(position, lane, most)
            position = batch.position
            told = _latest(batch.events) if latest else map(_told, batch.events)
            messages = [*_lost(batch), *told]
            if messages:
                yield b"".join(messages)
            if is_ending and position == self.last_id:
                return
            await asyncio.sleep(tick)
            if position == self.last_id:
                await self._next(position)

    async def follow_latest(
        self, position: int | None, lane: str, journal: Callable[[], Journal | None]
    ) -> AsyncIterator[bytes]:
        """Yield the latest event of each kind of a lane, four times a second.

        Args:
            position: The id of the last event that the reader has; None for none before now.
            lane: The name of the lane.
            journal: Returns its journal, or None if it is closed.
        """
        # A reader that comes back may have missed exchanges: they have no ids here.
        counted = _NOTHING if position is not None else _counts(journal())
        position = self._first_position(position)
        yield _message("hello", position, {})
        while True:
            is_ending = self._lanes.is_ending
            batch = self.after(position, lane, MOST_KEPT)
            position = batch.position
            before, counted = counted, _counts(journal())
            happened = counted.since(before)
            messages = [
                *_lost(batch),
                *_latest([one for one in batch.events if one.kind not in OF_EXCHANGES]),
                *(_message(kind, position, {"lane": lane}) for kind in happened),
            ]
            if messages:
                yield b"".join(messages)
            if is_ending:
                return
            await asyncio.sleep(SLOW_TICK)

    def _first_position(self, position: int | None) -> int:
        if position is None:
            return self.last_id
        return 0 if position > self.last_id else position  # the server was started again since

    def enter(self, *, observes: bool = True) -> None:
        """Count a reader, record events, and start the task that wakes the readers.

        Args:
            observes: Whether the reader needs each exchange.

        Raises:
            Refused: If there are too many readers.
        """
        if self.readers >= MOST_READERS:
            raise Refused(f"{MOST_READERS} readers follow the events already", 503)
        self.readers += 1
        self._is_recording = True
        if not observes:
            return
        self.begin()
        if self._waiting is None or self._ticker is None or self._ticker.done():
            self._waiting = asyncio.Condition()
            self._ticker = asyncio.get_running_loop().create_task(self._tick())

    def begin(self) -> None:
        """Record events from now on, those of exchanges too. A second call has no effect."""
        self._is_recording = True
        if not self._is_observing:
            self._is_observing = True
            self._lanes.all.observe(self._observe)

    async def _next(self, position: int) -> None:
        """Wait until there is an event after a position, or the server ends."""
        assert self._waiting is not None
        async with self._waiting:
            await self._waiting.wait_for(lambda: self.last_id > position or self._lanes.is_ending)

    async def _tick(self) -> None:
        """Wake the readers when there are new events, as long as there are readers."""
        assert self._waiting is not None
        seen = self.last_id
        while self.readers:
            await asyncio.sleep(TICK)
            if self.last_id != seen or self._lanes.is_ending:
                seen = self.last_id
                async with self._waiting:
                    self._waiting.notify_all()

    def _observe(self, name: str, lane: Lane) -> None:
        lane.journal.observe(partial(self._changed, name))

    def _changed(self, lane: str, record: Record) -> None:
        self.publish(lane, "exchange" if record.ending is None else "ended", record.number)


class _Counts(NamedTuple):
    """What a journal has recorded.

    Attributes:
        journal: The journal; None if the lane is closed.
        opened: The number of its exchanges.
        ended: The number of those that have ended.
    """

    journal: Journal | None
    opened: int
    ended: int

    def since(self, before: "_Counts") -> list[EventKind]:
        """Return what has happened to exchanges since an earlier count. A new lane had none."""
        opened, ended = before[1:] if before.journal is self.journal else (0, 0)
        happened = {"exchange": self.opened > opened, "ended": self.ended > ended}
        return [kind for kind in OF_EXCHANGES if happened[kind]]


_NOTHING: Final = _Counts(None, 0, 0)


def _counts(journal: Journal | None) -> _Counts:
    return _Counts(journal, journal.opened, journal.ended) if journal else _NOTHING


def _told(event: Event) -> bytes:
    about = {} if event.exchange is None else {"exchange": event.exchange}
    return _message(event.kind, event.id, {"lane": event.lane} | about)


def _latest(events: list[Event]) -> Iterator[bytes]:
    """Yield the latest event of each kind and lane, without the number of an exchange."""
    for one in {(one.lane, one.kind): one for one in events}.values():
        yield _message(one.kind, one.id, {"lane": one.lane})


def _lost(batch: Batch) -> list[bytes]:
    """Return the message about lost events. Its id is that of the last one of them."""
    return [_message("lost", batch.before, {"events": batch.lost})] if batch.lost else []


def _message(kind: str, number: int, data: dict[str, Any]) -> bytes:
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (number, kind.encode(), codec.encode(data))
