"""What became of a trial, and how that is judged if the user's function does not.

recovered           the same result as without a fault
clean failure       an exception
hung                no end in time
wrong answer        another result, or a failed assertion
side effect twice   only the user's function knows
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, get_args

from mock_electron.engine.faults.fault import Fault
from mock_electron.inputs.checks import choice
from mock_electron.inputs.spelling import escaped, shortened
from mock_electron.inputs.values import FrozenValue
from mock_electron.outputs.redaction import redact_message
from mock_electron.traffic.exchanges import Exchanges

TrialOutcome = Literal["recovered", "clean failure", "hung", "wrong answer", "side effect twice"]
OUTCOMES: Final[tuple[TrialOutcome, ...]] = get_args(TrialOutcome)
GOOD: Final[tuple[TrialOutcome, ...]] = ("recovered", "clean failure")
BAD: Final = tuple(outcome for outcome in OUTCOMES if outcome not in GOOD)
"""The outcomes that a client should never have. The last one is the worst."""
CHANGING: Final = ("id", "created", "usage", "request_id", "_request_id", "tool_call_id")
"""Fields of completions that differ between two answers with the same content."""
LONGEST_VALUE: Final = 120
"""The maximum number of characters of a value in a reason."""
FAILED: Final = "Failed"
"""The name of the exception of `pytest.fail()`, which is not an `Exception`."""
Clean = tuple[type[BaseException], ...]


class TrialRun(FrozenValue, frozen=True):
    """One run of a scenario, as the user's function judges it.

    Attributes:
        trial: The name of the trial: "Cut(after=3) in #0".
        faults: The faults that were injected.
        returned: What the scenario returned, or None.
        raised: What it raised, or None.
        expected: What it returned without a fault.
        exchanges: The requests and their answers.
    """

    trial: str
    faults: tuple[Fault, ...]
    returned: Any
    raised: BaseException | None
    expected: Any
    exchanges: Exchanges


Judge = Callable[[TrialRun], TrialOutcome | None]
"""A user's function. None means: judge by default."""
Judged = tuple[TrialOutcome, str]
"""An outcome, and the reason for it."""


def judged(ran: TrialRun, judge: Judge | None, clean: Clean, *, is_steady: bool = True) -> Judged:
    """Return the outcome of a run that has ended.

    Args:
        ran: The run.
        judge: The user's function, or None.
        clean: The exceptions that are clean failures; none means all.
        is_steady: Whether two runs without a fault returned the same.

    Raises:
        ValueError: If the user's function returns something else, or the result has to be
            compared, and two runs without a fault did not return the same.
    """
    given = None if judge is None else judge(ran)
    if given is not None:
        return choice("outcome", given, OUTCOMES), _what_happened(ran)
    if ran.raised is not None:
        return _of_exception(ran.raised, clean)
    if not is_steady:
        raise ValueError(UNSTEADY)
    if same(ran.returned, ran.expected):
        return "recovered", ""
    return "wrong answer", f"returned {shown(ran.returned)}, not {shown(ran.expected)}"


UNSTEADY: Final = (
    "two runs without a fault returned different results, so results cannot be compared; return "
    "only what stays the same, such as the text, or judge with a function: try_faults(run, outcome)"
)


def _of_exception(error: BaseException, clean: Clean) -> Judged:
    said = f"raised {shown_error(error)}"
    if isinstance(error, AssertionError) or type(error).__name__ == FAILED:
        return "wrong answer", said
    if clean and not isinstance(error, clean):
        return "wrong answer", f"{said}, which is not listed in clean"
    return "clean failure", said


def ends_the_search(error: BaseException | None) -> bool:
    """Return whether an exception is not about the scenario, such as that of Ctrl-C."""
    is_about_it = isinstance(error, Exception | SystemExit) or type(error).__name__ == FAILED
    return error is not None and not is_about_it


def _what_happened(ran: TrialRun) -> str:
    if ran.raised is not None:
        return f"raised {shown_error(ran.raised)}"
    return f"returned {shown(ran.returned)}"


def same(one: Any, other: Any) -> bool:
    """Return whether two results are equal. Ids, times and usage in completions do not count."""
    return bool(_essence(one) == _essence(other))


def _essence(value: Any) -> Any:
    dump = getattr(value, "model_dump", None)
    if callable(dump) and not isinstance(value, type):
        return _without_changing(dump())
    if isinstance(value, list | tuple):
        return [_essence(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _essence(item) for key, item in value.items()}
    return value


def _without_changing(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {key: item for key, item in value.items() if key not in CHANGING}
        return {key: _without_changing(item) for key, item in kept.items()}
    return [_without_changing(item) for item in value] if isinstance(value, list) else value


def shown(value: object) -> str:
    """Return a value on one line, without keys."""
    return redact_message(shortened(escaped(repr(value)), LONGEST_VALUE))


def shown_error(error: BaseException) -> str:
    """Return an exception on one line, without keys."""
    first = str(error).strip().partition("\n")[0]
    said = f"{type(error).__name__}: {first}" if first else type(error).__name__
    return redact_message(shortened(escaped(said), LONGEST_VALUE))
