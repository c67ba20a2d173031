"""Whether a reply in JSON is asked for in words, and whether in a code block.

A sentence asks for JSON if it names JSON as the form of a reply, or if a form in braces follows such
words as "reply with". A sentence about JSON does not: "The tools return JSON", "How do I parse JSON?".
"""

from typing import Final

from mock_electron._regex import regex
from mock_electron.model.hints import folded, mentions

JSON_HINTS: Final = ("json", "{")
"""A prompt that asks for JSON contains one of these."""
SENTENCE_END: Final = regex(r"[!?]|\.(?=\s|\Z)|\n\n")
JSON_ASKED: Final = regex(
    r"\b(?:respond|reply|answer|return|output|give|format(?:ted)?|produce|generate|create|provide|write|print|send|emit|make|build"
    r"|extract|list|present|express|show|need|want|use|must|should|be|only|always|as|in|into|to|wrap|put|enclose|en|als|em|como)\b[^\n{]{0,60}(?<![.\w])json\b"
    r"|\bjson\b[ :,-]{0,3}(?:only|please|object|array|format|output|response|reply|with|containing|of|में|mein|me)(?!\w)|\A\W*json\b(?! (?:is|was|has)\b)|(?:用|以|формате?|формат)\s?json|json(?:で|格式|形式|으로|로)",
)
"""In lowercase. A form in braces may stand before the word JSON only in another line."""
FORM_ASKED: Final = regex(
    r"\b(?:respond|reply|answer|return|output|format|form|template|structure|shape|schema)(?:s|ted)?\b[^{\n.!?]{0,60}(?:\n\n?)?(?:```\w*+\n)?+\{\s*[\"'a-z]"
)
REFUSED: Final = regex(
    r"(?:\b(?:not|never|no|without|avoid|instead of|rather than|than)|n['’]t)\b[^,;\n]{0,40}\bjson\b"
)
ABOUT_IT: Final = regex(
    r"\A\W*(?:why|how (?:do|does|did|can|could|would|should|to|is|are)|explain|describe|define|tell me (?:about|what)|what(?:'s| is| does| are) (?:an? |the )?json|is|are|does)\b"
    r"|\bjson (?:arguments?|files?|parameters?|payload|body|parser)\b",
)
NOT_THE_REPLY: Final = regex(
    r"\A\W*(?:(?:the|all|each|every|your|any|my|our|this|these|some|when|if|a|i)\W+)*(?:tool|function|api|server|endpoint|input|data|result|file|argument|parameter|payload|user|caller|have|got)\w*\b"
)
"""A subject other than the reply, unless the sentence goes on with REPLYING."""
REPLYING: Final = regex(r"\b(?:respond|reply|answer|output|your response)\b[^\n{]{0,60}\bjson\b")
FENCED: Final = regex(
    r"(?P<refused>\b(?:no|not|never|without|avoid|don['’]t|omit)\b[^.\n]{0,40}?)?"
    r"(?:```json|\bcode ?(?:block|fence)s?\b|\bfenced\b|\bfences?\b|\btriple backticks\b|\bmarkdown block\b|\bjson block\b)"
)
FENCE_HINTS: Final = ("```json", "block", "fence", "backtick")


def is_json_asked(*prompts: str) -> bool:
    """Return whether one of the prompts asks for JSON, in one of its sentences."""
    return any(map(_asks, prompts))


def _asks(prompt: str) -> bool:
    text = folded(prompt)
    if "json" in text and any(map(_sentence_asks, SENTENCE_END.split(text))):
        return True
    has_braces = "{" in text and "}" in text
    return has_braces and FORM_ASKED.search(text) is not None and not REFUSED.search(text)


def _sentence_asks(sentence: str) -> bool:
    if "json" not in sentence or not JSON_ASKED.search(sentence) or REFUSED.search(sentence):
        return False
    if ABOUT_IT.search(sentence):
        return False
    return REPLYING.search(sentence) is not None or NOT_THE_REPLY.search(sentence) is None


def is_fenced(prompt: str) -> bool:
    """Return whether a prompt asks for a code block around the JSON."""
    text = folded(prompt)
    if not mentions(text, FENCE_HINTS):
        return False
    found = [match["refused"] is None for match in FENCED.finditer(text)]
    return bool(found) and all(found)
