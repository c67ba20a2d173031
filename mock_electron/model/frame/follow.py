"""What an utterance wants, after what was said before it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron.model.act import Utterance, heard
from mock_electron.model.arguments import assignment
from mock_electron.model.arguments.slots import properties_of, required_of
from mock_electron.model.frame import options
from mock_electron.model.frame.goals import Goal, open_slots
from mock_electron.model.frame.rounds import Round
from mock_electron.model.matching import Spoken, score
from mock_electron.model.needs import needs
from mock_electron.model.normalise import stem
from mock_electron.model.offers import VERBS, stems_of
from mock_electron.model.turn import Turn
from mock_electron.wire.request import Tool

FEW_WORDS: Final = 8
"""A longer answer to a question is not the value alone."""


Told = tuple[Any, str]
"""A value, and the words that it came from."""


class State(Struct, frozen=True):
    """The state of the dialogue before an utterance.

    Attributes:
        goals: The open goals: wanted, and not called yet.
        last: The goals that were called last.
        reply: What the assistant said last.
        results: The results of all calls, oldest first.
    """

    goals: tuple[Goal, ...] = ()
    last: tuple[Goal, ...] = ()
    reply: str = ""
    results: tuple[str, ...] = ()

    @classmethod
    def after_calls(cls, one: Round, turn: Turn) -> "State":
        """Return the state after a round in which the assistant has made calls."""
        tools = {tool.name: tool for tool in turn.request.tools}
        last = []
        for done in one.done:
            tool, arguments = tools.get(done.name), done.arguments
            if tool is not None and isinstance(arguments, dict):
                said = turn.saying(one.text)
                words = {name: str(value) for name, value in arguments.items()}
                last.append(Goal(tool, said, arguments, words))
        return cls((), tuple(last), one.reply)


def wanted(state: State, utterance: Utterance, turn: Turn) -> tuple[Goal, ...]:
    """Return what an utterance wants.

    Args:
        state: The state before it.
        utterance: What was said.
        turn: The request.
    """
    base = state.goals or state.last
    if not base:
        return _fresh(utterance.text, turn)
    if utterance.is_bare and utterance.acts:
        return _answered(state, utterance, turn)
    chosen = options.chosen(utterance, state.results, turn.work)
    if chosen is not None:
        taken = _taken(state, utterance, chosen, turn)
        if taken:
            return taken
    fresh = _fresh(utterance.text, turn)
    continued = _continued(state, utterance, turn)
    if not fresh or not continued:
        return fresh or continued
    return continued if _continues(state, utterance, fresh, continued) else _carried(fresh, base)


def _fresh(text: str, turn: Turn) -> tuple[Goal, ...]:
    """Return what a text wants by itself."""
    said = turn.saying(text)
    return tuple(
        Goal.of(need.tool, need.said, waits=need.waits) for need in needs(turn.request.tools, said)
    )


def _answered(state: State, utterance: Utterance, turn: Turn) -> tuple[Goal, ...]:
    """Return what an utterance wants that only has acts: "yes please", "no", "thanks, bye"."""
    if utterance.does("deny") and not utterance.does("confirm"):
        return ()
    if utterance.does("finish", "thanks", "farewell", "greeting"):
        return _fresh(utterance.text, turn)
    if not utterance.does("confirm"):
        return ()
    if state.goals:
        return tuple(replace(goal, now=frozenset()) for goal in state.goals)
    return _proposed(state, turn)


def _proposed(state: State, turn: Turn) -> tuple[Goal, ...]:
    """Return what the last question of the assistant proposes."""
    question = _last_question(state.reply)
    if not question:
        return ()
    fresh = _fresh(question, turn)
    told = _fresh(state.reply, turn) if fresh else ()
    values = {goal.tool.name: goal for goal in told}
    found = (
        goal.with_values({**values[goal.tool.name].values, **goal.values}, {})
        if goal.tool.name in values
        else goal
        for goal in fresh
    )
    return _carried(tuple(found), state.last)


def _last_question(text: str) -> str:
    """Return the last question of a text, or ""."""
    before, mark, _ = text.rpartition("?")
    start = max(before.rfind(end) for end in SENTENCE_ENDS) + 1
    return f"{before[start:].strip()}{mark}" if mark else ""


SENTENCE_ENDS: Final = (". ", "! ", "? ", "\n", "。")


def _carried(goals: tuple[Goal, ...], base: tuple[Goal, ...]) -> tuple[Goal, ...]:
    """Return goals with the values that they lack, from goals before them with the same names."""
    return tuple(_with_earlier(goal, base) for goal in goals)


def _with_earlier(goal: Goal, base: tuple[Goal, ...]) -> Goal:
    for name in open_slots(goal):
        for before in reversed(base):
            if name in before.values and _same_kind(goal.tool, before.tool, name):
                words = {name: before.words.get(name, str(before.values[name]))}
                goal = goal.with_values({name: before.values[name]}, words, is_new=False)
                break
    return goal


def _same_kind(one: Tool, other: Tool, name: str) -> bool:
    mine, theirs = (properties_of(tool.parameters).get(name) for tool in (one, other))
    if not isinstance(mine, Mapping) or not isinstance(theirs, Mapping):
        return False
    return all(mine.get(key) == theirs.get(key) for key in ("type", "enum", "format", "pattern"))


def _continues(
    state: State, utterance: Utterance, fresh: tuple[Goal, ...], continued: tuple[Goal, ...]
) -> bool:
    """Return whether an utterance continues a goal rather than beginning one."""
    own = {goal.tool.name for goal in state.goals or state.last}
    is_same = all(goal.tool.name in own for goal in fresh)
    if is_same and (state.goals or utterance.does("follow", "amend", "deny", "confirm")):
        return True
    if is_same:
        return utterance.is_elliptic or not any(goal.values for goal in fresh)
    if not state.goals:
        return False
    said = frozenset(stems_of(utterance.text)) & VERBS
    base_words = frozenset(stems_of(" ".join(own)))
    if said - base_words:
        return False
    return any(
        name in one.values
        for goal, one in zip(state.goals, continued, strict=False)
        for name in open_slots(goal)
    )


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
    tools = [tool for tool in turn.request.tools if _is_asked_for(tool, named)]
    if not tools:
        return ()
    spoken = Spoken(text, turn.spoken_language, turn.work)
    tool = max(tools, key=lambda tool: score(tool, spoken))
    return (Goal.of(tool, turn.saying(text)),)


def _is_asked_for(tool: Tool, named: frozenset[str]) -> bool:
    """Return whether words name a required parameter of a tool."""
    for name in required_of(tool.parameters):
        words = frozenset(stems_of(name))
        if words and words <= named:
            return True
    return False


# --- continuing


def _continued(state: State, utterance: Utterance, turn: Turn) -> tuple[Goal, ...]:
    """Return the open or last goals with the values that an utterance gives; () if it gives none."""
    is_open = bool(state.goals)
    base = state.goals or state.last
    updated = [_updated(goal, utterance, turn, is_open=is_open) for goal in base]
    if not any(updated):
        return ()
    if is_open:
        kept = (replace(old, now=frozenset()) for old in base)
        return tuple(new or old for new, old in zip(updated, kept, strict=True))
    return tuple(filter(None, updated[-1:])) or tuple(filter(None, updated))[-1:]


def _updated(goal: Goal, utterance: Utterance, turn: Turn, *, is_open: bool) -> Goal | None:
    found = dict(_values(goal, utterance, turn))
    lacking = open_slots(goal)
    if utterance.asks:
        found = {name: told for name, told in found.items() if is_open or utterance.is_elliptic}
    elif is_open and not any(name in found for name in lacking):
        found |= _first_labelled(goal, lacking, utterance, turn)
    if not found and utterance.is_elliptic and not utterance.asks and (not is_open or not lacking):
        found = _in_its_place(goal, utterance, turn)
    new = {
        name: one
        for name, one in found.items()
        if name not in goal.values or goal.values[name] != one[0]
    }
    if not new:
        return None
    return goal.with_values(
        {name: value for name, (value, _) in new.items()},
        {name: words for name, (_, words) in new.items()},
    )


def _first_labelled(
    goal: Goal, names: Iterable[str], utterance: Utterance, turn: Turn
) -> dict[str, Told]:
    """Return the value of the first parameter that a short answer fits, or {}."""
    rest = bare(utterance.rest, turn)
    if not rest or len(rest.split()) > FEW_WORDS:
        return {}
    for name in names:
        if _may_be(goal, name, rest):
            told = _labelled(goal, name, utterance, turn)
            if told:
                return told
    return {}


def _may_be(goal: Goal, name: str, text: str) -> bool:
    """Return whether a text has the shape of a value: an id has a digit, a name few words."""
    if NUMBERED.isdisjoint(stems_of(name)):
        return True
    return any(map(str.isdigit, text)) or len(text.split()) == 1


NUMBERED: Final = frozenset(
    stem(word)
    for word in ("id", "number", "code", "phone", "account", "pin", "zip", "postcode", "reference")
)
"""Words of the names of values that have digits."""


def _values(goal: Goal, utterance: Utterance, turn: Turn) -> Iterator[tuple[str, Told]]:
    """Yield the values that an utterance gives for a goal, without a text that is all of it."""
    for text in dict.fromkeys((utterance.text, utterance.rest)):
        found = assignment(goal.tool.parameters, turn.saying(text))
        kept = {
            name: (one.value, one.words)
            for name, one in found.given.items()
            if not one.earlier and not _is_whole(one.value, text)
        }
        if kept:
            yield from kept.items()
            return


def _is_whole(value: Any, text: str) -> bool:
    """Return whether a value is the text itself, and so only what was left over."""
    return isinstance(value, str) and " " in value and 2 * len(value) > len(text)


def _labelled(goal: Goal, name: str, utterance: Utterance, turn: Turn) -> dict[str, Told]:
    """Return the value of a parameter that was asked for, if the answer is the value alone."""
    rest = bare(utterance.rest, turn)
    found = assignment(goal.tool.parameters, turn.saying(f"{name}: {rest}"))
    one = found.given.get(name)
    return {} if one is None or one.earlier else {name: (one.value, rest)}


def _in_its_place(goal: Goal, utterance: Utterance, turn: Turn) -> dict[str, Told]:
    """Return the value that replaces one of its kind: "and in nashik", "make it four"."""
    for name, value in goal.values.items():
        told = _labelled(goal, name, utterance, turn)
        if told and _alike(value, told[name][0]):
            return told
    return {}


def _alike(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    return not isinstance(one, str) or any(map(str.isdigit, one)) == any(map(str.isdigit, other))


def bare(text: str, turn: Turn) -> str:
    """Return a text without the words before a value: "it's", "for", "in"."""
    utterance = heard(text, turn.spoken_language, turn.work)
    return utterance.rest or text


# --- choosing


def _taken(state: State, utterance: Utterance, chosen: str, turn: Turn) -> tuple[Goal, ...]:
    """Return the goal that takes the values of an option.

    Args:
        state: The state before the choice.
        utterance: What was said.
        chosen: The option, as JSON or as text.
        turn: The request.
    """
    made = {goal.tool.name for goal in state.last}
    open_tools = [goal.tool for goal in state.goals]
    tools = open_tools or [tool for tool in turn.request.tools if tool.name not in made]
    best: tuple[int, Goal] | None = None
    for tool in tools:
        goal = _with_option(tool, state, utterance, chosen, turn)
        if goal is None or open_slots(goal):
            continue
        points = len(goal.values)
        if best is None or points > best[0]:
            best = points, goal
    return () if best is None else (best[1],)


def _with_option(
    tool: Tool, state: State, utterance: Utterance, chosen: str, turn: Turn
) -> Goal | None:
    said = replace(turn.saying(""), earlier=(chosen,))
    found = assignment(tool.parameters, said)
    given = found.given  # the text is empty, so all of it is the option's
    if not given:
        return None
    before = next((goal for goal in state.goals if goal.tool.name == tool.name), None)
    goal = before or Goal(tool, turn.saying(utterance.text), {}, {})
    goal = goal.with_values(
        {name: one.value for name, one in given.items()},
        {name: one.words for name, one in given.items()},
    )
    return _with_earlier(goal, state.last)
