"""The checks at the end of a strict test: all requests and steps match, and no function raised."""

from collections.abc import Sequence
from typing import Final

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.lane import Lane
from mock_electron.engine.script.script import NO_STEP, StepState
from mock_electron.engine.script.shadow import shadows
from mock_electron.testing.categories import WITHOUT_ANSWER
from mock_electron.traffic.lines import counted
from mock_electron.wire.errors import NOT_SCRIPTED

MAX_EXPLAINED: Final = 5
"""The maximum number of requests without a step that a message explains."""
HAD_NO_STEP: Final = "had no step in the script"
DID_NOT_FIT: Final = "had a step that does not fit the request"


def strict_problems(lane: Lane) -> str:
    """Return why the test of a strict lane fails, or "". Other lanes have no such problems."""
    checks = (raised_exceptions, unscripted_requests, unused_steps)
    return next(filter(None, (check(lane) for check in checks)), "") if lane.settings.strict else ""


def raised_exceptions(lane: Lane) -> str:
    """Return the user functions that raised, or "". Their requests were answered with 500."""
    failed = [f"#{e.number}: {e.raised}" for e in lane.peek() if e.raised]
    return "\n".join(["a user function raised:", *failed]) if failed else ""


def unscripted_requests(lane: Lane) -> str:
    """Return the requests that no step matched, or whose step did not fit, or ""."""
    refused = [e for e in lane.peek() if e.error and e.error.name == NOT_SCRIPTED.name]
    missed = [e for e in refused if e.error and e.error.message.startswith(NO_STEP)]
    unfit = [e for e in refused if e not in missed]
    return "\n".join(filter(None, [_refused(missed, HAD_NO_STEP), _refused(unfit, DID_NOT_FIT)]))


def _refused(exchanges: Sequence[Exchange], why: str) -> str:
    if not exchanges:
        return ""
    lines = [f"{counted(len(exchanges), 'request')} {why}."]
    lines += [f"#{e.number}: {e.error.message}" for e in exchanges[:MAX_EXPLAINED] if e.error]
    more = len(exchanges) - MAX_EXPLAINED
    return "\n".join([*lines, *([f"… and {more} more"] if more > 0 else [])])


def unused_steps(lane: Lane) -> str:
    """Return the steps that were not used often enough, and each `when()` without an answer."""
    states = lane.script()
    never = {message.partition(" never answers")[0]: message for message in shadows(states)}
    unused = [f"  {_unused(one)}" for one in states if one.is_unused and one.name not in never]
    unused += [f"  {message}" for message in never.values()]
    unused += [
        f"  {pending.location}: {WITHOUT_ANSWER}"
        for pending in lane.pending
        if not pending.answered
    ]
    return "\n".join(["the script has steps left over:", *unused]) if unused else ""


def _unused(state: StepState) -> str:
    answered = counted(state.used, "time")
    times = state.step.times
    expected = "at least once" if times is None else counted(times, "time")
    return f"{state.name}: {state.step.summary}; answered {answered}, expected {expected}"
