"""The names of persons in lower case, as speech recognition writes them.

A name begins with a given name of the list, and goes on for at most three words. The list has no
word that usually means something else, such as "rose" or "may".
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from mock_electron.model.fill.text.proper import CONNECTORS, OPENERS

FILE: Final = Path(__file__).parents[2] / "lexicons" / "given_names.txt"
MOST_WORDS: Final = 3


@cache
def given_names() -> frozenset[str]:
    """Return the given names in lower case, of many countries. They are read when first used."""
    return frozenset(FILE.read_bytes().decode().split())


def name_in(lowers: Sequence[str], first: int, last: int) -> tuple[int, int] | None:
    """Return where the name of a person begins and ends in a run of words, or None.

    Args:
        lowers: The words of the text in lower case.
        first: The place of the first word of the run.
        last: The place after its last word.
    """
    known = given_names()
    begin = next((place for place in range(first, last) if lowers[place] in known), None)
    if begin is None:
        return None
    end = begin + 1
    while end < last and end - begin < MOST_WORDS and _goes_on(lowers, end, last):
        end += 1
    has = end < last and lowers[end].endswith("'s")  # "ollie barnes's mum"
    return None if has else (begin, end)


def _goes_on(lowers: Sequence[str], place: int, last: int) -> bool:
    """Whether a word behind a given name is a part of the name."""
    word = lowers[place]
    if word in CONNECTORS:
        return place + 1 < last
    return word.isalpha() and word not in OPENERS and word not in FOLLOWING


FOLLOWING: Final = frozenset(
    """account address age aged appointment bill birthday booking callback card cell class contact
    delivery desk email extension flat here house landline line mobile number order parcel party
    phone please policy reservation room speaking table ticket today tomorrow tonight year years""".split()
)
"""Words that follow a name and do not belong to it."""
