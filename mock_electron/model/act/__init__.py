"""What an utterance does: confirm, deny, refuse, amend, follow up, inform, wait, finish, greet, thank.

1. The acts are told by how an utterance begins: "no, make it four" denies and amends. What is left is
   what is said about it: "four".
2. The words are data: the key `acts` of a language's file. English counts in every language, and
   Hindi in Latin letters in every text of Latin letters.
3. The longest words at a place count: "no thanks" denies, and thanks nobody.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from msgspec import Struct

from mock_electron._regex import regex
from mock_electron.model.act.notes import is_note
from mock_electron.model.decide.actions import VERBS
from mock_electron.model.language import ENGLISH, LANGUAGES, UNSPACED, Language, lexical
from mock_electron.model.normalise import stem
from mock_electron.model.work import WORD, Work

__all__ = ["Utterance", "heard", "is_note"]

LATIN: Final = ("en", "hi")
"""The languages whose words count in every text of Latin letters."""
PAUSES: Final = ' \t\n!.,?;:¡¿।。！？、؟۔،…~-–—"“”'
MOST_ACTS: Final = 8
FEW_WORDS: Final = 4
ADDRESS: Final = "address"
"""Words that only address somebody: "भैया"."""
CLOSING: Final = ("finish", "thanks", "farewell")
"""The acts that end a conversation."""
AMENDING: Final = ("amend", "deny", "follow")
"""The acts that change or repeat what was done."""
HOLDING: Final = ("wait", "refuse")
"""The acts of somebody who wants nothing now."""
QUESTION: Final = regex(
    r"(?:what|when|where|which|who|whose|why|how|is|are|was|were|do|does|did|can|could|will|would|should"
    r"|have (?:you|i|we|they)|has|am|may i|any)\b(?!['’]?s (?:fine|good|ok))",
    re.IGNORECASE,
)
""" "Which one is cheaper", without a question mark."""


COMMAND: Final = regex(
    r"(?:put|pay|delete|cancel|remove|stop|start|send|email|call|ring|book|order|take|bring|turn|switch|set|let"
    r"|tell|ask|give|show|get|find|check|look|open|close|lock|unlock|play|pause|move|change|add|text|keep|stick)"
    r" (?:(?:me|it|that|this|them|these|those|him|her|us|the|a|an|my|your|our|his|their|some|someone|people|one)\b|\w+ (?:up|on|off|in|down|out|back)\b)",
    re.IGNORECASE,
)
SAME: Final = regex(r"\bsame\b", re.IGNORECASE)
FORBIDDEN: Final = regex(r"\b(?:do|must|should|need)(?:n['’]?t| not)\b", re.IGNORECASE)
SENTENCE: Final = regex(
    r"(?:i|we|you|he|she|they|it|that|this|there|everyone|somebody|nobody)(?:['’]\w+)? \w",
    re.IGNORECASE,
)
NEGATION: Final = regex(
    r"\b(?:not|never|nope|neither)\b(?! (?:a|too much|any) (?:problem|trouble|bother|worry))|n['’]t\b",
    re.IGNORECASE,
)
""" "I'd rather not", "he doesn't"."""
AMENDED: Final = regex(
    r"\b(?:make (?:it|that)|(?:what|how) about|instead|better|change|switch|move|actually|i mean(?:t)?|badal|ki jagah|ke bajay|bhi|sirf|also|too)\b"
    r"|बदल|की जगह|के बजाय|மாத்தி|மாற்றி|பதிலா|(?:भी|सिर्फ|केवल|கூட|மட்டும்)(?!\S)",
    re.IGNORECASE,
)
"""Words anywhere that change what was done: "could you make it three"."""


IDLE: Final = regex(
    r"\b(?:(?:did|do) you say|you (?:just )?said|say that again|was that again|come again|pardon)\b"
    r"|\b(?:hold|hang) (?:on|off)\b|\bhold for\b|\bfor a (?:sec|second|moment|minute)\b"
    r"|(?:\bruk(?:o|iye|na|iyega)|रुक(?:ो|िए|ना|िये)|[aelkt]ung[ai]|t[aie] h(?:oo|u)n|ऊ[ँं]ग[ाी]|ू[ँं]ग[ाी]|त[ाीे] ह(?:ूँ|ूं|ैं))\Z"
    r"|(?:இருங்க|பொறுங்க|றேன்|கிறேன்|ப்பேன்)\Z",
    re.IGNORECASE,
)
"""What wants nothing now: to hear something again, to wait, or to do something oneself."""


class Utterance(Struct, frozen=True):
    """An utterance, divided into what it does and what it says.

    Attributes:
        text: The utterance.
        acts: Its acts, in order.
        rest: What is left of it.
        language: The language whose words it has.
    """

    text: str
    acts: tuple[str, ...]
    rest: str
    language: Language = ENGLISH

    @property
    def is_bare(self) -> bool:
        """Whether it says nothing besides its acts."""
        return not self.rest

    @property
    def commands(self) -> bool:
        """Whether it begins with a verb, after its acts: "delete that"."""
        return COMMAND.match(self.rest) is not None

    @property
    def is_sentence(self) -> bool:
        """Whether it is a sentence after its acts, and so no mere value."""
        return self.commands or SENTENCE.match(self.rest) is not None

    @property
    def repeats(self) -> bool:
        """Whether it wants the same as before."""
        return SAME.search(self.text) is not None

    @property
    def forbids(self) -> bool:
        """Whether it says what not to do: "no don't send it"."""
        return self.does("deny") and self.commands and FORBIDDEN.search(self.text) is not None

    @property
    def inquires(self) -> bool:
        """Whether it begins as a question does, after its acts, and is no request."""
        if self.does("request"):
            return False
        return QUESTION.match(self.rest) is not None or self.language.is_question(self.rest)

    @property
    def agrees(self) -> bool | None:
        """Whether it says yes (True) or no (False) to a question; None if it says neither."""
        said = next((act for act in self.acts if act in ("confirm", "deny", "refuse")), None)
        if NEGATION.search(self.rest) is not None:
            return False
        return None if said is None else said == "confirm"

    @property
    def asks(self) -> bool:
        """Whether it is a question."""
        if self.inquires:
            return True
        return self.text.rstrip().endswith("?") and not self.does("request", "amend")

    @property
    def closes(self) -> bool:
        """Whether it only ends the conversation, or thanks."""
        if self.does("wait") and not self.does("farewell"):
            return False
        return self.is_bare and self.does(*CLOSING)

    @property
    def amends(self) -> bool:
        """Whether it changes or repeats what was done: "no, friday", "and in nashik"."""
        return self.does(*AMENDING) or AMENDED.search(self.rest) is not None

    @property
    def requests(self) -> bool:
        """Whether it asks for something to be done."""
        if self.holds:
            return False
        return (
            self.does("request")
            or REQUEST.search(self.rest) is not None
            or stem(self.rest.partition(" ")[0].lower()) in VERBS
        )

    @property
    def holds(self) -> bool:
        """Whether it wants nothing now: "hang on a sec", "leave it", "how long did you say"."""
        holds = self.does(*HOLDING) or IDLE.search(self.rest) is not None
        return holds and not self.amends

    @property
    def is_elliptic(self) -> bool:
        """Whether it is so short that it says something only after what was said before it."""
        return len(self.rest.split()) <= FEW_WORDS

    def does(self, *acts: str) -> bool:
        """Return whether one of these is among its acts."""
        return not frozenset(acts).isdisjoint(self.acts)


def heard(text: str, language: Language, work: Work) -> Utterance:
    """Return an utterance with its acts.

    Args:
        text: What was said.
        language: The language in which it was said.
        work: The budget of the request.
    """
    beginnings = _beginnings(language.code, text.isascii())
    left, acts = text.strip(PAUSES), list[str]()
    while left and len(acts) < MOST_ACTS:
        work.charge(WORD)
        found = _act(left, beginnings, language.code in UNSPACED)
        if found is None:
            break
        act, length = found
        if act != ADDRESS:
            acts.append(act)
        left = left[length:].strip(PAUSES)
    last_words = _last_words(language.code, text.isascii())
    if left and _bids_farewell(left, beginnings, last_words):
        acts.append("farewell")
        left = left if len(left.split()) > FEW_WORDS + 1 else ""
    return Utterance(text, tuple(acts), left, lexical(text, language.code))


REQUEST: Final = regex(
    r"(?:can|could|would|will) (?:you|we|i)\b|\b(?:please|wants?|needs?|said|says|asked|prefers|i'd like|let's|prefer|rather|(?:i|we)'ll (?:take|have|go)|gimme|(?:give|get|send|bring) (?:me|us))\b"
    r"|(?:sakt[aei]|paoge|iye|iyega|chahiye|w[ao]na|w[ao]ni|karo|karna|karni|bhejo|rakho|likho|batao|lagao)(?!\S)"
    r"|(?<!\S)(?:kar|de|bhej|bata|likh|rakh|laga|badal|hata|daal|jod|la) (?:do|dena|de|lo|lena)(?!\S)"
    r"|(?:िए|िये|चाहिए|करो|करना|करनी|वाना|वानी|भेजो|रखो|लिखो|बताओ|लगाओ)(?!\S)|सकत|पाएँगे|पाएंगे"
    r"|(?<!\S)(?:कर|दे|भेज|बता|लिख|रख|लगा|बदल|हटा|डाल|जोड़|ला) (?:दो|देना|दे|लो|लेना)(?!\S)"
    r"|(?:ுங்க|ுங்கள்|ணும்|லாமா|வேண்டும்|முடியுமா)(?!\S)",
    re.IGNORECASE,
)
"""Words that ask for something to be done: "क्या आप बदल सकते हैं"."""


def _bids_farewell(text: str, beginnings: "Beginnings", last_words: frozenset[str]) -> bool:
    """Return whether a text ends with a farewell: "see you saturday goodbye"."""
    words = text[-LONGEST:].lower().split()
    last = words[-1].strip(PAUSES) if words else ""
    if last not in last_words and last not in AFTER_FAREWELLS:
        return False
    words = [word.strip(PAUSES) for word in words]
    while words and words[-1] in AFTER_FAREWELLS:
        words.pop()
    return any(
        act == "farewell" and phrase == " ".join(words[-len(phrase.split()) :])
        for first in words
        for phrase, act in beginnings.get(first, ())
    )


@cache
def _last_words(code: str, is_ascii: bool) -> frozenset[str]:
    """Return the last words of all farewells."""
    return frozenset(
        phrase.split()[-1]
        for listed in _beginnings(code, is_ascii).values()
        for phrase, act in listed
        if act == "farewell"
    )


AFTER_FAREWELLS: Final = frozenset("then now love mate dear all everyone".split())


def _act(text: str, beginnings: "Beginnings", unspaced: bool) -> tuple[str, int] | None:
    lower = text[:LONGEST].lower()
    first = lower[:1] if unspaced else next(iter(lower.split(None, 1)), "").strip(PAUSES)
    for words, act in beginnings.get(first, ()):
        after = lower[len(words) : len(words) + 1]
        if lower.startswith(words) and (unspaced or after in PAUSES or after in ")]/’"):
            return act, len(words)
    return None


LONGEST: Final = 40
"""Characters of the longest words that tell an act, and more."""
Beginnings = Mapping[str, tuple[tuple[str, str], ...]]
"""By their first word, the words that tell an act, longest first, and the act."""


@cache
def _beginnings(code: str, is_ascii: bool) -> Beginnings:
    codes = dict.fromkeys((code, *(LATIN if is_ascii else LATIN[:1])))
    found: dict[str, str] = {}
    for one in reversed(codes):
        for act, listed in LANGUAGES[one].acts.items():
            if act != "question":
                found |= dict.fromkeys(listed, act)
    by_first: dict[str, list[tuple[str, str]]] = {}
    unspaced = code in UNSPACED
    for words in sorted(found, key=len, reverse=True):
        first = words[:1] if unspaced and not words.isascii() else words.partition(" ")[0]
        if first in by_first:
            by_first[first].append((words, found[words]))
        else:
            by_first[first] = [(words, found[words])]
    return {first: tuple(listed) for first, listed in by_first.items()}
