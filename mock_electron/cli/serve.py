"""The command `mock-electron serve`."""

import errno
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

import click

from mock_electron.cli.configured import (
    config_option,
    configured_list,
    configured_option,
    file_of,
)
from mock_electron.cli.hidden import hidden
from mock_electron.cli.options import Choice, Command, IntegerRange, check_host
from mock_electron.cli.output import Printer, logging_to
from mock_electron.cli.script_files import (
    check_scripts,
    known_contents,
    replace_script,
    require_watch,
    watching_scripts,
)
from mock_electron.cli.settings import setting_options
from mock_electron.engine.keys import KEYS_WITH_A_PLAN
from mock_electron.engine.lane import Lane
from mock_electron.engine.plan import plan_of
from mock_electron.engine.settings import Settings
from mock_electron.inputs.spelling import escaped
from mock_electron.outputs.redaction import shown_end

if TYPE_CHECKING:
    from mock_electron.scripts.watch import Known, Loaded
    from mock_electron.serve.server import Server

LOG_LEVELS: Final = ("critical", "error", "warning", "info", "debug")
HINT_HEADER: Final = b"x-mock-electron-hint"
FROZEN_HINT: Final = b"the clock is frozen, so this minute does not end; use --clock real"
FROZEN_WARNING: Final = (
    "Warning: the clock is frozen, so the limit of {limit} requests per minute is never lifted: "
    "after {limit} requests, a key gets 429 until the server is restarted. "
    "Use --clock real, or a key such as sk_mock_unlimited."
)
EXAMPLE_KEY: Final = "sk_mock"
WRONG_HOST: Final = " Use --host 127.0.0.1, or --host 0.0.0.0 for all addresses."
ADVICE: Final = {
    errno.EADDRINUSE: " Use --port 0 for a free port.",
    errno.EACCES: " Use a port above 1023.",
    errno.EADDRNOTAVAIL: WRONG_HOST,
}
"""What to do about an error of the system, by its number."""


@click.command(cls=Command)
@configured_option(
    "--host",
    default="127.0.0.1",
    callback=check_host,
    show_default=True,
    help="Address to listen on. Other machines can reach any address except a loopback address.",
)
@configured_option(
    "--port",
    default=8787,
    show_default=True,
    type=IntegerRange(0, 65535),
    help="Port to listen on; 0 selects a free one.",
)
@configured_list(
    "--script",
    "scripts",
    type=click.Path(readable=False),
    callback=check_scripts,
    help="A script file, YAML or JSON, whose steps answer first. Can be given several times.",
)
@configured_option(
    "--watch",
    is_flag=True,
    help="Reload the script files when one changes. If it has errors, the old script stays in use.",
)
@configured_option(
    "--workers",
    default=1,
    show_default=True,
    type=IntegerRange(1, 64),
    help="Processes that serve the port. Each has its own limits, cached tokens, uses of steps and "
    "journal. With several, limited plans, --strict, --drift, --sampling varied and steps with "
    "times are refused.",
)
@setting_options
@configured_option(
    "--log-level",
    default="warning",
    show_default=True,
    type=Choice(LOG_LEVELS),
    help="Level of the log on standard error; info logs every request.",
)
@config_option
@click.pass_context
def serve(
    context: click.Context,
    /,
    host: str,
    port: int,
    scripts: tuple[str, ...],
    watch: bool,
    workers: int,
    log_level: str,
    **settings: Any,
) -> None:
    """Serve POST /waves/v1/chat/completions until Ctrl-C.

    Point a client at the base URL that is printed at the start:

    \b
        OpenAI(base_url="http://127.0.0.1:8787/waves/v1", api_key="sk_mock")

    The exit status is 0 after Ctrl-C, 1 if the server cannot start, and 2 if an option is wrong.
    """
    if watch and not scripts:
        raise click.UsageError("--watch needs a script file: add --script FILE")
    if watch:
        require_watch()
    lane = _lane(_settings(settings), workers)
    # Before the files are read, so that no change is missed.
    known = known_contents(scripts) if watch else {}
    if scripts:
        replace_script(lane, scripts)
    server = _server(lane, host, port)
    warnings, lines = (
        tuple(_warnings(server, lane, host)),
        tuple(_start_lines(server, lane, context)),
    )
    if workers == 1:
        _serve(server, lane, log_level, known, warnings, lines)
        return
    from mock_electron.cli.workers import last_loaded, run_workers, start_line

    first, *rest = lines
    for line in warnings:
        click.echo(line, err=True)
    for line in (first, *start_line(workers), *rest):
        click.echo(line)
    with last_loaded(known) as last:

        def work(number: int) -> None:
            known = last.restore(lane)
            _serve(server, lane, log_level, known, number=number, keep=last.keep)

        raise SystemExit(run_workers(workers, work))


def _lane(settings: Settings, workers: int) -> Lane:
    """Return the lane, or end the command if several workers cannot have such lanes."""
    if workers == 1:
        return Lane(settings)
    from mock_electron.cli.workers import WorkerLane, check_settings

    check_settings(settings)
    return WorkerLane(settings)


def _serve(
    server: "Server",
    lane: Lane,
    log_level: str,
    known: "Known",
    warnings: Sequence[str] = (),
    lines: Sequence[str] = (),
    number: int = 1,
    keep: "Callable[[Loaded], object] | None" = None,
) -> None:
    """Print lines, and serve until a signal arrives.

    Args:
        server: The server.
        lane: Its lane.
        log_level: The level of the log.
        known: The script files to watch, as they were before they were read.
        warnings: The lines for standard error.
        lines: The lines for standard output.
        number: The number of the worker. Only the first reports on watched files.
        keep: Called with each script that replaces that of the lane.
    """
    with ExitStack() as stack:
        output = stack.enter_context(Printer(sys.stdout if number == 1 else None))
        errors = stack.enter_context(Printer(sys.stderr))
        stack.enter_context(logging_to(errors, log_level.upper()))
        for warning in warnings:
            errors.print(warning)
        for line in lines:
            output.print(line)
        # uvicorn restores these handlers when it stops, and Python drops them when it exits. In
        # between, a second signal must not turn success into failure.
        _handle_signals(lambda *_: server.request_stop())
        with watching_scripts(known, lane, output, keep):
            server.run()
        _handle_signals(signal.SIG_IGN)


def _handle_signals(handler: Callable[..., object] | signal.Handlers) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def _settings(options: dict[str, Any]) -> Settings:
    try:
        settings = Settings(**options)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    _check_accounts(settings)
    return settings


def _check_accounts(settings: Settings) -> None:
    """Raise UsageError if an account has a key that is not accepted."""
    for position, group in enumerate(settings.accounts, 1):
        for number, key in enumerate(group, 1):
            if settings.api_keys and key not in settings.api_keys:
                place = f"key {number} of group {position} always gets 401"
                raise click.UsageError(
                    f"--account must have keys of --api-key, got {shown_end(key)!r}; {place}"
                )


def _server(lane: Lane, host: str, port: int) -> "Server":
    """Return a server that listens, or end the command with the reason."""
    with hidden("watchfiles"):  # uvicorn imports it for a reloader that is not used here
        from mock_electron.serve.server import Server

    try:
        return Server(lane, host, port)
    except OSError as error:
        unknown_host = isinstance(error, socket.gaierror)
        advice = WRONG_HOST if unknown_host else ADVICE.get(error.errno or 0, "")
        message = f"cannot listen on {host} port {port}: {_reason(error)}"
        raise click.ClickException(f"{message}{'.' if advice else ''}{advice}") from error
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _reason(error: OSError) -> str:
    """Return the system's message without the address that Python adds."""
    return str(error.strerror).partition(" (")[0]


def _warnings(server: "Server", lane: Lane, host: str) -> Iterator[str]:
    """Yield the warnings at the start. If the clock is frozen, prepare the hint of a 429 too."""
    if not server.is_local:
        yield f"Warning: other machines can reach {host}, and the mock has no access control."
    if lane.clock.frozen:
        lane.rate_limit_headers = ((HINT_HEADER, FROZEN_HINT),)
        limit = plan_of(lane.settings.plan).requests_per_minute
        if limit is not None:
            yield FROZEN_WARNING.format(limit=limit)


def _start_lines(server: "Server", lane: Lane, context: click.Context) -> Iterator[str]:
    """Yield the line to copy and, on a terminal, where to find more."""
    keys, url = lane.settings.api_keys, server.base_url
    shown = shown_end(keys[0]) if keys else EXAMPLE_KEY
    yield f'{url}  ->  OpenAI(base_url="{url}", api_key="{shown}")'
    if sys.stdout is not None and sys.stdout.isatty():
        accepted = (
            "Only the keys of --api-key are accepted" if keys else "Every API key is accepted"
        )
        plans = ", ".join(KEYS_WITH_A_PLAN)
        yield f"{accepted}; {plans} have their own limits."
        yield f"The endpoint as OpenAPI: {server.url}/openapi.json"
        if file_of(context):
            yield f"Options from {escaped(file_of(context))}"
        yield "All options: mock-electron serve --help"
        yield "Press Ctrl-C to stop."
