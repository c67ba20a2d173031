"""What an utterance wants, after what was said before it."""

from itertools import pairwise

from msgspec.structs import replace

from mock_electron.model.act import Utterance
from mock_electron.model.decide.actions import READS, VERBS, actions_of, effects_of
from mock_electron.model.decide.spoken import stems_said
from mock_electron.model.decide.tool_words import stems_of
from mock_electron.model.fill.parameters.slots import required_of
from mock_electron.model.frame import options
from mock_electron.model.frame.alone import is_meant
from mock_electron.model.frame.asked import question_of, slots_asked
from mock_electron.model.frame.begin import begun, closed, wanted_by, wanted_now
from mock_electron.model.frame.carry import carried, with_context
from mock_electron.model.frame.choose import taken
from mock_electron.model.frame.context import meant
from mock_electron.model.frame.fitting import IDS, is_evidence, reads
from mock_electron.model.frame.goals import Goal, open_slots
from mock_electron.model.frame.propose import invited, offered
from mock_electron.model.frame.refer import referred, turned
from mock_electron.model.frame.state import State
from mock_electron.model.frame.update import updated
from mock_electron.model.normalise import parts
from mock_electron.model.turn import Turn


def wanted(state: State, utterance: Utterance, turn: Turn) -> tuple[Goal, ...]:
    """Return what an utterance wants.

    Args:
        state: The state before it.
        utterance: What was said.
        turn: The request.
    """
    if utterance.closes:
        return closed(turn)
    if not state.goals and not state.last:
        return begun(state, utterance, turn)
    if utterance.is_bare and utterance.acts:
        return _answered(state, utterance, turn)
    chosen = options.chosen(utterance, state.results, turn.work)
    found = () if chosen is None else taken(state, utterance, chosen, turn)
    return found or _said(state, utterance, turn)


def _said(state: State, utterance: Utterance, turn: Turn) -> tuple[Goal, ...]:
    """Return what an utterance wants that says more than yes or no, and chooses no option."""
    text = utterance.text.lower()
    goals = _wanted(state, utterance, turn)
    return tuple(turned(referred(goal, text, state, turn), text) for goal in goals)


def _wanted(state: State, utterance: Utterance, turn: Turn) -> tuple[Goal, ...]:
    fresh = wanted_now(state, utterance, turn)
    if not fresh and utterance.does("farewell"):
        return closed(turn)
    continued = _continued(state, utterance, turn)
    fresh = tuple(_once_more(goal, state, utterance) for goal in fresh)
    if not fresh:
        return _most(state, utterance, continued, turn) or carried(
            begun(state, utterance, turn), state, turn
        )
    if continued and _continues(state, utterance, fresh, continued, turn):
        return continued
    return _without_finders(carried(fresh, state, turn))


def _without_finders(goals: tuple[Goal, ...]) -> tuple[Goal, ...]:
    """Return goals without those that only find an id which a result before has given."""
    kept = list(goals)
    for finder, goal in pairwise(goals):
        if goal.waits and not open_slots(goal) and not finder.values and finder.said == goal.said:
            kept.remove(finder)
    return tuple(kept)


def _once_more(goal: Goal, state: State, utterance: Utterance) -> Goal:
    """Return a goal with all values of the call before of the same tool, if an utterance adds to it."""
    if not utterance.repeats:
        is_whole = goal.now.issuperset(required_of(goal.tool.parameters))
        if not utterance.does("follow") or is_whole or _names_another(goal):
            return goal
    for before in reversed((*state.called, *state.last)):
        if before.tool.name == goal.tool.name:
            return before.with_values(goal.values, goal.words)
    return goal


def _names_another(goal: Goal) -> bool:
    """Return whether an id was said, so that the call is about another thing than the one before."""
    return any(not IDS.isdisjoint(parts(name)) for name in goal.now)


def _most(
    state: State, utterance: Utterance, continued: tuple[Goal, ...], turn: Turn
) -> tuple[Goal, ...]:
    """Return the goals for which an utterance without words for a tool says the most."""
    if state.goals and continued:
        return continued
    if _only_reads(utterance, continued):
        continued = ()
    asked = () if state.goals else invited(state, utterance, turn)
    if utterance.does("deny") and not utterance.does("amend") and not utterance.commands:
        return asked or continued
    if utterance.forbids:
        return ()
    one = meant(state, utterance, turn)
    if one is not None and continued and one.tool == continued[0].tool:
        one = None
    if one is not None and not utterance.asks and not is_meant(one, state, utterance, turn):
        one = None
    found = asked, continued, () if one is None else (one,)
    best = max(found, key=lambda goals: (bool(goals), _told(goals)))
    return best or _again(state, utterance, turn)


def _only_reads(utterance: Utterance, goals: tuple[Goal, ...]) -> bool:
    """Return whether an utterance reads, and goals change something: a read is no write."""
    if not goals or any(reads(goal.tool) for goal in goals):
        return False
    verbs = stems_said(utterance.rest, utterance.language) & VERBS.keys()
    return effects_of(actions_of(verbs)) == {READS}


def _again(state: State, utterance: Utterance, turn: Turn) -> tuple[Goal, ...]:
    """Return an earlier call with what a follow-up says: "how about the week after"."""
    if state.goals or not utterance.does("follow", "amend"):
        return ()
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


def _told(goals: tuple[Goal, ...]) -> int:
    """Return how many values were said for goals that are no mere texts."""
    return sum(is_evidence(goal, name, goal.values[name]) for goal in goals for name in goal.now)


def _answered(state: State, utterance: Utterance, turn: Turn) -> tuple[Goal, ...]:
    """Return what an utterance wants that only has acts: "yes please", "no", "thanks, bye"."""
    if utterance.does("greeting"):
        return wanted_by(utterance.text, turn)
    if not utterance.does("confirm", "deny", "refuse"):
        return ()
    if state.goals:
        goals = tuple(replace(goal, now=frozenset()) for goal in state.goals)
        return _continued(state, utterance, turn) or (goals if utterance.does("confirm") else ())
    found = invited(state, utterance, turn)
    return found or (offered(state, turn) if utterance.does("confirm") else ())


def _continues(
    state: State,
    utterance: Utterance,
    fresh: tuple[Goal, ...],
    continued: tuple[Goal, ...],
    turn: Turn,
) -> bool:
    """Return whether an utterance continues a goal rather than beginning one."""
    own = {goal.tool.name for goal in state.goals or state.last}
    is_same = all(goal.tool.name in own for goal in fresh)
    if is_same and (state.goals or utterance.does("follow", "amend", "deny", "confirm")):
        return True
    if (
        utterance.does("follow")
        and _told(continued) > 0
        and _told(continued) >= _told(fresh)
        and VERBS.keys().isdisjoint(stems_of(utterance.rest))
        and any(open_slots(with_context(goal, state, turn)) for goal in fresh)
    ):
        return True
    if is_same and utterance.repeats:
        return True
    if is_same:
        is_part = utterance.is_elliptic or (len(fresh) == 1 and any(map(open_slots, fresh)))
        return is_part or not any(goal.values for goal in fresh)
    if not state.goals:
        return False
    said = stems_said(utterance.text, utterance.language) & VERBS.keys()
    base_words = frozenset(stems_of(" ".join(own)))
    if said - base_words:
        return False
    return any(
        name in one.values
        for goal, one in zip(state.goals, continued, strict=False)
        for name in open_slots(goal)
    )


def _continued(state: State, utterance: Utterance, turn: Turn) -> tuple[Goal, ...]:
    """Return the open or last goals with the values that an utterance gives; () if it gives none."""
    is_open = bool(state.goals)
    base = state.goals or state.last
    question = question_of(state.reply)
    changed = [
        updated(
            goal,
            utterance,
            turn,
            is_open=is_open,
            asked=slots_asked(goal.tool, question, turn) if is_open else (),
        )
        for goal in base
    ]
    if not any(changed):
        return ()
    if is_open:
        kept = (replace(old, now=frozenset()) for old in base)
        return tuple(new or old for new, old in zip(changed, kept, strict=True))
    text = utterance.text.lower()
    found = [
        (sum(words.lower() in text for words in old.words.values()), place, new)
        for place, (old, new) in enumerate(zip(base, changed, strict=True))
        if new is not None
    ]
    _, _, new = max(found, key=lambda one: one[:2])
    if _names_another(new) and not utterance.repeats and not utterance.does("amend", "deny"):
        required = (*required_of(new.tool.parameters), *new.now)
        new = replace(new, values={n: v for n, v in new.values.items() if n in required})
    return (new,)
