"""Protection against DNS rebinding: a web page must not reach the server by a foreign name.

The owner of a web page can let its host name resolve to 127.0.0.1. A browser that shows the page
then sends requests to this machine under that name. So a request is refused if all of this is true:

1. A browser sent it: it has the header `Origin` or `Sec-Fetch-Site`.
2. It arrived at a loopback address.
3. It names a host, in a `Host` header or in its target, that is neither a loopback address nor
   `localhost`, nor allowed by the setting `allow_hosts`.
"""

import ipaddress
from collections.abc import Collection, Iterator
from typing import Final

from starlette.types import Scope

from mock_electron._regex import regex
from mock_electron.serve.connection import TARGET
from mock_electron.wire import errors
from mock_electron.wire.errors import Refusal

BROWSER_HEADERS: Final = (b"origin", b"sec-fetch-site")

HOST: Final = regex(
    r"(?:\[(?P<bracketed>[0-9a-f:.]+)\]|(?P<name>[^\s:@/\[\]]+))(?::[0-9]{0,5})?"
    r"|(?P<address>[0-9a-f]*:[0-9a-f.]*:[0-9a-f:.]*)"
)
"""A name or an address, with or without a port."""


def check_host(scope: Scope, allowed: Collection[str]) -> None:
    """Raise Refusal if a browser sent this request to a loopback address under a foreign name.

    Args:
        scope: The ASGI scope of the request.
        allowed: Names that are accepted in addition to those of a loopback address.
    """
    headers = scope["headers"]
    if not any(name in BROWSER_HEADERS for name, _ in headers) or not _is_local(scope):
        return
    names = {host_name(name) for name in allowed} - {""}
    for host in _hosts(scope):
        name = host_name(host)
        if not is_loopback(name) and name not in names:
            message = (
                f"A web page must not use the host {host!r} for a server on this machine. "
                "If the page is yours, allow its name with --allow-host or allow_hosts"
            )
            raise Refusal(errors.PERMISSION.saying(message))


def host_name(host: str) -> str:
    """Return the name in a `Host` header: lowercase, without a port and without a final dot.

    The name is "" if the header is malformed, because "" is never a name of this machine.
    """
    found = HOST.fullmatch(host.strip().lower())
    return found[found.lastgroup or 0].removesuffix(".") if found else ""


def is_loopback(name: str) -> bool:
    """Return whether a name or an address always means this machine."""
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _is_local(scope: Scope) -> bool:
    """Return whether the request arrived at a loopback address."""
    server = scope.get("server")
    return server is not None and is_loopback(str(server[0]))


def _hosts(scope: Scope) -> Iterator[str]:
    """Yield each host that the request names."""
    for name, value in scope["headers"]:
        if name == b"host":
            yield value.decode("latin-1")
    target: bytes = scope["extensions"].get(TARGET, {}).get("url", b"")
    if b"://" in target.partition(b"?")[0]:  # a target in absolute form
        authority = target.partition(b"://")[2].partition(b"/")[0].partition(b"?")[0]
        yield authority.rpartition(b"@")[2].decode("latin-1")
