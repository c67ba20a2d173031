"""The command `mock-electron serve`."""

import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from mock_electron.cli.configured import configured_option, is_given
from mock_electron.cli.opening import Opened, opened, start_lines
from mock_electron.cli.options import Command, IntegerRange
from mock_electron.cli.output import Printer, logging_to
from mock_electron.cli.script_files import watching_scripts
from mock_electron.cli.server_options import server_options

if TYPE_CHECKING:
    from mock_electron.scripts.watch import Known, Loaded


@click.command(cls=Command)
@server_options(
    configured_option(
        "--port",
        default=8787,
        show_default=True,
        type=IntegerRange(0, 65535),
        help="Port to listen on; 0 selects a free one.",
    ),
    [
        configured_option(
            "--workers",
            default=1,
            show_default=True,
            type=IntegerRange(1, 64),
            help="Processes that serve the port. Each has its own limits, cached tokens, uses of "
            "steps and journal. With several, limited plans, --strict, --drift, --sampling varied "
            "and steps with times are refused.",
        ),
    ],
)
@click.pass_context
def serve(
    context: click.Context,
    /,
    hosts: tuple[str, ...],
    port: int,
    uds: str | None,
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
    if uds and not (is_given(context, "hosts") or is_given(context, "port")):
        hosts = ()
    found = opened(hosts, port, uds, scripts, watch, workers, settings)
    lines = tuple(start_lines(found.server, found.lane, context))
    try:
        if workers == 1:
            _serve(found, found.known, log_level, lines)
        else:
            _serve_together(found, workers, log_level, lines)
    finally:
        found.server.remove_file()


def _serve_together(found: Opened, workers: int, log_level: str, lines: Sequence[str]) -> None:
    """Serve with several processes, until a signal arrives."""
    from mock_electron.cli.workers import last_loaded, run_workers, start_line

    first, *rest = lines
    for line in found.warnings:
        click.echo(line, err=True)
    for line in (first, *start_line(workers), *rest):
        click.echo(line)
    with last_loaded(found.known) as last:

        def work(number: int) -> None:
            known = last.restore(found.lane)
            _serve(found, known, log_level, number=number, keep=last.keep)

        status = run_workers(workers, work)
    if status:
        raise SystemExit(status)


def _serve(
    found: Opened,
    known: "Known",
    log_level: str,
    lines: Sequence[str] = (),
    number: int = 1,
    keep: "Callable[[Loaded], object] | None" = None,
) -> None:
    """Print lines, and serve until a signal arrives.

    Args:
        found: The server and its lane.
        known: The script files to watch, as they were before they were read.
        log_level: The level of the log.
        lines: The lines for standard output. Without any, the warnings are not printed either.
        number: The number of the worker. Only the first reports on watched files.
        keep: Called with each script that replaces that of the lane.
    """
    with ExitStack() as stack:
        output = stack.enter_context(Printer(sys.stdout if number == 1 else None))
        errors = stack.enter_context(Printer(sys.stderr))
        stack.enter_context(logging_to(errors, log_level.upper()))
        for warning in found.warnings if lines else ():
            errors.print(warning)
        for line in lines:
            output.print(line)
        # uvicorn restores these handlers when it stops, and Python drops them when it exits. In
        # between, a second signal must not turn success into failure.
        _handle_signals(lambda *_: found.server.request_stop())
        with watching_scripts(known, found.lane, output, keep):
            found.server.run()
        _handle_signals(signal.SIG_IGN)


def _handle_signals(handler: Callable[..., object] | signal.Handlers) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)
