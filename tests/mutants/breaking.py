"""The word in which the tables of mutants are written."""

from mutants.conditions import like
from mutants.mutant import AskedChange, Change, Condition, Mutant, same, same_asked


def breaks(
    clauses: str,
    how: str,
    answer: Change = same,
    *,
    when: Condition | None = None,
    which: int | None = None,
    asked: AskedChange = same_asked,
    at_once: bool = False,
) -> Mutant:
    """A mutant, called after the first of the clauses that it breaks.

    clauses: their ids, with spaces between. how: in a few words. when: the requests that it is
    about; those that show the first clause where nothing is given. which: this one of those.
    """
    ids = tuple(clauses.split())
    about = when or like(ids[0], which)
    return Mutant(f"{ids[0]}: {how}", ids, about, answer, asked, at_once)
