"""Wait until no answer is in flight, with or without a running event loop."""

import asyncio
import sys
from typing import Final

import anyio

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.journal import SETTLING_TIME
from mock_electron.engine.lane import Lane

BLOCKED_TIME: Final = 1.0
"""The maximum wait in a running event loop, in seconds. It blocks all clients in that loop."""
BLOCKED_LOOP: Final = (
    "Reading the exchanges blocks the event loop of this thread, so a client in it cannot close "
    "its stream. Write `await electron.settled()` first, or close the client first."
)
POLL_INTERVAL: Final = 0.001
"""Seconds between two checks for answers in flight."""


def settled_exchanges(lane: Lane) -> tuple[Exchange, ...]:
    """Return the exchanges of a lane, once no answer is in flight.

    Raises:
        StillInFlightError: If that takes too long. In a running event loop, which this call
            blocks, the message says so.
    """
    if not in_event_loop():
        return lane.exchanges()
    return lane.exchanges(BLOCKED_TIME, advice=BLOCKED_LOOP)


async def settle(lane: Lane) -> tuple[Exchange, ...]:
    """Return the exchanges of a lane, once no answer is in flight, without blocking the loop.

    Raises:
        StillInFlightError: If that takes too long.
    """
    with anyio.move_on_after(SETTLING_TIME):
        while not lane.journal.is_settled:
            await anyio.sleep(POLL_INTERVAL)
    return lane.exchanges(0.0, waited=SETTLING_TIME)


def in_event_loop() -> bool:
    """Return whether this thread is inside a running event loop, of asyncio or trio."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        lowlevel = getattr(sys.modules.get("trio"), "lowlevel", None)
        in_trio_run = getattr(lowlevel, "in_trio_run", None)  # new in trio 0.24
        return in_trio_run is not None and bool(in_trio_run())
    return True
