"""The message about a missing script file: where it was looked up, and a similar file."""

import os
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

SUFFIXES: Final = (".yaml", ".yml", ".json")
"""The suffixes of the files that are suggested."""
LEAST_SIMILAR: Final = 0.6
"""How similar each part of a suggested path must be, from 0 to 1."""
OTHER_FOLDER: Final = 0.1
"""How much less similar a file in another folder is."""
MOST_ENTRIES: Final = 1_000
"""The maximum number of entries of a folder that are considered."""


class _Similar(NamedTuple):
    """A similar file.

    Attributes:
        likeness: How similar its path is: the least similar part; 1 for the same name.
        has_same_suffix: Whether it has the same suffix.
        shown: Its path as the message shows it.
    """

    likeness: float
    has_same_suffix: bool
    shown: str


def where_and_similar(path: str, folders: Sequence[Path]) -> str:
    """Return ` in /a or /b. Did you mean 'fixtures/weather.yaml'?`, as far as it applies.

    Args:
        path: The path as it was given.
        folders: The folders in which a relative path was looked up; none for the working folder.
    """
    unique = list(dict.fromkeys(folders))
    is_relative = not Path(path).is_absolute()
    where = " in " + " or ".join(map(str, unique)) if unique and is_relative else ""
    found = [one for folder in unique or [Path()] for one in _similar(Path(path), folder)]
    best = max(found, key=lambda one: one[:2], default=None)
    return f"{where}." + (f" Did you mean {best.shown!r}?" if best else "")


def broken_link(path: str, folders: Sequence[Path]) -> str:
    """Return which link is broken, if that is why a file is missing, or "".

    Args:
        path: The path as it was given.
        folders: The folders in which a relative path was looked up; none for the working folder.
    """
    for full in [folder / path for folder in folders or [Path()]]:
        for part in (*reversed(full.parents), full):
            target = _missing_target(part)
            if target:
                name = "it" if part == full else str(part)
                return f"{name} is a link to {target}, which does not exist"
    return ""


def _missing_target(link: Path) -> str:
    """Return what a link, or the last of a chain of links, refers to, if that does not exist."""
    target = ""
    try:
        while link.is_symlink() and not link.exists():
            target = str(link.readlink())
            link = link.parent / target
    except OSError:  # such as a link to itself
        return ""
    return target


def _similar(path: Path, folder: Path) -> Iterator[_Similar]:
    """Yield the similar files below the nearest folder that exists."""
    full = folder / path
    base = next((parent for parent in full.parents if _is_folder(parent)), None)
    if base is None:
        return
    given = full.relative_to(base)
    for file in _files(base, len(given.parts) + 1):
        likeness = _likeness(given, file.relative_to(base))
        if likeness >= LEAST_SIMILAR:
            shown = file.relative_to(base if path.is_absolute() else folder)
            yield _Similar(likeness, file.suffix == given.suffix, shown.as_posix())


def _likeness(given: Path, other: Path) -> float:
    """Return how similar two paths are: their least similar part, or 1 for the same name."""
    if given.name == other.name:
        return 1.0
    ratio = SequenceMatcher(None, given.stem, other.stem).ratio()
    if len(given.parts) != len(other.parts):
        return ratio - OTHER_FOLDER
    folders = zip(given.parts[:-1], other.parts[:-1], strict=True)
    return min(ratio, *(SequenceMatcher(None, *pair).ratio() for pair in folders), 1.0)


def _files(folder: Path, levels: int) -> Iterator[Path]:
    """Yield the readable script files in a folder and in its folders, without hidden ones."""
    for entry in _entries(folder):
        if entry.suffix in SUFFIXES and _is_readable(entry):
            yield entry
        elif levels > 1 and _is_folder(entry):
            yield from _files(entry, levels - 1)


def _entries(folder: Path) -> Iterable[Path]:
    try:
        found = sorted(islice(folder.iterdir(), MOST_ENTRIES))
    except OSError:
        return ()
    return [entry for entry in found if not entry.name.startswith((".", "_"))]


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _is_readable(path: Path) -> bool:
    """Return whether a path is a file that can be opened, and not a pipe or a broken link."""
    try:
        return path.is_file() and os.access(path, os.R_OK)
    except (OSError, ValueError):
        return False
