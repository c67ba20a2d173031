"""Values that have a name, or are given in full: plans and paces."""

from collections.abc import Mapping
from typing import TypeVar

from mock_electron.inputs.spelling import did_you_mean

Value = TypeVar("Value")


def named(given: object, kind: type[Value], names: Mapping[str, Value]) -> Value:
    """The value that is given, or that has the given name.

    Raises ValueError, with all names and the nearest, for anything else.
    """
    if isinstance(given, kind):
        return given
    if isinstance(given, str) and given in names:
        return names[given]
    what, choices = kind.__name__, " or ".join(map(repr, names))
    hint = did_you_mean(given, names)
    raise ValueError(f"{what.lower()} is {choices}, or a {what}, not {given!r}.{hint}")
