"""Find the tools that one clause needs together: "the median and the variance of 3, 4 and 5".

1. A tool is needed too if the clause has a noun of its name that no needed tool has.
2. The nouns must be joined: an "and" or a comma is between them, and each tool fits the clause.
3. A tool whose values are on its own side of the joint gets that side; otherwise it gets the clause.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from msgspec.structs import replace

from mock_electron._regex import regex
from mock_electron.model.decide.catalogue import Catalogue
from mock_electron.model.decide.clauses import WORD, may_be_cut
from mock_electron.model.decide.scoring import ToolScore
from mock_electron.model.decide.tool_words import noun_of
from mock_electron.model.fill import Said, assigned
from mock_electron.model.work import WORD as WORD_UNITS
from mock_electron.wire.request import Tool

JOINT: Final = regex(
    r"(?<!\s)\s*+,\s*+(?:(?:and|as well as)\s)?+|(?<!\s)\s++(?:and|as well as|plus|along with|or)\s",
    re.IGNORECASE,
)


def together(
    fitting: list[ToolScore], said: Said, catalogue: Catalogue
) -> Iterator[tuple[Tool, int, int]]:
    """Yield the tools that a clause needs, and the place of what was said for each, in order.

    Args:
        fitting: The scores of the tools that fit, best first.
        said: The clause.
        catalogue: All tools.
    """
    best = fitting[0].tool
    if len(fitting) == 1 or not may_be_cut(said.text):
        yield best, 0, len(said.text)
        return
    said.work.charge(WORD_UNITS * len(said.text))
    places: dict[str, list[int]] = {}
    for word in WORD.finditer(said.text):
        places.setdefault(noun_of(word[0]), []).append(word.start())
    joints = [joint.span() for joint in JOINT.finditer(said.text)]
    nouns = {offer.tool.name: offer.words.nouns for offer in catalogue.offers}
    chosen = [(best, _first(nouns[best.name], places))]
    known = nouns[best.name]
    for one in fitting[1:]:
        own = [noun for noun in nouns[one.tool.name] - known if noun in places]
        lost = [noun for noun in known - nouns[one.tool.name] if noun in places]
        if not own or not lost:
            continue
        at = min(places[noun][0] for noun in own)
        there = min(places[noun][0] for noun in lost)
        if any(min(at, there) < start < max(at, there) for start, _ in joints):
            chosen.append((one.tool, at))
            known |= nouns[one.tool.name]
    if len(chosen) == 1:
        yield best, 0, len(said.text)
        return
    chosen.sort(key=lambda one: one[1])
    yield from _sides(chosen, joints, said)


def _first(nouns: frozenset[str], places: dict[str, list[int]]) -> int:
    return min([places[noun][0] for noun in nouns if noun in places], default=0)


def _sides(
    chosen: list[tuple[Tool, int]], joints: list[tuple[int, int]], said: Said
) -> Iterator[tuple[Tool, int, int]]:
    """Yield the tools with their sides of the clause; rule 3."""
    cuts = [0]
    for (_, first), (_, second) in pairwise(chosen):
        between = [end for start, end in joints if first < start < second]
        cuts.append(between[-1] if between else second)
    cuts.append(len(said.text))
    for (tool, _), start, end in zip(chosen, cuts, cuts[1:], strict=False):
        side = replace(said, text=said.text[start:end].strip(), earlier=())
        found = assigned(tool, side)
        yield (tool, start, end) if found.given and not found.missing else (tool, 0, len(said.text))
