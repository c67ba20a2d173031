"""Reload a script file whenever it changes, while a lane answers."""

import threading
from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from mock_electron.engine.lane import Lane
from mock_electron.inputs.extras import require
from mock_electron.scripts.reader import load

POLL_INTERVAL: Final = 100
"""The maximum time until the watcher notices that it must stop, in milliseconds."""


def require_watchfiles() -> None:
    """Raise ImportError with the install command if the extra `watch` is not installed."""
    require("watchfiles", extra="watch", used_by="mock-electron serve --watch")


@contextmanager
def watching(file: str, lane: Lane, report: Callable[[str], object]) -> Iterator[None]:
    """While the block runs, a thread replaces a lane's script whenever a file changes.

    Args:
        file: The script file.
        lane: The lane.
        report: Called with a message after each change.

    Raises:
        ImportError: If the extra `watch` is not installed.
    """
    require_watchfiles()
    stop = threading.Event()
    arguments = (file, lane, report, stop)
    thread = threading.Thread(target=_follow, args=arguments, name="mock-electron-watch")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _follow(file: str, lane: Lane, report: Callable[[str], object], stop: threading.Event) -> None:
    from watchfiles import watch

    path = Path(file).absolute()

    def is_script(_change: object, changed: str) -> bool:
        return Path(changed).name == path.name

    # Watch the folder, not the file: many editors save by renaming a new file.
    for _ in watch(
        path.parent,
        watch_filter=is_script,
        stop_event=stop,
        recursive=False,
        rust_timeout=POLL_INTERVAL,
    ):
        reload(file, lane, report)


def _counted(steps: Sized) -> str:
    """Return the number of steps with its noun: `1 step`, `2 steps`."""
    return f"{len(steps)} step{'' if len(steps) == 1 else 's'}"


def reload(file: str, lane: Lane, report: Callable[[str], object]) -> None:
    """Load a file and replace a lane's script. If the file has errors, keep the script."""
    try:
        steps = load(file)
        lane.replace_script(steps)
    except ValueError as error:  # a ScriptError, or a step that the lane refuses
        report(f"the file has errors; the script is unchanged:\n{error}")
    else:
        report(f"{file}: reloaded, {_counted(steps)}")
