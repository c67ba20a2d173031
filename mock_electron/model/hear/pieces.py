"""A text cut into words, so that words can be replaced and every word still knows its origin.

1. A piece is a word with the text before it. Pieces together are the text, byte for byte.
2. A replaced piece keeps the place in the original of all words that it stands for.
3. Words in quotation marks are never replaced.
"""

from bisect import bisect_right
from itertools import accumulate
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron.model.hear.speech import Speech, folded_word
from mock_electron.model.language import WORD
from mock_electron.model.once import once

QUOTES: Final = (('"', '"'), ("“", "”"), ("«", "»"), ("「", "」"), ("`", "`"))
HIDDEN: Final = "\0"
"""The word that stands for a quoted word."""


class Piece(Struct, frozen=True):
    """A word.

    Attributes:
        gap: The text between the word before and this one.
        text: The word as it is written now.
        start: The index of its first character in the original.
        end: The index after its last character in the original.
        is_changed: Whether the original has other characters.
    """

    gap: str
    text: str
    start: int
    end: int
    is_changed: bool = False


class Written(Struct, frozen=True):
    """How words are written.

    Attributes:
        end: The place after the last of the words.
        text: What they are written as.
        level: VALUE, if the words stay and only their value is known; SPOKEN, if they are written in
            this way in a spoken text; ALWAYS, if nobody types such words.
    """

    end: int
    text: str
    level: int = 1


VALUE, SPOKEN, ALWAYS = range(3)


class Line(Struct, frozen=True, dict=True):
    """A text as pieces.

    Attributes:
        pieces: The words.
        tail: The text after the last word.
        speech: The words of its languages.
        spoken: Whether it is written as speech recognition writes: without capitals and commas.
    """

    pieces: tuple[Piece, ...]
    tail: str
    speech: Speech
    spoken: bool = True

    @classmethod
    def of(cls, text: str, speech: Speech, *, spoken: bool = True) -> "Line":
        """Return the line of a text."""
        pieces: list[Piece] = []
        end = 0
        for word in WORD.finditer(text):
            pieces.append(Piece(text[end : word.start()], word[0], *word.span()))
            end = word.end()
        line = cls(tuple(pieces), text[end:], speech, spoken)
        quoted = quotations(text)
        if quoted:
            line.__dict__["words"] = [
                HIDDEN if _is_inside(piece, quoted) else folded_word(piece.text) for piece in pieces
            ]
        return line

    @once
    def words(self) -> list[str]:
        """The words in lowercase; a quoted word is HIDDEN."""
        return [folded_word(piece.text) for piece in self.pieces]

    @once
    def text(self) -> str:
        """The text as it is now."""
        return "".join([piece.gap + piece.text for piece in self.pieces]) + self.tail

    def word(self, place: int) -> str:
        """The word at a place, or "" outside of the line."""
        return self.words[place] if 0 <= place < len(self.words) else ""

    def spaced(self, place: int) -> bool:
        """Whether only a space is between a word and the one before."""
        return place < len(self.pieces) and self.pieces[place].gap.isspace()

    def joined(self, place: int) -> bool:
        """Whether only a space or a hyphen is between a word and the one before."""
        return place < len(self.pieces) and self.pieces[place].gap in (" ", "-", "  ")

    def ends(self, place: int) -> bool:
        """Whether the line or a clause ends before a place."""
        if place >= len(self.pieces):
            return True
        gap = self.pieces[place].gap
        return len(gap) > 1 and not gap.isspace()

    def with_pieces(self, pieces: list[Piece], words: list[str]) -> "Line":
        """The line with other pieces and their words."""
        changed = replace(self, pieces=tuple(pieces))
        changed.__dict__["words"] = words
        return changed

    def replaced(self, start: int, end: int, text: str) -> Piece:
        """The piece that stands for the words from one place to another."""
        first, last = self.pieces[start], self.pieces[end - 1]
        return Piece(first.gap, text, first.start, last.end, is_changed=True)

    def without(self, cuts: list[tuple[int, int]]) -> "Line":
        """The line without the words of some ranges, which are in order."""
        pieces, words = list(self.pieces), list(self.words)
        for start, end in reversed(cuts):
            gap = pieces[start].gap
            del pieces[start:end], words[start:end]
            if start == 0 and pieces:
                pieces[0] = replace(pieces[0], gap=gap)
        return self.with_pieces(pieces, words)

    @once
    def starts(self) -> list[int]:
        """The index of each word in the text as it is now."""
        ends = accumulate(len(piece.gap) + len(piece.text) for piece in self.pieces)
        return [end - len(piece.text) for end, piece in zip(ends, self.pieces, strict=True)]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original of a place in the text as it is now."""
        first = self._piece(start)
        last = self._piece(max(start, end - 1))
        return self._before(first, start), max(self._before(first, start), self._after(last, end))

    def _piece(self, index: int) -> int:
        return bisect_right(self.starts, index) - 1

    def _before(self, place: int, index: int) -> int:
        if place < 0:
            following = self.pieces[0].start if self.pieces else 0
            return max(0, following - (self.starts[0] if self.starts else 0) + index)
        piece, inside = self.pieces[place], index - self.starts[place]
        if inside >= len(piece.text):
            return piece.end + inside - len(piece.text)
        return piece.start + (0 if piece.is_changed else inside)

    def _after(self, place: int, index: int) -> int:
        if place < 0:
            return self._before(place, index)
        piece, inside = self.pieces[place], index - self.starts[place]
        behind = inside - len(piece.text)
        return piece.end + (0 if piece.is_changed and behind < 0 else behind)


def quotations(text: str) -> list[tuple[int, int]]:
    """Return the places of the marks around each quotation, in order."""
    found: list[tuple[int, int]] = []
    for opening, closing in QUOTES:
        start = text.find(opening)
        while start >= 0:
            end = text.find(closing, start + 1)
            if end < 0:
                break
            found.append((start, end))
            start = text.find(opening, end + 1)
    return sorted(found)


def _is_inside(piece: Piece, quoted: list[tuple[int, int]]) -> bool:
    place = bisect_right(quoted, (piece.start, piece.end)) - 1
    return place >= 0 and piece.end <= quoted[place][1]
