"""Steps that never answer, because an earlier step answers every request that they match."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from mock_electron.engine.script.condition_values import ValueKind
from mock_electron.engine.script.conditions import CONDITIONS, RESULT_CONDITIONS
from mock_electron.engine.script.match import Match
from mock_electron.engine.script.step import Step
from mock_electron.engine.script.text import Text

Covers = Callable[[Any, Any], bool]
"""Takes two values of a condition. Whether every request that meets the second meets the first."""


def shadows(steps: Sequence[Step]) -> Iterator[tuple[int, int]]:
    """Yield the number of each step that never answers, and of the earlier step, from 1."""
    unlimited: list[tuple[int, Step]] = []
    for number, step in enumerate(steps, 1):
        found = next((n for n, one in unlimited if covers(one.match, step.match)), None)
        if found is not None:
            yield number, found
        elif step.times is None:
            unlimited.append((number, step))


def covers(wide: Match, narrow: Match) -> bool:
    """Return whether every request that the second match accepts is accepted by the first.

    False also means that this cannot be told, as for two regular expressions.
    """
    if wide.predicate not in (None, narrow.predicate):
        return False
    ours, theirs = wide.given, narrow.given
    if "says" in ours and not _is_about_results(ours) and _is_about_results(theirs):
        return False  # without them, says does not match after a tool result
    return all(
        name in theirs and COVERS.get(CONDITIONS[name].kind, _equal)(value, theirs[name])
        for name, value in ours.items()
    )


def _is_about_results(conditions: Mapping[str, Any]) -> bool:
    return not conditions.keys().isdisjoint(RESULT_CONDITIONS)


def _equal(wide: Any, narrow: Any) -> bool:
    return type(wide) is type(narrow) and bool(wide == narrow)


def _text(wide: Text, narrow: Text) -> bool:
    if isinstance(wide, str) and isinstance(narrow, str):
        return wide in narrow
    return wide == narrow


def _tools(wide: Sequence[str], narrow: Sequence[str]) -> bool:
    return set(wide) <= set(narrow) if wide else not narrow


def _headers(wide: Sequence[tuple[str, Text]], narrow: Sequence[tuple[str, Text]]) -> bool:
    given = dict(narrow)
    return all(name in given and _text(text, given[name]) for name, text in wide)


def _parameters(wide: Sequence[tuple[str, Any]], narrow: Sequence[tuple[str, Any]]) -> bool:
    given = dict(narrow)
    return all(name in given and _equal(value, given[name]) for name, value in wide)


COVERS: Final[Mapping[ValueKind, Covers]] = {
    ValueKind.TEXT: _text,
    ValueKind.TOOLS: _tools,
    ValueKind.HEADERS: _headers,
    ValueKind.PARAMETERS: _parameters,
}
"""The comparison for each kind of value; those of other kinds must be equal."""
