"""Runs of the contract against mutants of one server.

The mock is deterministic, and a mutant affects only the requests that match its condition. So only
the probes with such a request run again; the results of all others are the same.

Time is virtual: a response takes the seconds that its answer states, and not those of the machine.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import count
from typing import Final, Self

from mock_electron.contract.clause import Clause
from mock_electron.contract.clock import Clock
from mock_electron.contract.report import Result
from mock_electron.contract.response import Response
from mock_electron.contract.run import Contract
from mock_electron.contract.sections import CLAUSES
from mock_electron.contract.session import Session
from mock_electron.contract.target import Need, Target
from mock_electron.engine.lane import Lane
from mock_electron.testing.electron import Electron
from mutants.conditions import TARGET
from mutants.gateway import MutantApp, MutantServer
from mutants.mutant import Mutant, Request

MINUTE: Final = 61.0


class Bench:
    """A server, and the results of the contract without a mutant.

    Attributes:
        results: The result of each clause, by id.
        requests: The requests of each probe, by name.
    """

    def __init__(self) -> None:
        lane = Lane()
        self._server = MutantServer(lane)
        self._fake = Electron(lane, self._server.url)
        self._runs = count()
        self.results: dict[str, Result] = {}
        self.requests: dict[str, list[Request]] = {}

    def __enter__(self) -> Self:
        self._server.start()
        with self._session() as session:
            contract = Contract(session)
            for clause in CLAUSES:
                self._server.mutants.begin(None)
                self.results[clause.id] = contract.check(clause)
                self.requests.setdefault(clause.probe.name, self._server.mutants.requests)
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.stop()

    def run(self, mutant: Mutant) -> dict[str, Result]:
        """Return the results of the clauses whose probes the mutant affects."""
        self._fake.clock.advance(MINUTE)
        self._server.mutants.begin(mutant)
        with self._session() as session:
            return _checked(Contract(session), self._affected(mutant))

    def _affected(self, mutant: Mutant) -> list[Clause]:
        return [
            clause for clause in CLAUSES if any(map(mutant.when, self.requests[clause.probe.name]))
        ]

    def _session(self) -> Session:
        """Return a session whose prompts are new to the prefix cache."""
        clock = Clock(self._fake.clock.now, self._fake.clock.advance)
        salt = f"run {next(self._runs)}"
        target = replace(TARGET, base_url=self._fake.base_url, clock=clock, salt=salt)
        return VirtualSession(target, self._server.mutants)


class VirtualSession(Session):
    """A session whose responses take the virtual seconds of the mutant's answers."""

    def __init__(self, target: Target, app: MutantApp) -> None:
        super().__init__(target)
        self._app = app

    def _send_once(
        self,
        method: str,
        path: str,
        content: bytes,
        key: str | Need | None,
        headers: Mapping[str, str] | None,
    ) -> Response:
        response = super()._send_once(method, path, content, key, headers)
        answer = self._app.last
        if answer is None:
            return replace(response, first_byte=0.0, duration=0.0)
        duration = answer.between * max(0, len(response.chunks) - 1)
        return replace(response, first_byte=answer.first_byte, duration=duration)


def _checked(contract: Contract, clauses: Iterable[Clause]) -> dict[str, Result]:
    return {clause.id: contract.check(clause) for clause in clauses}
