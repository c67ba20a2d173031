"""What every endpoint of the control API needs: the lanes, and the form of a response."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct, field
from starlette.requests import Request
from starlette.responses import Response

from mock_electron.control.event_log import EventKind, Events
from mock_electron.control.lanes import OpenLanes
from mock_electron.control.reading import ReadJournals
from mock_electron.control.refused import Missing
from mock_electron.control.tallies import Tallies
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.lane import Lane
from mock_electron.wire import codec

JSON: Final = "application/json"
MOST_DIGITS: Final = 15
"""The maximum number of digits of a number in a path."""


class Control(Struct, frozen=True):
    """The state of the control API of a server.

    Attributes:
        lanes: The lanes.
        journals: Reads their journals.
        events: What happens.
        tallies: Counts of what was answered.
        started_at: When the control API was first used, in Unix seconds.
        document: Returns the OpenAPI document.
        waiting: A mark for each request that waits for exchanges.
    """

    lanes: OpenLanes
    journals: ReadJournals
    events: Events
    tallies: Tallies
    started_at: float
    document: Callable[[], Any]
    waiting: set[object] = field(default_factory=set)


def control_of(request: Request) -> Control:
    """Return the state of the control API."""
    control: Control = request.app.state.control
    return control


def lane_of(request: Request) -> Lane:
    """Return the lane in the path of a request.

    Raises:
        Refused: If it is not open.
    """
    return control_of(request).lanes.named(request.path_params["name"])


def number_of(request: Request, name: str, what: str) -> int:
    """Return a number in the path of a request.

    Args:
        request: The request.
        name: The name of the part of the path.
        what: What has the number, for the message.

    Raises:
        Missing: If it is no number that anything can have.
    """
    given: str = request.path_params[name]
    if given.isascii() and given.isdigit() and len(given) <= MOST_DIGITS:
        return int(given)
    raise Missing.of(what, given, ())


async def exchanges_of(request: Request, lane: Lane) -> tuple[Exchange, ...]:
    """Return the exchanges of a lane as they are now, those for other paths included."""
    return await control_of(request).journals.read(lane)


def publish(request: Request, kind: EventKind) -> None:
    """Tell the readers of events that something in the lane of a request has changed."""
    control_of(request).events.publish(request.path_params["name"], kind)


def answer(document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a response with a JSON document."""
    given = dict(headers or {})
    return Response(codec.encode(document), status, given, media_type=JSON)
