"""How many people a text lists: "my wife and me" are two, "me, my husband and our little lad" three.

Adults and children are counted apart. The speaker alone counts only after "just": "just me".
"""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from mock_electron.model.fill.call import Call, Scored
from mock_electron.model.fill.parameters.want import Want
from mock_electron.model.fill.text.relations import ANIMALS, PEOPLE, POSSESSIVES
from mock_electron.model.fill.text.values import Mark
from mock_electron.model.language import ENGLISH
from mock_electron.model.normalise import normalise
from mock_electron.model.work import WORD

SPEAKER: Final = frozenset(("me", "myself", "i"))
CHILDREN: Final = frozenset(
    """baby child kid toddler son daughter boy girl lad lass grandson granddaughter stepson stepdaughter
    infant little one nephew niece""".split()
) - {"little", "one"}
ADULTS: Final = (
    PEOPLE | frozenset(("adult", "person", "mate", "other", "missus", "hubby", "parent", "pal"))
) - CHILDREN
BESIDE: Final = POSSESSIVES | frozenset(
    "a an the one little young old eldest youngest elderly other small tiny".split()
)
JOINS: Final = frozenset(("and", "plus", "with", "&"))
ALONE: Final = frozenset(("just", "only", "by", "for"))
PEOPLED: Final = frozenset(("people", "person"))
POINTS: Final = 62.0


class Company(Struct, frozen=True):
    """People that are listed.

    Attributes:
        adults: How many adults they are.
        children: How many children they are.
        first: The place of the first word.
        last: The place after the last word.
    """

    adults: int
    children: int
    first: int
    last: int


def counted(call: Call, want: Want) -> Iterator[Scored]:
    """How many of the listed people a parameter counts."""
    is_child = not CHILDREN.isdisjoint(want.words)
    if not is_child and PEOPLED.isdisjoint(want.hints):
        return
    text = call.text
    lowers = text.sentence.lowers
    text.reading.said.work.charge(WORD * len(lowers))
    found = company_in(lowers)
    if found is None:
        return
    is_adult = "adult" in want.words
    value = found.adults if is_adult else found.children if is_child else 0
    if not is_adult and not is_child:
        value = found.adults + found.children
    words = text.reading.words
    start, end = words[found.first].start, words[found.last - 1].end
    place = start + is_child  # adults and children are in the same words
    if value or is_adult:
        ranges = ((place, place + 1),) if is_adult or is_child else ((start, end),)
        yield POINTS, POINTS, Mark("number", value, start, end), ranges


def company_in(lowers: Sequence[str]) -> Company | None:
    """Return the people that words in lowercase list, or None."""
    for first in range(len(lowers)):
        found = _listed(lowers, first)
        if found is not None:
            return found
    return None


def _listed(lowers: Sequence[str], first: int) -> Company | None:
    """The people who are listed from a place on."""
    counts, is_speaker = [0, 0], False
    place, last, members = first, first, 0
    while place < len(lowers):
        found = _member(lowers, place, is_speaker)
        if found is None:
            break
        last, many, is_child = found
        counts[is_child] += many
        is_speaker = is_speaker or lowers[last - 1] in SPEAKER
        members += 1
        if last >= len(lowers) or lowers[last] not in JOINS:
            break
        place = last + 1
    before = lowers[first - 1] if first else ""
    is_alone = before in ALONE and (lowers[first] == "myself" or before not in ("by", "for"))
    return (
        Company(counts[0], counts[1], first, last)
        if members > 1 or (is_speaker and is_alone)
        else None
    )


def _member(lowers: Sequence[str], start: int, is_speaker: bool) -> tuple[int, int, bool] | None:
    """The place after a member of a list, how many it is, and whether it is a child."""
    place = start
    while place < len(lowers) and lowers[place] in BESIDE:
        place += 1
    many = _number(lowers[place]) if place < len(lowers) else None
    place += many is not None
    word = normalise(lowers[place]) if place < len(lowers) else ""
    if word in SPEAKER and place == start:
        return place + 1, 1, False
    is_known = word in ADULTS or word in CHILDREN
    is_known = is_known or (
        is_speaker and lowers[start] in POSSESSIVES and bool(word) and word not in ANIMALS
    )
    if not is_known or place == start or (many or 0) > MOST:
        return None
    return place + 1, 1 if many is None else many, word in CHILDREN


def _number(word: str) -> int | None:
    return int(word) if word.isdecimal() else ENGLISH.numbers.get(word)


MOST: Final = 50
"""The largest number of people of one kind."""
