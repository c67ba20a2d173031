"""What every endpoint of the control API needs: the lanes, and the form of a response."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct, field
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mock_electron.control.event_log import EventKind, Events
from mock_electron.control.lanes import OpenLanes
from mock_electron.control.reading import ReadJournals
from mock_electron.control.refused import MAX_ECHO, Closed, Missing
from mock_electron.control.tallies import Tallies
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.lane import Lane
from mock_electron.inputs.spelling import echoed
from mock_electron.wire import codec

JSON: Final = "application/json"
MOST_DIGITS: Final = 15
"""The maximum number of digits of a number in a path."""
PART: Final = 256 * 1024
"""The maximum number of bytes that are sent at once. The event loop copies what it sends."""


class Control(Struct, frozen=True):
    """The state of the control API of a server.

    Attributes:
        lanes: The lanes.
        journals: Reads their journals.
        events: What happens.
        tallies: Counts of what was answered.
        document: Returns the OpenAPI document.
        waiting: A mark for each request that waits for exchanges.
    """

    lanes: OpenLanes
    journals: ReadJournals
    events: Events
    tallies: Tallies
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


def require_open(request: Request, lane: Lane) -> None:
    """Raise an error if the lane of a request was closed while the request was read or waited.

    Call it directly before the lane changes, so that no change of a closed lane is reported as a
    success.

    Raises:
        Closed: If the lane was closed or replaced.
    """
    if lane_of(request) is not lane:
        raise Closed("the lane was replaced")


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
    most = 10**MOST_DIGITS - 1
    raise Missing(
        f"no {what} {echoed(given, MAX_ECHO)}; {name} must be an integer from 0 to {most}"
    )


async def exchanges_of(request: Request, lane: Lane) -> tuple[Exchange, ...]:
    """Return the exchanges of a lane as they are now, those for other paths included."""
    return await control_of(request).journals.read(lane)


def publish(request: Request, kind: EventKind) -> None:
    """Tell the readers of events that something in the lane of a request has changed."""
    control_of(request).events.publish(request.path_params["name"], kind)


class InParts(Response):
    """A response that is sent part by part, so that the event loop has time for other requests.

    Args:
        parts: The bytes, in any number of parts.
        status: The status.
        headers: Response headers.
        media_type: The media type.
    """

    def __init__(
        self,
        parts: Sequence[bytes],
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        media_type: str = JSON,
    ) -> None:
        size = {"content-length": str(sum(map(len, parts)))}
        super().__init__(None, status, {**(headers or {}), **size}, media_type)
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the parts, each when the client has most of those before it."""
        start = {"type": "http.response.start", "status": self.status_code}
        await send({**start, "headers": self.raw_headers})
        for part in self._pieces():
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    def _pieces(self) -> Iterator[bytes]:
        for part in self._parts:
            for begin in range(0, len(part), PART):
                yield part[begin : begin + PART]


def answer(document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a response with a JSON document."""
    data = codec.encode(document)
    if len(data) > PART:
        return InParts([data], status, headers)
    return Response(data, status, dict(headers or {}), media_type=JSON)
