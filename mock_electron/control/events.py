"""`/events` and `/lanes/{name}/events`: what happens, as server-sent events."""

from typing import Final

from msgspec import Struct
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_electron.control.context import control_of, lane_of
from mock_electron.control.event_log import Events

HEARTBEAT: Final = 15
"""Seconds without an event after which a comment is sent."""
LAST_EVENT_ID: Final = "last-event-id"
MOST_DIGITS: Final = 15


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
    return _stream(request, None)


async def follow_lane(request: Request) -> ASGIApp:
    """Send the events of one lane."""
    lane_of(request)
    return _stream(request, request.path_params["name"])


def _stream(request: Request, lane: str | None) -> ASGIApp:
    from sse_starlette import ServerSentEvent  # importing it takes 50 ms

    from mock_electron.serve.event_stream import EventStream

    events = control_of(request).events
    events.enter()
    stream = EventStream(
        events.follow(_position(request), lane),
        ping=HEARTBEAT,
        sep="\n",
        ping_message_factory=lambda: ServerSentEvent(comment="heartbeat"),
    )
    return _Following(events, stream)


def _position(request: Request) -> int | None:
    """Return the id of the last event that a reader has, or None."""
    given = request.headers.get(LAST_EVENT_ID) or request.query_params.get("last_event_id", "")
    is_number = given.isascii() and given.isdigit() and len(given) <= MOST_DIGITS
    return int(given) if is_number else None
