"""The command `mock-electron ready`: whether a server accepts requests, for health checks.

Some programs run it every few seconds, so it imports little.
"""

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Event, Timer
from typing import Final
from urllib.parse import urlsplit

import click
from msgspec import Struct

from mock_electron.cli.configuration import Configuration, Given, configuration
from mock_electron.cli.options import (
    Command,
    IntegerRange,
    Number,
    check_host,
    not_empty,
    option,
)
from mock_electron.inputs import checks
from mock_electron.serve.listening import LOOPBACK

INTERVAL: Final = 0.1
"""Seconds between two attempts."""
PATIENCE: Final = 2.0
"""Seconds until an attempt fails."""
HOST: Final = "127.0.0.1"
PORT: Final = 8787
LAST_PORT: Final = 65535
HEALTH_PATH: Final = "/healthz"
BASE_PATH: Final = "/waves/v1"
SCHEMES: Final[Mapping[str, type[HTTPConnection]]] = {
    "http": HTTPConnection,
    "https": HTTPSConnection,
}
WHERE: Final = ("url", "host", "port", "uds")
"""What decides, of the variables and of the file of the server."""


class Target(Struct, frozen=True):
    """Where a server should be.

    Attributes:
        url: The URL, with a scheme and a host.
        uds: The path of its Unix socket, or "".
    """

    url: str
    uds: str = ""

    def __str__(self) -> str:
        return self.uds or self.url


def _check_host(_context: click.Context, _option: click.Parameter, host: str | None) -> str | None:
    """Return a host. Raise BadParameter for one that `serve` refuses."""
    if host is not None:
        check_host(host)
    return host


@click.command(cls=Command, short_help="Report whether a server is ready.")
@option("--url", metavar="URL", callback=not_empty, help="URL of the server, also with /waves/v1.")
@option(
    "--host", metavar="HOST", callback=_check_host, help=f"Host of the server. Default: {HOST}."
)
@option(
    "--port",
    type=IntegerRange(1, LAST_PORT),
    metavar="PORT",
    help=f"Port of the server. Default: {PORT}.",
)
@option("--uds", metavar="PATH", callback=not_empty, help="Unix socket of the server.")
@option(
    "--wait",
    default=0.0,
    type=Number(),
    metavar="SECONDS",
    help="How long to wait until it is ready. Default: one attempt.",
)
def ready(
    url: str | None, host: str | None, port: int | None, uds: str | None, wait: float
) -> None:
    """Report whether a server is ready, for health checks.

    Without an option, this is the server that `mock-electron serve` starts in the same environment
    and folder: MOCK_ELECTRON_URL, MOCK_ELECTRON_HOST, MOCK_ELECTRON_PORT or PORT, and
    MOCK_ELECTRON_UDS are read, and its file.

    The exit status is 0 if it is ready, 1 if it is not, and 2 if an option is wrong.
    """
    try:
        checks.seconds("--wait", wait, checks.LONGEST_TIMEOUT)
        given = _given(url, host, port, uds)
        target = given or _configured(_checked(configuration(None)))
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    problem = _waited(target, wait)
    if problem:
        raise click.ClickException(f"not ready: {target}: {problem}")
    click.echo(f"ready: {target}")


# --- where


def _given(url: str | None, host: str | None, port: int | None, uds: str | None) -> Target | None:
    """Return the target of the options, or None without any."""
    if [bool(url), bool(uds), bool(host or port)].count(True) > 1:
        raise ValueError("--url, --uds, and --host with --port exclude each other")
    if url:
        return Target(_checked_url("--url", url))
    if uds:
        return Target("http://localhost", uds)
    return Target(_url("--host", host or HOST, port or PORT)) if host or port else None


def _checked(found: Configuration) -> Configuration:
    """Return what was found. Raise UsageError if names are wrong; all are listed."""
    if found.problems:
        raise click.UsageError("\n".join(words for _, words in found.problems))
    return found


def _configured(found: Configuration) -> Target:
    """Return the target of the variables and of the file."""
    url, host, port, uds = map(found.get, WHERE)
    # `run` sets the URL, and the socket too if there is one.
    if uds and (uds.is_variable if url else not (host or port)):
        return Target("http://localhost", _path(uds))
    if url:
        return Target(_checked_url(url.where, str(url.value)))
    number = _port(port) if port else PORT
    where = host.where if host else ""
    return Target(_url(where, _first(host) if host else HOST, number))


@contextmanager
def _messages_name(given: Given) -> Iterator[None]:
    """Let messages about a value that `serve` refuses too say where it is."""
    try:
        yield
    except (click.BadParameter, ValueError) as error:
        words = error.message if isinstance(error, click.BadParameter) else str(error)
        raise ValueError(f"{given.where}: {words}") from None


def _path(uds: Given) -> str:
    """Return the path of a Unix socket."""
    with _messages_name(uds):
        path = uds.text("uds")
        if not path:
            raise ValueError("uds must not be empty")
    return str(uds.folder / path) if uds.folder else path


def _first(hosts: Given) -> str:
    """Return the first of several hosts. All are checked, as by `serve`."""
    with _messages_name(hosts):
        listed = hosts.texts("host") or [""]
        for host in listed:
            check_host(host)
    return listed[0]


def _port(port: Given) -> int:
    """Return the port of a variable or of the file. The messages are those of `serve`."""
    try:
        number = _whole(port)
    except ValueError as error:
        raise ValueError(f"{port.where}: {error}") from None
    if not number:
        words = "port 0 selects a free port, which only the server knows; give --port or --url"
        raise ValueError(f"{port.where}: {words}")
    return number


def _whole(port: Given) -> int:
    value = port.value
    if port.is_variable:
        value = int(value) if value.isdecimal() else value
    else:
        checks.whole_number("port", value)
    if not isinstance(value, int) or not 0 <= value <= LAST_PORT:
        raise ValueError(checks.must_be("port", f"an integer from 0 to {LAST_PORT}", value))
    return value


def _url(where: str, host: str, port: int) -> str:
    host = LOOPBACK.get(host, host)
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    try:
        urlsplit(url)
    except ValueError:
        what = "a host name or an address such as 127.0.0.1"
        raise ValueError(checks.must_be(where, what, host)) from None
    return url


def _checked_url(where: str, url: str) -> str:
    """Return a URL. Raise ValueError if it has no scheme, no host, or a wrong port."""
    if not _is_url(url):
        what = f"a URL such as http://127.0.0.1:8787, with a port from 1 to {LAST_PORT}"
        raise ValueError(checks.must_be(where, what, url))
    return url


def _is_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        has_port = parts.port != 0
    except ValueError:  # a wrong port or an incomplete address
        return False
    is_one_word = url.isprintable() and " " not in url
    return is_one_word and has_port and parts.scheme in SCHEMES and bool(parts.hostname)


# --- whether


def _waited(target: Target, wait: float) -> str:
    """Return why a server is not ready after some seconds, or ""."""
    late = Event()
    timer = Timer(wait, late.set)
    timer.daemon = True
    timer.start()
    while True:
        problem = _problem(target)
        if not (problem and wait) or late.wait(INTERVAL):
            timer.cancel()
            return problem


def _problem(target: Target) -> str:
    """Return why a server is not ready, or ""."""
    connection = _connection(target)
    path = urlsplit(target.url).path.rstrip("/").removesuffix(BASE_PATH)
    try:
        connection.request("GET", path + HEALTH_PATH, headers={"Connection": "close"})
        response = connection.getresponse()
        content = response.read()
    except HTTPException:
        return "it does not speak HTTP"
    except OSError as error:
        return error.strerror or str(error)
    finally:
        connection.close()
    if response.status != 200:
        return f"it answered with status {response.status}"
    return "" if _is_own(content) else "it is not mock-electron"


def _is_own(content: bytes) -> bool:
    try:
        document = json.loads(content)
    except ValueError:
        return False
    return isinstance(document, dict) and document.get("server") == "mock-electron"


def _connection(target: Target) -> HTTPConnection:
    if target.uds:
        return _UnixConnection(target.uds)
    parts = urlsplit(target.url)
    assert parts.hostname is not None
    return SCHEMES[parts.scheme](parts.hostname, parts.port, timeout=PATIENCE)


class _UnixConnection(HTTPConnection):
    """A connection to a Unix socket.

    Args:
        path: The path of the socket.
    """

    def __init__(self, path: str) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(self._path)
