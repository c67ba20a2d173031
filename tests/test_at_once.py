"""Requests that are answered at once get the same bytes as from the ASGI application."""

import json
from collections.abc import Callable
from typing import Any, Final

import golden
import pytest
from one_packet import answer_on, both_ways, exchange, packet, paths_of_the_application
from raw_http import connect, user

from mock_electron import Electron, Settings, fail
from mock_electron.engine.lane import Lane
from mock_electron.serve.at_once import LONGEST_KEPT, Head, may_be_sent_at_once
from mock_electron.serve.server import Server

OpenLane = Callable[..., Electron]
HI: Final = {"model": "electron", "messages": user("Hi")}
TOOL: Final = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}
BODIES: dict[str, Any] = {
    "a reply": HI,
    "a stream": HI | {"stream": True},
    "a stream with usage": HI | {"stream": True, "stream_options": {"include_usage": True}},
    "usage in each chunk": HI
    | {
        "stream": True,
        "stream_options": {"include_usage": True, "continuous_usage_stats": True},
    },
    "percent signs": HI | {"messages": user("Say 100 % %b %d and nothing else.")},
    "log-probabilities": HI | {"logprobs": True, "top_logprobs": 2, "stream": True},
    "a call": HI | {"messages": user("What is the weather in Paris?"), "tools": [TOOL]},
    "a call in a stream": HI
    | {"messages": user("What is the weather in Paris?"), "tools": [TOOL], "stream": True},
    "JSON": HI | {"response_format": {"type": "json_object"}},
    "one token": HI | {"max_tokens": 1},
    "another seed": HI | {"seed": 7},
    "issues": HI | {"temperature": "hot", "model": "gpt"},
    "an objection": HI | {"tools": []},
    "too long": HI | {"max_tokens": 40_000},
    "malformed": b'{"model":',
    "no text": b"",
    "another script": HI | {"messages": user("你好，世界 \U0001f600")},
}
BODIES |= {path.stem: golden.arrival(golden.read(path)).body for path in golden.EXCHANGES}
HEADS: Final[dict[str, tuple[str, ...]]] = {
    "usual": (),
    "keep-alive": ("Connection: keep-alive",),
    "a key that is refused": ("Authorization: Bearer sk_mock_revoked",),
    "no JSON": ("Content-Type: text/plain",),
    "a fault": ("X-Mock-Electron: fail=503",),
    "a fault in the reply": ("X-Mock-Electron: content-filter",),
    "a fault in the stream": ("X-Mock-Electron: crlf",),
    "a browser": ("Origin: http://localhost",),
    "an upgrade": ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: x"),
    "expectation": ("Expect: 100-continue",),
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the requests that reach the ASGI application."""
    return paths_of_the_application(monkeypatch)


EXPECTED: Final = {
    "a fault": b"HTTP/1.1 503",
    "a fault in the reply": b'"finish_reason":"content_filter"',
    "a fault in the stream": b"data: [DONE]\r\n\r\n",
    "a key that is refused": b"HTTP/1.1 401",
    "no JSON": b"HTTP/1.1 400",
    "a browser": b"HTTP/1.1 403",
}
"""What an answer to a valid request with such a head contains."""


@pytest.mark.parametrize("head", HEADS)
def test_answers_at_once_have_the_same_bytes(
    electron_lane: OpenLane, monkeypatch: pytest.MonkeyPatch, head: str
) -> None:
    """Three equal requests of each kind, with and without a head that is known."""

    def run() -> list[list[bytes]]:
        electron = electron_lane(seed=3)
        packets = [packet(electron, body, *HEADS[head]) for body in BODIES.values()]
        return [exchange(electron, [one] * 3) for one in packets]

    reply, stream, *_ = both_ways(monkeypatch, run)
    assert EXPECTED.get(head, b"HTTP/1.1 200") in reply[-1] + stream[-1]


def test_a_known_head_needs_no_application(electron: Electron, asked: list[str]) -> None:
    """Only the first request with a head reaches the ASGI application, whatever its body is."""
    for body in (HI, HI | {"stream": True}, HI | {"temperature": "hot"}):
        assert len(set(exchange(electron, [packet(electron, body)] * 3))) >= 2  # ids differ
    lengths = {
        len(json.dumps(body)) for body in (HI, HI | {"stream": True}, HI | {"temperature": 1})
    }
    assert len(asked) <= len(lengths) + 1
    assert len(electron.exchanges) == 9


@pytest.mark.parametrize("head", ["a fault", "a browser", "an upgrade", "expectation"])
def test_other_heads_are_for_the_application(
    electron: Electron, asked: list[str], head: str
) -> None:
    """A request that asks for more than an answer is never answered at once."""
    exchange(electron, [packet(electron, HI, *HEADS[head])] * 3)
    assert len(asked) == 3


SETUPS: Final[dict[str, Callable[[Electron], object]]] = {
    "a script": lambda electron: electron.reply("scripted", times=None),
    "a function": lambda electron: electron.respond_with(lambda request: "from a function"),
    "a fault": lambda electron: electron.inject(fail(503)),
    "a pace": lambda electron: electron.pace(first=0.001),
    "drift": lambda electron: electron.drift(0.5),
    "a plan": lambda electron: electron.plan(requests_per_minute=4),
}


AFTER: Final[dict[str, bytes]] = {
    "a script": b"scripted",
    "a function": b"from a function",
    "a fault": b"HTTP/1.1 503",
    "a plan": b"HTTP/1.1 429",
}
"""What an answer after such a change contains, and none before it."""


@pytest.mark.parametrize("setup", SETUPS)
def test_a_change_of_the_lane_counts_from_the_next_request(
    electron_lane: OpenLane, monkeypatch: pytest.MonkeyPatch, setup: str
) -> None:
    """What a test sets up between two requests applies although the head is known."""

    def run() -> list[list[bytes]]:
        electron = electron_lane(seed=3)
        one = packet(electron, HI | {"seed": 1})
        before = exchange(electron, [one] * 3)
        SETUPS[setup](electron)
        return [before, exchange(electron, [one] * 3)]

    before, after = both_ways(monkeypatch, run)
    if setup in AFTER:
        assert any(AFTER[setup] in one for one in after)
        assert not any(AFTER[setup] in one for one in before)


def test_a_packet_may_have_more_or_less_than_one_request(electron: Electron) -> None:
    """Two requests in a packet, a request in two packets, and blank lines before one."""
    one = packet(electron, HI)
    exchange(electron, [one])  # the head is known
    with connect(electron) as connection:
        for parts in ([one + one], [one[:40], one[40:]], [one[:-5], one[-5:]], [b"\r\n" + one]):
            count = b"".join(parts).count(b"POST ")
            received = b""
            for part in parts:
                connection.sendall(part)
            while received.count(b"chatcmpl-") < count:
                received += connection.recv(65536)
    assert len(electron.exchanges) == 6
    assert {exchange.status for exchange in electron.exchanges} == {200}


def test_a_closed_lane_is_not_answered_at_once() -> None:
    """A head that names a lane is looked up for each request."""
    lane = Lane(Settings())
    with Server() as server:
        url = server.open_lane(lane)
        electron = Electron(lane, url)
        one = packet(electron, HI)
        with connect(electron) as connection:
            for status in (b"200", b"200", b"410"):
                if status == b"410":
                    server.close_lane(url)
                connection.sendall(one)
                assert answer_on(connection)[9:12] == status


def test_headers_that_need_the_application() -> None:
    """Anything that changes how the body or the connection is handled needs the application."""
    usual = [(b"host", b"x"), (b"content-length", b"2"), (b"authorization", b"Bearer sk")]
    assert may_be_sent_at_once([*usual, (b"connection", b"Keep-Alive")])
    for other in ((b"connection", b"close"), (b"transfer-encoding", b"chunked"), (b"origin", b"x")):
        assert not may_be_sent_at_once([*usual, other])


def test_a_head_keeps_a_short_body_only() -> None:
    """The memory of the remembered heads does not depend on the bodies that follow them."""
    arrival = golden.arrival(golden.read(golden.EXCHANGES[0])).with_body(b"")
    head = Head(None, 0, arrival, 500)
    short, long = b"{}", b"x" * (LONGEST_KEPT + 1)
    assert head.arrival(short) is head.arrival(short)
    assert head.arrival(long).body == long
    assert head.latest.body == short
    assert head.size == 500 + LONGEST_KEPT
