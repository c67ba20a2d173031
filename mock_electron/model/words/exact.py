"""Replies with exact wording: an echo, yes or no, one word.

An echo is a command such as "say", what may point to its text ("exactly", "the word", a colon), and the
text. Quotation marks around the text are not part of it, and neither is a full stop at its end.
"""

import re
from collections.abc import Mapping
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.hints import mentions
from mock_electron.model.language import LANGUAGES, Language
from mock_electron.model.turn import Turn

QUOTES: Final = "\"'“”‘’«»「」`"
CLOSING: Final[Mapping[str, str]] = {
    '"': '"', "'": "'", "`": "`", "“": "”", "‘": "’", "«": "»", "„": "“", "「": "」", "『": "』",
}  # fmt: skip
"""The quotation mark that closes each one."""

OPENING: Final = r"^\W*+(?:(?:please|can you|could you|now|just|simply|only)\b[ ,]*+)*+"
NOUN: Final = r"(?:words?|text|phrase|sentence|string|number|line|message|json)\b"
POINTER: Final = (
    r"\b(?P<pointer>(?: (?:with|back|exactly|only|just|simply|verbatim|nothing but|after me"
    rf"|(?:the|this|these|one)(?: following| exact| single| one)? {NOUN})(?!\w))*+(?: (?:this|these|the following)(?=\s*+:))?+)"
    r"(?P<mark>\s*+[:：]|,(?=\s)|(?=\s))\s*+(?P<text>[^\s.,;:?!].*)"
)
EXACTLY: Final = tuple(
    (regex(pattern + POINTER, re.IGNORECASE | re.DOTALL), is_free)
    for pattern, is_free in (
        (r"\brepeat(?=(?: back)? after me\b)", False),
        (
            r"\b(?:reply|respond|answer|say|write|type)\b[^.:\n]{0,40}?(?= (?:exactly|only|just|simply|verbatim|nothing but)\b)",
            False,
        ),
        (rf"{OPENING}(?:reply|respond|answer|write|type)(?= with| the word|:)", False),
        (rf"{OPENING}(?:say|echo|output|print|repeat)", True),
    )
)
"""Commands with their texts, and whether any text may follow: "say hello there"."""
REPLYING: Final = ("reply", "respond", "answer")
NOTHING_ELSE: Final = ("exactly", "only", "just", "simply", "nothing but", "verbatim")
"""Hints for EXACTLY[1], together with REPLYING in a system prompt."""
SAYING: Final = (*REPLYING, "write", "type", "repeat", "say", "echo", "output", "print")
"""Hints for the patterns of EXACTLY."""
LITERAL: Final = regex(rf"exactly|verbatim|after me|{NOUN}", re.IGNORECASE)
"""Words of a pointer that make any text behind it literal."""
DESCRIBED: Final = regex(
    r"(?:something|anything|nothing|that|it|what|how|why|your\w*|again|more|(?:hi|hello|goodbye) to)\b"
    r"|(?:an?|one|two|three|four|five|some|\d+) (?:\w+ )?(?:words?|sentences?|lines?|paragraphs?|letters?|numbers?|items?|bullets?|few|jokes?|poems?|of)\b",
    re.IGNORECASE,
)
"""How a text begins that only describes what to say."""
LIMITED: Final = regex(
    r"(?:the|an?|who|when|whether|if|in|to|from|about|as|by|on|for|using|based|after|with|this|json)\b",
    re.IGNORECASE,
)
"""How a text begins that limits the answer: "answer only in French"."""
MOST_LITERAL: Final = 3
"""The most words behind "only" that are taken literally without quotation marks."""
UNQUOTED_TAIL: Final = regex(
    r"(?<!\s)\s++(?:and )?(?:nothing else|only|please|in one word)\W*$", re.IGNORECASE
)
IN_A_LANGUAGE: Final = regex(r"\b(?:in|into|to) (?P<language>[^\W\d_]+)\W*\Z", re.IGNORECASE)
ECHOES: Final = tuple(
    sorted(
        {command.rstrip(":") for language in LANGUAGES.values() for command in language.echo},
        key=lambda command: (-len(command), command),
    )
)
"""The commands of all languages, the longest first."""
ECHO_BEGINNINGS: Final = (*ECHOES, *CLOSING, "¿", "¡")
"""How every message begins that `echo` answers."""
VERBS: Final = frozenset(
    command[:-1]
    for language in LANGUAGES.values()
    for command in language.echo
    if command.endswith(":")
)
"""The commands that need a colon or quotation marks: "say" alone may mean anything."""


def exactly_what_was_asked(turn: Turn) -> str | None:
    """ "Reply with exactly X", "say X", "repeat after me: X", "respond with only 'OK'"."""
    if mentions(turn.hints, SAYING):
        message = _unwrapped(turn.written)
        for pattern, is_free in EXACTLY:
            match = pattern.search(message)
            if match is not None and _is_literal(match, is_free=is_free):
                return _literal(match)
    hints = turn.prompt_hints
    if not turn.system or not (mentions(hints, REPLYING) and mentions(hints, NOTHING_ELSE)):
        return None
    match = EXACTLY[1][0].search(turn.system)
    return _quoted(match["text"])[0] if match and match["text"][0] in CLOSING else None


def echo(turn: Turn) -> str | None:
    """The same in other languages: "Sag genau: …", "Repite después de mí: …"."""
    if not turn.hints.startswith(ECHO_BEGINNINGS):
        return None
    message = _unwrapped(turn.message)
    said = message.lstrip("¿¡ ")
    for command in ECHOES if said.lower().startswith(ECHOES) else ():
        if said.lower().startswith(command):
            rest = said[len(command) :].lstrip(" ,，、")
            text = rest.lstrip(":： ")
            if text and (rest != text or rest[0] in CLOSING or command not in VERBS):
                return _quoted(text)[0] or None if text[0] in CLOSING else _bare(text)
    if message[0] in CLOSING:
        text, rest = _quoted(message)
        return text if rest.strip(" .!।。,").lower() in ECHOES else None
    return None


def _unwrapped(message: str) -> str:
    """Return a message without quotation marks around the whole."""
    closing = CLOSING.get(message[:1])
    if closing is None or message.find(closing, 1) != len(message) - 1:
        return message
    return message[1:-1].strip()


def _is_literal(match: re.Match[str], *, is_free: bool) -> bool:
    text, pointer, mark = match["text"], match["pointer"], match["mark"].strip()
    if (mark and mark != ",") or text[0] in CLOSING:
        return True
    if LITERAL.search(pointer):
        return bool(re.search(NOUN, pointer)) or not DESCRIBED.match(text)
    if (mark and not pointer) or DESCRIBED.match(text):
        return False
    return is_free or (len(text.split()) <= MOST_LITERAL and not LIMITED.match(text))


def _literal(match: re.Match[str]) -> str | None:
    text, mark = match["text"], match["mark"].strip()
    if text[0] in CLOSING:
        text, rest = _quoted(text)
        return None if not mark and _is_translated(rest) else text or None
    if match.string[match.start("text") - 1] != "\n":
        text = text.split("\n")[0]
    return None if not mark and not match["pointer"] and _is_translated(text) else _bare(text)


def _quoted(text: str) -> tuple[str, str]:
    """Return what is in quotation marks at the beginning of a text, and what follows."""
    closing, depth = CLOSING[text[0]], 1
    for end in range(1, len(text)):
        if text[end] != closing:
            continue
        before, after = text[end - 1], text[end + 1 : end + 2]
        if text[0] != closing or not after.isalnum():
            depth -= 1
        elif before.isspace():  # else it is an apostrophe
            depth += 1
        if not depth:
            return text[1:end], text[end + 1 :]
    return text.strip(QUOTES), ""


def _bare(text: str) -> str | None:
    """Return a text without its full stop, and without words such as "please" behind it."""
    text = UNQUOTED_TAIL.sub("", text.strip())
    return (text if text.endswith("..") else text.removesuffix(".")) or None


def _is_translated(text: str) -> bool:
    """ "Say hello in French" asks for a translation."""
    match = IN_A_LANGUAGE.search(text)
    return match is not None and language_called(match["language"]) is not None


def language_called(name: str) -> Language | None:
    """Return the language with a name."""
    called = (language for language in LANGUAGES.values() if name.lower() in language.called)
    return next(called, None)


def end_of_words(text: str) -> int:
    """Return the index after the last letter, digit or underscore of a text."""
    end = len(text)
    while end and not (text[end - 1].isalnum() or text[end - 1] == "_"):
        end -= 1
    return end


EITHER: Final = regex(
    r"\b(?:answer|reply|respond|say)\b[^.:\n]{0,30}?[\"']?\b(yes|true)\b[\"']?\s*(?:or|/)\s*[\"']?(no|false)\b",
    re.IGNORECASE,
)


POSITIVE: Final = ("yes", "true")
"""Hints for EITHER."""


def one_or_the_other(turn: Turn) -> str | None:
    """ "Answer YES or NO": one of the two, as they are written."""
    match = EITHER.search(turn.message) or EITHER.search(turn.system)
    return turn.dice.pick("either", match.groups()) if match else None


ONE_WORD: Final = regex(
    r"\b(?:in|with|using) (?:just |only |exactly )?(?:one|a single|1) word\b|\bone[- ]word (?:answer|reply|response)",
    re.I,
)
ONE_WORD_HINT: Final = "word"


def in_one_word(reply: str) -> str:
    """ "In one word": the longest of the first sentence says most."""
    words = re.findall(r"[^\s.,:;!?\"'“”«»…]+", reply)
    return max(words, key=len) if len(words) > 1 else reply
