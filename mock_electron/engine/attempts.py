"""Which request retries which, for `Exchange.attempt` and for the condition `attempt`.

1. A request is a retry of the earliest equal attempt of the same account and client that failed,
   ended before the request arrived, and has no retry yet.
2. Two requests are of the same client if their headers in SAME_IN_RETRIES are equal: a program
   does not change them between two attempts.
3. A client that sends `x-stainless-retry-count` knows better: a request with the count 2 retries a
   request with the count 1, even if another request without a count above 0 was taken for its
   retry. The count 0 says nothing, because a client whose user retries always sends it.
4. The connection says nothing either: some clients open one for each attempt, and others share
   one between independent callers.

Two independent callers that send the same bytes with the same headers one after the other cannot
be told apart. A test that needs to gives them different API keys, headers or values of `user`.

The lane counts as requests arrive, because the journal may have dropped the earlier ones. The
journal counts again when it is read.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from math import inf
from typing import Final

from msgspec import Struct

from mock_electron.model.dice import fingerprint
from mock_electron.wire.headers import Headers

REMEMBERED_REQUESTS: Final = 100_000
"""The maximum number of different requests that are counted; the least recent is dropped."""
REMEMBERED_GUESSES: Final = 100
"""The maximum number of retries of one request that a later request may correct."""
RETRY_COUNT: Final = b"x-stainless-retry-count"
"""The header with which the OpenAI client says how often it has retried."""

SAME_IN_RETRIES: Final = (b"user-agent", b"idempotency-key")
"""The headers that are the same in all attempts of a client."""

RequestKey = tuple[str, bytes, bytes]
"""The id of the account, the fingerprint of the request, and the client."""


class Attempt(Struct, eq=False, gc=False):
    """One of several equal requests.

    A lane keeps tens of thousands of them. They refer to later ones only, so that there are no
    cycles for the garbage collector.

    Attributes:
        number: The number of its exchange.
        retries: How often the client has retried before, as it says itself; 0 if it does not say.
        failed: Whether the client may send it again: it got no complete reply.
        ended: When its answer ended, in seconds by the monotonic clock; infinity while it is in
            flight.
        attempt: Its number in a row of attempts, from 1.
        retry_of: The number of the exchange that it retries, or None.
        guess: The request that was taken for its retry without saying so itself, or None.
    """

    number: int
    retries: int
    failed: bool = False
    ended: float = inf
    attempt: int = 1
    retry_of: int | None = None
    guess: "Attempt | None" = None


class _Line(Struct):
    """The attempts of one request that a later one may retry, by number.

    Attributes:
        key: The request.
        failed: Those that failed and have no retry, the earliest first.
        in_flight: The number of those that have not ended.
        guessed: Those that have a guess. None instead of an empty dict, because most lines have
            none.
    """

    key: RequestKey
    failed: dict[int, Attempt]
    in_flight: int = 0
    guessed: dict[int, Attempt] | None = None

    def retried_by(self, arrived: float, retries: int) -> Attempt | None:
        """Return the attempt that a request retries, or None.

        Args:
            arrived: When the request arrived, in seconds by the monotonic clock.
            retries: How often the client has retried before, as it says itself.
        """
        if not self.failed and not (retries and self.guessed):
            return None  # nearly always
        if retries:
            known = {**self.guessed, **self.failed} if self.guessed else self.failed
            before = _first_of_count(retries - 1, _retriable(arrived, known))
            if before is not None:
                return before
        return next(_retriable(arrived, self.failed), None)

    def add(self, later: Attempt, arrived: float) -> None:
        """Add a request that arrived at this time, with what it retries."""
        before = self.retried_by(arrived, later.retries)
        self.in_flight += 1
        if later.failed:
            self.add_failed(later)
        if before is None:
            return
        self.failed.pop(before.number, None)
        self._forget_guess(before)
        later.attempt, later.retry_of = before.attempt + 1, before.number
        if not later.retries:
            self._guess(before, later)

    def add_failed(self, attempt: Attempt) -> None:
        """Add an attempt that has failed."""
        is_last = not self.failed or next(reversed(self.failed)) < attempt.number
        self.failed[attempt.number] = attempt
        if not is_last:  # later ones have failed before it
            self.failed = dict(sorted(self.failed.items()))

    def _guess(self, before: Attempt, later: Attempt) -> None:
        """Take a request for the retry of another one."""
        before.guess = later
        if self.guessed is None:
            self.guessed = {}
        self.guessed[before.number] = before
        if len(self.guessed) > REMEMBERED_GUESSES:
            self.guessed.pop(next(iter(self.guessed))).guess = None

    def _forget_guess(self, before: Attempt) -> None:
        """Correct the guess which request retries this one, if there is one."""
        if before.guess is None:
            return
        before.guess.attempt, before.guess.retry_of = 1, None
        before.guess = None
        if self.guessed is not None:
            self.guessed.pop(before.number, None)


def _retriable(arrived: float, attempts: Mapping[int, Attempt]) -> Iterator[Attempt]:
    return (one for one in attempts.values() if one.failed and one.ended <= arrived)


def _first_of_count(retries: int, attempts: Iterable[Attempt]) -> Attempt | None:
    """Return the earliest attempt with this count, or None."""
    matching = (one for one in attempts if one.retries == retries)
    return min(matching, key=lambda one: one.number, default=None)


class Attempts:
    """Counts the attempts of each request."""

    def __init__(self) -> None:
        self._lines: OrderedDict[RequestKey, _Line] = OrderedDict()
        self._in_flight: dict[int, tuple[_Line, Attempt]] = {}

    def next(self, key: RequestKey, retries: int, arrived: float) -> int:
        """Return the number of the attempt that this request is. Do not count it."""
        line = self._lines.get(key)
        if line is None:
            return 1
        before = line.retried_by(arrived, retries)
        return before.attempt + 1 if before else 1

    def open(
        self, key: RequestKey, retries: int, number: int, arrived: float, *, failed: bool
    ) -> Attempt:
        """Count a request. Return it; a later request may change what it retries.

        Args:
            key: The request.
            retries: How often the client has retried before, as it says itself.
            number: The number of its exchange.
            arrived: When it arrived, in seconds by the monotonic clock.
            failed: Whether its answer is an error, or breaks off.
        """
        attempt = Attempt(number, retries, failed)
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = _Line(key, {})
            if len(self._lines) > REMEMBERED_REQUESTS:
                self._lines.popitem(last=False)
        else:
            self._lines.move_to_end(key)
        line.add(attempt, arrived)
        self._in_flight[number] = line, attempt
        return attempt

    def knows(self, key: RequestKey) -> bool:
        """Return whether a request may retry one that is known."""
        return key in self._lines

    def close(self, number: int, ended: float, *, failed: bool) -> None:
        """Record when an answer ended, by the monotonic clock, and whether it failed."""
        line, attempt = self._in_flight.pop(number, (None, None))
        if line is None or attempt is None:
            return
        line.in_flight -= 1
        attempt.ended = ended
        if failed and not attempt.failed:
            attempt.failed = True
            line.add_failed(attempt)
        is_empty = not (line.failed or line.in_flight or line.guessed)
        if is_empty and self._lines.get(line.key) is line:
            del self._lines[line.key]  # nothing that a later request may retry

    def clear(self) -> None:
        """Forget all requests."""
        self._lines.clear()
        self._in_flight.clear()


def client_of(headers: Headers) -> bytes:
    """Return 16 bytes that identify the client of a request, however long its headers are."""
    return fingerprint(*(_value(headers, name) for name in SAME_IN_RETRIES))


def _value(headers: Headers, name: bytes) -> bytes:
    return next((value for given, value in headers if given.lower() == name), b"")


def retry_count(headers: Headers) -> int:
    """Return how often the client has retried before, as it says itself, or 0."""
    found = _value(headers, RETRY_COUNT)
    return int(found) if found.isdigit() and len(found) < 10 else 0
