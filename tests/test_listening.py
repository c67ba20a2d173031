"""Where a server listens: several hosts, names with several addresses, and Unix sockets."""

import errno
import os
import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from raw_http import request_bytes, user

from mock_electron import Electron
from mock_electron.engine.lane import Lane
from mock_electron.engine.pace import Pace
from mock_electron.engine.settings import Settings
from mock_electron.serve import listening
from mock_electron.serve.listening import listen
from mock_electron.serve.server import Server

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
REQUEST = request_bytes(Electron(Lane(), "http://x"), {"messages": user("Hi")})
IPV6 = pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="the system has no IPv6")
UNIX = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="the system has no Unix sockets")


@pytest.fixture
def path() -> Iterator[str]:
    """The path of a socket. The folder of a test can be too long for it."""
    with TemporaryDirectory() as folder:
        yield str(Path(folder, "s"))


def names(*hosts: str, port: int = 0) -> list[tuple[str, int]]:
    """Listen on hosts. Return the address and the port of each socket."""
    sockets = listen(hosts, port)
    found = [one.getsockname()[:2] for one in sockets]
    for one in sockets:
        one.close()
    return found


def is_healthy(address: str | tuple[str, int]) -> bool:
    """Whether a server answers at an address, or at a Unix socket."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    family = socket.AF_INET6 if address[0] == "::1" else family
    with socket.socket(family) as client:
        client.connect(address)
        client.sendall(HEALTH)
        return client.recv(100).startswith(b"HTTP/1.1 200 OK")


# --- hosts


def test_a_server_without_an_address_is_refused() -> None:
    """It needs a host or the path of a Unix socket."""
    with pytest.raises(ValueError, match="needs a host or the path of a Unix socket"):
        Server(host=[])


@IPV6
def test_localhost_is_both_addresses() -> None:
    """Both have one port. The URL has the address of IPv4, which every client can use."""
    with Server(host="localhost") as server:
        port = int(server.url.rpartition(":")[2])
        assert server.url == f"http://127.0.0.1:{port}"
        assert is_healthy(("127.0.0.1", port))
        assert is_healthy(("::1", port))
        assert server.is_local


@IPV6
def test_all_addresses_of_ipv6_include_those_of_ipv4() -> None:
    """Other machines can then reach the server."""
    with Server(host="::") as server:
        port = int(server.url.rpartition(":")[2])
        assert is_healthy(("127.0.0.1", port))
        assert is_healthy(("::1", port))
        assert not server.is_local


@IPV6
def test_several_hosts_share_a_port() -> None:
    """`::` leaves the addresses of IPv4 to the other hosts. No address is listened on twice."""
    for hosts in (("::", "0.0.0.0"), ("127.0.0.1", "::1")):  # noqa: S104 (only here)
        found = names(*hosts)
        assert [address for address, _ in found] == list(hosts)
        assert len({port for _, port in found}) == 1
    assert len(names("localhost", "127.0.0.1", "::1")) == 2


def test_one_host_that_others_can_reach_is_not_local() -> None:
    """The warning at the start depends on it."""
    for hosts, is_local in ((("127.0.0.1", "127.0.0.2"), True), (("0.0.0.0",), False)):  # noqa: S104 (only here)
        server = Server(host=hosts)
        assert server.is_local is is_local
        server.stop()


def test_an_address_that_the_system_lacks_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name needs one address. If it has none, the error names the host."""
    monkeypatch.setattr(listening, "LOCALHOST", [(socket.AF_INET, "192.0.2.1"), (socket.AF_INET, "127.0.0.1")])  # fmt: skip
    assert [address for address, _ in names("localhost")] == ["127.0.0.1"]
    monkeypatch.setattr(listening, "LOCALHOST", [(socket.AF_INET, "192.0.2.1")])
    with pytest.raises(OSError, match="assign") as refused:
        listen(("127.0.0.1", "localhost"), 0)
    assert (refused.value.errno, refused.value.filename) == (errno.EADDRNOTAVAIL, "localhost")


def test_a_free_port_is_free_at_all_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the first free port is taken elsewhere, another one is tried."""
    tried: list[int] = []
    create = socket.create_server

    def create_server(address: tuple[str, int], **options: object) -> socket.socket:
        if address[0] == "127.0.0.2":
            tried.append(address[1])
            if len(tried) < 3:
                raise OSError(errno.EADDRINUSE, "taken")
        return create(address, **options)  # type: ignore[arg-type]  # those of the caller

    monkeypatch.setattr(socket, "create_server", create_server)
    found = names("127.0.0.1", "127.0.0.2")
    assert {port for _, port in found} == {tried[-1]}
    assert len(tried) == 3
    tried.clear()
    with pytest.raises(OSError, match="taken"):
        names("127.0.0.1", "127.0.0.2", port=found[0][1])


# --- Unix sockets


@UNIX
@pytest.mark.parametrize("loop", ["uvloop if installed", "asyncio"])
def test_a_unix_socket_serves_everything(
    loop: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its file has the permissions of the umask, and is removed at the end."""
    if loop == "asyncio":
        monkeypatch.setitem(sys.modules, "uvloop", None)
    before = os.umask(0o077)
    try:
        server = Server(host=(), path=path)
    finally:
        os.umask(before)
    with server:
        assert stat.S_IMODE(Path(path).stat().st_mode) == 0o700
        assert (server.url, server.path, server.is_local) == ("http://localhost", path, True)
        assert is_healthy(path)
        with closing(socket.socket(socket.AF_UNIX)) as client:
            client.connect(path)
            client.sendall(REQUEST * 2)
            answer = b""
            while answer.count(b"HTTP/1.1 200 OK") < 2:
                answer += client.recv(65536)
    assert not Path(path).exists()
    assert len(server.app.lanes.default.exchanges()) == 2


@UNIX
def test_a_client_that_closes_its_sending_side_gets_its_answer(path: str) -> None:
    """One that closes the whole connection gets none, and the exchange says so."""
    lane = Lane(Settings(clock="real", pace=Pace(first=0.3, each=0, overhead=0.3)))
    with Server(lane, (), path=path), socket.socket(socket.AF_UNIX) as half:
        half.connect(path)
        half.sendall(REQUEST)
        half.shutdown(socket.SHUT_WR)
        whole = socket.socket(socket.AF_UNIX)
        whole.connect(path)
        whole.sendall(REQUEST)
        whole.close()
        assert half.recv(65536).startswith(b"HTTP/1.1 200 OK")
        outcomes = sorted(exchange.outcome for exchange in lane.exchanges())
    assert outcomes == ["client left", "complete"]


@UNIX
def test_a_socket_and_a_port(path: str) -> None:
    """One server can have both. The URL is that of the port."""
    with Server(path=path) as server:
        assert is_healthy(path)
        assert is_healthy(("127.0.0.1", int(server.url.rpartition(":")[2])))


@UNIX
def test_the_file_of_a_server_that_was_killed_is_replaced(path: str) -> None:
    """A file on which a server listens is not, nor is a file that is no socket."""
    with closing(socket.socket(socket.AF_UNIX)) as killed:
        killed.bind(path)
    with Server(host=(), path=path):
        assert is_healthy(path)
        with pytest.raises(OSError, match="a server listens on it") as refused:
            Server(host=(), path=path)
        assert refused.value.filename == path
        assert is_healthy(path)
    Path(path).write_text("x")
    with pytest.raises(OSError, match="which is no socket"):
        Server(host=(), path=path)
    assert Path(path).read_text() == "x"


@UNIX
def test_the_file_of_another_server_is_not_removed(path: str) -> None:
    """It may have replaced that of this server, which had been removed."""
    first = Server(host=(), path=path)
    Path(path).unlink()
    Path(path).write_text("another")
    first.stop()
    assert Path(path).exists()


@UNIX
def test_a_path_that_cannot_be_used(path: str) -> None:
    """The error names it, and no socket stays open."""
    with pytest.raises(ValueError, match="path too long"):
        listen((), 0, f"{path}{'x' * 200}")
    with pytest.raises(FileNotFoundError) as refused:
        listen(("127.0.0.1",), 0, f"{path}/none/s")
    assert refused.value.filename == f"{path}/none/s"
