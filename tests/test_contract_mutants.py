"""The checks of the contract can fail: each does, where its promise is broken, and no other."""

from collections.abc import Iterator, Mapping

import pytest
from mutants import MUTANTS
from mutants.bench import Bench
from mutants.conditions import unhurried
from mutants.mutant import Answer, Mutant
from mutants.timing import UNBROKEN

from mock_electron.contract.report import FAIL, PASS, SKIP, Result
from mock_electron.contract.sections import CLAUSES

IDS = tuple(clause.id for clause in CLAUSES)
NEVER_ALONE = {
    "errors.request_id.not_the_completion": "no id is both a UUID and a completion's",
    "cache.warm": "0 are no whole blocks, and not all of them",
    "cache.blocks": "what cache.most wants is a number of whole blocks",
    "limits.concurrency.429": "without a refusal nothing shows that a slot is freed",
}
"""Clauses that break only where another one does, and why."""


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with Bench() as found:
        yield found


def rewritten(answer: Answer) -> Answer:
    """The same, read and written again."""
    if answer.body.startswith(b"data: "):
        return answer.with_events(answer.events)
    return answer.with_json(answer.json)


def told(wrong: Mapping[str, Result]) -> str:
    """What was unexpected, for people."""
    return "\n".join(
        f"{name}: {result.outcome.value}: expected {result.expected}, got {result.got}"
        + "".join(f"\n    {exchange}" for exchange in result.exchanges)
        for name, result in wrong.items()
    )


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_a_broken_promise_is_noticed_and_no_other_is_accused(bench: Bench, mutant: Mutant) -> None:
    """Exactly the clauses meant for it fail; all others come out as without the mutant."""
    results = bench.run(mutant)
    assert set(mutant.breaks) <= set(results), "no request of their probes concerns the mutant"
    wrong = {
        name: result
        for name, result in results.items()
        if result.outcome is not (FAIL if name in mutant.breaks else bench.results[name].outcome)
    }
    assert not wrong, told(wrong)


def test_a_mutant_that_changes_nothing_breaks_nothing(bench: Bench) -> None:
    """It is what a mutant changes that fails, not that there is one between client and mock."""
    results = bench.run(Mutant("nothing", (), unhurried, rewritten))
    assert len(results) > 200
    changed = {
        name: r for name, r in results.items() if r.outcome is not bench.results[name].outcome
    }
    assert not changed, told(changed)


@pytest.mark.parametrize("slow", UNBROKEN, ids=[slow.name for slow in UNBROKEN])
def test_where_replies_take_time_the_clauses_about_it_hold(bench: Bench, slow: Mutant) -> None:
    """It is not the time that replies take which fails, but too long a time."""
    about = slow.name.partition(":")[0]
    assert bench.results[about].outcome is SKIP
    assert bench.run(slow)[about].outcome is PASS


def test_every_clause_can_fail() -> None:
    """There is a mutant for each clause, and none for a clause that does not exist."""
    assert {name for mutant in MUTANTS for name in mutant.breaks} == set(IDS)


def test_no_clause_is_there_for_nothing() -> None:
    """Each clause is the only one that notices some mutant, but for those that cannot be."""
    alone = {mutant.breaks[0] for mutant in MUTANTS if len(mutant.breaks) == 1}
    assert set(IDS) - alone == set(NEVER_ALONE)


def test_mutants_have_names_of_their_own() -> None:
    """A name tells which mutant it is."""
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
