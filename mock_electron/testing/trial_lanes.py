"""The lanes of a fault search: each trial begins in the same state.

A scenario that takes the fake gets one of its own for each trial, with its own server, so that
nothing of an earlier trial can reach it. Any other scenario uses the lane of the test, which is
reset before each trial.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from msgspec import Struct
from msgspec.structs import replace

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.faults.fault import Fault
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.faults.replacement import Silence, fail
from mock_electron.engine.journal import StillInFlightError
from mock_electron.engine.lane import Lane
from mock_electron.engine.reset import RESETS
from mock_electron.engine.script.responder import Responder
from mock_electron.engine.script.step import Step
from mock_electron.engine.settings import Settings
from mock_electron.serve.server import Server
from mock_electron.trials.places import Place
from mock_electron.trials.plan import Trial
from mock_electron.trials.retries import script_with_retries
from mock_electron.wire.headers import Headers

MakeFake = Callable[[Lane, str], Any]
"""Takes a lane and its URL, and returns the fake that a scenario gets."""
SETTLING: Final = 0.2
"""Seconds to wait for requests in flight. A client may have left a stream open."""
GRACE: Final = 0.5
"""Seconds in which a client reports that its connection was closed."""
LONGER: Final = 1.0
"""Seconds by which a silence is longer than the time-out, on a lane that is used again."""


class Start(Struct, frozen=True):
    """The state of a lane at the beginning of a search.

    Attributes:
        settings: Its settings.
        steps: The steps with uses left, and how many.
        responder: The user function that answers, or None.
        injections: The injected faults with uses left, and how many.
        advanced: Seconds by which the clock was advanced.
        headers: Headers that are added to a 429.
    """

    settings: Settings
    steps: tuple[Step, ...]
    responder: Responder | None
    injections: tuple[Injection, ...]
    advanced: float
    headers: Headers

    @classmethod
    def of(cls, lane: Lane) -> "Start":
        """Return the state of a lane."""
        states = [state for state in lane.script() if state.is_open]
        active = [one for one in lane.injected() if one.used != one.injection.times]
        return cls(
            lane.settings,
            tuple(replace(one.step, times=_left(one.step.times, one.used)) for one in states),
            lane._responder,
            tuple(
                replace(one.injection, times=_left(one.injection.times, one.used)) for one in active
            ),
            lane.clock._advanced,
            lane.rate_limit_headers,
        )

    def set_up(
        self, lane: Lane, trial: Trial | None, places: Sequence[Place], faults: Sequence[Fault]
    ) -> None:
        """Bring a lane that is at its own start into this state, with the faults of a trial.

        Args:
            lane: The lane.
            trial: The trial; None for a run without a fault.
            places: The requests of the run without a fault.
            faults: The faults to inject.
        """
        lane.settings = self.settings
        lane.replace_script(script_with_retries(self.steps, trial, places))
        lane.rate_limit_headers = self.headers
        if self.responder is not None:
            lane.respond_with(self.responder)
        for injection in self.injections:
            lane.inject(injection)
        for aim, fault in zip(trial.aims if trial else (), faults, strict=True):
            lane.inject(Injection(fault, times=1, every=aim.every))
        if self.advanced:
            lane.clock.pass_time(self.advanced)


def _left(times: int | None, used: int) -> int | None:
    return None if times is None else times - used


def faults_happened(lane: Lane, trial: Trial | None) -> bool:
    """Return whether all faults of a trial have been used."""
    count = len(trial.aims) if trial else 0
    injected = sorted(lane.injected(), key=lambda one: one.number)
    return all(one.used for one in injected[len(injected) - count :])


class TrialLane(Protocol):
    """Where a trial runs.

    Attributes:
        lane: The lane.
        fake: The fake that the scenario gets.
        grace: Seconds after which a run that hangs gets an error from its client.
    """

    lane: Lane
    fake: Any
    grace: float

    def leave(self) -> tuple[Exchange, ...]:
        """End the trial, and return its exchanges."""


class OwnLane:
    """A lane of a trial's own, with its own server. At the end, all connections are closed."""

    def __init__(
        self, start: Start, trial: Trial | None, places: Sequence[Place], make: MakeFake
    ) -> None:
        self.lane: Lane = Lane(start.settings)
        start.set_up(self.lane, trial, places, [aim.fault for aim in trial.aims] if trial else ())
        self.grace: float = GRACE
        self._server = Server(self.lane).start()
        self.fake: Any = make(self.lane, self._server.url)

    def leave(self) -> tuple[Exchange, ...]:
        """End the trial, and return its exchanges."""
        self._server.stop()
        return exchanges_of_trial(self.lane)


class SameLane:
    """The lane of the test, brought into its state at the beginning."""

    def __init__(
        self,
        lane: Lane,
        start: Start,
        trial: Trial | None,
        places: Sequence[Place],
        timeout: float,
    ) -> None:
        self.lane = lane
        self.fake: Any = None
        self.grace: float = LONGER + GRACE
        lane.reset(RESETS)
        faults = [_ending(aim.fault, timeout) for aim in trial.aims] if trial else ()
        start.set_up(lane, trial, places, faults)

    def leave(self) -> tuple[Exchange, ...]:
        """End the trial, and return its exchanges."""
        return exchanges_of_trial(self.lane)


def _ending(fault: Fault, timeout: float) -> Fault:
    """Return a fault after which a scenario that hangs can go on, so that its thread ends."""
    return fail(503, delay=timeout + LONGER) if isinstance(fault, Silence) else fault


def exchanges_of_trial(lane: Lane) -> tuple[Exchange, ...]:
    """Return the exchanges of a lane, also if one is still in flight."""
    try:
        return lane.exchanges(SETTLING)
    except StillInFlightError:
        return lane.peek()


def count_uses(lane: Lane, used: Sequence[int]) -> None:
    """Count the uses of the steps by the run without a fault, for the check of a strict test.

    Args:
        lane: The lane of the test.
        used: How often each step that was open has answered.
    """
    script = lane._ledger.script
    open_ones = [state.number for state in lane.script() if state.is_open]
    for number, count in zip(open_ones, used, strict=False):
        for _ in range(count):
            script.use(number)
