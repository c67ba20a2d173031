"""Find values after the property's own name.

1. The value follows the name, or the name and "is", "of" or "called", and ends at the next pause.
2. Free text ends with the sentence, or at the name of the next property.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from mock_electron._regex import regex
from mock_electron.model.arguments import words
from mock_electron.model.arguments.reading import Reading, sentence_end
from mock_electron.model.arguments.want import Want
from mock_electron.model.arguments.words import Word
from mock_electron.model.normalise import pattern_of
from mock_electron.model.work import COMPILED, PROPERTY, RULE

LINKS: Final = frozenset(
    "is are of be was called named titled saying reading as will should being".split()
)
SURE_LINKS: Final = LINKS - {"of", "as", "will", "should", "be"}
PAUSE: Final = regex(
    r"[,;\n]|[.!?](?:\s|$)|\s(?:and|with|for|on|at|in|to|from|by|but|who|which|that|whose)\s"
)


def after_name(
    want: Want, reading: Reading, siblings: Mapping[str, Any]
) -> Iterator[tuple[int, int]]:
    """The places of values after the property's own name; rule 1."""
    own = want.words
    spoken = reading.words
    work = reading.said.work
    ends = own[0], own[-1]
    for place, word in enumerate(spoken):
        if word.normal not in ends:
            continue
        length = _named_at(own, spoken, place)
        if length and place + length < len(spoken):
            work.charge(PROPERTY + len(reading.marks) + len(reading.quotes) + len(reading.names))
            found = _value_behind(want, reading, place + length, siblings)
            if found is not None:
                yield found


def _named_at(own: tuple[str, ...], spoken: tuple[Word, ...], place: int) -> int:
    """The number of words of the name here. Its last word is enough: "title" for event_title."""
    begins = len(own) <= MOST_WORDS and spoken[place].normal == own[0]
    if begins and tuple(word.normal for word in spoken[place : place + len(own)]) == own:
        return len(own)
    return int(len(own) > 1 and spoken[place].normal == own[-1] and own[-1] not in VAGUE_NAMES)


MOST_SIBLINGS: Final = 100
"""The maximum number of properties whose names may end a free text: each needs its own pattern."""
MOST_WORDS: Final = 20
"""The number of words of the longest name that is looked for."""
VAGUE_NAMES: Final = frozenset("id number name code type value to from of in on at".split())


def _value_behind(
    want: Want, reading: Reading, place: int, siblings: Mapping[str, Any]
) -> tuple[int, int] | None:
    spoken, text = reading.words, reading.text
    last, link = spoken[place - 1], ""
    while place < len(spoken) and spoken[place].normal in LINKS:
        link, last = spoken[place].normal, spoken[place]
        place += 1
    between = text[last.end : spoken[place].start] if place < len(spoken) else "."
    if place >= len(spoken) or re.search(r"[.,;!?\n]", between):
        return None
    start = spoken[place].start
    quote = next((q for q in reading.quotes if start - 2 <= q.start <= start), None)
    if quote is not None:
        return quote.start, quote.end
    if want.kind in ("number", "integer"):
        close = next((m for m in reading.marks if m.kind == "number" and m.start == start), None)
        return None if close is None else (close.start, close.end)
    if want.kind == "boolean":
        return (start, spoken[place].end) if link in SURE_LINKS else None
    coded = next((m for m in reading.marks if m.kind == "code" and m.start == start), None)
    if coded is not None:
        return coded.start, coded.end
    name = next((n for n in reading.names if n.start == start), None)
    free = want.role.name in ("text", "title") and link not in ("of", "for")
    if not free and name is None and link not in SURE_LINKS:
        return None
    if not free and name is not None:
        return name.start, name.end
    if free and not link and spoken[place].written in NOT_A_VALUE:
        return None
    return start, _phrase_end(want, reading, start, siblings)


def _occurs(normal: str, text: str) -> bool:
    """Whether the letters that every word with this normal form begins with are in a text."""
    return (normal[:-1] if normal.endswith("y") else normal) in text


NOT_A_VALUE: Final = frozenset(
    "to for from in on at with and or about that which who when where how if is are was it".split()
)


def _phrase_end(want: Want, reading: Reading, start: int, siblings: Mapping[str, Any]) -> int:
    """Free text goes on to the end of the sentence, or to the next property's name."""
    text = reading.text
    if want.role.name not in ("text", "title"):
        pause = PAUSE.search(text, start)
        return pause.start() if pause else len(text)
    end = sentence_end(text, start)
    reading.said.work.charge(RULE * min(len(siblings), MOST_SIBLINGS))
    for sibling in islice(siblings, MOST_SIBLINGS):
        named = words.of_identifier(sibling)
        if sibling != want.name and named and _occurs(named[-1], text[start:end]):
            reading.said.work.charge(COMPILED)
            other = re.search(
                rf"(?<!\s)\s*+(?:,|\band\b|\bwith\b)[^.,;]{{0,20}}\b{pattern_of(named[-1])}",
                text[start:end],
            )
            end = start + other.start() if other else end
    return end
