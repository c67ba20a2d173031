"""What the last question of the assistant proposes or asks for."""

from mock_electron.model.act import Utterance
from mock_electron.model.decide import scores
from mock_electron.model.decide.actions import VERBS
from mock_electron.model.decide.tool_words import stems_of
from mock_electron.model.fill.parameters.slots import required_of
from mock_electron.model.frame.begin import wanted_by
from mock_electron.model.frame.carry import carried
from mock_electron.model.frame.goals import Goal
from mock_electron.model.frame.state import State, last_question
from mock_electron.model.frame.update import updated
from mock_electron.model.normalise import split, stem
from mock_electron.model.turn import Turn
from mock_electron.wire.request import Tool


def proposed(state: State, turn: Turn) -> tuple[Goal, ...]:
    """Return what the last question of the assistant proposes."""
    question = last_question(state.reply)
    if not question:
        return ()
    fresh = wanted_by(question, turn)
    told = wanted_by(state.reply, turn) if fresh else ()
    values = {goal.tool.name: goal for goal in told}
    found = (
        goal.with_values({**values[goal.tool.name].values, **goal.values}, {})
        if goal.tool.name in values
        else goal
        for goal in fresh
    )
    return carried(tuple(found), (*state.called, *state.last))


def invited(state: State, utterance: Utterance, turn: Turn) -> tuple[Goal, ...]:
    """Return what the last question of the assistant proposes or asks for, with what is added to it.

    "Shall I book it?" / "yes, next monday"; "May I have your name for the booking?" / "marta"
    """
    question = last_question(state.reply)
    if not question or utterance.asks or utterance.does("deny"):
        return ()
    made = {goal.tool.name for goal in state.last}
    proposed = (
        wanted_by(question, turn)
        or asked_for(question, question, turn)
        or _by_verb(question, made, turn)
    )
    goals = [
        goal
        for goal in carried(proposed, (*state.called, *state.last))
        if goal.tool.name not in made
    ]
    found = tuple(filter(None, (updated(goal, utterance, turn, is_open=True) for goal in goals)))
    return found or (tuple(goals) if utterance.does("confirm") else ())


def _by_verb(question: str, made: set[str], turn: Turn) -> tuple[Goal, ...]:
    """Return the only tool whose verb a question has: "Shall I book it for you?"."""
    verbs = frozenset(stems_of(question)) & VERBS.keys()
    found = [
        tool
        for tool in turn.request.tools
        if tool.name not in made and verbs & frozenset(map(stem, split(tool.name.lower())))
    ]
    return (Goal(found[0], turn.saying(question), {}, {}),) if len(found) == 1 else ()


def asked_for(text: str, reply: str, turn: Turn) -> tuple[Goal, ...]:
    """Return the goal that a question of the assistant is about, by the parameter that it names.

    Args:
        text: What the user had said.
        reply: What the assistant said then.
        turn: The request.
    """
    if "?" not in reply:
        return ()
    named = frozenset(stems_of(reply))
    offered = turn.request.tools
    tools = [tool for tool in offered if _is_asked_for(tool, named)]
    tools = tools or [tool for tool in offered if _is_asked_for(tool, named, whole=False)]
    if not tools:
        return ()
    said = turn.saying(text)
    scored = scores(tuple(tools), said)
    return (Goal.of(scored[0].tool if scored else tools[0], said),)


def _is_asked_for(tool: Tool, named: frozenset[str], *, whole: bool = True) -> bool:
    """Return whether words name a required parameter of a tool, with all of its name or its end."""
    for name in required_of(tool.parameters):
        words = [stem(word) for word in split(name.lower())]
        if words and named.issuperset(words if whole else words[-1:]):
            return True
    return False
