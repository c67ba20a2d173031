"""Which lane a request is for: the path, then the header, then the API key."""

import json
from collections.abc import Iterable
from typing import Any, Final

import pytest
import raw_http
from control_calls import call
from one_packet import exchange, packet
from rows import each_of

from mock_electron import Electron
from mock_electron.cli.verdicts import is_bad, lanes_of, verdict_lines
from mock_electron.control import open_control
from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.inputs.spelling import did_you_mean
from mock_electron.serve.lanes import MOST_NEAR
from mock_electron.serve.server import Server
from mock_electron.testing.strict import verdict_of

HI: Final[Any] = {"model": "electron", "messages": raw_http.user("Hi")}
CHAT: Final = "/waves/v1/chat/completions"
LANE: Final = "X-Mock-Electron-Lane"


def opened(server: Server, *names: str, keys: tuple[str, ...] = ()) -> dict[str, Electron]:
    """Open a lane for each name; each replies with its name. The keys are those of the last."""
    lanes = {}
    for name in names:
        lane = Lane()
        url = server.open_lane(lane, name, keys if name == names[-1] else ())
        lanes[name] = Electron(lane, url)
        lanes[name].when().reply(f"from {name}")
    return lanes


def ask(server: Server, path: str = CHAT, **headers: str) -> raw_http.Response:
    """Ask the server, and return the answer."""
    standard = {"Authorization": "Bearer sk_mock", "Content-Type": "application/json"}
    body = json.dumps(HI).encode()
    return raw_http.send(server.url + path, body, headers=standard | headers)


WAYS: Final[list[tuple[str, dict[str, str], str]]] = [
    ("the path", {}, "/lanes/a" + CHAT),
    ("the header", {LANE: "a"}, CHAT),
    ("the key of every lane", {"Authorization": "Bearer sk_lane_a"}, CHAT),
    ("a key of its own", {"Authorization": "Bearer sk_own"}, CHAT),
    ("the path before the header", {LANE: "b"}, "/lanes/a" + CHAT),
    ("the path before the key", {"Authorization": "Bearer sk_lane_b"}, "/lanes/a" + CHAT),
    ("the header before the key", {LANE: "a", "Authorization": "Bearer sk_lane_b"}, CHAT),
    ("a header in other letters", {LANE.lower(): " a "}, CHAT),
]


@each_of([way[1:] for way in WAYS])
def test_a_request_names_its_lane(headers: dict[str, str], path: str) -> None:
    """Gateways and clients with a fixed base URL can use a header or a key instead of the path."""
    with Server() as server:
        lanes = opened(server, "b", "a", keys=("sk_own",))
        assert "from a" in ask(server, path, **headers).body.decode()
        assert [len(one.exchanges) for one in lanes.values()] == [0, 1]


@pytest.mark.parametrize(
    "headers", [{}, {LANE: "default"}, {"Authorization": "Bearer sk_lane_default"}]
)
def test_the_default_lane_answers_other_requests(headers: dict[str, str]) -> None:
    """A request that names no lane is for the default lane, which has a name too."""
    with Server() as server:
        opened(server, "a")
        assert ask(server, **headers).status == 200
        assert len(server.app.lanes.default.peek()) == 1


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({LANE: "tset_1"}, "No open lane 'tset_1', which the header X-Mock-Electron-Lane names."),
        ({"Authorization": "Bearer sk_lane_tset_1"}, "No open lane 'tset_1', which the API key"),
    ],
)
def test_an_unknown_lane_is_not_the_default_lane(headers: dict[str, str], words: str) -> None:
    """A misspelled lane is an error that names the nearest one, not an answer of another lane."""
    with Server() as server:
        opened(server, "test_1")
        response = ask(server, **headers)
        assert response.status == 404
        assert response.error["message"].startswith(words)
        assert response.error["message"].endswith("Did you mean 'test_1'?")


@pytest.mark.parametrize("headers", [{LANE: "a"}, {"Authorization": "Bearer sk_lane_a"}])
def test_a_closed_lane_is_gone(headers: dict[str, str]) -> None:
    """However a request names a closed lane, it gets 410."""
    with Server() as server:
        lanes = opened(server, "a")
        server.close_lane(lanes["a"].url)
        response = ask(server, **headers)
        assert response.status == 410
        message = "The lane 'a' is closed; this request arrived too late"
        assert response.error["message"] == message
        opened(server, "a")
        assert ask(server, **headers).status == 200


def test_requests_for_lanes_that_are_not_open_are_no_requests_of_the_default_lane() -> None:
    """Its journal has them with the lane in their path, so that no two lanes are mixed up.

    A request for the default lane gets the same bytes as without them.
    """
    with Server(Lane(Settings(strict=True))) as server:
        lanes = opened(server, "gone")
        server.close_lane(lanes["gone"].url)
        named: tuple[dict[str, str], ...] = (
            {LANE: "a"},
            {LANE: "b"},
            {"Authorization": "Bearer sk_lane_c"},
            {LANE: "gone"},
        )
        for headers in named:
            ask(server, **headers)
        ask(server, f"/lanes/d{CHAT}")
        alone = Lane(Settings(strict=True))
        with Server(alone) as other:
            assert ask(server).headers == ask(other).headers
        default = server.app.lanes.default
        *missing, own = default.peek()
        assert [one.path for one in missing] == [
            f"/lanes/{n}{CHAT}" for n in "a b c gone d".split()
        ]
        assert [(one.attempt, one.occurrence, one.is_chat) for one in missing] == [
            (1, 0, False)
        ] * 5
        assert (own.attempt, own.occurrence, own.is_chat) == (1, 0, True)
        verdict = verdict_of(default)
        assert (verdict.exchanges, len(verdict.not_scripted)) == (1, 1)


def test_a_second_request_for_a_lane_that_is_not_open_is_a_retry() -> None:
    """A client that repeats its request retries it, whoever refuses it."""
    with Server() as server:
        for _ in range(2):
            ask(server, f"/lanes/a{CHAT}")
        assert [one.attempt for one in server.app.lanes.default.peek()] == [1, 2]


def test_a_key_follows_its_lane_on_an_open_connection() -> None:
    """A head that was answered at once before does not keep its lane when a key changes hands."""
    with Server() as server:
        default = Electron(server.app.lanes.default, server.url)
        asked = [packet(default, HI, "Authorization: Bearer sk_own")] * 2
        assert [b"200 OK" in one for one in exchange(default, asked)] == [True, True]
        lanes = opened(server, "a", keys=("sk_own",))
        assert [b"from a" in one for one in exchange(default, asked)] == [True, True]
        server.close_lane(lanes["a"].url)
        assert [b"from a" in one for one in exchange(default, asked)] == [False, False]


def test_a_key_that_a_lane_loses_names_it_no_more() -> None:
    """Whether the head of the request was seen before decides nothing.

    A lane loses its keys if it is opened again without them, or if it was closed so long ago that
    it is forgotten.
    """
    with Server() as server, pytest.MonkeyPatch.context() as patched:
        default = Electron(server.app.lanes.default, server.url)
        asked = [packet(default, HI, "Authorization: Bearer sk_own")]

        def received(*keys: str) -> tuple[int, int]:
            """Open the lane `a` anew. Return how many requests it and the default lane got."""
            lane, before = Lane(), len(default.exchanges)
            url = server.open_lane(lane, "a", keys)
            assert b"200 OK" in exchange(default, asked)[0]
            server.close_lane(url)
            return len(lane.peek()), len(default.exchanges) - before

        assert received("sk_own") == (1, 0)
        assert received() == (0, 1)
        assert received("sk_own") == (1, 0)
        assert received("sk_other") == (0, 1)
        assert received("sk_own") == (1, 0)
        patched.setattr("mock_electron.serve.lanes.MAX_CLOSED_LANES", 1)
        server.close_lane(opened(server, "b")["b"].url)
        assert received() == (0, 1)
        assert not server.app.lanes.names_by_key


def test_a_number_is_never_given_twice() -> None:
    """A lane without a name gets a number that no lane had, so that late requests stay late."""
    with Server() as server:
        opened(server, "2")
        names = [server.open_lane(Lane()).rpartition("/")[2] for _ in range(3)]
        assert names == ["1", "3", "4"]


def test_the_default_lane_has_a_path_too() -> None:
    """Whatever takes the name of a lane takes `default`."""
    with Server() as server:
        assert ask(server, "/lanes/default" + CHAT).status == 200
        assert len(server.app.lanes.default.peek()) == 1


def test_closed_lanes_are_kept_for_the_end() -> None:
    """The verdict and the journal of a command include lanes that were closed, within bounds."""
    with Server() as server:
        server.app.lanes.keeps_closed = True
        for _ in range(2):
            lanes = opened(server, "a")
            ask(server, "/lanes/a" + CHAT)
            server.close_lane(lanes["a"].url)
        assert [(name, len(lane.peek())) for name, lane in server.app.lanes.kept] == [("a", 1)] * 2


def test_a_verdict_on_a_closed_lane_survives_its_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the bound of memory, journals of closed lanes are emptied, and their refusals counted.

    Above the bound of their number, the verdict says how many lanes it is not about.
    """
    monkeypatch.setattr("mock_electron.serve.lanes.MAX_KEPT_BYTES", 1)
    monkeypatch.setattr("mock_electron.serve.lanes.MAX_KEPT_LANES", 2)
    with Server() as server:
        server.app.lanes.keeps_closed = True
        for name in "abc":
            url = server.open_lane(Lane(Settings(strict=True)), name)
            assert ask(server, f"/lanes/{name}{CHAT}").status == 404
            server.close_lane(url)
        kept = server.app.lanes.kept
        assert [(name, len(lane.peek())) for name, lane in kept] == [("b", 0), ("c", 0)]
        assert [verdict_of(lane).dropped_refusals for _, lane in kept] == [1, 1]
        assert is_bad(lanes_of(server))
        *_, last = verdict_lines(lanes_of(server), unjudged=server.app.lanes.dropped)
        assert last == "mock-electron: 1 older lane not judged: too many were closed"


def test_a_misspelled_path_names_the_nearest_lane() -> None:
    """As the header and the key do."""
    with Server() as server:
        opened(server, "demo")
        message = ask(server, "/lanes/dem" + CHAT).error["message"]
        assert "Did you mean 'demo'? Check the base URL" in message


def test_an_unknown_lane_is_compared_with_few_of_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any client can ask for a lane that does not exist, and the event loop waits meanwhile."""
    compared: list[int] = []

    def counted(given: object, names: Iterable[object]) -> str:
        listed = list(names)
        compared.append(len(listed))
        return did_you_mean(given, listed)

    monkeypatch.setattr("mock_electron.serve.lanes.did_you_mean", counted)
    with Server(control=open_control) as server:
        for number in range(1_000):
            server.open_lane(Lane(), f"test-{number:03}")
        server.close_lane("/test-500")
        message = ask(server, "/lanes/test_501" + CHAT).error["message"]
        assert "Did you mean 'test-501'?" in message
        answer = call(server.url, "GET", "/lanes/test-501x/steps")
        assert answer.json["error"]["message"] == "no lane 'test-501x'. Did you mean 'test-501'?"
    assert max(compared) <= MOST_NEAR + 1
