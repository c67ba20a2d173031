"""The contract as tests: a class to inherit from."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import ClassVar

import pytest

from mock_electron.contract.clause import Clause, Confidence
from mock_electron.contract.report import FAIL, SKIP
from mock_electron.contract.run import Contract, select
from mock_electron.contract.table import failure


class ContractSuite:
    """A test for each clause, against a fake of its own or against one's own gateway.

    only: ids or patterns of the clauses. confidence: the levels that count.
    deviations: clauses that one's gateway breaks knowingly, by id or pattern, each with the reason;
    one that is named by its id must fail. accept_cost: whether a host may be asked that is not this
    machine.

        @pytest.fixture(scope="session")
        def electron_target():
            return Target(base_url="http://127.0.0.1:9000/v1", api_key="sk_test")

        class TestOurGateway(ContractSuite):
            only = ("chat.*", "stream.*")
            deviations = {"errors.headers.ratelimit": "our gateway tells its limits"}
    """

    only: ClassVar[Sequence[str]] = ()
    confidence: ClassVar[Sequence[Confidence | str]] = ()
    deviations: ClassVar[Mapping[str, str]] = {}
    accept_cost: ClassVar[bool] = False

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """One test for each clause that is wanted."""
        if "clause" in metafunc.fixturenames:
            clauses = select(self.only, self.confidence)
            _check_patterns(self.deviations)
            metafunc.parametrize("clause", clauses, ids=[clause.id for clause in clauses])

    def test_clause(self, clause: Clause, electron_contract: Contract) -> None:
        """The clause holds, or breaks where it is known to."""
        result = electron_contract.check(clause)
        if result.outcome is SKIP:
            pytest.skip(result.reason)
        reason = self._deviation(clause.id)
        if result.outcome is FAIL and reason is None:
            pytest.fail(failure(result), pytrace=False)
        if result.outcome is FAIL:
            pytest.xfail(reason or "a known deviation")
        if clause.id in self.deviations:
            pytest.fail(f"{clause.id} holds; it is no deviation any more ({reason})", pytrace=False)

    def _deviation(self, name: str) -> str | None:
        found = (why for known, why in self.deviations.items() if fnmatchcase(name, known))
        return next(found, None)


def _check_patterns(patterns: Mapping[str, str]) -> None:
    """Raise ValueError for a pattern that no clause has."""
    if patterns:
        select(tuple(patterns))
