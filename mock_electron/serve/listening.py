"""The sockets on which a server listens.

1. A name stands for all its addresses, and `localhost` for 127.0.0.1 and ::1. An address that the
   system does not have is skipped if another one of the same name can be used.
2. `::` means all addresses, those of IPv4 as well, unless another host is an IPv4 address.
3. All sockets have the same port. If it is to be a free one, the first socket selects it.
4. The file of a Unix socket that no server listens on any more is replaced.
"""

import errno
import os
import socket
import stat
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from typing import Final

from msgspec import Struct

from mock_electron.inputs.checks import must_be

BACKLOG: Final = 2048
ALL_ADDRESSES: Final = "::"
LOOPBACK: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (shown in URLs, not bound)
"""The loopback address for each address that means all interfaces."""
MOST_TRIES: Final = 20
"""How many free ports are tried until one is free at all addresses."""
NO_ADDRESS: Final = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT)
"""Errors for an address that the system does not have."""
CONNECT_TIMEOUT: Final = 1.0
"""Seconds until a Unix socket that does not answer counts as used."""

Address = tuple[socket.AddressFamily, str]

LOCALHOST: Final[Sequence[Address]] = (
    (socket.AF_INET, "127.0.0.1"),
    (socket.AF_INET6, "::1"),
)
"""The addresses of `localhost`. Some systems list only one of them."""


def listen(hosts: Sequence[str], port: int, path: str = "") -> tuple[socket.socket, ...]:
    """Return sockets that listen on all addresses of the hosts, and on a Unix socket.

    Args:
        hosts: Names or addresses.
        port: The port of all of them; 0 for a free one.
        path: The path of the Unix socket, or "".

    Raises:
        OSError: If one of them cannot be used. Its `filename` is the host or the path.
        ValueError: If a host is not a name or an address, the path cannot be used, or there is
            neither a host nor a path.
    """
    if not hosts and not path:
        raise ValueError("a server needs a host or the path of a Unix socket")
    seen: set[Address] = set()
    found: dict[str, list[Address]] = {}
    for host in dict.fromkeys(hosts):
        found[host] = [one for one in _addresses(host, port) if one not in seen]
        seen |= set(found[host])
    with ExitStack() as stack:
        listening = [stack.enter_context(one) for one in _internet(found, port)]
        if path:
            listening.append(stack.enter_context(_unix(path)))
        stack.pop_all()
        return tuple(listening)


class SocketFile(Struct, frozen=True):
    """The file of a Unix socket.

    Attributes:
        path: Its path.
        inode: What tells it from a later file of the same name.
    """

    path: str
    inode: int

    def remove(self) -> None:
        """Remove the file, unless it is another one now."""
        with suppress(OSError):
            if _inode(self.path) == self.inode:
                os.unlink(self.path)  # noqa: PTH108 (a path of the system)


def socket_file(listening: socket.socket) -> SocketFile | None:
    """Return the file of a Unix socket, or None for another one."""
    if not is_unix(listening):
        return None
    path = str(listening.getsockname())
    return SocketFile(path, _inode(path))


def _inode(path: str) -> int:
    return os.stat(path).st_ino  # noqa: PTH116 (a path of the system)


def is_unix(listening: socket.socket) -> bool:
    """Return whether this is a Unix socket."""
    return listening.family == getattr(socket, "AF_UNIX", None)


def url_of(listening: socket.socket) -> str:
    """Return the URL for the address of a socket, without a path."""
    if is_unix(listening):  # clients that connect to it may name any host
        return "http://localhost"
    host, port = listening.getsockname()[:2]
    host = LOOPBACK.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


# --- addresses


def _addresses(host: str, port: int) -> Sequence[Address]:
    """Return the addresses of a host, those of IPv4 first: clients prefer them in URLs."""
    if host.lower() == "localhost":
        return LOCALHOST
    try:
        if not host.isprintable() or not host.strip() or set(host) & set("/[]@"):
            raise UnicodeError
        # As bytes, it does not load the codec for names with other letters.
        name = host.encode() if host in dict(LOCALHOST).values() else host
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except UnicodeError:  # also raised for names that DNS does not allow
        what = "a host name or an address such as 127.0.0.1"
        raise ValueError(must_be("host", what, host)) from None
    except OSError as error:
        error.filename = host
        raise
    known = dict.fromkeys((family, str(address[0])) for family, *_, address in found)
    return sorted(known, key=lambda one: one[0] != socket.AF_INET)


def _internet(hosts: Mapping[str, Sequence[Address]], port: int) -> list[socket.socket]:
    """Return sockets that listen on the addresses of hosts, all with one port."""
    for left in reversed(range(1 if port else MOST_TRIES)):
        try:
            return _listening(hosts, port)
        except OSError as error:  # the free port of the first address is taken at another one
            if not left or error.errno != errno.EADDRINUSE:
                raise
    raise AssertionError("the last try returns or raises")


def _listening(hosts: Mapping[str, Sequence[Address]], port: int) -> list[socket.socket]:
    families = {family for addresses in hosts.values() for family, _ in addresses}
    is_dual = families == {socket.AF_INET6} and socket.has_dualstack_ipv6()
    with ExitStack() as stack:
        listening: list[socket.socket] = []
        for host, addresses in hosts.items():
            failures = []
            for family, address in addresses:
                try:
                    one = socket.create_server(
                        (address, port),
                        family=family,
                        backlog=BACKLOG,
                        dualstack_ipv6=is_dual and address == ALL_ADDRESSES,
                    )
                except OSError as error:
                    failures.append(_naming(error, host))
                    continue
                listening.append(stack.enter_context(one))
                port = one.getsockname()[1]
            _check(failures, len(addresses))
        stack.pop_all()
        return listening


def _naming(error: OSError, name: str) -> OSError:
    """Return an error that says which host or path it is about."""
    error.filename = name
    return error


def _check(failures: Sequence[OSError], tried: int) -> None:
    """Raise an error of the addresses of a host, unless the system only lacks some of them."""
    others = [error for error in failures if error.errno not in NO_ADDRESS]
    if others or (failures and len(failures) == tried):
        raise [*others, *failures][0]


# --- Unix sockets


def _unix(path: str) -> socket.socket:
    """Return a Unix socket that listens. Its file has the permissions that the umask leaves."""
    if not hasattr(socket, "AF_UNIX"):
        raise ValueError("this system has no Unix sockets; use a port")
    with suppress(FileNotFoundError):
        if _is_stale(path):
            os.unlink(path)  # noqa: PTH108 (a path of the system)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listening.bind(path)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        too_long = error.errno is None  # Python's own message, without a number
        raise ValueError(f"{path}: {error}") if too_long else _naming(error, path) from None
    return listening


def _is_stale(path: str) -> bool:
    """Return whether a file is a Unix socket without a server. Raise OSError for other files."""
    if not stat.S_ISSOCK(os.stat(path).st_mode):  # noqa: PTH116 (a path of the system)
        raise OSError(errno.EEXIST, "there is a file of this name, which is no socket", path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(CONNECT_TIMEOUT)
        try:
            client.connect(path)
        except ConnectionRefusedError:
            return True
        except OSError as error:
            raise _naming(error, path) from None
    raise OSError(errno.EADDRINUSE, "a server listens on it", path)
