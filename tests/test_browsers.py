"""A web page cannot reach a server on this machine under a foreign name (DNS rebinding)."""

import json
import socket

import pytest
import raw_http
from raw_http import user

from mock_electron import Electron, MockElectron
from mock_electron.serve.browser import check_host

BODY = json.dumps({"model": "electron", "messages": user("Hi")}).encode()
ORIGIN = "Origin: https://evil.test"


def status(base_url: str, *lines: str, target: str = "") -> int:
    """Send a chat request with these header lines, and return the status."""
    address, _, path = base_url.removeprefix("http://").partition("/")
    host, _, port = address.rpartition(":")
    head = [
        f"POST {target}/{path}/chat/completions HTTP/1.1",
        "Authorization: Bearer sk_mock",
        "Content-Type: application/json",
        f"Content-Length: {len(BODY)}",
        "Connection: close",
        *lines,
    ]
    with socket.create_connection((host.strip("[]"), int(port))) as connection:
        connection.sendall("\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + BODY)
        return int(raw_http.receive_all(connection).split(b" ")[1])


FOREIGN = [
    "evil.test",
    "evil.test:8787",
    "EVIL.test.",
    "192.168.1.5",
    "0.0.0.0:8787",
    "8.8.8.8",
    "localhost.evil.test",
    "127.0.0.1.evil.test",
    "127.evil.test",
    "notlocalhost",
    "[2001:db8::1]:80",
    "[::ffff:10.0.0.1]",
    "[::2].evil.test:80",
    "",
    "évil",
    "localhost:80@evil.test",
    "me@localhost",
    "localhost:abc",
    "localhost:80:80",
    "[::1",
    "[::1]x",
    "[::1]:x",
    "evil.test/.localhost",
]
LOCAL = [
    "127.0.0.1",
    "127.0.0.1:8787",
    "127.1.2.3",
    "localhost",
    "LOCALHOST:1",
    "localhost.",
    "app.localhost:3000",
    "[::1]:8787",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]:80",
]


def test_a_browser_needs_a_name_of_this_machine(electron: Electron) -> None:
    """Any other host gets 403, whatever its form. Other clients may use any host."""
    url = electron.base_url
    wrong = [h for h in FOREIGN if status(url, f"Host: {h}", ORIGIN) != 403]
    wrong += [h for h in FOREIGN if h and status(url, f"Host: {h}") != 200]
    for line in (ORIGIN, "Origin: null", "origin:", "Sec-Fetch-Site: cross-site"):
        wrong += [h for h in LOCAL if status(url, f"Host: {h}", line) != 200]
    assert wrong == []


def test_every_host_of_a_request_counts(electron: Electron) -> None:
    """A second `Host` header (400) and a target in absolute form do not hide a foreign name."""
    url, here = electron.base_url, "Host: 127.0.0.1"
    assert status(url, here, "Host: evil.test", "Sec-Fetch-Site: same-origin") == 400
    assert status(url, here, ORIGIN, target="http://evil.test") == 403
    assert status(url, here, ORIGIN, target="http://me@evil.test:80") == 403
    assert status(url, here, ORIGIN, target="http://localhost:80") == 200
    assert status(url, here, target="http://evil.test") == 200


def test_the_refusal_gives_the_reason_and_the_option(electron: Electron) -> None:
    """The name is shown, escaped. The health check is refused as well."""
    headers = {"Origin": "https://evil.test", "Host": "evil\x85test"}
    refused = raw_http.send(f"{electron.base_url}/chat/completions", BODY, headers=headers)
    assert (refused.status, refused.error["type"]) == (403, "permission_error")
    assert refused.error["message"] == (
        "A web page must not use the host 'evil\\x85test' for a server on this machine. "
        "If the page is yours, allow its name with --allow-host or allow_hosts"
    )
    root = electron.base_url.removesuffix("/waves/v1")
    assert raw_http.send(f"{root}/healthz", method="GET", headers=headers).status != 200


def test_names_can_be_allowed() -> None:
    """By the setting `allow_hosts`, in any case and with any port."""
    with MockElectron(allow_hosts=("Mock.Test", "[2001:db8::1]")) as electron:
        url = electron.base_url
        hosts = ("mock.test", "MOCK.test.:80", "[2001:db8::1]:80", "a.mock.test", "test")
        statuses = [status(url, f"Host: {host}", ORIGIN) for host in hosts]
    assert statuses == [200, 200, 200, 403, 403]


@pytest.mark.parametrize("server", [("192.168.1.5", 80), ("2001:db8::1", 80), None])
def test_a_request_from_another_machine_may_use_any_name(server: tuple[str, int] | None) -> None:
    """The name leads to an address that other machines can reach, as the user asked for."""
    scope = {"headers": [(b"origin", b"x"), (b"host", b"mock.test")], "extensions": {}}
    check_host(scope | {"server": server}, ())
