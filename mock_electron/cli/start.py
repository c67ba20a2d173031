"""The entry point: handles signals before the imports of the commands, which take long.

Ctrl-C during the imports prints no traceback. `serve` ends with status 0, as while it serves, and
the other commands with 130. `serve` and `contract` have their own handlers later.
"""

import gc
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

SUCCESS: Final = 0
SERVERS: Final = (["serve"], ["run"], ["faults"])
"""The commands that let the garbage collector run themselves, after the imports of the server."""
OBJECTS: Final = 10_000
"""New objects after which the garbage collector runs. With its default of 700, it takes a tenth of
the time in which a server opens many streams, and finds little: most garbage has no cycle."""


def main(args: list[str] | None = None) -> None:
    """Run the command line in a process.

    Args:
        args: The arguments. Default: those of the process.
    """
    given = sys.argv[1:] if args is None else args
    _handle_signals(given)
    gc.disable()  # the imports create no garbage, and searching for it would take long
    from mock_electron.cli.app import main as run

    gc.set_threshold(OBJECTS)
    if given[:1] not in SERVERS:
        collect_garbage()
    run(args)


def collect_garbage() -> None:
    """Let the garbage collector run, if `main` has stopped it. It ignores what exists by now."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def _handle_signals(args: Sequence[str]) -> None:
    signals = [signal.SIGINT]
    if "serve" in args[:1]:
        status = SUCCESS
        signals.append(signal.SIGTERM)
    else:
        from mock_electron.cli.interrupts import INTERRUPTED

        status = INTERRUPTED
    for number in signals:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as in a background job of a shell
            signal.signal(number, lambda *_: _exit(status))


def _exit(status: int) -> None:
    """End the process at once. An exception could be lost in the middle of an import."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    os._exit(status)
