"""The command line: `mock-electron serve` and `mock-electron --version`."""

import logging
import sys
from typing import Any, Final

import click

from mock_electron import __version__
from mock_electron.engine.lane import Lane
from mock_electron.engine.limits import PLANS, Plan
from mock_electron.engine.pace import PACES, Pace
from mock_electron.engine.settings import CHOICES, Settings

LOG_LEVELS: Final = ("critical", "error", "warning", "info", "debug")
LOOPBACK: Final = ("localhost", "127.", "::1")


class PaceType(click.ParamType[str | Pace]):
    """A name, or FIRST:EACH in milliseconds, or FIRST:EACH:JITTER with a share."""

    name = "PACE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str | Pace:
        if value in PACES:
            return str(value)
        try:
            times = [float(part) for part in str(value).split(":")]
            first, each, jitter = times if len(times) == 3 else (*times, 0.0)
            return Pace(first / 1000, each / 1000, jitter)
        except ValueError:
            self.fail(
                f"{value!r} is no pace. Give electron, instant, or times in milliseconds such as "
                "174:5: to the first token of a prompt of 1,000 tokens, and between two tokens; "
                "and a jitter, if you like: 174:5:0.2.",
                param,
                ctx,
            )


class PlanType(click.ParamType[str | Plan]):
    """A name, or REQUESTS:IN_FLIGHT."""

    name = "PLAN"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str | Plan:
        if value in PLANS:
            return str(value)
        try:
            requests, in_flight = map(int, str(value).split(":"))
            return Plan(requests, in_flight)
        except ValueError:
            self.fail(
                f"{value!r} is no plan. Give {', '.join(PLANS)}, or two numbers such as 10:3: "
                "requests per minute, and requests in flight.",
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
    "unlimited, or your own, such as 10:3. The keys sk_mock_standard and sk_mock_enterprise "
    "have their plan whatever this says.",
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
