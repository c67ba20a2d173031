"""What an utterance wants by itself: by its words, by its values, or with what was said before it."""

from typing import Final

from mock_electron._regex import regex
from mock_electron.model.act import Utterance
from mock_electron.model.decide import likely, needs, scores
from mock_electron.model.fill.parameters.slots import required_of
from mock_electron.model.frame.alone import is_meant
from mock_electron.model.frame.asked import question_of
from mock_electron.model.frame.fitting import ENOUGH, fitting, writes
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


def wanted_now(state: State, utterance: Utterance, turn: Turn) -> tuple[Goal, ...]:
    """Return what an utterance wants by itself. A question repeats no call that changed something."""
    fresh = wanted_by(utterance.text, turn)
    if not fresh or not utterance.inquires or utterance.requests:
        return fresh
    made = {goal.tool.name for goal in state.last if writes(goal.tool)}
    return tuple(goal for goal in fresh if goal.tool.name not in made)


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
    fresh = wanted_now(state, utterance, turn)
    if fresh or utterance.is_bare:
        return fresh
    texts = [utterance.text]
    if state.pending and not utterance.asks:
        texts.append(f"{state.pending}\n{utterance.text}")
        fresh = wanted_by(texts[1], turn)
        if fresh:
            return fresh
    goal = _fitting(state, utterance, texts, turn)
    if goal is not None:
        return (goal,) if is_meant(goal, state, utterance, turn) else ()
    if state.pending and not utterance.asks:
        goals = _completed(state, utterance, turn)
        if goals:
            return goals
    return _likely(state, utterance, turn)


def _fitting(state: State, utterance: Utterance, texts: list[str], turn: Turn) -> Goal | None:
    """Return the goal that fits the values of one of the texts."""
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
                return goal
    return None


OWN_DOING: Final = regex(r"(?:[aelk]ung[ai]|ऊ[ँं]ग[ाी]|ू[ँं]ग[ाी]|றேன்|கிறேன்|ப்பேன்|வேன்)\Z")
"""What somebody will do himself: "main website dekh lunga"."""


def _likely(state: State, utterance: Utterance, turn: Turn) -> tuple[Goal, ...]:
    """Return the goal of the tool that an utterance is most related to. A call is not made again."""
    if utterance.does("deny") or utterance.holds or OWN_DOING.search(utterance.rest) is not None:
        return ()
    said = turn.saying(utterance.text)
    tool = likely(turn.request.tools, said, asks=utterance.asks)
    if tool is None or (utterance.asks and writes(tool)):
        return ()
    is_made = any(goal.tool.name == tool.name for goal in state.last)
    return () if is_made and not utterance.amends else (Goal.of(tool, said),)


def _completed(state: State, utterance: Utterance, turn: Turn) -> tuple[Goal, ...]:
    """Return what was said before, if its most likely tool lacks just what is said now."""
    said = turn.saying(state.pending)
    best = scores(turn.request.tools, said)[:2]
    if not best or (len(best) == 2 and best[0].points == best[1].points):
        return ()
    goal = updated(Goal.of(best[0].tool, said), utterance, turn, is_open=True)
    return () if goal is None or open_slots(goal) else (goal,)
