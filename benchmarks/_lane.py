"""A lane without a socket, and the number of function calls that a repeated request costs."""

import json
from collections.abc import Mapping
from cProfile import Profile
from dataclasses import dataclass
from pathlib import Path
from pstats import Stats
from typing import Any, Final

from _server import CHAT_PATH, QUESTION

import mock_electron
from mock_electron import Settings
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.lane import Lane

REPEATS: Final = 20
KEPT: Final = 10
"""Exchanges in the journal. It is full before the calls are counted."""
PROJECT: Final = str(Path(mock_electron.__file__).parent)


@dataclass(frozen=True, slots=True)
class Calls:
    """Function calls of one request.

    Attributes:
        total: All calls, including those of built-in functions.
        own: Calls of functions of this project.
        files: The number of its files that they are in.
    """

    total: float
    own: float
    files: int


def arrival(body: Mapping[str, Any]) -> Arrival:
    """Return a chat request as a server receives it."""
    content = json.dumps(body).encode()
    return Arrival("POST", CHAT_PATH, "Bearer sk_mock", "application/json", content)


def exchange(lane: Lane, request: Arrival) -> None:
    """Let the lane answer a request, and record that its answer was sent."""
    lane.close(lane.open(request), 1)


def calls_of_a_repeated_request() -> Calls:
    """Count the function calls of a request that the lane has answered before."""
    lane = Lane(Settings(sampling="steady", journal_exchanges=KEPT))
    request = arrival(QUESTION)
    for _ in range(2 * KEPT):
        exchange(lane, request)
    profile = Profile()
    profile.enable()
    for _ in range(REPEATS):
        exchange(lane, request)
    profile.disable()
    counts = {
        where: calls
        for where, (_, calls, *_) in Stats(profile).stats.items()  # type: ignore[attr-defined]  # missing in typeshed
        if "_lsprof.Profiler" not in where[2]
    }
    own = {where: calls for where, calls in counts.items() if where[0].startswith(PROJECT)}
    files = {file for file, _, _ in own}
    return Calls(sum(counts.values()) / REPEATS, sum(own.values()) / REPEATS, len(files))
