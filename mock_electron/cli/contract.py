"""The command `mock-electron contract`."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from mock_electron.engine.clock import CLOCKS, timestamp

if TYPE_CHECKING:
    from mock_electron.contract import Clause, Report, Target

CONFIDENCES: Final = ("documented", "inferred", "assumed")
PLANS: Final = ("standard", "enterprise", "unlimited")
KEY: Final = "SMALLEST_API_KEY"
MOCK_KEY: Final = "sk_mock_unlimited"
"""What a fake on this machine is asked with where no key is given."""
INTERRUPTED: Final = 130
FILE: Final = click.Path(dir_okay=False)


@click.command()
@click.option(
    "--base-url",
    metavar="URL",
    help="The endpoint, such as https://api.smallest.ai/waves/v1. Without it, a fake of its own.",
)
@click.option(
    "--api-key",
    envvar=KEY,
    metavar="KEY",
    help=f"The key to ask with; better given as {KEY}. It is never shown.",
)
@click.option(
    "--only", multiple=True, metavar="PATTERN", help="Only clauses of this id, such as stream.*"
)
@click.option(
    "--confidence",
    multiple=True,
    type=click.Choice(CONFIDENCES),
    help="Only clauses that are known like this.",
)
@click.option(
    "--json", "json_file", type=FILE, help="Write every clause to a file, with what became of it."
)
@click.option("--junit", "junit_file", type=FILE, help="Write the same as JUnit XML.")
@click.option(
    "--save",
    type=FILE,
    help="Write a report to compare with: as --json, and what each answer looked like.",
)
@click.option(
    "--against",
    type=click.Path(dir_okay=False, exists=True),
    help="A report of an earlier run: show what has changed since, field by field.",
)
@click.option("--yes", is_flag=True, help="Ask a host that is not this machine.")
@click.option(
    "--plan",
    type=click.Choice(PLANS),
    help="Keep within the requests a minute of this plan. Default: standard, but for this machine.",
)
@click.option(
    "--limited-key", metavar="KEY", help="A standard plan's key that may exceed its limits."
)
@click.option("--forbidden-key", metavar="KEY", help="A valid key without access to Electron.")
@click.option("--other-key", metavar="KEY", help="A valid key of another account.")
@click.option("--faults", is_flag=True, help="The server obeys the header X-Mock-Electron.")
@click.option(
    "--salt",
    default="",
    metavar="TEXT",
    help="Stands in prompts that must be new to the prefix cache. Default with a URL: the time.",
)
@click.option(
    "--timeout",
    default=60.0,
    show_default=True,
    type=click.FloatRange(0, min_open=True),
    help="Seconds without a byte after which an answer is given up.",
)
@click.option("--list", "listing", is_flag=True, help="List the clauses, and ask nobody.")
@click.option("-v", "--verbose", is_flag=True, help="Show every clause, not only what failed.")
def contract(
    base_url: str | None,
    only: Sequence[str],
    confidence: Sequence[str],
    json_file: str | None,
    junit_file: str | None,
    save: str | None,
    against: str | None,
    yes: bool,
    listing: bool,
    verbose: bool,
    **options: Any,
) -> None:
    """Hold an endpoint to what is known of Electron, clause by clause.

    Without --base-url, a fake of its own. The status is 1 if a documented clause fails, and 2 if
    nothing could be asked. A mock-electron on this machine says by itself what it can show.
    """
    from mock_electron.contract import UnreachableError
    from mock_electron.contract.table import lines

    clauses = _selected(only, confidence)
    if listing:
        for clause in clauses:
            click.echo(f"{clause.id} ({clause.confidence}; {clause.source})\n  {clause.sentence}")
        return
    before = None if against is None else _read(against)
    for file in (json_file, junit_file, save):
        _check_writable(file)
    try:
        with _target(base_url, options) as target:
            report = _checked(target, clauses, yes)
    except UnreachableError as error:
        raise click.UsageError(str(error)) from error
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)  # 1 would say that a documented clause failed
    for line in lines(report, verbose=verbose):
        click.echo(line)
    made = timestamp(CLOCKS["real"]()) if base_url else None  # of one's own fake all runs are equal
    _write(json_file, report.as_json(made, answers=False))
    _write(save, report.as_json(made))
    _write_junit(junit_file, report)
    if before is not None:
        _show_changes(before, report.as_json(made))
    sys.exit(0 if report.holds else 1)


def _selected(only: Sequence[str], confidence: Sequence[str]) -> "tuple[Clause, ...]":
    from mock_electron.contract import select

    try:
        return select(only, confidence)
    except ValueError as error:
        raise click.UsageError(f"--only: {error}") from error


@contextmanager
def _target(base_url: str | None, options: dict[str, Any]) -> "Iterator[Target]":
    """The endpoint that is given, or a fake of its own while it is asked."""
    from mock_electron.contract import discovered

    if base_url is None:
        from mock_electron.testing.mock import MockElectron
        from mock_electron.testing.target import own_target

        with MockElectron() as electron:
            yield discovered(own_target(electron))
        return
    target = _given(base_url, options)
    yield discovered(target) if target.is_loopback else target


def _given(base_url: str, options: dict[str, Any]) -> "Target":
    """The endpoint at a URL. Raises UsageError for one that cannot be asked."""
    from mock_electron.contract import Target

    salt = options["salt"] or str(round(CLOCKS["real"]() * 1000))
    key = options["api_key"] or MOCK_KEY
    try:
        target = Target(base_url=base_url, **options | {"salt": salt, "api_key": key})
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if not target.is_loopback and not options["api_key"]:
        raise click.UsageError(f"{target.address} needs a key: set {KEY}, or give --api-key.")
    return target


def _checked(target: "Target", clauses: "tuple[Clause, ...]", yes: bool) -> "Report":
    """The report, once what it costs has been said."""
    from mock_electron.contract import Report, cost, results

    if not target.is_loopback:
        told = cost(target, clauses).told(target)
        if not yes:
            raise click.UsageError(f"{told} Add --yes to go on.")
        click.echo(told, err=True)
    with click.progressbar(
        results(target, clauses),
        length=len(clauses),
        label="clauses",
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
    ) as progress:
        return Report(target.address, tuple(progress))


def _read(file: str) -> Any:
    """An earlier report. Raises UsageError for what is none."""
    from mock_electron.contract import changes

    try:
        report = json.loads(Path(file).read_text(encoding="utf-8"))
        changes(report, report)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise click.UsageError(f"--against {file}: it is no JSON: {error}") from error
    except ValueError as error:
        raise click.UsageError(f"--against {file}: {error}") from error
    return report


def _check_writable(file: str | None) -> None:
    """Before anything is asked, which may cost minutes and tokens."""
    if file is not None:
        with _writing(file):
            Path(file).open("a", encoding="utf-8").close()


def _write(file: str | None, document: Any) -> None:
    if file is not None:
        text = json.dumps(document, indent=2, ensure_ascii=False)
        with _writing(file):
            Path(file).write_text(text + "\n", encoding="utf-8")


def _write_junit(file: str | None, report: "Report") -> None:
    if file is not None:
        from mock_electron.contract.junit import junit

        with _writing(file):
            junit(report).write(file, pretty=True)


@contextmanager
def _writing(file: str) -> Iterator[None]:
    """A file that cannot be written ends the command with its name and the reason."""
    try:
        yield
    except OSError as error:
        raise click.UsageError(f"cannot write {file}: {error.strerror}") from error


def _show_changes(before: Any, after: Any) -> None:
    from mock_electron.contract import changes
    from mock_electron.contract.response import writable

    found = changes(before, after)
    since = f" since {before['made']}" if before.get("made") else ""
    click.echo(f"\n{len(found)} change{'' if len(found) == 1 else 's'}{since}")
    for change in found:
        click.echo(f"  {writable(str(change))}")
