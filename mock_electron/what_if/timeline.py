"""When requests come and replies end in another world.

1. With a real clock, a request comes at its recorded time. A reply ends by the pace of the other
   world. A request that contains a reply does not come before its end.
2. A frozen clock does not say which replies overlap, because a pace takes no real time. So the
   recorded order of all arrivals and ends is kept.
3. Of two events at the same time, the end of a reply comes first.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush
from itertools import accumulate
from typing import Final

from mock_electron.engine.exchange import CLIENT_LEFT, Exchange
from mock_electron.engine.faults.delivery import SILENCE
from mock_electron.engine.plan import plan_of
from mock_electron.engine.ready import AnyAnswer
from mock_electron.engine.settings import Settings
from mock_electron.what_if.order import order_of
from mock_electron.what_if.waiting import followed

ENDS: Final = 0
COMES: Final = 1


class Timeline:
    """The arrivals and ends of all exchanges, in order.

    Args:
        exchanges: The exchanges in the journal.
        settings: The settings with which they were recorded.

    Attributes:
        waited: Indices of requests that came later than in the journal, because they contain a
            reply that ends later.
    """

    def __init__(self, exchanges: Sequence[Exchange], settings: Settings) -> None:
        self.waited: list[int] = []
        self._exchanges, self._frozen = exchanges, settings.clock == "frozen"
        self._order = order_of(exchanges, plan_of(settings.plan)) if self._frozen else []
        self._follows = {} if self._frozen else followed(exchanges)
        self._ended: set[int] = set()
        self._waiting: dict[int, list[int]] = {}
        self._events = [(self._comes(index), COMES, index) for index in range(len(exchanges))]
        heapify(self._events)

    def events(self) -> Iterator[tuple[float, bool, int]]:
        """Yield the time of each event, whether a request comes, and the index of its exchange."""
        while self._events:
            at, kind, index = heappop(self._events)
            before = self._follows.get(index)
            if kind == COMES and before is not None and before not in self._ended:
                self._waiting.setdefault(before, []).append(index)
                continue
            time = self._exchanges[index].arrived_at if self._frozen else at
            yield time, kind == COMES, index
            if kind == ENDS:
                self._release(index, at)

    def ends(self, index: int, offset: float, now: float) -> None:
        """Add the end of a reply.

        Args:
            index: The index of its exchange.
            offset: The seconds from the request to the end.
            now: When the request came.
        """
        at = self._order[index][1] if self._frozen else now + offset
        heappush(self._events, (at, ENDS, index))

    def _comes(self, index: int) -> float:
        return self._order[index][0] if self._frozen else self._exchanges[index].arrived_at

    def _release(self, index: int, at: float) -> None:
        """Let the requests come that contain a reply."""
        self._ended.add(index)
        for one in self._waiting.pop(index, ()):
            self.waited.append(one)
            heappush(self._events, (at, COMES, one))


def sending(exchange: Exchange, answer: AnyAnswer) -> tuple[int, float]:
    """Return how many frames of an answer the client reads, and the seconds until it ends.

    A client that left after some chunks leaves after as many. One that left without a chunk leaves
    after as many seconds.

    Args:
        exchange: The exchange in the journal.
        answer: The answer in the other world.
    """
    chunks, schedule = answer.chunks, answer.schedule
    frames, waited = len(chunks), max(exchange.duration or 0.0, 0.0)
    if answer.ending == SILENCE:
        return frames, waited
    if exchange.outcome == CLIENT_LEFT:
        if not exchange.chunks_sent:
            return bisect_left(schedule or (0.0,) * frames, waited), waited
        sent = accumulate(chunks)
        enough = (n for n, count in enumerate(sent, 1) if count >= exchange.chunks_sent)
        frames = next(enough, frames)
    return frames, schedule[frames - 1] if schedule and frames else 0.0
