"""What a text wants by its words, and the tool that ends a conversation."""

from typing import Final

from mock_electron.model.decide import needs
from mock_electron.model.fill.parameters.slots import required_of
from mock_electron.model.frame.goals import Goal
from mock_electron.model.normalise import split
from mock_electron.model.turn import Turn
from mock_electron.wire.request import Tool


def wanted_by(text: str, turn: Turn) -> tuple[Goal, ...]:
    """Return what a text wants by itself."""
    known: tuple[Goal, ...] | None = turn.known.get(f"{WANTED}{text}")
    if known is None:
        known = turn.known[f"{WANTED}{text}"] = tuple(
            Goal.of(need.tool, need.said, waits=need.waits)
            for need in needs(turn.request.tools, turn.saying(text))
            if not closes(need.tool) or not ENDS.isdisjoint(text.lower().split())
        )
    return known


WANTED: Final = "wanted by: "


def closed(turn: Turn) -> tuple[Goal, ...]:
    """Return the goal to end the conversation, if a tool does just that."""
    tool = next(filter(closes, turn.request.tools), None)
    return () if tool is None else (Goal.of(tool, turn.saying("")),)


def closes(tool: Tool) -> bool:
    """Return whether a tool ends the conversation: `end_call`, `hang_up`."""
    words = frozenset(split(tool.name.lower()))
    return not (ENDS.isdisjoint(words) or CONVERSATIONS.isdisjoint(words)) and not required_of(
        tool.parameters
    )


ENDS: Final = frozenset("end finish hang close terminate complete disconnect stop".split())


CONVERSATIONS: Final = frozenset("call up conversation session chat dialog dialogue survey".split())
