"""Texts that conditions search for, and how messages show them."""

import re
from typing import Final
from unicodedata import normalize

Text = str | re.Pattern[str]
"""A substring, or a compiled regular expression that is searched for."""

EXCERPT: Final = 60
"""The maximum number of characters of a text that a message shows."""


def contains(text: str, expected: Text) -> bool:
    """Return whether a text contains the expected one."""
    if isinstance(expected, str):
        return expected in text
    return expected.search(text) is not None


def quoted(text: str) -> str:
    """Return a text in quotation marks, shortened in the middle."""
    if len(text) > EXCERPT:
        half = EXCERPT // 2
        text = f"{text[:half]}…{text[-half:]}"
    return repr(text)


def shown(expected: Text) -> str:
    """Return the expected text as a message shows it."""
    if isinstance(expected, str):
        return quoted(expected)
    return f"regex {expected.pattern!r}"


def shown_mismatch(text: str, expected: Text) -> str:
    """Return the actual text as a message shows it, with a remark if it nearly matches."""
    if isinstance(expected, str):
        if expected.lower() in text.lower():
            return f"{quoted(text)}, which differs in case"
        if normalize("NFC", expected) in normalize("NFC", text):
            return f"{quoted(text)}, which is a different Unicode form of the same text"
    return quoted(text)
