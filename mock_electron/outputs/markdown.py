"""Texts in Markdown that show themselves: no markup, no links, no mentions, no HTML."""

from typing import Final

from mock_electron._regex import regex

SPECIAL: Final = regex(r"[\\`*_{}\[\]()#+!|<>~&@$:]")
"""Characters with a meaning in Markdown, in HTML, and on GitHub."""
FENCE: Final = "```"


def plain(text: str) -> str:
    """Return a text as a line of Markdown that shows it as it is.

    >>> plain("<b>|@team")
    '&#60;b&#62;&#124;&#64;team'
    """
    return SPECIAL.sub(lambda found: f"&#{ord(found[0])};", " ".join(text.split()))


def code_block(text: str, language: str = "") -> str:
    """Return a text as a block of code."""
    runs = (len(run) for run in regex("`+").findall(text))
    fence = "`" * max(len(FENCE), *(length + 1 for length in runs), 0)
    return f"{fence}{language}\n{text}\n{fence}"
