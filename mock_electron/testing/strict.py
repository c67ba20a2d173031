"""The checks at the end of a strict test: all requests and steps match, and no function raised."""

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

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


class Verdict(Struct, frozen=True):
    """Whether the script and the requests of a lane match, strict or not.

    Attributes:
        not_scripted: The refusals of a strict lane, one text for each.
        steps_left: The steps that have answered fewer requests than they should, one text for each.
        raised: What user functions raised, one text for each.
        exchanges: The number of requests for the chat endpoint, without those that were dropped.
        forgotten: The number of requests before the latest reset.
        dropped: The number of requests that the journal has dropped since.
        dropped_refusals: The number of those that a strict lane had refused.
        dropped_raised: The number of those on which a user function had raised.
    """

    not_scripted: tuple[str, ...]
    steps_left: tuple[str, ...]
    raised: tuple[str, ...]
    exchanges: int
    forgotten: int = 0
    dropped: int = 0
    dropped_refusals: int = 0
    dropped_raised: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        are_lost = self.dropped_refusals or self.dropped_raised
        return not (self.not_scripted or self.steps_left or self.raised or are_lost)


def verdict_of(lane: Lane, exchanges: Sequence[Exchange] | None = None) -> Verdict:
    """Return the verdict on a lane. Answers in flight are not waited for.

    Args:
        lane: The lane.
        exchanges: Its exchanges, if they were read already.
    """
    exchanges, journal = lane.peek() if exchanges is None else exchanges, lane.journal
    return Verdict(
        not_scripted=tuple(map(_refusal, not_scripted(exchanges))),
        steps_left=tuple(_steps_left(lane)),
        raised=tuple(_raised(exchanges)),
        exchanges=sum(one.is_chat for one in exchanges),
        forgotten=journal.forgotten,
        dropped=journal.dropped,
        dropped_refusals=journal.dropped_refusals,
        dropped_raised=journal.dropped_raised,
    )


def strict_problems(lane: Lane) -> str:
    """Return why the test of a strict lane fails, or "". Other lanes have no such problems."""
    checks = (raised_exceptions, unscripted_requests, unused_steps)
    return next(filter(None, (check(lane) for check in checks)), "") if lane.settings.strict else ""


def raised_exceptions(lane: Lane) -> str:
    """Return the user functions that raised, or "". Their requests were answered with 500."""
    failed = [*_raised(lane.peek()), *no_longer_there(lane.journal.dropped_raised)]
    return "\n".join(["a user function raised:", *failed]) if failed else ""


def unscripted_requests(lane: Lane) -> str:
    """Return the requests that no step matched, or whose step did not fit, or ""."""
    refused = not_scripted(lane.peek())
    missed = [e for e in refused if e.error and e.error.message.startswith(NO_STEP)]
    unfit = [e for e in refused if e not in missed]
    dropped = [
        f"the script did not answer {one}" for one in no_longer_there(lane.journal.dropped_refusals)
    ]
    explained = [_refused(missed, HAD_NO_STEP), _refused(unfit, DID_NOT_FIT)]
    return "\n".join(filter(None, [*explained, *dropped]))


def no_longer_there(number: int) -> list[str]:
    """Return a text about requests that the journal has dropped, if there are any."""
    return [f"{counted(number, 'older request')}, which the journal has dropped"] if number else []


def not_scripted(exchanges: Iterable[Exchange]) -> list[Exchange]:
    """Return the requests that a strict lane has refused."""
    return [e for e in exchanges if e.error and e.error.name == NOT_SCRIPTED.name]


def _refusal(exchange: Exchange) -> str:
    return f"#{exchange.number}: {exchange.error.message if exchange.error else ''}"


def _raised(exchanges: Sequence[Exchange]) -> list[str]:
    return [f"#{e.number}: {e.raised}" for e in exchanges if e.raised]


def _refused(exchanges: Sequence[Exchange], why: str) -> str:
    if not exchanges:
        return ""
    lines = [f"{counted(len(exchanges), 'request')} {why}."]
    lines += map(_refusal, exchanges[:MAX_EXPLAINED])
    more = len(exchanges) - MAX_EXPLAINED
    return "\n".join([*lines, *([f"… and {more} more"] if more > 0 else [])])


def unused_steps(lane: Lane) -> str:
    """Return the steps that were not used often enough, and each `when()` without an answer."""
    unused = [f"  {line}" for line in _steps_left(lane)]
    return "\n".join(["the script has steps left over:", *unused]) if unused else ""


def _steps_left(lane: Lane) -> list[str]:
    states = lane.script()
    never = {message.partition(" never answers")[0]: message for message in shadows(states)}
    left = [_unused(one) for one in states if one.is_unused and one.name not in never]
    pending = [f"{one.location}: {WITHOUT_ANSWER}" for one in lane.pending if not one.answered]
    return [*left, *never.values(), *pending]


def _unused(state: StepState) -> str:
    answered = counted(state.used, "time")
    times = state.step.times
    expected = "at least once" if times is None else counted(times, "time")
    return f"{state.name}: {state.step.summary}; answered {answered}, expected {expected}"
