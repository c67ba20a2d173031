"""What the model says in words: a table of rules, the first that has an answer gives it.

To add a rule: write a function that takes the Turn and returns the reply, or None where it does
not apply; put it into RULES where it belongs, from the narrow to the broad; add a row to the table
in tests/test_words.py.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from mock_electron.model import prose
from mock_electron.model.language import LANGUAGES, WORD, Language, detect
from mock_electron.model.turn import Turn

Rule = Callable[[Turn], str | None]

QUOTES: Final = "\"'“”‘’«»「」`"


def answer(turn: Turn) -> str:
    """The reply to what the user said last."""
    answers = (rule(turn) for rule in RULES)
    reply = next(reply for reply in answers if reply is not None)
    return _one_word(reply) if ONE_WORD.search(f"{turn.system}\n{turn.message}") else reply


ONE_WORD: Final = re.compile(
    r"\b(?:in|with|using) (?:just |only |exactly )?(?:one|a single|1) word\b|\bone[- ]word (?:answer|reply|response)",
    re.I,
)


def _one_word(reply: str) -> str:
    """ "In one word": the longest of the first sentence says most."""
    words = re.findall(r"[^\s.,:;!?\"'“”«»…]+", reply)
    return max(words, key=len) if len(words) > 1 else reply


# --- say exactly this


EXACTLY: Final = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"\brepeat after me\W+(?P<text>.+)",
        r"\b(?:reply|respond|answer)\b[^.:\n]{0,40}?\b(?:with )?(?:exactly|only|just|simply|nothing but|verbatim)\b"
        r"(?: (?:with|this|the word|the words|the text|the phrase|the string|one word))*\s*:?\s*(?P<text>[\"'“‘«「`].+?[\"'”’»」`]|.+)",
        r"^\W*(?:please )?(?:just |simply |only )?(?:reply|respond|answer) with(?: the words?| the text| the phrase)?:?\s+(?P<text>[\"'“‘«「`].+?[\"'”’»」`]|\S+?)\W*$",
        r"^\W*(?:please |can you |could you )*(?:just |simply |only )?(?:say|echo|output|print|repeat)(?: back)?(?: exactly| only| just| the words?| the text| the phrase| this| the following)*\s*:?\s+(?P<text>(?!something|anything|nothing|that\b|hi to|hello to).+)",
    )
)


def _exactly_what_was_asked(turn: Turn) -> str | None:
    """ "Reply with exactly X", "say X", "repeat after me: X", "respond with only 'OK'"."""
    for pattern in EXACTLY:
        match = pattern.search(turn.message)
        if match is not None:
            return _unquoted(match["text"])
    match = EXACTLY[1].search(turn.system)
    return _unquoted(match["text"]) if match and match["text"][0] in QUOTES else None


def _unquoted(text: str) -> str | None:
    text = text.strip()
    if text and text[0] in QUOTES:
        inside = re.match(rf"[{QUOTES}]+(.*?)[{QUOTES}]", text, re.DOTALL)
        return inside[1] if inside else text.strip(QUOTES)
    text = re.sub(
        r"\s+(?:and )?(?:nothing else|only|please|in one word)\W*$",
        "",
        text.split("\n")[0],
        flags=re.I,
    )
    return text.removesuffix(".") or None


# --- arithmetic


SPELLED: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), sign)
    for pattern, sign in (
        (r"\bplus\b|\badded to\b", "+"),
        (r"\bminus\b|\bless\b", "-"),
        (r"\btimes\b|\bmultiplied by\b|×|(?<=\d)\s*x\s*(?=\d)", "*"),
        (r"\bdivided by\b|\bover\b|÷", "/"),
        (r"−", "-"),
    )
)
EXPRESSION: Final = re.compile(r"(?<![\d.,])-?\d[\d,.]*(?:\s*[-+*/]\s*-?\d[\d,.]*)+")
OPERATIONS: Final[dict[str, Callable[[Fraction, Fraction], Fraction]]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}


def _arithmetic(turn: Turn) -> str | None:
    """ "What is 2+2?", "12 times 3", with the usual precedence."""
    text = turn.message
    numbers = turn.spoken_language.numbers
    text = WORD.sub(lambda word: str(numbers.get(word[0].lower(), word[0])), text)
    for pattern, sign in SPELLED:
        text = pattern.sub(sign, text)
    match = EXPRESSION.search(text)
    if match is None or re.search(r"\d{4}-\d\d|\d+/\d+/\d+", match[0]):
        return None
    expression = " ".join(re.findall(r"(?<![\d)])-?\d[\d,.]*|[-+*/]", match[0].rstrip(".,")))
    value = calculate(expression)
    return (
        None if value is None else _phrase(turn, "calculation", expression=expression, value=value)
    )


def calculate(expression: str) -> str | None:
    """The value of numbers and signs with spaces between; None where it has none."""
    try:
        terms: list[Fraction | str] = [
            part if part in OPERATIONS else Fraction(part.replace(",", "").rstrip("."))
            for part in expression.split()
        ]
        for level in ("*/", "+-"):
            terms = _reduced(terms, level)
        [value] = terms
    except (ValueError, ZeroDivisionError):
        return None
    assert isinstance(value, Fraction)
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.6g}"


def _reduced(terms: list[Fraction | str], level: str) -> list[Fraction | str]:
    done = terms[:1]
    for sign, number in zip(terms[1::2], terms[2::2], strict=True):
        if not isinstance(sign, str) or not isinstance(number, Fraction):
            raise ValueError("signs and numbers take turns")
        if sign in level and isinstance(done[-1], Fraction):
            done[-1] = OPERATIONS[sign](done[-1], number)
        else:
            done += [sign, number]
    return done


# --- counting


COUNTED: Final = re.compile(
    r"\bhow many (?P<what>letters?|characters?|words?|vowels?|(?P<letter>[a-z])(?:'?s)?)\b(?: (?:are|is|does|do))?(?: there)?\s*(?:in|has|have)?\s*"
    r"(?:the )?(?:words?|phrase|sentence|text|string)?\s*:?\s*(?P<text>[\"'“‘].+?[\"'”’]|.+?)(?: have| contain)?\W*$",
    re.IGNORECASE,
)


def _counting(turn: Turn) -> str | None:
    """ "How many letters are in 'tree'?", "how many r's in strawberry?"."""
    match = COUNTED.search(turn.message)
    if match is None:
        return None
    text, what = match["text"].strip(QUOTES), match["what"].lower()
    if match["letter"]:
        count = text.lower().count(match["letter"].lower())
    elif what.startswith("word"):
        count = len(text.split())
    elif what.startswith("vowel"):
        count = sum(character in "aeiou" for character in text.lower())
    else:
        count = sum(c.isalpha() if what.startswith("letter") else True for c in text)
    return _phrase(turn, "count", count=str(count))


# --- lists


LIST_ASKED: Final = re.compile(
    r"\b(?:list|give|name|tell|suggest|write|show|share|recommend|what are|generate|think of|come up with)\b",
    re.IGNORECASE,
)
NUMBER_OF: Final = re.compile(r"(?P<number>[^\W\d_]+|\d{1,2}) (?P<what>[^\W\d_][^.?!:\n]*)")
NO_ITEMS: Final = re.compile(r"(?:[a-z]+ )?(?:sentences?|words?|letters?|paragraphs?|lines?)\b")
LONGEST_LIST: Final = 30


def _a_number_of_items(turn: Turn) -> str | None:
    """ "Three ideas for a birthday": a numbered list of three."""
    asked = LIST_ASKED.search(turn.message)
    if asked is None:
        return None
    numbers = turn.spoken_language.numbers
    for word in re.finditer(r"\S+", turn.message[asked.end() :]):
        match = NUMBER_OF.match(turn.message, asked.end() + word.start())
        said = match["number"].lower() if match else ""
        number = int(said) if said.isdigit() else numbers.get(said, 0)
        if match and 2 <= number <= LONGEST_LIST and not NO_ITEMS.match(match["what"]):
            return _list(turn, number, match["what"].strip())
    return None


def _list(turn: Turn, number: int, what: str) -> str:
    items = turn.language.phrases["item"]
    start = turn.dice.variant("items", len(items))
    chosen = (items[(start + place) % len(items)] for place in range(number))
    lines = (item.replace("{subject}", what) for item in chosen)
    return "\n".join(f"{place}. {line[0].upper()}{line[1:]}" for place, line in enumerate(lines, 1))


# --- summaries and translations


SUMMARY: Final = re.compile(
    r"\b(?:summari[sz]e|sum up|tl;?dr|give (?:me )?a summary of)\b[^:\n]{0,60}[:\n]\s*(?P<text>\S.*)",
    re.I | re.S,
)
TRANSLATION: Final = re.compile(
    r"\b(?:translate|say|how do you say)\b(?P<text>.+?)\b(?:into|in|to) (?P<language>[^\W\d_]+)\b(?P<rest>.*)",
    re.I | re.S,
)
SUMMARY_WORDS: Final = 16


def _summary(turn: Turn) -> str | None:
    """A fraction of the text: the beginning of its first sentence."""
    match = SUMMARY.search(turn.message)
    if match is None:
        return None
    first = re.split(r"(?<=[.!?。！？।؟۔])\s*", match["text"].strip())[0]
    text = " ".join(first.split()[:SUMMARY_WORDS]).rstrip(".!?。！？।,;:")
    return _phrase(turn, "summary", text=text)


def _translation(turn: Turn) -> str | None:
    """Plausible sentences in the other language, about as long as the text."""
    match = TRANSLATION.search(turn.message)
    target = _language_called(match["language"]) if match else None
    if match is None or target is None:
        return None
    text = match["text"].strip(f" {QUOTES}:")
    if re.fullmatch(r"(?:this|that|it|the following)?(?: \w+)?", text, re.IGNORECASE):
        text = match["rest"].strip(f" {QUOTES}:.\n") or text
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


def _language_called(name: str) -> Language | None:
    called = (language for language in LANGUAGES.values() if name.lower() in language.called)
    return next(called, None)


# --- what was said earlier


MEMORIES: Final = tuple(
    (re.compile(question, re.IGNORECASE), tuple(re.compile(told, re.IGNORECASE) for told in facts))
    for question, facts in (
        (
            r"\bwhat(?:'s| is| was) my (?:first )?name\b|\bwho am i\b|\b(?:remember|know|tell me) my name\b"
            r"|cómo me llamo|mi nombre\?|comment je m'appelle|wie heiße ich|mein name\?|come mi chiamo|qual é o meu nome"
            r"|मेरा नाम क्या|как меня зовут|我叫什么|私の名前は何|내 이름",
            (
                r"\bmy name(?:'s| is) (?P<value>[^\W\d_][\w'-]*(?: [A-Z][\w'-]*)*)",
                r"\b(?:i am|i'm|this is|call me) (?P<value>(?-i:[A-Z])[\w'-]*(?: (?-i:[A-Z])[\w'-]*)*)",
                r"(?:me llamo|mi nombre es|je m'appelle|ich heiße|mein name ist|mi chiamo|meu nome é|меня зовут)\s+(?P<value>\S+?)[.,!]*(?:\s|$)",
                r"मेरा नाम (?P<value>\S+)|我叫(?P<value2>[^，。！,.!\s]+)|私の名前は(?P<value3>[^、。\s]+?)です|제 이름은 (?P<value4>\S+?)(?:입니다|이에요|예요)",
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

OWN_THING: Final = re.compile(
    r"\b(?:what|which|who)(?:'s| is| are| was)?\b[^?]*?\bmy (?P<thing>[\w' -]+?)(?: again)?\W*$",
    re.I,
)


def _from_the_conversation(turn: Turn) -> str | None:
    """ "What is my name?", after the user gave one."""
    earlier = turn.asked[:-1]
    for question, facts in MEMORIES:
        if question.search(turn.message):
            return _told(turn, earlier, facts)
    match = OWN_THING.search(turn.message)
    if match is None:
        return None
    thing = re.escape(match["thing"])
    fact = re.compile(rf"\bmy {thing}(?: is|'s|:| are| was) (?P<value>[^.!?,;\n]+)", re.IGNORECASE)
    return _told(turn, earlier, (fact,))


def _told(turn: Turn, earlier: tuple[str, ...], facts: tuple[re.Pattern[str], ...]) -> str | None:
    for text in reversed(earlier):
        for fact in facts:
            match = fact.search(text)
            if match is not None:
                value = next(filter(None, match.groups())).strip()
                return _phrase(turn, "remembered", value=value)
    return None


# --- who are you


WHO: Final = re.compile(
    r"\bwho are you\b|\bwhat(?:'s| is) your name\b|\byour name\?|\bintroduce yourself\b|\bwhat are you called\b|\bwho am i (?:talking|speaking) (?:to|with)\b"
    r"|quién eres|cómo te llamas|qui es-tu|qui êtes-vous|comment (?:tu t'appelles|vous appelez)|wer bist du|wer sind sie|wie heißt du|wie heißen sie"
    r"|chi sei|come ti chiami|quem é você|qual é o seu nome|кто ты|кто вы|как тебя зовут|как вас зовут|你是谁|你叫什么|あなたは誰|お名前|누구|이름이 뭐"
    r"|आप कौन|तुम कौन|आपका नाम|तुम्हारा नाम|আপনি কে|তোমার নাম|আপনার নাম|நீங்கள் யார்|உங்கள் பெயர்|మీరు ఎవరు|మీ పేరు|तुम्ही कोण|तुमचे नाव|તમે કોણ|તમારું નામ"
    r"|ನೀವು ಯಾರು|ನಿಮ್ಮ ಹೆಸರು|നിങ്ങൾ ആരാണ്|നിങ്ങളുടെ പേര്|ਤੁਸੀਂ ਕੌਣ|ਤੁਹਾਡਾ ਨਾਮ|ଆପଣ କିଏ|ଆପଣଙ୍କ ନାମ|آپ کون|آپ کا نام|من أنت|ما اسمك",
    re.IGNORECASE,
)
GIVEN_NAME: Final = re.compile(
    r"\b(?:[Yy]our name is|[Yy]ou are called|[Yy]ou are named|[Nn]amed|[Cc]alled|[Yy]ou are|[Yy]ou're|[Aa]ct as)\s+"
    r"(?P<name>(?!(?:a|an|the|AI|I|Only|Always|Now)\b)[A-Z][\w'-]*(?: [A-Z][\w'-]*)*)"
)


def _who_are_you(turn: Turn) -> str | None:
    """By the name that the system prompt gives."""
    if not WHO.search(turn.message):
        return None
    given = GIVEN_NAME.search(turn.system)
    return _phrase(turn, "name", name=given["name"]) if given else _phrase(turn, "nameless")


# --- small talk


def _silence(turn: Turn) -> str | None:
    """Nothing was said that has a word in it."""
    return None if any(map(str.isalnum, turn.message)) else _phrase(turn, "silence")


def _small_talk(turn: Turn) -> str | None:
    """Greetings, thanks and farewells, where nothing else is said: "Hello there, how are you?"."""
    left = turn.message.lower().strip(SMALL_TALK_ENDS)
    kinds = []
    while left:
        known = [
            (len(words), kind)
            for kind, beginnings in turn.spoken_language.recognise.items()
            for words in beginnings
            if left.startswith(words) and not left[len(words) :][:1].isalpha()
        ]
        if not known:
            break
        length, kind = max(known)
        kinds.append(kind)
        left = left[length:].strip(SMALL_TALK_ENDS)
    if not kinds or len(left.split()) > MORE_SMALL_TALK or "?" in left:
        return None
    return _phrase(turn, kinds[-1])


SMALL_TALK_ENDS: Final = " !.,?¡¿।。！？؟۔،…~-"
MORE_SMALL_TALK: Final = 3
"""Words such as a name or "so much" may follow."""


def _sentences(turn: Turn) -> str:
    """Anything else: sentences that take up the subject."""
    prompt = f"{turn.system}\n{turn.message}"
    return prose.answer(turn.message, prompt, turn.language, turn.dice)


def _phrase(turn: Turn, kind: str, **values: str) -> str:
    [text] = prose.combination([turn.language.phrases[kind]], turn.dice)
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


EITHER: Final = re.compile(
    r"\b(?:answer|reply|respond|say)\b[^.:\n]{0,30}?[\"']?\b(yes|true)\b[\"']?\s*(?:or|/)\s*[\"']?(no|false)\b",
    re.IGNORECASE,
)


def _one_or_the_other(turn: Turn) -> str | None:
    """ "Answer YES or NO": one of the two, as they are written."""
    match = EITHER.search(turn.message) or EITHER.search(turn.system)
    return turn.dice.pick("either", match.groups()) if match else None


RULES: Final[tuple[Rule, ...]] = (
    _silence,
    _one_or_the_other,
    _exactly_what_was_asked,
    _who_are_you,
    _from_the_conversation,
    _summary,
    _translation,
    _counting,
    _arithmetic,
    _a_number_of_items,
    _small_talk,
    _sentences,
)
