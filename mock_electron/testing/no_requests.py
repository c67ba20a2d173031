"""Hints for a failed test: possible reasons why no request arrived, and advice about proxies."""

import ipaddress
import socket
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from operator import attrgetter
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from mock_electron.engine.exchange import Exchange
from mock_electron.wire.request import BASE_PATH, CHAT_PATH

CONNECT_TIMEOUT: Final = 1.0
"""Seconds that a trial connection may take."""
MAX_LISTED: Final = 3
"""The maximum number of requests that a hint lists."""
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
"""The names of this machine that a client must not reach through a proxy."""


class Stray(NamedTuple):
    """A request that arrived at the server, but not at the lane.

    Attributes:
        to: What it arrived at, such as `/lanes/2`.
        exchange: The request.
    """

    to: str
    exchange: Exchange


class Interceptor(NamedTuple):
    """A library that keeps requests away from the network.

    Attributes:
        name: Its name on PyPI.
        advice: How to let requests to this machine pass.
    """

    name: str
    advice: str


INTERCEPTORS: Final[Mapping[str, Interceptor]] = {
    "pytest_socket": Interceptor(
        "pytest-socket",
        "add 127.0.0.1 to the list of @pytest.mark.allow_hosts or socket_allow_hosts() if the test "
        "has one, or else to --allow-hosts",
    ),
    "pytest_recording": Interceptor(
        "pytest-recording",
        "add --allowed-hosts=127.0.0.1, or write "
        "@pytest.mark.block_network(allowed_hosts=['127.0.0.1'])",
    ),
    "vcr": Interceptor(
        "vcrpy",
        "set ignore_localhost=True (with pytest-recording or pytest-vcr: in the fixture "
        "vcr_config)",
    ),
    "respx": Interceptor("respx", "call route(host='127.0.0.1').pass_through() of its router"),
    "pytest_httpx": Interceptor(
        "pytest-httpx",
        "write @pytest.mark.httpx_mock(should_mock=lambda request: "
        "request.url.host != '127.0.0.1')",
    ),
    "responses": Interceptor("responses", "call responses.add_passthru(electron.url)"),
}
"""Libraries that replace functions of HTTP clients or sockets, by the name of their package."""
NO_SOCKETS: Final = (
    "pytest-socket allows no sockets: replace @pytest.mark.disable_socket, the fixture "
    "socket_disabled or disable_socket() with @pytest.mark.allow_hosts(['127.0.0.1']); if only "
    "--disable-socket is set, add this marker or --allow-hosts=127.0.0.1"
)
"""The advice if pytest-socket has replaced the class of sockets. Its marker and fixture take
precedence over a list of allowed hosts, and that of a marker over that of the option."""
REPLACED: Final = (
    ("socket", "socket"),
    ("socket", "socket.connect"),
    ("socket", "getaddrinfo"),
    ("http.client", "HTTPConnection"),
    ("httpx", "HTTPTransport.handle_request"),
    ("httpx", "AsyncHTTPTransport.handle_async_request"),
    ("httpcore", "HTTPConnection.handle_request"),
    ("httpcore", "AsyncHTTPConnection.handle_async_request"),
    ("requests.adapters", "HTTPAdapter.send"),
)
"""What these libraries replace: pairs of a module and an attribute."""
TRANSPORT_ONLY: Final = ("pytest_socket", "pytest_recording")
"""Libraries that allow some hosts. A trial connection shows whether they block this one."""


def hints(
    url: str, others: Sequence[Exchange], strays: Iterable[Stray], name: str = "electron"
) -> list[str]:
    """Return the hints that apply if a lane received no request for the chat endpoint, if any.

    Args:
        url: The URL of the lane.
        others: Its requests for other paths.
        strays: Requests that arrived elsewhere at the server.
        name: The name of the fixture, for the hints.
    """
    base_url = base_url_question(url, name)
    strays = list(strays)
    elsewhere = [stray.exchange for stray in strays]
    found = [*_not_http([*others, *elsewhere]), *_other_paths(others, base_url)]
    found += [*_elsewhere(strays, base_url), *_proxy(url, name), *_socks_proxy()]
    return [*found, *_blocked(url), *_intercepted(name)]


def base_url_question(url: str, name: str) -> str:
    """Return the question whether the client has the right base URL."""
    return f"is the base_url of the client {name}.base_url, {url}{BASE_PATH}?"


def _not_http(exchanges: Iterable[Exchange]) -> Iterator[str]:
    """Yield what is wrong with bytes that are not a request, such as those of TLS."""
    messages = [one.error.message for one in exchanges if not one.method and one.error]
    for message in list(dict.fromkeys(messages))[:MAX_LISTED]:
        yield f"the server received bytes that are not a request: {message}"


def _other_paths(others: Sequence[Exchange], base_url: str) -> Iterator[str]:
    """Yield what arrived for other paths. One inside the base URL shows that the URL is right."""
    inside = [one for one in others if _is_inside(one.path)]
    wrong = [one for one in others if one.method == "POST" and one not in inside]
    for line in _lines(wrong):
        yield f"{line} arrived: {base_url}"
    for line in [] if wrong else _lines(inside):
        yield f"{line} arrived, but no POST {CHAT_PATH}: the base_url of the client is right"


def _is_inside(path: str) -> bool:
    """Return whether a path is one inside the base URL, and not the endpoint after a wrong one."""
    return path.startswith(f"{BASE_PATH}/") and (
        path == CHAT_PATH or not path.endswith(CHAT_PATH.removeprefix(BASE_PATH))
    )


def _lines(exchanges: Iterable[Exchange]) -> list[str]:
    return list(dict.fromkeys(f"{one.method} {one.path}" for one in exchanges))[:MAX_LISTED]


def _elsewhere(strays: Iterable[Stray], base_url: str) -> Iterator[str]:
    requests = [stray for stray in strays if stray.exchange.method]
    for to in list(dict.fromkeys(stray.to for stray in requests))[:MAX_LISTED]:
        yield (
            f"a request arrived at {to}: does the client belong to another test or fixture? If "
            f"not, {base_url}"
        )


def _proxy(url: str, name: str) -> Iterator[str]:
    from urllib.request import getproxies, proxy_bypass

    host = urlsplit(url).hostname or ""
    names = [kind for kind in ("http", "all") if kind in getproxies() and kind not in _unusable()]
    if names and not proxy_bypass(host):
        variables = " and ".join(f"{kind.upper()}_PROXY" for kind in names)
        yield (
            f"{variables} sets a proxy, and NO_PROXY does not contain {host}: set the variables "
            f"of {name}.env" + (", or use the fixture electron_env" * (name == "electron"))
        )


def _socks_proxy() -> Iterator[str]:
    """Yield advice if a variable sets a SOCKS proxy, and httpx cannot use one."""
    names = " and ".join(f"{kind.upper()}_PROXY" for kind in _unusable())
    if names:
        yield (
            f"{names} sets a SOCKS proxy, with which no client of httpx can be created, even if "
            "NO_PROXY contains the host: unset the variable, or install httpx[socks]"
        )


def _unusable() -> list[str]:
    """Return the kinds of requests with a SOCKS proxy, unless httpx can use it."""
    from urllib.request import getproxies

    found = [kind for kind, proxy in getproxies().items() if proxy.startswith("socks")]
    return found if find_spec("socksio") is None else []


def _blocked(url: str) -> Iterator[str]:
    """Yield why a connection to the server fails, if it does. Names are not looked up."""
    parts = urlsplit(url)
    try:
        version = ipaddress.ip_address(parts.hostname or "").version
        family = socket.AF_INET if version == 4 else socket.AF_INET6
        with warnings.catch_warnings():  # pytest-socket warns about each connection it blocks
            warnings.simplefilter("ignore")
            with socket.socket(family) as trial:
                trial.settimeout(CONNECT_TIMEOUT)
                trial.connect((parts.hostname, parts.port))
    except ValueError:
        return
    except Exception as error:  # each library raises its own
        yield f"connections to {parts.netloc} fail: {error}"
        yield from (_advice(name) for name in _replacing() if name in TRANSPORT_ONLY)


def _intercepted(name: str) -> Iterator[str]:
    advice = (_advice(package) for package in _replacing() if package not in TRANSPORT_ONLY)
    return (text.replace("electron.url", f"{name}.url") for text in advice)


def _advice(package: str) -> str:
    if package == "pytest_socket" and _package_of("socket", "socket") == package:
        return NO_SOCKETS
    library = INTERCEPTORS[package]
    return f"{library.name} intercepts requests: {library.advice}"


def _replacing() -> list[str]:
    """Return the packages in the table that have replaced a function of a client or a socket."""
    packages = (_package_of(module, attribute) for module, attribute in REPLACED)
    return list(dict.fromkeys(name for name in packages if name in INTERCEPTORS))


def _package_of(module: str, attribute: str) -> str:
    """Return the package that defines an attribute of a module, or "" if it is not imported."""
    try:
        found = attrgetter(attribute)(sys.modules[module])
    except (KeyError, AttributeError):
        return ""
    named = getattr(found, "__globals__", {}).get("__name__")  # functools.wraps copies __module__
    return str(named or getattr(found, "__module__", "")).partition(".")[0]


@contextmanager
def explaining_blocked_sockets() -> Iterator[None]:
    """Add advice to an exception if a library blocks the sockets that the block needs."""
    try:
        yield
    except Exception as error:
        for name in _replacing():
            if name in TRANSPORT_ONLY:
                error.add_note(_advice(name))
        raise


def without_proxy(host: str) -> dict[str, str]:
    """Return the variables NO_PROXY and no_proxy, with the names of this machine added.

    Args:
        host: The host of the server, which is added too.
    """
    from urllib.request import getproxies_environment

    given = getproxies_environment().get("no", "")
    names = [name.strip() for name in given.split(",") if name.strip()]
    if "*" not in names:
        names += [name for name in (*LOOPBACK, host) if name not in names]
    value = ",".join(dict.fromkeys(names))
    return {"NO_PROXY": value, "no_proxy": value}
