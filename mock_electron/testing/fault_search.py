"""`electron.try_faults(run)`: the scenario of a test, run once for each fault at each place.

The search is a generator: it yields what to run, and receives what became of it. So the sync and
the async method differ only in how they run a scenario.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from typing import Any, Final

from msgspec import Struct

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.lane import Lane
from mock_electron.inputs.checks import must_be
from mock_electron.inputs.spelling import echoed
from mock_electron.testing.deadlines import Ended, in_thread, in_time, is_async
from mock_electron.testing.fault_task import Task
from mock_electron.testing.raised import outcome_of
from mock_electron.testing.settling import in_event_loop
from mock_electron.testing.trial_lanes import (
    OwnLane,
    SameLane,
    Start,
    TrialLane,
    count_uses,
    faults_happened,
)
from mock_electron.traffic.exchanges import exchanges_of
from mock_electron.trials.outcomes import (
    Judged,
    TrialOutcome,
    TrialRun,
    ends_the_search,
    judged,
    same,
)
from mock_electron.trials.places import Place, answered, places_of
from mock_electron.trials.plan import Trial
from mock_electron.trials.progress import Progress
from mock_electron.trials.report import FaultReport, Scenario
from mock_electron.trials.search import Search, is_retried

Job = Callable[[], Any]
Jobs = Generator[Job, Ended, FaultReport]
STILL_RUNS: Final = (
    "{} hung and could not be ended, so its requests may be among those of later trials; write "
    "run(electron), which gets a fake of its own"
)
NO_REQUEST: Final = (
    "the scenario sent no valid request, so there is no place for a fault; it must use {}"
)
NOTHING_RETURNED: Final = (
    "the scenario returns nothing, so wrong answers are seen only if it raises an AssertionError"
)
FIRST: Final = "without a fault"


def run_in_threads(task: Task) -> FaultReport:
    """Run a search. Each run of the scenario has a thread."""
    if is_async(task.run) and in_event_loop():
        call = f"await electron.try_faults_async({getattr(task.run, '__name__', 'run')})"
        raise TypeError(f"run is async, and an event loop is running; write `{call}`")
    with closing(_jobs(task)) as jobs:
        try:
            job = next(jobs)
            while True:
                job = jobs.send(in_thread(job, task.limits.timeout))
        except StopIteration as stop:
            report: FaultReport = stop.value
            return report


async def run_in_loop(task: Task) -> FaultReport:
    """Run a search in the running event loop."""
    if not is_async(task.run):
        form = "write try_faults(run) for a plain one"
        raise TypeError(f"{must_be('run', 'an async function', task.run)}; {form}")
    with closing(_jobs(task)) as jobs:
        try:
            job = next(jobs)
            while True:
                job = jobs.send(await in_time(job, task.limits.timeout))
        except StopIteration as stop:
            report: FaultReport = stop.value
            return report


class _Seen(Struct, frozen=True):
    """What a run of the scenario has shown.

    Attributes:
        ended: What became of it.
        exchanges: Its requests.
        happened: Whether the faults of the trial happened.
        has_left: Whether nothing of it still runs.
        used: How often each step of the script has answered.
    """

    ended: Ended
    exchanges: tuple[Exchange, ...]
    happened: bool
    has_left: bool
    used: tuple[int, ...]


def _jobs(task: Task) -> Jobs:
    """Yield the runs of a search, receive what became of them, and return the report."""
    searching = _Searching(task)
    try:
        with searching.travelling():
            return (yield from searching.jobs())
    finally:
        searching.put_back()


class _Searching:
    """A search under way."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._start = Start.of(task.lane)
        self._current: Lane = task.lane
        self._notes: list[str] = []
        self._used: tuple[int, ...] = ()
        self._places: tuple[Place, ...] = ()

    def travelling(self) -> AbstractContextManager[object]:
        """Return the context in which sleeps advance the clock of the current trial."""
        if not self._task.travel or not self._task.lane.clock.frozen:
            return nullcontext()
        from mock_electron.engine.travel import Travel

        return Travel(lambda seconds: self._current.clock.pass_time(seconds), __file__, 0)

    def put_back(self) -> None:
        """Bring the lane of the test into its state before the search, without exchanges."""
        task, lane = self._task, self._task.lane
        if not task.takes_fake:
            SameLane(lane, self._start, None, (), task.limits.timeout)
        if lane.settings.strict:
            count_uses(lane, self._used)

    def jobs(self) -> Jobs:
        """Yield the runs, receive what became of them, and return the report."""
        first = yield from self._run(None)
        second = yield from self._run(None)
        self._used = first.used
        for seen in (first, second):
            _check_first(seen, self._task.limits.timeout)
        places = self._places = places_of(first.exchanges)
        if not [*answered(places)]:
            where = "electron.base_url of its argument" if self._task.takes_fake else self._task.url
            raise ValueError(NO_REQUEST.format(where))
        expected = first.ended.returned
        is_steady = same(expected, second.ended.returned)
        if expected is None and self._task.judge is None:
            self._notes.append(NOTHING_RETURNED)
        progress = Progress(self._task.resume) if self._task.resume is not None else None
        search = Search(places, self._task.limits, progress)
        for trial in search.trials():
            seen = yield from self._run(trial)
            outcome, reason = self._outcome(trial, seen, expected, is_steady=is_steady)
            retried = is_retried(trial, seen.exchanges)
            search.add(trial, outcome, reason, retried=retried)
        return FaultReport(search, Scenario(self._task.call, expected, tuple(self._notes)))

    def _run(self, trial: Trial | None) -> Generator[Job, Ended, _Seen]:
        """Run the scenario once."""
        task = self._task
        place: TrialLane
        if task.takes_fake:
            place = OwnLane(self._start, trial, self._places, task.make)
        else:
            timeout = task.limits.timeout
            place = SameLane(task.lane, self._start, trial, self._places, timeout)
        self._current = place.lane
        try:
            ended = yield _job(task, place.fake)
        except BaseException:
            place.leave()
            raise
        exchanges = place.leave()
        has_left = ended.leave_behind(place.grace) or task.takes_fake
        error = ended.raised if ends_the_search(ended.raised) else outcome_of(place.lane)
        if error is not None:
            raise _noted(error, trial)
        used = tuple(state.used for state in place.lane.script())
        return _Seen(ended, exchanges, faults_happened(place.lane, trial), has_left, used)

    def _outcome(
        self, trial: Trial, seen: _Seen, expected: object, *, is_steady: bool
    ) -> tuple[TrialOutcome | None, str]:
        """Return the outcome of a trial and the reason; None if its faults did not happen."""
        if not seen.has_left:
            self._notes.append(STILL_RUNS.format(trial.name))
        if not seen.happened:
            return None, ""
        if seen.ended.hung:
            return "hung", f"no end after {self._task.limits.timeout:g} s"
        try:
            return self._judged(trial, seen, expected, is_steady=is_steady)
        except BaseException as error:
            raise _noted(error, trial)  # noqa: B904 (the same error)

    def _judged(self, trial: Trial, seen: _Seen, expected: object, *, is_steady: bool) -> Judged:
        task, ended = self._task, seen.ended
        run = TrialRun(
            trial.name,
            tuple(aim.fault for aim in trial.aims),
            ended.returned,
            ended.raised,
            expected,
            exchanges_of(seen.exchanges, 0, task.url, task.lane.settings),
        )
        return judged(run, task.judge, task.clean, is_steady=is_steady)


def _job(task: Task, fake: Any) -> Job:
    """Return a function without arguments that is async if the scenario is."""
    arguments: Sequence[Any] = (fake,) if task.takes_fake else ()
    if not is_async(task.run):
        return lambda: task.run(*arguments)

    async def job() -> Any:
        return await task.run(*arguments)

    return job


def _noted(error: BaseException, trial: Trial | None) -> BaseException:
    error.add_note(f"try_faults: in the run {f'with {trial.name}' if trial else FIRST}")
    return error


def _check_first(seen: _Seen, timeout: float) -> None:
    """Raise an error if the scenario does not end well without a fault."""
    if seen.ended.raised is not None:
        raise _noted(seen.ended.raised, None)
    if seen.ended.hung:
        advice = "give try_faults a longer timeout"
        raise TimeoutError(f"the scenario did not end within {echoed(timeout)} s {FIRST}; {advice}")
