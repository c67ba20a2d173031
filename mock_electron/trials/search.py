"""`Search`: which trial comes next, within a budget, and what the trials have shown.

1. The same places, options and results give the same trials, in the same order.
2. If a run hangs, the other chunks of its cell are not tried: each would take as long.
3. Pairs begin with a fault from which the scenario has recovered by a retry.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Final

from msgspec import Struct

from mock_electron.engine.exchange import Exchange
from mock_electron.inputs.checks import must_be, seconds, whole_number
from mock_electron.inputs.spelling import did_you_mean, echoed
from mock_electron.trials.kinds import Kind, chosen_kinds
from mock_electron.trials.outcomes import TrialOutcome
from mock_electron.trials.places import Place
from mock_electron.trials.plan import Trial, is_paired, pair_trials, single_trials
from mock_electron.trials.progress import Line, Progress

BUDGET: Final = 200
"""The default number of trials."""
PAIRS: Final = 20
"""The default number of trials with two faults."""
TIMEOUT: Final = 15.0
"""Seconds after which a run hangs, by default. The vendor's clients wait for about 10 seconds."""
LONGEST_TIMEOUT: Final = 3_000.0
MARGIN: Final = 1.0
"""Seconds by which a stall is longer than the time-out."""


class Limits(Struct, frozen=True):
    """How much is tried.

    Attributes:
        budget: The maximum number of trials.
        pairs: How many of them may have two faults.
        timeout: Seconds after which a run hangs.
        kinds: The faults.
        only: The names of the trials; none means all.
        part: Which part of the trials, and of how many: (2, 4) is the second quarter.
    """

    budget: int = BUDGET
    pairs: int = PAIRS
    timeout: float = TIMEOUT
    kinds: tuple[Kind, ...] = ()
    only: tuple[str, ...] = ()
    part: tuple[int, int] = (1, 1)

    @classmethod
    def of(
        cls,
        *,
        budget: object = BUDGET,
        pairs: object = PAIRS,
        timeout: object = TIMEOUT,
        faults: object = "usual",
        only: object = (),
        part: object = "1/1",
    ) -> "Limits":
        """Return the limits that a user gives.

        Raises:
            TypeError: If a value has the wrong type.
            ValueError: If a value is out of range, or a fault does not exist.
        """
        checked: float = seconds("timeout", timeout, LONGEST_TIMEOUT, above_zero=True)
        return cls(
            whole_number("budget", budget, 1),
            whole_number("pairs", pairs, 0),
            checked,
            chosen_kinds(faults),  # type: ignore[arg-type]  # it checks
            _names(only),
            part_of(part),
        )


def _names(given: object) -> tuple[str, ...]:
    names = (given,) if isinstance(given, str) else given
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise TypeError(must_be("only", "the name of a trial, such as 'Reset() in #0'", given))
    return tuple(names)


def part_of(given: object) -> tuple[int, int]:
    """Return a part such as "2/4" as two numbers.

    Raises:
        ValueError: If it is not a part.
    """
    number, slash, count = given.partition("/") if isinstance(given, str) else ("", "", "")
    if slash and number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count):
        return int(number), int(count)
    raise ValueError(must_be("part", "a part such as '1/4'", given))


class Result(Struct, frozen=True):
    """A trial and its outcome.

    Attributes:
        trial: The trial.
        outcome: The outcome; None if a fault did not happen, because the scenario ended before.
        reason: What was seen.
        is_retried: Whether the request of the first fault came again.
    """

    trial: Trial
    outcome: TrialOutcome | None
    reason: str = ""
    is_retried: bool = False


class Search:
    """A search for faults that a scenario does not survive.

    Args:
        places: The requests of the run without a fault.
        limits: How much is tried.
        progress: The results of an earlier search that was not finished, and where new ones go.

    Attributes:
        places: The requests of the run without a fault.
        limits: How much is tried.
        results: The results so far.
        left_out: The number of trials that the budget has left out.
    """

    def __init__(self, places: Sequence[Place], limits: Limits, progress: Progress | None) -> None:
        self.places: tuple[Place, ...] = tuple(places)
        self.limits = limits
        self.results: list[Result] = []
        self.left_out: int = 0
        self._hung: set[tuple[str, int]] = set()
        self.singles: tuple[Trial, ...] = single_trials(
            self.places, limits.kinds, limits.timeout + MARGIN
        )
        self._progress = progress
        self._known: dict[str, Line] = {}
        if progress is not None:
            planned = [trial.name for trial in self.singles]
            self._known = progress.begin(planned, limits.part, limits.timeout)

    def trials(self) -> Iterator[Trial]:
        """Yield the trials to run. Each must be given to `add` before the next one."""
        for trial in self._planned():
            known = self._known.get(trial.name)
            if known is not None:
                self._keep(Result(trial, known.outcome, known.reason, known.retried))
            elif len(self.results) >= self.limits.budget:
                self.left_out += 1
            else:
                yield trial
        if self._progress is not None:
            self._progress.finish()

    def add(
        self, trial: Trial, outcome: TrialOutcome | None, reason: str, *, retried: bool
    ) -> None:
        """Record the outcome of a trial; None if a fault did not happen."""
        self._keep(Result(trial, outcome, reason, retried))
        if self._progress is not None:
            self._progress.add(Line(trial.name, outcome, reason, retried))

    def _planned(self) -> Iterator[Trial]:
        if self.limits.only:
            yield from self._named()
            return
        number, count = self.limits.part
        for trial in self.singles[number - 1 :: count]:
            if trial.cell not in self._hung:
                yield trial
        again = [one for one in self.results if one.outcome == "recovered" and one.is_retried]
        pairs = (
            pair
            for first in filter(is_paired, [one.trial for one in again])
            for pair in pair_trials(first, self.singles, self.places)
        )
        yield from islice(pairs, self.limits.pairs)

    def _possible(self) -> tuple[Trial, ...]:
        """Return all trials, with all pairs."""
        firsts = filter(is_paired, self.singles)
        pairs = (pair_trials(first, self.singles, self.places) for first in firsts)
        return (*self.singles, *chain.from_iterable(pairs))

    def check_names(self, names: Iterable[object]) -> None:
        """Raise ValueError if a name is neither that of a trial nor that of a fault."""
        trials = self._possible()
        known = {trial.row for trial in trials} | {trial.name for trial in trials}
        for name in names:
            if name not in known:
                raise ValueError(f"ignore: {_unknown('fault', name, known)}")

    def _named(self) -> Iterator[Trial]:
        known = {trial.name: trial for trial in self._possible()}
        for name in self.limits.only:
            if name not in known:
                raise ValueError(f"only: {_unknown('trial', name, known)}")
            yield known[name]

    def _keep(self, result: Result) -> None:
        self.results.append(result)
        if result.outcome == "hung":
            self._hung.add(result.trial.cell)


def _unknown(what: str, given: object, known: Iterable[str]) -> str:
    """Return the message for a name that does not exist, with the nearest of hundreds."""
    near = did_you_mean(given, sorted(known))
    return f"unknown {what} {echoed(given)}.{near or ' The report has the names.'}"


def is_retried(trial: Trial, exchanges: Sequence[Exchange]) -> bool:
    """Return whether the request after the first fault is the same request again."""
    valid = [one.fingerprint for one in exchanges if one.is_chat and one.understood]
    number = trial.column
    return len(valid) > number + 1 and valid[number] == valid[number + 1]
