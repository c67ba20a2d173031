"""Names of tools, as users give them."""

from collections.abc import Mapping
from typing import Any

from mock_electron.inputs.checks import must_be
from mock_electron.inputs.spelling import echoed
from mock_electron.wire.model_server import TOOL_NAME


def tool_name(given: Any) -> str:
    """Return the name of a tool.

    Args:
        given: The name, or the tool as a request lists it.

    Raises:
        TypeError: If the name is empty or not a string, or the tool has none.
        ValueError: If no request can offer a tool of this name.
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
    if not TOOL_NAME.fullmatch(name):
        rule = f"must match ^{TOOL_NAME.pattern}$, got {echoed(name)}"
        raise ValueError(f"the name of a tool {rule}")
    return name
