"""`LaneSetup`: what a test or a script file sets up in a lane, and what it reads from it."""

from collections.abc import Callable, Iterable, Sequence
from itertools import count
from threading import RLock, get_ident
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron.engine.choose_reply import Speaker
from mock_electron.engine.clock import LaneClock
from mock_electron.engine.faults.injection import ActiveInjection, Injection
from mock_electron.engine.journal import CLOSE_THE_STREAM, SETTLING_TIME, Journal
from mock_electron.engine.ledger import MemoryLedger
from mock_electron.engine.pace import INSTANT, PACES, pace_of
from mock_electron.engine.parsed_request import ParsedRequests
from mock_electron.engine.prefix_cache import PromptReader
from mock_electron.engine.script.script import PendingWhen, StepState
from mock_electron.engine.settings import Settings
from mock_electron.inputs.spelling import unknown
from mock_electron.wire.headers import Headers

if TYPE_CHECKING:
    from mock_electron.engine.exchange import Exchange
    from mock_electron.engine.script.responder import Responder
    from mock_electron.engine.script.step import Step


MOST_BARGE_INS: Final = 10_000
"""The maximum number of interruptions that a lane remembers."""


class BargeIn(Struct, frozen=True):
    """The moment when the user interrupted.

    Attributes:
        moment: The time in seconds by the monotonic clock.
        exchanges: Numbers of the exchanges that were in flight.
    """

    moment: float
    exchanges: frozenset[int]


class LaneSetup:
    """An isolated endpoint: settings, script, clock, limits, prefix cache, faults and journal.

    Safe to use from several threads.

    Attributes:
        settings: The current settings.
        clock: The clock.
        pending: The `when(…)` calls of the test.
        rate_limit_headers: Headers that are added to a 429 for too many requests per minute.
        raised: What user functions have raised, oldest first; at most MOST_RAISED.
        connections: Gives the next connection its number.
        barge_ins: When the user interrupted, oldest first; the latest MOST_BARGE_INS.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings: Settings = settings or Settings()
        self.clock: LaneClock = LaneClock(self.settings.clock)
        self.pending: list[PendingWhen] = []
        self.rate_limit_headers: Headers = ()
        self.raised: list[BaseException] = []
        self.connections: count[int] = count()
        self.barge_ins: tuple[BargeIn, ...] = ()
        self._ledger = MemoryLedger(self.settings)
        self._reader = PromptReader()
        self._speaker = Speaker()
        self._requests = ParsedRequests(self.settings, self._reader)
        self._responder: Responder | None = None
        self._lock = RLock()  # a user function may call the lane while the lane decides
        self._deciding: int | None = None
        self._start: tuple[Settings, tuple[Step, ...]] = (self.settings, ())

    @property
    def journal(self) -> Journal:
        """The exchanges."""
        return self._ledger.journal

    # --- setup

    def mark_start(self) -> None:
        """Let `reset` return to the current settings and steps."""
        self._start = (self.settings, tuple(state.step for state in self.script()))

    def add(self, step: "Step") -> int:
        """Add a step at the end of the script. Return its number, from 1.

        Raises:
            ValueError: If the lane is strict, its tools are set, and the step names another tool.
        """
        self._check_tools(step)
        with self._lock:
            return self._ledger.script.add(step)

    def add_all(self, steps: "Sequence[Step]", most: int) -> tuple[StepState, ...] | None:
        """Add steps at the end of the script, all or none. No request sees a part of them.

        Args:
            steps: The steps, which `problems_of` has accepted.
            most: The maximum number of steps of the script.

        Returns:
            The steps with their numbers, or None if there would be too many.
        """
        with self._lock:
            script = self._ledger.script
            if script.size + len(steps) > most:
                return None
            return tuple(StepState(script.add(step), step, 0) for step in steps)

    @property
    def script_generation(self) -> int:
        """How often all steps of the script were replaced."""
        return self._ledger.script.generation

    def change_step(self, number: int, change: "Callable[[Step], Step]", generation: int) -> None:
        """Replace a step. The number of its uses is kept.

        Args:
            number: The number of the step, from 1.
            change: Takes the step, and returns the new one.
            generation: `script_generation` when the step was added.

        Raises:
            RuntimeError: If the step was removed since.
        """
        with self._lock:
            if generation != self.script_generation or not self._ledger.script.has(number):
                raise RuntimeError("the step was removed from the script, by a reset or a reload")
            self._ledger.script.change(number, change)

    def remove_step(self, number: int) -> bool:
        """Remove a step, and return whether there was one. The others keep their numbers."""
        with self._lock:
            return self._ledger.script.remove(number)

    def replace_script(self, steps: "Iterable[Step]") -> tuple[StepState, ...]:
        """Replace all steps of the script, and return them with their numbers.

        Raises:
            ValueError: If `add` would refuse a step. The script is unchanged.
        """
        checked = tuple(steps)
        for step in checked:
            try:
                self._check_tools(step)
            except ValueError as error:
                raise ValueError(f"{step.location}: {error}") from error
        with self._lock:
            self._ledger.script.replace(checked)
            return self._ledger.script.states

    def start_with(self, steps: "Iterable[Step]") -> None:
        """Replace all steps of the script, now and whenever the script is reset.

        Raises:
            ValueError: If `add` would refuse a step. The script is unchanged.
        """
        states = self.replace_script(steps)
        with self._lock:
            self._start = (self._start[0], tuple(state.step for state in states))

    def problems_of(self, step: "Step") -> Iterable[str]:
        """Yield why the script of the lane cannot contain a step."""
        try:
            self._check_tools(step)
        except ValueError as error:
            yield str(error)

    def open_when(self, location: str) -> PendingWhen:
        """Record a `when(…)` call. It stays unanswered until its step is added."""
        pending = PendingWhen(location)
        with self._lock:
            self.pending.append(pending)
        return pending

    def script(self) -> tuple[StepState, ...]:
        """Return the steps of the script with how often each has answered."""
        with self._lock:
            return self._ledger.script.states

    @property
    def number_of_steps(self) -> int:
        """The number of steps of the script."""
        return self._ledger.script.size

    def state_of_step(self, number: int) -> StepState | None:
        """Return a step with how often it has answered; None if it was removed."""
        with self._lock:
            return self._ledger.script.state(number)

    def shadow_of(self, number: int) -> str:
        """Return why a step never answers, or ""; see `shadows`."""
        from mock_electron.engine.script.shadow import MOST_COMPARED, shadows  # for scripts only

        with self._lock:
            script = self._ledger.script
            earlier, state = script.unlimited_before(number, MOST_COMPARED), script.state(number)
        return next(shadows((*earlier, state), number), "") if state is not None else ""

    def respond_with(self, function: "Responder") -> None:
        """Set the user function that answers instead of the pocket model."""
        with self._lock:
            self._responder = function

    def inject(self, injection: Injection) -> int:
        """Add a fault that affects later requests. Return its number, from 0."""
        with self._lock:
            return self._ledger.injections.add(injection)

    def injected(self) -> tuple[ActiveInjection, ...]:
        """Return the injected faults with how often each has applied, in order."""
        with self._lock:
            return self._ledger.injections.states

    @property
    def number_of_faults(self) -> int:
        """The number of injected faults that have uses left."""
        return self._ledger.injections.size

    def remove_fault(self, number: int) -> bool:
        """Remove an injected fault, and return whether there was one with this number."""
        with self._lock:
            return self._ledger.injections.remove(number)

    def barge_in(self) -> BargeIn:
        """Mark the moment when the user interrupts."""
        in_flight = frozenset(one.number for one in self.journal.in_flight() if one.is_chat)
        marked = BargeIn(self.clock._moment().monotonic, in_flight)
        self.barge_ins = (*self.barge_ins[1 - MOST_BARGE_INS :], marked)
        return marked

    def waiting_faults(self) -> tuple[str, ...]:
        """Return the injected faults that have affected no request, each with the reason."""
        with self._lock:
            return self._ledger.injections.unused

    def clear_faults(self) -> None:
        """Remove all faults except those of the script."""
        with self._lock:
            self._ledger.clear_faults()

    def change(self, **settings: Any) -> None:
        """Change settings for later requests: the plan, the pace or the drift rate.

        Raises:
            ValueError: If a value is wrong.
        """
        with self._lock:
            self.settings = replace(self.settings, **settings)

    def exchanges(
        self,
        timeout: float = SETTLING_TIME,
        *,
        waited: float = 0.0,
        advice: str = CLOSE_THE_STREAM,
    ) -> "tuple[Exchange, ...]":
        """Return the journal, once no answer is in flight. The arguments are those of `read`.

        Raises:
            StillInFlightError: If that takes too long. A user function that the lane is calling
                does not wait, because no answer can end before it returns.
        """
        if self._deciding == get_ident():
            return self.journal.read(timeout=0)
        return self.journal.read(timeout, waited=waited, advice=advice)

    def peek(self) -> "tuple[Exchange, ...]":
        """Return the journal without waiting, including exchanges in flight."""
        return self.journal.peek()

    @property
    def peak_in_flight(self) -> int:
        """The highest number of requests of one API key that were in flight at the same time."""
        return self._ledger.limits.peak

    @property
    def has_pace(self) -> bool:
        """Whether the lane or a step of its script has a pace other than "instant"."""
        paces = (pace_of(self.settings.pace), *(state.step.pace for state in self.script()))
        return any(pace not in (None, PACES[INSTANT]) for pace in paces)

    @property
    def takes_real_time(self) -> bool:
        """Whether replies take real time: the clock is real, and the pace is not "instant"."""
        return not self.clock.frozen and self.settings.pace != INSTANT

    def _check_tools(self, step: "Step") -> None:
        known = self.settings.tools
        for name in step.tool_names:
            if self.settings.strict and known and name not in known:
                raise ValueError(unknown("tool", name, known))
