"""The ledger: what a lane knows and changes. The decision on a request neither reads nor writes it.

For each request, the lane fetches the facts in one call, decides, and records the result in one
call. When the answer has ended, it closes the request. `MemoryLedger` keeps everything in memory.
"""

from typing import Final, Protocol

from mock_electron.engine.attempts import Attempts
from mock_electron.engine.clock import Moment
from mock_electron.engine.ending import Ending
from mock_electron.engine.entry import Entry
from mock_electron.engine.facts import Changes, Facts
from mock_electron.engine.faults.injection import Injections
from mock_electron.engine.faults.requested import HeaderUses
from mock_electron.engine.journal import Journal
from mock_electron.engine.latest_use import ByLatestUse
from mock_electron.engine.limits import Limits
from mock_electron.engine.parsed_request import ParsedRequest
from mock_electron.engine.prefix_cache import PrefixCache
from mock_electron.engine.script.script import Script
from mock_electron.engine.settings import Settings

COUNTED_REQUESTS: Final = 50_000
"""The maximum number of requests whose occurrences a lane counts; the least recent is dropped."""


class Ledger(Protocol):
    """What a lane needs of a ledger."""

    def facts(self, number: int, parsed: ParsedRequest, moment: Moment, arrived: Moment) -> Facts:
        """Count a request, admit it, and return what is known about it.

        Args:
            number: The number of the exchange.
            parsed: The request.
            moment: The current time.
            arrived: When the first byte of the request arrived.
        """

    def withdraw(self, number: int, parsed: ParsedRequest, facts: Facts) -> None:
        """Undo `facts`: treat the request as never received."""

    def record(self, parsed: ParsedRequest, facts: Facts, entry: Entry, changes: Changes) -> None:
        """Record a decided request: its entry in the journal, and what it changes."""

    def record_complete(
        self, parsed: ParsedRequest, facts: Facts, entry: Entry, changes: Changes, ending: Ending
    ) -> None:
        """Record a request whose answer is sent at once: the same as `record` and `close`."""

    def close(self, number: int, ending: Ending, body: bytes | None, *, failed: bool) -> None:
        """Record how an answer ended, and free the slot of its request.

        Args:
            number: The number of the exchange.
            ending: How sending the answer ended.
            body: The body of the request, if it arrived after the answer.
            failed: Whether the client got no complete answer.
        """


class MemoryLedger:
    """A ledger in memory.

    Args:
        settings: The settings of the lane.

    Attributes:
        script: The steps, and how often each has answered.
        injections: The injected faults, and how often each was used.
        limits: The recent requests and the requests in flight of each account.
        cache: The prefix cache.
        attempts: The attempts of each request.
        header_uses: The uses of the faults that headers ask for.
        journal: The exchanges.
    """

    def __init__(self, settings: Settings) -> None:
        self.script: Script = Script()
        self.injections: Injections = Injections()
        self.limits: Limits = Limits()
        self.cache: PrefixCache = PrefixCache(
            settings.prefix_cache_tokens, settings.prefix_cache_idle
        )
        self.attempts: Attempts = Attempts()
        self.header_uses: HeaderUses = HeaderUses()
        self.journal: Journal = Journal(settings.journal_exchanges, settings.journal_bytes)
        self._occurrences: ByLatestUse[bytes, int] = ByLatestUse(COUNTED_REQUESTS)

    def facts(self, number: int, parsed: ParsedRequest, moment: Moment, arrived: Moment) -> Facts:
        """Count a request, admit it, and return what is known about it; see `Ledger`."""
        occurrence = self._count(parsed.body.fingerprint)
        limit = None
        account = parsed.head.account
        if parsed.plan is not None and account is not None:
            limit = self.limits.admit(number, account.id, parsed.plan, moment.lane)
        return Facts(
            occurrence,
            moment,
            arrived,
            limit,
            self.cache.cached_tokens(parsed.prompt, moment.lane),
            self.attempts.next(parsed.key, parsed.head.retries, arrived.monotonic),
            self.header_uses.of(parsed.requested) if parsed.requested.counter else 0,
        )

    def withdraw(self, number: int, parsed: ParsedRequest, facts: Facts) -> None:
        """Undo `facts`: treat the request as never received."""
        self.limits.release(number)
        self._occurrences.put(parsed.body.fingerprint, facts.occurrence)

    def record(self, parsed: ParsedRequest, facts: Facts, entry: Entry, changes: Changes) -> None:
        """Record a decided request; see `Ledger`."""
        self._change(facts, changes)
        self._open_attempt(parsed, facts, entry, changes)
        self.journal.open(entry)

    def record_complete(
        self, parsed: ParsedRequest, facts: Facts, entry: Entry, changes: Changes, ending: Ending
    ) -> None:
        """Record a request whose answer is sent at once; see `Ledger`."""
        self._change(facts, changes)
        self.limits.release(entry.number)
        if changes.failed or self.attempts.knows(parsed.key):
            self._open_attempt(parsed, facts, entry, changes)
            self.attempts.close(entry.number, ending.ended.monotonic, failed=changes.failed)
        self.journal.add(entry, ending)

    def _open_attempt(
        self, parsed: ParsedRequest, facts: Facts, entry: Entry, changes: Changes
    ) -> None:
        arrived, retries = facts.arrived.monotonic, parsed.head.retries
        self.attempts.open(parsed.key, retries, entry.number, arrived, failed=changes.failed)

    def _change(self, facts: Facts, changes: Changes) -> None:
        self.cache.store(changes.blocks, facts.moment.lane)
        if changes.step is not None and changes.generation == self.script.generation:
            self.script.use(changes.step)
        if changes.uses:
            self.injections.record(changes.uses)
        if changes.requested.times is not None:
            self.header_uses.record(
                changes.requested, given=changes.gave_requested, replied=changes.is_whole_reply
            )

    def close(self, number: int, ending: Ending, body: bytes | None, *, failed: bool) -> None:
        """Record how an answer ended; see `Ledger`."""
        self.limits.release(number)
        self.attempts.close(number, ending.ended.monotonic, failed=failed)
        self.journal.close(number, ending, body)

    def clear_faults(self) -> None:
        """Remove all injections, and set the counts of all headers to zero."""
        self.injections.clear()
        self.header_uses.clear()

    def forget_faults(self) -> None:
        """Remove all faults. The next injection has the number 0, on which its rate depends."""
        self.injections, self.header_uses = Injections(), HeaderUses()

    def clear_counts(self) -> None:
        """Forget all occurrences and attempts."""
        self._occurrences.clear()
        self.attempts.clear()

    def _count(self, fingerprint: bytes) -> int:
        """Count the request. Return how many times it was received before."""
        counts = self._occurrences
        occurrence = counts.get(fingerprint) or 0
        counts.use((fingerprint,), occurrence + 1)
        return occurrence
