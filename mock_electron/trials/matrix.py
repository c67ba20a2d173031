"""The matrix of faults and requests as lines of text: a fault a row, a request a column."""

from collections.abc import Iterable, Sequence
from typing import Final

from mock_electron.trials.outcomes import OUTCOMES
from mock_electron.trials.places import Place
from mock_electron.trials.plan import Trial
from mock_electron.trials.search import Result

IMPOSSIBLE: Final = "·"
NOT_TRIED: Final = "?"
"""The budget has left the cell out, or it belongs to another part."""
UNREACHED: Final = "-"
"""The faults did not happen."""


def matrix_lines(
    results: Sequence[Result], planned: Sequence[Trial], places: Sequence[Place]
) -> list[str]:
    """Return the lines.

    Args:
        results: The results.
        planned: The trials with one fault.
        places: The requests.
    """
    cells: dict[tuple[str, int], list[Result]] = {}
    for one in results:
        cells.setdefault(one.trial.cell, []).append(one)
    possible = {trial.cell for trial in planned}
    trials = (*planned, *(one.trial for one in results))
    rows = [["", *(place.column for place in places)]]
    for row in dict.fromkeys(trial.row for trial in trials):
        numbers = [(row, place.number) for place in places]
        is_pair = row not in {name for name, _ in possible}
        empty = [NOT_TRIED if is_pair or cell in possible else IMPOSSIBLE for cell in numbers]
        found = [_words(cells[cell]) if cell in cells else "" for cell in numbers]
        rows.append([row, *(one or other for one, other in zip(found, empty, strict=True))])
    return [*_aligned(rows)]


def _words(results: Sequence[Result]) -> str:
    """Return what a cell says: its worst outcome, and how many of its trials had it."""
    outcomes = [one.outcome for one in results if one.outcome is not None]
    if not outcomes:
        return UNREACHED
    worst = max(outcomes, key=OUTCOMES.index)
    count = outcomes.count(worst)
    return worst if count == len(outcomes) else f"{worst} {count}/{len(outcomes)}"


def _aligned(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (text.ljust(width) for text, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
