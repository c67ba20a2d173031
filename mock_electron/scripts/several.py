"""Several script files as one script. A folder stands for the script files in it."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from mock_electron.engine.script.step import Step
from mock_electron.scripts.problems import Problem, ScriptError
from mock_electron.scripts.reader import Check, accepts_all, load

SUFFIXES: Final = (".yaml", ".yml", ".json")
"""How the names of script files end. A file with another name can only be named itself."""
SCHEMA: Final = ".schema.json"
"""How the name of a JSON Schema ends, which editors look for next to the files."""


def load_all(
    files: Iterable[str],
    check: Check = accepts_all,
    load: Callable[[str], tuple[Step, ...]] = load,
) -> tuple[Step, ...]:
    """Return the steps of several files, in this order.

    Args:
        files: The files and folders.
        check: Returns why a step is refused, such as by a lane.
        load: Returns the steps of one file.

    Raises:
        ValueError: If files cannot be read or have errors. The message lists those of all files.
    """
    steps: list[Step] = []
    errors: list[str] = []
    for file in in_folders(files):
        try:
            steps += _accepted(file, load(file), check)
        except ScriptError as error:
            errors.append(str(error))
    if errors:
        raise ValueError("\n".join(errors))
    return tuple(steps)


def in_folders(names: Iterable[str]) -> Iterator[str]:
    """Yield files, and the script files in folders.

    Args:
        names: The files and folders.
    """
    for name in names:
        yield from in_folder(name) if is_folder(Path(name)) else [name]


def is_folder(path: Path) -> bool:
    """Return whether this is a folder of script files, and not one with the name of a file."""
    return path.suffix not in SUFFIXES and path.is_dir()


def in_folder(folder: str) -> list[str]:
    """Return the script files in a folder, in the order of their names.

    Files whose names begin with a dot, JSON Schemas and folders are not read. A folder that cannot
    be read has no files.
    """
    try:
        found = sorted(Path(folder).iterdir())
    except OSError:
        return []
    return [
        str(file)
        for file in found
        if file.suffix in SUFFIXES and not file.name.startswith(".") and not file.is_dir()
        if not file.name.endswith(SCHEMA)
    ]


def _accepted(file: str, steps: tuple[Step, ...], check: Check) -> tuple[Step, ...]:
    """Return the steps of a file. Raise ScriptError if some of them are refused."""
    problems = [
        Problem(int(step.location.rpartition(":")[2]), ("steps", number), words)
        for number, step in enumerate(steps)
        for words in check(step)
    ]
    if problems:
        raise ScriptError(file, problems)
    return steps
