"""Choose the tool calls of a turn, for tool_choice `auto`, `none`, `required` or a named tool.

Every conversation ends with a text: one call meets one need, no call is repeated with the same
arguments, and no call follows a failure.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from mock_electron._regex import regex
from mock_electron.inputs.values import unchecked
from mock_electron.model.arguments import arguments
from mock_electron.model.draft import Call, Draft
from mock_electron.model.filler import phrase, wanted
from mock_electron.model.hints import mentions
from mock_electron.model.matching import Spoken, score
from mock_electron.model.needs import NeededTool, lacking, needs
from mock_electron.model.results import is_failure, reading_cost, value_of
from mock_electron.model.turn import Done, Turn
from mock_electron.model.written import written
from mock_electron.wire.request import Tool

Planned = tuple[Tool, dict[str, Any]]

WITHOUT_TOOLS: Final = regex(
    r"\b(?:without|don't|do not|not) (?:using |use |calling |call )?(?:any |the |a )?(?:tools?|functions?)\b",
    re.IGNORECASE,
)
WITHOUT_TOOLS_HINTS: Final = ("tool", "function")
"""Hints for WITHOUT_TOOLS."""
FOLLOW_UP: Final = regex(
    r"\W*(?:(?:and|but|ok|okay|so)\b\W*)*(?:what about|how about|and|also|now)\b", re.IGNORECASE
)
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
    if mentions(turn.hints, WITHOUT_TOOLS_HINTS) and WITHOUT_TOOLS.search(turn.message):
        return []
    ready = _ready(turn) or _extraction(turn)
    return ready if turn.request.parallel_tool_calls else ready[:1]


def _extraction(turn: Turn) -> list[Planned]:
    """A tool that is named as a thing, such as Person, takes it if all that it asks for was said."""
    tools = turn.request.tools
    if turn.done or len(tools) != 1 or not tools[0].name[0].isupper():
        return []
    need = NeededTool(tools[0], turn.said)
    required = tools[0].parameters.get("required")
    complete = bool(required) and not lacking(need)
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
    spoken = Spoken(turn.message, turn.spoken_language, turn.work)
    candidates = (final if turn.done else []) or fresh or list(turn.request.tools)
    best = max(candidates, key=lambda tool: score(tool, spoken))
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
    results = [done.result for done in turn.done if done.result is not None]
    if results:
        turn.work.charge(sum(map(reading_cost, results)))
        if any(map(is_failure, results)):
            return []
    open_needs = _open(planned_needs(turn), turn.done)
    made = [(done.name, done.arguments) for done in (*turn.done_before, *turn.done)]
    ready: list[Planned] = []
    for need in open_needs:
        if need.waits and ready:
            break
        planned = _filled(need.tool, turn, _with_result(need, turn))
        if (need.tool.name, planned[1]) not in made:
            ready.append(planned)
            made.append((need.tool.name, planned[1]))
    return ready


def _with_result(need: NeededTool, turn: Turn) -> str:
    """ "Multiply the result by 5": the latest number replaces "the result"."""
    text = need.said.text
    last = value_of(turn.done[-1].result) if turn.done and turn.done[-1].result else None
    if not need.waits or isinstance(last, bool) or not isinstance(last, int | float):
        return text
    return THE_RESULT.sub(str(last), text, count=1)


THE_RESULT: Final = regex(r"\b(?:the (?:result|answer|sum|product|total)|it|that)\b", re.IGNORECASE)


def planned_needs(turn: Turn) -> tuple[NeededTool, ...]:
    """What the last message needs; a follow-up such as "and in Delhi?" needs what the last one did."""
    said = turn.said
    found = needs(turn.request.tools, said)
    if found or len(turn.asked) < 2 or not FOLLOW_UP.match(turn.message):
        return found
    last = needs(turn.request.tools, replace(said, text=turn.asked[-2]))
    return tuple(replace(need, said=said) for need in last[-1:])


def _open(planned: tuple[NeededTool, ...], done: tuple[Done, ...]) -> list[NeededTool]:
    """The needs that no call has met yet, each call meeting one."""
    met = [call.name for call in done]
    left = []
    for need in planned:
        if need.tool.name in met:
            met.remove(need.tool.name)
        else:
            left.append(need)
    return left


def _filled(tool: Tool, turn: Turn, text: str) -> Planned:
    return tool, arguments(tool.parameters, turn.said_by_now(text))
