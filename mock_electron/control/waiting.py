"""Requests that wait for what happens in a lane: for exchanges, and for the end of answers.

A wait ends with the time that the request gives it, with its client, and with its server: when the
server ends, a request is answered with what there is, as when its time is over.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Final

import anyio
from starlette.requests import Request

from mock_electron.control.context import Control, control_of
from mock_electron.control.refused import Closed, Conflict, Refused
from mock_electron.engine.clock import monotonic
from mock_electron.engine.journal import SETTLING_TIME
from mock_electron.engine.lane import Lane

POLL_INTERVAL: Final = 0.01
"""Seconds between two looks at a journal that is waited for."""
MOST_WAITING: Final = 100
"""The maximum number of requests that wait for exchanges."""
LAZINESS: Final = 10
"""How many times longer than its last look at the journal a request waits before the next one."""
TOO_MANY: Final = f"{MOST_WAITING} requests wait for exchanges already"
STILL_IN_FLIGHT: Final = (
    f"answers are still in flight after {SETTLING_TIME:g} s; read or close the streams, or add "
    "in_flight=true"
)
ENDING: Final = "the server ends, and answers are still in flight"


async def settled(request: Request, lane: Lane, seconds: float) -> bool:
    """Wait until no answer is in flight, and return whether none is.

    Args:
        request: The request that waits.
        lane: The lane.
        seconds: The maximum wait in seconds.
    """
    lanes = control_of(request).lanes
    with anyio.move_on_after(seconds):
        while not (lane.journal.is_settled or lanes.is_ending or await request.is_disconnected()):
            await anyio.sleep(POLL_INTERVAL)
    return lane.journal.is_settled


async def require_settled(request: Request, lane: Lane) -> None:
    """Wait until no answer is in flight.

    Raises:
        Refused: If that takes too long, or the server ends before.
    """
    if await settled(request, lane, SETTLING_TIME):
        return
    if control_of(request).lanes.is_ending:
        raise Refused(ENDING, 503)
    raise Conflict(STILL_IN_FLIGHT)


async def wait_for_news(
    request: Request, lane: Lane, holds: Callable[[], Awaitable[bool]], seconds: float
) -> None:
    """Wait until something holds for the exchanges of a lane, or the time is over.

    Args:
        request: The request that waits.
        lane: The lane.
        holds: Looks whether it holds. It is called when the journal has changed.
        seconds: The maximum wait in seconds.

    Raises:
        Refused: If too many requests wait, the lane is closed, or the client leaves.
    """
    with _counted(control_of(request)), anyio.move_on_after(seconds):
        await _news(request, lane, holds)


async def _news(request: Request, lane: Lane, holds: Callable[[], Awaitable[bool]]) -> None:
    lanes, name = control_of(request).lanes, request.path_params["name"]
    seen, next_look = None, 0.0
    while not lanes.is_ending:
        now = lane.journal.opened, lane.journal.number_in_flight
        began = monotonic()
        if now != seen and began >= next_look:
            seen = now
            if await holds():
                return
            next_look = began + (1 + LAZINESS) * (monotonic() - began)
        await anyio.sleep(POLL_INTERVAL)
        if lanes.named(name) is not lane:
            raise Closed("the lane was replaced")
        if await request.is_disconnected():
            raise Refused("the client disconnected")


@contextmanager
def _counted(control: Control) -> Iterator[None]:
    """Count a request that waits.

    Raises:
        Refused: If too many wait.
    """
    if len(control.waiting) >= MOST_WAITING:
        raise Refused(TOO_MANY, 503)
    mark = object()
    control.waiting.add(mark)
    try:
        yield
    finally:
        control.waiting.discard(mark)
