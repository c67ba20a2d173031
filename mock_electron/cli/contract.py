"""The command `mock-electron contract`.

The contract is imported only when the command runs: it needs the extra `contract`.
"""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from mock_electron.cli.contract_files import (
    check_files,
    load_report,
    show_changes,
    write,
    write_junit,
)
from mock_electron.cli.contract_run import KEY_VARIABLE, report_on
from mock_electron.cli.extras import require_extra
from mock_electron.cli.interrupts import INTERRUPTED, Interrupts, counting_interrupts
from mock_electron.cli.options import (
    Choice,
    Command,
    NotRunError,
    Number,
    not_empty,
    option,
    timeout_seconds,
)
from mock_electron.cli.output_files import FILE, OUTPUT
from mock_electron.engine.clock import CLOCKS, timestamp

if TYPE_CHECKING:
    from mock_electron.contract import Clause

CONFIDENCES: Final = ("documented", "inferred", "assumed")
PLANS: Final = ("standard", "enterprise", "unlimited")
"""The plans of `Target`, in the order of the help text."""


@click.command(cls=Command, short_help="Check an endpoint against the behaviour of Electron.")
@option(
    "--base-url",
    metavar="URL",
    help="Endpoint, such as https://api.smallest.ai/waves/v1. Default: a fake that is started for "
    "the run.",
)
@option(
    "--api-key",
    envvar=KEY_VARIABLE,
    metavar="KEY",
    secret=True,
    callback=not_empty,
    help=f"Key of the requests. Prefer the variable {KEY_VARIABLE}. Keys are never shown.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="PATTERN",
    help="Check only clauses with this id, such as stream.*. Can be given several times.",
)
@click.option(
    "--confidence",
    multiple=True,
    type=Choice(CONFIDENCES),
    help="Check only clauses of this confidence. Can be given several times.",
)
@option(
    "--json",
    "json_file",
    type=FILE,
    callback=not_empty,
    help="Write every result as JSON; - prints it, and the table to standard error.",
)
@option(
    "--junit",
    "junit_file",
    type=FILE,
    callback=not_empty,
    help="Write every result as JUnit XML; - prints it, and the table to standard error.",
)
@option(
    "--save",
    type=FILE,
    callback=not_empty,
    help="Write a report for --against: like --json, with the fields of each response.",
)
@option(
    "--against",
    type=click.Path(readable=False),
    callback=not_empty,
    help="Show what has changed since the run that saved this report.",
)
@option("--yes", is_flag=True, help="Send requests to a host that is not this machine.")
@option(
    "--plan",
    type=Choice(PLANS),
    help="Stay within the requests per minute of this plan. Default: unlimited on this machine, "
    "standard elsewhere.",
)
@option(
    "--limited-key",
    metavar="KEY",
    secret=True,
    callback=not_empty,
    help="A standard-plan key that may exceed its limits.",
)
@option(
    "--forbidden-key",
    metavar="KEY",
    secret=True,
    callback=not_empty,
    help="A valid key without access to Electron.",
)
@option(
    "--other-key",
    metavar="KEY",
    secret=True,
    callback=not_empty,
    help="A valid key of another account.",
)
@option("--faults", is_flag=True, help="The server obeys the header X-Mock-Electron.")
@option(
    "--salt",
    default="",
    metavar="TEXT",
    help="Text in prompts that must be new to the prefix cache. Default with a URL: the time.",
)
@option(
    "--timeout",
    default=60.0,
    show_default=True,
    type=Number(),
    metavar="SECONDS",
    callback=timeout_seconds,
    help="Seconds without a byte after which a response is abandoned.",
)
@option("--list", "list_only", is_flag=True, help="List the clauses and send no request.")
@option("-v", "--verbose", is_flag=True, help="List every clause, not only the failed ones.")
def contract(**options: Any) -> None:
    """Check an endpoint against the known behaviour of Electron, clause by clause.

    Without --base-url, a fake is started and checked. A mock-electron on this machine reports which
    optional needs it meets.

    The exit status is 0 if no documented clause fails, 1 if one fails, 2 if an option is wrong, a
    file cannot be written or the endpoint cannot be checked (no server answers, it refuses a key or
    the path, it refuses several requests in a row, or nothing that it sends resembles Electron),
    and 130 after Ctrl-C. Reports then contain the results so far.
    """
    with counting_interrupts() as interrupts:
        _contract(interrupts, **options)


def _contract(
    interrupts: Interrupts,
    base_url: str | None,
    only: Sequence[str],
    confidence: Sequence[str],
    json_file: str | None,
    junit_file: str | None,
    save: str | None,
    against: str | None,
    yes: bool,
    list_only: bool,
    verbose: bool,
    **options: Any,
) -> None:
    """Run the command. The arguments are its options."""
    require_extra("httpx2", "contract", "mock-electron contract")
    if junit_file is not None:
        require_extra("junitparser", "contract", "mock-electron contract --junit")
    from mock_electron.contract.table import lines

    clauses = _selected(only, confidence)
    files = {"--json": json_file, "--junit": junit_file, "--save": save}
    if list_only:
        _check_alone("--list", files | {"--against": against})
        for clause in clauses:
            click.echo(f"{clause.id} ({clause.confidence}; {clause.source})\n  {clause.sentence}")
        return
    selected = {clause.id for clause in clauses}
    before = None if against is None else load_report(against, selected)
    check_files(files, against)
    report, obstacle = report_on(interrupts, base_url, clauses, options, yes)
    if obstacle and not report.results:
        raise NotRunError(obstacle)
    # A report of the built-in fake has no time, so that all runs write the same bytes.
    made = timestamp(CLOCKS["real"]()) if base_url else None
    write(json_file, report.as_json(made, answers=False))
    write_junit(junit_file, report)
    if obstacle:  # --save keeps the earlier report
        raise NotRunError(obstacle)
    write(save, report.as_json(made))
    for line in lines(report, verbose=verbose):
        click.echo(line, err=OUTPUT in files.values())
    if report.interrupted:
        click.echo(f"interrupted after {len(report.results)} of {len(clauses)} clauses", err=True)
        sys.exit(INTERRUPTED)
    if before is not None:
        show_changes(before, report.as_json(made), err=OUTPUT in files.values())
    sys.exit(0 if report.holds else 1)


def _check_alone(option: str, others: dict[str, str | None]) -> None:
    """Raise UsageError if an option is given with others that have no effect then."""
    given = [name for name, value in others.items() if value is not None]
    if given:
        raise click.UsageError(f"{option} cannot be combined with {' and '.join(given)}")


def _selected(only: Sequence[str], confidence: Sequence[str]) -> "tuple[Clause, ...]":
    from mock_electron.contract import select

    try:
        return select(only, confidence)
    except ValueError as error:
        all_ids = "" if str(error).endswith("?") else "; --list shows all clauses"
        raise click.UsageError(f"--only: {error}{all_ids}") from error
