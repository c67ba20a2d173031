"""Read the value of a text that is JSON, or that Python prints for a value.

1. The values are those of JSON: a tuple or a set becomes a list, a key becomes a string.
2. A lone surrogate becomes U+FFFD. A number too large for a double becomes its text.
3. The reader has its own limits, so that the result does not depend on Python's recursion limit and
   its limit for the digits of an integer.
"""

import re
from math import isinf
from typing import Any, Final

from mock_electron._regex import regex
from mock_electron.model.unicode_version import pin
from mock_electron.wire import codec

DEEPEST: Final = 100
"""The maximum number of nested lists and objects."""
LONGEST_INTEGER: Final = 300
"""The maximum number of characters of an integer."""

ESCAPE: Final = regex(
    r"\\u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|\\u(?P<lone>[dD][89a-fA-F][0-9a-fA-F]{2})|\\u(?P<one>[0-9a-fA-F]{4})|\\.",
    re.DOTALL,
)
TOKEN: Final = regex(
    r"[ \t\r\n\f]*(?:(?P<sign>[\[\](){},:])|(?P<name>None|True|False)(?![\w])"
    r"|(?P<number>[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)(?![\w.])"
    r"|[bu]?(?P<string>'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\")|(?P<end>\Z))",
    re.DOTALL,
)
PRINTED: Final = regex(
    r"\\(?:x(?P<x>[0-9a-fA-F]{2})|u(?P<u>[0-9a-fA-F]{4})|U(?P<U>[0-9a-fA-F]{8})|(?P<one>.))",
    re.DOTALL,
)
"""The escapes that Python prints. Any other escape stays unchanged."""
CHARACTERS: Final = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", '"': '"', "\n": ""}
NAMES: Final = {"None": None, "True": True, "False": False}
CLOSING: Final = {"[": "]", "(": ")", "{": "}"}


def read_json(text: str) -> Any:
    """Return the value of a JSON text. Integers beyond 64 bits become floats, as in JavaScript.

    Raises:
        ValueError: If the text is not JSON, or is nested deeper than DEEPEST levels.
    """
    value = codec.decode(ESCAPE.sub(_escape, text).encode())
    if text.count("[") + text.count("{") > DEEPEST and _depth(value) > DEEPEST:
        raise ValueError(f"the value is nested deeper than {DEEPEST} levels")
    return value


def read_printed(text: str) -> Any:
    """Return the value for which Python prints this text.

    >>> read_printed("{1: ('Mumbai', None)}")
    {'1': ['Mumbai', None]}

    Raises:
        ValueError: If the text is not a literal that Python prints, or exceeds a limit.
    """
    reader = _Reader(text)
    value = reader.value(reader.next(), 1)
    if reader.next().lastgroup != "end":
        raise ValueError("there is more than one value")
    return value


def _escape(escape: re.Match[str]) -> str:
    """Return an escape, or what replaces it: U+FFFD (rule 2), or a substitute of `pin`."""
    if escape["lone"]:
        return "\\ufffd"
    codes = "".join(filter(None, (escape["high"], escape["low"], escape["one"])))
    character = bytes.fromhex(codes).decode("utf-16-be")
    pinned = pin(character)
    return escape[0] if pinned is character else pinned


def _depth(value: object) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [
            member
            for outer in level
            if isinstance(outer, dict | list)
            for member in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return depth - 1


class _Reader:
    """Reads what Python prints, token by token."""

    __slots__ = ("_at", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def next(self) -> re.Match[str]:
        token = TOKEN.match(self._text, self._at)
        if token is None:
            raise ValueError(f"nothing that Python prints at index {self._at}")
        self._at = token.end()
        return token

    def value(self, token: re.Match[str], depth: int) -> Any:
        """Return the value that begins with a token."""
        if token["name"]:
            return NAMES[token["name"]]
        if token["number"]:
            return _number(token["number"])
        if token["string"]:
            return _string(token["string"][1:-1])
        if token["sign"] not in CLOSING or depth > DEEPEST:
            raise ValueError("no value, or nested too deeply")
        return self._members(token["sign"], depth)

    def _members(self, opening: str, depth: int) -> Any:
        """Return the members up to the closing bracket: an object, a list, or the value in ()."""
        listed: list[Any] = []
        named: dict[str, Any] = {}
        comma = False
        token = self.next()
        while token["sign"] != CLOSING[opening]:
            start = token.start(token.lastgroup or 0)
            value = self.value(token, depth + 1)
            written = value if isinstance(value, str) else self._text[start : self._at]
            token = self.next()
            if token["sign"] == ":" and opening == "{":
                named[written] = self.value(self.next(), depth + 1)
                token = self.next()
            else:
                listed.append(value)
            comma = token["sign"] == ","
            if comma:
                token = self.next()
            elif token["sign"] != CLOSING[opening]:
                raise ValueError("a comma is missing")
        if named and listed:
            raise ValueError("a set has no keys")
        if opening == "(" and len(listed) == 1 and not comma:
            return listed[0]
        return named if opening == "{" and not listed else listed


def _number(written: str) -> int | float | str:
    if written.lstrip("+-").isdigit():
        return int(written) if len(written) <= LONGEST_INTEGER else written
    value = float(written)
    return written if isinf(value) else value


def _string(written: str) -> str:
    text = PRINTED.sub(_character, written)
    # Two surrogates that belong together become one character, as in JSON.
    return pin(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))


def _character(escape: re.Match[str]) -> str:
    code = escape["x"] or escape["u"] or escape["U"]
    if code:
        return chr(int(code, 16)) if int(code, 16) < 0x110000 else escape[0]
    return CHARACTERS.get(escape["one"], escape[0])
