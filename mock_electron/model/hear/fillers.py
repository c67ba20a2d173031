"""Words that mean nothing.

1. "Um" goes wherever it is, "you know" unless it is a question or has an object, "like" only before a
   value: "for like four people".
2. Words of two letters in Latin script are fillers only in a text without capitals and commas.
"""

from typing import Final

from mock_electron.model.hear.pieces import Line
from mock_electron.model.hear.signals import LIKE
from mock_electron.model.hear.speech import matched

KNOWING: Final = frozenset(
    "do did does don't didn't if that what as let would how will should may to".split()
)
"""Before "you know", these make it no filler."""
KNOWN: Final = frozenset("what where who how when why if whether anything about which any".split())
"""After "you know" at the beginning, likewise."""
LIKE_BEFORE: Final = frozenset(
    "for at around in by is it's was about maybe to of need want".split()
)
NEVER: Final = frozenset(("um", "uh", "umm", "uhh", "uhm", "erm", "hmm", "hmmm", "उम", "उम्म", "ம்ம்"))
"""Fillers in every text, also in one that is typed neatly."""
MODEST: Final = frozenset(("around", "about", "um", "uh", "tomorrow", "today", "maybe"))


def without_fillers(line: Line) -> Line:
    """The line without words that mean nothing."""
    cuts: list[tuple[int, int]] = []
    place = 0
    while place < len(line.words):
        end = _filler(line, place)
        if end is not None:
            cuts.append((place, end))
        place = end or place + 1
    return line.without(cuts) if cuts and _left(line, cuts) else line


def _left(line: Line, cuts: list[tuple[int, int]]) -> bool:
    return sum(end - start for start, end in cuts) < len(line.pieces)


def _filler(line: Line, place: int) -> int | None:
    """The place after the filler at a place, or None."""
    word = line.words[place]
    if word == LIKE:
        is_filler = line.spoken and line.word(place - 1) in LIKE_BEFORE and _has_value(line, place)
        return place + 1 if is_filler else None
    found = matched(line.speech.fillers, line.words, place)
    if found is None or not (line.spoken or word in NEVER):
        return None
    if line.word(found[0]) == "huh" or line.word(place - 1) == "mm":
        return None  # "uh huh" and "mm hmm" are answers
    if word == "you":
        before, after = line.word(place - 1), line.word(found[0])
        if before in KNOWING or (after in KNOWN and before not in ("um", "uh")):
            return None
    return found[0]


def _has_value(line: Line, place: int) -> bool:
    after = line.word(place + 1)
    return after in line.speech.singles or after.isdecimal() or after in MODEST
