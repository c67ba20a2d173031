"""What a fault search of a test runs, and the checks of what the user gives for it."""

from collections.abc import Callable
from inspect import Parameter, signature
from typing import Any, Final

from msgspec import Struct

from mock_electron.engine.lane import Lane
from mock_electron.inputs.checks import check_function, must_be
from mock_electron.testing.trial_lanes import MakeFake
from mock_electron.trials.outcomes import Clean, Judge
from mock_electron.trials.search import Limits

ONE_OR_NONE: Final = (
    "a function without arguments, or of one: the fake of the trial, such as "
    "`def run(electron): ...`"
)


class Task(Struct, frozen=True):
    """What a search runs.

    Attributes:
        lane: The lane of the test.
        url: Its URL.
        make: Makes the fakes that the scenario gets.
        run: The scenario.
        takes_fake: Whether it takes a fake.
        judge: The user's function that judges a run, or None.
        clean: The exceptions that are clean failures; none means all.
        limits: How much is tried.
        resume: The file of the results, or None.
        travel: Whether sleeps advance the clock.
    """

    lane: Lane
    url: str
    make: MakeFake
    run: Callable[..., Any]
    takes_fake: bool
    judge: Judge | None
    clean: Clean
    limits: Limits
    resume: str | None
    travel: bool

    @property
    def call(self) -> str:
        """The scenario as a test calls it."""
        name = getattr(self.run, "__name__", "run")
        return f"{name if name.isidentifier() else 'run'}({'electron' if self.takes_fake else ''})"


def check_run(run: object) -> bool:
    """Return whether a scenario takes a fake.

    Raises:
        TypeError: If it is not a function of at most one argument.
    """
    if not callable(run):
        raise TypeError(must_be("run", ONE_OR_NONE, run))
    try:
        parameters = signature(run).parameters.values()
    except ValueError:  # a built-in function
        return False
    required = [one for one in parameters if one.default is Parameter.empty]
    by_place = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    needed = [one for one in required if one.kind in by_place]
    if len(needed) > 1 or any(one.kind is Parameter.KEYWORD_ONLY for one in required):
        raise TypeError(must_be("run", ONE_OR_NONE, run))
    return bool(needed)


def check_judge(judge: object) -> None:
    """Raise TypeError unless a function judges a run, or None is given."""
    if judge is not None:
        check_function("outcome", judge, argument="the run")


def check_clean(clean: object) -> Clean:
    """Return the exceptions that are clean failures.

    Raises:
        TypeError: If they are something else.
    """
    given = clean if isinstance(clean, tuple | list) else (clean,)
    if not all(isinstance(one, type) and issubclass(one, BaseException) for one in given):
        raise TypeError(must_be("clean", "a class of exceptions, or several in a tuple", clean))
    return tuple(given)
