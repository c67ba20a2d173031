"""Answer questions about earlier messages and about the assistant's name."""

import re
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.hints import mentions
from mock_electron.model.turn import Turn
from mock_electron.model.words.exact import end_of_words

MEMORIES: Final = tuple(
    (regex(question, re.IGNORECASE), tuple(regex(told, re.IGNORECASE) for told in facts))
    for question, facts in (
        (
            r"\bwhat(?:'s| is| was) my (?:first )?name\b|\bwho am i\b|\b(?:remember|know|tell me) my name\b"
            r"|cómo me llamo|mi nombre\?|comment je m'appelle|wie heiße ich|mein name\?|come mi chiamo|qual é o meu nome"
            r"|मेरा नाम क्या|как меня зовут|我叫什么|私の名前は何|내 이름",
            (
                r"\bmy name(?:'s| is) (?P<value>[^\W\d_][\w'-]*(?: [A-Z][\w'-]*)*)",
                r"\b(?:i am|i'm|this is|call me) (?P<value>(?-i:[A-Z])[\w'-]*(?: (?-i:[A-Z])[\w'-]*)*)",
                r"(?:me llamo|mi nombre es|je m'appelle|ich heiße|mein name ist|mi chiamo|meu nome é|меня зовут)\s++(?P<value>\S(?:[^\s.,!]++|[.,!]++(?=\S))*+)",
                r"मेरा नाम (?P<value>\S+)|我叫(?P<value2>[^，。！,.!\s]+)|私の名前は(?P<value3>[^、。\s]{1,40}?)です|제 이름은 (?P<value4>\S+?)(?:입니다|이에요|예요)",
            ),
        ),
        (
            r"\bwhere (?:do i live|am i from|am i)\b",
            (
                r"\bi(?:'m| am| live| come)(?: living)? (?:in|from) (?P<value>[A-Z][\w'-]*(?: [A-Z][\w'-]*)*)",
            ),
        ),
        (r"\bhow old am i\b|\bwhat(?:'s| is) my age\b", (r"\bi(?:'m| am) (?P<value>\d+)",)),
        (
            r"\bwhat (?:did|have) i (?:just )?(?:say|said|ask|asked)\b|\bwhat was my (?:first|last|previous) (?:question|message)\b",
            (r"^(?P<value>.+)$",),
        ),
    )
)
"""A question about something said earlier, and how it was said."""

ASKING: Final = regex(r"\b(?:what|which|who)(?:'s| is| are| was)?\b", re.IGNORECASE)
MINE: Final = regex(r"\bmy (?=[\w' -])", re.IGNORECASE)
NOT_A_THING: Final = regex(r"[^\w' -]")
AGAIN: Final = regex(r"(?<=.) again\Z", re.IGNORECASE)
LONGEST_THING: Final = 80
"""The number of characters of the longest thing that is looked for in earlier messages."""


def from_the_conversation(turn: Turn) -> str | None:
    """ "What is my name?", after the user gave one."""
    earlier = turn.asked[:-1]
    if not earlier:
        return None
    for question, facts in MEMORIES:
        if question.search(turn.message):
            return _told(turn, earlier, facts)
    thing = _own_thing(turn.message)
    if thing is None:
        return None
    fact = re.compile(
        rf"\bmy {re.escape(thing)}(?: is|'s|:| are| was) (?P<value>[^.!?,;\n]+)", re.IGNORECASE
    )
    return _told(turn, earlier, (fact,))


def _own_thing(message: str) -> str | None:
    """Return what a question at the end of a message asks about: "what was my favourite colour"."""
    end = end_of_words(message)
    start = max((match.end() for match in NOT_A_THING.finditer(message, 0, end)), default=0)
    asking = ASKING.search(message, message.rfind("?", 0, start) + 1)
    mine = MINE.search(message, max(asking.end(), start)) if asking else None
    thing = AGAIN.sub("", message[mine.end() : end]) if mine else ""
    return thing if 0 < len(thing) <= LONGEST_THING else None


def _told(turn: Turn, earlier: tuple[str, ...], facts: tuple[re.Pattern[str], ...]) -> str | None:
    for text in reversed(earlier):
        for fact in facts:
            match = fact.search(text)
            if match is not None:
                value = next(filter(None, match.groups())).strip()
                return turn.phrase("remembered", value=value)
    return None


WHO: Final = regex(
    r"\bwho are you\b|\bwhat(?:'s| is) your name\b|\byour name\?|\bintroduce yourself\b|\bwhat are you called\b|\bwho am i (?:talking|speaking) (?:to|with)\b"
    r"|quién eres|cómo te llamas|qui es-tu|qui êtes-vous|comment (?:tu t'appelles|vous appelez)|wer bist du|wer sind sie|wie heißt du|wie heißen sie"
    r"|chi sei|come ti chiami|quem é você|qual é o seu nome|кто ты|кто вы|как тебя зовут|как вас зовут|你是谁|你叫什么|あなたは誰|お名前|누구|이름이 뭐"
    r"|आप कौन|तुम कौन|आपका नाम|तुम्हारा नाम|আপনি কে|তোমার নাম|আপনার নাম|நீங்கள் யார்|உங்கள் பெயர்|మీరు ఎవరు|మీ పేరు|तुम्ही कोण|तुमचे नाव|તમે કોણ|તમારું નામ"
    r"|ನೀವು ಯಾರು|ನಿಮ್ಮ ಹೆಸರು|നിങ്ങൾ ആരാണ്|നിങ്ങളുടെ പേര്|ਤੁਸੀਂ ਕੌਣ|ਤੁਹਾਡਾ ਨਾਮ|ଆପଣ କିଏ|ଆପଣଙ୍କ ନାମ|آپ کون|آپ کا نام|من أنت|ما اسمك",
    re.IGNORECASE,
)
WHO_IN_ASCII: Final = (
    "who are you", "your name", "yourself", "you called", "who am i", "qui es-tu", "appel",
    "wer bist", "wer sind", "chi sei", "ti chiami",
)  # fmt: skip
"""Hints for WHO in a message of ASCII characters."""
GIVEN_NAME: Final = regex(
    r"\b(?:[Yy]our name is|[Yy]ou are called|[Yy]ou are named|[Nn]amed|[Cc]alled|[Yy]ou are|[Yy]ou're|[Aa]ct as)\s+"
    r"(?P<name>(?!(?:a|an|the|AI|I|Only|Always|Now)\b)[A-Z][\w'-]*(?: [A-Z][\w'-]*)*)"
)


def who_are_you(turn: Turn) -> str | None:
    """By the name that the system prompt gives."""
    if turn.message.isascii() and not mentions(turn.hints, WHO_IN_ASCII):
        return None
    if not WHO.search(turn.message):
        return None
    given = GIVEN_NAME.search(turn.system)
    return turn.phrase("name", name=given["name"]) if given else turn.phrase("nameless")
