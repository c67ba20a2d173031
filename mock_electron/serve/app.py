"""The ASGI application: reads a request, asks a lane for the answer, and plays it.

Routes: the chat endpoint, `/healthz` and `/openapi.json`. They belong to the default lane, or,
under `/lanes/<name>`, to the lane of that name. Every other path is answered with 404.
"""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, NoReturn

from msgspec import Struct
from msgspec.structs import replace
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from mock_electron._version import __version__
from mock_electron.engine.answer import Answer
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.faults.requested import NAME as FAULT_HEADER
from mock_electron.engine.keys import secret_of
from mock_electron.engine.lane import Lane
from mock_electron.engine.memory import size_of_head
from mock_electron.engine.ready import AnyAnswer
from mock_electron.engine.recent import Recent
from mock_electron.engine.refused_by import NO_LIST_OF_MODELS
from mock_electron.engine.settings import Settings
from mock_electron.model.dice import Dice
from mock_electron.outputs.redaction import redact
from mock_electron.serve.at_once import (
    REMEMBERED_HEADS,
    Head,
    Heads,
    may_be_sent_at_once,
)
from mock_electron.serve.browser import check_host
from mock_electron.serve.connection import Connection, connection_of
from mock_electron.serve.play import play, send_response
from mock_electron.serve.turns import Turns
from mock_electron.serve.upload import (
    DisconnectError,
    announces_body,
    read_body,
    read_late_body,
)
from mock_electron.wire import codec, errors, render
from mock_electron.wire.errors import ApiError, Refusal
from mock_electron.wire.request import BASE_PATH, CHAT_PATH

MODELS_PATH: Final = f"{BASE_PATH}/models"
LANES_PATH: Final = "/lanes/"
NO_OPEN_LANE: Final = "No open lane at "
"""The beginning of the message about a path whose lane does not exist; the path follows."""
MAX_CLOSED_LANES: Final = 100_000
MAX_LATE_REQUESTS: Final = 1_000
USED_HEADERS: Final = (
    b"authorization",
    b"content-type",
    b"accept-encoding",
    FAULT_HEADER.lower().encode(),
)

CLOSING: Final = (b"connection", b"close")

logger: Final = logging.getLogger("mock_electron")


class LateRequest(Struct, frozen=True):
    """A request that arrived after its lane was closed.

    Attributes:
        owner: The owner of the lane, such as the id of a test.
        method: HTTP method.
        path: Path of the request, including the lane. Keys are redacted.
    """

    owner: str
    method: str
    path: str


class App:
    """The ASGI application.

    Attributes:
        default: The lane for paths that do not name one.
        lanes: The other open lanes, by name.
        closed_lanes: The owners of closed lanes, by lane name; the latest MAX_CLOSED_LANES.
        late: Requests to closed lanes that have an owner; the latest MAX_LATE_REQUESTS.
        heads: The heads of requests that may be answered at once.
        on_late: A function that is called with each of them. If it returns true, it has reported
            the request, which is then not added to `late`.
        turns: The turns of the paced streams.
    """

    def __init__(self, default: Lane) -> None:
        self.default = default
        self.lanes: dict[str, Lane] = {}
        self.closed_lanes: OrderedDict[str, str] = OrderedDict()
        self.late: deque[LateRequest] = deque(maxlen=MAX_LATE_REQUESTS)
        self.on_late: Callable[[LateRequest], bool] = lambda _: False
        self.heads: Heads = Recent(REMEMBERED_HEADS)
        self.turns: Turns = Turns()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        lane, path = self._find_lane(scope["path"])
        body, early_error, document, rest = b"", None, None, None
        try:
            check_host(scope, (lane or self.default).settings.allow_hosts)
            if lane and path in PAGES and scope["method"] in ("GET", "HEAD"):
                await _send_page(send, path, lane.settings)
                return
            document = self._document(lane, scope, path)
            early_error = None if document else self._route_error(lane, scope, path)
            settings = (lane or self.default).settings
            if early_error and announces_body(scope):
                rest = partial(_read_rest, scope, receive, path, settings)
            else:
                body = await read_body(scope, receive, settings, settings.upload_timeout)
        except Refusal as refusal:
            early_error = early_error or refusal.error
        except DisconnectError:
            return  # the request is incomplete: there is nothing to answer
        except Exception:
            shown = redact(path, _key_of(scope))
            logger.exception("mock-electron failed to read %s %s", scope["method"], shown)
            early_error = errors.INTERNAL
        lane = lane or self.default
        arrival = _arrival(scope, path, body, document)
        answer = await self._decide_in_turn(lane, arrival, early_error, connection_of(scope))
        if rest and _is_expecting(scope):
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
        if not lane.takes_real_time:
            return _decide(lane, arrival, early_error, connection)
        await asyncio.sleep(0)
        return _decide(lane, arrival, early_error, connection)

    def lane_of(self, head: Head) -> Lane | None:
        """Return the lane of a request with a known head.

        Return None if the lane is not open, or does not accept a body of this size.
        """
        lane = self.default if head.lane is None else self.lanes.get(head.lane)
        return None if lane is None or head.length > lane.settings.body_limit else lane

    def answer_at_once(
        self, lane: Lane, arrival: Arrival, began: float | None = None
    ) -> AnyAnswer | None:
        """Return the answer to a request, or None if this application must handle it.

        An answer without pauses is recorded as sent. The caller must close one with pauses.

        Args:
            lane: The lane of the request.
            arrival: The request.
            began: When the first byte arrived, in seconds by the monotonic clock. Default: now.
        """
        try:
            return lane.answer_at_once(arrival, began)
        except Exception:
            logger.exception("mock-electron failed to answer at once")
            return None

    def remember_head(self, head: bytes, scope: Scope) -> None:
        """Remember the head of a valid request, if such requests may be answered at once.

        Args:
            head: The bytes of the head.
            scope: The request.
        """
        name, path = None, scope["path"]
        if path.startswith(LANES_PATH):
            name, slash, rest = path.removeprefix(LANES_PATH).partition("/")
            path = slash + rest
        headers = scope["headers"]
        length = dict(headers).get(b"content-length", b"")
        is_chat = (scope["method"], path, scope["http_version"]) == ("POST", CHAT_PATH, "1.1")
        if is_chat and length.isdigit() and may_be_sent_at_once(headers):
            arrival = _arrival(scope, path, b"")
            kept = Head(name, int(length), arrival, size_of_head(arrival))
            self.heads.add(head, kept, len(head) + kept.size)

    def error_response(self, error: ApiError, scope: Scope | None = None) -> bytes:
        """Return the complete response, head and body, to bytes that contain no valid request.

        Args:
            error: The error. An error that the path causes takes precedence.
            scope: The request, if its head is valid.
        """
        lane, arrival = self.default, Arrival("", "")
        if scope is not None:
            found, path = self._find_lane(scope["path"])
            lane, arrival = found or self.default, _arrival(scope, path, b"")
            error = self._route_error(found, scope, path) or error
        answer = lane.open(arrival, error)
        lane.close(answer, len(answer.frames))
        headers = [header for header in answer.headers if header != CLOSING] + [CLOSING]
        head = b"".join(b"%b: %b\r\n" % header for header in headers)
        return b"%b%b\r\n%b" % (STATUS_LINE[answer.status], head, *answer.frames)

    def close_lane(self, name: str, owner: str) -> None:
        """Remove a lane. Requests to it are answered with 410 from now on.

        Args:
            name: The name of an open lane.
            owner: The owner to report late requests for, such as a test id; "" for none.
        """
        del self.lanes[name]
        self.closed_lanes[name] = owner
        if len(self.closed_lanes) > MAX_CLOSED_LANES:
            self.closed_lanes.popitem(last=False)

    def _route_error(self, lane: Lane | None, scope: Scope, path: str) -> ApiError | None:
        """Return the error unless the request is for the chat endpoint of an open lane."""
        try:
            self._check_route(lane, scope, path)
        except Refusal as refusal:
            return refusal.error
        return None

    def _check_route(self, lane: Lane | None, scope: Scope, path: str) -> None:
        """Raise Refusal unless the request is for the chat endpoint of an open lane."""
        if lane is None:
            self._refuse_unknown_lane(scope)
        if (scope["method"], path) != ("POST", CHAT_PATH):
            shown = redact(path, _key_of(scope))
            words = f"Cannot {scope['method']} {shown}. The endpoint is POST {CHAT_PATH}"
            is_model = scope["method"] == "GET" and _models(path) is not None
            rule = NO_LIST_OF_MODELS if is_model and not lane.settings.list_models else ""
            raise Refusal(replace(errors.NOT_FOUND.saying(words), decided_by=rule))

    def _document(self, lane: Lane | None, scope: Scope, path: str) -> bytes | None:
        """Return the list of models or a model, if that is requested and the lane has it."""
        if lane is None or not lane.settings.list_models or scope["method"] != "GET":
            return None
        return _models(path)

    def _refuse_unknown_lane(self, scope: Scope) -> NoReturn:
        name = scope["path"].removeprefix(LANES_PATH).partition("/")[0]
        if name not in self.closed_lanes:
            shown = redact(scope["path"], _key_of(scope))
            words = f"{NO_OPEN_LANE}{shown}. Check the base URL of the client"
            raise Refusal(errors.NOT_FOUND.saying(words))
        owner = self.closed_lanes[name]
        if owner:
            late = LateRequest(owner, scope["method"], redact(scope["path"], _key_of(scope)))
            if not self.on_late(late):
                self.late.append(late)
        words = f"{owner or 'The test'} has ended; this request arrived too late"
        raise Refusal(errors.TEST_ENDED.saying(words))

    def _find_lane(self, path: str) -> tuple[Lane | None, str]:
        """Return the lane of a path, or None if it is not open, and the path inside the lane."""
        if not path.startswith(LANES_PATH):
            return self.default, path
        name, slash, rest = path.removeprefix(LANES_PATH).partition("/")
        return self.lanes.get(name), slash + rest


def _models(path: str) -> bytes | None:
    """Return the list of models or a model, or None if the path is that of neither."""
    if path == MODELS_PATH:
        return render.models(None)
    name = path.removeprefix(f"{MODELS_PATH}/")
    return None if name == path else render.models(name)


def _key_of(scope: Scope) -> str:
    """Return the secret of a request, or ""."""
    return secret_of(dict(scope["headers"]).get(b"authorization", b"").decode("latin-1"))


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


def _is_expecting(scope: Scope) -> bool:
    """Return whether the client sends its body only after the status 100."""
    return (b"expect", b"100-continue") in [(name, v.lower()) for name, v in scope["headers"]]


def _decide(
    lane: Lane, arrival: Arrival, early_error: ApiError | None, connection: Connection
) -> AnyAnswer:
    """Return the lane's answer. An error inside the mock is logged and answered with 500."""
    try:
        return lane.open(arrival, early_error, connection.began)
    except BaseException:  # nothing is awaited here, so this is not the cancellation of the task
        shown = redact(arrival.path, secret_of(arrival.authorization))
        logger.exception("mock-electron failed on %s %s", arrival.method, shown)
        return lane.open(arrival, errors.INTERNAL)


def _health(settings: Settings) -> bytes:
    """Return the health check: the server is ready, and which additions to Electron are on."""
    return codec.encode(
        {
            "status": "ok",
            "server": "mock-electron",
            "version": __version__,
            "fault_header": settings.fault_header,
            "any_key": not settings.api_keys,
        }
    )


def _openapi(settings: Settings) -> bytes:
    """Return the OpenAPI document of a lane with these settings."""
    # Imported here: building the document takes long, and only this request should wait for it.
    from mock_electron.wire import openapi

    return openapi.document_json(accept_json_schema=settings.accept_json_schema)


PAGES: Final[Mapping[str, Callable[[Settings], bytes]]] = {
    "/healthz": _health,
    "/openapi.json": _openapi,
}
"""The mock's own pages, by path. They need no key and are not journalled."""


async def _send_page(send: Send, path: str, settings: Settings) -> None:
    body = PAGES[path](settings)
    headers = render.json_headers(body, Dice.of(path.encode()).uuid("request"))
    await send_response(send, 200, headers, body)
