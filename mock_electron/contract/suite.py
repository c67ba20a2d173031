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
    """One test for each clause, against a fake or against your own gateway.

        @pytest.fixture(scope="session")
        def electron_target():
            return Target(base_url="http://127.0.0.1:9000/v1", api_key="sk_test")

        class TestOurGateway(ContractSuite):
            only = ("chat.*", "stream.*")
            deviations = {"errors.headers.ratelimit": "our gateway sends rate-limit headers"}

    Attributes:
        only: Ids or patterns of the clauses; none means all.
        confidence: Confidences of the clauses; none means all.
        deviations: Clauses that the gateway breaks on purpose, by id or pattern, each with the
            reason. A clause that is listed by its id must fail.
        accept_cost: Whether to send requests to a host that is not this machine.
    """

    only: ClassVar[Sequence[str]] = ()
    confidence: ClassVar[Sequence[Confidence | str]] = ()
    deviations: ClassVar[Mapping[str, str]] = {}
    accept_cost: ClassVar[bool] = False

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Create a test for each selected clause."""
        if "clause" in metafunc.fixturenames:
            clauses = select(self.only, self.confidence)
            _check_patterns(self.deviations)
            metafunc.parametrize("clause", clauses, ids=[clause.id for clause in clauses])

    def test_clause(self, clause: Clause, electron_contract: Contract) -> None:
        """The clause holds, or it is a known deviation."""
        result = electron_contract.check(clause)
        if result.outcome is SKIP:
            pytest.skip(result.reason)
        reason = self._deviation(clause.id)
        if result.outcome is FAIL and reason is None:
            pytest.fail(failure(result), pytrace=False)
        if result.outcome is FAIL:
            pytest.xfail(reason or "a known deviation")
        if clause.id in self.deviations:
            message = f"{clause.id} holds: remove it from deviations ({reason})"
            pytest.fail(message, pytrace=False)

    def _deviation(self, name: str) -> str | None:
        found = (why for pattern, why in self.deviations.items() if fnmatchcase(name, pattern))
        return next(found, None)


def _check_patterns(patterns: Mapping[str, str]) -> None:
    """Raise ValueError for a pattern that matches no clause."""
    if patterns:
        select(tuple(patterns))
