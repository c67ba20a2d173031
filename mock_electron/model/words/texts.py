"""Lists, summaries and translations of a requested length."""

import re
from typing import Final

from mock_electron._regex import regex
from mock_electron.model import prose
from mock_electron.model.language import detect
from mock_electron.model.turn import Turn
from mock_electron.model.words.exact import QUOTES, language_called

LIST_HINTS: Final = (
    "list", "give", "name", "tell", "suggest", "write", "show", "share", "recommend", "what are",
    "generate", "think of", "come up with",
)  # fmt: skip
"""The words that ask for a list, and the hints for LIST_ASKED."""
LIST_ASKED: Final = regex(rf"\b(?:{'|'.join(LIST_HINTS)})\b", re.IGNORECASE)
NUMBER_OF: Final = regex(r"(?P<number>[^\W\d_]+|\d{1,2}) (?=[^\W\d_])")
WHAT: Final = regex(r"[^.?!:\n]*")
SPACED: Final = regex(r"\S+")
NO_ITEMS: Final = regex(
    r"(?:[a-z]+ )?(?:sentences?|words?|letters?|paragraphs?|lines?|days?|hours?|minutes?|weeks?|months?|years?)\b"
    r"|(?:am|pm|o'clock|percent|degrees?|and|or|in|at|is|are|was)\b",
    re.IGNORECASE,
)
SENTENCE_STOPS: Final = (".", "!", "?")
LONGEST_LIST: Final = 30


def a_number_of_items(turn: Turn) -> str | None:
    """ "Three ideas for a birthday": a numbered list of three."""
    asked = LIST_ASKED.search(turn.message)
    if asked is None:
        return None
    numbers = turn.spoken_language.numbers
    for word in SPACED.finditer(turn.message, asked.end()):
        match = NUMBER_OF.match(turn.message, word.start())
        if match is None:
            if word[0].endswith(SENTENCE_STOPS):
                return None
            continue
        said = match["number"].lower()
        number = int(said) if said.isdecimal() else numbers.get(said, 0)
        if 2 <= number <= LONGEST_LIST and not NO_ITEMS.match(turn.message, match.end()):
            what = WHAT.match(turn.message, match.end())
            return _list(turn, number, what[0].strip() if what else "")
    return None


def _list(turn: Turn, number: int, what: str) -> str:
    items = turn.language.phrases["item"]
    start = turn.dice.variant("items", len(items))
    chosen = (items[(start + place) % len(items)] for place in range(number))
    lines = (item.replace("{subject}", what) for item in chosen)
    return "\n".join(f"{place}. {line[0].upper()}{line[1:]}" for place, line in enumerate(lines, 1))


SUMMARY: Final = regex(
    r"\b(?:summari[sz]e|sum up|tl;?dr|give (?:me )?a summary of)\b[^:\n]{0,60}[:\n]\s*(?P<text>\S.*)",
    re.I | re.S,
)
TRANSLATE: Final = regex(r"\b(?:translate|say|how do you say)\b", re.IGNORECASE)
INTO: Final = regex(r"\b(?:into|in|to) (?P<language>[^\W\d_]+)\b", re.IGNORECASE)
SUMMARY_WORDS: Final = 16
SUMMARY_HINTS: Final = ("summar", "sum up", "tldr", "tl;dr")
TRANSLATION_HINTS: Final = ("translate", "say")
"""Hints for SUMMARY and TRANSLATE."""


def summary(turn: Turn) -> str | None:
    """A fraction of the text: the beginning of its first sentence."""
    match = SUMMARY.search(turn.message)
    if match is None:
        return None
    first = re.split(r"(?<=[.!?。！？।؟۔])\s*", match["text"].strip())[0]
    text = " ".join(first.split()[:SUMMARY_WORDS]).rstrip(".!?。！？।,;:")
    return turn.phrase("summary", text=text)


def translation(turn: Turn) -> str | None:
    """Plausible sentences in the other language, about as long as the text."""
    asked = TRANSLATE.search(turn.message)
    into = INTO.search(turn.message, asked.end() + 1) if asked else None
    target = language_called(into["language"]) if into else None
    if asked is None or into is None or target is None:
        return None
    text = turn.message[asked.end() : into.start()].strip(f" {QUOTES}:")
    if re.fullmatch(r"(?:this|that|it|the following)?(?: \w+)?", text, re.IGNORECASE):
        text = turn.message[into.end() :].strip(f" {QUOTES}:.\n") or text
    if len(text.split()) <= 3 and detect(text) is not None:
        greeted = any(
            text.lower().startswith(word) for word in turn.spoken_language.recognise["greeting"]
        )
        kind = "greeting" if greeted else "word"
        return prose.combination([target.phrases[kind]], turn.dice)[0]
    points = target.phrases["point"]
    start = turn.dice.variant("translation", len(points))
    count = max(1, round(len(text.split()) / 8))
    chosen = (points[(start + place) % len(points)] for place in range(min(count, len(points))))
    stop = prose.stop_of(target)
    return " ".join(f"{point[0].upper()}{point[1:].rstrip('.')}{stop}" for point in chosen)
