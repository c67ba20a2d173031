"""Names of tools, as users give them."""

from collections.abc import Mapping
from typing import Any

from mock_electron.inputs.checks import must_be


def tool_name(given: Any) -> str:
    """Return the name of a tool.

    Args:
        given: The name, or the tool as a request lists it.

    Raises:
        TypeError: If the name is empty or not a string, or the tool has none.
    """
    name = given
    if isinstance(given, Mapping):
        function = given.get("function")
        if not isinstance(function, Mapping) or "name" not in function:
            form = "a name, or as a request lists it, {'function': {'name': …}}"
            raise TypeError(must_be("a tool", form, given))
        name = function["name"]
    if not isinstance(name, str) or not name:
        raise TypeError(must_be("the name of a tool", "a non-empty string", name))
    return name
