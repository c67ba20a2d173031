"""The command `mock-electron faults`: a command, run once for each fault at each place."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

import click

from mock_electron.cli.command_search import CommandSearch
from mock_electron.cli.configured import config_option
from mock_electron.cli.fault_runs import ending_by_signals
from mock_electron.cli.interrupts import counting_interrupts
from mock_electron.cli.opening import opened
from mock_electron.cli.options import (
    Command,
    IntegerRange,
    Number,
    not_empty,
    option,
    timeout_seconds,
)
from mock_electron.cli.output_files import FILE, OUTPUT, check_outputs, json_bytes, write_output
from mock_electron.cli.server_options import SCRIPT
from mock_electron.cli.settings import setting_options
from mock_electron.trials.search import BUDGET, LONGEST_TIMEOUT, PAIRS, TIMEOUT

if TYPE_CHECKING:
    from mock_electron.trials.report import FaultReport
    from mock_electron.trials.search import Limits

MOST: Final = 1_000_000
"""The largest number of trials."""


@click.command(
    cls=Command,
    short_help="Run a command once for each fault at each place.",
    context_settings={"allow_interspersed_args": False},
)
@option(
    "--budget",
    default=BUDGET,
    show_default=True,
    type=IntegerRange(1, MOST),
    help="The maximum number of trials. The most telling ones come first.",
)
@option(
    "--pairs",
    default=PAIRS,
    show_default=True,
    type=IntegerRange(0, MOST),
    help="How many trials may have two faults.",
)
@option(
    "--timeout",
    default=TIMEOUT,
    show_default=True,
    type=Number(),
    callback=timeout_seconds,
    metavar="SECONDS",
    help="After this time, a run hangs and is killed.",
)
@click.option(
    "--fault",
    "kinds",
    multiple=True,
    metavar="NAME",
    help="Try only this fault, such as 503 or cut; all also tries what no client can notice. Can "
    "be given several times.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="TRIAL",
    help="Run only this trial, such as 'Cut(after=3) in #0'. Can be given several times.",
)
@option("--part", default="1/1", metavar="N/M", help="Run only a part of the trials, such as 1/4.")
@click.option(
    "--ignore",
    multiple=True,
    metavar="NAME=REASON",
    help="Accept a fault or a trial, with the reason. Can be given several times.",
)
@option("--ignore-output", is_flag=True, help="Judge by the exit status alone.")
@option(
    "--twice-status",
    type=IntegerRange(1, 255),
    metavar="STATUS",
    help="The exit status with which COMMAND reports that a side effect has happened twice.",
)
@option(
    "--resume",
    type=FILE,
    callback=not_empty,
    metavar="FILE",
    help="A file for the results. A search that was interrupted goes on after the last one.",
)
@option(
    "--json",
    "json_file",
    type=FILE,
    callback=not_empty,
    metavar="FILE",
    help="Write the report as JSON; - prints it, and the text to standard error.",
)
@SCRIPT
@setting_options
@config_option
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def faults(
    command: tuple[str, ...],
    kinds: Sequence[str],
    only: Sequence[str],
    ignore: Sequence[str],
    ignore_output: bool,
    twice_status: int | None,
    resume: str | None,
    json_file: str | None,
    scripts: tuple[str, ...],
    budget: int,
    pairs: int,
    timeout: float,
    part: str,
    **settings: Any,
) -> None:
    """Run COMMAND once for each fault at each request and chunk, and show what it survives.

    \b
        mock-electron faults --script story.yaml -- python agent.py

    The environment of COMMAND is that of `mock-electron run`. It runs twice without a fault first.
    A run with a fault has recovered if it ends with status 0 and prints the same, and has failed
    cleanly with another status. It is wrong if it prints something else, and hangs if it does not
    end in time. Each run has a lane of its own. Standard input is empty.

    The exit status is 0, 1 if a run hangs or is wrong, 2 if an option is wrong or COMMAND does not
    succeed without a fault, and 130 after Ctrl-C. It is 127 if COMMAND is not found.
    """
    if not command[0]:
        raise click.UsageError("COMMAND must not be empty")
    if resume == OUTPUT:
        raise click.UsageError("--resume must be a file, got -")
    check_outputs({"--json": json_file, "--resume": resume}, {})
    limits = _limits(kinds, budget=budget, pairs=pairs, timeout=timeout, only=only, part=part)
    accepted = _accepted(ignore)
    found = opened(("127.0.0.1",), 0, None, scripts, False, 1, True, None, settings)
    with ExitStack() as stack:
        interrupts = stack.enter_context(counting_interrupts())
        stack.enter_context(ending_by_signals())
        stack.enter_context(found.server)
        searching = CommandSearch(
            found, command, limits, compares=not ignore_output, twice=twice_status
        )
        report = searching.report(interrupts, resume, accepted)
        _print(report, command, json_file)
        sys.exit(int(_is_bad(report, accepted)))


def _limits(kinds: Sequence[str], *, only: Sequence[str], **given: Any) -> "Limits":
    from mock_electron.trials.search import Limits

    selection: Any = "all" if "all" in kinds else [*kinds] or "usual"
    if given["timeout"] > LONGEST_TIMEOUT:
        raise click.UsageError(f"--timeout must be at most {LONGEST_TIMEOUT:g} seconds")
    try:
        return Limits.of(faults=selection, only=tuple(only), **given)
    except (TypeError, ValueError) as error:
        raise click.UsageError(str(error)) from error


def _accepted(given: Sequence[str]) -> Mapping[str, str]:
    """Return the reasons of --ignore by name."""
    pairs = [one.rpartition("=") for one in given]
    for name, _, reason in pairs:
        if not name or not reason.strip():
            raise click.UsageError("--ignore must be NAME=REASON, such as silence='we hang up'")
    return {name: reason for name, _, reason in pairs}


def _is_bad(report: "FaultReport", accepted: Mapping[str, str]) -> bool:
    try:
        report.assert_no(ignore=accepted)
    except AssertionError:
        return True
    return False


def _print(report: "FaultReport", command: Sequence[str], json_file: str | None) -> None:
    click.echo(str(report), err=json_file == OUTPUT)
    if report.bad:
        hint = f"To run one again: --only {report.bad[0].trial!r}"
        click.echo(f"\n{hint}; to use its script: mock-electron run --script FILE", err=True)
    if json_file is not None:
        write_output(json_file, json_bytes(report.to_dict() | {"command": list(command)}))
