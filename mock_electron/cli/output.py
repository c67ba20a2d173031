"""Standard output and standard error: a failure to print never stops a command or the server.

1. A closed pipe is not an error: the rest of the output is discarded.
2. Any other failure, such as a full disk, is reported on standard error.
3. A server prints in a thread (`Printer`), so an output that nobody reads does not block it.
"""

import errno
import io
import logging
import os
import select
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Final, Self, TextIO

import click

MAX_QUEUED: Final = 1024 * 1024
"""The maximum size of the lines that wait to be printed, in bytes."""
CLOSING_TIME: Final = 1.0
"""The maximum time to print the lines that are left at the end, in seconds."""
NOT_PRINTED: Final = 2
"""The exit status if the output cannot be written."""
STANDARD_DESCRIPTORS: Final = (0, 1, 2)


class _File(io.FileIO):
    """A file descriptor. After a failed write it discards everything.

    Attributes:
        failure: The first error of a write, or None.
    """

    failure: OSError | None = None

    def write(self, data: object) -> int:
        view = memoryview(data)  # type: ignore[arg-type]  # collections.abc.Buffer needs Python 3.12
        if self.failure is None:
            try:
                _write_all(self.fileno(), view)
            except OSError as error:
                self.failure = error
        return view.nbytes


def _write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Write bytes to a file descriptor, which may be in non-blocking mode."""
    while data:
        try:
            data = data[os.write(descriptor, data) :]
        except BlockingIOError:
            select.select([], [descriptor], [])


def open_closed_descriptors() -> None:
    """Open the null device for each of standard input, output and error that is closed.

    Otherwise the next file or socket takes its number, and libuv aborts when it closes one.
    """
    for descriptor in STANDARD_DESCRIPTORS:
        try:
            os.fstat(descriptor)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != descriptor:
                os.dup2(opened, descriptor)
                os.close(opened)


@contextmanager
def forgiving_output() -> Iterator[None]:
    """Replace sys.stdout and sys.stderr while a command runs, so that printing does not raise.

    Exit with status 2 and one line if standard output cannot be written for a reason other than
    a closed pipe.
    """
    given = sys.stdout, sys.stderr
    output, errors = map(_file, given)
    sys.stdout, sys.stderr = _text(output, given[0]), _text(errors, given[1])
    try:
        yield
    finally:
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        failure = output.failure if output else None
        broken = failure is not None and failure.errno != errno.EPIPE
        if broken:
            click.echo(f"Error: {not_printed(failure)}", err=True)
        sys.stdout, sys.stderr = given
        if broken:
            sys.exit(NOT_PRINTED)


def not_printed(failure: OSError | None) -> str:
    """Return the message for a failed write."""
    reason = "" if failure is None else f": {failure.strerror}"
    return f"cannot write to standard output{reason}"


def _file(stream: TextIO | None) -> _File | None:
    """Return the file of a stream, or None if the stream has no file descriptor."""
    descriptor = _descriptor(stream)
    return None if descriptor is None else _File(descriptor, "w", closefd=False)


def _text(file: _File | None, stream: TextIO) -> TextIO:
    """Return a text stream to a file; without a file, the given stream."""
    if file is None:
        return stream
    buffered = io.BufferedWriter(file)
    return io.TextIOWrapper(
        buffered,
        encoding=stream.encoding,
        errors="backslashreplace",
        line_buffering=stream is sys.stderr or stream.isatty(),
    )


def _descriptor(stream: IO[str] | None) -> int | None:
    """Return the file descriptor of a stream, or None."""
    try:
        return None if stream is None else stream.fileno()
    except (OSError, ValueError, AttributeError):  # such as the capture of a test
        return None


class Printer:
    """Prints lines in its own thread, so that `print` neither blocks nor raises.

    If lines are not read in time, new ones are dropped; a line in their place says how many. After
    a failed write, all lines are discarded.

    Args:
        stream: The output; None discards everything.
        max_bytes: The maximum size of the lines that wait to be printed, in bytes.

    Attributes:
        dropped: The number of lines that were dropped since the last report.
    """

    def __init__(self, stream: TextIO | None, max_bytes: int = MAX_QUEUED) -> None:
        self.dropped: int = 0
        self._stream = stream
        self._descriptor = _descriptor(stream)
        self._max_bytes = max_bytes
        self._lines: deque[bytes] = deque()
        self._bytes = 0
        self._ended = stream is None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="mock-electron-print", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def print(self, text: str) -> None:
        """Queue a text and a line end. Do nothing after `close`."""
        line = text.encode("utf-8", "backslashreplace") + b"\n"
        with self._changed:
            if self._ended:
                return
            report = self._dropped_report()
            if self._bytes + len(report) + len(line) > self._max_bytes:
                self.dropped += 1
                return
            if report:  # where the lines are missing
                self._append(report)
                self.dropped = 0
            self._append(line)
            self._changed.notify_all()

    def close(self, timeout: float = CLOSING_TIME) -> None:
        """Print the lines that are left.

        Args:
            timeout: The maximum time, in seconds. Lines that are left after it are lost.
        """
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _dropped_report(self) -> bytes:
        """Return the line that reports dropped lines, or b"" if none were dropped."""
        if not self.dropped:
            return b""
        return b"(%d lines were dropped: the output was not read)\n" % self.dropped

    def _append(self, line: bytes) -> None:
        self._lines.append(line)
        self._bytes += len(line)

    def _run(self) -> None:
        try:
            while lines := self._next():
                self._write(lines)
        except (OSError, ValueError) as error:  # ValueError: the stream is closed
            with self._changed:
                self._ended = True
                self._lines.clear()
            self._report(error)

    def _next(self) -> bytes:
        """Return all lines that wait, or b"" at the end."""
        with self._changed:
            if not self._lines and self.dropped:
                self._append(self._dropped_report())
                self.dropped = 0
            self._changed.wait_for(lambda: self._lines or self._ended)
            lines = b"".join(self._lines)
            self._lines.clear()
            self._bytes = 0
            return lines

    def _write(self, lines: bytes) -> None:
        """Write lines. With a file descriptor, no lock of the stream is held while it blocks."""
        if self._descriptor is None:
            assert self._stream is not None
            self._stream.write(lines.decode())
            self._stream.flush()
        else:
            _write_all(self._descriptor, lines)

    def _report(self, error: Exception) -> None:
        """Report a failure on standard error, unless it is a closed pipe."""
        is_output = self._descriptor is not None and self._stream is not sys.stderr
        if is_output and isinstance(error, OSError) and error.errno != errno.EPIPE:
            logging.getLogger("mock_electron").warning("%s", not_printed(error))
