"""The state of the dialogue, computed from the history alone.

1. The conversation is followed round by round. The calls of the assistant are facts: they close the
   goals before them.
2. An utterance has several readings: it wants what its words say, it continues the open goals, it
   amends the last call, it answers the question of the assistant, it chooses an option, it wants one of
   the tools with the values that were said, or it wants words (`readings`).
3. Each reading has signs: how well the words fit, which values were said, what is open, what was
   called, what the assistant asks, what the utterance does. The likeliest reading is the one whose signs
   weigh most (`signs`). The weights are learned from conversations.
4. A goal that lacks a value takes it over from the calls and the results before it.

    rounds      what the user said, and what the assistant did about it
    goals       a tool that is wanted, with the values that were said for it
    state       what was said, done and asked before an utterance
    follow      what an utterance wants: its likeliest reading
        readings    all its readings
            begin   what a text wants by its words
            propose what the assistant asks for, or offers
            choose  an option of a result
            refer   "that day", "coming back"
        scene       what the signs are read from
            evidence    values that are evidence for a tool
            alone       values that are meant, and not mentioned in passing
            asked       the parameters that a question asks for
        signs       what tells readings apart; `weights.json` says what each sign is worth
    options     the options of a result, and which one is chosen
    update      the values that an utterance gives for a goal
        half_days   the half of the day of a time that replaces another one
    carry       the values of earlier calls
"""

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron.model.act import Utterance, heard
from mock_electron.model.frame.follow import Judged, judged, wanted
from mock_electron.model.frame.goals import Goal
from mock_electron.model.frame.propose import asked_for
from mock_electron.model.frame.rounds import Round, rounds_of
from mock_electron.model.frame.state import State, goals_of
from mock_electron.model.turn import Turn

__all__ = ["Frame", "Goal", "Judged", "choice_of", "frame_of", "state_of"]


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
    utterance = heard(turn.message, turn.spoken_language, turn.work)
    return Frame(utterance, wanted(state_of(turn), utterance, turn))


def state_of(turn: Turn) -> State:
    """Return the state before the last utterance."""
    if not turn.before:
        return State()
    called = goals_of(turn.done_before[-MOST_CALLS:], "", turn)
    state = State(results=_results(turn), called=called)
    for one in rounds_of(turn.before, turn.work):
        state = _after(state, one, turn)
    return state


def choice_of(turn: Turn) -> tuple[Judged, ...]:
    """Return the readings of the last utterance with their scores, the likeliest first."""
    return judged(state_of(turn), frame_of(turn).utterance, turn)


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
