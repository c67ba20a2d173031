"""`--journal FILE`: the exchanges of all lanes of a server in a file.

1. The file is written when the server ends and, where the system has it, after SIGUSR1. All signals
   that arrive during a write ask for one more.
2. It is written completely or not at all. A failure stops no request.
3. Each line of a .jsonl file begins with the name of its lane. The entries of an .har file have it
   in their URLs.
"""

import logging
import signal
import threading
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import click

from mock_electron.inputs.spelling import unknown
from mock_electron.outputs.files import check_writable, write_file

if TYPE_CHECKING:
    from mock_electron.cli.verdicts import Lanes
    from mock_electron.serve.server import Server
    from mock_electron.traffic.exchanges import Exchanges

    Found = Sequence[tuple[str, Exchanges]]

EXTENSIONS: Final = (".jsonl", ".har")
NOT_WRITTEN: Final = 2
"""The exit status if the file cannot be written at the end."""

logger: Final = logging.getLogger("mock_electron")


def check_journal(_context: click.Context, _option: click.Parameter, file: str) -> str:
    """Return the file. Raise UsageError for another extension, or if it cannot be written."""
    extension = PurePath(file).suffix
    if extension not in EXTENSIONS:
        raise click.UsageError(f"--journal: {unknown('file extension', extension, EXTENSIONS)}")
    try:
        check_writable(file)
    except OSError as error:
        raise click.UsageError(f"--journal: {_reason(error)}") from error
    return file


class JournalFile:
    """The file for the exchanges of a server.

    Args:
        file: The file.
        server: The server.
    """

    def __init__(self, file: str, server: "Server") -> None:
        self._file = file
        self._server = server
        self._url = server.url  # which it no longer has when it has ended
        self._lock = threading.Lock()
        self._asked: SimpleQueue[None] = SimpleQueue()  # a signal handler may use it
        self._is_ending = False
        server.app.lanes.keeps_closed = True

    def write_on_signal(self) -> None:
        """Write the file after SIGUSR1, if the system has it."""
        if hasattr(signal, "SIGUSR1"):
            # In a thread: the handler runs in that of the server, which must not wait for the disk.
            threading.Thread(target=self._write_when_asked, daemon=True).start()
            signal.signal(signal.SIGUSR1, lambda *_: self._asked.put(None))

    def write_at_end_or_fail(self) -> None:
        """Write the file for the last time, or end the command with status 2."""
        if not self.write_at_end():
            raise SystemExit(NOT_WRITTEN)

    def write_at_end(self) -> bool:
        """Write the file for the last time, after a write that is going on.

        Signals have no effect from now on. Return False and log the reason if the write fails.
        """
        self._is_ending = True  # before the lock, which the other thread may take again
        with self._lock:
            return self._write()

    def _write_when_asked(self) -> None:
        while not self._is_ending:
            self._asked.get()
            while not self._asked.empty():
                self._asked.get()
            with self._lock:
                if not self._is_ending:
                    self._write()

    def _write(self) -> bool:
        from mock_electron.cli.verdicts import lanes_of

        try:
            write_file(self._file, _content(self._file, lanes_of(self._server), self._url))
        except OSError as error:
            logger.error("the journal is not written: %s", _reason(error))
            return False
        return True


def _reason(error: OSError) -> str:
    return f"{error.filename}: cannot be written: {error.strerror}"


def _content(file: str, lanes: "Lanes", url: str) -> str:
    """Return the content of a file, in the format of its extension."""
    from mock_electron.serve.lanes import DEFAULT_NAME, LANES_PATH
    from mock_electron.traffic.exchanges import exchanges_of

    found = []
    for name, lane in lanes:
        where = f"{url}{LANES_PATH}{quote(name)}" if name else url
        exchanges = exchanges_of(lane.peek(), lane.journal.dropped, where, lane.settings)
        found.append((name or DEFAULT_NAME, exchanges))
    return _har(found) if PurePath(file).suffix == ".har" else "".join(_json_lines(found))


def _json_lines(found: "Found") -> Iterator[str]:
    from mock_electron.wire import codec

    for name, exchanges in found:
        lane = codec.encode(name).decode()
        for line in exchanges.json_lines().splitlines(keepends=True):
            yield f'{{"lane":{lane},{line.removeprefix("{")}'


def _har(found: "Found") -> str:
    """Return one archive of all lanes. The ids of pages differ between lanes."""
    from mock_electron.wire import codec

    archives: list[Any] = [codec.decode(one.har().encode()) for _, one in found]
    whole, *others = (archive["log"] for archive in archives)
    for number, log in enumerate(others, 1):
        for page, entry in zip(log["pages"], log["entries"], strict=True):
            page["id"] = entry["pageref"] = f"lane_{number}_{page['id']}"
        whole["pages"] += log["pages"]
        whole["entries"] += log["entries"]
    return codec.encode({"log": whole}).decode()
