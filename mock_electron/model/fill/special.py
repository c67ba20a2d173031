"""Find values of special kinds: currencies, languages, countries, files and similar.

A kind is a pattern in SPECIAL, or a table of words.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.fill import codes, countries
from mock_electron.model.fill.parameters.want import Want
from mock_electron.model.fill.text.reading import Reading
from mock_electron.model.fill.text.values import Mark
from mock_electron.model.hear.days import MONTH_OF
from mock_electron.model.normalise import normalised

CODE: Final = regex(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])|[$€₹£¥]")
CITIES: Final = frozenset(
    ("city", "town", "state", "region", "country", "province", "district", "area")
)
"""Places that are no addresses."""
COLOUR_NAMES: Final = frozenset(("color", "colour"))
COLOURS: Final = frozenset(
    """red blue green yellow black white grey gray brown orange purple pink silver gold golden beige navy
    maroon turquoise violet cyan magenta cream""".split()
)
EXPRESSION: Final = regex(
    r"(?:(?<![\w.(-])|(?<=[\w.])[-(])"
    r"(?P<x>[-(]*+\d[\d.]*+[\s)]*+(?:(?:\*\*|[-+*/^×÷%])\s*+[-(]*+\d[\d.]*+\s*+(?:\)++\s*+)?)+)"
)
ALGEBRA: Final = regex(
    r"(?:(?<=[\s=:(\"'])|^)(?:[a-z]\s?=\s?)?(?P<x>[-(]?(?:\d+(?:\.\d+)?\*?)?[a-z](?:(?:\^|\*\*)\d+)?(?:\s?[-+*/^]\s?[-(]?(?:\d+(?:\.\d+)?)?\*?(?:[a-z](?:(?:\^|\*\*)\d+)?)?\)?)+|\d*\*?[a-z](?:\^|\*\*)\d+)(?!\w)"
)
"""A formula with a variable: 3x^2 + 2x - 1."""
PATH: Final = regex(
    r"(?<![\w:/])[~.]{0,2}/(?:[.-]*[\w/])+"
    r"|(?:(?<![\w:/.-])[\w-]++(?:/[\w.-]+)*|(?<=\.)[\w-]++)\.[A-Za-z]{1,5}\b(?!\.?\w)"
)


def found(want: Want, reading: Reading, beside: frozenset[str]) -> Iterator[Mark]:
    """Currencies, languages, calculations and files: kinds that only a property of the same kind takes.

    Args:
        want: The property.
        reading: The text.
        beside: The words of the names of all properties.
    """
    role, text = kind_of(want), reading.text
    if role in PARTS_OF_A_REPOSITORY:
        part = role if beside | {role} >= PARTS_OF_A_REPOSITORY or role == "owner" else 0
        for match in REPOSITORY.finditer(text):
            yield Mark("special", match[part], match.start(part), match.end(part))
        return
    if role in BY_WORDS:
        yield from BY_WORDS[role](reading)
        return
    formula = role == "expression" and ("^" in text or "*" in text)
    for pattern in (ALGEBRA, SPECIAL[role]) if formula else (SPECIAL[role],):
        for match in pattern.finditer(text):
            if role == "street":
                yield from _streets(match, reading)
                continue
            place = "x" if "x" in match.groupdict() else 0
            yield Mark("special", match[place].strip(), match.start(place), match.end(place))


def _streets(match: re.Match[str], reading: Reading) -> Iterator[Mark]:
    """A street, and one with its city; a part of a quotation is none."""
    start, end = match.span()
    if any(quote.start <= start < quote.end for quote in reading.quotes):
        return
    city = CITY.match(reading.text, end)
    if city is not None:
        yield Mark("special", reading.text[start : city.end()], start, city.end())
    yield Mark("special", match[0], start, end)


def kind_of(want: Want) -> str:
    """The role whose values a parameter takes; an address is a street."""
    if not COLOUR_NAMES.isdisjoint(want.words):
        return "colour"
    if want.words[-1:] in (("owner",), ("repo",), ("repository",)):
        return "owner" if want.words[-1] == "owner" else "repo"
    if want.role.name == "date" and "month" in want.words:
        return "month"
    if not ELEMENTS.isdisjoint(want.words) and not ELEMENTS.isdisjoint(want.about):
        return "selector"
    if want.words[-1:] in (("t",), ("ts",), ("timestamp",)) and want.kind == "string":
        return "timestamp"
    is_place = want.role.name == "place" and CITIES.isdisjoint(want.words)
    return "street" if is_place else want.role.name


def _months(reading: Reading) -> Iterator[Mark]:
    """The months that a text names, each the nearest one to the day of the request: 2025-01."""
    today = reading.said.today
    for word in reading.words:
        month = MONTH_OF.get(word.written.lower().removesuffix("'s"))
        if month is not None:
            apart = (month - today.month + 5) % 12 - 5
            year = today.year + (today.month - 1 + apart) // 12
            yield Mark("month", f"{year}-{month:02}", word.start, word.end)


def _currencies(reading: Reading) -> Iterator[Mark]:
    for match in CODE.finditer(reading.text):
        yield Mark("currency", codes.CURRENCIES.get(match[0], match[0]), match.start(), match.end())
    before = ""
    for word in reading.words:
        code = codes.CURRENCIES.get(f"{before} {word.normal}") or codes.CURRENCIES.get(word.normal)
        if code is not None:
            yield Mark("currency", code, word.start, word.end)
        before = word.normal


def _countries(reading: Reading) -> Iterator[Mark]:
    """Countries in any case, and the words for what comes from them: "he's Ugandan"."""
    lowers = [word.written.lower().removesuffix("'s") for word in reading.words]
    for first, lower in enumerate(lowers):
        for size in (2, 1) if lower in countries.FIRST else (1,):
            written = " ".join(lowers[first : first + size])
            country = countries.COUNTRIES.get(written)
            if country is not None:
                last = reading.words[min(first + size, len(lowers)) - 1]
                yield Mark("country", country, reading.words[first].start, last.end)
                break


def _languages(reading: Reading) -> Iterator[Mark]:
    for word in reading.words:
        if word.written.lower() in codes.LANGUAGES:
            yield Mark("language", word.written.capitalize(), word.start, word.end)


def _colours(reading: Reading) -> Iterator[Mark]:
    """Colours in lower case; "Sea Green" is a name."""
    for word in reading.words:
        if word.written in COLOURS:
            yield Mark("phrase", word.written, word.start, word.end)


BY_WORDS: Final[Mapping[str, Callable[[Reading], Iterator[Mark]]]] = {
    "month": _months,
    "colour": _colours,
    "country": _countries,
    "currency": _currencies,
    "language": _languages,
}
"""What finds the kinds that consist of known words."""
KINDS: Final = frozenset(
    (
        "colour",
        "month",
        "country",
        "currency",
        "language",
        "expression",
        "path",
        "street",
        "sql",
        "reason",
        "owner",
        "repo",
        "selector",
        "timestamp",
        "url",
    )
)
"""The roles that have values of a special kind."""
STREET: Final = regex(
    r"(?<!\d)\d++[A-Za-z]?(?:[-/]\d+)? (?:[^\W\d_a-z][\w'.-]*)(?: [^\W\d_a-z][\w'.-]*)*"
    r"|(?<!\d)\d{1,4}[a-z]? (?:[a-z]{2,20} ){1,2}(?:road|street|lane|avenue|drive|close|square|way|court|row|hill)\b"
    r"|(?<!\w)[A-Z]\w{1,30}(?:straße|strasse|str\.|weg|platz|allee|gasse) \d{1,4}[a-z]?\b"
)
CITY: Final = regex(r"(?:, (?:[A-Z][a-z]+(?: [A-Z][a-z]+)?|[A-Z]{2,3})(?: \d{5})?(?!\w)){1,4}")
"""The city and the country behind a street."""
PARTS_OF_A_REPOSITORY: Final = frozenset(("owner", "repo"))
REPOSITORY: Final = regex(
    r"(?<![\w./:~-])(?P<owner>[\w-]{1,40})/(?P<repo>[\w-]{1,60}+(?!\.(?:md|txt|json|ya?ml|toml|py|html|csv)\b)"
    r"(?:\.[\w-]{1,20}+)?)(?![\w/])"
)
"""An owner and a repository: acme/rockets. A property without an owner next to it takes both."""
ELEMENTS: Final = normalised("element selector target ref")
SELECTOR: Final = regex(r"(?<![\w.#])(?:[#.][A-Za-z][\w-]{0,60}|e\d{1,6}(?!\w)|\[[^\]\s]{1,80}\])")
"""An element of a page: #search, .menu-item, e42."""
TIMESTAMP: Final = regex(r"(?<![\d.])\d{10}\.\d{3,9}(?![\d.])")
DOMAIN: Final = regex(
    r"(?<![\w@/.:-])(?:[a-z0-9-]{1,40}\.){1,4}+(?:com|org|net|io|dev|in|example|uk|de|co)(?![\w.-]*@)\b(?:/[^\s,;]*+)?"
)
"""The address of a page without its scheme."""
SQL: Final = regex(
    r"\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE|DROP TABLE|WITH)\b.+", re.DOTALL
)
REASON: Final = regex(
    r"\b(?:because(?: of)?|since|due to|as|(?:it's|it is|calling|here|come in) about)\s+(?P<x>[^.;!?\n]+)",
    re.IGNORECASE,
)
SPECIAL: Final[Mapping[str, re.Pattern[str]]] = {
    "expression": EXPRESSION,
    "path": PATH,
    "street": STREET,
    "sql": SQL,
    "reason": REASON,
    "selector": SELECTOR,
    "timestamp": TIMESTAMP,
    "url": DOMAIN,
}
