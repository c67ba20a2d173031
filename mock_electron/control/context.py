"""What every endpoint of the control API needs: the lanes, and the form of a response."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from mock_electron.control.event_log import EventKind, Events
from mock_electron.control.lanes import OpenLanes
from mock_electron.control.reading import ReadJournals
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.lane import Lane
from mock_electron.wire import codec

JSON: Final = "application/json"


class Control(Struct, frozen=True):
    """The state of the control API of a server.

    Attributes:
        lanes: The lanes.
        journals: Reads their journals.
        events: What happens.
        started_at: When the control API was first used, in Unix seconds.
        token: The token that callers must have, or "".
    """

    lanes: OpenLanes
    journals: ReadJournals
    events: Events
    started_at: float
    token: str


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


async def exchanges_of(request: Request) -> tuple[Exchange, ...]:
    """Return the exchanges of that lane as they are now, those for other paths included."""
    return await control_of(request).journals.read(lane_of(request))


def publish(request: Request, kind: EventKind) -> None:
    """Tell the readers of events that something in the lane of a request has changed."""
    control_of(request).events.publish(request.path_params["name"], kind)


def answer(document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a response with a JSON document."""
    given = dict(headers or {})
    return Response(codec.encode(document), status, given, media_type=JSON)
