"""The word normaliser and the stop words, used wherever English words are compared.

1. Identifiers are split: `listCities`, `list_cities` and `list-cities` are "list" and "cities".
2. `normalise` ignores case and number. A word and its regular plural have the same normal form, as
   have the irregular plurals in IRREGULAR. A normal form is only for comparison and need not be an
   English word.
3. `stem` also removes the endings of verbs: "booking" and "booked" become "book". Only the matching
   of tools uses it.
4. Words in STOP_WORDS carry no meaning.
"""

import re
from functools import lru_cache
from typing import Final

from mock_electron._regex import regex

IDENTIFIER: Final = regex(
    r"[a-z]+|(?<![A-Z])[A-Z]{2,}s(?![a-z])|[A-Z][a-z]+|[A-Z]+(?![a-z])|[0-9]+|[^\W\d_A-Za-z]+"
)
SHORTEST: Final = 3
"""Letters that must be left when an ending is removed."""

IRREGULAR: Final = {
    "analyses": "analysis", "children": "child", "crises": "crisis", "criteria": "criterion",
    "diagnoses": "diagnosis", "does": "do", "feet": "foot", "geese": "goose", "goes": "go",
    "halves": "half", "indices": "index", "knives": "knife", "loaves": "loaf", "matrices": "matrix", "men": "man", "mice": "mouse", "scarves": "scarf",
    "shelves": "shelf", "teeth": "tooth", "thieves": "thief", "wives": "wife", "wolves": "wolf",
    "women": "woman",
    **{f"{noun}s": noun for noun in ("ad", "cv", "id", "km", "pc", "pr", "tv")},
}  # fmt: skip
"""Forms that no rule covers. "leaves" counts as the plural of "leave", not of "leaf"."""
SINGULAR: Final = frozenset("alias atlas bias canvas christmas iris lens news opus plus".split())
"""Words that end in "s" and are singular. Those in "ss" need no entry, nor do most in "us" and
"is", because rule 2 of PLURALS treats both numbers alike."""

PLURALS: Final = tuple(
    (regex(pattern), replacement)
    for pattern, replacement in (
        (r"ies?$", "y"),  # cities, city; movies, movie
        (r"(?<=[ui])s$|(?<=[a-z]{3}[ui])ses?$", ""),  # menus, menu; statuses, status
        (r"zz?(?:es?)?$", "z"),  # quizzes, quiz; sizes, size
        (r"(ss?|x|[cs]h|o)es?$", r"\1"),  # boxes, box; cases, case; heroes, hero
        (r"(?<!s)s$", ""),  # orders, order
    )
)
"""Endings and their replacements. The first that leaves SHORTEST letters applies. An "e" that may
belong to the plural ending is removed from the singular too: whether "caches" is the plural of
"cache" or "boxes" that of "boxe" need not be known."""

LAST_OF_PLURALS: Final = "esz"
"""The last letters of the endings in PLURALS. Most words end otherwise and need no more work."""

ENDINGS: Final = tuple(
    (regex(pattern), replacement)
    for pattern, replacement in (
        (r"(?<=i)ing$", ""),  # skiing
        (r"ation$", "e"),
        (r"ing$", "e"),
        (r"(?<!ss)ion$", "e"),  # action, but not mission: "express" is not an expression
        (r"(?<!ce)ed$", "e"),  # booked, closed; applied, which becomes "applie" and then "apply"
    )
)
LAST_E: Final = regex(r"(?<=...)e$")
"""Removed last: the "e" of "price"."""
LAST_OF_ENDINGS: Final = "degn"
"""The last letters of ENDINGS and LAST_E."""
WITH_E: Final = frozenset("care fare plane".split())
"""Words that would be others without their "e"."""
VERBS: Final = {
    "delivery": "deliver", "discovery": "discover", "enquiry": "enquire", "expiry": "expire",
    "inquiry": "inquire", "loss": "lose", "recovery": "recover",
}  # fmt: skip
"""Nouns that mean what their verb does. There is no rule: a baker is not a bakery."""


@lru_cache(maxsize=2048)
def normalise(word: str) -> str:
    """Return the form of a word that is the same in singular and plural, in any case.

    >>> [normalise(word) for word in ("Nights", "cities", "city", "boxes", "address", "bus")]
    ['night', 'city', 'city', 'box', 'address', 'bus']
    """
    lower = word.lower()
    if lower in IRREGULAR:
        lower = IRREGULAR[lower]
    if lower in SINGULAR or lower[-1:] not in LAST_OF_PLURALS:
        return lower
    for pattern, replacement in PLURALS:
        singular = pattern.sub(replacement, lower)
        if singular != lower and len(singular) >= SHORTEST:
            return singular
    return lower


def normalised(words: str) -> frozenset[str]:
    """Return the normal forms of words that are separated by spaces."""
    return frozenset(map(normalise, words.split()))


@lru_cache(maxsize=2048)
def stem(word: str) -> str:
    """Return the form of a word that its relatives share.

    >>> {stem(word) for word in ("booking", "bookings", "booked", "books", "book")}
    {'book'}
    """
    normal = normalise(word)
    if normal in VERBS:
        normal = VERBS[normal]
    if normal[-1:] not in LAST_OF_ENDINGS or normal in WITH_E:
        return normal
    for pattern, replacement in ENDINGS:
        base = pattern.sub(replacement, normal)
        if base != normal and len(base) >= SHORTEST + len(replacement):
            normal = normalise(base)
            break
    return LAST_E.sub("", normal)


def pattern_of(normal: str) -> str:
    """Return a regular expression for the beginning of every word with this normal form."""
    return re.escape(normal[:-1]) + "(?:y|ie)" if normal.endswith("y") else re.escape(normal)


def split(text: str) -> list[str]:
    """Return the words of an identifier or of a text, as they are written."""
    return IDENTIFIER.findall(text)


@lru_cache(maxsize=2048)
def parts(name: str) -> tuple[str, ...]:
    """Return the words of an identifier, in lowercase.

    >>> parts("nhsNumber")
    ('nhs', 'number')
    """
    return tuple(map(str.lower, split(name)))


WRITTEN: Final = frozenset(
    """
    a about all also an and any are as at be but by can could do does else for from get give has
    have her here him his how i if in into is it its just let like me more my need no not now of
    on one only or other our out over please set should so some such than that the their them
    then there these they this those to two up us use used using value via want was we were what
    when where which while who whose will with without would yes you your
    """.split()
)
STOP_WORDS: Final = WRITTEN | frozenset(map(normalise, WRITTEN))
"""Words that carry no meaning, as they are written and in their normal form."""
