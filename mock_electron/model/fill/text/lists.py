"""Find enumerations in a text and the things that they list.

1. Things are separated by commas, semicolons, "and", "or" or line breaks.
2. Words before the first thing, such as "buy" or "the people:", and after the last one, such as "to
   my list", are removed.
"""

import re
from collections.abc import Iterator
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.fill.text.reading import QUOTES
from mock_electron.model.fill.text.values import Mark

CUT: Final = regex(
    r"(?:(?<!\s)\s++)?[,;、，](?:\s++(?:(?:and|or|und|et|y|e)\s++)?|(?:and|or|und|et|y|e)\s++)"
    r"|(?:(?<!\s)[^\S\n]++)?(?:\n\s*+;?|;)\s*+|(?<!\s)\s++(?:and|or|und|et|y|और|و)\s++|、|，"
    r"|(?<=[.!?])\s+|(?<!\s)\s++&\s++"
)
UNCUT: Final = regex(rf"{QUOTES.pattern}|\([^()]*\)")
BULLET: Final = regex(r"^\s*(?:[-*•]|\d+[.)])\s+")
HEADING: Final = regex(r"^[^:\n]{2,80}:\s+")
TAIL: Final = regex(
    r"(?<!\s)\s++(?:to|on|in|for|from|at|with|into|by|of|as|using|is|are|please)\s.*$", re.DOTALL
)
LEAD: Final = regex(
    r"^.*\b(?:the following(?: \w+)?|such as|like|of|for|with|between|buy|need|add|get|got|want|order|called|tags?|are|were|is|about|to)\s+",
    re.DOTALL | re.IGNORECASE,
)
FILLERS: Final = frozenset(
    "oh yeah yes no ok okay well right hi hello hey um uh so also please thanks".split()
)
"""Words before a list that are nothing of it."""
ARTICLE: Final = regex(r"^(?:an?|the|some|my|our)\s+", re.IGNORECASE)
LONGEST: Final = 60
"""The maximum number of characters of a thing in a list. Anything longer is a sentence."""


def segments(text: str, most: int = 200) -> list[Mark]:
    """The parts between the commas and conjunctions of a text, quotations uncut."""
    heading = HEADING.match(text)
    begin = heading.end() if heading else 0
    masked = UNCUT.sub(lambda match: "x" * len(match[0]), text)
    found: list[Mark] = []
    start = begin
    for cut in CUT.finditer(masked, begin):
        if cut.end() < len(text) and len(found) < most:
            found.append(Mark("segment", text[start : cut.start()], start, cut.start()))
            start = cut.end()
    found.append(Mark("segment", text[start:], start, len(text)))
    return [segment for segment in found if segment.value.strip(" .,;:!?")]


def things(text: str) -> list[Mark]:
    """The things that a text lists: at least two, or none."""
    sentences = segments(text)
    while sentences and sentences[0].value.strip(" .,!?").lower() in FILLERS:
        del sentences[0]
    if len(sentences) < 2:
        return []
    last = len(sentences) - 1
    return [
        thing
        for place, segment in enumerate(sentences)
        if (thing := _thing(segment, first=place == 0, last=place == last)) is not None
    ]


def _thing(segment: Mark, *, first: bool, last: bool) -> Mark | None:
    value = BULLET.sub("", segment.value).strip(" .!?:")
    if first:
        value = LEAD.sub("", value)
    if last:
        value = TAIL.sub("", value)
    value = ARTICLE.sub("", value).strip("\"'“”«» ")
    if not value or len(value) > LONGEST:
        return None
    start = segment.start + segment.value.find(value)
    return Mark("thing", value, start, start + len(value))


def listed(value: str) -> Iterator[str]:
    """The members of a value that is itself a list: `["a", "b"]` or "a, b and c"."""
    inner = value.strip().removeprefix("[").removesuffix("]")
    for part in CUT.split(inner):
        item = part.strip(" \"'“”,")
        if item:
            yield item
