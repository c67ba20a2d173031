"""Who may use the control API: hosts, origins, content types and the token."""

from collections.abc import Iterator

import pytest
import raw_http
from control_client import ControlClient

from mock_electron.control import open_control
from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.serve.server import Server

TOKEN = "a secret token"  # noqa: S105 (that of a test)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server with a control API that needs no token."""
    with Server(Lane(Settings(allow_hosts=("mock.test",))), control=open_control) as server:
        yield server


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    """A server whose control API needs a token, as on an address that is not loopback."""
    with Server(control=lambda server: open_control(server, TOKEN)) as server:
        yield server


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("localhost:80", 200),
        ("[::1]:1", 200),
        ("mock.test", 200),
        ("evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("", 403),
    ],
)
def test_the_host_must_be_this_machine(server: Server, host: str, status: int) -> None:
    """A page whose name resolves to 127.0.0.1 must not reach the API, not even to read."""
    answer = ControlClient(server.url).send("GET", "/lanes", Host=host)
    assert answer.status == status
    if status == 403:
        assert "must not be used under the host" in answer.json["error"]["message"]


@pytest.mark.parametrize("host", ["[", "[::1", "x]y", "[zz]", "a/lanes/b", "a b", "ä.test", "@"])
def test_a_malformed_host_is_refused_before_anything_happens(guarded: Server, host: str) -> None:
    """Answers have URLs with the host. No lane is opened for a client that gets none."""
    client = ControlClient(guarded.url, Authorization=f"Bearer {TOKEN}")
    answer = client.send("PUT", "/lanes/a", {}, Host=host)
    assert answer.status == 403
    assert client.send("GET", "/lanes/a").status == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_a_page_of_another_origin_changes_nothing(
    server: Server, headers: dict[str, str], method: str
) -> None:
    """A request of a foreign page is refused before it is read."""
    path = "/lanes/default/steps"
    answer = ControlClient(server.url).send(method, path, {"reply": "x"}, **headers)
    assert answer.status == 403
    assert "must not change anything" in answer.json["error"]["message"]
    assert ControlClient(server.url).get(path) == {"steps": []}


def test_the_page_itself_changes_what_it_likes(server: Server) -> None:
    """Requests of the same origin are welcome."""
    headers = {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}
    answer = ControlClient(server.url, **headers).send("POST", "/lanes", {})
    assert answer.status == 201


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_write_must_be_json(server: Server, media_type: str) -> None:
    """What a form of another page can send is refused."""
    client = ControlClient(server.url)
    answer = client.send("POST", "/lanes", {}, **{"Content-Type": media_type})
    assert answer.status == 415
    assert "Content-Type: application/json" in answer.json["error"]["message"]
    right = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert client.send("POST", "/lanes", {}, **right).status == 201


def test_no_answer_lets_other_pages_read(server: Server) -> None:
    """The control API has no CORS, whatever the lane has."""
    asked = {"Origin": "http://a.test", "Access-Control-Request-Method": "POST"}
    for method in ("GET", "OPTIONS"):
        answer = ControlClient(server.url).send(method, "/lanes", **asked)
        assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": f"Bearer {TOKEN}"}, 200),
        ({"Cookie": f'other=1; mock_electron_control_PORT="{TOKEN}"'}, 200),
        ({"Cookie": f'mock_electron_control_1="{TOKEN}"'}, 401),
        ({"Cookie": "mock_electron_control_PORT=wrong"}, 401),
        ({"Cookie": "\x80; mock_electron_control"}, 401),
    ],
)
def test_the_token_is_needed(guarded: Server, headers: dict[str, str], status: int) -> None:
    """A program sends the token as a key, and the page in a cookie."""
    port = guarded.url.rpartition(":")[2]
    sent = {name: value.replace("PORT", port) for name, value in headers.items()}
    answer = ControlClient(guarded.url).send("GET", "/lanes", **sent)
    assert answer.status == status
    if status == 401:
        assert ("wrong" in answer.json["error"]["message"]) is ("wrong" in str(headers))
        assert answer.headers["www-authenticate"] == "Bearer"
        assert TOKEN not in answer.body.decode()


def test_the_url_with_the_token_becomes_a_cookie(guarded: Server) -> None:
    """The page's URL is opened once; the token then is where no script and no other site sees it."""
    token = TOKEN.replace(" ", "%20")
    answer = ControlClient(guarded.url).send("GET", f"/?lane=a&token={token}")
    assert answer.status == 303
    assert answer.headers["location"] == "/_mock/?lane=a"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert "Path=/_mock" in cookie
    assert ControlClient(guarded.url).send("GET", "/?token=wrong").status == 401


def test_the_chat_endpoint_needs_no_token(guarded: Server) -> None:
    """The token is for the control API alone."""
    assert raw_http.send(f"{guarded.url}/healthz", method="GET").status == 200
