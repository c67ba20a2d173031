"""The files of `mock-electron contract`: reports that it writes, and one that it compares with."""

import json
import os
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from mock_electron.cli.options import NotRunError
from mock_electron.outputs.files import check_writable, write_file
from mock_electron.traffic.lines import counted

if TYPE_CHECKING:
    from mock_electron.contract import Report

FILE: Final = click.Path(readable=False, allow_dash=True)
"""The type of a file to write. This module checks it, so that all messages have one form."""
MAX_BYTES: Final = 64 * 1024 * 1024
"""The maximum size of a report for --against, in bytes."""
OUTPUT: Final = "-"
"""The file name that means standard output."""


def load_report(file: str, selected: Container[str]) -> Any:
    """Return an earlier report.

    Args:
        file: The file.
        selected: The ids of the clauses that the run checks.

    Raises:
        click.UsageError: If the file has no report that can be compared with the run.
    """
    from mock_electron.contract import changes

    try:
        report = json.loads(_content(file).decode("utf-8"))
        changes(report, report)
        _check_comparable(report, selected)
    except RecursionError as error:
        message = "not a contract report: its JSON is nested too deeply"
        raise click.UsageError(f"--against {file}: {message}") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise click.UsageError(f"--against {file}: not JSON: {error}") from error
    except OSError as error:
        raise click.UsageError(f"--against {file}: cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise click.UsageError(f"--against {file}: {error}") from error
    return report


def _check_comparable(report: Mapping[str, Any], selected: Container[str]) -> None:
    """Raise ValueError if nothing of a report can be compared."""
    if not report["clauses"]:
        raise ValueError("the report has no clauses")
    if "answers" not in report:
        raise ValueError("the report has no responses: it was made with --json; use --save")
    if not any(clause["id"] in selected for clause in report["clauses"]):
        raise ValueError("none of its clauses is selected; change --only or --confidence")


def _content(file: str) -> bytes:
    from mock_electron.scripts.files import read_bounded

    content = read_bounded(file, MAX_BYTES)
    if len(content) > MAX_BYTES:
        raise ValueError(f"larger than {MAX_BYTES // 1024**2} MiB")
    return content


def check_files(files: Mapping[str, str | None], against: str | None) -> None:
    """Check the files before the run, which may take minutes and cost tokens.

    Args:
        files: The files to write, by option.
        against: The file of an earlier report. Only --save may replace it, after it is read.
    """
    if [*files.values()].count(OUTPUT) > 1:
        raise click.UsageError("only one of --json, --junit and --save can be -")
    options = {option: file for option, file in files.items() if file not in (None, OUTPUT)}
    if against is not None:
        options["--against"] = against
    for one, other in combinations(options, 2):
        if {one, other} != {"--save", "--against"} and _is_same(options[one], options[other]):
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
    from mock_electron.contract import changes, not_compared
    from mock_electron.contract.response import printable

    found = changes(before, after)
    since = f" since {printable(str(before['made']))}" if before.get("made") else ""
    click.echo(f"\n{counted(len(found), 'change')}{since}", err=err)
    for change in found:
        click.echo(f"  {printable(str(change))}", err=err)
    for sentence in not_compared(before, after):
        click.echo(sentence, err=err)
