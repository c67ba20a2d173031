"""Runs of the contract against mutants of one server.

A mutant touches those requests alone that its condition holds for, and the mock is deterministic:
so only the probes with such a request are run again, and the results of all others stay.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from types import TracebackType
from typing import Final, Self

from mock_electron.contract.clause import Clause
from mock_electron.contract.clock import Clock
from mock_electron.contract.report import Result
from mock_electron.contract.run import Contract
from mock_electron.contract.sections import CLAUSES
from mock_electron.contract.session import Session
from mock_electron.engine.lane import Lane
from mock_electron.testing.electron import Electron
from mutants.conditions import TARGET
from mutants.gateway import MutantServer
from mutants.mutant import Asked, Mutant

MINUTE: Final = 61.0


class Bench:
    """A server, and what the contract finds there without a mutant.

    results: by clause. asked: the requests of each probe, by its name.
    """

    def __init__(self) -> None:
        lane = Lane()
        self._server = MutantServer(lane)
        self._fake = Electron(lane, self._server.url)
        self._runs = count()
        self.results: dict[str, Result] = {}
        self.asked: dict[str, list[Asked]] = {}

    def __enter__(self) -> Self:
        self._server.start()
        with self._session() as session:
            contract = Contract(session)
            for clause in CLAUSES:
                self._server.mutants.begin(None)
                self.results[clause.id] = contract.check(clause)
                self.asked.setdefault(clause.probe.name, self._server.mutants.heard)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.stop()

    def run(self, mutant: Mutant) -> dict[str, Result]:
        """The results of the clauses that the mutant may have changed."""
        self._fake.clock.advance(MINUTE)
        self._server.mutants.begin(mutant)
        with self._session() as session:
            return _checked(Contract(session), self._touched(mutant))

    def _touched(self, mutant: Mutant) -> list[Clause]:
        return [
            clause for clause in CLAUSES if any(map(mutant.when, self.asked[clause.probe.name]))
        ]

    def _session(self) -> Session:
        """A session of which the prefix cache knows no prompt."""
        clock = Clock(self._fake.clock.now, self._fake.clock.advance)
        address = self._fake.base_url
        return Session(
            replace(TARGET, base_url=address, clock=clock, salt=f"run {next(self._runs)}")
        )


def _checked(contract: Contract, clauses: Iterable[Clause]) -> dict[str, Result]:
    return {clause.id: contract.check(clause) for clause in clauses}
