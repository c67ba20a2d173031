"""The command `mock-electron contract`.

The contract is imported only when the command runs: it needs the extra `contract`.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import click

from mock_electron._regex import regex
from mock_electron.cli.contract_files import (
    FILE,
    OUTPUT,
    check_files,
    load_report,
    show_changes,
    write,
    write_junit,
)
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
from mock_electron.cli.progress import shown_progress
from mock_electron.engine.clock import CLOCKS, timestamp
from mock_electron.inputs.extras import require

if TYPE_CHECKING:
    from mock_electron.contract import Clause, Report, Result, Target

CONFIDENCES: Final = ("documented", "inferred", "assumed")
PLANS: Final = ("standard", "enterprise", "unlimited")
"""The plans of `Target`, in the order of the help text."""
KEY_VARIABLE: Final = "SMALLEST_API_KEY"
MOCK_KEY: Final = "sk_mock_unlimited"
"""The default key for a server on this machine."""
FIELD: Final = regex(
    r"\A(base_url|(?:api|limited|forbidden|other)_key)(?= )|(?<=but it is the )[a-z]+_key\Z"
)
"""The fields of `Target` that a message names."""


@click.command(cls=Command)
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
    _require("httpx2", "mock-electron contract")
    if junit_file is not None:
        _require("junitparser", "mock-electron contract --junit")
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
    report, obstacle = _report(interrupts, base_url, clauses, options, yes)
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


def _require(package: str, used_by: str) -> None:
    """Exit with status 2 and one line if a package of the extra `contract` is not installed."""
    try:
        require(package, extra="contract", used_by=used_by)
    except ImportError as error:
        raise NotRunError(str(error)) from error


def _selected(only: Sequence[str], confidence: Sequence[str]) -> "tuple[Clause, ...]":
    from mock_electron.contract import select

    try:
        return select(only, confidence)
    except ValueError as error:
        all_ids = "" if str(error).endswith("?") else "; --list shows all clauses"
        raise click.UsageError(f"--only: {error}{all_ids}") from error


@contextmanager
def _target(base_url: str | None, options: dict[str, Any]) -> "Iterator[Target]":
    """Yield the endpoint at a URL or, without a URL, a fake that stops afterwards."""
    from mock_electron.contract import discovered

    if base_url is None:
        from mock_electron.mock import MockElectron
        from mock_electron.testing.target import own_target

        with MockElectron() as electron:
            yield discovered(own_target(electron))
        return
    target = _target_at(base_url, options)
    yield discovered(target) if target.is_loopback else target


def _target_at(base_url: str, options: dict[str, Any]) -> "Target":
    """Return the endpoint at a URL. Raise UsageError for an invalid option or a missing key."""
    from mock_electron.contract import Target

    salt = options["salt"] or str(round(CLOCKS["real"]() * 1000))
    key = options["api_key"] or MOCK_KEY
    try:
        target = Target(base_url=base_url, **options | {"salt": salt, "api_key": key})
    except ValueError as error:
        raise click.UsageError(_with_option_names(str(error))) from error
    if not target.is_loopback and not options["api_key"]:
        message = f"{target.address} needs a key: set {KEY_VARIABLE}, or give --api-key."
        raise click.UsageError(message)
    return target


def _with_option_names(message: str) -> str:
    """Return a message about fields of `Target` with the names of their options."""
    return FIELD.sub(lambda field: f"--{field[0].replace('_', '-')}", message)


def _report(
    interrupts: Interrupts,
    base_url: str | None,
    clauses: "tuple[Clause, ...]",
    options: dict[str, Any],
    yes: bool,
) -> "tuple[Report, str]":
    """Check the clauses until Ctrl-C. Return why the endpoint cannot be checked, or "", too."""
    from mock_electron.contract import Report, UnreachableError
    from mock_electron.contract.target import BUILT_IN

    done: list[Result] = []
    interrupted, obstacle = False, ""
    try:
        with interrupts.raising(), _target(base_url, options) as target:
            _check(target, clauses, yes, done)
    except UnreachableError as error:
        interrupted, obstacle = True, str(error)
    except KeyboardInterrupt:
        interrupted = True
    return Report(base_url or BUILT_IN, tuple(done), interrupted), obstacle


def _check(
    target: "Target", clauses: "tuple[Clause, ...]", yes: bool, done: "list[Result]"
) -> None:
    """Add the result of each clause. Show the cost first if the endpoint is elsewhere."""
    from mock_electron.contract import cost, results

    if not target.is_loopback:
        message = cost(target, clauses).describe(target)
        if not yes:
            raise NotRunError(f"{message} Add --yes to continue.")
        click.echo(message, err=True)
    running = results(target, clauses, on_wait=_say_waiting, stop_early=True)
    # extend adds item by item, so that an interruption keeps them.
    done.extend(shown_progress(running, len(clauses), "clauses"))


def _say_waiting(sentence: str) -> None:
    click.echo(sentence, err=True)
