"""The script of a trial: it answers a retry as it answered the request.

A reply with a fault counts as used. Without more steps, a scenario that repeats the request rightly
would get the next reply, and its result would seem wrong.
"""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from mock_electron.engine.faults.fault import ReplacementFault
from mock_electron.engine.script.match import Match
from mock_electron.engine.script.step import Step
from mock_electron.trials.places import Place
from mock_electron.trials.plan import Trial
from mock_electron.wire.request import ChatRequest


def script_with_retries(
    steps: Sequence[Step], trial: Trial | None, places: Sequence[Place]
) -> tuple[Step, ...]:
    """Return the steps with another one for retries, after the step of the first fault.

    Args:
        steps: The steps of the scenario.
        trial: The trial; None for a run without a fault.
        places: The requests of the run without a fault.
    """
    if trial is None:
        return tuple(steps)
    place = places[trial.column]
    used = sum(not isinstance(aim.fault, ReplacementFault) for aim in trial.aims)
    alike = [one for one in places if one.exchange.fingerprint == place.exchange.fingerprint]
    if not used or len(alike) > 1:  # an equal request is not always a retry
        return tuple(steps)
    return tuple(_with_retry(steps, place, used))


def _with_retry(steps: Sequence[Step], place: Place, used: int) -> Iterator[Step]:
    for number, step in enumerate(steps, 1):
        yield step
        if number == place.exchange.step and step.times is not None:
            yield replace(step, match=_only(place, step.match), times=used)


def _only(place: Place, match: Match) -> Match:
    """Return a match for requests that are equal to that of a place."""
    body, earlier = place.exchange.chat_request.body, match.predicate

    def is_retry(request: ChatRequest) -> bool:
        return request.body == body and (earlier is None or earlier(request))

    return replace(match, predicate=is_retry)
