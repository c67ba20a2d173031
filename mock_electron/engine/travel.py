"""Time travel: sleeps of this process advance clocks and return at once.

1. `time.sleep`, `asyncio.sleep`, `anyio.sleep` and `trio.sleep` are replaced during a journey,
   under every name by which a loaded module, class or default argument refers to them.
2. Packages that poll keep their pauses: the server of the fake, and those in REAL.
3. Other ways to wait are not replaced: `asyncio.timeout`, `asyncio.wait_for`, `loop.call_later`,
   `threading.Event.wait`, `queue.get(timeout=…)`, sockets and subprocesses.
"""

import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ContextDecorator
from inspect import iscoroutinefunction
from math import isfinite
from threading import RLock, current_thread, get_ident
from types import FrameType, coroutine
from typing import TYPE_CHECKING, Any, Final, Never, Self, TypeVar

from mock_electron.engine.references import modules_with, swap
from mock_electron.inputs.checks import LONGEST_TIME

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
Advance = Callable[[float], None]
"""Advances a clock by a number of seconds."""

SERVER_THREAD: Final = "mock-electron"
"""The name of the thread of a fake's server."""
SERVERS: Final = ("mock_electron", "uvicorn", "hypercorn", "gunicorn", "werkzeug", "aiohttp")
REAL: Final = (*SERVERS, "subprocess", "multiprocessing")
"""Packages whose sleeps stay real. They poll: without a pause, their loops would spin."""
INTERNALS: Final = ("asyncio.", "anyio.", "trio.")
"""Modules whose functions are not replaced, because the replacements call them."""
LOCK: Final = RLock()
"""Held while functions are replaced, and while a journey changes."""


class Journey:
    """One or more clocks that sleeps advance. It ends when the last clock leaves.

    Attributes:
        elapsed: The seconds that sleeps have advanced so far.
    """

    def __init__(self) -> None:
        self.elapsed: float = 0.0
        self._clocks: list[Advance] = []
        self._sleepers: list[tuple[int, float]] = []
        self._swaps: list[tuple[Any, Any]] = []
        self._known: frozenset[str] = frozenset()
        self._changed: frozenset[str] = frozenset()

    @classmethod
    def current(cls) -> Self | None:
        """Return the journey that has replaced `time.sleep`, or None."""
        return getattr(sys.modules["time"].sleep, "journey", None)

    @property
    def is_under_way(self) -> bool:
        """Whether a clock takes part."""
        return bool(self._clocks)

    def join(self, clock: Advance) -> None:
        """Add a clock. One that joins twice advances once per sleep, until it leaves twice."""
        if not self._clocks:
            self._replace_sleeps()
        self._clocks.append(clock)

    def leave(self, clock: Advance) -> None:
        """Remove a clock. After the last one, restore all functions."""
        self._clocks.remove(clock)
        if not self._clocks:
            self._put_back(self._changed)

    def _replace_sleeps(self) -> None:
        self._swaps = [(original, make(self, original)) for original, make in _replaceable()]
        self._known = frozenset(filter(_is_searched, list(sys.modules)))
        try:
            replacements = {id(original): made for original, made in self._swaps}
            self._changed = swap(self._known, replacements, _libraries())
        except BaseException:  # such as KeyboardInterrupt
            self._put_back(self._known)
            raise

    def _put_back(self, changed: frozenset[str]) -> None:
        swaps = {id(made): original for original, made in self._swaps}
        imported = sys.modules.keys() - self._known  # these may have imported a replacement
        swap({*changed, *imported, *modules_with(swaps.keys())}, swaps, _libraries())

    def advance(self, seconds: float) -> None:
        """Advance the clocks that take part by a number of seconds."""
        with LOCK:
            self.elapsed += seconds
            for clock in dict.fromkeys(self._clocks):
                clock(min(seconds, LONGEST_TIME))

    async def sleep(self, seconds: float, checkpoint: Callable[[], Any]) -> None:
        """Let other tasks run, wait for sleepers with an earlier deadline, and advance the clocks.

        Args:
            seconds: The duration of the sleep.
            checkpoint: Lets other tasks of the event loop run once.
        """
        start = self.elapsed
        sleeper = (get_ident(), start + seconds)
        self._sleepers.append(sleeper)
        try:
            await checkpoint()
            turns = 0
            while self._is_early(sleeper) and turns <= len(self._sleepers):
                before = self.elapsed
                await checkpoint()
                # A sleeper of a stopped loop never wakes, so the wait is bounded.
                turns = 0 if self.elapsed > before else turns + 1
        finally:
            self._sleepers.remove(sleeper)
        remaining = seconds if self.elapsed == start else sleeper[1] - self.elapsed
        if remaining > 0:
            self.advance(remaining)

    def _is_early(self, sleeper: tuple[int, float]) -> bool:
        """Return whether another sleeper of the same thread has an earlier deadline."""
        thread, deadline = sleeper
        return any(other == thread and due < deadline for other, due in tuple(self._sleepers))


class Travel(ContextDecorator):
    """While its block runs, sleeps of this process advance a clock and return at once.

    Its block can be entered several times. One that is never entered warns.

    Args:
        clock: Advances the clock.
        file: The file with the line that made it, for the warning.
        line: The number of this line.
    """

    def __init__(self, clock: Advance, file: str, line: int) -> None:
        self._clock = clock
        self._place = (file, line)
        self._journeys: list[Journey] = []
        self._is_used = False

    def __enter__(self) -> None:
        self._is_used = True
        with LOCK:
            journey = Journey.current() or Journey()
            journey.join(self._clock)
            self._journeys.append(journey)

    def __exit__(self, *_error: object) -> None:
        with LOCK:
            self._journeys.pop().leave(self._clock)

    def __call__(self, func: Decorated) -> Decorated:
        self._is_used = True
        if iscoroutinefunction(func):
            raise TypeError(f"travel() cannot decorate an async function: {WITH}")
        return super().__call__(func)

    def __del__(self) -> None:
        if not self._is_used:
            warnings.warn_explicit(f"travel() has no effect: {WITH}", RuntimeWarning, *self._place)

    if not TYPE_CHECKING:

        def __aenter__(self) -> Never:
            self._is_used = True
            raise TypeError(f"travel() is not an async context manager: {WITH}")

        __aexit__ = __aenter__


WITH: Final = "write `with electron.clock.travel():` around the code that sleeps"


# --- the replacements


def _replaceable() -> Iterator[tuple[Any, Callable[[Journey, Any], Any]]]:
    """Yield `sleep` of each loaded library, and the function that makes its replacement."""
    for library in _libraries():
        yield library.sleep, REPLACEMENTS[library.__name__]


def _libraries() -> list[Any]:
    """Return the loaded libraries whose `sleep` is replaced."""
    return [sys.modules[name] for name in REPLACEMENTS if name in sys.modules]


def _sync_sleep(journey: Journey, original: Callable[[Any], None]) -> Any:
    def sleep(seconds: Any, /) -> None:
        duration = journey.is_under_way and _duration(seconds, sys._getframe(1))
        if not duration:
            return original(seconds)
        if getattr(original, "__self__", None) is sys.modules["time"]:  # not one that a test set
            original(0)  # other threads may run
        return journey.advance(duration)

    return _marked(sleep, journey)


@coroutine
def _next_turn() -> Iterator[None]:
    """Let other tasks run, as `asyncio.sleep(0)` does."""
    yield


def _asyncio_sleep(journey: Journey, original: Callable[..., Any]) -> Any:
    async def sleep(delay: Any, result: Any = None) -> Any:
        duration = journey.is_under_way and _duration(delay, sys._getframe(1))
        if not duration:
            return await original(delay, result)
        await journey.sleep(duration, _next_turn)
        return result

    return _marked(sleep, journey)


def _anyio_sleep(journey: Journey, original: Callable[..., Any]) -> Any:
    async def sleep(delay: Any) -> None:
        duration = journey.is_under_way and _duration(delay, sys._getframe(1))
        if duration:
            await journey.sleep(duration, sys.modules["anyio"].lowlevel.checkpoint)
        else:
            await original(delay)

    return _marked(sleep, journey)


def _trio_sleep(journey: Journey, original: Callable[..., Any]) -> Any:
    async def sleep(seconds: Any) -> None:
        duration = journey.is_under_way and _duration(seconds, sys._getframe(1))
        if duration:
            await journey.sleep(duration, sys.modules["trio"].lowlevel.checkpoint)
        else:
            await original(seconds)

    return _marked(sleep, journey)


REPLACEMENTS: Final[Mapping[str, Callable[[Journey, Any], Any]]] = {
    "time": _sync_sleep,
    "asyncio": _asyncio_sleep,
    "anyio": _anyio_sleep,
    "trio": _trio_sleep,
}
"""The function that makes the replacement of each library's `sleep`. The parameters have the same
names as those of the original."""


def _marked(sleep: Any, journey: Journey) -> Any:
    sleep.journey = journey
    return sleep


def _duration(given: Any, caller: FrameType) -> float:
    """Return the seconds to travel, or 0 if the original function must handle the call.

    It handles zero, wrong values, infinity, and the sleeps of packages that poll.
    """
    is_number = isinstance(given, int | float) or hasattr(given, "__index__")
    if not is_number or not isfinite(given) or given <= 0:
        return 0.0
    package = str(caller.f_globals.get("__name__")).partition(".")[0]
    keeps = package in REAL or current_thread().name == SERVER_THREAD
    return 0.0 if keeps else float(given)


def _is_searched(module: str) -> bool:
    """Return whether a module may refer to a function by name. The standard library does not."""
    package = module.partition(".")[0]
    library = package in sys.stdlib_module_names and module not in REPLACEMENTS
    return not library and not module.startswith(INTERNALS)
