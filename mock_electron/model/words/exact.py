"""Replies with exact wording: quoted text, yes or no, one word."""

import re
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.hints import mentions
from mock_electron.model.turn import Turn

QUOTES: Final = "\"'“”‘’«»「」`"

QUOTED: Final = regex(rf"[{QUOTES}]++([^{QUOTES}]*+)[{QUOTES}]")

EXACTLY: Final = tuple(
    regex(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"\brepeat after me\W+(?P<text>.+)",
        r"\b(?:reply|respond|answer)\b[^.:\n]{0,40}?\b(?:with )?(?:exactly|only|just|simply|nothing but|verbatim)\b"
        r"(?: (?:with|this|the word|the words|the text|the phrase|the string|one word))*\s*+(?::\s*+)?(?P<text>.+)",
        r"^\W*(?:please )?(?:just |simply |only )?(?:reply|respond|answer) with(?: the words?| the text| the phrase)?:?\s++(?P<text>[\"'“‘«「`](?:(?>.*\w)|\W)[^\w\"'”’»」`]*+[\"'”’»」`]|\S(?:\w++|[^\w\s]++(?=\w))*+)\W*+$",
        r"^\W*(?:please |can you |could you )*(?:just |simply |only )?(?:say|echo|output|print|repeat)(?: back)?(?: exactly| only| just| the words?| the text| the phrase| this| the following)*(?:\s*+:)?+\s++(?P<text>(?!something|anything|nothing|that\b|hi to|hello to).+)",
    )
)
REPLYING: Final = ("reply", "respond", "answer")
NOTHING_ELSE: Final = ("exactly", "only", "just", "simply", "nothing but", "verbatim")
"""Hints for EXACTLY[1], together with REPLYING."""
SAYING: Final = (*REPLYING, "repeat", "say", "echo", "output", "print")
"""Hints for the patterns of EXACTLY."""


def exactly_what_was_asked(turn: Turn) -> str | None:
    """ "Reply with exactly X", "say X", "repeat after me: X", "respond with only 'OK'"."""
    for pattern in EXACTLY if mentions(turn.hints, SAYING) else ():
        match = pattern.search(turn.message)
        if match is not None:
            return _unquoted(match["text"])
    hints = turn.prompt_hints
    if not turn.system or not (mentions(hints, REPLYING) and mentions(hints, NOTHING_ELSE)):
        return None
    match = EXACTLY[1].search(turn.system)
    return _unquoted(match["text"]) if match and match["text"][0] in QUOTES else None


def _unquoted(text: str) -> str | None:
    text = text.strip()
    if text and text[0] in QUOTES:
        inside = QUOTED.match(text)
        return inside[1] if inside else text.strip(QUOTES)
    text = re.sub(
        r"(?<!\s)\s++(?:and )?(?:nothing else|only|please|in one word)\W*$",
        "",
        text.split("\n")[0],
        flags=re.I,
    )
    return text.removesuffix(".") or None


def end_of_words(text: str) -> int:
    """Return the index after the last letter, digit or underscore of a text."""
    end = len(text)
    while end and not (text[end - 1].isalnum() or text[end - 1] == "_"):
        end -= 1
    return end


EITHER: Final = regex(
    r"\b(?:answer|reply|respond|say)\b[^.:\n]{0,30}?[\"']?\b(yes|true)\b[\"']?\s*(?:or|/)\s*[\"']?(no|false)\b",
    re.IGNORECASE,
)


POSITIVE: Final = ("yes", "true")
"""Hints for EITHER."""


def one_or_the_other(turn: Turn) -> str | None:
    """ "Answer YES or NO": one of the two, as they are written."""
    match = EITHER.search(turn.message) or EITHER.search(turn.system)
    return turn.dice.pick("either", match.groups()) if match else None


ONE_WORD: Final = regex(
    r"\b(?:in|with|using) (?:just |only |exactly )?(?:one|a single|1) word\b|\bone[- ]word (?:answer|reply|response)",
    re.I,
)
ONE_WORD_HINTS: Final = ("word",)


def in_one_word(reply: str) -> str:
    """ "In one word": the longest of the first sentence says most."""
    words = re.findall(r"[^\s.,:;!?\"'“”«»…]+", reply)
    return max(words, key=len) if len(words) > 1 else reply
