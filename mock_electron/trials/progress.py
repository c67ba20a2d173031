"""The results of a search so far, in a file, so that a search that was interrupted goes on.

1. The file has a line for the plan, one for each result, and one at the end of the search.
2. A search that was finished begins anew: its results are those of the client as it was.
3. A file that belongs to another plan is refused. A last line that is cut off is ignored.
"""

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from mock_electron.inputs.spelling import escaped
from mock_electron.outputs.files import write_file
from mock_electron.trials.outcomes import TrialOutcome

FORMAT: Final = 1


class Head(Struct, frozen=True, forbid_unknown_fields=True):
    """The first line.

    Attributes:
        faults: The format of the file.
        plan: The digest of the names of the trials.
        part: Which part of the trials.
        timeout: Seconds after which a run hangs.
    """

    faults: int
    plan: str
    part: tuple[int, int]
    timeout: float


class Line(Struct, frozen=True, forbid_unknown_fields=True):
    """A result.

    Attributes:
        trial: The name of the trial.
        outcome: Its outcome; None if a fault did not happen.
        reason: What was seen.
        retried: Whether the request of the first fault came again.
    """

    trial: str
    outcome: TrialOutcome | None
    reason: str = ""
    retried: bool = False


FINISHED: Final = b'{"finished":true}'


class ProgressError(ValueError):
    """A file of results cannot be used."""

    def __init__(self, path: Path, words: str) -> None:
        super().__init__(f"{escaped(str(path))}: {words}; remove the file to begin anew")


class Progress:
    """A file of results.

    Args:
        path: The file. It may be missing.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)

    def begin(
        self, trials: Sequence[str], part: tuple[int, int], timeout: float
    ) -> dict[str, Line]:
        """Return the results of an unfinished search by the names of their trials.

        Raises:
            ProgressError: If the file is something else, or belongs to another plan.
            OSError: If it cannot be read or written.
        """
        digest = blake2b("\n".join(trials).encode(), digest_size=8).hexdigest()
        head = Head(FORMAT, digest, part, timeout)
        lines = self._lines()
        known = self._known(lines, head) if lines and FINISHED not in lines else {}
        kept = (head, *known.values())
        write_file(self._path, b"".join(msgspec.json.encode(one) + b"\n" for one in kept))
        return known

    def add(self, line: Line) -> None:
        """Add a result."""
        self._append(msgspec.json.encode(line))

    def finish(self) -> None:
        """Record that the search is finished."""
        self._append(FINISHED)

    def _append(self, data: bytes) -> None:
        with self._path.open("ab") as file:
            file.write(data + b"\n")

    def _lines(self) -> list[bytes]:
        """Return the complete lines of the file."""
        if not self._path.exists():
            return []
        *lines, _cut = self._path.read_bytes().split(b"\n")
        if not lines and _cut:
            raise ProgressError(self._path, "is not a file of results")
        return lines

    def _known(self, lines: Sequence[bytes], head: Head) -> dict[str, Line]:
        try:
            before = msgspec.json.decode(lines[0], type=Head)
            found = [msgspec.json.decode(line, type=Line) for line in lines[1:]]
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ProgressError(self._path, f"is not a file of results: {error}") from error
        if before != head:
            raise ProgressError(self._path, "belongs to another scenario or other options")
        return {line.trial: line for line in found}
