"""Problems of script files, and the error that lists them."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from mock_electron.inputs.spelling import escaped

MAX_NAME: Final = 40
"""Characters of a name that a message shows."""
EMPTY: Final = "''"
"""What messages call a file with an empty name."""
NOT_LISTED: Final = "more problems are not listed"
"""The message of the last problem, if a file has more than are listed."""
DocumentPath = tuple[str | int, ...]
"""The position of a value in a document: names of fields, and indexes in lists."""


Found = tuple[DocumentPath, str]
"""The position of a problem in a value, and its words."""


class WrongError(ValueError):
    """A value is wrong, in one or more places.

    Attributes:
        found: The problems, with their positions in the value.
    """

    def __init__(self, found: Iterable[Found]) -> None:
        self.found: list[Found] = list(found)
        super().__init__("; ".join(words for _, words in self.found))

    def below(self, *path: str | int) -> "WrongError":
        """Return the error for a value that contains the wrong one at this position."""
        return WrongError(((*path, *rest), words) for rest, words in self.found)


class WrongPlaces:
    """Which values of a document are wrong."""

    def __init__(self) -> None:
        self._wrong: set[DocumentPath] = set()  # those that contain another too
        self._places: set[DocumentPath] = set()

    def add(self, path: DocumentPath) -> None:
        """Note that a value is wrong, and so are those that contain it."""
        self._places.add(path)
        self._wrong.update(path[:length] for length in range(len(path) + 1))

    def __contains__(self, path: DocumentPath) -> bool:
        return path in self._wrong

    def right_part(self, path: DocumentPath, value: Any, samples: Mapping[str, Any]) -> Any:
        """Return a value without its wrong fields; None if nothing is left of it.

        Args:
            path: The position of the value.
            value: The value.
            samples: Right values of fields, which take the place of wrong ones.
        """
        if path not in self._wrong:
            return value
        if path in self._places or not isinstance(value, dict):
            return None
        fields: dict[str, Any] = {}
        for name, field in value.items():
            place, right = (*path, name), field
            if place in self._wrong:
                right = self.right_part(place, field, samples) or samples.get(name)
                if right is None:
                    continue
            fields[name] = right
        return fields or None


class Problem(Struct, frozen=True):
    """One problem of a script file.

    Attributes:
        line: The line number, from 1; 0 if the file was not read.
        path: The position of the value in the document.
        words: The message.
    """

    line: int
    path: DocumentPath
    words: str

    @property
    def where(self) -> str:
        """The position as a prefix of the message: `step 2, when: `; "" for the whole file."""
        if not self.path:
            return ""
        first, *rest = self.path
        if first != "steps":
            return f"{str(first)[:MAX_NAME]}: "
        if rest and isinstance(rest[0], int):
            first = f"step {rest[0] + 1}"
        names = [part[:MAX_NAME] for part in rest if isinstance(part, str)]
        return ", ".join([first, *names]) + ": "

    def __str__(self) -> str:
        line = f":{self.line}" if self.line else ""
        return escaped(f"{line}: {self.where}{self.words}")


class ScriptError(ValueError):
    """A script file has errors, which the message lists.

    The first line has the place and the words of the first error, and the number of all errors. The
    others follow, one on each line, indented.

    Attributes:
        name: The name of the file.
        problems: The problems, ordered by line.
    """

    __module__ = "mock_electron"  # as reports show it

    def __init__(self, name: str, problems: Iterable[Problem]) -> None:
        self.name = name
        by_line = sorted(problems, key=lambda problem: problem.line)
        self.problems: tuple[Problem, ...] = tuple(by_line)
        shown = escaped(name) or EMPTY
        first, *others = (f"{shown}{problem}" for problem in self.problems)
        super().__init__("\n  ".join([first + self._count(), *others]))

    def _count(self) -> str:
        """Return the number of errors as the end of the first line; "" for one."""
        number = len(self.problems)
        if self.problems[-1].words == NOT_LISTED:
            return f" (the first of more than {number - 1} errors)"
        return f" (the first of {number} errors)" if number > 1 else ""
