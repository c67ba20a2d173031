"""The command line: `mock-electron serve`, `contract`, `check`, `schema`, `openapi`."""

import json
import logging
import signal
import sys
from typing import Any, Final

import click

from mock_electron._version import __version__
from mock_electron.cli.contract import contract
from mock_electron.engine import settings_text
from mock_electron.engine.lane import Lane
from mock_electron.engine.limits import Plan
from mock_electron.engine.pace import Pace
from mock_electron.engine.script import Step
from mock_electron.engine.settings import CHOICES, Settings

LOG_LEVELS: Final = ("critical", "error", "warning", "info", "debug")
LOOPBACK: Final = ("localhost", "127.", "::1")


class PaceType(click.ParamType[str | Pace]):
    """A name, or FIRST:EACH in milliseconds, or FIRST:EACH:JITTER with a share."""

    name = "PACE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str | Pace:
        try:
            return settings_text.pace(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class PlanType(click.ParamType[str | Plan]):
    """A name, or REQUESTS:IN_FLIGHT."""

    name = "PLAN"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str | Plan:
        try:
            return settings_text.plan(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _host(_context: click.Context, _parameter: click.Parameter, host: str) -> str:
    """An empty host would listen on all addresses, which nobody asked for."""
    if not host:
        raise click.BadParameter("'' is no host. 127.0.0.1 is this machine alone.")
    return host


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mock-electron", message="%(prog)s %(version)s")
def cli() -> None:
    """A deterministic fake of Smallest AI's Electron chat endpoint."""


@cli.command()
@click.option(
    "--host",
    default="127.0.0.1",
    callback=_host,
    show_default=True,
    help="Address to listen on. Any but a loopback address lets other machines in.",
)
@click.option(
    "--port",
    default=8787,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--seed",
    default=0,
    show_default=True,
    help="Chooses all ids and replies: the same seed gives the same bytes.",
)
@click.option(
    "--sampling",
    default="steady",
    show_default=True,
    type=click.Choice(CHOICES["sampling"]),
    help="How a request without a seed is answered when it comes again: "
    "steady, the same; varied, differently, but the same in every run.",
)
@click.option(
    "--clock",
    default="real",
    show_default=True,
    type=click.Choice(CHOICES["clock"]),
    help="real: the time of day, and --pace is felt. frozen: begins at 1740000000, moves only by "
    "what a --pace takes, and nobody waits.",
)
@click.option(
    "--api-key",
    "api_keys",
    multiple=True,
    metavar="KEY",
    help="Let only this key in; may be given several times. Without it every key is let in, but "
    "for sk_mock_revoked (401) and sk_mock_forbidden (403).",
)
@click.option(
    "--plan",
    default="unlimited",
    show_default=True,
    type=PlanType(),
    help="Limits of each key: standard (10 requests a minute, 3 in flight), enterprise (200, 20), "
    "unlimited, or your own, such as 10:3. The keys sk_mock_standard, sk_mock_enterprise "
    "and sk_mock_unlimited have their plan whatever this says.",
)
@click.option(
    "--pace",
    default="instant",
    show_default=True,
    type=PaceType(),
    help="electron (174:5:0.2), instant, or milliseconds to the first token of a prompt of 1,000 "
    "fresh tokens, and between two tokens, such as 174:5.",
)
@click.option(
    "--drift",
    default=0.0,
    show_default=True,
    type=click.FloatRange(0, 1),
    help="The share of requests with a seed that are answered otherwise than the seed has it.",
)
@click.option(
    "--prefix-cache-tokens",
    default=1_048_576,
    show_default=True,
    type=click.IntRange(0),
    help="How many tokens the prefix cache holds; 0 caches nothing.",
)
@click.option(
    "--script",
    "script",
    type=click.Path(dir_okay=False),
    help="A script file, YAML or JSON, that answers first.",
)
@click.option(
    "--watch",
    is_flag=True,
    help="Read the script file again when it changes; a wrong one leaves the script as it is.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Refuse a request that the script has no answer for, and say why: 404, not_scripted.",
)
@click.option(
    "--fault-header/--no-fault-header",
    default=True,
    show_default=True,
    help="Whether a request may ask for its own fault with the header X-Mock-Electron.",
)
@click.option(
    "--accept-json-schema",
    is_flag=True,
    help="Accept response_format json_schema, which Electron is assumed to reject.",
)
@click.option(
    "--named-tool-finish",
    default="tool_calls",
    show_default=True,
    type=click.Choice(CHOICES["named_tool_finish"]),
    help="The finish reason where the request names the tool; vLLM says stop.",
)
@click.option(
    "--not-found",
    default="json",
    show_default=True,
    type=click.Choice(CHOICES["not_found"]),
    help="How an unknown path is answered: json, in the error envelope; html, as Express does.",
)
@click.option(
    "--log-level",
    default="warning",
    show_default=True,
    type=click.Choice(LOG_LEVELS),
    help="What is logged to standard error; info shows a line for every request.",
)
def serve(
    host: str,
    port: int,
    log_level: str,
    api_keys: tuple[str, ...],
    script: str | None,
    watch: bool,
    **options: Any,
) -> None:
    """Answer POST /waves/v1/chat/completions until Ctrl-C.

    Point a client at it by its base URL, which is printed at the start:

    \b
        OpenAI(base_url="http://127.0.0.1:8787/waves/v1", api_key="sk_mock")
    """
    from mock_electron.serve.server import Server

    logging.basicConfig(
        level=log_level.upper(), stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )
    try:
        settings = Settings(api_keys=api_keys, **options)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if watch and script is None:
        raise click.UsageError("--watch looks at a script; give --script FILE too.")
    lane = Lane(settings)
    if script is not None:
        lane.replace_script(_load(script))
    try:
        server = Server(lane, host, port)
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {host} port {port}: {_reason(error)}. Try --port 0 for a free one."
        ) from error
    if not host.startswith(LOOPBACK):
        click.echo(f"Warning: {host} lets other machines in; the mock has no protection.", err=True)
    key = api_keys[0] if api_keys else "sk_mock"
    click.echo(f'{server.base_url}  ->  OpenAI(base_url="{server.base_url}", api_key="{key}")')
    if watch and script is not None:
        from mock_electron.scripts.watch import watching

        with watching(script, lane, click.echo):
            server.run()
    else:
        server.run()
    for again in (signal.SIGINT, signal.SIGTERM):
        signal.signal(again, signal.SIG_IGN)  # it has ended well; a second Ctrl-C is no failure


def _load(script: str) -> tuple[Step, ...]:
    """The steps of a file; a wrong one ends the command with all that is wrong."""
    from mock_electron.scripts import ScriptError, load

    try:
        return load(script)
    except ScriptError as error:
        raise click.ClickException(f"the script cannot be used:\n{error}") from error


@cli.command()
@click.argument("files", nargs=-1, required=True, type=click.Path())
def check(files: tuple[str, ...]) -> None:
    """Check script FILES; say all that is wrong with them, and end with status 1."""
    from mock_electron.scripts import ScriptError, load

    wrong = 0
    for file in files:
        try:
            steps = len(load(file))
        except ScriptError as error:
            click.echo(str(error), err=True)
            wrong += 1
        else:
            click.echo(f"{file}: {steps} step{'' if steps == 1 else 's'}")
    if wrong:
        raise SystemExit(1)


@cli.command()
def schema() -> None:
    """Print the JSON Schema of script files, for editors."""
    from mock_electron.scripts.schema import SCHEMA

    click.echo(json.dumps(SCHEMA, indent=2, ensure_ascii=False))


@cli.command()
@click.option(
    "--accept-json-schema",
    is_flag=True,
    help="Describe a server that accepts response_format json_schema.",
)
def openapi(accept_json_schema: bool) -> None:
    """Print the endpoint as an OpenAPI 3.1 document, as GET /openapi.json does."""
    from mock_electron.wire.openapi import document

    described = document(accept_json_schema=accept_json_schema)
    click.echo(json.dumps(described, indent=2, ensure_ascii=False))


cli.add_command(contract)


def _reason(error: OSError) -> str:
    """What the system says, without the address that Python adds."""
    return str(error.strerror).partition(" (")[0]


def main(args: list[str] | None = None) -> None:
    """The console script. args: the arguments, those of the process where None."""
    cli(args, prog_name="mock-electron")
