"""The filler: a phrase before a tool call, if and only if the system prompt asks for one (D).

A sentence asks for one if

1. it is about the use of a tool, and says that something is said in that time;
2. one of its clauses has something to say, and an even number of negations. "Never call a tool
   without saying something" has two of them, and so has "Don't stay silent".

A clause about a filler by its name needs no tool. To add a word, extend a line of WORDS.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.hints import mentions
from mock_electron.model.normalise import split
from mock_electron.model.turn import Turn

SAYING: Final = (
    r"(?:say|speak|tell|inform|announc|mention|utter|output|emit|repl[yi]|answer|respond)"
)

TELLING: Final = r"\b(?:tell|let|inform|assure|know|say|that)\b(?: \w+){0,3}? you(?:(?:['’]re| are) (?:on it|\w+ing)|(?:['’]ll| will) \w+)\b"
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": (
        r"filler|muletilla|füllphrase|füllsatz|füllwort|remplissage|riempitiv|preenchimento",
        r"филлер|フィラー|つなぎ|填充|过渡语|필러|फिलर|फ़िलर|ফিলার|ஃபில்லர்|ఫిల్లర్",
    ),
    "tool": (
        r"\btools?\b|\bfunctions?\b|\blook\w*\b(?: \w+){0,2} up\b|\blook-?ups?\b|\bcheck\w*\b|\bfetch\w*|\bsearch\w*",
        r"\b[a-z]+_[a-z_]+\b|\bapis?\b",
        r"herramienta|función|outil|fonction|werkzeug|tool-|funktion|ferramenta|função|strument|funzion",
        r"инструмент|функци|工具|函数|ツール|関数|도구|함수|أداة|الأداة|أدوات|टूल|উপকরণ|টুল|கருவி|டூல்",
        r"టూల్|साधन|ટૂલ|ಟೂಲ್|ಉಪಕರಣ|ടൂൾ|ਟੂਲ|ଟୁଲ|ٹول",
    ),
    "line": (  # what is said is a filler
        r"\backnowledg\w*|\bannounc\w*|\bpreambles?\b|\bnarrat\w*",
        r"\b(?:say|saying|said|speak\w*|utter\w*|tell\w*(?: \w+){0,2}) (?:something|anything|nothing)\b|\bsomething short\b",
        r"\b(?:say|saying|said|like|start with|such as)\W{0,3}[\"'“‘]|\bspeak(?:ing)? first\b|\bnot speak\b",
        r"(?<!\bin a )(?<!\bto one )(?<!\bin one )\b(?:short|brief|quick|small|few|natural|holding|verbal|spoken)\b(?:[ -]\w+){0,2}?"
        r" (?:phrases?|sentences?|lines?|messages?|remarks?|words?|updates?|notes?|cues?|utterances?|comments?|statements?)\b",
        r"\bmoment\b|\bone sec\w*|\ba second\b|\bhold on\b|\bbear with\b|\bto (?:hold|wait)\b|\bon it\b|\bbuy\w* time\b",
        TELLING,
        r"\b(?:what|action)\b[^,.]{0,12}\byou(?:['’]re| are|['’]ll| will)\b",
        r"\b(?:frase|algo|qualcosa|oración|mensaje|avisa|avvisa|avise|dile|dille|bescheid|satz|etwas|kündig\w*|phrase courte|courte phrase|quelque chose|préviens)\b",
        r"\b(?:nada|nichts|niente|rien)\b|\bun (?:momento|instant)\b|\beinen moment\b|\bkuch (?:\w+ )?(?:bol|kah|keh)\w*|\b(?:bolo|boliye|kaho|bata\w*)\b",
        r"фраз|что-нибудь|что-то|скаж|сообщ|说|告诉|言|伝え|말하|말씀|한마디|알려|قل |عبارة|جملة|أخبر",
        r"कह(?:ें|ो|कर|े|ना)|बोल|बता|वाक्य|सांग|বল|বাক্য|জানা|சொல்|கூற|பேசு|வாக்கிய|చెప్ప|వాక్య|કહ|બોલ|વાક્ય|ಹೇಳ|ವಾಕ್ಯ|പറയ|വാക്യ",
        r"ਕਹ|ਬੋਲ|ਦੱਸ|ਵਾਕ|କହ|ବାକ୍ୟ|کہ|بول|بتا|جملہ",
    ),
    "silence": (
        r"\bsilen(?:t|tly|ce)\b|\bdead air\b|\bquiet(?:ly)?\b|\bleav\w+ [^,.]{0,20}\b(?:waiting|hanging|wondering)\b",
        r"\b(?:silencio|callad[oa]|stille?|schweig\w*|silenzio|silêncio|chup|khamosh)\b|молч|тишин|沉默|黙|침묵|صمت|चुप|मौन|அமைதி|மௌன",
    ),
    "time": (  # before or during the use of a tool
        r"\bbefore\b|\bprior to\b|\bfirst\b|\bpreced\w*|\bpreface\w*|\buntil\b|\bwithout\b|\bwhile\b|\bduring\b|\bas you\b|\bmeantime\b",
        rf"\bsilently\b|\bonly after\b|{TELLING}",
        r"antes|avant|bevor|vor (?:dem|jedem|der)|vorher|prima|mientras|pendant|während|mentre|enquanto|\bpehle\b|\bsamay\b|\bbina\b",
        r"перед|прежде|之前|前に|전에|قبل|पहले|आधी|पूर्वी|समय|दौरान|बिना|আগে|முன்|ముందు|પહેલાં|પહેલા|ಮೊದಲು|മുമ്പ്|മുൻപ്|ਪਹਿਲਾਂ|ପୂର୍ବରୁ|ଆଗରୁ|پہلے",
    ),
    "time, unless it is about results": (
        r"\bwhen(?:ever)?\b|\bif\b|\balso\b|\balong\w*|\bso\b|\b(?:each|every)\b",
    ),
    "results": (
        r"\bafter\b|\bonce\b|\bresults?\b|\breturns?\b|\bfail\w*|\berrors?\b|\banswers?\b|\bsources?\b",
    ),
    "negation": (
        r"\b(?:never|not|no|nothing|avoid|skip|omit|without|forbidden|prohibited|prevent|neither)\b|n['’]t\b",
        r"\b(?:sin|sans|kein\w*|ohne|nunca|jamais|pas|rien|nie|niemals|nicht|nichts|non(?!-)|senza|sem|não|evita|mat|bina)\b|\bбез\b|\bне\b",
        r"(?<!\S)(?:न|ना|मत|नहीं|बिना)(?!\S)|இல்லாமல்|வேண்டாம்|不要|别|하지 마|لا ",
    ),
    "reversed": (  # a tool is used before something is said
        rf"\b(?:before|until|prior to)(?: (?:you(?:'ve|’ve| have)?|ever|even|first))* (?:{SAYING}\w*|told|said|acknowledg\w*)\b",
        rf"\bthen (?:\w+ ){{0,2}}{SAYING}\w*",
    ),
    "spent": (  # a negation of something else
        r"(?:\b(?:never|not|no)|n['’]t)\b(?: \w+){0,2}? (?:forget|hesitate|fail|skip|omit|same|repeat|longer|more|exceed|only|optional|wait)\b",
        r"\bfill\w* (?:\w+ )?(?:pauses?|gaps?|silences?|dead air)\b",
    ),
}
"""The words that decide, of all languages, as patterns of lowercase text. The lines go from English to
others."""


def _pattern(kind: str) -> re.Pattern[str]:
    return regex("|".join(WORDS[kind]))


NAME: Final = _pattern("name")
TOOL: Final = _pattern("tool")
LINE: Final = _pattern("line")
SILENCE: Final = _pattern("silence")
TIME: Final = _pattern("time")
WEAK_TIME: Final = _pattern("time, unless it is about results")
RESULTS: Final = _pattern("results")
FLIP: Final = regex("|".join((*WORDS["negation"], *WORDS["silence"], *WORDS["reversed"])))
SPENT_NEGATION: Final = _pattern("spent")
SENTENCE_END: Final = regex(r"[.!?;।。！？\n]")
CLAUSE_END: Final = regex(
    r"[:—–]|, (?!without|until|unless|ohne|sans|sin|не )|\b(?:and|but|so|instead of|rather than|because)\b"
)
HINTS_IN_ASCII: Final = (
    "filler", "tool", "function", "look", "check", "fetch", "search", "_", "api", "muletilla",
    "remplissage", "riempitiv", "preenchimento", "herramienta", "outil", "fonction", "werkzeug",
    "funktion", "ferramenta", "strument", "funzion",
)  # fmt: skip
HINTS: Final = (
    *HINTS_IN_ASCII, "füll", "función", "função", *WORDS["name"][1].split("|"), *"|".join(WORDS["tool"][3:]).split("|"),
)  # fmt: skip
"""A sentence that asks for a filler has one of these in it; the second tuple is for any text."""
LOOK_UP: Final = frozenset(
    "check fetch find get list look lookup query read retrieve search see show track".split()
)
UNSPOKEN: Final = LOOK_UP | frozenset("a all an at by for from in my of on the to up with".split())


@lru_cache(maxsize=16)
def wanted(system: str) -> bool:
    """Whether a system prompt asks for a filler, in one of its sentences.

    The prompt of a conversation is read for each of its requests, so the latest are kept.
    """
    text = system.lower()
    hints = HINTS_IN_ASCII if text.isascii() else HINTS
    sentences = SENTENCE_END.split(text) if mentions(text, hints) else ()
    return any(mentions(sentence, hints) and _asks(sentence) for sentence in sentences)


def _asks(sentence: str) -> bool:
    in_time = _is_about_the_time_of_a_tool(sentence)
    clauses = CLAUSE_END.split(SPENT_NEGATION.sub("", sentence))
    return any(_speaks(clause, in_time=in_time) for clause in clauses)


def _is_about_the_time_of_a_tool(sentence: str) -> bool:
    if not TOOL.search(sentence):
        return False
    if TIME.search(sentence):
        return True
    return WEAK_TIME.search(sentence) is not None and RESULTS.search(sentence) is None


def _speaks(clause: str, *, in_time: bool) -> bool:
    """Whether a clause says that there is a filler, or, in the time of a tool, that something is said."""
    kinds = (NAME, LINE, SILENCE) if in_time else (NAME,)
    return any(kind.search(clause) for kind in kinds) and len(FLIP.findall(clause)) % 2 == 0


def phrase(turn: Turn, tool_name: str) -> str:
    """A short phrase to be spoken while the tool runs; a new one each time in a chain."""
    phrases = turn.language.phrases["filler"]
    spoken_before = len(turn.done) + len(turn.done_before)
    place = turn.dice.variant("filler", len(phrases)) + spoken_before
    return phrases[place % len(phrases)].replace("{thing}", _thing(tool_name))


@lru_cache(maxsize=256)
def _thing(tool_name: str) -> str:
    """What a tool looks up: "the weather", for get_weather."""
    words = list(map(str.lower, split(tool_name)))
    if not words or words[0] not in LOOK_UP:
        return "that"
    named = [word for word in words if word not in UNSPOKEN]
    return f"the {' '.join(named)}" if named else "that"
