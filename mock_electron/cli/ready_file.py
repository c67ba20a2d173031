"""`serve --ready-file FILE`: a file that is there while the server accepts requests."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mock_electron.cli.options import not_empty
from mock_electron.outputs.files import check_writable, write_file
from mock_electron.wire import codec

if TYPE_CHECKING:
    from mock_electron.serve.server import Server


def check_ready_file(context: click.Context, option: click.Parameter, file: str) -> str:
    """Return the file. Raise UsageError if it cannot be written."""
    not_empty(context, option, file)
    try:
        check_writable(file)
    except OSError as error:
        words = f"{option.opts[0]}: {error.filename}: cannot be written: {error.strerror}"
        raise click.UsageError(words) from error
    return file


@contextmanager
def announced(file: str, server: "Server", token: str = "") -> Iterator[Callable[[], None]]:
    """Yield a function that writes the file. Remove it before the block and after it.

    Nobody who waits for the file sees one of an earlier server, or a part of one.
    """
    path = Path(file)
    if path.is_file():
        path.unlink()
    content = _content(server, token)
    try:
        yield lambda: write_file(path, content, private=bool(token))
    finally:
        with suppress(OSError):  # it was removed, or is that of a later server
            if path.read_bytes() == content:
                path.unlink()


def _content(server: "Server", token: str) -> bytes:
    from mock_electron.serve.app import CONTROL_PATH

    found = {
        "url": server.url,
        "base_url": server.base_url,
        "control": f"{server.url}{CONTROL_PATH}" if server.app.control else None,
        "control_token": token or None,
        "uds": server.path or None,
        "pid": os.getpid(),
    }
    return codec.encode(found) + b"\n"
