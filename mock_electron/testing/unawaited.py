"""Calls of async functions that were not awaited: a reason why no request was received."""

import asyncio
import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import chain
from pathlib import Path
from types import CodeType, FrameType, FunctionType, MemberDescriptorType
from typing import Any, Final, NamedTuple

from mock_electron._regex import regex

DROPPED: Final = regex(r"coroutine '(.+)' was never awaited")
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
        is_entered: Whether `async with` starts it, not `await`.
    """

    name: str
    place: str = ""
    is_entered: bool = False

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
        missing = "entered with `async with`" if self.is_entered else "awaited"
        return f"{self.name}() has not begun, because it was not {missing}"


def unawaited(
    frames: Iterable[FrameType], values: Iterable[object] = (), test: object = None
) -> Iterator[Unawaited]:
    """Yield the coroutines that have not begun, each name and place once.

    Args:
        frames: The frames of the test. Their local variables may contain coroutines.
        values: Other values that may be or contain coroutines.
        test: The function of the test, for calls that it dropped before its end, or None.
    """
    # A set of tasks has no order.
    tasks = sorted((task.get_coro() for task in _tasks()), key=_name)
    found: dict[object, bool] = dict.fromkeys(tasks, False)
    scopes = [_scope_of(test)] if isinstance(test, FunctionType) else []
    for frame in frames:
        scopes.append((frame.f_code, frame.f_globals))
        found |= _coroutines(frame.f_locals.values())
    found |= _coroutines(values)
    yield from dict.fromkeys(chain(_dropped_in(scopes), _not_begun(found)))


def may_be_awaited(value: object) -> bool:
    """Return whether `await` or `async with` takes a value."""
    return hasattr(type(value), "__await__") or hasattr(type(value), "__aenter__")


def _coroutines(values: Iterable[object]) -> dict[object, bool]:
    """Return the coroutines among values, and those in a context manager or an awaitable.

    The value is whether `async with` starts the coroutine, not `await`.
    """
    found: dict[object, bool] = {}
    for value in list(values):
        if inspect.iscoroutine(value):
            found[value] = False
        elif may_be_awaited(value):
            is_entered = not hasattr(type(value), "__await__")
            found |= dict.fromkeys(filter(_is_lazy, _attributes(value)), is_entered)
    return found


def _is_lazy(value: object) -> bool:
    return inspect.iscoroutine(value) or inspect.isasyncgen(value)


def _attributes(value: object) -> Iterator[object]:
    """Yield the values of the attributes of an object, without calling its code."""
    with suppress(AttributeError):
        yield from list(object.__getattribute__(value, "__dict__").values())
    for kind in type(value).__mro__:
        for slot in list(vars(kind).values()):
            if isinstance(slot, MemberDescriptorType):
                with suppress(AttributeError):  # a slot without a value
                    yield slot.__get__(value)


def _dropped_in(scopes: Iterable[Scope]) -> Iterator[Unawaited]:
    for code, names in scopes:
        file = Path(code.co_filename).name
        yield from (Unawaited(name, f" at {file}:{line}") for name, line in _dropped(code, names))


def _not_begun(found: Mapping[object, bool]) -> Iterator[Unawaited]:
    for one, is_entered in found.items():
        if inspect.isasyncgen(one):
            # Its state has no function before Python 3.12. It begins in the line of its `def`.
            line = one.ag_frame and one.ag_frame.f_lineno
            is_new = line == one.ag_code.co_firstlineno
        else:
            # get_coro() may also return a generator-based coroutine, which has the same state.
            is_new = inspect.getcoroutinestate(one) == inspect.CORO_CREATED  # type: ignore[arg-type]
        if is_new:
            yield Unawaited(_name(one), is_entered=is_entered)


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
