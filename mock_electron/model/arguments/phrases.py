"""Values that are recognised by the words around them.

1. Behind a property's name, and "is", "of" or "called", stands its value, up to the next pause.
2. Behind "in", "for", "named" … stands a name, even in small letters.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from mock_electron.model.arguments import words
from mock_electron.model.arguments.reading import Reading, sentence_end
from mock_electron.model.arguments.values import Mark
from mock_electron.model.arguments.want import Free, Want
from mock_electron.model.arguments.words import Word
from mock_electron.model.language import ENGLISH, Language

LINKS: Final = frozenset(
    [
        "is",
        "are",
        "of",
        "be",
        "was",
        "called",
        "named",
        "titled",
        "saying",
        "reading",
        "as",
        "will",
        "should",
        "being",
        "says",
    ]
)
SURE_LINKS: Final = LINKS - {"of", "as", "will", "should", "be"}
PAUSE: Final = re.compile(
    r"[,;\n]|[.!?](?:\s|$)|\s(?:and|with|for|on|at|in|to|from|by|but|who|which|that|whose)\s"
)


def foreign(word: Word, hints: frozenset[str] | tuple[str, ...], language: Language) -> bool:
    """Whether a word of another language means one of these in English."""
    if language == ENGLISH or not hints:
        return False
    lower = word.written.lower()
    return any(
        lower.startswith(meaning)
        for hint in sorted(hints)
        for meaning in language.lexicon.get(hint, ())
    )


def after_name(
    want: Want, reading: Reading, siblings: Mapping[str, Any]
) -> Iterator[tuple[int, int]]:
    """Where values stand behind the property's own name; rule 1."""
    own = want.words
    spoken = reading.words
    for place in range(len(spoken)):
        length = _named_at(own, spoken, place)
        if length and place + length < len(spoken):
            found = _value_behind(want, reading, place + length, siblings)
            if found is not None:
                yield found


def _named_at(own: tuple[str, ...], spoken: tuple[Word, ...], place: int) -> int:
    """How many words the name takes here; its last word alone will do: "title" for event_title."""
    if not own:
        return 0
    if tuple(word.stem for word in spoken[place : place + len(own)]) == own:
        return len(own)
    return int(len(own) > 1 and spoken[place].stem == own[-1] and own[-1] not in VAGUE_NAMES)


VAGUE_NAMES: Final = frozenset("id number name code type value to from of in on at".split())  # noqa: SIM905


def _value_behind(
    want: Want, reading: Reading, place: int, siblings: Mapping[str, Any]
) -> tuple[int, int] | None:
    spoken, text = reading.words, reading.text
    last, link = spoken[place - 1], ""
    while place < len(spoken) and spoken[place].stem in LINKS:
        link, last = spoken[place].stem, spoken[place]
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
    name = next((n for n in reading.names if n.start == start), None)
    free = want.role.name in ("text", "title") and link not in ("of", "for")
    if not free and name is None and link not in SURE_LINKS:
        return None
    if not free and name is not None:
        return name.start, name.end
    if free and not link and spoken[place].written in NOT_A_VALUE:
        return None
    return start, _phrase_end(want, text, start, siblings)


NOT_A_VALUE: Final = frozenset(
    "to for from in on at with and or about that which who when where how if is are was it".split()  # noqa: SIM905
)


def _phrase_end(want: Want, text: str, start: int, siblings: Mapping[str, Any]) -> int:
    """Free text goes on to the end of the sentence, or to the next property's name."""
    if want.role.name not in ("text", "title"):
        pause = PAUSE.search(text, start)
        return pause.start() if pause else len(text)
    end = sentence_end(text, start)
    for sibling in siblings:
        named = words.of_identifier(sibling)
        if sibling != want.name and named:
            other = re.search(
                rf"\s*(?:,|\band\b|\bwith\b)[^.,;]{{0,20}}\b{re.escape(named[-1])}", text[start:end]
            )
            end = start + other.start() if other else end
    return end


PLACE_LEADS: Final = frozenset(
    [
        "in",
        "at",
        "near",
        "of",
        "for",
        "to",
        "from",
        "around",
        "within",
        "is",
        "en",
        "à",
        "em",
        "a",
        "auf",
        "nach",
        "über",
    ]
)
PERSON_LEADS: Final = frozenset(
    [
        "for",
        "named",
        "called",
        "to",
        "with",
        "by",
        "from",
        "is",
        "am",
        "i'm",
        "about",
        "für",
        "para",
        "pour",
    ]
)
LEADS: Final[Mapping[str, frozenset[str]]] = {
    "place": PLACE_LEADS,
    "person": PERSON_LEADS,
    "organisation": PERSON_LEADS | {"at", "of"},
    "to": frozenset(("to", "for")),
    "from": frozenset(("from",)),
    "language": frozenset(("to", "in", "into")),
    "country": PLACE_LEADS,
    "name": PERSON_LEADS,
}
"""The words before a name that tell what it is the name of."""
AFTER_LEAD: Final = r"(?<!\w)(?:{leads})\s+(?:the\s+)?(?P<x>[^\W\d][\w'-]*(?:\s[^\W\d][\w'-]*)?)"


def after_lead(want: Want, reading: Reading, free: Free) -> Iterator[Mark]:
    """Names in small letters, behind the words that lead to them."""
    leads = "|".join(sorted(LEADS[want.role.name] - {"is", "am", "about", "a"}))
    if want.role.name in ("person", "name"):
        for match in AGED.finditer(reading.text):
            if free(match.start(1), match.end(1)) and match[1] not in words.STOP_WORDS:
                yield Mark("name", match[1], match.start(1), match.end(1))
    for match in re.finditer(AFTER_LEAD.format(leads=leads), reading.text):
        first, _, second = match["x"].partition(" ")
        value = first if second in words.STOP_WORDS or second in PLAIN or not second else match["x"]
        end = match.start("x") + len(value)
        if first.lower() not in words.STOP_WORDS | PLAIN and free(match.start("x"), end):
            yield Mark("name", value, match.start("x"), end)


AGED: Final = re.compile(r"([^\W\d]{2,}) (?:is|was|aged|turned|turns) (?=\d)")
PLAIN: Final = frozenset(
    """today tomorrow tonight now right please next this celsius fahrenheit degrees metric imperial
    weather forecast order price call meeting table message everyone there here much long day week
    month year hour minute morning afternoon evening night time date me it
    """.split()  # noqa: SIM905
)
