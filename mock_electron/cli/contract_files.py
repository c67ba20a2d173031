"""The files of `mock-electron contract`: reports that it writes, and one that it compares with."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from mock_electron.cli.options import NotRunError
from mock_electron.outputs.files import check_writable, write_file
from mock_electron.traffic.lines import counted

if TYPE_CHECKING:
    from mock_electron.contract import Report

FILE: Final = click.Path(dir_okay=False, allow_dash=True)
OUTPUT: Final = "-"
"""The file name that means standard output."""


def load_report(file: str) -> Any:
    """Return an earlier report. Raise UsageError if the file does not contain one."""
    from mock_electron.contract import changes

    try:
        report = json.loads(Path(file).read_text(encoding="utf-8"))
        changes(report, report)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise click.UsageError(f"--against {file}: not JSON: {error}") from error
    except ValueError as error:
        raise click.UsageError(f"--against {file}: {error}") from error
    return report


def check_files(files: Sequence[str | None]) -> None:
    """Check the files before the run, which may take minutes and cost tokens."""
    if files.count(OUTPUT) > 1:
        raise click.UsageError("only one of --json, --junit and --save can be -")
    for file in files:
        _check_writable(file)


def _check_writable(file: str | None) -> None:
    """Raise NotRunError if a file cannot be written."""
    if file is not None and file != OUTPUT:
        with _reporting_errors(file):
            check_writable(file)


def write(file: str | None, document: Any) -> None:
    if file is not None:
        text = json.dumps(document, indent=2, ensure_ascii=False)
        if file == OUTPUT:
            click.echo(text)
            return
        with _reporting_errors(file):
            write_file(file, text + "\n")


def write_junit(file: str | None, report: "Report") -> None:
    if file is not None:
        from mock_electron.contract.junit import junit_bytes

        if file == OUTPUT:
            click.echo(junit_bytes(report).decode())
            return
        with _reporting_errors(file):
            write_file(file, junit_bytes(report))


@contextmanager
def _reporting_errors(file: str) -> Iterator[None]:
    """Turn an OSError into a NotRunError with the name of the file and the reason."""
    try:
        yield
    except OSError as error:
        raise NotRunError(f"cannot write {file}: {error.strerror}") from error


def show_changes(before: Any, after: Any, *, err: bool) -> None:
    from mock_electron.contract import changes
    from mock_electron.contract.response import printable

    found = changes(before, after)
    since = f" since {printable(str(before['made']))}" if before.get("made") else ""
    click.echo(f"\n{counted(len(found), 'change')}{since}", err=err)
    for change in found:
        click.echo(f"  {printable(str(change))}", err=err)
