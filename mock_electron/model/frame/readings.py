"""The readings of an utterance: everything that it may want, after what was said before it.

A reading is a way to understand an utterance. READINGS has a function for each kind, and each tool is
tried alone with the values that were said for it. `signs` tells which reading is the likeliest.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron._regex import regex
from mock_electron.model.act import Utterance
from mock_electron.model.decide import likely
from mock_electron.model.fill.parameters.slots import required_of
from mock_electron.model.frame import options
from mock_electron.model.frame.asked import question_of, slots_asked
from mock_electron.model.frame.begin import closed, wanted_by
from mock_electron.model.frame.carry import carried, with_context
from mock_electron.model.frame.choose import taken
from mock_electron.model.frame.evidence import IDS, is_evidence, writes
from mock_electron.model.frame.goals import Goal, open_slots
from mock_electron.model.frame.propose import invited, offered
from mock_electron.model.frame.refer import referred, turned
from mock_electron.model.frame.scene import Scene
from mock_electron.model.frame.state import State
from mock_electron.model.frame.update import updated
from mock_electron.model.normalise import parts
from mock_electron.model.turn import Turn
from mock_electron.model.work import RULE
from mock_electron.wire.request import Tool

Goals = tuple[Goal, ...]


class Reading(Struct, frozen=True):
    """A way to understand an utterance.

    Attributes:
        kind: What it takes the utterance for: a key of READINGS, or WORDS.
        goals: What the user wants then.
    """

    kind: str
    goals: tuple[Goal, ...] = ()


WORDS: Final = "words"
"""The kind of the reading that wants no call."""
FRESH: Final = "fresh"
"""The kind of the reading that wants what the words say."""
LIKELY: Final = "likely"
"""The kind of the reading that wants what the words are related to."""
FIRST: Final = (FRESH, LIKELY)
"""The kinds that have no alternative if nothing was said before."""
CLOSED: Final = "closed"
"""The kind of the reading that ends the conversation."""


def readings_of(scene: Scene) -> Iterator[Reading]:
    """Yield the readings of an utterance in its scene. The first one wants words."""
    state, utterance, turn = scene.state, scene.utterance, scene.turn
    yield Reading(WORDS)
    for kind, read in READINGS.items():
        turn.work.charge(RULE)
        goals = read(state, utterance, turn)
        if goals:
            yield Reading(kind, _referred(goals, scene))
    for tool in scene.tools:
        for kind, goal in _alone(tool, scene):
            turn.work.charge(RULE)
            yield Reading(kind, _referred((goal,), scene))


def _referred(goals: Goals, scene: Scene) -> Goals:
    """Return goals with the values that the utterance refers to: "that day", "coming back"."""
    text = scene.utterance.text.lower()
    return tuple(turned(referred(one, text, scene.state, scene.turn), text) for one in goals)


def _fresh(state: State, utterance: Utterance, turn: Turn) -> Goals:
    """What the words of the utterance want by themselves."""
    return _without_finders(carried(wanted_by(utterance.text, turn), state, turn))


def _without_finders(goals: Goals) -> Goals:
    """Return goals without those that only find an id which a result before has given."""
    kept = list(goals)
    for finder, goal in pairwise(goals):
        if goal.waits and not open_slots(goal) and not finder.values and finder.said == goal.said:
            kept.remove(finder)
    return tuple(kept)


def _once_more(state: State, utterance: Utterance, turn: Turn) -> Goals:
    """What its words want, with all other values of the call before of the same tool."""
    before = {goal.tool.name: goal for goal in (*state.called, *state.last)}
    fresh = wanted_by(utterance.text, turn)
    if not any(goal.tool.name in before for goal in fresh):
        return ()
    return tuple(
        before[goal.tool.name].with_values(goal.values, goal.words)
        if goal.tool.name in before
        else with_context(goal, state, turn)
        for goal in fresh
    )


def _together(state: State, utterance: Utterance, turn: Turn) -> Goals:
    """What it wants together with the utterance before it, which wanted nothing that was understood."""
    if not state.pending:
        return ()
    return carried(wanted_by(f"{state.pending}\n{utterance.text}", turn), state, turn)


def _likely(state: State, utterance: Utterance, turn: Turn) -> Goals:
    """The tool that it is most related to, if none fits by its own words."""
    if utterance.holds or utterance.does("deny", "refuse") or OWN_DOING.search(utterance.rest):
        return ()
    said = turn.saying(utterance.text)
    tool = likely(turn.request.tools, said, asks=utterance.asks)
    if tool is None or (utterance.asks and writes(tool)):
        return ()
    return (with_context(Goal.of(tool, said), state, turn),)


OWN_DOING: Final = regex(r"(?:[aelk]ung[ai]|ऊ[ँं]ग[ाी]|ू[ँं]ग[ाी]|றேன்|கிறேன்|ப்பேன்|வேன்)\Z")
"""What somebody will do himself: "main website dekh lunga"."""


def _kept(state: State, utterance: Utterance, turn: Turn) -> Goals:
    """The open goals as they are."""
    return tuple(replace(goal, now=frozenset()) for goal in state.goals)


def _continued(state: State, utterance: Utterance, turn: Turn) -> Goals:
    """The open goals with the values that the utterance gives."""
    if not state.goals:
        return ()
    question = question_of(state.reply)
    changed = [
        updated(goal, utterance, turn, is_open=True, asked=slots_asked(goal.tool, question, turn))
        for goal in state.goals
    ]
    if not any(changed):
        return ()
    kept = _kept(state, utterance, turn)
    return tuple(new or old for new, old in zip(changed, kept, strict=True))


def _amended(state: State, utterance: Utterance, turn: Turn) -> Goals:
    """The last call with other values."""
    text = utterance.text.lower()
    found = [
        (sum(words.lower() in text for words in old.words.values()), place, new)
        for place, old in enumerate(state.last)
        for new in (updated(old, utterance, turn, is_open=False),)
        if new is not None
    ]
    if not found:
        return ()
    _, _, new = max(found, key=lambda one: one[:2])
    if any(not IDS.isdisjoint(parts(name)) for name in new.now):  # it is about another thing
        required = (*required_of(new.tool.parameters), *new.now)
        new = replace(new, values={n: v for n, v in new.values.items() if n in required})
    return (new,)


def _again(state: State, utterance: Utterance, turn: Turn) -> Goals:
    """An earlier call with what the utterance changes: "how about the week after"."""
    text, tried = utterance.text.lower(), set[str]()
    for goal in reversed((*state.called, *state.last)):
        if goal.tool.name in tried:
            continue
        tried.add(goal.tool.name)
        new = updated(goal, utterance, turn, is_open=False)
        moved = turned(referred(new or goal, text, state, turn), text)
        if moved.values != goal.values:
            return (moved,)
    return ()


def _chosen(state: State, utterance: Utterance, turn: Turn) -> Goals:
    """The option of a result that the utterance chooses."""
    option = options.chosen(utterance, state.results, turn.work) if state.results else None
    return () if option is None else taken(state, utterance, option, turn)


def _answered(state: State, utterance: Utterance, turn: Turn) -> Goals:
    """What the question of the assistant is about, with the answer to it."""
    return () if state.goals else invited(state, utterance, turn)


def _offered(state: State, utterance: Utterance, turn: Turn) -> Goals:
    """The last call with the values that the assistant offers instead."""
    return () if state.goals else offered(state, turn)


def _closed(state: State, utterance: Utterance, turn: Turn) -> Goals:
    """The end of the conversation."""
    return closed(turn)


READINGS: Final[dict[str, Callable[[State, Utterance, Turn], Goals]]] = {
    FRESH: _fresh,
    "once more": _once_more,
    "together": _together,
    LIKELY: _likely,
    "kept": _kept,
    "continued": _continued,
    "amended": _amended,
    "again": _again,
    "chosen": _chosen,
    "answered": _answered,
    "offered": _offered,
    CLOSED: _closed,
}
"""The readings that want a call, by their kinds."""


def _alone(tool: Tool, scene: Scene) -> Iterator[tuple[str, Goal]]:
    """Yield a tool with the values that were said for it: those that are evidence, and all of them.

    A first request without a word and without a value for a tool does not want it.
    """
    state, text = scene.state, scene.utterance.text
    texts = {"alone": text}
    if state.pending and not state.goals:
        texts["alone together"] = f"{state.pending}\n{text}"
    for kind, said in texts.items():
        goal = Goal.of(tool, scene.turn.saying(said))
        if scene.is_first and not goal.values and tool.name not in scene.points:
            continue
        sure = {n: v for n, v in goal.values.items() if is_evidence(goal, n, v)}
        if len(sure) < len(goal.values):
            yield kind, with_context(goal, state, scene.turn)
        goal = replace(goal, values=sure, now=frozenset(sure))
        yield f"{kind}, sure", with_context(goal, state, scene.turn)
