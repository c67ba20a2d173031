"""Runs of the contract against mutants of one server.

The mock is deterministic, and a mutant affects only the requests that match its condition. So only
the probes with such a request run again; the results of all others are the same.

Time is virtual: a response takes the seconds that its answer states, and not those of the machine.
"""

from collections.abc import Mapping
from itertools import count
from typing import Final, Self

from direct_session import DirectSession
from msgspec.structs import replace

from mock_electron.contract.clause import Clause
from mock_electron.contract.clock import Clock
from mock_electron.contract.report import Result
from mock_electron.contract.response import Response
from mock_electron.contract.run import Contract
from mock_electron.contract.sections import CLAUSES
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
        self.results: dict[str, Result] = {}
        self.requests: dict[str, list[Request]] = {}

    def __enter__(self) -> Self:
        self._server.start()
        clock = Clock(self._fake.clock.now, self._fake.clock.advance)
        target = replace(TARGET, base_url=self._fake.base_url, clock=clock)
        self._session = VirtualSession(target, self._server.mutants)
        contract = Contract(self._session)
        for clause in CLAUSES:
            self._server.mutants.begin(None)
            self.results[clause.id] = contract.check(clause)
            self.requests.setdefault(clause.probe.name, self._server.mutants.requests)
        return self

    def __exit__(self, *error: object) -> None:
        self._session.__exit__(*error)
        self._server.stop()

    def run(self, mutant: Mutant) -> dict[str, Result]:
        """Return the results of the clauses whose probes the mutant affects."""
        self._fake.clock.advance(MINUTE)
        self._server.mutants.begin(mutant)
        self._session.begin()
        contract = Contract(self._session)
        return {clause.id: contract.check(clause) for clause in self._affected(mutant)}

    def _affected(self, mutant: Mutant) -> list[Clause]:
        affected = {
            probe for probe, requests in self.requests.items() if any(map(mutant.when, requests))
        }
        return [clause for clause in CLAUSES if clause.probe.name in affected]


class VirtualSession(DirectSession):
    """A session whose responses take the virtual seconds of the mutant's answers."""

    def __init__(self, target: Target, app: MutantApp) -> None:
        super().__init__(target)
        self._app = app
        self._runs = count()

    def begin(self) -> None:
        """Begin a run whose prompts are new to the prefix cache."""
        self.target = replace(self.target, salt=f"run {next(self._runs)}")
        self._pauses = 0.0

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
