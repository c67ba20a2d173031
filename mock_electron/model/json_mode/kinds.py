"""What words say of a value in JSON: its type, its choices, its limits.

The words are those of a template, such as `"<number from 1 to 5>"`, or of a list of keys, such as
"mood (good or bad)". If they say nothing, the key's name does: `is_urgent`, `tags`, `birth_date`.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from mock_electron._regex import regex

Schema = Mapping[str, Any]

STRING: Final[Schema] = {"type": "string"}
INTEGER: Final[Schema] = {"type": "integer"}
NUMBER: Final[Schema] = {"type": "number"}
BOOLEAN: Final[Schema] = {"type": "boolean"}
DATE: Final[Schema] = {"type": "string", "format": "date"}
EMAIL: Final[Schema] = {"type": "string", "format": "email"}
URL: Final[Schema] = {"type": "string", "format": "uri"}


def list_of(items: Schema) -> Schema:
    """The schema of a list that is not empty."""
    return {"type": "array", "items": items, "minItems": 1}


def object_of(properties: Mapping[str, Schema]) -> Schema:
    """The schema of an object with these properties."""
    return {"type": "object", "properties": properties, "required": list(properties)}


TYPES_SAID: Final[Mapping[str, Schema]] = {
    **dict.fromkeys(("string", "strings", "str", "text"), STRING),
    **dict.fromkeys(("int", "integer", "integers", "whole"), INTEGER),
    **dict.fromkeys(("number", "numbers", "float", "floats", "double", "decimal"), NUMBER),
    **dict.fromkeys(("boolean", "bool", "true", "false", "true/false"), BOOLEAN),
    **dict.fromkeys(("yyyy-mm-dd", "iso-date"), DATE),
    "hh:mm": {"type": "string", "pattern": "^(?:[01][0-9]|2[0-3]):[0-5][0-9]$"},
    **dict.fromkeys(("email", "e-mail"), EMAIL),
    **dict.fromkeys(("url", "uri"), URL),
}
LISTS: Final = ("list", "array")

BY_NAME: Final[tuple[tuple[re.Pattern[str], Schema], ...]] = tuple(
    (regex(pattern, re.IGNORECASE), schema)
    for pattern, schema in (
        (
            r"^(?:is|has|can|should|was|did|are)[_A-Z]|^(?:valid|success|available|urgent|enabled|correct)$",
            BOOLEAN,
        ),
        (
            r"(?:^|_)(?:age|edad|alter|âge|idade|età|count|total|quantity|number|year|amount|price|cost|score|rating|population|temperature|confidence|percent|percentage|minutes|hours|days)$",
            INTEGER,
        ),
        (r"(?:^|_)e?mail$", EMAIL),
        (r"(?:^|_)(?:url|link|website)$", URL),
        (r"(?:^|_)date$", DATE),
        (
            r"(?:address|class|status|process|access|news|series|business|progress|success|analysis|basis|pros|cons)$",
            STRING,
        ),
        (r"(?:[^s\W]s|list)$", list_of(STRING)),
        (r"", STRING),
    )
)
"""What a key's name says of its value; the first that fits."""
WORD: Final = regex(r"[\w/:-]+")
RANGE: Final = regex(
    r"(?<![\w.-])(-?\d++(?:\.\d++)?)\s*+(?:-|–|to|and|\.\.)\s*+(-?\d++(?:\.\d++)?)(?![\w.-])"
)
FIGURE: Final = regex(r"-?\d++(?:\.\d++)?")
CHOICE: Final = regex(r"\||/|,\s*+or\b|,|\bor\b")
MOST_WORDS: Final = 3
"""The most words of one of several choices."""
NOTHING: Final = ("null", "none", "undefined", "optional", "")


def by_name(key: str) -> Schema:
    """The schema that a key's name suggests."""
    return next(schema for pattern, schema in BY_NAME if pattern.search(key))


def of_words(text: str) -> Schema | None:
    """The schema that words describe, such as "integer from 1 to 5" or "low, medium or high".

    >>> of_words("low|high")
    {'enum': ['low', 'high']}
    """
    said = text.strip().strip("<>.…()[] *")
    between = RANGE.search(said)
    kind = _type_of(said.lower())
    if between is not None and kind not in (STRING, DATE):
        low, high = (float(n) if "." in n else int(n) for n in between.groups())
        is_whole = isinstance(low, int) and isinstance(high, int) and kind is not NUMBER
        return {**(INTEGER if is_whole else NUMBER), "minimum": low, "maximum": high}
    if kind is None or kind is STRING:
        return _choices(said) or kind
    return kind


def _type_of(said: str) -> Schema | None:
    words = WORD.findall(said)
    for place, word in enumerate(words):
        if word in LISTS or word.removesuffix("s") in LISTS:
            return list_of(_type_of(" ".join(words[place + 1 :])) or STRING)
        if word in TYPES_SAID:
            return TYPES_SAID[word]
    if FIGURE.fullmatch(said):
        return NUMBER if "." in said else INTEGER
    return None


def _choices(said: str) -> Schema | None:
    """ "a|b", "low/high", "good, bad or ugly"."""
    if not ("|" in said or "/" in said or " or " in said):
        return None
    return of_choices([part.strip(" \"'`“”") for part in CHOICE.split(said)])


def of_choices(parts: list[str]) -> Schema | None:
    """The schema of one of several values; None if they are no values."""
    members = [part for part in dict.fromkeys(parts) if part.lower() not in NOTHING]
    types = [TYPES_SAID.get(member.lower()) for member in members]
    if not members or any(len(member.split()) > MOST_WORDS for member in members):
        return None
    if all(types):
        return types[0]
    if all(map(FIGURE.fullmatch, members)):
        return {"enum": [float(n) if "." in n else int(n) for n in members]}
    return {"enum": members} if len(members) > 1 else None
