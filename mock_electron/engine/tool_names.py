"""Names of tools, as users give them."""

from collections.abc import Mapping
from typing import Any


def tool_name(given: Any) -> str:
    """Return the name of a tool that is given by name or as a request lists it.

    Raises TypeError if there is no name.
    """
    name = given["function"]["name"] if isinstance(given, Mapping) else given
    if not isinstance(name, str) or not name:
        raise TypeError(f"a tool is given by its name, not {name!r}")
    return name
