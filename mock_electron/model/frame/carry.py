"""The values that a goal takes over from the calls and goals before it."""

from collections.abc import Mapping
from typing import Any

from mock_electron.model.fill.parameters.slots import properties_of, required_of
from mock_electron.model.frame.goals import Goal
from mock_electron.wire.request import Tool


def carried(goals: tuple[Goal, ...], base: tuple[Goal, ...]) -> tuple[Goal, ...]:
    """Return goals with the values that they lack, from goals before them with the same names."""
    return tuple(with_earlier(goal, base) for goal in goals)


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
