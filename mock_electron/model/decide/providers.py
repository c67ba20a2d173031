"""Find the tool that gives an id which another tool needs: `find_user` for `get_balance(user_id)`."""

from typing import Final

from msgspec.structs import replace

from mock_electron.model.decide.tool_words import stems_of
from mock_electron.model.fill import Said, assigned
from mock_electron.model.fill.parameters.slots import required_of
from mock_electron.model.normalise import stem
from mock_electron.wire.request import Tool

FINDERS: Final = frozenset(
    map(stem, ("find", "get", "lookup", "look", "search", "list", "resolve", "fetch", "identify"))
)
"""The verbs of tools that find something."""


def provider_of(tool: Tool, said: Said, tools: tuple[Tool, ...], planned: set[str]) -> Tool | None:
    """Return the tool that finds an id which a tool lacks, or None.

    Args:
        tool: The tool that may lack an id.
        said: What was said for it.
        tools: All tools.
        planned: The names of those that are needed anyway.
    """
    if said.earlier or len(tools) == 1:
        return None
    others = [other for other in tools if other.name not in planned]
    ids = [name for name in required_of(tool.parameters) if "id" in stems_of(name)]
    if not others or not ids:
        return None
    for name in assigned(tool, replace(said, earlier=())).missing:
        words = frozenset(stems_of(name))
        if "id" not in words:
            continue
        for other in others:
            own = frozenset(stems_of(other.name))
            finds = own & FINDERS or other.name.lower().startswith("get")
            if finds and name not in required_of(other.parameters) and (words - {"id"}) & own:
                return other
    return None
