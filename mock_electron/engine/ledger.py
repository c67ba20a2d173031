"""The ledger: what a lane knows and changes. The decision on a request neither reads nor writes it.

For each request, the lane fetches the facts in one call, decides, and records the result in one
call. When the answer has ended, it closes the request. `MemoryLedger` keeps everything in memory.
"""

from collections import OrderedDict
from typing import Final, Protocol

from mock_electron.engine.attempts import Attempts
from mock_electron.engine.clock import Moment
from mock_electron.engine.ending import Ending
from mock_electron.engine.entry import Entry
from mock_electron.engine.facts import Changes, Facts
from mock_electron.engine.faults.header import HeaderUses
from mock_electron.engine.faults.injection import Injections
from mock_electron.engine.journal import Journal
from mock_electron.engine.limits import Limits
from mock_electron.engine.parsed_request import ParsedRequest
from mock_electron.engine.prefix_cache import PrefixCache
from mock_electron.engine.script.script import Script
from mock_electron.engine.settings import Settings

COUNTED_REQUESTS: Final = 100_000
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
        self._occurrences: OrderedDict[bytes, int] = OrderedDict()

    def facts(self, number: int, parsed: ParsedRequest, moment: Moment, arrived: Moment) -> Facts:
        """Count a request, admit it, and return what is known about it; see `Ledger`."""
        occurrence = self._count(parsed.body.fingerprint)
        limit = None
        if parsed.plan is not None and parsed.account is not None:
            limit = self.limits.admit(number, parsed.account.id, parsed.plan, moment.lane)
        return Facts(
            occurrence,
            moment,
            arrived,
            limit,
            self.cache.cached_tokens(parsed.prompt, moment.lane),
            self.attempts.next(parsed.key, parsed.retries, arrived.monotonic),
            self.header_uses.of(parsed.requested),
        )

    def withdraw(self, number: int, parsed: ParsedRequest, facts: Facts) -> None:
        """Undo `facts`: treat the request as never received."""
        self.limits.release(number)
        self._occurrences[parsed.body.fingerprint] = facts.occurrence

    def record(self, parsed: ParsedRequest, facts: Facts, entry: Entry, changes: Changes) -> None:
        """Record a decided request; see `Ledger`."""
        self.journal.open(entry)
        if changes.step is not None:
            self.script.use(changes.step)
        self.injections.record(changes.uses)
        self.header_uses.record(
            changes.requested, given=changes.gave_requested, replied=changes.is_whole_reply
        )
        self.cache.store(changes.blocks, facts.now)
        self.attempts.open(
            parsed.key,
            parsed.retries,
            entry.number,
            facts.arrived.monotonic,
            failed=changes.failed,
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
        occurrence = self._occurrences.pop(fingerprint, 0)
        self._occurrences[fingerprint] = occurrence + 1
        if len(self._occurrences) > COUNTED_REQUESTS:
            self._occurrences.popitem(last=False)
        return occurrence
