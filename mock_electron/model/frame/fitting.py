"""Which tool an utterance fits by its values, when it fits none by its words.

1. A value that is a date, a time, a number, an address, an id or a member of an enum is evidence for a
   tool that takes it. A text is none.
2. "A slot on monday at quarter past ten for two" fits the only tool that takes a day, a time and a
   number.
3. A list of numbers that is said without a verb fits a tool that takes one.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mock_electron._regex import regex
from mock_electron.model.decide import scores
from mock_electron.model.decide.actions import READS, VERBS, WRITES, actions_of, effects_of
from mock_electron.model.decide.spoken import stems_said
from mock_electron.model.fill.parameters.slots import properties_of, required_of
from mock_electron.model.frame.goals import Goal, open_slots
from mock_electron.model.normalise import parts, split, stem
from mock_electron.model.said import Said
from mock_electron.model.work import RULE
from mock_electron.wire.request import Tool

ENOUGH: Final = 2
"""How many kinds of evidence make a tool fit."""
NUMBERS: Final = frozenset(("numbers",))
MOST_TOOLS: Final = 12
"""Of a larger catalogue, only the tools that share words with the utterance are tried."""
SHAPES: Final = (
    ("date", regex(r"\A\d{4}-\d\d-\d\d\Z")),
    ("time", regex(r"\A\d\d?:\d\d(?::\d\d)?Z?\Z")),
    ("address", regex(r"\A[^@\s]++@[^@\s]++\Z")),
    ("id", regex(r"\A(?=[^\d\s]*+\d)[\w-]{4,}+\Z")),
)
"""The kinds of texts that are evidence, by their shapes."""
DAYS: Final = ("date", "time")
"""Kinds of which two are more evidence than one."""
IDS: Final = frozenset("id no number code account token plate customer".split())
"""Words of the names of numbers that count nothing."""
LEAST_ID: Final = 100
WEAK: Final = frozenset(("number",))
"""Evidence that is not enough alone, unless words are shared too."""


def fitting(
    tools: tuple[Tool, ...],
    said: Said,
    *,
    known: tuple[Goal, ...] = (),
    asks: bool = False,
    enough: int = ENOUGH,
    answers: bool = False,
) -> Goal | None:
    """Return the goal whose values were said, or None if none or several fit as well.

    Args:
        tools: The tools.
        said: What was said.
        known: Goals before it, whose values count if a tool has a parameter of the same name.
        asks: Whether it was a question, which nothing answers that changes something.
        enough: How many kinds of evidence are enough. If it is less than ENOUGH, nothing may be missing.
        answers: Whether a value alone is the answer to a question.
    """
    if len(tools) <= MOST_TOOLS and not any(_may_fit(tool, enough) for tool in tools):
        return None
    is_list = not asks and VERBS.keys().isdisjoint(stems_said(said.text, said.language))
    scored = {one.tool.name: one.points for one in scores(tools, said)}
    if len(tools) > MOST_TOOLS:
        tools = tuple(tool for tool in tools if tool.name in scored)[:MOST_TOOLS]
    tools = tuple(tool for tool in tools if _may_fit(tool, enough))
    ranked = []
    for tool in tools:
        said.work.charge(RULE)
        if asks and writes(tool):
            continue
        goal = Goal.of(tool, said)
        found = evidence(goal)
        if len(found) >= enough or (found == NUMBERS and is_list):
            inherited = {name for one in known for name in one.values}
            left = [name for name in open_slots(goal) if name not in inherited]
            is_weak = (asks or found <= WEAK) and not answers and tool.name not in scored
            if len(found) < ENOUGH and (left or is_weak):
                continue
            rank = not left, len(found), scored.get(tool.name, 0), not writes(tool)
            ranked.append((rank, goal, left))
    if not ranked:
        return None
    ranked.sort(key=lambda one: one[0], reverse=True)
    if len(ranked) > 1 and ranked[0][0] == ranked[1][0]:
        return None
    _, goal, left = ranked[0]
    return goal if not left or _is_most(goal, left) else None


def _may_fit(tool: Tool, enough: int) -> bool:
    """Return whether a tool has parameters for so many kinds of evidence. A list may give several."""
    properties = properties_of(tool.parameters)
    return len(properties) >= enough or any(
        isinstance(schema, Mapping) and schema.get("type") == "array"
        for schema in properties.values()
    )


def writes(tool: Tool) -> bool:
    """Return whether the first verb of a tool's name changes something."""
    return WRITES in _effects(tool)


def reads(tool: Tool) -> bool:
    """Return whether the first verb of a tool's name looks something up, such as "get"."""
    words, effects = parts(tool.name), _effects(tool)
    return READS in effects or words[:1] == ("get",) or (not effects and words[-1:] in TELLING)


TELLING: Final = frozenset(
    (word,)
    for word in """
    status eta info details history balance price prices quote hours times schedule availability rate
    rates fee fees state list record report bill usage points forecast results result count lookup
    times deadline cost costs total summary progress position menu
    """.split()
)
"""The last words of names of tools that only tell something."""


def _effects(tool: Tool) -> frozenset[str]:
    verb = next((word for word in map(stem, split(tool.name)) if word in VERBS), "")
    return effects_of(actions_of(frozenset((verb,))))


def _is_most(goal: Goal, left: list[str]) -> bool:
    """Return whether at least half of the required values were said."""
    return 2 * len(left) <= len(required_of(goal.tool.parameters))


def evidence(goal: Goal) -> frozenset[str]:
    """Return the kinds of evidence in the values of a goal. Members of enums count each."""
    properties = properties_of(goal.tool.parameters)
    return frozenset(
        kind
        for name, value in goal.values.items()
        for kind in _kinds(name, value, properties.get(name))
    )


def is_evidence(goal: Goal, name: str, value: Any) -> bool:
    """Return whether a value of a parameter is evidence, and no mere text."""
    schema = properties_of(goal.tool.parameters).get(name)
    return isinstance(value, bool) or any(_kinds(name, value, schema))


def _kinds(name: str, value: Any, schema: object) -> Iterator[str]:
    if isinstance(value, bool):
        return
    if isinstance(schema, Mapping) and "enum" in schema:
        yield f"member of {name}"
    elif isinstance(value, int | float):
        is_id = value >= LEAST_ID and not IDS.isdisjoint(parts(name))
        yield "id" if is_id else "number"
    elif isinstance(value, str):
        kind = next((kind for kind, shape in SHAPES if shape.match(value) is not None), None)
        if kind is not None:
            yield f"{kind} of {name}" if kind in DAYS else kind
    elif isinstance(value, list) and len(value) > 1:
        if all(isinstance(one, int | float) for one in value):
            yield "numbers"
        elif all(isinstance(one, dict) and len(one) > 1 for one in value):
            yield from ("things", "their values")
