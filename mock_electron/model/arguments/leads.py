"""Find names by the words before and after them: "in paris", "for anna", "jason is 25"."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.arguments.reading import Reading
from mock_electron.model.arguments.values import Mark
from mock_electron.model.arguments.want import Want
from mock_electron.model.arguments.words import SCHEMA_WORDS
from mock_electron.model.normalise import STOP_WORDS

Free = Callable[[int, int], bool]
PLACE_LEADS: Final = frozenset(
    "in at near of for to from around within is en à em a auf nach über".split()
)
PERSON_LEADS: Final = frozenset(
    "for named called to with by from is am i'm about für para pour".split()
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
    """Lowercase names after the words that lead to them."""
    leads = "|".join(sorted(LEADS[want.role.name] - {"is", "am", "about", "a"}))
    if want.role.name in ("person", "name"):
        for match in TOLD.finditer(reading.text):
            if free(match.start(1), match.end(1)) and match[1] not in NAMELESS:
                yield Mark("name", match[1], match.start(1), match.end(1))
        for match in AGED.finditer(reading.text):
            if free(match.start(1), match.end(1)) and match[1] not in NAMELESS:
                yield Mark("name", match[1], match.start(1), match.end(1))
    for match in re.finditer(AFTER_LEAD.format(leads=leads), reading.text):
        first, _, second = match["x"].partition(" ")
        value = first if not second or second in NAMELESS | PLAIN else match["x"]
        end = match.start("x") + len(value)
        if first.lower() not in NAMELESS | PLAIN and free(match.start("x"), end):
            yield Mark("name", value, match.start("x"), end)


TOLD: Final = regex(
    r"\b(?:tell|text|call|message|notify|ask|ping|e-?mail|remind) ([^\W\d]{2,}) (?:that|to|about)\b",
    re.IGNORECASE,
)
AGED: Final = regex(r"(?<![^\W\d])([^\W\d]{2,}) (?:is|was|aged|turned|turns) (?=\d)")
NAMELESS: Final = STOP_WORDS | SCHEMA_WORDS
PLAIN: Final = frozenset(
    """today tomorrow tonight now right please next this celsius fahrenheit degrees metric imperial
    weather forecast order price call meeting table message everyone there here much long day week
    month year hour minute morning afternoon evening night time date me it
    """.split()
)
