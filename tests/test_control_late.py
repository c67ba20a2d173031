"""Requests to the control API whose lane is closed or replaced before their body has arrived."""

import asyncio
import json
import socket
from typing import Any, Final
from urllib.parse import urlsplit

import lanes
import pytest
import raw_http
from control_client import ControlClient, ask, controlled

from mock_electron.control import steps as steps_module
from mock_electron.control.tallies import Tallies
from mock_electron.engine.lane import Lane
from mock_electron.serve.lanes import Lanes

CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
WRITES: Final[list[tuple[str, str, Any]]] = [
    ("POST", "steps", {"reply": "x"}),
    ("PUT", "steps", [{"reply": "x"}]),
    ("POST", "faults", {"fault": "reset"}),
    ("PATCH", "settings", {"drift": 0.5}),
    ("POST", "reset", {}),
    ("POST", "clock/advance", {"seconds": 5}),
    ("POST", "barge-in", {}),
    ("POST", "verify", {"called": {"times": 0}}),
    ("POST", "verify", {"strict": True}),
]


class LateBody:
    """A request whose body is sent after the server has begun to read it.

    Args:
        url: The URL of the server.
        method: HTTP method.
        path: The path below `/_mock`.
        document: The body as a JSON value.
    """

    def __init__(self, url: str, method: str, path: str, document: Any) -> None:
        parts = urlsplit(url)
        self._body = json.dumps(document).encode()
        self._connection = socket.create_connection(
            (str(parts.hostname), parts.port or 80), timeout=raw_http.TIMEOUT
        )
        lines = [
            f"{method} /_mock/{path} HTTP/1.1",
            f"Host: {parts.netloc}",
            "Content-Type: application/json",
            f"Content-Length: {len(self._body)}",
            "Expect: 100-continue",
            "Connection: close",
        ]
        self._connection.sendall("\r\n".join([*lines, "", ""]).encode())
        begun = self._connection.recv(len(CONTINUE), socket.MSG_WAITALL)
        assert begun == CONTINUE  # the lane is known, and the body is awaited

    def finish(self) -> tuple[int, Any]:
        """Send the body. Return the status and the document of the answer."""
        with self._connection:
            self._connection.sendall(self._body)
            head, _, body = raw_http.receive_all(self._connection).partition(b"\r\n\r\n")
        return int(head.split()[1]), json.loads(body)


def lane_at(control: ControlClient, name: str) -> Any:
    """Return where a lane is, after it was opened anew."""
    return control.put(f"/lanes/{name}", {"settings": {"clock": "frozen"}})


@pytest.mark.parametrize(
    ("method", "message"), [("DELETE", "the lane 'a' is closed"), ("PUT", "the lane was replaced")]
)
def test_a_lane_that_is_gone_before_the_body_is_not_changed(method: str, message: str) -> None:
    """The request gets 410, and does nothing: what it says is about a lane that no longer is."""
    with controlled() as (server, control):
        for verb, path, document in WRITES:
            lane_at(control, "a")
            gone = server.app.lanes.named("a")
            late = LateBody(control.url, verb, f"lanes/a/{path}", document)
            assert control.send(method, "/lanes/a", {} if method == "PUT" else None).status == 200
            status, answer = late.finish()
            assert (path, status, answer["error"]["message"]) == (path, 410, message)
            assert isinstance(gone, Lane)
            assert (gone.script(), gone.injected(), gone.barge_ins) == ((), (), ())
            assert (gone.settings.drift, gone.clock.now()) == (0.0, 1740000000.0)


def test_a_lane_that_is_gone_before_its_steps_are_checked_gets_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A large body is checked in a thread, and the lane may be closed meanwhile."""
    with controlled() as (server, control):
        read_steps = steps_module.read_steps

        def closed_meanwhile(document: Any, lane: Lane | None = None) -> Any:
            found = read_steps(document, lane)
            control.delete("/lanes/a")
            return found

        monkeypatch.setattr(steps_module, "read_steps", closed_meanwhile)
        for method in ("POST", "PUT"):
            lane_at(control, "a")
            gone = server.app.lanes.named("a")
            assert control.send(method, "/lanes/a/steps", [{"reply": "x"}]).status == 410
            assert gone is not None
            assert gone.script() == ()


@pytest.mark.parametrize("path", ["verdict", "audit", "verify"])
def test_a_lane_that_is_replaced_during_a_wait_is_not_judged(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is that of another lane now, about which the verdict would say nothing."""
    with controlled() as (server, control):

        async def replaced_meanwhile(_request: object, _lane: Lane, _seconds: float) -> bool:
            server.close_lane("/lanes/a")
            server.open_lane(Lane(), "a")
            return True

        monkeypatch.setattr("mock_electron.control.waiting.settled", replaced_meanwhile)
        monkeypatch.setattr("mock_electron.control.lane_routes.settled", replaced_meanwhile)
        monkeypatch.setattr("mock_electron.control.audit.settled", replaced_meanwhile)
        server.open_lane(Lane(), "a")
        body = {"called": {"times": 0}} if path == "verify" else None
        answer = control.send("POST" if body else "GET", f"/lanes/a/{path}", body)
        assert (answer.status, answer.json["error"]["message"]) == (410, "the lane was replaced")


@pytest.mark.parametrize("method", ["DELETE", "PUT"])
def test_a_reset_that_comes_too_late_counts_nothing_twice(method: str) -> None:
    """The exchanges of a closed lane are counted when it is closed, and not once more."""
    with controlled() as (_, control):
        lane = lane_at(control, "a")
        for _ in range(3):
            ask(lane)
        late = LateBody(control.url, "POST", "lanes/a/reset", {"only": ["exchanges"]})
        assert control.send(method, "/lanes/a", {} if method == "PUT" else None).status == 200
        assert late.finish()[0] == 410
        counts = control.send("GET", "/metrics").body.decode()
    assert counts.count("mock_electron_requests_total{") == 1
    assert (
        'mock_electron_requests_total{answered_by="pocket model",status="200",step=""} 3.0'
        in counts
    )


def test_a_lane_is_counted_once_when_it_is_closed_and_then_reset() -> None:
    """Whoever still holds a closed lane may reset it."""

    async def count() -> int:
        lane = Lane()
        tallies = Tallies(Lanes(Lane()))
        lanes.ask(lane)
        tallies.keep_closed(lane)
        tallies.keep(lane)
        tallies.keep_closed(lane)
        tallies.count()
        return tallies.requests.total()

    assert asyncio.run(count()) == 1
