"""The command `mock-electron audit`."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import click

from mock_electron.cli.extras import require_extra
from mock_electron.cli.options import Command, Function, not_empty, option
from mock_electron.cli.output_files import FILE, OUTPUT, check_outputs

FORMATS: Final = ("--json", "--junit", "--sarif", "--github", "--html")
"""The options with a file to write."""


def _file_option(name: str, what: str) -> Callable[[Function], Function]:
    """Return a decorator for an option with a file to write."""
    words = f"{what}; - prints it, and the text to standard error."
    return option(name, type=FILE, metavar="FILE", callback=not_empty, help=words)


@click.command(cls=Command, short_help="Check a journal against the best practices of Electron.")
@click.argument("journals", nargs=-1, required=True, metavar="JOURNAL...", type=FILE)
@click.option(
    "--rule",
    "rules",
    multiple=True,
    metavar="NAME=LEVEL",
    help="What the findings of a rule do: off, warn or error. Default: error. Can be given several "
    "times.",
)
@click.option(
    "--threshold",
    "thresholds",
    multiple=True,
    metavar="NAME=VALUE",
    help="A figure by which a rule judges, such as seeded_temperature=0.1. Default: that of the "
    "vendor. Can be given several times.",
)
@click.option(
    "--lane",
    "lanes",
    multiple=True,
    metavar="NAME",
    help="Check only this lane. Can be given several times.",
)
@click.option(
    "--logs",
    multiple=True,
    type=FILE,
    metavar="FILE",
    help="The client's log, in which request ids are looked for. Can be given several times.",
)
@option(
    "--rates",
    metavar="PRICES",
    callback=not_empty,
    help="What tokens cost: prices such as 0.4:0.1:1.6 for a million fresh, cached and output "
    "tokens, or a file with them.",
)
@_file_option("--json", "Write the audit as JSON")
@_file_option("--junit", "Write the audit as JUnit XML, with a test case for each rule")
@_file_option("--sarif", "Write the audit as SARIF 2.1.0, for code scanning")
@_file_option(
    "--github",
    "Print annotations for GitHub Actions, and write the summary of the step, in Markdown",
)
@_file_option("--html", "Write the audit as a page with the exchanges, in one file")
def audit(
    journals: Sequence[str],
    rules: Sequence[str],
    thresholds: Sequence[str],
    lanes: Sequence[str],
    logs: Sequence[str],
    rates: str | None,
    **files: str | None,
) -> None:
    """Check whether the client whose requests are in a JOURNAL uses Electron well.

    A journal is a .jsonl file of `serve --journal` or `electron.exchanges.save`; - is standard
    input. The lanes of a file are checked one by one.

    The exit status is 0 if no rule whose level is error has found something, 1 if one has, and 2 if
    an option is wrong or a file cannot be read or written.
    """
    outputs = {name: files[name.lstrip("-")] for name in FORMATS}
    _check(journals, logs, outputs)
    from mock_electron.cli.audit_input import Judgement, read_journals
    from mock_electron.cli.audit_output import print_text, write_formats

    judgement = Judgement.of(rules, thresholds, rates, logs)
    audits = [one for each in read_journals(journals, lanes) for one in judgement.judge(each)]
    write_formats(audits, outputs)
    print_text(audits, err=OUTPUT in outputs.values())
    sys.exit(1 if any(one.audit.failing for one in audits) else 0)


def _check(journals: Sequence[str], logs: Sequence[str], outputs: Mapping[str, str | None]) -> None:
    """Raise an error if the files cannot be used together, or a package is missing."""
    if OUTPUT in journals and OUTPUT in logs:
        raise click.UsageError("only one of JOURNAL and --logs can be -")
    if outputs["--junit"] is not None:
        require_extra("junitparser", "contract", "mock-electron audit --junit")
    inputs = {f"JOURNAL {file}": file for file in journals if file != OUTPUT}
    inputs |= {f"--logs {file}": file for file in logs if file != OUTPUT}
    check_outputs(outputs, inputs)
