"""Libraries that keep requests away from the network, and how to let those to this machine pass.

Two things show that a library intercepts: it has replaced a function of a client or a socket, or it
raised the exception that made the test fail. The second is also true after it has put back the
functions.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from operator import attrgetter
from traceback import walk_tb
from typing import Final, NamedTuple


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
    "requests_mock": Interceptor("requests-mock", "create the mocker with real_http=True"),
    "aioresponses": Interceptor("aioresponses", "write aioresponses(passthrough=[electron.url])"),
    "httpretty": Interceptor("httpretty", "enable it with allow_net_connect=True"),
    "pook": Interceptor("pook", "call pook.enable_network('127.0.0.1')"),
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
    ("requests", "Session.get_adapter"),
)
"""What these libraries replace: pairs of a module and an attribute."""
TRANSPORT_ONLY: Final = ("pytest_socket", "pytest_recording")
"""Libraries that allow some hosts. A trial connection shows whether they block this one."""


def replacing() -> list[str]:
    """Return the packages in the table that have replaced a function of a client or a socket."""
    packages = (_package_of(module, attribute) for module, attribute in REPLACED)
    return list(dict.fromkeys(name for name in packages if name in INTERCEPTORS))


def advice_on(package: str, name: str = "electron") -> str:
    """Return how to let requests pass a library that has replaced a function.

    Args:
        package: The package of the library.
        name: The name of the fixture.
    """
    if package == "pytest_socket" and _package_of("socket", "socket") == package:
        return NO_SOCKETS
    return _advice(package, name)


def advice_after(errors: Iterable[BaseException], name: str = "electron") -> list[str]:
    """Return how to let requests pass the libraries that raised these exceptions or their causes.

    Args:
        errors: The exceptions that made a test fail.
        name: The name of the fixture.
    """
    found = []
    for error in _with_causes(errors):
        if type(error).__name__ == "SocketBlockedError":
            found.append(NO_SOCKETS)
            continue
        packages = (type(error).__module__.partition(".")[0], _raised_in(error))
        found += [_advice(package, name) for package in packages if package in INTERCEPTORS]
    return list(dict.fromkeys(found))


def _advice(package: str, name: str) -> str:
    library = INTERCEPTORS[package]
    text = f"{library.name} intercepts requests: {library.advice}"
    return text.replace("electron.url", f"{name}.url")


def _with_causes(errors: Iterable[BaseException]) -> Iterator[BaseException]:
    """Yield exceptions with their causes, contexts and the members of their groups, each once."""
    waiting, seen = list(errors), set[int]()
    while waiting:
        error = waiting.pop(0)
        if id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        waiting += filter(None, (error.__cause__, error.__context__))
        waiting += error.exceptions if isinstance(error, BaseExceptionGroup) else ()


def _raised_in(error: BaseException) -> str:
    """Return the package with the line that raised an exception, or ""."""
    names = [frame.f_globals.get("__name__", "") for frame, _ in walk_tb(error.__traceback__)]
    return str(names[-1]).partition(".")[0] if names else ""


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
        for name in replacing():
            if name in TRANSPORT_ONLY:
                error.add_note(advice_on(name))
        raise
