"""`FaultSearches`: how a test searches for faults that its code does not survive."""

from collections.abc import Callable, Iterable
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

from mock_electron.engine.lane import Lane
from mock_electron.inputs.attributes import SuggestsNames
from mock_electron.inputs.checks import boolean, check_path
from mock_electron.inputs.keywords import checked_keywords

if TYPE_CHECKING:
    from mock_electron.engine.faults.fault import Fault
    from mock_electron.testing.fault_task import Task
    from mock_electron.trials.kinds import Selection
    from mock_electron.trials.outcomes import Judge
    from mock_electron.trials.report import FaultReport

Raisable = type[BaseException]


class FaultSearches(SuggestsNames):
    """Runs the scenario of a test once for each fault at each place."""

    _lane: Lane
    _url: str

    def _twin(self, lane: Lane, url: str) -> Any:
        """Return the interface to another lane."""
        raise NotImplementedError

    @checked_keywords(advice="Write try_faults(run) or try_faults(run, outcome).")
    def try_faults(
        self,
        run: Callable[..., Any],
        outcome: "Judge | None" = None,
        *,
        faults: "Selection | Iterable[str | Fault]" = "usual",
        budget: int = 200,
        pairs: int = 20,
        timeout: float = 15.0,
        clean: Raisable | tuple[Raisable, ...] = (),
        travel: bool = True,
        only: str | tuple[str, ...] | list[str] = (),
        part: str = "1/1",
        resume: str | PathLike[str] | None = None,
    ) -> "FaultReport":
        """Run a scenario once for each fault at each place that it reaches.

        The scenario runs twice without a fault first. What it returns then is the right answer.
        Each trial begins in the present state of the lane, with no exchanges. With a frozen clock,
        sleeps of this process advance it and return at once.

        Args:
            run: The scenario. If it takes an argument, it gets a fake of its own for each trial.
                Otherwise it uses this one, which is reset before each trial and at the end.
            outcome: Takes a `TrialRun`. Returns "recovered", "clean failure", "hung", "wrong
                answer" or "side effect twice", or None for the default: the same result is
                "recovered", an exception a "clean failure", an AssertionError or another result a
                "wrong answer".
            faults: "usual" (the default), "all", which adds what no client can notice, or a list of
                names and faults such as ["503", faults.Cut(after=3)].
            budget: The maximum number of trials. Default: 200. The most telling ones come first.
            pairs: How many of them may have two faults. Default: 20.
            timeout: Real seconds after which a run hangs, up to 3000. Default: 15.
            clean: The exceptions that are clean failures; others are a "wrong answer". Default: all
                but AssertionError.
            travel: Whether sleeps advance the clock if it is frozen. Default: True.
            only: The names of the trials to run, such as "Cut(after=3) in #0".
            part: Which part of the trials to run, such as "1/4" in the first of four workers.
            resume: A file for the results. A search that was interrupted goes on after the last
                one.

        Raises:
            ValueError: If the scenario sends no request, or an option has a wrong value.
            TimeoutError: If the scenario does not end without a fault.

        Example:
            electron.try_faults(agent.run).assert_no("hung", "wrong answer")
        """
        from mock_electron.testing.fault_search import run_in_threads  # for such tests only

        task = self._task(
            run,
            outcome,
            faults=faults,
            budget=budget,
            pairs=pairs,
            timeout=timeout,
            clean=clean,
            travel=travel,
            only=only,
            part=part,
            resume=resume,
        )
        return run_in_threads(task)

    @checked_keywords(advice="Write await try_faults_async(run).")
    async def try_faults_async(
        self,
        run: Callable[..., Any],
        outcome: "Judge | None" = None,
        *,
        faults: "Selection | Iterable[str | Fault]" = "usual",
        budget: int = 200,
        pairs: int = 20,
        timeout: float = 15.0,
        clean: Raisable | tuple[Raisable, ...] = (),
        travel: bool = True,
        only: str | tuple[str, ...] | list[str] = (),
        part: str = "1/1",
        resume: str | PathLike[str] | None = None,
    ) -> "FaultReport":
        """Do the same as `try_faults` for an async scenario, in the running event loop.

        A run that hangs is cancelled. One that blocks the event loop cannot be noticed.

        Args:
            run: The scenario, an async function.
            outcome: See `try_faults`.
            faults: See `try_faults`.
            budget: See `try_faults`.
            pairs: See `try_faults`.
            timeout: See `try_faults`.
            clean: See `try_faults`.
            travel: See `try_faults`.
            only: See `try_faults`.
            part: See `try_faults`.
            resume: See `try_faults`.

        Example:
            (await electron.try_faults_async(agent.run)).assert_no("hung")
        """
        from mock_electron.testing.fault_search import run_in_loop  # for such tests only

        task = self._task(
            run,
            outcome,
            faults=faults,
            budget=budget,
            pairs=pairs,
            timeout=timeout,
            clean=clean,
            travel=travel,
            only=only,
            part=part,
            resume=resume,
        )
        return await run_in_loop(task)

    def _task(
        self,
        run: Callable[..., Any],
        outcome: Any,
        *,
        clean: object,
        travel: object,
        resume: str | PathLike[str] | None,
        **limits: object,
    ) -> "Task":
        """Return the search. Raise TypeError or ValueError for wrong options."""
        from mock_electron.testing.fault_task import Task, check_clean, check_judge, check_run
        from mock_electron.trials.search import Limits

        takes_fake = check_run(run)
        check_judge(outcome)
        if resume is not None:
            check_path("resume", resume)
        return Task(
            self._lane,
            self._url,
            self._twin,
            run,
            takes_fake,
            outcome,
            check_clean(clean),
            Limits.of(**limits),
            None if resume is None else fspath(resume),
            boolean("travel", travel),
        )
