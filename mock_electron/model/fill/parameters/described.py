"""What the description of a parameter says: values that it lists, and how its values are written."""

from typing import Final

from mock_electron._regex import regex
from mock_electron.model.fill.parameters.want import Want
from mock_electron.model.schema.resolve import Schemas
from mock_electron.model.work import RULE

LONGEST: Final = 600
"""How many characters of a description are read."""
QUOTED: Final = regex(r"(?<!\w)'([^'\n]{1,40})'(?!\w)|\"([^\"\n]{1,40})\"|`([^`\n]{1,40})`")
LISTED: Final = regex(
    r"(?:e\.g\.,?|i\.e\.,?|such as|for example,?|like|options?(?: are| include|:)|one of:?|either|can be|choices?(?: are|:)|includ(?:e|ing)|values?:)\s+([^.;()]{2,120})"
)
PARTS: Final = regex(r",(?!\s*+[A-Z]{2}\b)\s*+(?:and |or )?+|\b(?:or|and)\s")
MOST: Final = 24


def values(schemas: Schemas, want: Want) -> tuple[str, ...]:
    """The values that a description lists, such as 'small' and 'large'."""
    return schemas.known(("listed", id(want), 0), want, lambda: _values(schemas, want))


def _values(schemas: Schemas, want: Want) -> tuple[str, ...]:
    text = description(want)
    if not text:
        return ()
    schemas.work.charge(RULE + len(text))
    found = [match[match.lastindex or 0].strip() for match in QUOTED.finditer(text)]
    if not found and want.role.name not in OPEN:
        for match in LISTED.finditer(text):
            parts = [part.strip() for part in PARTS.split(match[1])]
            found += [part for part in parts if part and part.count(" ") < 3]
    return tuple(dict.fromkeys([value for value in found if value and value.lower() not in NONE]))[
        :MOST
    ]


OPEN: Final = frozenset(("place", "person", "name", "organisation"))
"""Roles whose descriptions list examples rather than choices: "The city, such as Paris"."""
NONE: Final = frozenset(
    ("etc", "default", "true", "false", "none", "null", "name", "and", "or", "example")
)


def is_code(schemas: Schemas, want: Want) -> bool:
    """Whether all values that a description lists have a digit: "e.g. BEL-100"."""
    listed = values(schemas, want) if "description" in want.schema else ()
    return bool(listed) and all(DIGIT.search(value) is not None for value in listed)


DIGIT: Final = regex(r"\d")


def description(want: Want) -> str:
    """The description of a parameter, as far as it is read."""
    told = want.schema.get("description")
    return told[:LONGEST] if isinstance(told, str) else ""


FRACTION: Final = regex(
    r"\bdecimal|\bfraction|\b0?\.\d|between 0 and 1|\b0 to 1\b",
)
PERCENT: Final = regex(r"percent|%|\(0-100\)|0 to 100")
CENTS: Final = regex(r"\bcents?\b|\bpaise\b|\bpence\b|\bminor\b|smallest (?:currency )?unit")


def wants_fraction(want: Want) -> bool:
    """Whether 7% is written as 0.07."""
    if want.kind == "integer":
        return False
    told = f"{want.name} {description(want)}".lower()
    if FRACTION.search(told) is not None:
        return True
    most = want.schema.get("maximum")
    return (isinstance(most, int | float) and most <= 1) or PERCENT.search(told) is None


def wants_cents(want: Want) -> bool:
    """Whether 35 euros is written as 3500."""
    return CENTS.search(f"{want.name.replace('_', ' ')} {description(want)}".lower()) is not None
