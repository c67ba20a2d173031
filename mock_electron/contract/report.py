"""What came of a run: a result for each clause, as values and as JSON."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from mock_electron._version import __version__
from mock_electron.contract.clause import DOCUMENTED, Clause
from mock_electron.contract.observation import observed
from mock_electron.contract.response import Response


class Outcome(StrEnum):
    """What became of a clause."""

    PASS = "pass"  # noqa: S105 (an outcome, not a secret)
    FAIL = "fail"
    SKIP = "skip"


PASS: Final = Outcome.PASS
FAIL: Final = Outcome.FAIL
SKIP: Final = Outcome.SKIP


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one clause.

    expected, got: in words. reason: why it was skipped. exchanges: what its probe asked and got.
    """

    clause: Clause
    outcome: Outcome
    expected: str = ""
    got: str = ""
    reason: str = ""
    exchanges: tuple[Response, ...] = ()

    def as_json(self) -> dict[str, str]:
        """The result as the JSON file lists it."""
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


@dataclass(frozen=True, slots=True)
class Report:
    """The results of a run, in the order of the contract. address: what they are about."""

    address: str
    results: tuple[Result, ...]

    def count(self, outcome: Outcome) -> int:
        """How many clauses came to this."""
        return sum(1 for result in self.results if result.outcome is outcome)

    @property
    def failed(self) -> tuple[Result, ...]:
        """The results of clauses that do not hold."""
        return tuple(result for result in self.results if result.outcome is FAIL)

    @property
    def holds(self) -> bool:
        """Whether no documented clause failed."""
        return all(result.clause.confidence is not DOCUMENTED for result in self.failed)

    def as_json(self, made: str | None = None, *, answers: bool = True) -> dict[str, Any]:
        """The report as JSON.

        made: when, where that is to stand in it. answers: with what each answer looked like.
        """
        document: dict[str, Any] = {"made": made} if made else {}
        document["target"] = self.address
        document["version"] = __version__
        document["clauses"] = [result.as_json() for result in self.results]
        if answers:
            document["answers"] = self._answers()
        return document

    def _answers(self) -> dict[str, list[dict[str, str]]]:
        """What the answers to each probe looked like."""
        return {
            result.clause.probe.name: [observed(response) for response in result.exchanges]
            for result in self.results
            if result.exchanges
        }
