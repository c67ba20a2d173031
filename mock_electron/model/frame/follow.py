"""What an utterance wants, after what was said before it: the likeliest of its readings."""

from msgspec import Struct

from mock_electron.model.act import Utterance
from mock_electron.model.frame.begin import closed, wanted_by
from mock_electron.model.frame.goals import Goal
from mock_electron.model.frame.readings import (
    CLOSED,
    FIRST,
    FRESH,
    READINGS,
    WORDS,
    Reading,
    readings_of,
)
from mock_electron.model.frame.scene import Scene
from mock_electron.model.frame.signs import score, weighed
from mock_electron.model.frame.state import State
from mock_electron.model.turn import Turn


def wanted(state: State, utterance: Utterance, turn: Turn) -> tuple[Goal, ...]:
    """Return what an utterance wants.

    Args:
        state: The state before it.
        utterance: What was said.
        turn: The request.
    """
    return likeliest(state, utterance, turn).goals


class Judged(Struct, frozen=True):
    """A reading with its score.

    Attributes:
        kind: What it takes the utterance for.
        tools: The names of the tools that it wants to be called.
        score: How likely it is, compared with the others.
        signs: What each of its signs adds to the score, the weightiest first.
    """

    kind: str
    tools: tuple[str, ...]
    score: int
    signs: tuple[tuple[str, int], ...]


def judged(state: State, utterance: Utterance, turn: Turn) -> tuple[Judged, ...]:
    """Return the readings of an utterance with their scores, the likeliest first."""
    scene = Scene(state, utterance, turn)
    found = [
        Judged(one.kind, tuple(goal.tool.name for goal in one.goals), sum(parts.values()), signs)
        for one in readings_of(scene)
        for parts in (weighed(one, scene),)
        for signs in (tuple(sorted(parts.items(), key=lambda part: -abs(part[1]))),)
    ]
    return tuple(sorted(found, key=lambda one: -one.score))


def likeliest(state: State, utterance: Utterance, turn: Turn) -> Reading:
    """Return the likeliest reading of an utterance.

    A first request whose words are those of tools, or related to those of one, has no other reading.
    What was called is told again. What only greets, thanks or waits wants no call, and no more does a command not to do something.
    """
    if utterance.closes:
        return Reading(CLOSED, closed(turn))
    scene = Scene(state, utterance, turn)
    again = wanted_by(utterance.text, turn) if state.called or state.last else ()
    if again and all(map(state.has_made, again)):
        return Reading(FRESH, again)
    if scene.is_first:
        for kind in FIRST:
            goals = READINGS[kind](state, utterance, turn)
            if goals:
                return Reading(kind, goals)
    if utterance.forbids or (utterance.is_bare and utterance.agrees is None):
        return Reading(WORDS)
    found = tuple(readings_of(scene))
    return max(found, key=lambda reading: score(reading, scene)) if len(found) > 1 else found[0]
