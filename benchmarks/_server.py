"""Shared by the benchmarks: a server process, raw requests, memory, and percentiles.

All connections use the loopback interface, and every wait has a limit.
"""

import http.client
import json
import os
import platform
import re
import selectors
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep
from typing import Any, Final
from urllib.parse import urlsplit

PATIENCE: Final = 15.0
"""Seconds to wait for a server's address, its answer and its end."""

POLL: Final = 0.001
"""Seconds between two attempts to connect to a server that starts."""

LOOPBACK: Final = "127.0.0.1"
PRINTED_URL: Final = re.compile(rb"http://127\.0\.0\.1:\d+\S*")
CHAT_PATH: Final = "/waves/v1/chat/completions"
QUESTION: Final = {
    "model": "electron",
    "messages": [
        {"role": "system", "content": "You are a helpful voice assistant. Keep answers short."},
        {"role": "user", "content": "Why is the sky blue?"},
    ],
}
FIRST_CORE: Final = 0
SECOND_CORE: Final = 1

# An installed package is compiled. Without bytecode, each start of a server compiles all modules.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@dataclass(frozen=True, slots=True)
class Served:
    """A running server.

    Attributes:
        process: The process.
        host: The address that it listens on.
        port: The port that it listens on.
        started: When the process was started, by `perf_counter`, in seconds.
    """

    process: subprocess.Popen[bytes]
    host: str
    port: int
    started: float

    def rss_mib(self) -> float | None:
        """Return the resident memory in MiB, or None if the system does not report it."""
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.exists():
            return None
        match = re.search(r"VmRSS:\s+(\d+) kB", status.read_text())
        return None if match is None else int(match[1]) / 1024

    def interrupt(self) -> float:
        """Send Ctrl-C, wait for the process to end, and return the seconds that this took."""
        pressed = perf_counter()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE)
        return perf_counter() - pressed


def mock_electron(*options: str, port: int = 0) -> tuple[str, ...]:
    """Return the command that serves the mock on a port; 0 for a free one.

    It does not use the script of the environment, which an older version may have installed.
    """
    return (sys.executable, "-m", "mock_electron", "serve", "--port", str(port), *options)


@contextmanager
def serving(command: Sequence[str], core: int | None = None) -> Iterator[Served]:
    """Start a server, wait for its address, and stop it afterwards.

    Args:
        command: The command that starts the server.
        core: The processor core that it is pinned to, if the system supports that.
    """
    started = perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            keep_to(core, process.pid)
            url = urlsplit(_printed_url(process))
            assert url.hostname is not None
            assert url.port is not None
            yield Served(process, url.hostname, url.port, started)
        finally:
            _end(process)


@contextmanager
def serving_on(port: int, command: Sequence[str], core: int | None = None) -> Iterator[Served]:
    """Start a server that may print anything, wait until it accepts connections, and stop it.

    Args:
        port: The port that the command contains.
        command: The command that starts the server.
        core: The processor core that it is pinned to, if the system supports that.
    """
    started = perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            keep_to(core, process.pid)
            served = Served(process, LOOPBACK, port, started)
            _wait_for_port(served)
            yield served
        finally:
            _end(process)


def free_port() -> int:
    """Return a loopback port that nothing listens on."""
    with socket.create_server((LOOPBACK, 0)) as listening:
        return int(listening.getsockname()[1])


def _wait_for_port(served: Served) -> None:
    while perf_counter() < served.started + PATIENCE:
        with suppress(ConnectionRefusedError):
            socket.create_connection((served.host, served.port), PATIENCE).close()
            return
        if served.process.poll() is not None:
            raise RuntimeError("the server ended early")
        sleep(POLL)
    raise TimeoutError(f"no connection within {PATIENCE:g} s")


def _printed_url(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    printed = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while (found := PRINTED_URL.search(printed)) is None or b"\n" not in printed:
            if not selector.select(PATIENCE):
                raise TimeoutError(f"no address within {PATIENCE:g} s; printed: {printed!r}")
            piece = os.read(process.stdout.fileno(), 4096)
            if not piece:
                raise RuntimeError(f"the server ended early; printed: {printed!r}")
            printed += piece
    return found[0].decode()


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(PATIENCE)
    if process.poll() is None:
        process.kill()


def keep_to(core: int | None, pid: int = 0) -> None:
    """Pin a process to a core, if the system supports that.

    Args:
        core: The core; None leaves the process as it is.
        pid: The process; 0 is this one and those that it starts.
    """
    if core is not None and sys.platform == "linux":
        with suppress(OSError):
            os.sched_setaffinity(pid, {core})


def chat_request(body: Mapping[str, Any]) -> bytes:
    """Return the bytes of a chat request that keeps its connection open."""
    content = json.dumps(body).encode()
    return (
        b"POST %b HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sk_mock\r\n"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
        % (CHAT_PATH.encode(), len(content), content)
    )


def ask(served: Served, request: bytes, until: bytes) -> tuple[socket.socket, bytes]:
    """Send a request and read until the answer contains `until`.

    Returns:
        The connection, which the caller closes, and the bytes read from it.
    """
    connection = socket.create_connection((served.host, served.port), PATIENCE)
    connection.sendall(request)
    received = b""
    while until not in received:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError(f"the answer is incomplete: {received!r}")
        received += piece
    if not received.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(f"the status must be 200, got {received!r}")
    return connection, received


def post(served: Served, path: str, body: Mapping[str, Any]) -> bytes:
    """Send a chat request on a new connection, and return the body of the answer."""
    with closing(http.client.HTTPConnection(served.host, served.port, PATIENCE)) as connection:
        headers = {"Authorization": "Bearer sk_mock", "Content-Type": "application/json"}
        connection.request("POST", path, json.dumps(body), headers)
        response = connection.getresponse()
        received = response.read()
    if response.status != http.client.OK:
        raise RuntimeError(f"the status must be 200, got {response.status} with {received!r}")
    return received


def percentile(values: Sequence[float], fraction: float) -> float:
    """Return the value below which this fraction of the values lies."""
    ordered = sorted(values)
    return ordered[min(int(fraction * len(ordered)), len(ordered) - 1)]


def machine() -> str:
    """Return the processor, the load and the Python version, as one line."""
    cpu = platform.processor() or platform.machine()
    with suppress(OSError):
        match = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
        cpu = cpu if match is None else match[1]
    python = f"Python {platform.python_version()}"
    return f"{cpu}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {python}"
