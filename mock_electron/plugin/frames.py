"""Hides the frames of this package in the traceback of a test.

The option `--full-trace` shows them.
"""

import sys
from collections.abc import Iterator
from types import TracebackType
from typing import Final

PACKAGE: Final = "mock_electron"
RUNNERS: Final = ("_pytest", "pluggy", "pytest_asyncio", "anyio", PACKAGE)
"""Packages that call a test. Without a line of a test, nothing is hidden."""


def hide_frames(error: BaseException | None) -> None:
    """Remove the frames of this package from a traceback, and exceptions that it handled itself.

    A traceback that has no line of a test stays as it is.
    """
    while error is not None:
        entries = list(_entries(error.__traceback__))
        start = _start_of_tail(entries)
        if start is not None:
            _keep([entry for entry in entries[:start] if _root(entry) != PACKAGE])
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if cause is not None and start is not None and _is_internal(cause):
            error.__cause__, error.__suppress_context__ = None, True
        error = cause


def _keep(entries: list[TracebackType]) -> None:
    """Link these entries, so that the traceback has no others."""
    if entries and _root(entries[-1]) not in RUNNERS:
        for entry, following in zip(entries, [*entries[1:], None], strict=True):
            entry.tb_next = following


def _entries(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _start_of_tail(entries: list[TracebackType]) -> int | None:
    """Return the index of the first frame of this package at the end of a traceback.

    Frames of the standard library between and after them belong to them. None means that the
    traceback has no frame of this package.
    """
    roots = [_root(entry) for entry in entries]
    start = len(roots)
    while start and (roots[start - 1] == PACKAGE or roots[start - 1] in sys.stdlib_module_names):
        start -= 1
    if PACKAGE not in roots:
        return None
    return start if PACKAGE in roots[start:] else len(roots)


def _is_internal(error: BaseException) -> bool:
    """Return whether an exception was raised and handled in this package."""
    return _start_of_tail(list(_entries(error.__traceback__))) == 0


def _root(entry: TracebackType) -> str:
    return str(entry.tb_frame.f_globals.get("__name__", "")).partition(".")[0]
