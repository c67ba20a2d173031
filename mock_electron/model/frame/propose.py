"""What the last question of the assistant proposes or asks for."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from msgspec.structs import replace

from mock_electron._regex import regex
from mock_electron.model.act import Utterance
from mock_electron.model.decide import scores
from mock_electron.model.decide.actions import VERBS
from mock_electron.model.decide.spoken import stems_said
from mock_electron.model.fill.parameters.slots import properties_of
from mock_electron.model.frame.asked import asked_points, question_of, slots_asked
from mock_electron.model.frame.begin import closes
from mock_electron.model.frame.carry import with_context
from mock_electron.model.frame.evidence import is_evidence
from mock_electron.model.frame.goals import Goal, open_slots
from mock_electron.model.frame.refer import referred
from mock_electron.model.frame.state import State
from mock_electron.model.frame.update import updated
from mock_electron.model.language import ENGLISH
from mock_electron.model.normalise import parts, split, stem
from mock_electron.model.turn import Turn
from mock_electron.wire.request import Tool

ENOUGH: Final = 7
"""The score from which on the words of a question are about a tool."""


def invited(state: State, utterance: Utterance, turn: Turn) -> tuple[Goal, ...]:
    """Return what the last question of the assistant proposes or asks for, with the answer to it.

    "Shall I book it?" / "yes, next monday"; "May I have your name for the booking?" / "marta"

    Args:
        state: The state before the answer.
        utterance: The answer.
        turn: The request.
    """
    question = question_of(state.reply)
    if not question or utterance.asks:
        return ()
    best: tuple[tuple[bool, int, int], Goal] | None = None
    for tool, points in _tools_of(question, turn):
        asked = slots_asked(tool, question, turn)
        goal = _base(tool, asked, question, state, turn)
        if goal is None or not (points or asked):
            continue
        new = updated(goal, utterance, turn, is_open=True, asked=asked)
        if new is None:
            told = referred(goal, utterance.text.lower(), state, turn)
            new = None if told == goal else told
        if new is not None and goal in state.last and _is_declined(new):
            continue
        filled = 0 if new is None else len(new.now)
        if new is None and (not utterance.does("confirm") or goal in state.last):
            continue
        goal = new or goal
        rank = not open_slots(goal), filled, points + 3 * len(asked)
        if best is None or rank > best[0]:
            best = rank, goal
    return () if best is None else (best[1],)


def _is_declined(goal: Goal) -> bool:
    """Return whether an answer only declines: the call that was made stays as it is."""
    return all(goal.values[name] is False for name in goal.now)


def _tools_of(question: str, turn: Turn) -> Iterator[tuple[Tool, int]]:
    """Yield the tools with the points of a question for each: those of its words, or of its verb."""
    offered = tuple(tool for tool in turn.request.tools if not closes(tool))
    scored = {one.tool.name: one.points for one in scores(offered, turn.saying(question))}
    verbs = stems_said(question, turn.spoken_language) & VERBS.keys()
    for tool in offered:
        points = scored.get(tool.name, 0)
        has_verb = not verbs.isdisjoint(map(stem, parts(tool.name)))
        yield tool, points if points >= ENOUGH or has_verb else 0


def _base(
    tool: Tool, asked: tuple[str, ...], question: str, state: State, turn: Turn
) -> Goal | None:
    """Return the goal of a tool that a question is about, before its answer.

    A call that was made is proposed again only with a value that it has not.
    """
    numbered = _numbered(tool, question)
    for goal in state.last:
        if goal.tool.name == tool.name:
            return goal.with_values(numbered, {}, is_new=False) if asked else None
    sure: dict[str, Any] = {}
    for text in (state.reply, question):
        told = Goal.of(tool, turn.saying(text))
        sure |= {
            name: one
            for name, one in told.values.items()
            if name not in asked and is_evidence(told, name, one)
        }
    goal = replace(told, values=numbered | sure, now=frozenset())
    return with_context(goal, state, turn)


def _with_numbered(goal: Goal, question: str) -> Goal:
    return goal.with_values(_numbered(goal.tool, question), {}, is_new=False)


def _numbered(tool: Tool, question: str) -> dict[str, Any]:
    """Return the members of enums that a question names by a number: "question two" is `q2`."""
    found: dict[str, Any] = {}
    words = [str(ENGLISH.numbers.get(word, word)) for word in split(question.lower())]
    for name, schema in properties_of(tool.parameters).items():
        members: Any = schema.get("enum") if isinstance(schema, Mapping) else None
        for before, number in pairwise(words) if isinstance(members, list) else ():
            if number.isdigit() and before in parts(name):
                found.update(
                    (name, one) for one in members[:20] if split(str(one))[-1:] == [number]
                )
    return found


def offered(state: State, turn: Turn) -> tuple[Goal, ...]:
    """Return the last call with the values that the assistant offers instead.

    "2 pm is taken, but 2:20 is free. Would you like that?"
    """
    if not question_of(state.reply):
        return ()
    for goal in state.last:
        for sentence in reversed(CLAUSES.split(state.reply)):
            told = Goal.of(goal.tool, turn.saying(turn.meant(sentence)))
            new = {
                name: value
                for name, value in told.values.items()
                if is_evidence(told, name, value)
                and name in goal.values
                and goal.values[name] != value
            }
            if new:
                return (goal.with_values(new, {name: told.words[name] for name in new}),)
        new = _other_time(goal, state)
        if new:
            return (goal.with_values(new, new),)
    return ()


def _other_time(goal: Goal, state: State) -> dict[str, str]:
    """Return the only other day or time of the last result, for a value of the same shape."""
    for name, value in goal.values.items():
        for shape in MOMENTS if isinstance(value, str) and state.results else ():
            if shape.fullmatch(value) is not None:
                others = set(shape.findall(state.results[-1])) - {value}
                return {name: others.pop()} if len(others) == 1 else {}
    return {}


MOMENTS: Final = (
    regex(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?"),
    regex(r"(?<![\d:T-])\d\d:\d\d(?!\d)"),
)


CLAUSES: Final = regex(r"[.!?;,]\s|\n|\bbut\b|\bthough\b")


def asked_for(
    goals: tuple[Goal, ...], text: str, reply: str, state: State, turn: Turn
) -> tuple[Goal, ...]:
    """Return the goals that a question of the assistant is about, by the parameters that it names.

    Args:
        goals: The goals that are open. If the question asks for another tool's values, they are not
            what the assistant has understood.
        text: What the user had said.
        reply: What the assistant said then.
        state: The state before it.
        turn: The request.
    """
    question = question_of(reply)
    if not question:
        return goals
    points = {
        tool.name: max(asked_points(tool, question, turn).values(), default=0)
        for tool in turn.request.tools
        if not closes(tool)
    }
    most = max(points.values(), default=0)
    if not most or any(points.get(goal.tool.name, 0) + CLEARLY > most for goal in goals):
        return goals
    tools = tuple(tool for tool in turn.request.tools if points.get(tool.name) == most)
    said = turn.saying(text)
    scored = {
        one.tool.name: one.points
        for one in scores(tools, turn.saying(f"{text}\n{reply}\n{state.reply}"))
    }
    found = (
        with_context(_with_numbered(Goal.of(tool, said), question), state, turn) for tool in tools
    )
    return (max(found, key=lambda goal: (scored.get(goal.tool.name, 0), len(goal.values))),)


CLEARLY: Final = 2
"""By how many points a question is rather about another tool than about the one that is open."""
