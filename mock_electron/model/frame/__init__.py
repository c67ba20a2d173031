"""The state of the dialogue, computed from the history alone.

1. The conversation is followed round by round. The calls of the assistant are facts: they close the
   goals before them.
2. An utterance continues the open goals, or the last calls, if it answers a question, amends or
   follows up: the values that it gives replace those before, and all others stay.
3. "Yes" wants what was proposed: the open goals, or else what the last question of the assistant was
   about. "No" alone wants nothing.
4. "The second one" takes the values of that option in the latest result.
5. Any other utterance begins anew.

    rounds      what the user said, and what the assistant did about it
    goals       a tool that is wanted, with the values that were said for it
    follow      what an utterance wants, after what was said before it
    options     the options of a result, and which one is chosen
"""

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron.model.act import Utterance, heard
from mock_electron.model.frame.follow import State, asked_for, wanted
from mock_electron.model.frame.goals import Goal
from mock_electron.model.frame.rounds import Round, rounds_of
from mock_electron.model.turn import Turn

__all__ = ["Frame", "Goal", "frame_of"]


FRAME: Final = "frame"


class Frame(Struct, frozen=True):
    """What the user wants now.

    Attributes:
        utterance: The last utterance, with its acts.
        goals: The tools that are wanted, in order.
    """

    utterance: Utterance
    goals: tuple[Goal, ...]


def frame_of(turn: Turn) -> Frame:
    """Return the frame of a request with tools."""
    known: Frame | None = turn.known.get(FRAME)
    if known is None:
        known = turn.known[FRAME] = _frame(turn)
    return known


def _frame(turn: Turn) -> Frame:
    state = State()
    if turn.before:
        state = State(results=_results(turn))
        for one in rounds_of(turn.before, turn.work):
            state = _after(state, one, turn)
    utterance = heard(turn.message, turn.spoken_language, turn.work)
    return Frame(utterance, wanted(state, utterance, turn))


def _results(turn: Turn) -> tuple[str, ...]:
    return tuple(done.result for done in turn.done_before if done.result is not None)


def _after(state: State, one: Round, turn: Turn) -> State:
    """Return the state after a round."""
    if one.done:
        return replace(State.after_calls(one, turn), results=state.results)
    utterance = heard(one.text, turn.spoken_language, turn.work)
    goals = wanted(state, utterance, turn) or state.goals or asked_for(one.text, one.reply, turn)
    return State(goals, state.last, one.reply, state.results)
