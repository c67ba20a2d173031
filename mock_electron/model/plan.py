"""What is done about the goals of the user: the calls to make now, or a question.

One call meets one goal, no call is repeated with the same arguments, and no call follows a failure,
unless the result asks for another value.
"""

import re
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron._regex import regex
from mock_electron.model.fill import Assignment
from mock_electron.model.frame import frame_of
from mock_electron.model.frame.goals import Goal, missing
from mock_electron.model.hints import folded, mentions
from mock_electron.model.results import is_failure, reading_cost, value_of
from mock_electron.model.retry import HINTS, values_for
from mock_electron.model.turn import Done, Turn
from mock_electron.wire.request import Tool


class Wanted(Struct, frozen=True):
    """A call that is wanted.

    Attributes:
        goal: The tool, with the values that were said for it.
        found: Its arguments, and where they came from.
        missing: The required parameters that nobody gave a value for.
    """

    goal: Goal
    found: Assignment
    missing: tuple[str, ...]

    @property
    def tool(self) -> Tool:
        """The tool."""
        return self.goal.tool


class Plan(Struct, frozen=True):
    """What is done about the goals of the user.

    Attributes:
        ready: The calls to make now.
        asked: The call that a question is about, or None.
    """

    ready: tuple[Wanted, ...] = ()
    asked: Wanted | None = None


NOTHING: Final = Plan()


def plan_of(turn: Turn) -> Plan:
    """Return what is done about the goals of the user."""
    results = [done.result for done in turn.done if done.result is not None]
    if results:
        turn.work.charge(sum(map(reading_cost, results)))
        once_more = _retried(turn)
        if once_more is not None:
            return Plan((once_more,))
        if any(map(is_failure, results)):
            return NOTHING
    goals = frame_of(turn).goals
    if _did_something_else(goals, turn):
        return NOTHING
    made = [(done.name, done.arguments) for done in (*turn.done_before, *turn.done)]
    ready: list[Wanted] = []
    for goal in _open(goals, turn.done):
        if goal.waits and ready:
            break
        call = call_for(goal, turn)
        if call.missing and turn.asks:
            if not ready:
                return Plan(asked=call)
            break
        if (goal.tool.name, call.found.arguments) not in made:
            ready.append(call)
            made.append((goal.tool.name, call.found.arguments))
    return Plan(tuple(ready))


def _retried(turn: Turn) -> Wanted | None:
    """Return the call that the last result asks for once more, with another value."""
    last = turn.done[-1]
    tool = next((tool for tool in turn.request.tools if tool.name == last.name), None)
    if tool is None or last.result is None or not mentions(folded(last.result), HINTS):
        return None
    values = values_for(tool, turn.done, turn.work)
    if values is None:
        return None
    goal = Goal(tool, turn.saying(turn.message), values, {}, frozenset(values))
    found = goal.assigned(())
    return None if found.arguments == last.arguments else Wanted(goal, found, ())


def _did_something_else(goals: tuple[Goal, ...], turn: Turn) -> bool:
    """Return whether the assistant has called other tools than the first ones of the goals.

    It has understood the user otherwise then, and what it has left out is not wanted.
    """
    offered = {tool.name for tool in turn.request.tools}
    done = [one.name for one in turn.done if one.name in offered]
    first = [goal.tool.name for goal in goals][: len(done)]
    return bool(done) and frozenset(done).isdisjoint(first)


def call_for(goal: Goal, turn: Turn) -> Wanted:
    """Return the call that a goal wants, with values of earlier messages and results."""
    told = turn.said_by_now(_with_result(goal, turn))
    found = replace(goal, said=told).assigned(told.earlier)
    return Wanted(goal, found, missing(goal, found))


def _with_result(goal: Goal, turn: Turn) -> str:
    """ "Multiply the result by 5": the latest number replaces "the result"."""
    text = goal.said.text
    last = value_of(turn.done[-1].result) if turn.done and turn.done[-1].result else None
    if not goal.waits or isinstance(last, bool) or not isinstance(last, int | float):
        return text
    return THE_RESULT.sub(str(last), text, count=1)


THE_RESULT: Final = regex(r"\b(?:the (?:result|answer|sum|product|total)|it|that)\b", re.IGNORECASE)


def _open(planned: tuple[Goal, ...], done: tuple[Done, ...]) -> list[Goal]:
    """The goals that no call has met yet, each call meeting one."""
    met = [call.name for call in done]
    left = []
    for need in planned:
        if need.tool.name in met:
            met.remove(need.tool.name)
        else:
            left.append(need)
    return left
