"""The results of a run, as values and as JSON."""

from enum import StrEnum
from typing import Any, Final

from msgspec import Struct

from mock_electron._version import __version__
from mock_electron.contract.clause import DOCUMENTED, Clause
from mock_electron.contract.observation import observed
from mock_electron.contract.response import Response


class Outcome(StrEnum):
    """The outcome of checking one clause."""

    PASS = "pass"  # noqa: S105 (an outcome, not a password)
    FAIL = "fail"
    SKIP = "skip"


PASS: Final = Outcome.PASS
FAIL: Final = Outcome.FAIL
SKIP: Final = Outcome.SKIP


class Result(Struct, frozen=True):
    """The result of checking one clause.

    Attributes:
        clause: The clause.
        outcome: Whether it passed, failed or was skipped.
        expected: What the check expects.
        got: What the response contains.
        reason: Why the clause was skipped; "" if it was not.
        exchanges: The requests and responses of its probe.
    """

    clause: Clause
    outcome: Outcome
    expected: str = ""
    got: str = ""
    reason: str = ""
    exchanges: tuple[Response, ...] = ()

    def as_json(self) -> dict[str, str]:
        """Return the result as the JSON file lists it."""
        clause = self.clause
        return {
            "id": clause.id,
            "section": clause.section,
            "sentence": clause.sentence,
            "confidence": clause.confidence.value,
            "source": clause.source.value,
            "outcome": self.outcome.value,
            "expected": self.expected,
            "got": self.got,
            "reason": self.reason,
        }


class Report(Struct, frozen=True):
    """The results of a run.

    Attributes:
        address: Name or URL of the target.
        results: One result for each clause, in the order of the contract.
        interrupted: Whether the run was interrupted, so that results are missing.
    """

    address: str
    results: tuple[Result, ...]
    interrupted: bool = False

    def count(self, outcome: Outcome) -> int:
        """Return the number of clauses with this outcome."""
        return sum(1 for result in self.results if result.outcome is outcome)

    @property
    def failed(self) -> tuple[Result, ...]:
        """The results of the clauses that failed."""
        return tuple(result for result in self.results if result.outcome is FAIL)

    @property
    def holds(self) -> bool:
        """Whether no documented clause failed."""
        return all(result.clause.confidence is not DOCUMENTED for result in self.failed)

    def as_json(self, made: str | None = None, *, answers: bool = True) -> dict[str, Any]:
        """Return the report as JSON.

        Args:
            made: Time of the run, if the report should contain it.
            answers: Whether to include the fields of each response.
        """
        document: dict[str, Any] = {"made": made} if made else {}
        document["target"] = self.address
        document["version"] = __version__
        if self.interrupted:
            document["interrupted"] = True
        document["clauses"] = [result.as_json() for result in self.results]
        if answers:
            document["answers"] = self._observations()
        return document

    def _observations(self) -> dict[str, list[dict[str, str]]]:
        """Return the fields of the responses of each probe."""
        exchanges = {r.clause.probe: r.exchanges for r in self.results if r.exchanges}
        return {
            probe.name: [observed(one, new_prompt=probe.has_new_prompts) for one in responses]
            for probe, responses in exchanges.items()
        }
