"""The evidence in the values of a goal, and whether a tool reads or writes.

1. A value that is a date, a time, a number, an address, an id or a member of an enum is evidence for a
   tool that takes it. A text is none.
2. "A slot on monday at quarter past ten for two" has three kinds of evidence for a tool that takes a
   day, a time and a number.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mock_electron._regex import regex
from mock_electron.model.decide.actions import READS, VERBS, WRITES, actions_of, effects_of
from mock_electron.model.fill.parameters.slots import properties_of
from mock_electron.model.frame.goals import Goal
from mock_electron.model.normalise import parts, split, stem
from mock_electron.wire.request import Tool

ENOUGH: Final = 2
"""How many kinds of evidence make a tool fit."""
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
