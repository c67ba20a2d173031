"""What an utterance wants by itself: by its words, by its values, or with what was said before it."""

from typing import Final

from mock_electron.model.act import Utterance
from mock_electron.model.decide import likely, needs, scores
from mock_electron.model.fill.parameters.slots import required_of
from mock_electron.model.frame.asked import question_of
from mock_electron.model.frame.fitting import ENOUGH, fitting
from mock_electron.model.frame.goals import Goal, open_slots
from mock_electron.model.frame.state import State
from mock_electron.model.frame.update import updated
from mock_electron.model.normalise import parts
from mock_electron.model.turn import Turn
from mock_electron.wire.request import Tool


def wanted_by(text: str, turn: Turn) -> tuple[Goal, ...]:
    """Return what a text wants by itself."""
    said = turn.saying(text)
    return tuple(
        Goal.of(need.tool, need.said, waits=need.waits)
        for need in needs(turn.request.tools, said)
        if not closes(need.tool) or not ENDS.isdisjoint(text.lower().split())
    )


def closed(turn: Turn) -> tuple[Goal, ...]:
    """Return the goal to end the conversation, if a tool does just that."""
    tool = next(filter(closes, turn.request.tools), None)
    return () if tool is None else (Goal.of(tool, turn.saying("")),)


def closes(tool: Tool) -> bool:
    """Return whether a tool ends the conversation: `end_call`, `hang_up`."""
    words = frozenset(parts(tool.name))
    return not (ENDS.isdisjoint(words) or CONVERSATIONS.isdisjoint(words)) and not required_of(
        tool.parameters
    )


ENDS: Final = frozenset("end finish hang close terminate complete disconnect stop".split())


CONVERSATIONS: Final = frozenset("call up conversation session chat dialog dialogue survey".split())


def begun(state: State, utterance: Utterance, turn: Turn) -> tuple[Goal, ...]:
    """Return what an utterance wants when nothing was understood before it.

    It may want it together with the utterance before it.
    """
    fresh = wanted_by(utterance.text, turn)
    if fresh or utterance.is_bare:
        return fresh
    texts = [utterance.text]
    if state.pending and not utterance.asks:
        texts.append(f"{state.pending}\n{utterance.text}")
        fresh = wanted_by(texts[1], turn)
        if fresh:
            return fresh
    known = (*state.called, *state.last, *state.goals)
    is_answer = (
        bool(state.last) and question_of(state.reply) != "" and len(utterance.rest.split()) == 1
    )
    for enough in (ENOUGH, 1) if known or state.pending else (ENOUGH,):
        for text in texts:
            said = turn.saying(text)
            goal = fitting(
                turn.request.tools,
                said,
                known=known,
                asks=utterance.asks,
                enough=enough,
                answers=is_answer,
            )
            if goal is not None:
                return (goal,)
    if state.pending and not utterance.asks:
        goals = _completed(state, utterance, turn)
        if goals:
            return goals
    if utterance.does("deny"):
        return ()
    said = turn.saying(utterance.text)
    tool = likely(turn.request.tools, said, asks=utterance.asks)
    return () if tool is None else (Goal.of(tool, said),)


def _completed(state: State, utterance: Utterance, turn: Turn) -> tuple[Goal, ...]:
    """Return what was said before, if its most likely tool lacks just what is said now."""
    said = turn.saying(state.pending)
    best = scores(turn.request.tools, said)[:2]
    if not best or (len(best) == 2 and best[0].points == best[1].points):
        return ()
    goal = updated(Goal.of(best[0].tool, said), utterance, turn, is_open=True)
    return () if goal is None or open_slots(goal) else (goal,)
