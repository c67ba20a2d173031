"""Modules that are imported when a test uses them.

Every worker of xdist collects every test. A framework takes seconds to import, and the workers that
run none of its tests do not need it.
"""

from importlib import import_module
from typing import Any


class OnUse:
    """A module that is imported when one of its attributes is read.

    Args:
        name: The full name of the module.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("_"):  # pytest reads such attributes of everything in a module
            raise AttributeError(attribute)
        return getattr(import_module(self._name), attribute)
