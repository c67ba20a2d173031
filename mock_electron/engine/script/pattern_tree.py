"""The parse tree of a regular expression, from the parser of `re`.

`re` itself decides which characters a set contains and which places an anchor matches: `single`
compiles one node of the tree.
"""

import re
import warnings
from functools import lru_cache
from importlib import import_module
from typing import Any, Final

parser: Final[Any] = import_module("re._parser")
compiler: Final[Any] = import_module("re._compiler")
op: Final[Any] = import_module("re._constants")

Tree = Any
"""A sequence of nodes. A node has a kind and a value."""

SETS: Final = (op.LITERAL, op.NOT_LITERAL, op.IN, op.ANY)
"""The kinds of nodes that match one character."""
LOOPS: Final = (op.MAX_REPEAT, op.MIN_REPEAT)
"""The kinds of repetitions. A value has the minimum, the maximum and the repeated nodes."""
UNBOUNDED: Final = op.MAXREPEAT
"""The maximum of a repetition without one."""
TYPES: Final = int(re.ASCII | re.LOCALE | re.UNICODE)
"""The flags of which a part of a pattern has exactly one."""
AT_BEGINNING: Final = (op.AT_BEGINNING, op.AT_BEGINNING_STRING)


@lru_cache(maxsize=1)
def parsed(pattern: re.Pattern[str]) -> tuple[Tree, int]:
    """Return the tree of a pattern, and its flags."""
    flags = pattern.flags & ~int(re.DEBUG)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # `re.compile` has warned about the same pattern
        return parser.parse(pattern.pattern, flags), flags & ~int(re.VERBOSE)


def single(kind: Any, value: Any, flags: int) -> re.Pattern[str]:
    """Return the regular expression of one set of characters, or of one anchor."""
    compiled: re.Pattern[str] = compiler.compile(
        parser.SubPattern(parser.State(), [(kind, value)]), flags
    )
    return compiled


def group_flags(value: Any, flags: int) -> int:
    """Return the flags inside a group, such as `(?i:…)`.

    Args:
        value: The value of the group's node.
        flags: The flags outside.
    """
    _number, added, removed, _body = value
    outside = flags & ~TYPES if added & TYPES else flags
    return int((outside | added) & ~removed)


def is_anchored(tree: Tree, flags: int) -> bool:
    """Return whether a pattern can only match at the beginning of a text."""
    if not len(tree):
        return False
    kind, value = tree[0]
    if kind is op.SUBPATTERN:
        return is_anchored(value[3], group_flags(value, flags))
    if kind is op.BRANCH:
        return all(is_anchored(option, flags) for option in value[1])
    by_line = flags & re.MULTILINE and value is op.AT_BEGINNING
    return kind is op.AT and value in AT_BEGINNING and not by_line
