"""Reload script files whenever one of them changes, while a lane answers.

1. A file has changed if its inode, size, mode or time, or the inode of a link to it, is different.
   A folder has changed if a script file in it has, or if it has others. The watcher compares these
   after each event of the folder and after each interval. So it also notices changes without an
   event, such as a new folder of the same name, or the target of a link.
2. No error of the file or the folder ends the watcher. It reports the error and continues.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence, Sized
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from mock_electron.engine.lane import Lane
from mock_electron.engine.script.step import Step
from mock_electron.inputs.extras import require
from mock_electron.inputs.spelling import escaped, escaped_lines
from mock_electron.scripts.several import in_folder, is_folder, load_all

POLL_INTERVAL: Final = 100
"""The maximum time until the watcher notices a change or a stop, in milliseconds."""
Signature = tuple[object, ...] | None
"""What identifies the content of a file, or of the script files in a folder; None if there is no
file."""
Known = Mapping[str, Signature]
"""What identifies the content of each script file, by its name."""


class Loaded(NamedTuple):
    """A script that was loaded without errors.

    Attributes:
        known: The script files as they were before they were read.
        steps: Their steps.
    """

    known: Known
    steps: tuple[Step, ...]


def require_watchfiles() -> None:
    """Raise ImportError with the install command if the extra `watch` is not installed."""
    require("watchfiles", extra="watch", used_by="mock-electron serve --watch")


def signatures(files: str | Sequence[str]) -> Known:
    """Return what identifies the content of files. Call it before they are read."""
    return {file: _content(Path(file).absolute()) for file in _listed(files)}


@contextmanager
def watching(
    files: str | Sequence[str],
    lane: Lane,
    report: Callable[[str], object],
    known: Known | None = None,
    keep: Callable[[Loaded], object] | None = None,
) -> Iterator[None]:
    """While the block runs, a thread replaces a lane's script whenever a file changes.

    Args:
        files: The script file, or several in the order of their steps.
        lane: The lane.
        report: Called with a message after each change.
        known: The files when the lane's script was loaded. Default: as they are now.
        keep: Called with each script that replaces that of the lane, before the message.

    Raises:
        ImportError: If the extra `watch` is not installed.
    """
    require_watchfiles()
    stop = threading.Event()

    def load(known: Known, changed: Sequence[str]) -> None:
        reload(files, lane, report, changed, lambda steps: keep and keep(Loaded(known, steps)))

    arguments = (signatures(files) if known is None else known, load, stop)
    thread = threading.Thread(target=_follow, args=arguments, name="mock-electron-watch")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _listed(files: str | Sequence[str]) -> tuple[str, ...]:
    return (files,) if isinstance(files, str) else tuple(files)


def _follow(
    known: Known, load: Callable[[Known, Sequence[str]], None], stop: threading.Event
) -> None:
    """Reload the files after each change, until the stop.

    Args:
        known: The files when they were last read.
        load: Takes the files before they are read, and those that have changed.
        stop: Set to end the function.
    """
    files = tuple(known)
    folders = tuple(dict.fromkeys(map(_folder, files)))
    for _ in _intervals(folders, stop):
        # Before the files are read, so that no later change is missed.
        found = signatures(files)
        changed = [file for file in files if found[file] != known[file]]
        known = found
        if changed:
            _safely(load, found, changed)


def _intervals(folders: Sequence[Path], stop: threading.Event) -> Iterator[None]:
    """Yield after each change in the folders, and once in each interval, until the stop."""
    from watchfiles import watch

    while not stop.is_set():
        watched = _identities(folders)
        try:
            # The folders, not the file: many editors save by renaming a new file.
            for _ in watch(
                *folders,
                watch_filter=None,
                stop_event=stop,
                recursive=False,
                rust_timeout=POLL_INTERVAL,
                yield_on_timeout=True,
            ):
                yield
                if _identities(folders) != watched:
                    break  # another folder has this name now
        except Exception:  # no such folder, no permission, or too many watchers
            yield
        stop.wait(POLL_INTERVAL / 1000)


def _folder(file: str) -> Path:
    """Return the folder that is watched for a script file or for the script files in a folder."""
    path = Path(file).absolute()
    return path if is_folder(path) else path.parent


def _content(path: Path) -> Signature:
    """Return what identifies the content of a file or of the script files in a folder."""
    if not is_folder(path):
        return _signature(path)
    return tuple((file, _signature(Path(file))) for file in in_folder(str(path)))


def _identities(folders: Sequence[Path]) -> list[tuple[int, ...]]:
    return [(_signature(folder) or ())[:2] for folder in folders]


def _signature(path: Path) -> tuple[int, ...] | None:
    try:
        found, link = path.stat(), path.lstat()
    except (OSError, ValueError):
        return None
    return (
        found.st_dev,
        found.st_ino,
        found.st_size,
        found.st_mode,
        found.st_mtime_ns,
        link.st_ino,
    )


def _safely(function: Callable[..., object], *args: object) -> None:
    """Call a function. Ignore an exception: it was reported, or its report failed."""
    with suppress(Exception):
        function(*args)


def _counted(steps: Sized) -> str:
    """Return the number of steps with its noun: `1 step`, `2 steps`."""
    return f"{len(steps)} step{'' if len(steps) == 1 else 's'}"


def reload(
    files: str | Sequence[str],
    lane: Lane,
    report: Callable[[str], object],
    changed: Sequence[str] = (),
    keep: Callable[[tuple[Step, ...]], object] = lambda _steps: None,
) -> None:
    """Load files and replace a lane's script. If a file has errors, keep the script.

    Args:
        files: The script file, or several in the order of their steps.
        lane: The lane.
        report: Called with a message.
        changed: The files that have changed, for the message. Default: all.
        keep: Called with the steps before the message, if the files have no errors.
    """
    listed = _listed(files)
    try:
        steps = load_all(listed, lane.problems_of)
        lane.start_with(steps)
    except Exception as error:  # a ScriptError, or a step that the lane refuses
        report(f"the script is unchanged: {escaped_lines(str(error))}")
    else:
        _safely(keep, steps)
        names = ", ".join(map(escaped, changed or listed))
        report(f"{names}: reloaded, {_counted(steps)}")
