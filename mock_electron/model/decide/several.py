"""Find the several calls of one tool that a text wants: "in Mumbai and Delhi", "for 5, 10 and 15".

1. Values repeat if those after an "and", a comma or the end of a sentence are of the same kinds as
   those before it, in the same order, after the same prepositions, and under no new label.
2. Values that repeat are the members of a list. A call that takes one member is wanted for each,
   with the rest of the text. Two lists give every combination, or pairs if they are "respectively".
3. A list is one argument if the tool has an array for it, and no list if each member has a
   parameter of its own: the distance between A and B.
4. The calls must differ in their arguments; otherwise the list said nothing that the tool takes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, Final

from msgspec.structs import replace

from mock_electron._regex import regex
from mock_electron.model.decide.clauses import masked
from mock_electron.model.decide.lists import MOST_WIDE, SEPARATOR, Member, joints_of, lists_of
from mock_electron.model.decide.values import Value, values_of
from mock_electron.model.decide.words_said import words_of
from mock_electron.model.fill import Assignment, assigned
from mock_electron.model.fill.parameters.slots import properties_of, required_of
from mock_electron.model.fill.text.reading import Reading
from mock_electron.model.language import ENGLISH
from mock_electron.model.normalise import split
from mock_electron.model.said import Said
from mock_electron.model.work import RULE
from mock_electron.model.work import WORD as WORD_UNITS
from mock_electron.wire.request import Tool

ANNOUNCED: Final = regex(
    r"\b(?:first|second|other|another|each|both|these|different)\b", re.IGNORECASE
)
"""Words by which a number before them only counts the calls: "two circles, the first …"."""
RESPECTIVELY: Final = regex(r"\b(?:respectively|in that order)\b", re.IGNORECASE)
TIMES: Final = regex(r"\b(?:(twice)|(two|three|four|five|2|3|4|5) times)\b", re.IGNORECASE)
TIMES_SAID: Final = {"twice": 2, "two": 2, "three": 3, "four": 4, "five": 5}
MOST_CALLS: Final = 16
"""How many calls of one tool a text may want."""
NUMBERS: Final = ("number", "integer")


def calls_of(tool: Tool, said: Said) -> list[Said]:
    """Return what was said for each call of a tool that a text wants."""
    alone = [said]
    if len(said.text) < SHORTEST:
        return alone
    found = _listed(tool, said)
    if len(found) > 1:
        return found
    times = TIMES.search(said.text)
    if times is not None and not _takes_numbers(tool):
        word = (times[1] or times[2]).lower()
        return alone * (int(word) if word.isdigit() else TIMES_SAID[word])
    return alone


SHORTEST: Final = 8


def _takes_numbers(tool: Tool) -> bool:
    members = properties_of(tool.parameters).values()
    return any(isinstance(one, Mapping) and one.get("type") in NUMBERS for one in members)


def _listed(tool: Tool, said: Said) -> list[Said]:
    reading = Reading.of(said)
    text = reading.text
    separators = list(SEPARATOR.finditer(masked(text)))
    if not separators or not properties_of(tool.parameters):
        return [said]
    values = values_of(reading, words_of(tool, text, separators, said.language))
    if ANNOUNCED.search(text) is not None:
        values = [one for one in values if not one.is_count]
    said.work.charge(RULE + WORD_UNITS * (len(separators) + MOST_WIDE * len(values)))
    joints = joints_of(values, separators)
    widest = MOST_WIDE if said.language is ENGLISH else 1
    lists = list(_untaken(lists_of(values, joints, text, widest), tool, said, values))
    if not lists:
        return [said]
    is_paired = _is_paired(text, lists)
    if (len(lists[0]) if is_paired else prod(map(len, lists))) > MOST_CALLS:
        return [said]
    choices = zip(*lists, strict=True) if is_paired else product(*lists)
    found = [replace(said, text=_variant(text, lists, chosen)) for chosen in choices]
    return found if _differ(tool, found) else [said]


def again(before: Said, text: str) -> str | None:
    """Return what was said before, with the values of a text that asks for the same again.

    "And do the same for Rome" gives its city instead of the last one. None if it gives nothing.
    """
    if AGAIN.search(text) is None:
        return None
    reading = Reading.of(replace(before, earlier=()))
    old = values_of(reading)
    new = values_of(Reading.of(replace(before, text=text, earlier=())))
    joints = joints_of(old, list(SEPARATOR.finditer(masked(reading.text))))
    lists = list(lists_of(old, joints, reading.text, 1))
    changed: dict[tuple[int, int], str] = {}
    for kind in dict.fromkeys([one.kind for one in old]):
        mine = [one for one in new if one.kind == kind and not one.is_count]
        theirs = [one for one in old if one.kind == kind] if mine else []
        if theirs:
            last = next((one for one in reversed(theirs) if one.lead == mine[0].lead), theirs[-1])
            whole = next((each for each in lists if (last,) in each), [(last,)])
            place = whole[0][0].start, whole[-1][0].end
            changed[place] = text[mine[0].start : mine[-1].end]
    said = before.text
    for (start, end), value in sorted(changed.items(), reverse=True):
        said = f"{said[:start]}{value}{said[end:]}"
    return None if said == before.text else said


AGAIN: Final = regex(r"\b(?:same|again|repeat|once more|instead)\b", re.IGNORECASE)
"""Words that ask for something again."""


# --- which lists the tool takes as they are


def _untaken(
    lists: Iterable[list[Member]], tool: Tool, said: Said, values: list[Value]
) -> Iterator[list[Member]]:
    """Yield the lists that need several calls; rule 3."""
    found = assigned(tool, replace(said, earlier=()))
    required = required_of(tool.parameters)
    for members in lists:
        flat = [value for member in members for value in member]
        if _in_array(members, flat, tool, found):
            continue
        if len(members[0]) > 1:
            siblings = _siblings(properties_of(tool.parameters), required, flat[0].kind)
            is_set = len({(value.kind, value.unit) for value in flat}) == 1
            if siblings < len(members) or (is_set and siblings == len(members[0])):
                yield members
            continue
        own = _own_places(flat, tool, found, values)
        if own > 1 and len(flat) > own and len(flat) % own == 0:
            yield [tuple(flat[place : place + own]) for place in range(0, len(flat), own)]
        elif own < len(flat):
            yield members


def _in_array(members: list[Member], flat: list[Value], tool: Tool, found: Assignment) -> bool:
    """Return whether an array of the tool takes the values."""
    width = len(members[0])
    if width > 1 and len({value.kind for value in flat}) == 1:
        arrays = [
            one
            for one in properties_of(tool.parameters).values()
            if _takes(one, flat[0].kind == "number", 1)
        ]
        return len(arrays) >= len(members)
    start, end = flat[0].start, flat[-1].end
    is_number = flat[0].kind == "number"
    scalar = False
    for one in found.given.values():
        if one.start < end and start < one.end:
            if isinstance(one.value, list):
                if len(one.value) > 1 or len(flat) == 1:
                    return True
                continue
            scalar = True
    if scalar:
        return False
    required = required_of(tool.parameters)
    return any(
        _takes(schema, is_number, width) and (name in required or name not in found.given)
        for name, schema in properties_of(tool.parameters).items()
    )


def _takes(schema: object, is_number: bool, width: int) -> bool:
    """Return whether a property takes several values of a kind."""
    if not isinstance(schema, Mapping) or schema.get("type") != "array":
        return False
    items = schema.get("items")
    kind = items.get("type") if isinstance(items, Mapping) else None
    if kind in ("object", "array") or kind is None:
        return True
    return width == 1 and (kind in NUMBERS) == is_number


def _own_places(flat: list[Value], tool: Tool, found: Assignment, values: list[Value]) -> int:
    """Return how many members of a list have a required parameter of their own."""
    required = required_of(tool.parameters)
    properties = properties_of(tool.parameters)
    if flat[0].kind == "number":
        numeric = [
            name
            for name in required
            if isinstance(properties.get(name), Mapping) and properties[name].get("type") in NUMBERS
        ]
        others = len(
            [one for one in values if one.kind == "number" and one not in flat and not one.is_count]
        )
        return max(len(numeric) - others, 0)
    siblings = _siblings(properties, required, flat[0].kind)
    if flat[0].lead != "between":
        return siblings
    own = {
        name
        for value in flat
        for name, one in found.given.items()
        if name in required and one.start < value.end and value.start < one.end
    }
    return max(len(own), siblings)


def _siblings(properties: Mapping[str, Any], required: list[str], kind: str) -> int:
    """Return how many required texts differ in their place only, such as `from` and `to`."""
    alike: dict[tuple[str, ...], int] = {}
    for name in required:
        schema = properties.get(name)
        types = NUMBERS if kind == "number" else ("string",)
        if isinstance(schema, Mapping) and schema.get("type") in types and "enum" not in schema:
            rest = tuple([word for word in split(name.lower()) if word not in PLACES])
            alike[rest] = alike.get(rest, 0) + 1
    most = max(alike.values(), default=0)
    return most if most > 1 else 0


PLACES: Final = frozenset(
    """
    1 2 3 a b one two first second from to origin destination start end source target departure
    arrival base old new current previous initial final past left right home away
    """.split()
)
"""Words in names of parameters that tell two values of a kind apart."""


# --- the texts of the calls


def _is_paired(text: str, lists: list[list[Member]]) -> bool:
    """Whether the lists belong together, member by member; rule 2."""
    is_even = len({len(members) for members in lists}) == 1
    return len(lists) > 1 and is_even and RESPECTIVELY.search(text) is not None


def _variant(text: str, lists: list[list[Member]], chosen: Sequence[Member]) -> str:
    """Return the text with one member in the place of each list."""
    pieces, end = [], 0
    for members, member in zip(lists, chosen, strict=True):
        first, last = members[0][0].start, members[-1][-1].end
        pieces += [text[end:first], text[member[0].start : member[-1].end]]
        end = last
    return "".join([*pieces, text[end:]])


def _differ(tool: Tool, calls: list[Said]) -> bool:
    """Return whether the calls may have different arguments; rule 4."""
    found = [assigned(tool, replace(call, earlier=())) for call in calls]
    if any(_is_text(tool, name) for name in found[0].missing):
        return True
    made = [{name: one.value for name, one in each.given.items()} for each in found]
    return all(one not in made[:number] for number, one in enumerate(made))


def _is_text(tool: Tool, name: str) -> bool:
    schema = properties_of(tool.parameters).get(name)
    return isinstance(schema, Mapping) and schema.get("type") == "string"
