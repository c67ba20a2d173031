"""The filler: a phrase before a tool call, if and only if the system prompt asks for one (D)."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.language import ENGLISH, detect
from mock_electron.model.normalise import split
from mock_electron.model.turn import Turn

BY_NAME: Final = regex(
    r"filler|muletilla|füllphrase|füllsatz|füllwort|remplissage|riempitiv|preenchimento|филлер|フィラー|つなぎ"
    r"|填充|过渡语|필러|फिलर|फ़िलर|ফিলার|ஃபில்லர்|ఫిల్లర్",
    re.IGNORECASE,
)
ACKNOWLEDGE: Final = regex(r"\backnowledg\w*", re.IGNORECASE)
ACKNOWLEDGED: Final = regex(
    r"\b(?:request|question|user|caller|customer|them|before|first|then)\b", re.IGNORECASE
)
AT_FIRST: Final = regex(r"\b(?:before|first)\b", re.IGNORECASE)
LET_KNOW: Final = regex(
    r"\b(?:let|tell|inform|assure)\b[^.]{0,25}\b(?:know|that)?\b[^.]{0,10}\b(?:you are|you're|you will|you'll|what you)\b",
    re.IGNORECASE,
)
SPEAKS: Final = regex(
    r"\b(?:say\w*|speak\w*|spoken|tell\w*|announc\w*|mention\w*|utter\w*|inform\w*|phrase|moment|something)\b",
    re.IGNORECASE,
)
USES_A_TOOL: Final = regex(
    r"\btools?\b|\bfunctions?\b|\blook\w*\b(?: \w+){0,2} up\b|\blook-?ups?\b|\bcheck\w*\b|\bfetch\w*|\bsearch\w*",
    re.IGNORECASE,
)
IN_TIME: Final = regex(
    r"\b(?:before|prior to|first|while|when(?:ever)?|preced\w*|also|along\w*|as you)\b",
    re.IGNORECASE,
)
TOOL_WORDS: Final = regex(
    r"herramienta|función|outil|fonction|werkzeug|tool|funktion|ferramenta|função|strument|funzion|инструмент|функци"
    r"|工具|函数|ツール|関数|도구|함수|أداة|الأداة|أدوات|टूल|উপকরণ|টুল|கருவி|டூல்|టూల్|साधन|ટૂલ|ಟೂಲ್|ಉಪಕರಣ|ടൂൾ|ਟੂਲ|ଟୁଲ|ٹول",
    re.IGNORECASE,
)
BEFORE_WORDS: Final = regex(
    r"antes de|avant d|bevor|vor (?:dem|jedem|der)|antes|prima di|перед|прежде|之前|前に|전에|قبل|पहले|আগে|முன்|ముందు"
    r"|आधी|पूर्वी|પહેલાં|પહેલા|ಮೊದಲು|മുമ്പ്|മുൻപ്|ਪਹਿਲਾਂ|ପୂର୍ବରୁ|ଆଗରୁ|پہلے",
    re.IGNORECASE,
)
REFUSED: Final = regex(
    r"\b(?:never|not|don't|no|avoid|skip|without|forbidden|prohibited|sin|sans|kein\w*|ohne|nunca|jamais|nie)\b",
    re.IGNORECASE,
)
NOT: Final = regex(r"\b(?:never|not|don't|no)\b", re.IGNORECASE)
WITHOUT: Final = regex(r"\bwithout\b", re.IGNORECASE)
SENTENCE_END: Final = regex(r"[.!?;।。！？\n]")
HINTS: Final = (
    "acknowledg", "tool", "function", "look", "check", "fetch", "search",
    *(hint.replace("\\", "") for hint in BY_NAME.pattern.split("|")),
    *(hint for hint in TOOL_WORDS.pattern.split("|") if hint not in ("tool", "funktion")),
)  # fmt: skip
"""A sentence that asks for a filler has one of these in it."""
UNSPOKEN: Final = frozenset(
    "a an by check fetch find for from get in list look lookup of on retrieve search the to up with".split()
)


@lru_cache(maxsize=16)
def wanted(system: str) -> bool:
    """Whether a system prompt asks for a filler, in one of its sentences.

    The system prompt of a conversation is read for each of its requests, so the latest are kept.
    """
    if not system:
        return False
    return any(map(_asks, _candidates(system)))


def _candidates(system: str) -> Iterator[str]:
    """The sentences that contain a hint. Most of a long prompt is not searched."""
    text = system.lower()
    ends = [*(match.start() for match in SENTENCE_END.finditer(text)), len(text)]
    end = -1
    for place in sorted(_places_of_hints(text)):
        if place > end:
            sentence = bisect_left(ends, place)
            end = ends[sentence]
            yield text[ends[sentence - 1] + 1 if sentence else 0 : end]


def _places_of_hints(text: str) -> Iterator[int]:
    for hint in HINTS:
        if hint in text:
            place = text.find(hint)
            while place >= 0:
                yield place
                place = text.find(hint, place + 1)


def _asks(sentence: str) -> bool:
    if REFUSED.search(sentence) and not _in_order(sentence, NOT, WITHOUT):
        return False
    return any(rule(sentence) for rule in RULES)


def _in_order(sentence: str, first: re.Pattern[str], second: re.Pattern[str]) -> bool:
    found = first.search(sentence)
    return found is not None and second.search(sentence, found.end()) is not None


def _names_it(sentence: str) -> bool:
    """ "Use a filler phrase", in whatever language."""
    return BY_NAME.search(sentence) is not None


def _acknowledges(sentence: str) -> bool:
    """ "Acknowledge the request before …"."""
    return _in_order(sentence, ACKNOWLEDGE, ACKNOWLEDGED) or _in_order(
        sentence, AT_FIRST, ACKNOWLEDGE
    )


def _lets_know(sentence: str) -> bool:
    """ "Let the caller know that you are looking it up"."""
    return LET_KNOW.search(sentence) is not None and USES_A_TOOL.search(sentence) is not None


def _speaks_in_time(sentence: str) -> bool:
    """ "Say something before using a tool"."""
    return all(part.search(sentence) for part in (SPEAKS, USES_A_TOOL, IN_TIME))


def _in_another_language(sentence: str) -> bool:
    """A sentence that is not English, about something before a tool is used."""
    speaks_of_it = TOOL_WORDS.search(sentence) and BEFORE_WORDS.search(sentence)
    return bool(speaks_of_it) and detect(sentence) is not ENGLISH


RULES: Final[tuple[Callable[[str], bool], ...]] = (
    _names_it,
    _acknowledges,
    _lets_know,
    _speaks_in_time,
    _in_another_language,
)


def phrase(turn: Turn, tool_name: str) -> str:
    """A short phrase to be spoken while the tool runs; a new one each time in a chain."""
    phrases = turn.language.phrases["filler"]
    spoken_before = len(turn.done) + len(turn.done_before)
    place = turn.dice.variant("filler", len(phrases)) + spoken_before
    return phrases[place % len(phrases)].replace("{thing}", _thing(tool_name))


@lru_cache(maxsize=256)
def _thing(tool_name: str) -> str:
    """What a tool looks up: "the weather", for get_weather."""
    words = [word.lower() for word in split(tool_name) if word.lower() not in UNSPOKEN]
    return f"the {' '.join(words)}" if words else "that"
