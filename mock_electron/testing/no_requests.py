"""Hints for a failed test: possible reasons why no request arrived, and advice about proxies."""

import ipaddress
import socket
import warnings
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.refused_by import NO_LIST_OF_MODELS
from mock_electron.testing.interceptors import TRANSPORT_ONLY, advice_on, replacing
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
    intercepted = (advice_on(one, name) for one in replacing() if one not in TRANSPORT_ONLY)
    return [*found, *_blocked(url), *intercepted]


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
    rules = {one.error.decided_by for one in others if one.error}
    if NO_LIST_OF_MODELS in rules:
        yield "with list_models=True or --electron-list-models, the list of models is served"


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
        yield from (advice_on(name) for name in replacing() if name in TRANSPORT_ONLY)


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
