"""The application on a virtual clock: requests without sockets, and pauses that take no time."""

import asyncio
import selectors
from collections.abc import Coroutine, Iterable
from typing import Any, Final, NamedTuple, TypeVar

from starlette.types import Message, Scope

from mock_electron.engine.clock import LaneClock, Moment
from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.serve.app import App
from mock_electron.serve.connection import EXTENSION, Connection
from mock_electron.wire.request import CHAT_PATH

HEADERS: Final = (
    (b"host", b"electron"),
    (b"authorization", b"Bearer sk_mock"),
    (b"content-type", b"application/json"),
)
START: Final = 1_740_000_000.0
"""The virtual time of a lane at 0 s of its loop, in Unix seconds."""
Result = TypeVar("Result")


class _Selector(selectors.SelectSelector):
    """A selector that advances a clock instead of waiting.

    Attributes:
        now: The virtual time, in seconds.
    """

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "everything waits, and no timer is set"
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next timer."""

    def __init__(self) -> None:
        self._clock = _Selector()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now


class VirtualClock(LaneClock):
    """The real clock of a lane, on the time of the running event loop."""

    def __init__(self) -> None:
        super().__init__("real")

    def now(self) -> float:
        return START + asyncio.get_running_loop().time()

    def _moment(self) -> Moment:
        return Moment(self.now(), asyncio.get_running_loop().time())


class Transport(asyncio.Transport):
    """A transport that only knows whether it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.closed = False

    def is_closing(self) -> bool:
        return self.closed

    def write(self, data: object) -> None:
        """Discard the bytes."""

    def close(self) -> None:
        self.closed = True


class Sent(NamedTuple):
    """A message of the application.

    Attributes:
        at: When it was sent, in virtual seconds since the request began.
        message: The ASGI message.
    """

    at: float
    message: Message


def virtual_lane(**settings: Any) -> Lane:
    """Return a lane on a virtual clock."""
    lane = Lane(Settings(clock="real", **settings))
    lane.clock = VirtualClock()
    return lane


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine on a virtual clock."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


async def request(
    app: App, upload: Iterable[tuple[float, bytes]], *, stays: float | None = None
) -> list[Sent]:
    """Send one chat request and return all messages of the answer.

    Args:
        app: The application.
        upload: The body in parts, each with the seconds before it.
        stays: Seconds from the end of the upload until the client disconnects; None for never.
    """
    loop = asyncio.get_running_loop()
    began, transport, parts = loop.time(), Transport(), list(upload)
    sent: list[Sent] = []

    async def receive() -> Message:
        if parts:
            await asyncio.sleep(parts[0][0])
            _, data = parts.pop(0)
            return {"type": "http.request", "body": data, "more_body": bool(parts)}
        await (asyncio.Event().wait() if stays is None else asyncio.sleep(stays))
        transport.close()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(Sent(loop.time() - began, message))

    scope: Scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": CHAT_PATH,
        "headers": [*HEADERS],
        "extensions": {EXTENSION: {"connection": Connection(transport, began, began)}},
    }
    await app(scope, receive, send)
    return sent
