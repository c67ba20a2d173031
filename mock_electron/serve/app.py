"""The ASGI application: reads a request, asks a lane for the answer, and plays it.

Routes: the chat endpoint, `/healthz` and `/openapi.json`. They belong to the lane that the request
names (serve/lanes.py). The control API has the paths below `/_mock`. Every other path is answered
with 404.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from msgspec.structs import replace
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from mock_electron.engine.answer import Answer
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.faults.requested import NAME as FAULT_HEADER
from mock_electron.engine.keys import secret_of
from mock_electron.engine.lane import Lane
from mock_electron.engine.memory import size_of_head
from mock_electron.engine.ready import AnyAnswer
from mock_electron.engine.recent import Recent
from mock_electron.engine.settings import Settings
from mock_electron.outputs.redaction import redact
from mock_electron.serve.at_once import (
    REMEMBERED_HEADS,
    Head,
    Heads,
    may_be_sent_at_once,
)
from mock_electron.serve.browser import check_host
from mock_electron.serve.connection import Connection, connection_of
from mock_electron.serve.lanes import Found, Lanes, key_of
from mock_electron.serve.play import play
from mock_electron.serve.turns import Turns
from mock_electron.serve.upload import (
    DisconnectError,
    announces_body,
    is_expecting,
    read_body,
    read_late_body,
)
from mock_electron.wire import errors, render
from mock_electron.wire.errors import ApiError, Refusal
from mock_electron.wire.request import BASE_PATH, CHAT_PATH

if TYPE_CHECKING:
    from starlette.responses import Response

MODELS_PATH: Final = f"{BASE_PATH}/models"
PAGES: Final = ("/healthz", "/openapi.json")
"""The mock's own pages. They need no key and are not journalled."""
CONTROL_PATH: Final = "/_mock"
ONE_CONTROL: Final = f"The control API is at {CONTROL_PATH}; no lane is named before it"
NO_CONTROL: Final = "The server has no control API, because of --no-control or --workers"
USED_HEADERS: Final = (
    b"authorization",
    b"content-type",
    b"accept-encoding",
    FAULT_HEADER.lower().encode(),
)

CLOSING: Final = (b"connection", b"close")
logger: Final = logging.getLogger("mock_electron")


class ControlApp(Protocol):
    """The ASGI application for the paths below `/_mock`."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

    def unreadable(self, words: str) -> "Response":
        """Return the answer to a request whose body is not valid HTTP.

        Args:
            words: What is wrong.
        """


class App:
    """The ASGI application.

    Args:
        default: The lane for requests that name none.

    Attributes:
        lanes: The lanes.
        heads: The heads of requests that may be answered at once.
        turns: The turns of the paced streams.
        control: Returns the application for the paths below `/_mock`; None for none. It is called
            with the first request for such a path.
        is_ending: Whether the server answers only the requests that have arrived, so that none may
            wait for others.
    """

    def __init__(self, default: Lane) -> None:
        self.lanes: Lanes = Lanes(default)
        self.heads: Heads = Recent(REMEMBERED_HEADS)
        self.turns: Turns = Turns()
        self.control: Callable[[], ControlApp] | None = None
        self.is_ending: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if control := self._control_of(scope):
            await control(scope, receive, send)
            return
        found = self.lanes.find(scope)
        app: ASGIApp = partial(self._answer, found)
        settings = (found.lane or self.lanes.default).settings  # a page may read that none is open
        if origins := _origins(settings, found.path, scope):
            from mock_electron.serve.cors import with_cors  # only pages need it

            app = with_cors(app, origins)
        await app(scope, receive, send)

    def _control_of(self, scope: Scope) -> ControlApp | None:
        """Return the application that answers a request, if its path is below `/_mock`."""
        return self.control() if self.control and is_below(scope["path"], CONTROL_PATH) else None

    async def _answer(self, found: Found, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for a lane, or for none."""
        lane, path = found.lane, found.path
        recorded = path if lane else found.full_path
        body, early_error, document, rest = b"", None, None, None
        try:
            check_host(scope, (lane or self.lanes.default).settings.allow_hosts)
            if lane and path in PAGES and scope["method"] in ("GET", "HEAD"):
                from mock_electron.serve.pages import send_page  # few clients ask for one

                await send_page(send, path, lane.settings)
                return
            document = self._document(lane, scope, path)
            early_error = None if document else self._route_error(found, scope)
            settings = (lane or self.lanes.default).settings
            if early_error and announces_body(scope):
                rest = partial(_read_rest, scope, receive, recorded, settings)
            else:
                body = await read_body(scope, receive, settings, settings.upload_timeout)
        except Refusal as refusal:
            early_error = early_error or refusal.error
        except DisconnectError:
            return  # the request is incomplete: there is nothing to answer
        except Exception:
            shown = redact(path, key_of(scope))
            logger.exception("mock-electron failed to read %s %s", scope["method"], shown)
            early_error = errors.INTERNAL
        lane = lane or self.lanes.default
        arrival = _arrival(scope, recorded, body, document)
        answer = await self._decide_in_turn(lane, arrival, early_error, connection_of(scope))
        if rest and is_expecting(scope):
            assert isinstance(answer, Answer)  # an early answer is an error
            answer, rest = replace(answer, headers=(*answer.headers, CLOSING)), None
        await play(answer, lane, scope, receive, send, self.turns, rest)

    async def _decide_in_turn(
        self, lane: Lane, arrival: Arrival, early_error: ApiError | None, connection: Connection
    ) -> AnyAnswer:
        """Return the lane's answer.

        If the lane sends its answers at a pace, the event loop runs once before the decision, so
        that requests sent at the same time are all read before the first is answered.
        """
        if lane.takes_real_time:
            await asyncio.sleep(0)
        return _decide(lane, arrival, early_error, connection)

    def lane_of(self, head: Head) -> Lane | None:
        """Return the lane of a request with a known head.

        Return None if the lane is not open, or does not accept a body of this size.
        """
        lane = self.lanes.named(head.lane)
        return None if lane is None or head.length > lane.settings.body_limit else lane

    def answer_at_once(
        self,
        lane: Lane,
        arrival: Arrival,
        began: float | None = None,
        connection: int | None = None,
    ) -> AnyAnswer | None:
        """Return the answer to a request, or None if this application must handle it.

        An answer without pauses is recorded as sent. The caller must close one with pauses.

        Args:
            lane: The lane of the request.
            arrival: The request.
            began: When the first byte arrived, in seconds by the monotonic clock. Default: now.
            connection: The number of the connection in the lane.
        """
        try:
            return lane.answer_at_once(arrival, began, connection)
        except Exception:
            logger.exception("mock-electron failed to answer at once")
            return None

    def remember_head(self, head: bytes, scope: Scope) -> None:
        """Remember the head of a valid request, if such requests may be answered at once.

        Args:
            head: The bytes of the head.
            scope: The request.
        """
        found = self.lanes.find(scope)
        path, headers = found.path, scope["headers"]
        length = dict(headers).get(b"content-length", b"")
        is_chat = (scope["method"], path, scope["http_version"]) == ("POST", CHAT_PATH, "1.1")
        if is_chat and length.isdigit() and may_be_sent_at_once(headers):
            arrival = _arrival(scope, path, b"")
            kept = Head(found.name, int(length), arrival, size_of_head(arrival))
            self.heads.add(head, kept, len(head) + kept.size)

    def error_response(self, error: ApiError, scope: Scope | None = None) -> bytes:
        """Return the complete response, head and body, to bytes that contain no valid request.

        Args:
            error: The error. An error that the path causes takes precedence.
            scope: The request, if its head is valid.
        """
        lane, arrival = self.lanes.default, Arrival("", "")
        if scope is not None and (control := self._control_of(scope)):
            refusal = control.unreadable(error.message)
            return _last_response(refusal.status_code, refusal.raw_headers, bytes(refusal.body))
        if scope is not None:
            found = self.lanes.find(scope)
            path = found.path if found.lane else found.full_path
            lane, arrival = found.lane or lane, _arrival(scope, path, b"")
            error = self._route_error(found, scope) or error
        answer = lane.open(arrival, error)
        lane.close(answer, len(answer.frames))
        return _last_response(answer.status, answer.headers, *answer.frames)

    def open_lane(self, name: str, lane: Lane, keys: Sequence[str] = ()) -> None:
        """Open a lane; see `Lanes.add`."""
        self._forget_heads(self.lanes.add(name, lane, keys))

    def close_lane(self, name: str, owner: str = "") -> None:
        """Close a lane; see `Lanes.close`."""
        self._forget_heads(self.lanes.close(name, owner))

    def _forget_heads(self, are_wrong: bool) -> None:
        """Forget all heads if keys name another lane than before: a head knows its lane."""
        if are_wrong:
            self.heads = Recent(REMEMBERED_HEADS)

    def _route_error(self, found: Found, scope: Scope) -> ApiError | None:
        """Return the error unless the request is for the chat endpoint of an open lane."""
        if found.lane is None:
            return self.lanes.not_open(found, scope)
        if (scope["method"], found.path) == ("POST", CHAT_PATH):
            return None
        shown = redact(found.path, key_of(scope))
        words = f"Cannot {scope['method']} {shown}. The endpoint is POST {CHAT_PATH}"
        if is_below(found.path, CONTROL_PATH):
            reason = ONE_CONTROL if self.control else NO_CONTROL
            words = f"Cannot {scope['method']} {shown}. {reason}"
        is_model = scope["method"] == "GET" and _models(found.path) is not None
        rule = ""
        if is_model and not found.lane.settings.list_models:
            from mock_electron.engine.refused_by import NO_LIST_OF_MODELS

            rule = NO_LIST_OF_MODELS
        return replace(errors.NOT_FOUND.saying(words), decided_by=rule)

    def _document(self, lane: Lane | None, scope: Scope, path: str) -> bytes | None:
        """Return the list of models or a model, if that is requested and the lane has it."""
        if lane is None or not lane.settings.list_models or scope["method"] != "GET":
            return None
        return _models(path)


def _last_response(status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> bytes:
    """Return the bytes of a response after which the connection is closed."""
    last = [header for header in headers if header != CLOSING] + [CLOSING]
    head = b"".join(b"%b: %b\r\n" % header for header in last)
    return b"%b%b\r\n%b" % (STATUS_LINE[status], head, body)


def _models(path: str) -> bytes | None:
    """Return the list of models or a model, or None if the path is that of neither."""
    if path == MODELS_PATH:
        return render.models(None)
    name = path.removeprefix(f"{MODELS_PATH}/")
    return None if name == path else render.models(name)


def _origins(settings: Settings, path: str, scope: Scope) -> tuple[str, ...]:
    """Return the origins whose pages may read the answer, if a page asks for it."""
    if not settings.cors or path != CHAT_PATH:
        return ()
    is_from_page = any(name == b"origin" for name, _ in scope["headers"])
    return settings.cors if is_from_page else ()


def is_below(path: str, folder: str) -> bool:
    """Return whether a path is a folder or below it."""
    return path == folder or path.startswith(f"{folder}/")


def _arrival(scope: Scope, path: str, body: bytes, document: bytes | None = None) -> Arrival:
    headers = dict(reversed(scope["headers"]))  # of repeated headers, the first counts
    values = (headers.get(name, b"").decode("latin-1") for name in USED_HEADERS)
    authorization, content_type, accept_encoding, faults = values
    return Arrival(
        scope["method"],
        path,
        authorization,
        content_type,
        body,
        accept_encoding=accept_encoding,
        fault_header=faults,
        headers=tuple(scope["headers"]),
        document=document,
    )


async def _read_rest(
    scope: Scope, receive: Receive, path: str, settings: Settings
) -> Arrival | None:
    """Return a request that was answered before its body; None if the body does not arrive."""
    body = await read_late_body(scope, receive, settings)
    return None if body is None else _arrival(scope, path, body)


def _decide(
    lane: Lane, arrival: Arrival, early_error: ApiError | None, connection: Connection
) -> AnyAnswer:
    """Return the lane's answer. An error inside the mock is logged and answered with 500."""
    try:
        return lane.open(arrival, early_error, connection.began, connection.number_in(lane))
    except BaseException:  # nothing is awaited here, so this is not the cancellation of the task
        shown = redact(arrival.path, secret_of(arrival.authorization))
        logger.exception("mock-electron failed on %s %s", arrival.method, shown)
        return lane.open(arrival, errors.INTERNAL)
