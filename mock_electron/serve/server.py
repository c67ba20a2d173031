"""The server: uvicorn on a port that is bound beforehand, in this thread or in one of its own."""

import asyncio
import contextlib
import logging
import socket
import threading
from types import TracebackType
from typing import Final, Self

import uvicorn

from mock_electron.engine.lane import Lane
from mock_electron.serve.app import BASE_PATH, LANES_PATH, App, LateRequest
from mock_electron.serve.protocol import Protocol

BACKLOG: Final = 2048
KEEP_ALIVE: Final = 75
"""Seconds; longer than any client keeps an idle connection, so that none meets a closing one."""
LONGEST_SHUTDOWN: Final = 1
SHUTDOWN_TICK: Final = 0.001
"""Seconds between two looks at what is still open."""
REACHABLE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (an address to show, not to bind)
"""Where a server that listens on all addresses can be reached from this machine."""
START_TIMEOUT: Final = 10.0

logger: Final = logging.getLogger("mock_electron")


class Server:
    """A mock-electron on a port.

    lane: the default lane's settings, script and journal. host, port: where to listen; port 0
    takes a free one. Raises OSError where it cannot listen there.

    As a context manager it runs in a thread of its own.
    """

    def __init__(self, lane: Lane | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        self.app: App = App(lane or Lane())
        self._socket = _listen(host, port)
        self._uvicorn = _Uvicorn(self.app)
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
        self.app.lanes[name] = lane
        return f"{self.url}{LANES_PATH}{name}"

    def close_lane(self, url: str, owner: str = "") -> None:
        """Remove a lane; requests to it are refused from now on (410), and remembered.

        owner: the test that it was for.
        """
        self.app.close_lane(url.rpartition("/")[2], owner)

    def late_requests(self) -> list[LateRequest]:
        """The requests that came to closed lanes since this was last asked."""
        late = []
        while self.app.late:
            late.append(self.app.late.popleft())
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
        """End the thread; streams that are still being sent are cut off.

        It takes a few milliseconds; a second call does nothing.
        """
        self._uvicorn.end()
        if self._thread is not None:
            self._thread.join()
        self._socket.close()  # of a server that was never started

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
    """uvicorn that says when it is ready, and that ends at once, streams or not.

    uvicorn looks ten times a second whether it is to end, and then whether all has ended. Here it
    is told, so that a test can have a server of its own.
    """

    def __init__(self, app: App) -> None:
        super().__init__(
            uvicorn.Config(
                app,
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
        self._ending = asyncio.Event()
        # Not should_exit: seen before main_loop, it keeps uvicorn 0.40 from closing its sockets.
        self._asked_to_end = False

    async def main_loop(self) -> None:
        """Wait for the end. The one tick sets up what uvicorn's ticks keep up to date."""
        self._loop = asyncio.get_running_loop()
        self.ready.set()
        await self.on_tick(0)
        if not self._asked_to_end:
            await self._ending.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close all, and wait until every request's task has noticed."""
        # What asyncio's own loop has accepted and not yet set up would be lost when its server
        # closes. After a timer nothing is in that state.
        await asyncio.sleep(SHUTDOWN_TICK)
        for server in self.servers:
            server.close()
        for listening in sockets or ():
            listening.close()
        state = self.server_state
        try:
            async with asyncio.timeout(LONGEST_SHUTDOWN):
                # The first tick lets connections that have just been set up appear.
                await asyncio.sleep(SHUTDOWN_TICK)
                while state.connections or state.tasks:
                    for connection in list(state.connections):
                        connection.transport.abort()  # its stream sees the client leave, and ends
                    await asyncio.sleep(SHUTDOWN_TICK)
        except TimeoutError:
            logger.error("mock-electron ends with %d request(s) unanswered", len(state.tasks))
            for task in state.tasks:
                task.cancel()

    def end(self) -> None:
        """End soon; callable from any thread, from a signal handler, and more than once."""
        # In this order: main_loop, which does it the other way round, cannot miss both.
        self._asked_to_end = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(self._ending.set)

    def handle_exit(self, sig: int, frame: object) -> None:
        """Where a signal arrives. Packages such as sse-starlette replace it in the class above."""
        self.end()


def _listen(host: str, port: int) -> socket.socket:
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    return socket.create_server(address[:2], family=family, backlog=BACKLOG)
