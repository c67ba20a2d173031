"""The command `mock-electron serve`."""

import logging
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import TYPE_CHECKING, Any, Final

import click
from msgspec import Struct

from mock_electron.cli.configured import configured_option
from mock_electron.cli.exchange_log import log_exchanges
from mock_electron.cli.logs import line, logging_to
from mock_electron.cli.opening import Opened, hosts_of, opened, start_lines
from mock_electron.cli.options import Command, IntegerRange, Number
from mock_electron.cli.output import Printer
from mock_electron.cli.script_files import watching_scripts
from mock_electron.cli.server_options import PATH, drain_seconds, server_options

if TYPE_CHECKING:
    from mock_electron.cli.journal_file import JournalFile
    from mock_electron.cli.parent import Parent
    from mock_electron.scripts.watch import Known, Loaded
    from mock_electron.serve.server import Server


NO_JOURNAL: Final = "SIGUSR1 writes nothing without --journal"
logger: Final = logging.getLogger("mock_electron")


def _check_ready_file(
    context: click.Context, option: click.Parameter, file: str | None
) -> str | None:
    """Check the ready file, if one is given."""
    if file is None:
        return None
    from mock_electron.cli.ready_file import check_ready_file

    return check_ready_file(context, option, file)


@click.command(cls=Command, short_help="Serve the fake until Ctrl-C.")
@server_options(
    configured_option(
        "--port",
        default=8787,
        show_default=True,
        type=IntegerRange(0, 65535),
        metavar="PORT",
        help="Port to listen on; 0 selects a free one.",
    ),
    [
        configured_option(
            "--workers",
            default=1,
            show_default=True,
            type=IntegerRange(1, 64),
            metavar="NUMBER",
            help="Processes that serve the port. Each has its own limits, cached tokens, uses of "
            "steps and journal. With several, limited plans, --strict, --drift, --sampling varied, "
            "--journal and steps with times are refused.",
        ),
        configured_option(
            "--drain",
            default=5.0,
            show_default=True,
            type=Number(),
            callback=drain_seconds,
            metavar="SECONDS",
            help="After SIGTERM, how long requests that have arrived are still answered.",
        ),
        configured_option(
            "--ready-file",
            type=PATH,
            callback=_check_ready_file,
            metavar="FILE",
            help="Write this file, JSON with the addresses, when the server accepts requests, and "
            "remove it at the end.",
        ),
        configured_option(
            "--exit-with-parent",
            is_flag=True,
            help="Stop when the process that started the server has ended, even if it is killed.",
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
    control: bool,
    control_token: str | None,
    drain: float,
    ready_file: str | None,
    exit_with_parent: bool,
    journal: str | None,
    log_level: str,
    log_format: str,
    **settings: Any,
) -> None:
    """Serve POST /waves/v1/chat/completions until Ctrl-C.

    Point a client at the base URL that is printed at the start:

    \b
        OpenAI(base_url="http://127.0.0.1:8787/waves/v1", api_key="sk_mock")

    The exit status is 0 after Ctrl-C or SIGTERM, 1 if the server cannot start, and 2 if an option
    is wrong or a file cannot be written.
    """
    parent = _parent() if exit_with_parent else None
    if journal and workers > 1:
        raise click.UsageError("--workers above 1 cannot be used with --journal: each has its own")
    hosts = hosts_of(context, hosts, uds)
    found = opened(hosts, port, uds, scripts, watch, workers, control, control_token, settings)
    lines = tuple(start_lines(found, context))
    with ExitStack() as stack:
        stack.callback(found.server.remove_file)
        is_ready = stack.enter_context(_announced(ready_file, found))
        serving = Serving(found, log_level, log_format, drain, journal, is_ready, parent)
        if workers == 1:
            serving.run(found.known, lines)
        else:
            serving.run_together(workers, lines)


def _announced(file: str | None, found: Opened) -> AbstractContextManager[Callable[[], None]]:
    """Return what yields the function that is called when the server is ready."""
    if file is None:
        return nullcontext(lambda: None)
    from mock_electron.cli.ready_file import announced

    return announced(file, found.server, found.token)


def _journal_file(file: str | None, server: "Server") -> "JournalFile | None":
    """Return the file for the exchanges, which is written after each SIGUSR1, or None."""
    if file is None:
        return None
    from mock_electron.cli.journal_file import JournalFile

    journal = JournalFile(file, server)
    journal.write_on_signal()
    return journal


def _parent() -> "Parent":
    from mock_electron.cli.parent import Parent

    return Parent()


class Serving(Struct, frozen=True):
    """A server, and how it is run.

    Attributes:
        found: The server and its lane.
        log_level: The level of the log.
        log_format: Its format.
        drain: Seconds in which requests are still answered after SIGTERM.
        journal: The file for the exchanges, or None.
        is_ready: Called when the server accepts requests.
        parent: The process with which the server ends, or None.
    """

    found: Opened
    log_level: str
    log_format: str
    drain: float
    journal: str | None
    is_ready: Callable[[], None]
    parent: "Parent | None"

    def run_together(self, workers: int, lines: Sequence[str]) -> None:
        """Serve with several processes, until a signal arrives."""
        from mock_electron.cli.workers import last_loaded, run_workers, start_line

        first, *rest = lines
        for warning in self.found.warnings:
            click.echo(line(warning, "warning", self.log_format), err=True)
        for start in (first, *start_line(workers), *rest):
            click.echo(start)
        with last_loaded(self.found.known) as last:

            def work(number: int) -> None:
                self.run(last.restore(self.found.lane), number=number, keep=last.keep)

            status = run_workers(workers, work)
        if status:
            raise SystemExit(status)

    def run(
        self,
        known: "Known",
        lines: Sequence[str] = (),
        number: int = 1,
        keep: "Callable[[Loaded], object] | None" = None,
    ) -> None:
        """Print lines, and serve until a signal arrives.

        Args:
            known: The script files to watch, as they were before they were read.
            lines: The lines for standard output. Without any, no warning is printed either.
            number: The number of the worker. Only the first reports on watched files.
            keep: Called with each script that replaces that of the lane.
        """
        server, lane = self.found.server, self.found.lane
        with ExitStack() as stack:
            output = stack.enter_context(Printer(sys.stdout if number == 1 else None))
            errors = stack.enter_context(Printer(sys.stderr))
            stack.enter_context(logging_to(errors, self.log_level, self.log_format))
            for warning in self.found.warnings if lines else ():
                errors.print(line(warning, "warning", self.log_format))
            for start in lines:
                output.print(start)
            log_exchanges(server)
            if lane.settings.strict:
                server.app.lanes.keeps_closed = True
            # uvicorn restores these handlers when it stops, and Python drops them when it exits. In
            # between, a second signal must not turn success into failure.
            signal.signal(signal.SIGINT, lambda *_: server.request_stop())
            signal.signal(signal.SIGTERM, lambda *_: server.request_stop(self.drain))
            if self.parent is not None:
                self.parent.end_with_it()
            exchanges = _journal_file(self.journal, server)
            if exchanges is None and hasattr(signal, "SIGUSR1"):
                signal.signal(signal.SIGUSR1, lambda *_: logger.warning(NO_JOURNAL))
            with watching_scripts(known, lane, output, keep):
                server.run(self.is_ready if number == 1 else lambda: None, self.drain)
            for one in (signal.SIGINT, signal.SIGTERM):
                signal.signal(one, signal.SIG_IGN)
            for text in _strict_verdict(server, self.log_format):
                errors.print(text)
            if exchanges is not None:
                exchanges.write_at_end_or_fail()


def _strict_verdict(server: "Server", form: str) -> Iterator[str]:
    """Yield the lines of the verdict on the strict lanes of a server."""
    lanes = server.app.lanes
    every = (lanes.default, *lanes.open.values(), *(lane for _, lane in lanes.kept))
    if any(lane.settings.strict for lane in every):
        from mock_electron.cli.verdicts import lanes_of, printed_verdicts

        yield from printed_verdicts(
            lanes_of(server), "warning", form, strict_only=True, unjudged=lanes.dropped
        )
