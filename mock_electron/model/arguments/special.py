"""Find values of special kinds: currencies, languages, countries, files and similar.

A kind is a pattern in SPECIAL, or a table of words.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.arguments.reading import Reading
from mock_electron.model.arguments.values import Mark
from mock_electron.model.arguments.want import Want

CURRENCIES: Final[Mapping[str, str]] = {
    "dollar": "USD", "euro": "EUR", "rupee": "INR", "pound": "GBP", "yen": "JPY", "yuan": "CNY",
    "franc": "CHF", "bitcoin": "BTC", "$": "USD", "€": "EUR", "₹": "INR", "£": "GBP", "¥": "JPY",
}  # fmt: skip
CODE: Final = regex(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])|[$€₹£¥]")
LANGUAGES: Final = frozenset(
    """english spanish french german italian portuguese russian arabic chinese mandarin japanese
    korean hindi bengali tamil telugu marathi gujarati kannada malayalam punjabi odia urdu dutch
    swedish polish turkish greek hebrew latin thai vietnamese""".split()
)
EXPRESSION: Final = regex(
    r"(?:(?<![\w.(-])|(?<=[\w.])[-(])"
    r"(?P<x>[-(]*+\d[\d.]*+[\s)]*+(?:(?:\*\*|[-+*/^×÷%])\s*+[-(]*+\d[\d.]*+\s*+(?:\)++\s*+)?)+)"
)
PATH: Final = regex(
    r"(?<![\w:/])[~.]{0,2}/(?:[.-]*[\w/])+"
    r"|(?:(?<![\w:/.-])[\w-]++(?:/[\w.-]+)*|(?<=\.)[\w-]++)\.[A-Za-z]{1,5}\b(?!\.?\w)"
)


def found(want: Want, reading: Reading) -> Iterator[Mark]:
    """Currencies, languages, calculations and files: kinds that only a property of the same kind takes."""
    text = reading.text
    if want.role.name == "currency":
        for match in CODE.finditer(text):
            yield Mark("currency", CURRENCIES.get(match[0], match[0]), match.start(), match.end())
        for word in reading.words:
            if word.normal in CURRENCIES:
                yield Mark("currency", CURRENCIES[word.normal], word.start, word.end)
    elif want.role.name == "language":
        for word in reading.words:
            if word.written.lower() in LANGUAGES:
                yield Mark("language", word.written.capitalize(), word.start, word.end)
    else:
        for match in SPECIAL[want.role.name].finditer(text):
            place = "x" if "x" in match.groupdict() else 0
            yield Mark("special", match[place].strip(), match.start(), match.end())


STREET: Final = regex(
    r"(?<!\d)\d++[A-Za-z]?(?:[-/]\d+)? (?:[^\W\d_a-z][\w'.-]*)(?: [^\W\d_a-z][\w'.-]*)*"
)
SQL: Final = regex(
    r"\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE|DROP TABLE|WITH)\b.+", re.DOTALL
)
REASON: Final = regex(r"\b(?:because(?: of)?|since|due to|as)\s+(?P<x>[^.;!?\n]+)", re.IGNORECASE)
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
    Switzerland Thailand Turkey UAE UK USA Ukraine Vietnam""".split()
) | {
    "United States",
    "United Kingdom",
    "South Africa",
    "South Korea",
    "New Zealand",
    "Sri Lanka",
    "Saudi Arabia",
}
