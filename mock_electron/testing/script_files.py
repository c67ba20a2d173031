"""The script files of a test: their paths, and their steps."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from mock_electron.engine.lane import Lane
from mock_electron.engine.script.step import Step
from mock_electron.inputs.checks import must_be
from mock_electron.testing.scripting import warn_of_shadows


def script_paths(script: object) -> tuple[str | Path, ...]:
    """Return the paths of the script files as a tuple.

    Raises:
        TypeError: If the value is anything else.
    """
    paths = [script] if isinstance(script, str | Path) else script
    if not isinstance(paths, Sequence) or not all(isinstance(path, str | Path) for path in paths):
        raise TypeError(must_be("script", "the path of a file, or a list of paths", script))
    return tuple(paths)


def find_file(path: str | Path, folders: Iterable[Path]) -> Path:
    """Return the path in the first of the folders that contains the file, or else as given."""
    candidates = (folder / path for folder in folders)
    return next((candidate for candidate in candidates if candidate.exists()), Path(path))


def add_steps(lane: Lane, steps: Iterable[Step]) -> None:
    """Append the steps of a file to the script of a lane, and warn of those that never answer."""
    first = len(lane.script())
    for step in steps:
        lane.add(step)
    warn_of_shadows(lane.script()[first:])  # the steps before the file may override them
