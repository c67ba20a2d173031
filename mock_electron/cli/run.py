"""The command `mock-electron run`: a server for the time of another command.

1. The server runs in a thread. The command has the standard input, output and error of this
   process, and its environment with the variables that point a client at the server.
2. Signals that end a program are passed on to the command. The terminal itself sends those of keys,
   such as Ctrl-C, and of its end to the command, so they are not passed on then.
3. At the end, the verdict is printed to standard error. The exit status is that of the command,
   or 1 if it succeeded and the verdict on a strict lane is bad.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, ClassVar, Final

import click

from mock_electron.cli.exchange_log import log_exchanges
from mock_electron.cli.journal_file import NOT_WRITTEN, JournalFile
from mock_electron.cli.logs import line, logging_to
from mock_electron.cli.opening import Opened, hosts_of, opened
from mock_electron.cli.options import Command, IntegerRange, option
from mock_electron.cli.output import Printer
from mock_electron.cli.script_files import watching_scripts
from mock_electron.cli.server_options import server_options

if TYPE_CHECKING:
    from mock_electron.serve.server import Server

BY_SIGNAL: Final = 128
"""The exit status of a shell for a command that a signal has ended, without its number."""
FORWARDED: Final = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")
    if hasattr(signal, name)  # Windows has the first two
)


class NotFoundError(click.ClickException):
    """There is no such command."""

    exit_code: ClassVar[int] = 127


class NotExecutableError(click.ClickException):
    """The command cannot be executed."""

    exit_code: ClassVar[int] = 126


@click.command(
    cls=Command,
    short_help="Run a command with a server beside it.",
    context_settings={"allow_interspersed_args": False},
)
@server_options(
    option(
        "--port",
        default=0,
        type=IntegerRange(0, 65535),
        metavar="PORT",
        help="Port to listen on. Default: a free one. No variable and no file gives it.",
    ),
)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_context
def run(
    context: click.Context,
    /,
    command: tuple[str, ...],
    hosts: tuple[str, ...],
    port: int,
    uds: str | None,
    scripts: tuple[str, ...],
    watch: bool,
    control: bool,
    control_token: str | None,
    journal: str | None,
    log_level: str,
    log_format: str,
    **settings: Any,
) -> None:
    """Run COMMAND while a server is running, and print the verdict on its requests.

    \b
        mock-electron run --strict --script story.yaml -- npx vitest run

    The environment of the command has OPENAI_BASE_URL, OPENAI_API_KEY and SMALLEST_API_KEY, which
    point clients at the server, and MOCK_ELECTRON_URL, MOCK_ELECTRON_CONTROL_URL,
    MOCK_ELECTRON_LANE and, if they are needed, MOCK_ELECTRON_CONTROL_TOKEN and MOCK_ELECTRON_UDS,
    the Unix socket.

    The exit status is that of the command (128 + N after the signal N, 127 if it is not found, 126
    if it is not executable), or 1 if it succeeded but requests or steps of a strict lane are wrong.
    It is 1 if the server cannot start, and 2 if an option is wrong.
    """
    if not command[0]:
        raise click.UsageError("COMMAND must not be empty")
    hosts = hosts_of(context, hosts, uds)
    found = opened(hosts, port, uds, scripts, watch, 1, control, control_token, settings)
    with ExitStack() as stack:
        errors = stack.enter_context(Printer(sys.stderr))
        stack.enter_context(logging_to(errors, log_level, log_format))
        for warning in found.warnings:
            errors.print(line(warning, "warning", log_format))
        found.server.app.lanes.keeps_closed = True
        log_exchanges(found.server, warn=False)  # the verdict lists the refusals
        stack.enter_context(watching_scripts(found.known, found.lane, errors, None))
        exchanges = JournalFile(journal, found.server) if journal else None
        if exchanges is not None:
            exchanges.write_on_signal()
        with found.server:
            status = _status(command, os.environ | _variables(found))
        status = _judged(found.server, status, errors, log_format)
        is_written = exchanges is None or exchanges.write_at_end()
    raise SystemExit(status or (0 if is_written else NOT_WRITTEN))


def _variables(found: Opened) -> dict[str, str]:
    """Return the variables that point the command at the server."""
    from mock_electron.testing.electron import Electron
    from mock_electron.testing.variables import CONTROL_TOKEN, variables_of

    key = Electron(found.lane, found.server.url).api_key
    server = found.server
    variables = variables_of(
        server.url, key, has_control=bool(found.page), uds=str(server.path or "")
    )
    return variables | ({CONTROL_TOKEN: found.token} if found.token else {})


def _judged(server: "Server", status: int, errors: Printer, log_format: str) -> int:
    """Print the verdict. Return the exit status."""
    from mock_electron.cli.verdicts import is_bad, lanes_of, printed_verdicts

    lanes = lanes_of(server)
    unjudged = server.app.lanes.dropped
    for text in printed_verdicts(lanes, "info", log_format, unjudged=unjudged):
        errors.print(text)
    return status or int(is_bad(lanes))


# --- the command


def _status(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command until it ends. Return its exit status as a shell reports it.

    Raises:
        click.ClickException: If the command is not found, or not executable.
    """
    with _forwarding() as pass_on_to:
        try:
            process = subprocess.Popen(command, env=environment)  # noqa: S603 (the user's command)
        except OSError as error:
            missing = isinstance(error, FileNotFoundError | NotADirectoryError)
            kind = NotFoundError if missing else NotExecutableError
            raise kind(f"cannot run {command[0]}: {error.strerror}") from error
        pass_on_to(process)
        status = process.wait()
        return status if status >= 0 else BY_SIGNAL - status


@contextmanager
def _forwarding() -> "Iterator[Callable[[subprocess.Popen[bytes]], None]]":
    """Handle signals. Yield a function that passes on those before and those to come."""
    received: list[int] = []
    processes: list[subprocess.Popen[bytes]] = []

    def handle(number: int, _frame: object) -> None:
        received.append(number)
        for process in processes:
            _pass_on(number, process)

    def pass_on_to(process: "subprocess.Popen[bytes]") -> None:
        processes.append(process)
        for number in received:
            _pass_on(number, process)

    # An ignored signal stays ignored, as in a background job of a shell.
    handled = [one for one in FORWARDED if signal.getsignal(one) is not signal.SIG_IGN]
    before = [(one, signal.signal(one, handle)) for one in handled]
    try:
        yield pass_on_to
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def _pass_on(number: int, process: "subprocess.Popen[bytes]") -> None:
    """Send a signal to the command, unless the terminal has sent it to both."""
    if number == signal.SIGTERM or not _is_in_foreground():
        process.send_signal(number)


def _is_in_foreground() -> bool:
    """Return whether this process has a terminal, which sends Ctrl-C to it and to the command."""
    with suppress(OSError, AttributeError):  # there is no terminal
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
        try:
            return os.tcgetpgrp(terminal) == os.getpgrp()
        finally:
            os.close(terminal)
    return False
