"""The ASGI application: it takes a request in, asks a lane, and has the answer played.

Routes: the chat endpoint, `/healthz`, `/openapi.json`, and nothing else; in the default lane or,
below `/lanes/<name>`, in the lane of that name.
"""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, NoReturn

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from mock_electron._version import __version__
from mock_electron.engine.answer import Answer
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.faults import header as fault_header
from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.model.dice import Dice
from mock_electron.serve.connection import Connection, connection_of
from mock_electron.serve.play import play, send_whole
from mock_electron.wire import codec, errors, render
from mock_electron.wire.errors import ApiError, Refusal

BASE_PATH: Final = "/waves/v1"
CHAT_PATH: Final = f"{BASE_PATH}/chat/completions"
LANES_PATH: Final = "/lanes/"
MOST_ENDED: Final = 100_000
MOST_LATE: Final = 1_000
READ_HEADERS: Final = (
    b"authorization",
    b"content-type",
    b"accept-encoding",
    fault_header.NAME.lower().encode(),
)

logger: Final = logging.getLogger("mock_electron")


class LateRequest(NamedTuple):
    """A request that came after its test had ended. owner: the test."""

    owner: str
    method: str
    path: str


class App:
    """The application.

    default: the lane that answers where the path names none. lanes: the others, by name.
    ended: the owners of lanes that are closed, by name. late: requests that came to those.
    """

    def __init__(self, default: Lane) -> None:
        self.default = default
        self.lanes: dict[str, Lane] = {}
        self.ended: OrderedDict[str, str] = OrderedDict()
        self.late: deque[LateRequest] = deque(maxlen=MOST_LATE)
        self._turn = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        lane, path = self._locate(scope["path"])
        if lane and path in PAGES and scope["method"] in ("GET", "HEAD"):
            await _send_page(send, path, lane.settings)
            return
        body, early_error = b"", None
        try:
            self._check_route(lane, scope, path)
            body = await _read_body(Request(scope, receive), lane or self.default)
        except Refusal as refusal:
            early_error = refusal.error
        except ClientDisconnect:
            return  # it left before it had said what it wants
        except Exception:
            logger.exception("mock-electron failed to read %s %s", scope["method"], path)
            early_error = errors.INTERNAL
        lane = lane or self.default
        arrival = _arrival(scope, path, body)
        answer = await self._in_turn(lane, arrival, early_error, connection_of(scope))
        await play(answer, lane, scope, receive, send)

    async def _in_turn(
        self, lane: Lane, arrival: Arrival, early_error: ApiError | None, connection: Connection
    ) -> Answer:
        """The lane's answer. Where time counts, the server listens between two decisions, so that
        requests which come together are all seen when they come."""
        if not lane.keeps_time:
            return _decide(lane, arrival, early_error, connection)
        async with self._turn:
            await asyncio.sleep(0)
            return _decide(lane, arrival, early_error, connection)

    def unreadable(self, error: ApiError) -> bytes:
        """The whole answer, head and body, to bytes in which there is no request."""
        answer = self.default.open(Arrival("", ""), error)
        self.default.close(answer, len(answer.frames))
        closing = (b"connection", b"close")
        headers = [header for header in answer.headers if header != closing] + [closing]
        head = b"".join(b"%b: %b\r\n" % header for header in headers)
        return b"%b%b\r\n%b" % (STATUS_LINE[answer.status], head, *answer.frames)

    def close_lane(self, name: str, owner: str) -> None:
        """Remove a lane; requests to it are refused from now on, and remembered.

        owner: the test that it was for.
        """
        del self.lanes[name]
        self.ended[name] = owner
        if len(self.ended) > MOST_ENDED:
            self.ended.popitem(last=False)

    def _check_route(self, lane: Lane | None, scope: Scope, path: str) -> None:
        """Raise Refusal unless the request is for the chat endpoint of a lane."""
        if lane is None:
            self._refuse_where_no_lane_is(scope)
        if (scope["method"], path) != ("POST", CHAT_PATH):
            words = f"Cannot {scope['method']} {path}. The endpoint is POST {CHAT_PATH}"
            raise Refusal(errors.NOT_FOUND.saying(words))

    def _refuse_where_no_lane_is(self, scope: Scope) -> NoReturn:
        name = scope["path"].removeprefix(LANES_PATH).partition("/")[0]
        if name not in self.ended:
            words = f"No lane is open at {scope['path']}. Is the path mistyped?"
            raise Refusal(errors.NOT_FOUND.saying(words))
        owner = self.ended[name]
        if owner:
            self.late.append(LateRequest(owner, scope["method"], scope["path"]))
        words = f"{owner or 'The test'} has ended; this request came too late"
        raise Refusal(errors.TEST_ENDED.saying(words))

    def _locate(self, path: str) -> tuple[Lane | None, str]:
        """The lane that a path names, or None where there is none, and the path inside it."""
        if not path.startswith(LANES_PATH):
            return self.default, path
        name, slash, rest = path.removeprefix(LANES_PATH).partition("/")
        return self.lanes.get(name), slash + rest


def _arrival(scope: Scope, path: str, body: bytes) -> Arrival:
    headers = dict(reversed(scope["headers"]))  # of several with one name the first counts
    read = (headers.get(name, b"").decode("latin-1") for name in READ_HEADERS)
    authorization, content_type, accept_encoding, asked = read
    return Arrival(
        scope["method"],
        path,
        authorization,
        content_type,
        body,
        accept_encoding=accept_encoding,
        fault_header=asked,
        headers=tuple(scope["headers"]),
    )


async def _read_body(request: Request, lane: Lane) -> bytes:
    """The body of a request.

    Raises Refusal where it is larger than the lane's limit, and the rest is not read into memory;
    or where no byte of it comes for too long. Raises ClientDisconnect where the client leaves.
    """
    limit, patience = lane.settings.body_limit, lane.settings.upload_timeout
    if int(request.headers.get("content-length", 0)) > limit:
        raise Refusal(_too_large(limit))
    body = bytearray()
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(patience) as deadline:
            async for part in request.stream():
                body += part
                if len(body) > limit:
                    raise Refusal(_too_large(limit))
                deadline.reschedule(loop.time() + patience)
    except TimeoutError as error:
        words = f"No byte of the request body came for {patience:g} s"
        raise Refusal(errors.UPLOAD_TIMEOUT.saying(words)) from error
    return bytes(body)


def _too_large(limit: int) -> ApiError:
    return errors.TOO_LARGE.saying(f"Request body larger than {limit} bytes")


def _decide(
    lane: Lane, arrival: Arrival, early_error: ApiError | None, connection: Connection
) -> Answer:
    """The lane's answer; a fault in the mock itself is logged and answered with 500."""
    try:
        return lane.open(arrival, early_error, waited=connection.age)
    except Exception:
        logger.exception("mock-electron failed on %s %s", arrival.method, arrival.path)
        return lane.open(arrival, errors.INTERNAL)


def _health(settings: Settings) -> bytes:
    """That the server is ready, and what a client may do here and not elsewhere."""
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
    """The endpoint as this lane is set. Who asks for it waits for its making, and nobody else."""
    from mock_electron.wire import openapi

    return openapi.written(accept_json_schema=settings.accept_json_schema)


PAGES: Final[Mapping[str, Callable[[Settings], bytes]]] = {
    "/healthz": _health,
    "/openapi.json": _openapi,
}
"""The mock's own paths: they need no key, and are not journalled."""


async def _send_page(send: Send, path: str, settings: Settings) -> None:
    body = PAGES[path](settings)
    headers = render.json_headers(body, Dice.of(path.encode()).uuid("request"))
    await send_whole(send, 200, headers, body)
