"""Kinds of values that only a property of theirs takes: currencies, languages, streets, titles, things."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from mock_electron.model.arguments.reading import Reading
from mock_electron.model.arguments.values import Mark
from mock_electron.model.arguments.want import Want

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
