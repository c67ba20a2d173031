"""Functions of users that have to end in time: each runs in a thread, or in its event loop.

A function that does not end is left behind. Its thread gets an exception, which ends it as soon as
it runs Python code again, so that it does not go on beside later functions.
"""

import asyncio
import ctypes
import threading
from collections.abc import Callable
from contextvars import copy_context
from inspect import iscoroutinefunction
from typing import Any, Final

import anyio
from msgspec import Struct

PATIENCE: Final = 2.0
"""Seconds in which a thread that was left behind may end."""
TICK: Final = 0.02
"""Seconds between two exceptions for such a thread, which may catch the first ones."""


class Ended(Struct, frozen=True):
    """What became of a function.

    Attributes:
        returned: What it returned.
        raised: What it raised, or None.
        hung: Whether it did not end in time.
        thread: The thread in which it may still run, or None.
    """

    returned: Any = None
    raised: BaseException | None = None
    hung: bool = False
    thread: threading.Thread | None = None

    def leave_behind(self, grace: float) -> bool:
        """End the thread of a function that hangs, and return whether it has ended.

        Args:
            grace: Seconds in which it may end by itself, so that it closes what it has opened.
        """
        if self.thread is None:
            return True
        self.thread.join(grace)
        for _ in range(int(PATIENCE / TICK)):
            if not self.thread.is_alive():
                return True
            _raise_in(self.thread)
            self.thread.join(TICK)
        return not self.thread.is_alive()


class LeftBehind(SystemExit):
    """Ends the thread of a function that did not end in time.

    A thread that is ending already ignores a SystemExit.
    """


def _raise_in(thread: threading.Thread) -> None:
    """Raise LeftBehind in a thread. It arrives when the thread runs Python code."""
    if thread.ident is not None:
        identity = ctypes.c_ulong(thread.ident)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(identity, ctypes.py_object(LeftBehind))


def is_async(function: Callable[..., Any]) -> bool:
    """Return whether calls of a function are awaited."""
    return iscoroutinefunction(function) or iscoroutinefunction(type(function).__call__)


def in_thread(function: Callable[[], Any], timeout: float) -> Ended:
    """Call a function, also an async one, in a thread of its own.

    Args:
        function: The function.
        timeout: Seconds after which it hangs.
    """
    ended: list[Ended] = []

    def work() -> None:
        try:
            if is_async(function):
                ended.append(asyncio.run(in_time(function, timeout)))
            else:
                ended.append(Ended(function()))
        except LeftBehind:
            return
        except BaseException as error:
            ended.append(Ended(raised=error))

    thread = threading.Thread(target=copy_context().run, args=(work,), daemon=True)
    thread.start()
    # An async function ends its own time; the thread only if it blocks the loop.
    thread.join(timeout + PATIENCE if is_async(function) else timeout)
    return ended[0] if ended else Ended(hung=True, thread=thread)


async def in_time(function: Callable[[], Any], timeout: float) -> Ended:
    """Await an async function. It is cancelled when the time is over.

    Args:
        function: The function.
        timeout: Seconds after which it hangs.
    """
    cancelled = anyio.get_cancelled_exc_class()
    with anyio.move_on_after(timeout):
        try:
            return Ended(await function())
        except cancelled:
            raise
        except BaseException as error:
            return Ended(raised=error)
    return Ended(hung=True)
