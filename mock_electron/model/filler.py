"""The filler: words spoken before a tool is used, if and only if the system prompt asks (D)."""

import re
from typing import Final

from mock_electron.model.language import ENGLISH, detect
from mock_electron.model.matching import WORD
from mock_electron.model.turn import Turn

ASKED: Final = re.compile(
    # by its name, in whatever language
    r"filler|acknowledg|muletilla|füllphrase|füllsatz|füllwort|remplissage|riempitiv|preenchimento"
    r"|филлер|フィラー|つなぎ|填充|过渡语|필러|फिलर|फ़िलर|ফিলার|ஃபில்லர்|ఫిల్లర్"
    # let the caller know …
    r"|(?:let|tell|inform|keep|assure)\s+(?:the |your )?(?:caller|user|customer|listener|client|guest|patient|them)\w*\b"
    r"(?=[^.!?\n]{0,60}\b(?:know|that you|you are|you're|what you|informed|posted|check|look|moment|wait|tool|doing)\b)"
    # say something before …
    r"|\b(?:say|speak|tell|announce|mention|utter|give|output|respond with|reply with)\b[^.!?\n]{0,80}\b(?:before|while|prior to)\b"
    r"|\b(?:before|while|prior to|when(?:ever)?)\b[^.!?\n]{0,60}\b(?:tools?|functions?|look\w*|check\w*|fetch\w*)\b[^.!?\n]{0,60}"
    r"\b(?:say|speak|tell|announce|mention|utter|one moment|a moment|short phrase)\b",
    re.IGNORECASE,
)
TOOL_WORDS: Final = re.compile(
    r"herramienta|función|outil|fonction|werkzeug|tool|funktion|ferramenta|função|strument|funzion|инструмент|функци"
    r"|工具|函数|ツール|関数|도구|함수|أداة|الأداة|أدوات|टूल|উপকরণ|টুল|கருவி|டூல்|టూల్|साधन|ટૂલ|ಟೂಲ್|ಉಪಕರಣ|ടൂൾ|ਟੂਲ|ଟୁଲ|ٹول",
    re.IGNORECASE,
)
BEFORE_WORDS: Final = re.compile(
    r"antes de|avant d|bevor|vor (?:dem|jedem|der)|antes|prima di|перед|прежде|之前|前に|전에|قبل|पहले|আগে|முன்|ముందు"
    r"|आधी|पूर्वी|પહેલાં|પહેલા|ಮೊದಲು|മുമ്പ്|മുൻപ്|ਪਹਿਲਾਂ|ପୂର୍ବରୁ|ଆଗରୁ|پہلے",
    re.IGNORECASE,
)
REFUSED: Final = re.compile(
    r"\b(?:never|not|don't|no|without|avoid|skip|sin|sans|kein\w*|ohne|non|nunca|jamais|nie)\b[^.!?\n;]{0,40}$",
    re.IGNORECASE,
)
SENTENCE: Final = re.compile(r"[^.!?।。！？\n]+")
UNSPOKEN: Final = frozenset(
    "a an by check fetch find for from get in list look lookup of on retrieve search the to up with".split()  # noqa: SIM905
)


def wanted(system: str) -> bool:
    """Whether a system prompt asks for a filler."""
    asked = (match.start() for match in ASKED.finditer(system))
    if any(not REFUSED.search(system[:start]) for start in asked):
        return True
    return any(_asks(match[0]) for match in SENTENCE.finditer(system))


def _asks(sentence: str) -> bool:
    """Whether a sentence in another language speaks of something before a tool is used."""
    speaks_of_it = TOOL_WORDS.search(sentence) and BEFORE_WORDS.search(sentence)
    return bool(speaks_of_it) and detect(sentence) != ENGLISH and not REFUSED.search(sentence)


def phrase(turn: Turn, tool_name: str) -> str:
    """A short phrase to be spoken while the tool runs; a new one each time in a chain."""
    phrases = turn.language.phrases["filler"]
    spoken_before = len(turn.done) + len(turn.done_before)
    place = turn.dice.variant("filler", len(phrases)) + spoken_before
    words = [word.lower() for word in WORD.findall(tool_name) if word.lower() not in UNSPOKEN]
    thing = f"the {' '.join(words)}" if words else "that"
    return phrases[place % len(phrases)].replace("{thing}", thing)
