"""Cut a message into clauses, each of which may want something of its own.

1. A sentence is a clause, and so is a line.
2. "And", "then", "also" or a comma begins a clause if a command or a question follows.
3. In languages without a list of verbs, every conjunction begins a clause.
4. Text in quotation marks or brackets is not cut.
5. A message that counts its parts, "first …, secondly …, lastly …", has these parts.
"""

import re
from collections.abc import Iterator
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.decide.actions import VAGUE, VERBS
from mock_electron.model.decide.spoken import ASKING, CONTRACTED
from mock_electron.model.hints import folded
from mock_electron.model.language import ENGLISH, Language
from mock_electron.model.normalise import split, stem

CONJUNCTIONS: Final = (
    "and then", "and also", "as well as", "and", "then", "also", "plus", "aur", "y", "et", "und", "e", "и", "और", "एवं", "आणि",
    "এবং", "আর", "மற்றும்", "మరియు", "અને", "ಮತ್ತು", "ഒപ്പം", "ਅਤੇ", "ଏବଂ", "اور", "و",
)  # fmt: skip
SENTENCE: Final = (
    r"(?<=[!?;])\s++|(?<=\.)\s++(?-i:(?![a-z]))|(?<=[。！？])|(?:(?<!\s)[^\S\n]++)?\n\s*+"
)
CUT: Final = regex(
    rf"{SENTENCE}"
    rf"|(?:(?<!\s)\s++(?:,\s++)?+|,\s++)(?:{'|'.join(CONJUNCTIONS)})\s+"
    r"|,\s++(?![A-Z]{2}\b)(?=[^.!?,]*(?:,|\band\b|\by\b|\bet\b|\bund\b|\be\b))"
    r"|、|，|和|そして|그리고",
    re.IGNORECASE,
)
JOINT: Final = regex(
    rf"(?P<sentence>{SENTENCE})|(?<!\s)\s*+,\s++(?:(?:and|then|also|plus|but|or)\s++){{0,3}}+"
    r"|(?<!\s)\s++(?:(?:and|then|also|plus|but)\s++){1,3}+",
    re.IGNORECASE,
)
PAUSE: Final = regex(r"[.!?;,\n](?!\Z)|[।。！？、，和そ그]")
JOINING: Final = frozenset([words.partition(" ")[0] for words in CONJUNCTIONS]) | {"but"}
"""A text is only cut if it contains a PAUSE or one of these words."""
PROTECTED: Final = {'"': '"', "“": "”", "«": "»", "「": "」", "(": ")", "{": "}", "[": "]"}
OPENING: Final = regex(r"[\"“«「({\[]|(?<!\w)'")
QUOTED: Final = regex(r"(?<!\w)'(?:[^'\n]|(?<=\w)'(?=\w)){1,300}+'(?!\w)")
WORD: Final = regex(r"[^\W_]+(?:['’][^\W_]+)*")
LEADS: Final = frozenset(
    """
    also please then can could would will you i i'd id want wanted need like to just now finally
    next afterwards additionally furthermore moreover lastly so and we us let lets kindly help me be
    able in addition that after this first firstly second secondly third thirdly last
    """.split()
)
"""Words before the verb of a command."""
FIRST_WORDS: Final = 12
"""How many words at the beginning of a clause are read."""


def may_be_cut(message: str) -> bool:
    """Return whether a message may have several clauses or objects. Most have one."""
    return PAUSE.search(message) is not None or not JOINING.isdisjoint(folded(message).split())


def clauses(message: str, language: Language = ENGLISH) -> list[tuple[int, int]]:
    """Return the places of the clauses of a message."""
    if not may_be_cut(message):
        return [(0, len(message))] if message else []
    text = masked(message)
    cuts = list(_english(message, text) if language is ENGLISH else _any(text))
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(message)]
    return [
        (start, end)
        for start, end in zip(starts, ends, strict=True)
        if not message[start:end].isspace() and start < end
    ]


def steps(message: str, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the places of the parts of a message that counts them: "first …, secondly …, lastly …".

    Clauses that begin with no such word belong to the part before them. If there are fewer than two
    of these words, the clauses are the parts.

    Args:
        message: The message.
        places: The places of its clauses.
    """
    begins = [STEP.match(message, start) is not None for start, _ in places]
    if sum(begins) < 2:
        return places
    first = begins.index(True)
    found = places[:first]
    for (start, end), is_step in zip(places[first:], begins[first:], strict=True):
        if is_step:
            found.append((start, end))
        else:
            found[-1] = found[-1][0], end
    return found


STEP: Final = regex(
    r"(?:and |also,? )?(?:first(?:ly)?|second(?:ly)?|third(?:ly)?|fourth(?:ly)?|lastly|finally|next|then"
    r"|after that|additionally|also|in addition|moreover|furthermore|later|afterwards)\b(?! (?:time|day|one|name))",
    re.IGNORECASE,
)


def _any(text: str) -> Iterator[tuple[int, int]]:
    for cut in CUT.finditer(text):
        yield cut.span()


def _english(message: str, text: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for joint in JOINT.finditer(text):
        if joint["sentence"] is None:
            rest = message[joint.end() : joint.end() + LOOKED_AT]
            is_joined = "," not in joint[0] or any(map(str.isalpha, joint[0]))
            if not wants(rest, NONE if is_joined else RELATIVE):
                continue
            if all(word.lower() in LEADS for word in WORD.findall(message[begin : joint.start()])):
                continue  # "could you also …"
        yield joint.span()
        begin = joint.end()


LOOKED_AT: Final = 120
"""How many characters of a clause are looked at."""
RELATIVE: Final = frozenset("where who which when whose why".split())
"""Questions that only explain the noun before them, after a comma."""
NONE: Final = frozenset[str]()


def wants(text: str, relative: frozenset[str] = frozenset()) -> bool:
    """Return whether a text begins with a command or a question.

    Args:
        text: The text.
        relative: The words that begin no question.
    """
    for found, word in enumerate(WORD.finditer(text)):
        if found == FIRST_WORDS:
            return False
        written = word[0].lower()
        if CONTRACTED.sub("", written) in ASKING:
            return written not in relative
        if written in LEADS:
            continue
        root = stem(written)
        if written != word[0] and found == 0:
            return False  # a name
        is_verb = (root in VERBS or root in VAGUE) and written[-3:] not in ("ing", "ion")
        return is_verb and written[-2:] != "ed" and (written[-1:] != "s" or root[-1:] == "s")
    return False


def adds(text: str, name: str) -> bool:
    """Return whether a sentence only adds to what was said: it is no command and no question.

    Args:
        text: The sentence.
        name: The name of a tool. A sentence that begins with a word of it is a command.
    """
    if text.rstrip().endswith("?") or WISH.search(text) is not None:
        return False
    first = WORD.search(text)
    if first is None or first[0].lower() in MODIFYING:
        return True
    is_command = stem(first[0]) in map(stem, split(name))
    return not is_command and not wants(text[:1].lower() + text[1:])


WISH: Final = regex(
    r"\b(?:want|wants|wanted|need|needs|like to|love to|wish|wondering|curious|interested|looking|please"
    r"|can you|could you|would you|will you|can i|could i|may i|let me know|tell me|how about|what about)\b",
    re.IGNORECASE,
)
"""Words of a wish."""
MODIFYING: Final = frozenset(
    """
    use include make consider assume note ensure keep format round put output respond exclude sort
    limit remember avoid
    """.split()
)
"""Verbs of commands that only say how something is to be done."""


def masked(message: str) -> str:
    """Return a message with "x" for every character from an opening mark to its closing mark."""
    if not OPENING.search(message):
        return message
    message = QUOTED.sub(lambda found: "x" * len(found[0]), message)
    pairs = PROTECTED.items()
    last = {opening: message.rfind(closing) for opening, closing in pairs if opening in message}
    pieces, end = [], 0
    for place, character in enumerate(message):
        if place >= end and character in last and last[character] > place:
            pieces.append(message[end:place])
            end = message.find(PROTECTED[character], place + 1) + 1
            pieces.append("x" * (end - place))
    return "".join([*pieces, message[end:]])
