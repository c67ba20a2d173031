"""A script file that is read again when it changes, while a lane answers."""

import threading
from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager
from pathlib import Path

from watchfiles import watch

from mock_electron.engine.lane import Lane
from mock_electron.scripts.problems import ScriptError
from mock_electron.scripts.reader import load


@contextmanager
def watching(file: str, lane: Lane, say: Callable[[str], object]) -> Iterator[None]:
    """Keep a lane's script like a file, from a thread of its own.

    say: told of every change. A wrong file leaves the script as it is.
    """
    end = threading.Event()
    arguments = (file, lane, say, end)
    thread = threading.Thread(target=_follow, args=arguments, name="mock-electron-watch")
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


def _follow(file: str, lane: Lane, say: Callable[[str], object], end: threading.Event) -> None:
    # The folder is watched: editors write a new file and give it the name of the old one.
    path = Path(file).absolute()

    def is_script(_change: object, changed: str) -> bool:
        return Path(changed).name == path.name

    for _ in watch(
        path.parent, watch_filter=is_script, stop_event=end, recursive=False, rust_timeout=100
    ):
        reload(file, lane, say)


def counted(steps: Sized) -> str:
    """How many steps there are, in words."""
    return f"{len(steps)} step{'' if len(steps) == 1 else 's'}"


def reload(file: str, lane: Lane, say: Callable[[str], object]) -> None:
    """Read the file again. What is wrong with it is said, and changes nothing."""
    try:
        steps = load(file)
    except ScriptError as error:
        say(f"the script is left as it was:\n{error}")
    else:
        lane.replace_script(steps)
        say(f"{file}: read again, {counted(steps)}")
