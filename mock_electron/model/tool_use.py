"""Choose the tool calls of a turn, for tool_choice `auto`, `none`, `required` or a named tool.

Every conversation ends with a text: one call meets one need, no call is repeated with the same
arguments, and no call follows a failure.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from mock_electron._regex import regex
from mock_electron.inputs.values import unchecked
from mock_electron.model.decide import scores
from mock_electron.model.draft import Call, Draft
from mock_electron.model.fill import arguments, assigned
from mock_electron.model.filler import phrase, wanted
from mock_electron.model.frame import frame_of
from mock_electron.model.hints import mentions
from mock_electron.model.plan import Wanted, call_for, plan_of
from mock_electron.model.turn import Turn
from mock_electron.model.written import written
from mock_electron.wire.request import Tool

Planned = tuple[Tool, Mapping[str, Any]]

WITHOUT_TOOLS: Final = regex(
    r"\b(?:without|don't|do not|not) (?:using |use |calling |call )?(?:any |the |a )?(?:tools?|functions?)\b",
    re.IGNORECASE,
)
WITHOUT_TOOLS_HINTS: Final = ("tool", "function")
"""Hints for WITHOUT_TOOLS."""
FINAL: Final = regex(
    r"final|answer|respond|response|output|submit|result|reply|done|finish", re.IGNORECASE
)


_new_call: Final = unchecked(Call)


def with_calls(turn: Turn) -> Draft | None:
    """The reply with the calls to make now, after a filler if the system prompt asks for one.

    Return None if a text reply is due.
    """
    planned = CHOICES[turn.request.tool_choice](turn)
    calls = tuple([_new_call(tool.name, written(filled, turn.work)) for tool, filled in planned])
    if not calls:
        return None
    return Draft(phrase(turn, calls[0].name) if wanted(turn.system) else None, calls)


def _auto(turn: Turn) -> list[Planned]:
    if refuses_tools(turn):
        return []
    ready = _ready(turn) or _extraction(turn)
    return ready if turn.request.parallel_tool_calls else ready[:1]


def refuses_tools(turn: Turn) -> bool:
    """Return whether the user wants no tool to be called."""
    if not mentions(turn.hints, WITHOUT_TOOLS_HINTS):
        return False
    return WITHOUT_TOOLS.search(turn.message) is not None


def asked(turn: Turn) -> Wanted | None:
    """Return the call whose missing values the reply asks for, or None."""
    if turn.request.tool_choice != "auto" or refuses_tools(turn):
        return None
    return plan_of(turn).asked


def _extraction(turn: Turn) -> list[Planned]:
    """A tool that is named as a thing, such as Person, takes it if all that it asks for was said."""
    tools = turn.request.tools
    if turn.done or len(tools) != 1 or not tools[0].name[0].isupper():
        return []
    required = tools[0].parameters.get("required")
    complete = bool(required) and not assigned(tools[0], turn.said).missing
    return [_filled(tools[0], turn, turn.message)] if complete else []


def _none(turn: Turn) -> list[Planned]:
    return []


def _required(turn: Turn) -> list[Planned]:
    """Exactly one (D): what is needed, else a tool that takes the final answer, else the best."""
    ready = _ready(turn)
    if ready:
        return ready[:1]
    called = {done.name for done in turn.done}
    fresh = [tool for tool in turn.request.tools if tool.name not in called]
    final = [tool for tool in fresh if FINAL.search(tool.name)]
    candidates = (final if turn.done else []) or fresh or list(turn.request.tools)
    scored = scores(tuple(candidates), turn.said)
    best = scored[0].tool if scored else candidates[0]
    return [_filled(best, turn, turn.message)]


def _named(turn: Turn) -> list[Planned]:
    tool = next(tool for tool in turn.request.tools if tool.name == turn.request.named_tool)
    return [_filled(tool, turn, turn.message)]


CHOICES: Final[Mapping[str, Callable[[Turn], list[Planned]]]] = {
    "auto": _auto,
    "none": _none,
    "required": _required,
    "named": _named,
}


def _ready(turn: Turn) -> list[Planned]:
    """The calls that are needed, not made yet, and wait for no result."""
    return [(call.tool, call.found.arguments) for call in plan_of(turn).ready]


def _filled(tool: Tool, turn: Turn, text: str) -> Planned:
    """Return the call of a tool, whatever the user wants, with invented values if need be."""
    for goal in frame_of(turn).goals:
        if goal.tool.name == tool.name:
            return tool, call_for(goal, turn).found.arguments
    return tool, arguments(tool.parameters, turn.said_by_now(text))
