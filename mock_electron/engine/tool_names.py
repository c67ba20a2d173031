"""Names of tools, as users give them."""

from collections.abc import Mapping
from typing import Any

from mock_electron.inputs.checks import must_be


def tool_name(given: Any) -> str:
    """Return the name of a tool.

    Args:
        given: The name, or the tool as a request lists it.

    Raises:
        TypeError: If the name is empty or not a string.
        KeyError: If the tool has no name.
    """
    name = given["function"]["name"] if isinstance(given, Mapping) else given
    if not isinstance(name, str) or not name:
        raise TypeError(must_be("the name of a tool", "a non-empty string", name))
    return name
