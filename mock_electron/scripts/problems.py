"""Problems of script files, and the error that lists them."""

from collections.abc import Iterable
from typing import Final

from mock_electron._dataclass import dataclass
from mock_electron.inputs.spelling import escaped

MAX_NAME: Final = 40
"""Characters of a name that a message shows."""
EMPTY: Final = "''"
"""What messages call a file with an empty name."""
DocumentPath = tuple[str | int, ...]
"""The position of a value in a document: names of fields, and indexes in lists."""


@dataclass(frozen=True, slots=True)
class Problem:
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
        super().__init__("\n".join(f"{shown}{problem}" for problem in self.problems))
