"""The command line: `mock-electron serve`, `run`, `audit`, `contract`, `check` and others."""

import json
from typing import Final

import click

from mock_electron._version import __version__
from mock_electron.cli.options import Commands, option
from mock_electron.cli.output import forgiving_output, open_closed_descriptors
from mock_electron.inputs.spelling import escaped

MODULES: Final = {
    "audit": "mock_electron.cli.audit",
    "contract": "mock_electron.cli.contract",
    "faults": "mock_electron.cli.faults",
    "ready": "mock_electron.cli.ready",
    "run": "mock_electron.cli.run",
    "serve": "mock_electron.cli.serve",
    "whatif": "mock_electron.cli.whatif",
}
"""The commands with a module of their own. It is imported when the command is used."""
UNNEEDED: Final = {"serve": ("typing_extensions",)}
"""The packages that are hidden meanwhile: msgspec then uses `typing`, which loads faster."""


@click.group(
    cls=Commands,
    modules=MODULES,
    unneeded=UNNEEDED,
    epilog="To begin: mock-electron serve. Each command has its own --help.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="mock-electron", message="%(prog)s %(version)s")
def cli() -> None:
    """A deterministic fake of Smallest AI's Electron chat endpoint."""


@cli.command(short_help="Check script files.")
@click.argument("files", nargs=-1, required=True, type=click.Path(readable=False))
def check(files: tuple[str, ...]) -> None:
    """Print everything that is wrong with FILES.

    As for `serve --script`, a folder stands for the script files in it, and - is standard input.

    The exit status is 1 if there are errors or steps that never answer, and 2 if the output cannot
    be written.
    """
    from mock_electron.cli.script_files import load_script, name_of
    from mock_electron.engine.script.script import StepState
    from mock_electron.engine.script.shadow import shadows
    from mock_electron.scripts import ScriptError
    from mock_electron.scripts.several import in_folders
    from mock_electron.traffic.lines import counted

    failed = False
    for empty in [file for file in files if not [*in_folders([file])]]:
        click.echo(f"{escaped(empty)}: no script files")
    for file in in_folders(files):
        try:
            steps = load_script(file)
        except ScriptError as error:
            click.echo(str(error), err=True)
            failed = True
            continue
        name = escaped(name_of(file))
        click.echo(f"{name}: {counted(len(steps), 'step')}")
        for message in shadows(StepState(*pair, 0) for pair in enumerate(steps, 1)):
            click.echo(f"{name}: {message}", err=True)
            failed = True
    if failed:
        raise SystemExit(1)


@cli.command(short_help="Print the JSON Schema of script files.")
def schema() -> None:
    """Print the JSON Schema of script files, for editors."""
    from mock_electron.scripts.schema import SCHEMA

    click.echo(json.dumps(SCHEMA, indent=2, ensure_ascii=False))


@cli.command(short_help="Print the endpoint as an OpenAPI document.")
@option(
    "--accept-json-schema",
    is_flag=True,
    help="Describe a server that accepts response_format json_schema.",
)
def openapi(accept_json_schema: bool) -> None:
    """Print an OpenAPI 3.1 document of the endpoint, as GET /openapi.json returns it."""
    from mock_electron.wire.openapi import document

    described = document(accept_json_schema=accept_json_schema)
    click.echo(json.dumps(described, indent=2, ensure_ascii=False))


def main(args: list[str] | None = None) -> None:
    """Run the command line.

    Args:
        args: The arguments. Default: those of the process.
    """
    open_closed_descriptors()
    with forgiving_output():
        cli(args, prog_name="mock-electron")
