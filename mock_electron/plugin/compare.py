"""The differences between two values that a test compares, as pytest shows those of dataclasses."""

from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct

from mock_electron.inputs.spelling import shortened
from mock_electron.inputs.values import HIDDEN, SecretValue

LONGEST: Final = 240
"""The maximum length of the text of a value, as in pytest."""


def differences(left: object, right: object, verbosity: int) -> list[str] | None:
    """Return the lines that explain why two values are not equal; None if they are not structs.

    Args:
        left: A value.
        right: A value of the same type.
        verbosity: From 2 on, equal attributes are shown too.
    """
    if not isinstance(left, Struct) or not isinstance(right, Struct):
        return None
    names = [name for name in left.__struct_fields__ if not name.startswith("_")]
    differing = [name for name in names if getattr(left, name) != getattr(right, name)]
    equal = [name for name in names if name not in differing]
    lines = [f"{_shown(left)} == {_shown(right)}", ""]
    if equal and verbosity < 2:
        lines.append(f"Omitting {len(equal)} identical items, use -vv to show")
    elif equal:
        lines += ["Matching attributes:", str(equal)]
        lines += [f"  {name}: {_attribute(left, name)}" for name in equal]
    return [*lines, "Differing attributes:", str(differing), *_drill_down(left, right, "  ")]


def _drill_down(left: Struct, right: Struct, indent: str) -> Iterator[str]:
    """Yield a line for each attribute that differs, and lines for those inside its values."""
    for name in left.__struct_fields__:
        if name.startswith("_"):
            continue
        ours, theirs = getattr(left, name), getattr(right, name)
        if ours == theirs:
            continue
        yield f"{indent}{name}: {_attribute(left, name)} != {_attribute(right, name)}"
        if isinstance(ours, Struct) and type(ours) is type(theirs):
            yield from _drill_down(ours, theirs, f"{indent}  ")


def _attribute(value: Struct, name: str) -> str:
    """Return the text of an attribute, unless it is secret."""
    is_secret = isinstance(value, SecretValue) and name in value._secrets
    return HIDDEN if is_secret else _shown(getattr(value, name))


def _shown(value: Any) -> str:
    return shortened(repr(value), LONGEST)
