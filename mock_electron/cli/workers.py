"""`serve --workers N`: N processes that accept the connections of one port.

1. The parent process listens and forks the workers. It serves no requests.
2. Each worker has its own lane. What a lane counts, each worker counts for itself, so a setting or
   a step whose answers depend on a count is refused.
3. SIGINT and SIGTERM end all workers. A worker that ends for another reason is replaced, up to
   MOST_REPLACED times. Workers end with their parent, even if it is killed.
4. A worker that replaces another begins with the script that a worker has loaded last, not with
   the one of the start.
"""

import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, NoReturn

import click

from mock_electron.engine.keys import KEYS_WITH_A_PLAN
from mock_electron.engine.lane import Lane
from mock_electron.engine.plan import Plan, plan_of
from mock_electron.engine.script.step import Step
from mock_electron.engine.settings import Settings

if TYPE_CHECKING:
    from mock_electron.scripts.watch import Known, Loaded

MOST_REPLACED: Final = 10
"""How many workers are replaced until the server ends with status 1."""
COUNTED: Final = (
    "{workers} workers; each counts for itself: repeats of a request, which decide its ids; "
    "cached_tokens; the limits of keys with a plan; times=N of the fault header; the journal"
)
"""The line at the start that says what is not shared."""
SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class WorkerLane(Lane):
    """A lane of one of several workers. Its script contains no steps that count requests."""

    def problems_of(self, step: Step) -> Iterator[str]:
        """Yield why the script of the lane cannot contain a step."""
        yield from super().problems_of(step)
        own = "which each worker would count for itself"
        if step.times is not None:
            yield f"it has times={step.times}, {own}; write times: null, or omit --workers"
        if "attempt" in step.match.given:
            yield f"it has the condition attempt, {own}; omit it, or --workers"


def check_settings(settings: Settings) -> None:
    """Raise UsageError if several workers would answer differently than one.

    Args:
        settings: The settings of the lane.
    """
    reasons = list(dict.fromkeys(_reasons(settings)))
    if reasons:
        words = "\n".join(f"--workers above 1 cannot be used with {one}" for one in reasons)
        raise click.UsageError(words)
    if not hasattr(os, "fork"):
        raise click.UsageError("--workers must be 1 on this system, which cannot fork processes")


def _reasons(settings: Settings) -> Iterator[str]:
    own = "each worker would count"
    requests = f"{own} its own requests, so more than the limit are answered"
    if _has_limits(plan_of(settings.plan)):
        yield f"a --plan that has limits: {requests}"
    for key in chain(settings.api_keys, *settings.accounts):
        plan = KEYS_WITH_A_PLAN.get(key.partition("-")[0])
        if plan is not None and _has_limits(plan):
            name = key.partition("-")[0]
            yield f"the key {name}: {requests}"
    if settings.sampling == "varied":
        yield f"--sampling varied: {own} the repeats of a request, which decide its reply"
    if settings.drift:
        yield f"--drift: {own} the repeats of a request, which decide whether its reply differs"
    if settings.strict:
        yield f"--strict: {own} the uses of the script"


def _has_limits(plan: Plan) -> bool:
    return plan != Plan()


class LastLoaded:
    """The script that a worker has loaded last.

    A worker that replaces another cannot read it from the script files: they may have errors now.

    Args:
        known: The script files as they were before the first script was read.
        folder: A folder that only this server uses, or None if the script never changes.
    """

    def __init__(self, known: "Known", folder: str | None) -> None:
        self._known = known
        self._file = None if folder is None else Path(folder, "loaded")

    def keep(self, loaded: "Loaded") -> None:
        """Keep a script. A worker that dies in between leaves the earlier one."""
        if self._file is not None:
            own = self._file.with_suffix(f".{os.getpid()}")
            own.write_bytes(pickle.dumps(loaded))
            own.replace(self._file)

    def restore(self, lane: Lane) -> "Known":
        """Give a lane the script that was kept last. Return the files as they were before it."""
        if self._file is None or not self._file.exists():
            return self._known
        loaded: Loaded = pickle.loads(self._file.read_bytes())  # noqa: S301 (only workers write it)
        lane.replace_script(loaded.steps)
        return loaded.known


@contextmanager
def last_loaded(known: "Known") -> Iterator[LastLoaded]:
    """Yield what keeps the script that a worker has loaded last.

    Args:
        known: The script files as they were before the first script was read; empty if they are
            not watched.
    """
    if not known:
        yield LastLoaded(known, None)
        return
    with TemporaryDirectory(prefix="mock-electron-", ignore_cleanup_errors=True) as folder:
        yield LastLoaded(known, folder)


def run_workers(count: int, run: Callable[[int], None]) -> int:
    """Run a function in several processes until a signal arrives. Return the exit status.

    Call it before any thread is started.

    Args:
        count: The number of processes.
        run: The function. It takes the number of its worker, from 1.
    """
    return _Workers(count, run).supervise()


class _Workers:
    """The processes of the workers, and the pipe by which they notice that their parent is gone."""

    def __init__(self, count: int, run: Callable[[int], None]) -> None:
        self._run = run
        self._ending = False
        self._numbers: dict[int, int] = {}
        self._life = os.pipe()
        self._handlers = [signal.signal(number, self._end) for number in SIGNALS]
        for number in range(1, count + 1):
            self._start(number)

    def supervise(self) -> int:
        """Wait until all workers have ended. Return the exit status."""
        replaced = 0
        failed = False
        while self._numbers:
            process, status = os.wait()
            number = self._numbers.pop(process, 0)
            if self._ending or not number:
                continue
            how = _ended(os.waitstatus_to_exitcode(status))
            failed = replaced >= MOST_REPLACED
            if failed:
                click.echo(f"Error: worker {number} {how}; too many have, so all end", err=True)
                self._end()
                continue
            replaced += 1
            click.echo(f"Worker {number} {how}; a new one replaces it.", err=True)
            self._start(number)
        return int(failed)

    def _start(self, number: int) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)  # the child has no parent's handlers
        process = os.fork()
        if process == 0:
            self._work(number)
        self._numbers[process] = number
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        if self._ending:  # the signal arrived between two workers
            self._end()

    def _work(self, number: int) -> NoReturn:
        """Run one worker, and end its process."""
        status = 1
        try:
            os.close(self._life[1])
            for one, handler in zip(SIGNALS, self._handlers, strict=True):
                signal.signal(one, handler)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
            threading.Thread(target=_end_with_parent, args=(self._life[0],), daemon=True).start()
            self._run(number)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            with suppress(Exception):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(status)

    def _end(self, number: int = signal.SIGTERM, _frame: object = None) -> None:
        self._ending = True
        for process in tuple(self._numbers):
            with suppress(ProcessLookupError):
                os.kill(process, number)


def _end_with_parent(life: int) -> None:
    """Wait until the parent process has ended, then end this one as SIGTERM does."""
    os.read(life, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _ended(status: int) -> str:
    """Return how a process has ended, from its exit code."""
    return f"ended with status {status}" if status >= 0 else f"was ended by signal {-status}"


def start_line(workers: int) -> Sequence[str]:
    """Return the line that says what each worker counts for itself; none for one worker."""
    return (COUNTED.format(workers=workers),) if workers > 1 else ()
