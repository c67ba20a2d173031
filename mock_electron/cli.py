"""The command line: `mock-electron serve` and `mock-electron --version`."""

import logging
import sys
from typing import Any, Final

import click

from mock_electron import __version__
from mock_electron.engine.lane import Lane
from mock_electron.engine.pace import Pace
from mock_electron.engine.settings import CHOICES, Settings

LOG_LEVELS: Final = ("critical", "error", "warning", "info", "debug")
LOOPBACK: Final = ("localhost", "127.", "::1")


class PaceType(click.ParamType[Pace]):
    """FIRST:EACH in milliseconds."""

    name = "FIRST:EACH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Pace:
        first, _, each = str(value).partition(":")
        try:
            return Pace(float(first) / 1000, float(each) / 1000)
        except ValueError:
            self.fail(
                f"{value!r} is no pace. Give two times in milliseconds, such as 174:5: "
                "to the first token, and between two tokens.",
                param,
                ctx,
            )


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
    help="real: the time of day, and --pace is felt. frozen: always 1740000000, and nobody waits.",
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
    "--pace",
    type=PaceType(),
    help="Milliseconds to the first token and between two tokens, such as 174:5. "
    "Without it replies come at once.",
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
def serve(host: str, port: int, log_level: str, api_keys: tuple[str, ...], **options: Any) -> None:
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
    try:
        server = Server(Lane(settings), host, port)
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {host} port {port}: {_reason(error)}. Try --port 0 for a free one."
        ) from error
    if not host.startswith(LOOPBACK):
        click.echo(f"Warning: {host} lets other machines in; the mock has no protection.", err=True)
    key = api_keys[0] if api_keys else "sk_mock"
    click.echo(f'{server.base_url}  ->  OpenAI(base_url="{server.base_url}", api_key="{key}")')
    server.run()


def _reason(error: OSError) -> str:
    """What the system says, without the address that Python adds."""
    return str(error.strerror).partition(" (")[0]


def main(args: list[str] | None = None) -> None:
    """The console script. args: the arguments, those of the process where None."""
    cli(args, prog_name="mock-electron")
