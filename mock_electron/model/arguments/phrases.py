"""Values that are recognised by the words around them, and the words that lead to free text.

1. Behind a property's name, and "is", "of" or "called", stands its value, up to the next pause.
2. "from" and "to" say which of two values is which; so do words for them in other languages.
3. A request is a polite opening, a command, and what is asked for: the rest.
4. What other arguments have taken at the end of the rest, or at its beginning, is not part of it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from mock_electron.model.arguments import words
from mock_electron.model.arguments.reading import Reading, sentence_end
from mock_electron.model.arguments.values import Mark
from mock_electron.model.arguments.want import Want
from mock_electron.model.arguments.words import Word
from mock_electron.model.language import ENGLISH, UNSPACED, Language

Free = Callable[[int, int], bool]

LINKS: Final = frozenset(
    [
        "is",
        "are",
        "of",
        "be",
        "was",
        "called",
        "named",
        "titled",
        "saying",
        "reading",
        "as",
        "will",
        "should",
        "being",
        "says",
    ]
)
SURE_LINKS: Final = LINKS - {"of", "as", "will", "should", "be"}
PAUSE: Final = re.compile(
    r"[,;\n]|[.!?](?:\s|$)|\s(?:and|with|for|on|at|in|to|from|by|but|who|which|that|whose)\s"
)
LONG_PAUSE: Final = re.compile(r"[;\n]|[.!?]?$|[.!?]\s")


def foreign(word: Word, hints: frozenset[str] | tuple[str, ...], language: Language) -> bool:
    """Whether a word of another language means one of these in English."""
    if language == ENGLISH or not hints:
        return False
    lower = word.written.lower()
    return any(
        lower.startswith(meaning)
        for hint in sorted(hints)
        for meaning in language.lexicon.get(hint, ())
    )


def after_name(
    want: Want, reading: Reading, siblings: Mapping[str, Any]
) -> Iterator[tuple[int, int]]:
    """Where values stand behind the property's own name; rule 1."""
    own = want.words
    spoken = reading.words
    for place in range(len(spoken)):
        length = _named_at(own, spoken, place)
        if length and place + length < len(spoken):
            found = _value_behind(want, reading, place + length, siblings)
            if found is not None:
                yield found


def _named_at(own: tuple[str, ...], spoken: tuple[Word, ...], place: int) -> int:
    """How many words the name takes here; its last word alone will do: "title" for event_title."""
    if not own:
        return 0
    if tuple(word.stem for word in spoken[place : place + len(own)]) == own:
        return len(own)
    return int(len(own) > 1 and spoken[place].stem == own[-1] and own[-1] not in VAGUE_NAMES)


VAGUE_NAMES: Final = frozenset("id number name code type value to from of in on at".split())  # noqa: SIM905


def _value_behind(
    want: Want, reading: Reading, place: int, siblings: Mapping[str, Any]
) -> tuple[int, int] | None:
    spoken, text = reading.words, reading.text
    last, link = spoken[place - 1], ""
    while place < len(spoken) and spoken[place].stem in LINKS:
        link, last = spoken[place].stem, spoken[place]
        place += 1
    between = text[last.end : spoken[place].start] if place < len(spoken) else "."
    if place >= len(spoken) or re.search(r"[.,;!?\n]", between):
        return None
    start = spoken[place].start
    quote = next((q for q in reading.quotes if start - 2 <= q.start <= start), None)
    if quote is not None:
        return quote.start, quote.end
    if want.kind in ("number", "integer"):
        close = next((m for m in reading.marks if m.kind == "number" and m.start == start), None)
        return None if close is None else (close.start, close.end)
    if want.kind == "boolean":
        return (start, spoken[place].end) if link in SURE_LINKS else None
    name = next((n for n in reading.names if n.start == start), None)
    free = want.role.name in ("text", "title") and link not in ("of", "for")
    if not free and name is None and link not in SURE_LINKS:
        return None
    if not free and name is not None:
        return name.start, name.end
    if free and not link and spoken[place].written in NOT_A_VALUE:
        return None
    return start, _phrase_end(want, text, start, siblings)


NOT_A_VALUE: Final = frozenset(
    "to for from in on at with and or about that which who when where how if is are was it".split()  # noqa: SIM905
)


def _phrase_end(want: Want, text: str, start: int, siblings: Mapping[str, Any]) -> int:
    """Free text goes on to the end of the sentence, or to the next property's name."""
    if want.role.name not in ("text", "title"):
        pause = PAUSE.search(text, start)
        return pause.start() if pause else len(text)
    end = sentence_end(text, start)
    for sibling in siblings:
        named = words.of_identifier(sibling)
        if sibling != want.name and named:
            other = re.search(
                rf"\s*(?:,|\band\b|\bwith\b)[^.,;]{{0,20}}\b{re.escape(named[-1])}", text[start:end]
            )
            end = start + other.start() if other else end
    return end


def written_alike(text: str) -> str:
    """A text as enum members are compared: case, `-`, `_` and spaces make no difference."""
    return re.sub(r"[\s_-]+", " ", text).strip().casefold()


ABBREVIATED: Final[Mapping[str, tuple[str, ...]]] = {
    "c": ("celsius",), "f": ("fahrenheit",), "usd": ("dollar",), "eur": ("euro",), "inr": ("rupee",),
    "gbp": ("pound",), "jpy": ("yen",), "km": ("kilometer", "kilometre"), "mi": ("mile",),
    "en": ("english",), "fr": ("french",), "de": ("german",), "es": ("spanish",), "hi": ("hindi",),
    "celsius": ("°c",), "fahrenheit": ("°f",), "m": ("male",), "s": ("small",), "l": ("large",),
    "driving": ("drive", "car"), "walking": ("walk", "foot"), "cycling": ("bike", "cycle"),
    "true": ("yes",), "false": ("no",), "high": ("urgent", "important"), "male": ("man", "he"),
    "female": ("woman", "she"), "positive": ("love", "great", "happy", "excellent", "good", "amazing"),
    "negative": ("hate", "terrible", "awful", "bad", "angry", "worst", "broken"),
}  # fmt: skip
"""Enum members that people say in another word."""


def members(want: Want, reading: Reading, free: Free) -> Iterator[Mark]:
    """Members of the enum that the text names, those behind the property's own direction first."""
    listed = [want.schema["const"]] if "const" in want.schema else want.schema.get("enum")
    if not isinstance(listed, list):
        return
    lower = reading.text.casefold()
    found = [
        mark
        for member in listed[:MOST_MEMBERS]
        for mark in _mentions(member, reading, lower)
        if free(mark.start, mark.end)
    ]
    found.sort(key=lambda mark: (_misdirected(want, reading, mark), mark.start, -mark.end))
    yield from found


MOST_MEMBERS: Final = 400


def _mentions(member: Any, reading: Reading, lower: str) -> Iterator[Mark]:
    if isinstance(member, int | float) and not isinstance(member, bool):
        yield from (
            Mark("member", member, m.start, m.end)
            for m in reading.marks
            if m.kind == "number" and m.value == member
        )
    if not isinstance(member, str) or not member:
        return
    alike = written_alike(member)
    if len(member) == 1 or alike == "in":
        pattern, text = rf"(?<!\w){re.escape(member)}(?!\w)", reading.text
    else:
        pattern = r"(?<![^\W_])" + r"[\s_-]*".join(map(re.escape, alike.split(" "))) + r"(?![^\W_])"
        text = lower
    if alike.split(" ")[0][:1] in text.casefold():
        match = re.search(pattern, text) if len(text) == len(reading.text) else None
        if match is None and reading.said.language.code in UNSPACED and alike in text:
            match = re.search(re.escape(alike), text)
        if match is not None:
            yield Mark("member", member, match.start(), match.end())
            return
    if reading.said.language.code in UNSPACED:
        for meaning in reading.said.language.lexicon.get(alike, ()):
            start = lower.find(meaning)
            if start >= 0:
                yield Mark("member", member, start, start + len(meaning))
                return
    yield from _worded(member, alike, reading)


def _worded(member: str, alike: str, reading: Reading) -> Iterator[Mark]:
    """A member in another word: an abbreviation, a word of its family, or of another language."""
    language = reading.said.language
    meanings = (*ABBREVIATED.get(alike, ()), *language.lexicon.get(alike, ()))
    if language.code in UNSPACED:
        places = ((reading.text.find(meaning), meaning) for meaning in meanings)
        for place, meaning in places:
            if place >= 0:
                yield Mark("member", member, place, place + len(meaning))
                return
    single = words.singular(alike)
    for word in reading.words:
        spoken = word.written.lower()
        meant = any(spoken.startswith(meaning) for meaning in meanings)
        if word.stem == single or meant or _related(spoken, alike):
            yield Mark("member", member, word.start, word.end)
            return


def _related(spoken: str, alike: str) -> bool:
    """ "urgently" is urgent; "cancelled" is cancel."""
    return len(alike) > 3 and spoken.startswith(alike) and len(spoken) <= len(alike) + 3


def _misdirected(want: Want, reading: Reading, mark: Mark) -> bool:
    way = direction(want)
    if way is None:
        return False
    before = reading.before(mark.start, 1)
    return not (before and before[0].stem in way)


FROM: Final = frozenset("from de desde von ab aus da dal из от departing leaving".split())  # noqa: SIM905
TO: Final = frozenset("to into towards a nach à al para zu в до arriving for".split())  # noqa: SIM905
FROM_NAMES: Final = frozenset("from origin source departure start src sender base".split())  # noqa: SIM905
TO_NAMES: Final = frozenset("to destination dest target arrival end recipient receiver".split())  # noqa: SIM905


def direction(want: Want) -> frozenset[str] | None:
    """The words before a value that has the property's direction; None if it has none."""
    if FROM_NAMES.intersection(want.words):
        return FROM
    return TO if TO_NAMES.intersection(want.words) else None


def directed(want: Want, reading: Reading, free: Free) -> Iterator[Mark]:
    """Names and typed values behind "from" or "to"; rule 2."""
    way = direction(want)
    if way is None or want.schema.get("enum"):
        return
    kinds = want.role.kinds or ("name",)
    candidates = [
        *(reading.names if "name" in kinds else ()),
        *(mark for mark in reading.marks if mark.kind in kinds and mark.kind != "number"),
        *(special(want, reading) if "currency" in kinds else ()),
    ]
    for mark in candidates:
        before = reading.before(mark.start, 1)
        if before and before[0].stem in way and free(mark.start, mark.end):
            yield mark
    if "currency" in kinds and way is FROM:
        yield from (mark for mark in special(want, reading) if free(mark.start, mark.end))
    if "name" in kinds and way is FROM:
        yield from _before_to(reading, free)


def _before_to(reading: Reading, free: Free) -> Iterator[Mark]:
    """ "Berlin to Paris": the first of the two."""
    for name in reading.names:
        after = reading.after(name.end, 1)
        if after and after[0].stem == "to" and free(name.start, name.end):
            yield name


CURRENCIES: Final[Mapping[str, str]] = {
    "dollar": "USD", "euro": "EUR", "rupee": "INR", "pound": "GBP", "yen": "JPY", "yuan": "CNY",
    "franc": "CHF", "bitcoin": "BTC", "$": "USD", "€": "EUR", "₹": "INR", "£": "GBP", "¥": "JPY",
}  # fmt: skip
CODE: Final = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])|[$€₹£¥]")
LANGUAGES: Final = frozenset(
    """english spanish french german italian portuguese russian arabic chinese mandarin japanese
    korean hindi bengali tamil telugu marathi gujarati kannada malayalam punjabi odia urdu dutch
    swedish polish turkish greek hebrew latin thai vietnamese""".split()  # noqa: SIM905
)
EXPRESSION: Final = re.compile(
    r"(?<![\w.])[-(]*\d[\d.]*[\s)]*(?:(?:\*\*|[-+*/^×÷%])\s*[-(]*\d[\d.]*\s*\)*\s*)+"
)
PATH: Final = re.compile(
    r"(?<![\w:/])(?:[~.]{0,2}/[\w./-]*[\w/]|[\w-]+(?:/[\w.-]+)*\.[A-Za-z]{1,5}\b(?!\.?\w))"
)


def special(want: Want, reading: Reading) -> Iterator[Mark]:
    """Currencies, languages, calculations and files: kinds that only a property of theirs takes."""
    text = reading.text
    if want.role.name == "currency":
        for match in CODE.finditer(text):
            yield Mark("currency", CURRENCIES.get(match[0], match[0]), match.start(), match.end())
        for word in reading.words:
            if word.stem in CURRENCIES:
                yield Mark("currency", CURRENCIES[word.stem], word.start, word.end)
    elif want.role.name == "language":
        for word in reading.words:
            if word.written.lower() in LANGUAGES:
                yield Mark("language", word.written.capitalize(), word.start, word.end)
    else:
        for match in SPECIAL[want.role.name].finditer(text):
            place = "x" if "x" in match.groupdict() else 0
            yield Mark("special", match[place].strip(), match.start(), match.end())


TITLED: Final = re.compile(
    r"\b(?:titled|called|entitled|named|subject|title(?:d| is)?)\s*:?\s+(?P<x>[^,.;!?\n]+?)"
    r"(?=\s+(?:on|at|for|with|by|from|in|to|and|next|tomorrow|today)\b|\s*[,.;!?()\n]|$)",
    re.IGNORECASE,
)
THING: Final = re.compile(
    r"\b(?:an?)\s+(?P<x>(?!new )[^\W\d][\w'-]*(?: (?!(?:on|at|for|with|by|from|in|to|and|next|tomorrow|today|of|that|this)\b)[\w'-]+){0,4})",
)


COUNTED: Final = re.compile(
    r"(?:x |of )?(?P<x>(?!(?:times|x|am|pm|people|persons|of)\b)[^\W\d][\w'-]*(?: (?!(?:for|to|on|in|at|from|with|and|or|by|each|please|as|of|is|costs?)\b)[^\W\d][\w'-]*){0,3})"
)


def after_numbers(reading: Reading) -> Iterator[tuple[int, int]]:
    """The nouns behind numbers."""
    for mark in reading.marks:
        if mark.kind == "number":
            noun = COUNTED.match(reading.text, mark.end + 1)
            if noun is not None:
                yield noun.start("x"), noun.end("x")


STREET: Final = re.compile(
    r"\d+[A-Za-z]?(?:[-/]\d+)? (?:[^\W\d_a-z][\w'.-]*)(?: [^\W\d_a-z][\w'.-]*)*"
)


SQL: Final = re.compile(
    r"\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE|DROP TABLE|WITH)\b.+", re.DOTALL
)
REASON: Final = re.compile(
    r"\b(?:because(?: of)?|since|due to|as)\s+(?P<x>[^.;!?\n]+)", re.IGNORECASE
)
SPECIAL: Final[Mapping[str, re.Pattern[str]]] = {
    "expression": EXPRESSION,
    "path": PATH,
    "street": STREET,
    "sql": SQL,
    "reason": REASON,
}
COUNTRIES: Final = frozenset(
    """Argentina Australia Austria Bangladesh Belgium Brazil Canada Chile China Colombia Croatia Cuba
    Denmark Egypt Ethiopia Finland France Germany Ghana Greece Hungary Iceland India Indonesia Iran
    Iraq Ireland Israel Italy Japan Jordan Kenya Malaysia Mexico Morocco Nepal Netherlands Nigeria
    Norway Pakistan Peru Philippines Poland Portugal Qatar Romania Russia Singapore Spain Sweden
    Switzerland Thailand Turkey UAE UK USA Ukraine Vietnam""".split()  # noqa: SIM905
) | {
    "United States",
    "United Kingdom",
    "South Africa",
    "South Korea",
    "New Zealand",
    "Sri Lanka",
    "Saudi Arabia",
}


def titled(reading: Reading) -> Iterator[Mark]:
    """What something is called: "a meeting titled Plans", else what it is: "a science fair"."""
    for match in TITLED.finditer(reading.text):
        quote = next((q for q in reading.quotes if q.start == match.start("x")), None)
        if quote is not None:
            yield quote
            continue
        yield Mark("phrase", match["x"].strip("\"'“”"), match.start("x"), match.end("x"))


def things(reading: Reading) -> Iterator[Mark]:
    """Things that are introduced by an article: "a science fair"."""
    for match in THING.finditer(reading.text):
        if match["x"].split(" ")[-1] not in GENERIC:
            yield Mark("phrase", match["x"], match.start("x"), match.end("x"))
        elif (subject := OF_GENERIC.match(reading.text, match.end())) is not None:
            yield Mark("phrase", subject["x"], subject.start("x"), subject.end("x"))


GENERIC: Final = frozenset(
    """todo task note reminder event recipe movie film book joke story poem song list ticket issue
    message email item one lot few couple bit table room flight name word sentence""".split()  # noqa: SIM905
)
"""What is asked for by these has its own title, or none yet: "a recipe for pancakes"."""
OF_GENERIC: Final = re.compile(
    r" (?:for|of|about|called|named) (?P<x>[^\W\d][\w'-]*(?: (?!(?:on|at|for|with|by|from|in|to|and)\b)[\w'-]+){0,4})"
)


PLACE_LEADS: Final = frozenset(
    [
        "in",
        "at",
        "near",
        "of",
        "for",
        "to",
        "from",
        "around",
        "within",
        "is",
        "en",
        "à",
        "em",
        "a",
        "auf",
        "nach",
        "über",
    ]
)
PERSON_LEADS: Final = frozenset(
    [
        "for",
        "named",
        "called",
        "to",
        "with",
        "by",
        "from",
        "is",
        "am",
        "i'm",
        "about",
        "für",
        "para",
        "pour",
    ]
)
LEADS: Final[Mapping[str, frozenset[str]]] = {
    "place": PLACE_LEADS,
    "person": PERSON_LEADS,
    "organisation": PERSON_LEADS | {"at", "of"},
    "to": frozenset(("to", "for")),
    "from": frozenset(("from",)),
    "language": frozenset(("to", "in", "into")),
    "country": PLACE_LEADS,
    "name": PERSON_LEADS,
}
"""The words before a name that tell what it is the name of."""
AFTER_LEAD: Final = r"(?<!\w)(?:{leads})\s+(?:the\s+)?(?P<x>[^\W\d][\w'-]*(?:\s[^\W\d][\w'-]*)?)"


def after_lead(want: Want, reading: Reading, free: Free) -> Iterator[Mark]:
    """Names in small letters, behind the words that lead to them."""
    leads = "|".join(sorted(LEADS[want.role.name] - {"is", "am", "about", "a"}))
    if want.role.name in ("person", "name"):
        for match in AGED.finditer(reading.text):
            if free(match.start(1), match.end(1)) and match[1] not in words.STOP_WORDS:
                yield Mark("name", match[1], match.start(1), match.end(1))
    for match in re.finditer(AFTER_LEAD.format(leads=leads), reading.text):
        first, _, second = match["x"].partition(" ")
        value = first if second in words.STOP_WORDS or second in PLAIN or not second else match["x"]
        end = match.start("x") + len(value)
        if first.lower() not in words.STOP_WORDS | PLAIN and free(match.start("x"), end):
            yield Mark("name", value, match.start("x"), end)


AGED: Final = re.compile(r"([^\W\d]{2,}) (?:is|was|aged|turned|turns) (?=\d)")
PLAIN: Final = frozenset(
    """today tomorrow tonight now right please next this celsius fahrenheit degrees metric imperial
    weather forecast order price call meeting table message everyone there here much long day week
    month year hour minute morning afternoon evening night time date me it
    """.split()  # noqa: SIM905
)

POLITE: Final = (
    r"(?:(?:please|now|ok(?:ay)?|hey|hi|hello|so|then|also|and|can you|could you|would you|will you|"
    r"kindly|i(?:'d| would) like (?:you )?to|i want (?:you )?to|i need (?:you )?to|help me|let's)[ ,]+)*"
)
COMMANDS: Final = (
    r"remind (?:me|us)(?: (?:to|that|about))?",
    r"(?:search|look|google)(?: (?:the web|online|up|it up|wikipedia|the internet))?(?: for| up| about)?",
    r"(?:find|get|fetch|retrieve)(?: (?:me|us))?(?: information (?:on|about))?",
    r"tell (?:me|us)(?: about)?",
    r"(?:tell|text|message|notify|inform) [A-Z][\w'-]*(?: (?:that|to|about))?",
    r"(?:send|write) (?:an? |the )?(?:e-?mail|message|text|note|sms)(?: to \S+)?(?: (?:saying|that says|that|about))?",
    r"(?:send|write) [A-Z][\w'-]* (?:an? |the )?(?:e-?mail|message|text|note)(?: (?:saying|that says|that|about))?",
    r"(?:translate|summari[sz]e|repeat|echo|say|post|tweet|analy[sz]e|classify|extract|parse|calculate|compute|evaluate|solve)",
    r"(?:add|create|make|take|save|set)(?: (?:me|us))? (?:an? |the )?(?:note|todo|task|reminder|memo|ticket|item)(?: (?:to|that|about|for|saying|called))?",
    r"(?:add|put|set)\b",
    r"(?:write|compose|draft|give|show|generate|create)(?: (?:me|us))?(?: (?:an? |the )?[\w-]+(?: [\w-]+)? about)?",
    r"(?:use|call|run|invoke)(?: the)?(?: (?:tool|function))? [\w-]+(?: (?:tool|function))?(?: (?:to|for|with|on))?",
    r"what do you know about",
    r"(?:turn|switch) (?:on|off)(?: the)?",
    r"(?:run|execute|play|open|close|lock|unlock|dim|start|stop|cancel|track|check|show|review|greet|define|spell|pronounce)(?: (?:me|the|my))?",
    r"how do (?:you|i|we) (?:say|spell|pronounce|write)",
    r"ask (?:the )?\w+:?",
)
LEAD_IN: Final = re.compile(
    rf"\s*{POLITE}(?:(?:{'|'.join(COMMANDS)})(?=[\s:,]|$)[\s:]*)?", re.IGNORECASE
)
EDGES: Final = " ,;:\n\t"
HANGING: Final = re.compile(
    r"(?:^|\s)(?:on|at|in|to|for|by|with|from|of|and|around|the|is|into|as|about|before|after|until|an?)\s*$",
    re.IGNORECASE,
)
COLON: Final = re.compile(r"^[^:\n]{3,60}:\s+(?=\S)")


def rest(reading: Reading, taken: list[tuple[int, int]]) -> Mark | None:
    """What is asked for, without the command and without what is taken; rules 3 and 4."""
    text = reading.text
    lead = LEAD_IN.match(text)
    start, end = (lead.end() if lead else 0), len(text.rstrip())
    colon = COLON.match(text)
    if colon is not None and lead is not None and lead.end() > 0:
        start = colon.end()
    start, end = _without(text, start, end, taken)
    value = text[start:end]
    if not value:
        return None
    if len(value) > 1 and (value[0], value[-1]) in (('"', '"'), ("“", "”"), ("'", "'"), ("«", "»")):
        value = value[1:-1]
    return Mark("rest", value, start, end)


def _without(text: str, start: int, end: int, taken: list[tuple[int, int]]) -> tuple[int, int]:
    for _ in range(MOST_TAKEN):
        closing = EDGES + ".!।。" if QUESTION.match(text, start) else EDGES + ".!।。?？"
        while end > start and text[end - 1] in closing:
            end -= 1
        while start < end and text[start] in EDGES + ".":
            start += 1
        last = next(
            (begin for begin, stop in taken if begin < end <= stop and begin >= start), None
        )
        first = next((stop for begin, stop in taken if begin <= start < stop <= end), None)
        if last is not None:
            end = last
            while (hanging := HANGING.search(text, start, end)) is not None:
                end = hanging.start()
        elif first is not None:
            start = first
        else:
            break
    return start, end


MOST_TAKEN: Final = 20
QUESTION: Final = re.compile(
    r"\W*(?:who|what|when|where|why|how|which|whose|is|are|do|does|did|can|could|will|would|should|[^\x00-\x7f])",
    re.IGNORECASE,
)
