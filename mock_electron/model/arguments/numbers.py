"""Finders of numbers: by the noun, sign or name next to them, or by their order."""

from collections.abc import Iterator
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.arguments.scene import Scene
from mock_electron.model.arguments.values import Mark
from mock_electron.model.arguments.want import Want
from mock_electron.model.arguments.words import Word, meanings

NEIGHBOUR: Final = 16
"""Units of work to compare a word near a number with the words of a property."""


def _beside(scene: Scene, hints: frozenset[str], distance: int, after: bool) -> Iterator[Mark]:
    foreign = meanings(hints, scene.reading.said.language)
    for mark in scene.marks("number"):
        scene.reading.said.work.charge(NEIGHBOUR)
        near = (
            scene.reading.after(mark.end, distance)
            if after
            else scene.reading.before(mark.start, distance)
        )
        word = near[distance - 1] if len(near) >= distance else None
        meant = word is not None and _meant(word, hints, foreign) and not _apart(mark, word, scene)
        if meant or (after and distance == 1 and _sign(scene.reading.text, mark) in hints):
            yield mark


def _apart(mark: Mark, word: Word, scene: Scene) -> bool:
    """Whether a pause separates a number from a word."""
    between = scene.reading.text[min(mark.end, word.end) : max(mark.start, word.start)]
    return PAUSES.search(between) is not None


PAUSES: Final = regex(r"[,;\n]|[.!?]\s")


def _sign(text: str, mark: Mark) -> str:
    """A sign at a number: "$20", "50 %", "31°"."""
    before, behind = text[max(0, mark.start - 1) : mark.start], text[mark.end :].lstrip()[:1]
    return behind if behind in "%°€₹" and behind else before


def _meant(word: Word, hints: frozenset[str], foreign: tuple[str, ...]) -> bool:
    return word.normal in hints or word.written.lower().startswith(foreign)


def noun_after(want: Want, scene: Scene) -> Iterator[Mark]:
    yield from _beside(scene, want.hints, 1, after=True)


def noun_before(want: Want, scene: Scene) -> Iterator[Mark]:
    yield from _beside(scene, want.hints, 1, after=False)


def noun_near(want: Want, scene: Scene) -> Iterator[Mark]:
    yield from _beside(scene, want.hints, 2, after=True)
    yield from _beside(scene, want.hints, 2, after=False)


def aged(want: Want, scene: Scene) -> Iterator[Mark]:
    """An age needs no noun: "John is 32"."""
    for mark in scene.marks("number") if "age" in want.words else ():
        before = scene.reading.before(mark.start)
        if before and before[0].normal in AGED and 0 < mark.value < OLDEST:
            yield mark


AGED: Final = frozenset(("is", "was", "aged", "turned", "am", "i'm"))
OLDEST: Final = 130


def described_noun(want: Want, scene: Scene) -> Iterator[Mark]:
    yield from _beside(scene, want.about, 1, after=True)
    yield from _beside(scene, want.about, 1, after=False)


def one_of_its_noun(want: Want, scene: Scene) -> Iterator[Mark]:
    """ "A night" is one night."""
    for place, word in enumerate(scene.reading.words[1:], 1):
        article = scene.reading.words[place - 1]
        if (
            article.normal in ("a", "an", "one")
            and word.normal in want.words
            and article.normal != word.normal
        ):
            yield Mark("number", 1, article.start, article.end)


def in_order(want: Want, scene: Scene) -> Iterator[Mark]:
    yield from scene.marks("number")


def year(want: Want, scene: Scene) -> Iterator[Mark]:
    """A year is a separate kind of number."""
    for mark in scene.marks("number") if "year" in want.words else ():
        if isinstance(mark.value, int) and 1000 <= mark.value <= 2999:
            yield mark
