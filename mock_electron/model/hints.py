"""Hints: short texts by which rules that cannot apply are skipped without a regular expression.

A pattern of ASCII letters that ignores case matches a text only if the folded text contains the
words of the pattern in lowercase. If it contains none of them, the rule need not be tried.
"""

from typing import Final

TWINS: Final = (("ſ", "s"), ("ı", "i"), ("İ", "i"))
"""The letters that `re.IGNORECASE` takes for ASCII letters, and `str.lower` does not."""


def folded(text: str) -> str:
    """Return a text in lowercase, in which patterns that ignore case find the same ASCII letters.

    >>> folded("Say YES, ſay İt")
    'say yes, say it'
    """
    if not text.isascii():
        for twin, letter in TWINS:
            text = text.replace(twin, letter)
    return text.lower()


def mentions(text: str, hints: tuple[str, ...]) -> bool:
    """Return whether a folded text contains one of the hints."""
    for hint in hints:  # noqa: SIM110 (a generator would cost two calls for each hint)
        if hint in text:
            return True
    return False
