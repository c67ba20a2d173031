"""Finders of numbers: by the noun, sign or name next to them, or by their order."""

from collections.abc import Iterator
from typing import Final

from mock_electron.model.arguments.scene import Scene
from mock_electron.model.arguments.values import Mark
from mock_electron.model.arguments.want import Want
from mock_electron.model.arguments.words import Word, meanings

NEIGHBOUR: Final = 4
"""Units of work to compare a word near a number with the words of a property."""


def _beside(scene: Scene, hints: frozenset[str], distance: int, after: bool) -> Iterator[Mark]:
    reading = scene.reading
    foreign = meanings(hints, reading.said.language)
    reading.said.work.charge(NEIGHBOUR * len(reading.numbers))
    for number in reading.numbers:
        word = (number.after if after else number.before)[distance - 1]
        meant = word is not None and _meant(word, hints, foreign)
        meant = meant or (after and distance == 1 and number.sign in hints)
        if meant and scene.free(number.mark.start, number.mark.end):
            yield number.mark


def _meant(word: Word, hints: frozenset[str], foreign: tuple[str, ...]) -> bool:
    return word.normal in hints or word.written.lower().startswith(foreign)


def has_hints(want: Want) -> bool:
    """Whether words are known that appear next to the values of a property."""
    return bool(want.hints)


def noun_after(want: Want, scene: Scene) -> Iterator[Mark]:
    yield from _beside(scene, want.hints, 1, after=True)


def noun_before(want: Want, scene: Scene) -> Iterator[Mark]:
    yield from _beside(scene, want.hints, 1, after=False)


def noun_near(want: Want, scene: Scene) -> Iterator[Mark]:
    yield from _beside(scene, want.hints, 2, after=True)
    yield from _beside(scene, want.hints, 2, after=False)


def is_age(want: Want) -> bool:
    """Whether a property is an age."""
    return "age" in want.words


def aged(want: Want, scene: Scene) -> Iterator[Mark]:
    """An age needs no noun: "John is 32"."""
    for mark in scene.marks("number"):
        before = scene.reading.before(mark.start)
        if before and before[0].normal in AGED and 0 < mark.value < OLDEST:
            yield mark


AGED: Final = frozenset(("is", "was", "aged", "turned", "am", "i'm"))
OLDEST: Final = 130


def is_described(want: Want) -> bool:
    """Whether a property has a title or a description."""
    return bool(want.about)


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


def is_year(want: Want) -> bool:
    """Whether a property is a year."""
    return "year" in want.words


def year(want: Want, scene: Scene) -> Iterator[Mark]:
    """A year is a separate kind of number."""
    for mark in scene.marks("number"):
        if isinstance(mark.value, int) and 1000 <= mark.value <= 2999:
            yield mark
