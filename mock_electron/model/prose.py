"""Generate sentences about the subject of the message, in the language of the turn.

The phrases are data in `languages/`. A message is a request, a question or a statement; each kind
has openings, which are completed with a point and a closing. The dice choose one of all
combinations, so one message has thousands of possible replies.
"""

import re
from collections.abc import Sequence
from math import prod
from typing import Final

from msgspec import Struct

from mock_electron._regex import regex
from mock_electron.model.dice import Dice
from mock_electron.model.hints import folded, mentions
from mock_electron.model.language import ENGLISH, UNSPACED, Language

POLITE: Final = r"(?:(?:please|now|can you|could you|would you|will you)[ ,]+)*"
VERB_HINTS: Final = (
    "tell", "write", "give", "show", "explain", "describe", "list", "summarise", "summarize", "compose",
    "draft", "help", "make", "say", "name", "discuss", "share", "create", "find", "suggest", "recommend",
)  # fmt: skip
"""The verbs of requests, and the hints for VERBS."""
VERBS: Final = rf"(?:{'|'.join(VERB_HINTS)})\b(?: (?:me|us|please))*"
OPENING_WORDS: Final = regex(
    r"\A\W*(?:hi|hello|hey|okay|ok|so|well|thanks|thank you)\b[,.!]?\s+(?=\S)", re.IGNORECASE
)
OPENING_HINTS: Final = ("hi", "hello", "hey", "ok", "so", "well", "thank")
"""Hints for OPENING_WORDS."""
LENGTH_ASKED_HINTS: Final = ("word", "sentence")
TOPIC_HINTS: Final = ("about", "on the subject of", "regarding", "concerning")
"""Hints for LENGTH_ASKED and TOPIC."""
LENGTH_ASKED: Final = regex(
    r"(?:,|(?<!\s))\s++(?:in|with|using) (?:just |only |exactly |at most |under )?(?:a|an|one|two|three|four|five|\d+) (?:short |single )?(?:words?|sentences?)\b",
    re.IGNORECASE,
)
TOPIC: Final = regex(
    r"\b(?:about|on the subject of|regarding|concerning)\s+(?P<topic>\S.*)", re.I | re.S
)
SENTENCE_END: Final = regex(r"[.!?。！？।؟۔](?<=\S.)(?:(?<![.!?])|(?=\s|$))")
ASCII_SENTENCE_END: Final = regex(r"[.!?](?<=\S.)(?=\s|$)")
"""The same for texts in ASCII. It is compiled in a fifth of the time, as `ASCII_TOKEN` in tokens.py."""
OTHER_PERSON: Final = {
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "i'm": "you are",
    "you": "me", "your": "my", "yours": "mine", "i am": "you are", "am i": "are you",
}  # fmt: skip
PERSON: Final = regex(
    r"\b(?=[aimy])(?:i(?:'m| am)?|m(?:e|y(?:self)?|ine)|you(?:rs?)?|am i)\b", re.IGNORECASE
)
"""The words of OTHER_PERSON. "AM" alone is a time of day."""
LONGEST_SUBJECT: Final = 160
"""The maximum number of characters of the message that a reply repeats."""

SENTENCES: Final = regex(
    r"\b(?:in|under|at most|no more than|up to|within|exactly|write|give me)?\s*"
    r"(?P<number>one|two|three|four|five|single|[1-5])[- ](?:[a-z]+ )?sentences?\b",
    re.IGNORECASE,
)
BRIEF: Final = regex(r"\bbrief|\bin short\b|\bconcise|\bshort (?:answer|repl)", re.IGNORECASE)
NUMBERS: Final = {"one": 1, "single": 1, "two": 2, "three": 3, "four": 4, "five": 5}


class Subject(Struct, frozen=True):
    """What a message is about: the kind of its phrases, and the words that a reply takes up.

    quoted: the words are the message itself, in quotation marks.
    """

    kind: str
    words: str
    quoted: bool


KINDS: Final = (
    ("request", regex(rf"\W*{POLITE}{VERBS}", re.IGNORECASE), VERB_HINTS, False),
    (
        "question",
        regex(r"\W*what(?:'s| is| are| was| were)\b(?! (?:you|i|we|they|he|she|it)\b)", re.I),
        ("what",),
        False,
    ),
    ("question", regex(r"(?=[^.!]*[?？؟])"), ("?", "？", "؟"), True),
    ("statement", regex(r""), ("",), True),
)
"""Each kind of phrases, how its messages begin, its hints, and whether they are quoted; the first that
fits."""


SENTENCES_HINTS: Final = ("sentence",)
BRIEF_HINTS: Final = ("brief", "in short", "concise", "short answer", "short repl")
LENGTH_HINTS: Final = ("sentence", "brief", "short", "concise")
"""Hints for SENTENCES, for BRIEF, and for both."""


def answer(message: str, hints: str, count: int | None, language: Language, dice: Dice) -> str:
    """Return a reply about a message.

    Args:
        message: The message.
        hints: The folded message.
        count: The number of sentences that the prompt asks for, or None.
        language: The language of the reply.
        dice: The source of all choices.
    """
    subject = recognise(message, language, hints)
    words = f'"{subject.words}"' if subject.quoted else subject.words
    phrases = language.phrases
    closings = phrases["closing"] if count is None else ("",)
    opening, point, closing = combination([phrases[subject.kind], phrases["point"], closings], dice)
    text = opening.replace("{point}", point).replace("{subject}", words) + closing
    return text if count is None else text + _more(language, count - 1, point, dice)


def sentence_count(prompt: str) -> int | None:
    """How many sentences a prompt asks for: "under three" are two; None if it does not say."""
    hints = folded(prompt)
    if mentions(hints, BRIEF_HINTS) and BRIEF.search(prompt):
        return 1
    match = SENTENCES.search(prompt) if mentions(hints, SENTENCES_HINTS) else None
    if match is None:
        return None
    number = match["number"].lower()
    count = int(number) if number.isdecimal() else NUMBERS.get(number, 1)
    return max(count - 1, 1) if match[0].lower().lstrip().startswith("under") else count


def recognise(message: str, language: Language = ENGLISH, hints: str | None = None) -> Subject:
    """What a message is about.

    Args:
        message: The message.
        language: Its language.
        hints: The folded message, if it is known.

    >>> recognise("Tell me about my phone.").words
    'your phone'
    >>> recognise("Why is my phone slow?").words
    'Why is my phone slow'
    """
    is_english, hints = language is ENGLISH, folded(message) if hints is None else hints
    if is_english:
        if mentions(hints, OPENING_HINTS):
            opening = OPENING_WORDS.match(message)
            message = message[opening.end() :] if opening else message
        if mentions(hints, LENGTH_ASKED_HINTS):
            message = LENGTH_ASKED.sub("", message)
    for kind, pattern, kind_hints, quoted in KINDS if is_english else KINDS[-2:]:
        for hint in kind_hints:  # not `mentions`, because every message comes here
            if hint in hints:
                break
        else:
            continue
        match = pattern.match(message)
        if match is not None:
            rest = _first_sentence(message) if quoted else _subject(message[match.end() :], hints)
            return Subject(kind, rest, quoted)
    raise AssertionError("the last kind fits everything")


def combination(choices: Sequence[Sequence[str]], dice: Dice) -> list[str]:
    """One phrase of each; the dice are rolled once, over all combinations."""
    counts = list(map(len, choices))
    variant = dice.variant("words", prod(counts))
    chosen: list[str] = []
    for phrases, count in zip(choices, counts, strict=True):
        chosen += [phrases[variant % count]]
        variant //= count
    return chosen


def _more(language: Language, count: int, used: str, dice: Dice) -> str:
    """A number of further sentences, none of them used before."""
    if count < 1:
        return ""
    fresh = [point for point in language.phrases["point"] if point != used]
    start = dice.variant("more", len(fresh))
    space = "" if language.code in UNSPACED else " "
    chosen = (fresh[(start + place) % len(fresh)] for place in range(count))
    return "".join(f"{space}{point[0].upper()}{point[1:]}{stop_of(language)}" for point in chosen)


STOPS: Final = {
    "hi": "।", "bn": "।", "pa": "।", "or": "।", "ur": "۔", "zh": "。", "ja": "。",
}  # fmt: skip


def stop_of(language: Language) -> str:
    """What ends a sentence of a language."""
    return STOPS.get(language.code, ".")


def _first_sentence(text: str) -> str:
    end = (ASCII_SENTENCE_END if text.isascii() else SENTENCE_END).search(text)
    words = " ".join((text[: end.start()] if end else text).split())
    return words[:LONGEST_SUBJECT].strip(" .,:;!?\"'“”。！？।؟۔،")


def _subject(text: str, hints: str) -> str:
    topic = TOPIC.search(text) if mentions(hints, TOPIC_HINTS) else None
    words = _first_sentence(topic["topic"] if topic else text) or "that"
    words = PERSON.sub(lambda word: OTHER_PERSON.get(word[0].lower(), word[0]), words)
    return words[0].lower() + words[1:] if words[1:2].islower() else words
