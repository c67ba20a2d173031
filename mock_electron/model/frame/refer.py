"""What an utterance says with words for something that was said before.

1. "That day", "the same time": the latest day or time of the calls and their results.
2. "The day after", "a week later": a day counted from it.
3. "Coming back", "the other way round": from and to change places.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from msgspec.structs import replace

from mock_electron._regex import regex
from mock_electron.model.fill.parameters.slots import properties_of
from mock_electron.model.frame.goals import Goal
from mock_electron.model.frame.state import State
from mock_electron.model.normalise import parts
from mock_electron.model.turn import Turn

DAY: Final = regex(
    r"\b(?:(?:that|the same|same) (?:day|date|night|evening|morning|afternoon)"
    r"|the (?P<unit>day|night|week) (?P<way>before|after|earlier|later)"
    r"|(?:a|one) (?P<unit2>day|week) (?P<way2>earlier|later)"
    r"|the (?P<next>next|following|previous) (?P<unit3>day|week))\b"
)
TIME: Final = regex(r"\b(?:(?:that|the same|same) (?:sort of |kind of )?time)\b")
REFERENCES: Final = regex(r"\b(?:day|night|week|time|date|evening|morning|afternoon)\b")
"""What a reference contains, of which most texts have none."""
BACK: Final = regex(
    r"\b(?:coming|going|heading|travelling|traveling|flying|getting|driving) (?:back|home)"
    r"|\bthe (?:other|opposite) (?:way|direction)|\bway (?:back|home)|\breturn(?:ing)?(?: trip| journey| leg)?\b"
    r"|\bvice versa|\bin reverse|\bthe reverse\b"
)
PAIRS: Final = (
    ("from", "to"), ("origin", "destination"), ("source", "target"), ("pickup", "dropoff"),
    ("departure", "arrival"), ("start", "end"), ("src", "dest"), ("src", "dst"), ("sender", "receiver"),
)  # fmt: skip
"""Words of the names of two parameters that change places on the way back."""
ISO_DAY: Final = regex(r"\b\d{4}-\d\d-\d\d\b")
ISO_TIME: Final = regex(r"(?<![\d:])\d\d:\d\d(?!:?\d)")
WEEK: Final = 7


def referred(goal: Goal, text: str, state: State, turn: Turn) -> Goal:
    """Return a goal with the day and the time that a text refers to.

    Args:
        goal: The goal.
        text: What was said, in lowercase.
        state: The state before it.
        turn: The request.
    """
    for pattern, shape, format_name in ((DAY, ISO_DAY, "date"), (TIME, ISO_TIME, "time")):
        found = pattern.search(text)
        if found is None:
            continue
        value = _latest(shape, state, turn)
        if value and pattern is DAY:
            value = _moved(value, found)
        name = _slot(goal, format_name) if value else ""
        if name:
            new = goal.with_values({name: value}, {name: found[0]}, is_new=False)
            goal = replace(new, now=goal.now | {name})
    return goal


def without_references(text: str) -> str:
    """Return a text without "that day", "the day after" and "the same time"."""
    return TIME.sub("", DAY.sub("", text)) if REFERENCES.search(text) is not None else text


def _latest(shape: Any, state: State, turn: Turn) -> str:
    values = [str(one) for goal in (*state.called, *state.last) for one in goal.values.values()]
    for text in (*reversed(values), *reversed(state.results)):
        turn.work.charge(len(text))
        found = shape.search(text)
        if found is not None:
            return str(found[0])
    return ""


def _moved(day: str, found: Any) -> str:
    unit = found["unit"] or found["unit2"] or found["unit3"]
    if unit is None:
        return day
    days = WEEK if unit == "week" else 1
    way = found["way"] or found["way2"] or found["next"]
    try:
        moved = date.fromisoformat(day) + timedelta(-days if way in BEFORE else days)
    except (ValueError, OverflowError):
        return ""
    return moved.isoformat()


BEFORE: Final = ("before", "earlier", "previous")


def _slot(goal: Goal, kind: str) -> str:
    """Return the name of the only parameter of a tool that takes a day or a time, or ""."""
    names = [
        name
        for name, schema in properties_of(goal.tool.parameters).items()
        if isinstance(schema, dict)
        and (schema.get("format") == kind or kind in parts(name))
        and name not in goal.now
    ]
    return names[0] if len(names) == 1 else ""


def turned(goal: Goal, text: str) -> Goal:
    """Return a goal whose from and to change places, if a text is about the way back."""
    if BACK.search(text) is None or any(
        "return" in parts(name) for name in properties_of(goal.tool.parameters)
    ):
        return goal
    for one, other in _pairs(goal):
        if not goal.now & {one, other}:
            values = {one: goal.values[other], other: goal.values[one]}
            words = {name: str(value) for name, value in values.items()}
            return goal.with_values(values, words, is_new=False)
    return goal


def _pairs(goal: Goal) -> Iterator[tuple[str, str]]:
    for one, other in PAIRS:
        firsts = [name for name in goal.values if one in parts(name)]
        seconds = [name for name in goal.values if other in parts(name)]
        if len(firsts) == len(seconds) == 1:
            yield firsts[0], seconds[0]
