"""The public names of the contract, as type checkers see them."""

from typing import assert_type

from mock_electron.contract import (
    CLAUSES,
    Change,
    Clause,
    Confidence,
    ContractSuite,
    Cost,
    Need,
    Outcome,
    Report,
    Result,
    Target,
    changes,
    check,
    cost,
    discovered,
    select,
)

target = Target(base_url="http://127.0.0.1:8787/waves/v1", api_key="sk_mock", plan="standard")
clauses = select(["stream.*"], ["documented"])
report = check(discovered(target), clauses)

assert_type(CLAUSES, tuple[Clause, ...])
assert_type(clauses, tuple[Clause, ...])
assert_type(report, Report)
assert_type(report.holds, bool)
assert_type(report.failed, tuple[Result, ...])
assert_type(report.results[0].outcome, Outcome)
assert_type(report.results[0].clause.confidence, Confidence)
assert_type(cost(target, clauses), Cost)
assert_type(target.gives, frozenset[Need])
assert_type(changes(report.as_json(), report.as_json()), tuple[Change, ...])


class TestOurGateway(ContractSuite):
    only = ("chat.*", "stream.*")
    confidence = (Confidence.DOCUMENTED, "inferred")
    deviations = {"errors.headers.ratelimit": "our gateway sends rate-limit headers"}  # noqa: RUF012 (as users write it)
    accept_cost = True


Target(base_url="http://127.0.0.1/v1", key="sk")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # wrong on purpose
select("stream.*", 5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # wrong on purpose
