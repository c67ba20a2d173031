"""Texts that conditions search for, and how messages show them."""

import re
from functools import lru_cache
from typing import Final
from unicodedata import normalize

Text = str | re.Pattern[str]
"""A substring, or a compiled regular expression that is searched for."""

EXCERPT: Final = 60
"""The maximum number of characters of a text that a message shows."""
NORMALISED: Final = 2_000
"""The maximum number of characters of a text whose Unicode forms are compared. The normalisation of
many combining marks takes quadratic time."""


def quoted(text: str) -> str:
    """Return a text in quotation marks, shortened in the middle."""
    return repr(shortened_in_the_middle(text))


def shortened_in_the_middle(text: str) -> str:
    """Return a text of at most about EXCERPT characters."""
    half = EXCERPT // 2
    return text if len(text) <= EXCERPT else f"{text[:half]}…{text[-half:]}"


def shown_value(value: object) -> str:
    """Return a JSON value as a message shows it, shortened in the middle: only texts in quotes."""
    return quoted(value) if isinstance(value, str) else shortened_in_the_middle(repr(value))


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
        if len(text) <= NORMALISED and normalize("NFC", expected) in _normalised(text):
            return f"{quoted(text)}, which is a different Unicode form of the same text"
    return quoted(text)


@lru_cache(maxsize=8)
def _normalised(text: str) -> str:
    """Return a text of a request in NFC. Many steps compare the same one."""
    return normalize("NFC", text)
