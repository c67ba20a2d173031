"""The shapes of values that tell which tool is meant: a path, a URL, an expression.

To add a shape, add a row to SHAPES: how such a value is written, and the words by which a parameter
asks for one.
"""

import re
from collections.abc import Mapping
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.normalise import normalised, split

SHAPES: Final[Mapping[str, tuple[re.Pattern[str], frozenset[str]]]] = {
    "url": (regex(r"\bhttps?://|\bwww\.|\b[a-z0-9-]{1,40}\.(?:com|org|net|io|dev|in|example)\b"), normalised("url uri link website")),
    "email": (regex(r"[\w-]@[\w-]"), normalised("email mail recipient")),
    "path": (regex(r"(?<![\w/:.])(?:~|\.{1,2})?/[\w.-]{1,60}/?[\w.-]|[A-Za-z]:[\\/]|\b[\w-]{1,40}\.(?:csv|json|pdf|txt|md|py|js|ts|png|jpg|xlsx|docx?|ya?ml|html|log|zip)\b"), normalised("path file filename directory folder")),
    "expression": (regex(r"\d\s{0,3}[*/^+×÷-]\s{0,3}[\d(]"), normalised("expression equation formula calculation")),
    "repository": (regex(r"(?<![\w./:])[\w-]{1,40}/[\w.-]{1,40}(?![\w/])"), normalised("repo repository")),
}  # fmt: skip
"""For each shape, how its values are written, and the words of parameters that take them."""
HINTS: Final = "/@.*^+-×÷\\"
"""A text without any of these has no value with a shape."""


def shapes_in(text: str) -> frozenset[str]:
    """Return the shapes of the values in a text."""
    if not any(map(text.__contains__, HINTS)):
        return frozenset()
    return frozenset(name for name, (pattern, _) in SHAPES.items() if pattern.search(text))


def shapes_for(name: str) -> frozenset[str]:
    """Return the shapes that a parameter with a name takes."""
    words = normalised(" ".join(split(name)))
    return frozenset(shape for shape, (_, takes) in SHAPES.items() if takes & words)
