"""Calls of async functions that were not awaited: a reason why no request was received."""

import asyncio
import inspect
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, Final, NamedTuple

DROPPED: Final = re.compile(r"coroutine '(.+)' was never awaited")
"""Python's warning about a coroutine that was not kept."""
SETTLED: Final = "Electron.settled"
"""The only coroutine function of this package that a test calls. It sends no request."""

Scope = tuple[CodeType, Mapping[str, Any]]
"""The code of a function, and its globals."""


class Unawaited(NamedTuple):
    """A coroutine that has not begun.

    Attributes:
        name: The qualified name of its function.
        place: Where the call was dropped, such as ` at test_agent.py:7`; "" if it was kept.
    """

    name: str
    place: str = ""

    @property
    def may_send(self) -> bool:
        """Whether it may be the reason why no request was received."""
        return self.name != SETTLED

    @property
    def hint(self) -> str:
        """What is wrong, and for a method of this package the right form."""
        if not self.may_send:
            return f"settled(){self.place} was not awaited; write `await electron.settled()`"
        if self.place:
            return f"{self.name}(){self.place} was not awaited, so it did not run"
        return f"{self.name}() has not begun, because it was not awaited"


def unawaited(
    frames: Iterable[FrameType], values: Iterable[object] = (), test: object = None
) -> Iterator[Unawaited]:
    """Yield the coroutines that have not begun.

    Args:
        frames: The frames of the test.
        values: Other values that may be coroutines.
        test: The function of the test, for calls that it dropped before its end, or None.
    """
    # A set of tasks has no order.
    found = dict.fromkeys(sorted((task.get_coro() for task in _tasks()), key=_name))
    scopes = [_scope_of(test)] if isinstance(test, FunctionType) else []
    for frame in frames:
        scopes.append((frame.f_code, frame.f_globals))
        found |= dict.fromkeys(filter(inspect.iscoroutine, frame.f_locals.values()))
    found |= dict.fromkeys(value for value in values if inspect.iscoroutine(value))
    for code, names in scopes:
        file = Path(code.co_filename).name
        yield from (Unawaited(name, f" at {file}:{line}") for name, line in _dropped(code, names))
    for coroutine in found:
        # get_coro() may also return a generator-based coroutine, which has the same state.
        if inspect.getcoroutinestate(coroutine) == inspect.CORO_CREATED:  # type: ignore[arg-type]
            yield Unawaited(_name(coroutine))


def calling_frames() -> Iterator[FrameType]:
    """Yield the frames of the callers, innermost first."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back


def _tasks() -> Iterable[asyncio.Task[Any]]:
    """Return the tasks of the running event loop; none if no loop runs in this thread."""
    try:
        return asyncio.all_tasks()
    except RuntimeError:
        return ()


def _name(coroutine: object) -> str:
    return str(getattr(coroutine, "__qualname__", "a coroutine"))


def _scope_of(test: FunctionType) -> Scope:
    """Return the code and the globals of a function, without its decorators."""
    function = inspect.unwrap(test)
    return function.__code__, function.__globals__


def _dropped(code: CodeType, names: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield the coroutines that a function dropped, with the line, as Python has warned."""
    lines = {line for *_, line in code.co_lines()}
    for key in list(names.get("__warningregistry__", ())):
        found = DROPPED.match(str(key[0])) if isinstance(key, tuple) else None
        if found and key[2] in lines:
            yield found[1], key[2]
