"""`/events` and `/lanes/{name}/events`: what happens, as server-sent events."""

from collections.abc import AsyncIterator, Callable
from typing import Final

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_electron.control.context import MOST_DIGITS, control_of, lane_of
from mock_electron.control.event_log import Events
from mock_electron.control.query import query_of
from mock_electron.engine.journal import Journal
from mock_electron.serve.lanes import DEFAULT_NAME

HEARTBEAT: Final = 15
"""Seconds without an event after which a comment is sent."""
LAST_EVENT_ID: Final = "last-event-id"
LAST_EVENT_PARAMETER: Final = "last_event_id"
LATEST: Final = "latest"
"""The parameter for only the latest event of each kind."""
Follow = Callable[[Events, int | None], AsyncIterator[bytes]]
"""Returns the events for a reader after the last one that it has."""


class _Following(Struct):
    """The response to a reader. It counts the reader until it leaves.

    Attributes:
        events: The events.
        response: The stream.
    """

    events: Events
    response: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.response(scope, receive, send)
        finally:
            self.events.readers -= 1


async def follow_all(request: Request) -> ASGIApp:
    """Send the events of all lanes."""
    latest = _is_latest(request)
    return _stream(request, lambda events, at: events.follow(at, None, latest=latest))


async def follow_lane(request: Request) -> ASGIApp:
    """Send the events of one lane."""
    lane_of(request)
    name, lanes = request.path_params["name"], control_of(request).lanes
    if not _is_latest(request):
        return _stream(request, lambda events, at: events.follow(at, name))

    def journal() -> Journal | None:
        lane = lanes.all.named(None if name == DEFAULT_NAME else name)  # does not reset its ttl
        return None if lane is None else lane.journal

    return _stream(
        request, lambda events, at: events.follow_latest(at, name, journal), observes=False
    )


def _is_latest(request: Request) -> bool:
    return bool(query_of(request).values.get(LATEST))


def _stream(request: Request, follow: Follow, *, observes: bool = True) -> ASGIApp:
    from sse_starlette import ServerSentEvent  # importing it takes 50 ms

    from mock_electron.serve.event_stream import EventStream

    if request.method == "HEAD":
        return Response(media_type="text/event-stream")
    events, position = control_of(request).events, _position(request)
    events.enter(observes=observes)
    stream = EventStream(
        follow(events, position),
        ping=HEARTBEAT,
        sep="\n",
        ping_message_factory=lambda: ServerSentEvent(comment="heartbeat"),
    )
    return _Following(events, stream)


def _position(request: Request) -> int | None:
    """Return the id of the last event that a reader has, or None.

    A header that is not an id is ignored, because a browser repeats any header that it was given.
    """
    position: int | None = query_of(request).values.get(LAST_EVENT_PARAMETER)
    given = request.headers.get(LAST_EVENT_ID, "")
    is_id = given.isascii() and given.isdigit() and len(given) <= MOST_DIGITS
    return int(given) if is_id else position
