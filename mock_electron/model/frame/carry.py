"""The values that a goal takes over from the calls, the results and the goals before it."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from mock_electron.model.fill import assigned
from mock_electron.model.fill.parameters.slots import properties_of, required_of
from mock_electron.model.frame.evidence import IDS
from mock_electron.model.frame.goals import Goal, open_slots
from mock_electron.model.frame.state import State
from mock_electron.model.normalise import parts
from mock_electron.model.turn import Turn
from mock_electron.wire.request import Tool


def carried(goals: tuple[Goal, ...], state: State, turn: Turn) -> tuple[Goal, ...]:
    """Return goals with the values that they lack, from calls and results before them."""
    return tuple(with_context(goal, state, turn) for goal in goals)


def with_context(goal: Goal, state: State, turn: Turn) -> Goal:
    """Return a goal with the values that it lacks, from goals, calls and results before it."""
    goal = with_earlier(goal, (*state.called, *state.last, *state.goals))
    return with_results(goal, state.results, turn)


def with_results(goal: Goal, results: tuple[str, ...], turn: Turn) -> Goal:
    """Return a goal with the values that it lacks, from results."""
    lacking = open_slots(goal)
    doubtful = tuple(name for name in goal.values if not IDS.isdisjoint(parts(name)))
    if not (lacking or doubtful) or not results:
        return goal
    nothing = replace(turn.saying(""), earlier=tuple(reversed(results)))
    given = assigned(goal.tool, nothing).given
    told = {name: given[name] for name in lacking if name in given} | {
        name: given[name]
        for name in doubtful
        if name in given and _unlike(given[name].value, goal.values[name])
    }
    values = {name: one.value for name, one in told.items()}
    words = {name: one.words for name, one in told.items()}
    return goal.with_values(values, words, is_new=False)


def with_earlier(goal: Goal, base: tuple[Goal, ...]) -> Goal:
    for name in required_of(goal.tool.parameters):
        for before in reversed(base):
            if name not in before.values or not _same_kind(goal.tool, before.tool, name):
                continue
            if name not in goal.values or _unlike(before.values[name], goal.values[name]):
                words = {name: before.words.get(name, str(before.values[name]))}
                goal = goal.with_values({name: before.values[name]}, words, is_new=False)
                break
    return goal


def _unlike(one: Any, other: Any) -> bool:
    """Return whether one is an id and the other has not its shape: "QT994" and "480"."""
    if not isinstance(one, str) or not isinstance(other, str) or " " in one:
        return False
    if not any(map(str.isdigit, one)):
        return False
    has_letters = any(map(str.isalpha, one)) and not any(map(str.isalpha, other))
    return has_letters or not any(map(str.isdigit, other))


def _same_kind(one: Tool, other: Tool, name: str) -> bool:
    mine, theirs = (properties_of(tool.parameters).get(name) for tool in (one, other))
    if not isinstance(mine, Mapping) or not isinstance(theirs, Mapping):
        return False
    return all(mine.get(key) == theirs.get(key) for key in ("type", "enum", "format", "pattern"))
