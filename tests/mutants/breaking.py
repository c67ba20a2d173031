"""The function that the tables of mutants are written with."""

from mutants.conditions import like
from mutants.mutant import Change, Condition, Mutant, RequestChange, unchanged, unchanged_request


def breaks(
    clauses: str,
    description: str,
    answer: Change = unchanged,
    *,
    when: Condition | None = None,
    which: int | None = None,
    request: RequestChange = unchanged_request,
    head_only: bool = False,
) -> Mutant:
    """Return a mutant, named after the first of its clauses.

    Args:
        clauses: Ids of the clauses that it breaks, separated by spaces.
        description: What it does, in a few words.
        answer: Changes the mock's answer.
        when: Which requests it affects. Default: those of the first clause's probe.
        which: Affect only this one of the probe's requests, from 0.
        request: Changes the request before the mock answers it.
        head_only: Change the head of the answer and forward its body as it is sent.
    """
    ids = tuple(clauses.split())
    condition = when or like(ids[0], which)
    return Mutant(f"{ids[0]}: {description}", ids, condition, answer, request, head_only)
