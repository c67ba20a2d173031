"""Traffic for tests of the what-if: requests of several clients, as a lane receives them."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st
from lanes import CHAT

from mock_electron import Pace, Plan, faults
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.clock import FROZEN_AT
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.lane import Lane
from mock_electron.engine.ready import AnyAnswer
from mock_electron.engine.settings import Settings
from mock_electron.strategies import chat_requests, invalid_chat_requests
from mock_electron.traffic.exchanges import Exchanges, exchanges_of
from mock_electron.wire.headers import Headers

KEYS = ("sk_a", "sk_b", "sk_mock_standard", "sk_mock_revoked")


class Sent(NamedTuple):
    """A request of a client.

    Attributes:
        body: The body.
        key: The API key.
        pause: Seconds since the request before it.
        held: How many requests come before its reply has been read.
        read: The fraction of the reply after which the client leaves; 1 if it stays.
        header: The fault header.
    """

    body: Any
    key: str = KEYS[0]
    pause: float = 0.0
    held: int = 0
    read: float = 1.0
    header: str = ""

    def frames_read(self, answer: AnyAnswer) -> int:
        """Return how many frames of an answer the client reads."""
        return int(self.read * len(answer.chunks))


PLANS = st.sampled_from(("unlimited", "standard", Plan(3, 1), Plan(None, 2), Plan(2, None)))
PACES = st.sampled_from(("instant", "electron", "p95", Pace(first=2.0, each=0.5, jitter=1.0)))
WORLDS = st.builds(
    Settings,
    plan=PLANS,
    pace=PACES,
    chunk_tokens=st.integers(1, 3),
    prefix_cache_idle=st.sampled_from((1.0, 300.0)),
    prefix_cache_tokens=st.sampled_from((0, 64, 1_048_576)),
)
BODIES = st.one_of(
    chat_requests(), chat_requests(), invalid_chat_requests().map(lambda one: one.body)
)
HEADERS = st.sampled_from(("", "", "", "", "503", "reset", "cut after=2", "nonsense"))
REQUESTS = st.builds(
    Sent,
    BODIES,
    st.sampled_from(KEYS),
    st.sampled_from((0.0, 0.0, 0.5, 5.0, 61.0)),
    st.sampled_from((0, 0, 1, 3)),
    st.sampled_from((1.0, 1.0, 0.0, 0.4)),
    HEADERS,
)
TRAFFIC = st.lists(REQUESTS, min_size=1, max_size=8).flatmap(
    lambda sent: st.lists(st.sampled_from(sent), min_size=1, max_size=12)
)
"""Requests, of which some come several times."""
INJECTED = st.lists(
    st.builds(
        lambda fault, every: Injection(fault, every=every),
        st.sampled_from((faults.Reset(), faults.Cut(after=1), faults.NoDone(), faults.Gzip())),
        st.sampled_from((None, 2)),
    ),
    max_size=2,
)


def arrival_of(sent: Sent) -> Arrival:
    """Return the request as a lane receives it."""
    body = json.dumps(sent.body).encode()
    headers: Headers = ((b"content-type", b"application/json"), (b"user-agent", b"test"))
    headers += ((b"accept-encoding", b"gzip"),)
    headers += ((b"x-mock-electron", sent.header.encode()),) if sent.header else ()
    key = f"Bearer {sent.key}"
    return Arrival("POST", CHAT, key, "application/json", body, "gzip", sent.header, headers)


def run(lane: Lane, traffic: Sequence[Sent], recorded: Sequence[Exchange] = ()) -> Exchanges:
    """Send requests to a lane with a frozen clock, and return the exchanges.

    Args:
        lane: The lane.
        traffic: The requests.
        recorded: Exchanges with the same requests. They come at the same times, and clients leave
            after as many chunks. Without them, `traffic` decides.
    """
    opened: list[tuple[int, AnyAnswer, int]] = []
    for number, sent in enumerate(traffic):
        for due in [one for one in opened if one[0] < number]:
            lane.close(due[1], due[2])
            opened.remove(due)
        if recorded:
            lane.clock._advanced = recorded[number].arrived_at - FROZEN_AT
        else:
            lane.clock.advance(sent.pause)
        answer = lane.open(arrival_of(sent))
        read = frames_read(answer, recorded[number]) if recorded else sent.frames_read(answer)
        opened.append((number + sent.held, answer, read))
    for _, answer, read in opened:
        lane.close(answer, read)
    return exchanges_of(lane.exchanges(), 0, "", lane.settings)


def frames_read(answer: AnyAnswer, recorded: Exchange) -> int:
    """Return how many frames a client reads that leaves after as many chunks as it did."""
    if recorded.outcome != "client left":
        return len(answer.chunks)
    read = 0
    while read < len(answer.chunks) and sum(answer.chunks[:read]) < recorded.chunks_sent:
        read += 1
    return read


def seen(exchange: Exchange) -> dict[str, Any]:
    """Return everything that another world decides about a request."""
    return dict(_seen(exchange))


def _seen(exchange: Exchange) -> Iterator[tuple[str, Any]]:
    for name in Exchange.__struct_fields__:
        if name not in NOT_DECIDED:
            value = getattr(exchange, name)
            yield name, [round(one, 6) for one in value] if name == "schedule" else value
    yield "usage", exchange.usage


NOT_DECIDED = (
    *("authorization", "raw_headers", "account", "key_id", "monotonic", "pause", "clock_pause"),
    *("attempt", "retry_of", "asked_pause", "fault_note", "raw_response_headers"),
)
"""What is not decided by a world, or has another form in it."""
