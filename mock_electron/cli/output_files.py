"""Files that a command writes besides its text: reports in JSON, JUnit XML and other formats.

Each is written completely or not at all. The name `-` means standard output; the text of the
command then goes to standard error.
"""

import json
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path
from typing import Any, Final

import click

from mock_electron.cli.options import NotRunError
from mock_electron.outputs.files import check_writable, write_file

FILE: Final = click.Path(readable=False, allow_dash=True)
"""The type of a file to write. This module checks it, so that all messages have one form."""
OUTPUT: Final = "-"
"""The file name that means standard output."""


def check_outputs(
    files: Mapping[str, str | None], inputs: Mapping[str, str], replacing: Collection[str] = ()
) -> None:
    """Check the files before the command runs.

    Args:
        files: The files to write, by option.
        inputs: The files that the command reads, by option.
        replacing: The options whose file may be one that the command reads.

    Raises:
        click.UsageError: If two files are the same.
        NotRunError: If a file cannot be written.
    """
    if [*files.values()].count(OUTPUT) > 1:
        *first, last = files
        raise click.UsageError(f"only one of {', '.join(first)} and {last} can be -")
    options = {option: file for option, file in files.items() if file not in (None, OUTPUT)}
    every = {**options, **inputs}
    for one, other in combinations(every, 2):
        is_allowed = one in inputs or (one in replacing and other in inputs)
        if not is_allowed and _is_same(every[one], every[other]):
            raise click.UsageError(f"{one} and {other} must not be the same file")
    for file in files.values():
        _check_writable(file)


def _is_same(one: str | None, other: str | None) -> bool:
    """Return whether two names mean the same file, which is not a device such as /dev/null."""
    paths = [Path(os.path.realpath(str(name))) for name in (one, other)]
    if all(path.exists() for path in paths):
        return paths[0].samefile(paths[1]) and paths[0].is_file()
    return paths[0] == paths[1]


def _check_writable(file: str | None) -> None:
    """Raise NotRunError if a file cannot be written."""
    if file is not None and file != OUTPUT:
        with _reporting_errors(file):
            check_writable(file)


def json_bytes(document: Any) -> bytes:
    """Return a document as the bytes of a JSON file."""
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"


def write_output(file: str, content: bytes) -> None:
    """Write a file, or print its content.

    Raises:
        NotRunError: If it cannot be written.
    """
    if file == OUTPUT:
        click.echo(content.decode(), nl=not content.endswith(b"\n"))
        return
    with _reporting_errors(file):
        write_file(file, content)


@contextmanager
def _reporting_errors(file: str) -> Iterator[None]:
    """Turn an OSError into a NotRunError with the name of the file and the reason."""
    try:
        yield
    except OSError as error:
        raise NotRunError(f"cannot write {file}: {error.strerror}") from error
