"""The seed and the request decide which faults by rate occur; the order of arrival does not.

These tests leave out what does depend on the order: cached tokens, faults with `times` or `every`,
and `created` if a pace advances the clock.
"""

import http.client
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Final

import pytest
from lanes import arrival
from raw_http import chat

from mock_electron import Electron, Exchange, Pace, Settings, fail, faults
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.lane import Lane
from mock_electron.engine.ready import AnyAnswer
from mock_electron.serve.server import Server

COUNT: Final = 200
FAILS, CUTS, RESETS, DRIFTS = 0.2, 0.2, 0.1, 0.3
NEAR: Final = 0.05

CUT: Final = faults.Cut(after=2)


def request(number: int) -> Arrival:
    """Return one of 100 different requests. Half of them stream, and most have a seed."""
    fields: dict[str, Any] = {"seed": number % 4} if number % 4 else {}
    return arrival(f"Name a color for door {number % 50}", stream=number % 2 == 0, **fields)


REQUESTS: Final = [request(number) for number in range(COUNT)]
ORDERS: Final[dict[str, Callable[[list[Arrival]], list[Arrival]]]] = {
    "backwards": lambda requests: requests[::-1],
    "shuffled": lambda requests: [requests[number * 37 % COUNT] for number in range(COUNT)],
    "sorted": lambda requests: sorted(requests, key=lambda one: one.body),
}


def chaotic(**settings: Any) -> Lane:
    """Return a lane with several faults by rate, and drift."""
    lane = Lane(Settings(drift=DRIFTS, **settings))
    for fault, rate in ((fail(503), FAILS), (CUT, CUTS), (faults.Reset(), RESETS)):
        lane.inject(Injection(fault, rate=rate))
    return lane


def ask_all(lane: Lane, requests: list[Arrival]) -> list[AnyAnswer]:
    """Return the answers to the requests, which 16 threads open and close."""

    def ask(one: Arrival) -> AnyAnswer:
        answer = lane.open(one)
        lane.close(answer, len(answer.frames))
        return answer

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(ask, requests))


def outcomes(exchanges: Iterable[Exchange]) -> Counter[object]:
    """Count the outcomes of the exchanges, without their order."""
    return Counter(
        (
            one.body,
            one.occurrence,
            one.request_id,
            one.status,
            one.outcome,
            one.chunks_sent,
            repr(one.faults),
            one.reply and one.reply.content,
        )
        for one in exchanges
    )


def chaos(order: list[Arrival], **settings: Any) -> Counter[object]:
    lane = chaotic(**settings)
    ask_all(lane, order)
    return outcomes(lane.journal.read())


@cache
def chaos_in_order(sampling: str) -> Counter[object]:
    """Return the outcomes in the original order. Cached, because several tests compare with it."""
    return chaos(REQUESTS, sampling=sampling)


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
@pytest.mark.parametrize("sampling", ["steady", "varied"])
def test_same_seed_same_chaos(
    order: Callable[[list[Arrival]], list[Arrival]], sampling: str
) -> None:
    """200 concurrent requests have the same outcomes in any order."""
    one, other = chaos_in_order(sampling), chaos(order(REQUESTS), sampling=sampling)
    assert one.total() == COUNT
    assert one == other


def test_another_seed_affects_other_requests() -> None:
    """With another seed of the lane, faults affect other requests."""
    statuses = [
        [answer.status for answer in ask_all(chaotic(seed=seed), REQUESTS)] for seed in range(4)
    ]
    for seed, one in enumerate(statuses):
        for other in statuses[:seed]:
            assert sum(a != b for a, b in zip(one, other, strict=True)) > COUNT * 0.2


def test_other_requests_change_nothing() -> None:
    """Additional or missing requests do not change the outcomes of the others."""
    others = [arrival(f"Other {number}", stream=True) for number in range(200)]
    alone = chaos_in_order("steady")
    among = chaos([one for pair in zip(REQUESTS, others * 3, strict=False) for one in pair])
    assert alone < among
    assert chaos([one for one in REQUESTS if b"door 7" not in one.body]) < alone


def test_faults_occur_at_their_rates() -> None:
    """Each fault affects about its rate of the requests that it can affect."""
    lane = chaotic()
    ask_all(lane, REQUESTS)
    exchanges = lane.journal.read()
    failed = [one for one in exchanges if one.status == 503]
    reset = [one for one in exchanges if one.faults == (faults.Reset(),)]
    streamed = [one for one in exchanges if one.reply and one.request and one.request.stream]
    cut = [one for one in exchanges if one.faults == (CUT,)]
    assert len(failed) / COUNT == pytest.approx(FAILS, abs=NEAR)
    assert len(reset) / (COUNT - len(failed)) == pytest.approx(RESETS, abs=NEAR)
    assert len(cut) / len(streamed) == pytest.approx(CUTS, abs=NEAR)
    assert {one.outcome for one in exchanges} == {"complete", "refused", "cut by a fault"}
    assert {one.chunks_sent for one in cut} == {2}


def test_drift_occurs_at_its_rate() -> None:
    """About the given fraction of seeded requests drift, and no others do."""
    calm = Lane()
    ask_all(calm, REQUESTS)
    replies = {one.body: one.reply.content for one in calm.journal.read() if one.reply}
    lane = chaotic()
    ask_all(lane, REQUESTS)
    changed = {True: [0, 0], False: [0, 0]}
    for one in lane.journal.read():
        if one.reply and one.request:
            count = changed[one.request.seed is not None]
            count[0] += one.reply.content != replies[one.body]
            count[1] += 1
    drifted, seeded = changed[True]
    assert drifted / seeded == pytest.approx(DRIFTS, abs=NEAR)
    assert changed[False][0] == 0


def test_jitter_is_the_same_in_any_order() -> None:
    """By a frozen clock, each answer has the same schedule in any order of requests."""

    def schedules(order: list[Arrival]) -> Counter[object]:
        pace = Pace(first=0.2, each=0.01, jitter=0.5)
        lane = chaotic(pace=pace, prefix_cache_tokens=0)
        answers = ask_all(lane, order)
        return Counter(
            (one.body, answer.schedule) for one, answer in zip(order, answers, strict=True)
        )

    one, other = schedules(REQUESTS), schedules(REQUESTS[::-1])
    assert one == other
    assert len(one) > COUNT * 0.6  # most answers have different schedules


# --- over sockets


Seen = tuple[bytes, str, bytes]


def see(electron: Electron, one: Arrival) -> Seen:
    """Return the bytes that a client receives, and how the answer ended."""
    try:
        return one.body, "whole", chat(electron, one.body).body
    except http.client.IncompleteRead as broken:
        return one.body, "cut", broken.partial
    except ConnectionResetError:
        return one.body, "reset", b""


def clients_see(server: Server, lane: Lane, order: list[Arrival]) -> Counter[Seen]:
    """Return what 50 concurrent clients receive."""
    electron = Electron(lane, server.open_lane(lane))
    with ThreadPoolExecutor(50) as pool:
        seen = Counter(pool.map(lambda one: see(electron, one), order))
    server.close_lane(electron.url)
    return seen


def test_same_seed_same_chaos_over_sockets(electron_server: Server) -> None:
    """Clients receive the same bytes, and the journal is the same, in any order."""
    lanes = [chaotic(prefix_cache_tokens=0) for _ in range(2)]
    orders = [REQUESTS, ORDERS["shuffled"](REQUESTS)]
    seen = [clients_see(electron_server, *one) for one in zip(lanes, orders, strict=True)]
    assert seen[0].total() == COUNT
    assert seen[0] == seen[1]
    assert {ending for _, ending, _ in seen[0]} == {"whole", "cut", "reset"}
    journals = [outcomes(lane.journal.read()) for lane in lanes]
    assert journals[0] == journals[1] == chaos(REQUESTS, prefix_cache_tokens=0)
