"""A builder for the clauses of one section, so that each clause is one row of a table."""

from msgspec import Struct

from mock_electron.contract.clause import (
    ASSUMED,
    DOCUMENTED,
    INFERRED,
    Check,
    Clause,
    Confidence,
    Source,
)
from mock_electron.contract.probe import Probe


class Section(Struct, frozen=True):
    """What the clauses of a section have in common.

    Each method builds a clause from its id without the prefix, its sentence, its probe and its
    check. A row names its source only if it differs from the default.

    Attributes:
        name: Heading of the section, such as `4 Stream`.
        prefix: Start of each id, without the dot that follows it.
        documented_in: Default source of documented clauses.
        inferred_from: Default source of inferred clauses.
        assumed_from: Default source of assumed clauses.
    """

    name: str
    prefix: str
    documented_in: Source
    inferred_from: Source = Source.VLLM
    assumed_from: Source = Source.CHOICE

    def documented(
        self, name: str, sentence: str, probe: Probe, check: Check, *, source: Source | None = None
    ) -> Clause:
        """Return a clause that the vendor documents."""
        return self.clause(name, sentence, probe, check, DOCUMENTED, source or self.documented_in)

    def inferred(
        self, name: str, sentence: str, probe: Probe, check: Check, *, source: Source | None = None
    ) -> Clause:
        """Return a clause that follows from evidence."""
        return self.clause(name, sentence, probe, check, INFERRED, source or self.inferred_from)

    def assumed(
        self, name: str, sentence: str, probe: Probe, check: Check, *, source: Source | None = None
    ) -> Clause:
        """Return a clause that is a choice."""
        return self.clause(name, sentence, probe, check, ASSUMED, source or self.assumed_from)

    def clause(
        self,
        name: str,
        sentence: str,
        probe: Probe,
        check: Check,
        confidence: Confidence,
        source: Source,
    ) -> Clause:
        """Return a clause of any confidence."""
        return Clause(
            f"{self.prefix}.{name}", self.name, sentence, confidence, source, probe, check
        )
