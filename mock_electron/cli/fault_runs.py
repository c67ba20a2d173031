"""Runs of a command for a fault search: each with a lane of its own, and an end in time.

The command has a session of its own, so that Ctrl-C does not end it before its run is over. What it
has started is ended with it. Its output goes to files: a process that it leaves behind may keep
pipes open.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from tempfile import TemporaryFile
from typing import BinaryIO, Final

from msgspec import Struct

from mock_electron.cli.run import BY_SIGNAL, NotExecutableError, NotFoundError
from mock_electron.inputs.spelling import escaped, shortened
from mock_electron.outputs.redaction import redact_message
from mock_electron.trials.outcomes import LONGEST_VALUE, Judged, shown

HAS_GROUPS: Final = hasattr(os, "killpg")
ENDING: Final = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""Signals that end this process. Ctrl-C has a handler of its own."""


class CommandRun(Struct, frozen=True):
    """What became of a command.

    Attributes:
        status: Its exit status, as a shell reports it; None if it did not end in time.
        printed: Its standard output.
        errors: Its standard error.
    """

    status: int | None
    printed: bytes
    errors: bytes

    @property
    def last_error(self) -> str:
        """The last line of its standard error, without keys."""
        lines = self.errors.decode(errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return redact_message(shortened(escaped(last), LONGEST_VALUE))


def run_command(
    command: Sequence[str], environment: Mapping[str, str], timeout: float
) -> CommandRun:
    """Run a command until it ends, or its time is over.

    Args:
        command: The command and its arguments.
        environment: Its environment.
        timeout: Seconds after which it is killed, with all that it has started.

    Raises:
        click.ClickException: If the command is not found, or not executable.
    """
    with TemporaryFile() as output, TemporaryFile() as errors:
        with _started(command, environment, output, errors) as process:
            try:
                status: int | None = process.wait(timeout)
            except subprocess.TimeoutExpired:
                status = None
        if status is not None and status < 0:
            status = BY_SIGNAL - status
        return CommandRun(status, _content(output), _content(errors))


@contextmanager
def _started(
    command: Sequence[str], environment: Mapping[str, str], output: BinaryIO, errors: BinaryIO
) -> "Iterator[subprocess.Popen[bytes]]":
    """Start a command. At the end of the block, kill it and what it has started."""
    try:
        process = subprocess.Popen(  # noqa: S603 (the user's command)
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            start_new_session=HAS_GROUPS,
        )
    except OSError as error:
        missing = isinstance(error, FileNotFoundError | NotADirectoryError)
        kind = NotFoundError if missing else NotExecutableError
        raise kind(f"cannot run {command[0]}: {error.strerror}") from error
    try:
        yield process
    finally:
        _kill(process)
        process.wait()


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process, if it runs, and its group, which may outlive it."""
    with suppress(ProcessLookupError, PermissionError):
        if HAS_GROUPS and sys.platform != "win32":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _content(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()


@contextmanager
def ending_by_signals() -> Iterator[None]:
    """Let signals that end this process raise SystemExit, so that the command is ended too."""

    def handle(number: int, _frame: object) -> None:
        raise SystemExit(BY_SIGNAL + number)

    handled = [one for one in ENDING if signal.getsignal(one) is not signal.SIG_IGN]
    before = [(one, signal.signal(one, handle)) for one in handled]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def judged_command(run: CommandRun, expected: bytes | None, timeout: float) -> Judged:
    """Return the outcome of a run and the reason.

    Args:
        run: The run.
        expected: What the command prints without a fault; None if that is not compared.
        timeout: Seconds after which it was killed.
    """
    if run.status is None:
        return "hung", f"no end after {timeout:g} s"
    if run.status:
        error = f": {run.last_error}" if run.last_error else ""
        return "clean failure", f"exit status {run.status}{error}"
    if expected is None or run.printed == expected:
        return "recovered", ""
    return "wrong answer", _difference(run.printed, expected)


def _difference(printed: bytes, expected: bytes) -> str:
    """Return the first line in which two outputs differ."""
    lines = [data.decode(errors="replace").split("\n") for data in (printed, expected)]
    pairs = zip(*lines, strict=False)
    number = next((at for at, (one, other) in enumerate(pairs) if one != other), -1)
    if number < 0:  # one output is the beginning of the other
        number = min(map(len, lines)) - 1
    here, there = (part[number] if number < len(part) else "" for part in lines)
    return f"line {number + 1} is {shown(here)}, not {shown(there)}"
