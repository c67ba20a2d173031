"""A server with several lanes for `soak.py`. It reports its memory, tasks, descriptors and threads.

It fills the caches of one lane. Then it prints one line of JSON, the URLs of its lanes by name, and
one more for each line that it reads: its figures. It stops at the end of its input.
"""

import asyncio
import gc
import json
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from _lane import arrival, exchange
from _server import QUESTION

from mock_electron import Pace, Settings
from mock_electron.engine.lane import Lane
from mock_electron.serve.server import Server

PACE: Final = Pace(first=0.001, each=0.02, overhead=0.001)
LANES: Final[Mapping[str, Settings]] = {
    name: Settings.of(clock="real", prefix_cache_idle=60.0, **options)
    for name, options in {
        "plain": {},
        "varied": {"sampling": "varied", "seed": 7, "journal_exchanges": 1000},
        "limited": {"plan": "standard", "journal_exchanges": 1000},
        "paced": {"pace": PACE, "journal_exchanges": 1000},
    }.items()
}
"""The journals and prefix caches reach their final size in the first minutes."""
FILLED: Final = "plain"
"""The lane that gets different requests."""
FILL: Final = 60_000
"""Different requests before the first figures. A lane remembers fewer of them."""


def figures() -> dict[str, float]:
    """Return the current figures of this process."""
    status = Path("/proc/self/status").read_text()
    return {
        "MiB": int(status.split("VmRSS:")[1].split()[0]) / 1024,
        "tasks": _tasks(),
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "threads": threading.active_count(),
    }


def _tasks() -> int:
    """Return the number of tasks that have not ended. Tasks of all event loops count."""
    tasks = (one for one in gc.get_objects() if isinstance(one, asyncio.Task))
    return sum(not task.done() for task in tasks)


def fill(lane: Lane, requests: int) -> None:
    """Let a lane answer this many different requests, without a server."""
    for number in range(requests):
        last = {"role": "user", "content": f"Why is star {number} blue?"}
        exchange(lane, arrival(QUESTION | {"messages": [last]}))


def main() -> None:
    """Serve until the end of the input."""
    lanes = {name: Lane(settings) for name, settings in LANES.items()}
    fill(lanes[FILLED], FILL)
    with Server(lanes[FILLED]) as server:
        urls = {name: server.open_lane(lane) for name, lane in lanes.items()}
        print(json.dumps(urls), flush=True)
        for _ in sys.stdin:
            print(json.dumps(figures()), flush=True)


if __name__ == "__main__":
    main()
