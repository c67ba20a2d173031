"""The server: uvicorn on a port that is bound beforehand, in this thread or in one of its own."""

import asyncio
import contextlib
import socket
import threading
from types import TracebackType
from typing import Final, Self

import uvicorn

from mock_electron.engine.lane import Lane
from mock_electron.serve.app import BASE_PATH, LANES_PATH, Gateway, LateRequest
from mock_electron.serve.protocol import Protocol

BACKLOG: Final = 2048
KEEP_ALIVE: Final = 75
"""Seconds; longer than any client keeps an idle connection, so that none meets a closing one."""
LONGEST_SHUTDOWN: Final = 1
REACHABLE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (an address to show, not to bind)
"""Where a server that listens on all addresses can be reached from this machine."""
START_TIMEOUT: Final = 10.0


class Server:
    """A mock-electron on a port.

    lane: the default lane's settings, script and journal. host, port: where to listen; port 0
    takes a free one. Raises OSError where it cannot listen there.

    As a context manager it runs in a thread of its own.
    """

    def __init__(self, lane: Lane | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        self.gateway = Gateway(lane or Lane())
        self._socket = _listen(host, port)
        self._uvicorn = _Uvicorn(self.gateway)
        self._thread: threading.Thread | None = None
        self._opened_lanes = 0

    @property
    def url(self) -> str:
        """Where the server is, without a path: `http://127.0.0.1:8787`."""
        host, port = self._socket.getsockname()[:2]
        host = REACHABLE.get(host, host)
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def base_url(self) -> str:
        """The base URL of the default lane, as an OpenAI client wants it."""
        return self.url + BASE_PATH

    def open_lane(self, lane: Lane) -> str:
        """Add a lane, and answer its URL; the endpoint is at `/waves/v1/…` below it."""
        self._opened_lanes += 1
        name = str(self._opened_lanes)
        self.gateway.lanes[name] = lane
        return f"{self.url}{LANES_PATH}{name}"

    def close_lane(self, url: str, owner: str = "") -> None:
        """Remove a lane; requests to it are refused from now on (410), and remembered.

        owner: the test that it was for.
        """
        self.gateway.close_lane(url.rpartition("/")[2], owner)

    def late_requests(self) -> list[LateRequest]:
        """The requests that came to closed lanes since this was last asked."""
        late = []
        while self.gateway.late:
            late.append(self.gateway.late.popleft())
        return late

    def run(self) -> None:
        """Serve in this thread until a signal ends it."""
        with contextlib.suppress(KeyboardInterrupt), self._socket:
            self._uvicorn.run(sockets=[self._socket])

    def start(self) -> Self:
        """Serve in a thread of its own; return once requests are answered."""
        self._thread = threading.Thread(target=self.run, name="mock-electron", daemon=True)
        self._thread.start()
        if not self._uvicorn.ready.wait(START_TIMEOUT):
            raise RuntimeError(f"mock-electron did not start within {START_TIMEOUT:g} s")
        return self

    def stop(self) -> None:
        """End the thread; streams that are still being sent are cut off."""
        self._uvicorn.end()
        if self._thread is not None:
            self._thread.join()

    def close(self) -> None:
        """Give the port back without having served."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


class _Uvicorn(uvicorn.Server):
    """uvicorn that says when it is ready, and that ends at once, streams or not."""

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(
            uvicorn.Config(
                gateway,
                http=Protocol,
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,  # logging belongs to whoever runs the server
                proxy_headers=False,
                date_header=False,  # the wall clock must not show
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE,
                timeout_graceful_shutdown=LONGEST_SHUTDOWN,
            )
        )
        self.ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        self.ready.set()

    def end(self) -> None:
        """End soon; callable from any thread, and from a signal handler."""
        if self._loop is None:
            self.should_exit = True
        else:
            self._loop.call_soon_threadsafe(self._end_now)

    def _end_now(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()  # its stream sees the client leave, and ends
        self.should_exit = True

    def handle_exit(self, sig: int, frame: object) -> None:
        """Where a signal arrives. Packages such as sse-starlette replace it in the class above."""
        self.end()


def _listen(host: str, port: int) -> socket.socket:
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    return socket.create_server(address[:2], family=family, backlog=BACKLOG)
