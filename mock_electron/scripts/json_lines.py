"""Find the line of each value of a JSON document and its duplicate keys, within the limits."""

from typing import Final

from msgspec import Struct, field

from mock_electron._regex import regex
from mock_electron.scripts.limits import (
    MAX_VALUES,
    MOST_LEVELS,
    TOO_DEEP,
    TOO_MANY,
    LimitExceededError,
)
from mock_electron.scripts.problems import DocumentPath, Problem
from mock_electron.scripts.wording import shown
from mock_electron.wire import codec

TOKEN: Final = regex(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}:,\n]|[^\s\[\]{}:,"]+')
"""A token of valid JSON, or a line end."""

OPENING: Final = frozenset("[{")
CLOSING: Final = frozenset("]}")
BETWEEN: Final = frozenset(":,\n")


class _Level(Struct):
    """A list or an object that is being read.

    Attributes:
        path: The path of the list or object.
        key: The key or index of the current member.
        keys: The keys that were read so far.
    """

    path: DocumentPath
    key: str | int
    keys: set[str] = field(default_factory=set)


def check_limits(text: str) -> None:
    """Check the depth of a document and the number of its values before it is read.

    The document can be invalid. Its tokens are found one after the other, so that other threads can
    run meanwhile: a document has up to a million.

    Raises:
        LimitExceededError: If the document is nested too deeply, or has too many values.
    """
    depth = values = 0
    for token in TOKEN.finditer(text):
        piece = token[0]
        if piece in BETWEEN:
            continue
        if piece in CLOSING:
            depth -= 1
            continue
        depth += piece in OPENING
        values += 1  # keys included
        if depth > MOST_LEVELS or values > MAX_VALUES:
            line = text.count("\n", 0, token.start()) + 1
            words = TOO_DEEP if depth > MOST_LEVELS else TOO_MANY
            raise LimitExceededError(Problem(line, (), words))


class JsonLines:
    """The lines and the duplicate keys of a valid JSON document within the limits.

    Args:
        text: The document.

    Attributes:
        lines: The line of each value, from 1.
        problems: The duplicate keys.
    """

    def __init__(self, text: str) -> None:
        self.lines: dict[DocumentPath, int] = {}
        self.problems: list[Problem] = []
        self._line = 1
        self._levels: list[_Level] = []
        self._expects_key = False
        for token in TOKEN.finditer(text):
            self._read(token[0])

    def _read(self, piece: str) -> None:
        if piece == "\n":
            self._line += 1
        elif piece in "]}":
            self._levels.pop()
            self._expects_key = False
        elif piece == ",":
            level = self._levels[-1]
            self._expects_key = isinstance(level.key, str)
            if isinstance(level.key, int):
                level.key += 1
        elif piece == ":":
            self._expects_key = False
        elif self._expects_key:
            self._read_key(piece)
        else:
            self._read_value(piece)

    def _read_key(self, piece: str) -> None:
        level, key = self._levels[-1], str(codec.decode(piece.encode()))
        if key in level.keys:
            self.problems.append(Problem(self._line, level.path, f"duplicate key {shown(key)}"))
        level.keys.add(key)
        level.key = key
        self.lines[(*level.path, key)] = self._line

    def _read_value(self, piece: str) -> None:
        level = self._levels[-1] if self._levels else None
        path = (*level.path, level.key) if level else ()
        self.lines.setdefault(path, self._line)
        if piece in "[{":
            self._levels.append(_Level(path, 0 if piece == "[" else ""))
            self._expects_key = piece == "{"
