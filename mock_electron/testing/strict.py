"""What the end of a strict test asks: whether script, functions and requests fitted."""

from typing import Final

from mock_electron.engine.lane import Lane
from mock_electron.engine.script.script import StepState
from mock_electron.traffic.lines import counted
from mock_electron.wire.errors import NOT_SCRIPTED

MOST_EXPLAINED: Final = 5
"""Requests without a step whose reasons are given in full."""
HAD_NO_STEP: Final = "had no step in the script"


def strict_faults(lane: Lane) -> str:
    """What a strict lane has against its traffic, in words; nothing where it is not strict."""
    checks = (raised, not_scripted, left_over)
    return next(filter(None, (check(lane) for check in checks)), "") if lane.settings.strict else ""


def raised(lane: Lane) -> str:
    """The functions of the test's that failed; their requests got a 500."""
    failed = [f"#{e.number}: {e.raised}" for e in lane.peek() if e.raised]
    return "\n".join(["a function of the test raised:", *failed]) if failed else ""


def not_scripted(lane: Lane) -> str:
    """The requests that no step was for."""
    missed = [e for e in lane.peek() if e.error and e.error.name == NOT_SCRIPTED.name]
    words = "\n".join(f"#{e.number}: {e.error.message}" for e in missed[:MOST_EXPLAINED] if e.error)
    more = len(missed) - MOST_EXPLAINED
    words += f"\n… and {more} more" if more > 0 else ""
    return f"{counted(len(missed), 'request')} {HAD_NO_STEP}.\n{words}" if missed else ""


def left_over(lane: Lane) -> str:
    """The steps that were not used."""
    unused = [f"  {_unused(use)}" for use in lane.script() if use.is_unused]
    unused += [
        f"  {one.location}: when() without an answer" for one in lane.pending if not one.answered
    ]
    return "\n".join(["the script has steps left over:", *unused]) if unused else ""


def _unused(use: StepState) -> str:
    answered = counted(use.used, "time")
    wanted = "once at least" if use.step.times is None else counted(use.step.times, "time")
    return f"{use.name}: {use.step.summary}; answered {answered}, expected {wanted}"
