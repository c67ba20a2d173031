"""A tool that is needed, and values that were said once for several calls."""

import re
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron._regex import regex
from mock_electron.model.decide.values import values_of
from mock_electron.model.fill import Said, assigned, filled
from mock_electron.model.fill.parameters.slots import required_of
from mock_electron.model.fill.text.reading import Reading
from mock_electron.wire.request import Tool


class NeededTool(Struct, frozen=True):
    """A tool that is needed, and what was said for it.

    Attributes:
        tool: The tool.
        said: What was said for it.
        waits: Whether it lacks a value, so that the results of the needs before it come first.
    """

    tool: Tool
    said: Said
    waits: bool = False

    def arguments(self) -> dict[str, Any]:
        """The arguments of its call."""
        return filled(self.tool, self.said)


COUNTS: Final = frozenset("two three four five six seven eight nine ten both".split())
"""Words that say how many things the clauses after them tell of."""


def given(need: NeededTool) -> dict[str, Any]:
    """Return the arguments whose values were said for a need."""
    found = assigned(need.tool, replace(need.said, earlier=()))
    return {
        name: one.value
        for name, one in found.given.items()
        if one.words not in COUNTS and 2 * len(one.words) < len(need.said.text)
    }


def lacking(need: NeededTool) -> list[str]:
    """Return the required arguments that nobody gave a value for."""
    return list(assigned(need.tool, replace(need.said, earlier=())).missing)


def _with_text(need: NeededTool, text: str) -> NeededTool:
    return replace(need, said=replace(need.said, text=text))


def shared(calls: list[NeededTool]) -> list[NeededTool]:
    """Return the calls with values that were said for others; rule 6."""
    return [
        _with_values(call, [*reversed(calls[:place]), *calls[place + 1 :]])
        for place, call in enumerate(calls)
    ]


def _with_values(call: NeededTool, others: list[NeededTool]) -> NeededTool:
    missing = lacking(call)
    for name in missing:
        for other in others:
            if name not in required_of(other.tool.parameters) or other.said.text == call.said.text:
                continue
            one = assigned(other.tool, replace(other.said, earlier=())).given.get(name)
            if one is not None and one.end:
                words = _with_preposition(other.said.text, one.start, one.end)
                call = _with_text(call, f"{call.said.text}, {words}")
                break
    if missing and others and SAME.search(call.said.text) is not None:
        names = [text for other in others for text in _names(other)]
        if names:
            return _with_text(call, f"{call.said.text}, {' and '.join(dict.fromkeys(names))}")
    return call


def _names(need: NeededTool) -> list[str]:
    """Return the names in what was said for a need."""
    reading = Reading.of(replace(need.said, earlier=()))
    return [reading.text[one.start : one.end] for one in values_of(reading) if one.kind == "name"]


BEFORE: Final = regex(r"(?:in|at|on|for|from|to|of|with|by) (?:the )?$", re.IGNORECASE)


def _with_preposition(text: str, start: int, end: int) -> str:
    found = BEFORE.search(text[max(start - 12, 0) : start])
    return f"{found[0] if found else ''}{text[start:end]}"


SAME: Final = regex(r"\b(?:there|both|them|they|these|those|same|the two|two)\b", re.IGNORECASE)
"""Words for the things of the need before."""
