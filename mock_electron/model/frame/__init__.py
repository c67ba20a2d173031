"""The state of the dialogue, computed from the history alone.

1. The conversation is followed round by round. The calls of the assistant are facts: they close the
   goals before them.
2. An utterance continues the open goals, or the last calls, if it answers a question, amends or
   follows up: the values that it gives replace those before, and all others stay. After a call, a
   value in passing changes nothing: the utterance must amend, ask for something, or say nothing else.
3. "Yes" wants what was proposed: the open goals, or else what the last question of the assistant was
   about. "No" alone wants nothing.
4. "The second one" takes the values of that option in the latest result.
5. Any other utterance begins anew: with the tool that it fits by its words, or by its values, or
   together with the utterance before it that was not understood.
6. A goal that lacks a value takes it over from the calls before it.

    rounds      what the user said, and what the assistant did about it
    goals       a tool that is wanted, with the values that were said for it
    state       what was said, done and asked before an utterance
    follow      what an utterance wants, after what was said before it
        begin   by itself
        fitting by its values
        propose after a question of the assistant
        choose  by an option
    options     the options of a result, and which one is chosen
    update      the values that an utterance gives for a goal
        alone       whether it says them alone, or in passing
        half_days   the half of the day of a time that replaces another one
    carry       the values of earlier calls
"""

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron.model.act import Utterance, heard
from mock_electron.model.frame.follow import wanted
from mock_electron.model.frame.goals import Goal
from mock_electron.model.frame.propose import asked_for
from mock_electron.model.frame.rounds import Round, rounds_of
from mock_electron.model.frame.state import State, goals_of
from mock_electron.model.turn import Turn

__all__ = ["Frame", "Goal", "frame_of"]


FRAME: Final = "frame"
MOST_CALLS: Final = 20
"""Of how many calls the values are known."""


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
        called = goals_of(turn.done_before[-MOST_CALLS:], "", turn)
        state = State(results=_results(turn), called=called)
        for one in rounds_of(turn.before, turn.work):
            state = _after(state, one, turn)
    utterance = heard(turn.message, turn.spoken_language, turn.work)
    return Frame(utterance, wanted(state, utterance, turn))


def _results(turn: Turn) -> tuple[str, ...]:
    return tuple(done.result for done in turn.done_before if done.result is not None)


def _after(state: State, one: Round, turn: Turn) -> State:
    """Return the state after a round."""
    if one.done:
        return replace(State.after_calls(one, turn), results=state.results, called=state.called)
    text = turn.meant(one.text)
    utterance = heard(text, turn.spoken_language, turn.work)
    goals = wanted(state, utterance, turn) or state.goals
    goals = tuple(goal for goal in goals if not state.has_made(goal))
    thread = f"{state.pending}\n{text}" if state.pending else text
    goals = asked_for(goals, thread, one.reply, state, turn)
    is_over = bool(goals or (state.last and utterance.asks))
    pending = "" if is_over else state.pending if utterance.is_bare else thread
    return replace(state, goals=goals, reply=one.reply, pending=pending)
