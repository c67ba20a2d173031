"""A text together with the parts of it that arguments have already used."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from mock_electron.model.arguments.reading import Reading
from mock_electron.model.arguments.values import Mark
from mock_electron.model.work import WORD


class Scene(Struct, frozen=True):
    """A text, and which of its places are taken. siblings: the properties of the same object."""

    reading: Reading
    taken: list[tuple[int, int]]
    siblings: Mapping[str, Any]

    def free(self, start: int, end: int) -> bool:
        """Whether a place is completely unused."""
        self.reading.said.work.charge(WORD + len(self.taken))
        for begin, stop in self.taken:  # noqa: SIM110 (a generator takes three times as long)
            if begin < end and start < stop:
                return False
        return True

    def scanned(self) -> str:
        """The text, for a pattern that is searched for in all of it."""
        self.reading.said.work.charge(len(self.reading.text))
        return self.reading.text

    def marks(self, *kinds: str) -> Iterator[Mark]:
        """The free typed values of these kinds, in order."""
        self.reading.said.work.charge(WORD * len(self.reading.marks))
        for mark in self.reading.marks:
            if mark.kind in kinds and self.free(mark.start, mark.end):
                yield mark

    def names(self) -> Iterator[Mark]:
        """The free names, in order."""
        for name in self.reading.names:
            if self.free(name.start, name.end):
                yield name

    def quotes(self) -> Iterator[Mark]:
        """The free quotations, in order."""
        for quote in self.reading.quotes:
            if self.free(quote.start, quote.end):
                yield quote
