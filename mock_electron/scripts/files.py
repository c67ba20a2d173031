"""Read a file without blocking, and no more of it than is useful."""

import os
import stat
from contextlib import closing
from io import FileIO
from pathlib import Path
from typing import Final

from mock_electron.scripts.limits import MAX_BYTES

NO_WAIT: Final = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
KINDS: Final = {
    stat.S_IFDIR: "it is a folder; name a file in it",
    stat.S_IFIFO: "it is a pipe; name a file",
    stat.S_IFSOCK: "it is a socket; name a file",
    stat.S_IFCHR: "it is a device; name a file",
    stat.S_IFBLK: "it is a device; name a file",
}
"""Why these kinds of files are not read."""


def read_bounded(path: str, most: int = MAX_BYTES) -> bytes:
    """Return the content of a file, at most one byte more than it may have.

    Args:
        path: The file.
        most: The maximum size, in bytes.

    Raises:
        OSError: If the file cannot be read.
        ValueError: If it is not a regular file, or the path is invalid.
    """
    _check_kind(Path(path).stat().st_mode)
    with closing(FileIO(os.open(path, os.O_RDONLY | NO_WAIT))) as file:
        _check_kind(os.fstat(file.fileno()).st_mode)  # it may have been replaced
        content = bytearray()
        while len(content) <= most and (part := file.read(most + 1 - len(content))):
            content += part
        return bytes(content)


def _check_kind(mode: int) -> None:
    """Raise ValueError unless this is the mode of a regular file."""
    if not stat.S_ISREG(mode):
        raise ValueError(KINDS.get(stat.S_IFMT(mode), "it is not a file"))
