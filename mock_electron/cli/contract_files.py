"""The files of `mock-electron contract`: reports that it writes, and one that it compares with."""

import json
from collections.abc import Container, Mapping
from typing import TYPE_CHECKING, Any, Final

import click

from mock_electron.cli.output_files import check_outputs, json_bytes, write_output
from mock_electron.traffic.lines import counted

if TYPE_CHECKING:
    from mock_electron.contract import Report

MAX_BYTES: Final = 64 * 1024 * 1024
"""The maximum size of a report for --against, in bytes."""


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
    check_outputs(files, {} if against is None else {"--against": against}, ("--save",))


def write(file: str | None, document: Any) -> None:
    if file is not None:
        write_output(file, json_bytes(document))


def write_junit(file: str | None, report: "Report") -> None:
    if file is not None:
        from mock_electron.contract.junit import junit_bytes

        write_output(file, junit_bytes(report))


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
