"""How many times in a row a request has failed, for the condition `attempt`.

`Exchange.attempt` counts the same way, from the exchanges in the journal. The lane counts itself,
because the journal may have dropped the earlier ones.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

REMEMBERED_REQUESTS: Final = 100_000
"""The maximum number of different requests that are counted; the least recent is dropped."""

RequestKey = tuple[bytes, bytes]
"""Identifies equal requests: the id of the account, and the fingerprint of the request."""


@dataclass(slots=True)
class _Latest:
    """The latest of several equal requests.

    Attributes:
        number: The number of its exchange.
        attempt: Its number in a row of attempts, from 1.
        failed: Whether it got no complete reply, so that the client may send it again.
    """

    number: int
    attempt: int
    failed: bool


class Attempts:
    """Counts the attempts of each request."""

    def __init__(self) -> None:
        self._latest: OrderedDict[RequestKey, _Latest] = OrderedDict()
        self._in_flight: dict[int, _Latest] = {}

    def next(self, key: RequestKey) -> int:
        """Return the number of the next request in its row of attempts. Do not count it."""
        latest = self._latest.get(key)
        return latest.attempt + 1 if latest is not None and latest.failed else 1

    def open(self, key: RequestKey, number: int, *, failed: bool) -> None:
        """Count a request.

        Args:
            key: The request.
            number: The number of its exchange.
            failed: Whether its answer is an error, or breaks off.
        """
        latest = _Latest(number, self.next(key), failed)
        self._latest[key] = self._in_flight[number] = latest
        self._latest.move_to_end(key)
        if len(self._latest) > REMEMBERED_REQUESTS:
            self._latest.popitem(last=False)

    def close(self, number: int, *, failed: bool) -> None:
        """Record how an answer ended.

        Args:
            number: The number of the exchange.
            failed: Whether the answer broke off, or the client disconnected.
        """
        latest = self._in_flight.pop(number, None)
        if latest is not None and failed:
            latest.failed = True

    def clear(self) -> None:
        """Forget all requests."""
        self._latest.clear()
        self._in_flight.clear()
