"""Requests that arrived at another lane than that of the test."""

from collections.abc import Iterator

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.lane import Lane
from mock_electron.serve.app import App
from mock_electron.serve.lanes import LANES_PATH, NO_OPEN_LANE
from mock_electron.testing.no_requests import Stray
from mock_electron.wire.errors import TEST_ENDED


def find_strays(app: App, lane: Lane, since: float) -> Iterator[Stray]:
    """Yield the requests that arrived at other lanes.

    Args:
        app: The server's application.
        lane: The lane of the test.
        since: The earliest time of a request that counts, in seconds by the monotonic clock.
    """
    lanes = app.lanes
    others = {"": lanes.default} | {f"{LANES_PATH}{name}": one for name, one in lanes.open.items()}
    for path, other in others.items():
        for exchange in other.peek() if other is not lane else ():
            if (exchange.monotonic.arrived or 0.0) >= since:
                yield Stray(_destination(path, exchange), exchange)


def _destination(lane: str, exchange: Exchange) -> str:
    """Return what a request arrived at. The default lane answers for all closed lanes."""
    if lane:
        return f"another lane, {lane}"
    error = exchange.error
    if error is not None and error.name == TEST_ENDED.name:
        return f"the lane of a test that has ended ({error.message.partition(' has ended')[0]})"
    if error is not None and error.message.startswith(NO_OPEN_LANE):
        path = error.message.removeprefix(NO_OPEN_LANE).partition(". ")[0]
        return f"{path}, where no lane is open"
    return f"{exchange.path} of the server, outside the open lanes"
