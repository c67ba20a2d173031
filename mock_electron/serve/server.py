"""The server: uvicorn on a socket that is already bound, in the calling thread or in its own."""

import asyncio
import contextlib
import logging
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Final, Self

import uvicorn

from mock_electron.engine.clock import LaneClock
from mock_electron.engine.lane import Lane
from mock_electron.serve.app import App, ControlApp
from mock_electron.serve.browser import is_loopback
from mock_electron.serve.lanes import LANES_PATH, LateRequest
from mock_electron.serve.listening import is_unix, listen, socket_file, url_of
from mock_electron.serve.play import prepare_for, takes_time
from mock_electron.serve.protocol import Protocol
from mock_electron.wire.request import BASE_PATH

PACED_LISTENERS: Final = 64
"""How often the event loop listens on the socket if the default lane has a pace. In each of its
rounds, uvloop accepts one connection per listener, and a round is long while streams are sent."""
KEEP_ALIVE: Final = 75
"""Seconds. Clients close idle connections sooner, so they never use one that is closing."""
SHUTDOWN_TIMEOUT: Final = 1
"""Seconds until requests that do not end are cancelled."""
SHUTDOWN_TICK: Final = 0.001
"""Seconds between two checks for open connections during shutdown."""
DRAIN_TICK: Final = 0.005
"""The same while requests are answered."""
LAST_PORT: Final = 65535
START_TIMEOUT: Final = 10.0
"""Seconds."""

logger: Final = logging.getLogger("mock_electron")


class Server:
    """A mock-electron server.

    As a context manager, it runs in its own thread.

    Args:
        lane: The default lane; None for a lane with default settings.
        host: The name or address to listen on, or several; none if there is a Unix socket.
        port: The port to listen on; 0 for a free one.
        path: The path of a Unix socket to listen on too, or "".
        control: Returns the application for the paths below `/_mock`. It is called once, with the
            first request for such a path. Default: there is no such application.

    Attributes:
        app: The ASGI application, with the lanes.
        started_at: When it began to serve, in Unix seconds; 0 before.

    Raises:
        OSError: If the server cannot listen on this address.
        ValueError: If the host is not a name or an address.
    """

    def __init__(
        self,
        lane: Lane | None = None,
        host: str | Sequence[str] = "127.0.0.1",
        port: int = 0,
        path: str = "",
        control: Callable[["Server"], ControlApp] | None = None,
    ) -> None:
        self.app: App = App(lane or Lane())
        if control is not None:
            self.add_control(control)
        prepare_for(self.app.lanes.default)
        self._sockets = listen((host,) if isinstance(host, str) else host, port, path)
        self._socket = self._sockets[0]
        self._file = socket_file(self._sockets[-1])
        self._uvicorn = _Uvicorn(self.app)
        self._thread: threading.Thread | None = None
        self.started_at: float = 0.0

    def add_control(self, control: Callable[["Server"], ControlApp]) -> None:
        """Serve the paths below `/_mock` with this application; see the argument `control`."""
        self.app.control = cache(partial(control, self))

    @property
    def url(self) -> str:
        """The URL of the server without a path, such as `http://127.0.0.1:8787`."""
        return url_of(self._socket)

    @property
    def urls(self) -> tuple[str, ...]:
        """The URLs of all addresses, beginning with `url`. A Unix socket has none of its own."""
        addresses = [one for one in self._sockets if not is_unix(one)]
        return tuple(dict.fromkeys(map(url_of, addresses or self._sockets)))

    @property
    def is_local(self) -> bool:
        """Whether only programs on this machine can reach the server."""
        return all(is_unix(one) or is_loopback(str(one.getsockname()[0])) for one in self._sockets)

    @property
    def path(self) -> str:
        """The path of the Unix socket, or ""."""
        return self._file.path if self._file else ""

    @property
    def base_url(self) -> str:
        """The base URL of the default lane, for an OpenAI client."""
        return self.url + BASE_PATH

    def open_lane(self, lane: Lane, name: str = "", keys: Sequence[str] = ()) -> str:
        """Add a lane and return its URL. The chat endpoint is at `/waves/v1/…` below it.

        Args:
            lane: The lane.
            name: Its name in the URL. Default: a number.
            keys: API keys that name the lane; see `Lanes.add`.
        """
        prepare_for(lane)
        name = name or self.app.lanes.free_name()
        self.app.open_lane(name, lane, keys)
        return f"{self.url}{LANES_PATH}{name}"

    def close_lane(self, url: str, owner: str = "") -> None:
        """Remove a lane. Requests to it are answered with 410 from now on.

        Args:
            url: The URL that `open_lane` returned.
            owner: The owner to report late requests for, such as a test id; "" for none.
        """
        self.app.close_lane(url.rpartition("/")[2], owner)

    def late_requests(self) -> list[LateRequest]:
        """Return and forget the requests that arrived at closed lanes."""
        late = []
        while self.app.lanes.late:
            late.append(self.app.lanes.late.popleft())
        return late

    def run(self, on_ready: Callable[[], None] = lambda: None, drain: float = 0.0) -> None:
        """Serve in the calling thread until a signal arrives.

        Args:
            on_ready: Called when the server accepts requests.
            drain: Seconds in which requests that have arrived are still answered after SIGTERM.
        """
        self._uvicorn.on_ready, self._uvicorn.drain = on_ready, drain
        self.started_at = LaneClock("real").now()
        with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as stack:
            count = PACED_LISTENERS if takes_time(self.app.lanes.default) else 1
            copies = [one.dup() for one in self._sockets for _ in range(count - 1)]
            listening = [*self._sockets, *copies]
            for one in listening:
                stack.enter_context(one)
            self._uvicorn.run(sockets=listening)

    def start(self) -> Self:
        """Serve in a new thread. Return when the server accepts requests."""
        from mock_electron.engine.travel import SERVER_THREAD  # for servers in a thread only

        self._thread = threading.Thread(target=self.run, name=SERVER_THREAD, daemon=True)
        self._thread.start()
        if not self._uvicorn.ready.wait(START_TIMEOUT):
            raise RuntimeError(f"mock-electron did not start within {START_TIMEOUT:g} s")
        return self

    def request_stop(self, drain: float = 0.0) -> None:
        """Stop soon. Can be called from any thread, from a signal handler, and repeatedly.

        Args:
            drain: Seconds in which requests that have arrived are still answered. A second call
                stops at once.
        """
        self._uvicorn.request_stop(drain)

    def stop(self) -> None:
        """Stop the thread and cut off the streams that are still being sent.

        This takes a few milliseconds. A second call has no effect.
        """
        self._uvicorn.request_stop()
        if self._thread is not None:
            self._thread.join()
        for one in self._sockets:  # if the server was never started
            one.close()
        self.remove_file()

    def remove_file(self) -> None:
        """Remove the file of the Unix socket. Call it in the process that made the server."""
        if self._file is not None:
            self._file.remove()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()


class _Uvicorn(uvicorn.Server):
    """A uvicorn server that reports when it is ready, and that stops at once.

    uvicorn polls ten times a second whether to stop, and then whether everything has ended. This
    class uses events instead, so that starting and stopping a server for one test is cheap.

    Attributes:
        ready: Set when the server accepts requests.
        on_ready: Called then, in the thread of the server.
        drain: Seconds in which requests are still answered after SIGTERM.
    """

    def __init__(self, app: App) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=Protocol,
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,  # the program that runs the server configures logging
                proxy_headers=False,
                date_header=False,  # the wall clock must not be visible
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE,
                timeout_graceful_shutdown=SHUTDOWN_TIMEOUT,
            )
        )
        self.ready = threading.Event()
        self.on_ready: Callable[[], None] = lambda: None
        self.drain = 0.0
        self._app = app
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop_event = asyncio.Event()
        # Not should_exit: if it is set before main_loop, uvicorn 0.40 does not close its sockets.
        self._stop_requested = False
        self._drain = 0.0

    async def main_loop(self) -> None:
        """Wait until a stop is requested. One tick sets the state that uvicorn's ticks refresh."""
        self._loop = asyncio.get_running_loop()
        self.ready.set()
        self.on_ready()
        await self.on_tick(0)
        if not self._stop_requested:
            await self._stop_event.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close all connections, and wait until the task of every request has ended."""
        # asyncio loses connections that are accepted but not yet set up when its server closes.
        # After a timer has fired, no connection is in that state.
        await asyncio.sleep(SHUTDOWN_TICK)
        for server in self.servers:
            server.close()
        for listening in sockets or ():
            listening.close()
        self._app.is_ending = True
        await self._drain_connections()
        state = self.server_state
        try:
            async with asyncio.timeout(SHUTDOWN_TIMEOUT):
                # Connections that were just set up appear after the first tick.
                await asyncio.sleep(SHUTDOWN_TICK)
                while state.connections or state.tasks:
                    for connection in list(state.connections):
                        connection.transport.abort()  # ends its stream as a disconnect does
                    await asyncio.sleep(SHUTDOWN_TICK)
        except TimeoutError:
            logger.error("mock-electron stopped with %d request(s) unanswered", len(state.tasks))
            for task in state.tasks:
                task.cancel()

    async def _drain_connections(self) -> None:
        """Let the requests that have arrived be answered, for a limited time."""
        loop, connections = asyncio.get_running_loop(), self.server_state.connections
        end = loop.time() + self._drain
        while self._drain:
            await asyncio.sleep(DRAIN_TICK)  # connections that were just set up appear after it
            for connection in list(connections):
                assert isinstance(connection, Protocol)
                connection.end_soon()
            if not connections or loop.time() >= end:
                break

    def request_stop(self, drain: float = 0.0) -> None:
        """Stop soon; see `Server.request_stop`."""
        self._drain = 0.0 if self._stop_requested else drain
        # main_loop sets the loop first and then reads the flag, so it cannot miss both.
        self._stop_requested = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._stop_event.set)

    def handle_exit(self, sig: int, frame: object) -> None:
        """Handle a signal. Packages such as sse-starlette replace the method of uvicorn's class."""
        self.request_stop(self.drain if sig == signal.SIGTERM else 0.0)
