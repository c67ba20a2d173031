"""The command line: `mock-electron serve`, `contract`, `check`, `schema` and `openapi`."""

import errno
import json
import logging
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import click

from mock_electron._version import __version__
from mock_electron.cli.contract import NotRunError, contract
from mock_electron.cli.settings import setting_options
from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.traffic.lines import counted

LOG_LEVELS: Final = ("critical", "error", "warning", "info", "debug")
LOOPBACK: Final = ("localhost", "127.", "::1")


def _check_host(_context: click.Context, _parameter: click.Parameter, host: str) -> str:
    """Return the host. An empty one would listen on all addresses."""
    if not host:
        raise click.BadParameter("host must not be empty; use 127.0.0.1 for this machine only")
    return host


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mock-electron", message="%(prog)s %(version)s")
def cli() -> None:
    """A deterministic fake of Smallest AI's Electron chat endpoint."""


@cli.command()
@click.option(
    "--host",
    default="127.0.0.1",
    callback=_check_host,
    show_default=True,
    help="Address to listen on. Other machines can reach any address except a loopback address.",
)
@click.option(
    "--port",
    default=8787,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 selects a free one.",
)
@click.option(
    "--script",
    type=click.Path(dir_okay=False),
    help="A script file, YAML or JSON, whose steps answer first.",
)
@click.option(
    "--watch",
    is_flag=True,
    help="Reload the script file when it changes. If it has errors, the old script stays in use.",
)
@setting_options
@click.option(
    "--log-level",
    default="warning",
    show_default=True,
    type=click.Choice(LOG_LEVELS),
    help="Level of the log on standard error; info logs every request.",
)
def serve(
    host: str, port: int, script: str | None, watch: bool, log_level: str, **settings: Any
) -> None:
    """Serve POST /waves/v1/chat/completions until Ctrl-C.

    Point a client at the base URL that is printed at the start:

    \b
        OpenAI(base_url="http://127.0.0.1:8787/waves/v1", api_key="sk_mock")
    """
    from mock_electron.serve.server import Server

    logging.basicConfig(
        level=log_level.upper(), stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )
    if watch and script is None:
        raise click.UsageError("--watch needs a script file: add --script FILE")
    if watch:
        _require_watchfiles()
    lane = Lane(_settings(settings))
    if script is not None:
        _replace_script(lane, script)
    try:
        server = Server(lane, host, port)
    except OSError as error:
        message = f"cannot listen on {host} port {port}: {_reason(error)}"
        advice = ". Use --port 0 for a free port." if error.errno == errno.EADDRINUSE else ""
        raise click.ClickException(message + advice) from error
    if not host.startswith(LOOPBACK):
        click.echo(
            f"Warning: other machines can reach {host}, and the mock has no access control.",
            err=True,
        )
    api_key = (lane.settings.api_keys or ("sk_mock",))[0]
    url = server.base_url
    click.echo(f'{url}  ->  OpenAI(base_url="{url}", api_key="{api_key}")')
    # uvicorn restores these handlers when it stops, and Python drops them when it exits. In
    # between, a second signal must not turn success into failure.
    _handle_signals(lambda *_: server.request_stop())
    with _watching(script if watch else None, lane):
        server.run()
    _handle_signals(signal.SIG_IGN)


def _handle_signals(handler: Callable[..., object] | signal.Handlers) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def _settings(options: dict[str, Any]) -> Settings:
    try:
        return Settings(**options)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _require_watchfiles() -> None:
    """End the command with one line if the extra `watch` is not installed."""
    from mock_electron.scripts.watch import require_watchfiles

    try:
        require_watchfiles()
    except ImportError as error:
        raise NotRunError(str(error)) from error


@contextmanager
def _watching(script: str | None, lane: Lane) -> Iterator[None]:
    """Watch a script file while the block runs. Without a file, do nothing."""
    if script is None:
        yield
        return
    from mock_electron.scripts.watch import watching

    with watching(script, lane, click.echo):
        yield


def _replace_script(lane: Lane, script: str) -> None:
    """Load a file into a lane, or end the command with all errors of the file."""
    from mock_electron.scripts import ScriptError, load

    try:
        lane.replace_script(load(script))
    except ScriptError as error:
        raise click.ClickException(f"the script has errors:\n{error}") from error
    except ValueError as error:
        raise click.ClickException(str(error)) from error


@cli.command()
@click.argument("files", nargs=-1, required=True, type=click.Path())
def check(files: tuple[str, ...]) -> None:
    """Print everything that is wrong with FILES; exit with status 1 if there are errors."""
    from mock_electron.engine.script.script import StepState
    from mock_electron.engine.script.shadow import shadows
    from mock_electron.scripts import ScriptError, load

    failed = False
    for file in files:
        try:
            steps = load(file)
        except ScriptError as error:
            click.echo(str(error), err=True)
            failed = True
            continue
        click.echo(f"{file}: {counted(len(steps), 'step')}")
        for message in shadows(StepState(*pair, 0) for pair in enumerate(steps, 1)):
            click.echo(f"{file}: {message}", err=True)
            failed = True
    if failed:
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
    """Print an OpenAPI 3.1 document of the endpoint, as GET /openapi.json returns it."""
    from mock_electron.wire.openapi import document

    described = document(accept_json_schema=accept_json_schema)
    click.echo(json.dumps(described, indent=2, ensure_ascii=False))


cli.add_command(contract)


def _reason(error: OSError) -> str:
    """Return the system's message without the address that Python adds."""
    return str(error.strerror).partition(" (")[0]


def main(args: list[str] | None = None) -> None:
    """Run the command line.

    Args:
        args: The arguments. Default: those of the process.
    """
    cli(args, prog_name="mock-electron")
