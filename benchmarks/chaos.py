"""Memory, file descriptors, tasks and threads after 10,000 broken connections.

    python benchmarks/chaos.py

The server runs in this process, so that its tasks can be counted. The memory includes server and
client. Before the first figure 10,000 complete requests fill the journal, which is bounded. The
exchanges break in five ways in turn: cut after three chunks, cut inside a character, reset, closed
before the first byte, and a client that disconnects from a paced stream after its first bytes.
"""

import asyncio
import gc
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from time import perf_counter, sleep
from typing import Any, Final
from urllib.parse import urlsplit

from _server import QUESTION, chat_request, machine

from mock_electron import Pace, Settings
from mock_electron.engine.lane import Lane
from mock_electron.serve.server import Server

BROKEN: Final = 10_000
STEPS: Final = 5
CLIENTS: Final = 16
PATIENCE: Final = 10.0
"""Seconds for one exchange, and for the tasks of the last exchanges to end."""

WAYS: Final = ("cut=3", "cut-inside=2:character", "reset", "close", "")
"""The faults in the header of a request. Without one, the client disconnects."""
SLOW: Final = Pace(first=0.001, each=0.02)


class Target:
    """A server with a lane that answers at once, and a lane with a pace."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.quick = urlsplit(server.base_url)
        self.slow = urlsplit(server.open_lane(Lane(Settings(clock="real", pace=SLOW))))

    def connect(self) -> socket.socket:
        return socket.create_connection((self.quick.hostname, self.quick.port), PATIENCE)

    def request(self, faults: str, *, slow: bool = False) -> bytes:
        plain = chat_request(QUESTION | {"stream": True})
        if slow:
            plain = plain.replace(b"POST ", b"POST " + self.slow.path.encode())
        header = f"X-Mock-Electron: {faults}\r\nHost:".encode()
        return plain.replace(b"Host:", header, 1) if faults else plain

    def sound(self, _number: int) -> None:
        """Read one stream to its end."""
        with self.connect() as connection:
            connection.sendall(self.request(""))
            received = b""
            while not received.endswith(b"0\r\n\r\n"):
                received += connection.recv(65536)

    def broken(self, number: int) -> None:
        """Make one exchange that breaks. Its number selects the way."""
        way = WAYS[number % len(WAYS)]
        with self.connect() as connection:
            connection.sendall(self.request(way, slow=not way))
            with suppress(ConnectionError):
                while connection.recv(65536) and way:
                    pass


def figures(server: Server) -> dict[str, Any]:
    """Return the current figures of the process."""
    gc.collect()
    loop = server._uvicorn._loop
    assert loop is not None
    tasks = asyncio.run_coroutine_threadsafe(_tasks(), loop).result(PATIENCE)
    descriptors = Path("/proc/self/fd")
    status = Path("/proc/self/status")
    memory = status.read_text().split("VmRSS:")[1].split()[0] if status.exists() else "0"
    return {
        "MiB": round(int(memory) / 1024, 1),
        "descriptors": len(list(descriptors.iterdir())) if descriptors.exists() else None,
        "tasks": tasks,
        "threads": threading.active_count(),
    }


async def _tasks() -> int:
    return len(asyncio.all_tasks()) - 1  # not this one


def settled(server: Server, expected: int) -> dict[str, Any]:
    """Return the figures when the tasks of the last exchanges have ended, or after a limit."""
    end = perf_counter() + PATIENCE
    while (now := figures(server))["tasks"] > expected and perf_counter() < end:
        sleep(0.05)
    return now


def main() -> int:
    """Print a row before the first broken exchange and after every 2,000 of them."""
    print(machine())
    with Server(Lane()) as server, ThreadPoolExecutor(CLIENTS) as clients:
        target = Target(server)
        for _ in clients.map(target.sound, range(10_000)):
            pass
        for _ in clients.map(target.broken, range(200)):  # load all modules first
            pass
        sleep(0.5)
        before = figures(server)
        print(f"{0:6} broken   {before}")
        for step in range(1, STEPS + 1):
            started = perf_counter()
            count = BROKEN // STEPS
            for _ in clients.map(target.broken, range(count)):
                pass
            rate = count / (perf_counter() - started)
            print(f"{step * count:6} broken   {settled(server, before['tasks'])}   {rate:,.0f}/s")
        target.sound(0)
        print("the next request is answered")
    return 0


if __name__ == "__main__":
    sys.exit(main())
