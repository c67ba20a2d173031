"""The goal that takes the values of the option that an utterance chooses."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec.structs import replace

from mock_electron.model.act import Utterance
from mock_electron.model.decide import scores
from mock_electron.model.fill import Given, assigned
from mock_electron.model.fill.parameters.slots import properties_of, required_of
from mock_electron.model.frame import options
from mock_electron.model.frame.carry import with_context
from mock_electron.model.frame.evidence import IDS, is_evidence, writes
from mock_electron.model.frame.goals import Goal, open_slots
from mock_electron.model.frame.scene import points_of
from mock_electron.model.frame.state import State
from mock_electron.model.frame.update import values_of
from mock_electron.model.normalise import parts
from mock_electron.model.turn import Turn
from mock_electron.wire.request import Tool


def taken(state: State, utterance: Utterance, chosen: str, turn: Turn) -> tuple[Goal, ...]:
    """Return the goal that takes the values of an option.

    Args:
        state: The state before the choice.
        utterance: What was said.
        chosen: The option, as JSON or as text.
        turn: The request.
    """
    made = {goal.tool.name for goal in state.last}
    open_tools = [goal.tool for goal in state.goals]
    tools = open_tools or list(turn.request.tools)
    if utterance.does("amend") and not open_tools:
        tools = [goal.tool for goal in state.last]
    scored = {
        one.tool.name: points_of(one) for one in scores(tuple(tools), turn.saying(utterance.rest))
    }
    best: tuple[tuple[bool, bool, int, int], Goal] | None = None
    for tool in tools:
        if utterance.asks and writes(tool):
            continue
        goal = _with_option(tool, state, utterance, chosen, turn)
        if goal is None or goal in state.last:
            continue
        left = open_slots(goal)
        if len(left) > 1 or (left and len(left) == len(required_of(tool.parameters))):
            continue
        has_id = any(not IDS.isdisjoint(parts(name)) for name in goal.now)
        fits = scored.get(tool.name, 0) + HAS_ID * has_id + VALUE * len(goal.now)
        points = not left, tool.name not in made, fits, len(goal.values)
        if best is None or points > best[0]:
            best = points, goal
    return () if best is None else (best[1],)


VALUE: Final = 4
"""The points of a value of the option or of the utterance."""
HAS_ID: Final = 6
"""The points of a tool that takes the id of an option, and does not only repeat what it says."""


def _with_option(
    tool: Tool, state: State, utterance: Utterance, chosen: str, turn: Turn
) -> Goal | None:
    given = _given_by(tool, chosen, turn)
    if not given:
        return None
    before = next((one for one in (*state.goals, *state.last) if one.tool.name == tool.name), None)
    goal = before or Goal(tool, turn.saying(utterance.text), {}, {})
    goal = goal.with_values(
        {name: one.value for name, one in given.items()},
        {name: one.words for name, one in given.items()},
    )
    goal = with_context(goal, state, turn)
    said_too = {}
    if len(utterance.rest.split()) > FEW_LEFT:
        rest = options.without(utterance.rest, chosen, turn.work)
        said_too = dict(values_of(goal, Utterance(rest, (), rest, utterance.language), turn))
    left = {name: said_too[name] for name in said_too if name not in goal.values}
    values = {name: value for name, (value, _) in left.items()}
    words = {name: words for name, (_, words) in left.items()}
    return replace(goal.with_values(values, words), now=goal.now | frozenset(values))


def _given_by(tool: Tool, chosen: str, turn: Turn) -> Mapping[str, Given]:
    """Return the values that an option gives for a tool: those of its members, or itself."""
    option = options.value_in(chosen)
    if option is None:  # the text is empty, so all that is given is the option's
        said = replace(turn.saying(""), earlier=(chosen,))
        return assigned(tool, said).given
    given = assigned(tool, turn.saying(option)).given
    goal = Goal(tool, turn.saying(option), {}, {})
    sure = {name: one for name, one in given.items() if is_evidence(goal, name, one.value)}
    return sure or ({} if any(map(str.isdigit, option)) else _as_text(tool, option))


def _as_text(tool: Tool, option: str) -> dict[str, Given]:
    """Return an option that is a text as the value of the first parameter that takes any text."""
    for name in required_of(tool.parameters):
        schema: Any = properties_of(tool.parameters).get(name)
        is_text = isinstance(schema, Mapping) and schema.get("type") == "string"
        if is_text and LIMITED.isdisjoint(schema) and IDS.isdisjoint(parts(name)):
            return {name: Given(option, option)}
    return {}


LIMITED: Final = frozenset(("enum", "format", "pattern", "const"))


FEW_LEFT: Final = 4
"""A choice of more words says more than which option it is."""
