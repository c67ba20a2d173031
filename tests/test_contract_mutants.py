"""Every check of the contract can fail: it fails if its promise is broken, and only then."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import pytest
from mutants import MUTANTS
from mutants.bench import Bench
from mutants.conditions import has_no_faults
from mutants.mutant import Answer, Mutant
from mutants.timing import UNBROKEN

from mock_electron.contract.report import FAIL, PASS, SKIP, Result
from mock_electron.contract.sections import CLAUSES

IDS = tuple(clause.id for clause in CLAUSES)
NEVER_ALONE = {
    "errors.request_id.not_the_completion": "no id is both a UUID and a completion's",
    "cache.warm": "cache.blocks and cache.most do not accept 0 cached tokens either",
    "cache.blocks": "cache.most accepts only multiples of 16",
    "limits.concurrency.429": "limits.slot.freed needs the refusal",
}
"""Clauses that break only together with another one, and why."""
TAKE_TIME = {"cache.faster", "time.each_token"}
"""Clauses that are skipped without a mutant: the virtual time of the mock's answers is 0."""
GROUP = 50


def grouped(mutants: Iterable[Mutant]) -> dict[str, Sequence[Mutant]]:
    """Return mutants by the first word of their name, in groups that take less than a second."""
    families: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        families.setdefault(mutant.name.partition(".")[0], []).append(mutant)
    return {
        f"{family} {start}": members[start : start + GROUP]
        for family, members in families.items()
        for start in range(0, len(members), GROUP)
    }


GROUPS = grouped(MUTANTS)


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with Bench() as found:
        yield found


def rewritten(answer: Answer) -> Answer:
    """Parse an answer and write it again."""
    if answer.body.startswith(b"data: "):
        return answer.with_events(answer.events)
    return answer.with_json(answer.json)


def described(results: Mapping[str, Result]) -> str:
    """Return results as text."""
    return "\n".join(
        f"{name}: {result.outcome.value}: expected {result.expected}, got {result.got}"
        + "".join(f"\n    {exchange}" for exchange in result.exchanges)
        for name, result in results.items()
    )


@pytest.mark.parametrize("group", GROUPS)
def test_a_mutant_fails_exactly_its_clauses(bench: Bench, group: str) -> None:
    """The clauses that a mutant breaks fail; all others have the same outcome as without it."""
    problems = {mutant.name: problem(bench, mutant) for mutant in GROUPS[group]}
    wrong = [f"mutant {name}\n{text}" for name, text in problems.items() if text]
    assert not wrong, "\n\n".join((f"{len(wrong)} of {len(problems)} mutants", *wrong))


def problem(bench: Bench, mutant: Mutant) -> str:
    """Return what is wrong with the outcomes of a mutant, or ""."""
    results = bench.run(mutant)
    if not set(mutant.breaks) <= set(results):
        return "the mutant affects no request of the probes of its clauses"
    return described(
        {
            name: result
            for name, result in results.items()
            if result.outcome
            is not (FAIL if name in mutant.breaks else bench.results[name].outcome)
        }
    )


def test_every_mutant_is_in_one_group() -> None:
    """The groups have all mutants, each once."""
    assert sorted(m.name for group in GROUPS.values() for m in group) == sorted(
        mutant.name for mutant in MUTANTS
    )


def test_a_mutant_that_changes_nothing_breaks_nothing(bench: Bench) -> None:
    """Clauses fail because of what a mutant changes, not because answers pass through it."""
    results = bench.run(Mutant("nothing", (), has_no_faults, rewritten))
    assert len(results) > 200
    changed = {
        name: r for name, r in results.items() if r.outcome is not bench.results[name].outcome
    }
    assert not changed, described(changed)


def test_without_a_mutant_only_clauses_about_time_are_skipped(bench: Bench) -> None:
    """Every clause passes, except the two that need replies that take time."""
    skipped = {name for name, result in bench.results.items() if result.outcome is SKIP}
    assert skipped == TAKE_TIME
    assert all(bench.results[name].outcome is PASS for name in set(IDS) - TAKE_TIME)


def test_replies_that_take_time_keep_the_clauses_about_it(bench: Bench) -> None:
    """Clauses about time pass if replies take time, and after a single slow reply."""
    found = {slow.name: bench.run(slow)[slow.name.partition(":")[0]] for slow in UNBROKEN}
    wrong = {name: result for name, result in found.items() if result.outcome is not PASS}
    assert not wrong, described(wrong)


def test_every_clause_can_fail() -> None:
    """Each clause has a mutant, and each mutant breaks clauses that exist."""
    assert {name for mutant in MUTANTS for name in mutant.breaks} == set(IDS)


def test_no_clause_is_redundant() -> None:
    """Each clause is the only one that some mutant breaks, except those that cannot be."""
    alone = {mutant.breaks[0] for mutant in MUTANTS if len(mutant.breaks) == 1}
    assert set(IDS) - alone == set(NEVER_ALONE)


def test_mutants_have_unique_names() -> None:
    """The name of a mutant identifies it."""
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
