"""Files that are written completely or not at all.

A new version is written to a temporary file in the same folder, flushed to the disk, and renamed. A
full disk or a killed process leaves the old version. Every error names the file.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Final

DESCRIPTORS: Final = ("/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/")
"""Paths of open files. They are written to directly: nobody would read a new file of that name."""
CREATE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
APPEND: Final = os.O_WRONLY | os.O_APPEND | getattr(os, "O_NONBLOCK", 0)
PUBLIC: Final = 0o666
PRIVATE: Final = 0o600
"""The permissions of new files, from which the umask is taken."""
MAX_PREFIX: Final = 40
"""How many characters of the file's name the temporary name has: a longer name could be invalid."""


def write_file(path: str | Path, content: str | bytes, *, private: bool = False) -> None:
    """Write a file, completely or not at all.

    A symbolic link stays, and its target is replaced. An existing file keeps its permissions. A
    file that is not a regular one, such as `/dev/stdout` or a named pipe, is written to directly.

    Args:
        path: The file. Its folder must exist.
        content: The content. A text is written as UTF-8, and its line ends are kept.
        private: Whether only the owner may read a new file.

    Raises:
        OSError: If the file cannot be written. The error names the file.
        UnicodeEncodeError: If the text contains a lone surrogate.
    """
    data = content.encode() if isinstance(content, str) else content
    with _naming(path):
        if _is_special(path):
            _append(path, data)
            return
        target = Path(os.path.realpath(path))
        _check_replaceable(target)
        with _temporary(target, PRIVATE if private else PUBLIC) as (temporary, descriptor):
            with open(descriptor, "wb") as file:  # noqa: PTH123 (a descriptor)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            _copy_permissions(target, temporary)
            temporary.replace(target)
        _sync_folder(target.parent)


def check_writable(path: str | Path) -> None:
    """Raise the OSError that `write_file` would raise, without changing the file.

    Args:
        path: The file.

    Raises:
        OSError: If the file cannot be written. The error names the file.
    """
    with _naming(path):
        if _is_special(path):
            return
        target = Path(os.path.realpath(path))
        _check_replaceable(target)
        with _temporary(target, PUBLIC) as (_, descriptor):
            os.close(descriptor)


@contextmanager
def _naming(path: str | Path) -> Iterator[None]:
    """Let an OSError name the file instead of the temporary file or nothing."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


def _is_special(path: str | Path) -> bool:
    """Return whether the path is a device, a pipe or an open file, which cannot be replaced."""
    given = Path(path)
    is_irregular = given.exists() and not given.is_file() and not given.is_dir()
    return is_irregular or os.path.abspath(path).startswith(DESCRIPTORS)  # noqa: PTH100 (no `..`)


def _append(path: str | Path, data: bytes) -> None:
    """Write to a device or a pipe. Without a reader, a pipe is an error instead of a wait."""
    descriptor = os.open(path, APPEND)
    with open(descriptor, "ab") as file:  # noqa: PTH123 (a descriptor)
        os.set_blocking(descriptor, True)
        file.write(data)


def _check_replaceable(target: Path) -> None:
    """Raise OSError for a folder and for a file that must not be written."""
    if target.is_dir() or (target.exists() and not os.access(target, os.W_OK)):
        target.open("ab").close()


@contextmanager
def _temporary(target: Path, mode: int) -> Iterator[tuple[Path, int]]:
    """Yield a new, open file next to the target. Remove it unless it has been renamed."""
    for number in count():
        name = f".{target.name[:MAX_PREFIX]}.{os.getpid()}-{number}.tmp"
        temporary = target.with_name(name)
        try:
            descriptor = os.open(temporary, CREATE, mode)
            break
        except FileExistsError:
            continue  # of another thread, or of an earlier process that was killed
    try:
        yield temporary, descriptor
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def _copy_permissions(target: Path, temporary: Path) -> None:
    """Give the temporary file the permissions and, if possible, the owner of an existing file."""
    if not target.exists():
        return
    owner = target.stat()
    if hasattr(os, "chown"):
        with suppress(PermissionError):
            os.chown(temporary, owner.st_uid, owner.st_gid)
    shutil.copymode(target, temporary)


def _sync_folder(folder: Path) -> None:
    """Flush the new name to the disk. Do nothing on systems that cannot open a folder."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
