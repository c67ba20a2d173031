"""Same seed, same chaos: faults by rate follow from what is asked, never from when it comes.

What the order of arrival does decide is left out here: what the prefix cache knows already, faults
that are for so many requests or for every few of them, and `created` where a pace moves the clock.
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
from mock_electron.engine.answer import Answer
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.lane import Lane
from mock_electron.serve.server import Server

COUNT: Final = 500
FAILS, CUTS, RESETS, DRIFTS = 0.2, 0.2, 0.1, 0.3
NEAR: Final = 0.05

CUT: Final = faults.Cut(after=2)


def request(number: int) -> Arrival:
    """One of 100 different requests, so that each comes five times; some stream, most have a seed."""
    fields: dict[str, Any] = {"seed": number % 4} if number % 4 else {}
    return arrival(f"Name a color for door {number % 50}", stream=number % 2 == 0, **fields)


REQUESTS: Final = [request(number) for number in range(COUNT)]
ORDERS: Final[dict[str, Callable[[list[Arrival]], list[Arrival]]]] = {
    "backwards": lambda asked: asked[::-1],
    "shuffled": lambda asked: [asked[number * 37 % COUNT] for number in range(COUNT)],
    "sorted": lambda asked: sorted(asked, key=lambda one: one.body),
}


def chaotic(**settings: Any) -> Lane:
    """A lane where much goes wrong."""
    lane = Lane(Settings(drift=DRIFTS, **settings))
    for fault, rate in ((fail(503), FAILS), (CUT, CUTS), (faults.Reset(), RESETS)):
        lane.inject(Injection(fault, rate=rate))
    return lane


def ask_all(lane: Lane, asked: list[Arrival]) -> list[Answer]:
    """The answers to all of these, each asked and ended by one of 16 threads."""

    def ask(one: Arrival) -> Answer:
        answer = lane.open(one)
        lane.close(answer, len(answer.frames))
        return answer

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(ask, asked))


def outcomes(exchanges: Iterable[Exchange]) -> Counter[object]:
    """What became of each request; of one that came several times, without their order."""
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
def chaos_as_it_stands(sampling: str) -> Counter[object]:
    """In the order of the requests' numbers; one run is enough to hold several others against."""
    return chaos(REQUESTS, sampling=sampling)


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
@pytest.mark.parametrize("sampling", ["steady", "varied"])
def test_same_seed_same_chaos(
    order: Callable[[list[Arrival]], list[Arrival]], sampling: str
) -> None:
    """Two runs of 500 concurrent requests in different orders: the same outcomes per request."""
    one, other = chaos_as_it_stands(sampling), chaos(order(REQUESTS), sampling=sampling)
    assert one.total() == COUNT
    assert one == other


def test_another_seed_is_another_chaos() -> None:
    """Other requests are hit."""
    statuses = [
        [answer.status for answer in ask_all(chaotic(seed=seed), REQUESTS)] for seed in range(4)
    ]
    for seed, one in enumerate(statuses):
        for other in statuses[:seed]:
            assert sum(a != b for a, b in zip(one, other, strict=True)) > COUNT * 0.2


def test_other_requests_do_not_disturb_the_chaos() -> None:
    """Those that are left out, or come in between, change nothing for the rest."""
    strangers = [arrival(f"Stranger {number}", stream=True) for number in range(200)]
    alone = chaos(REQUESTS)
    among = chaos([one for pair in zip(REQUESTS, strangers * 3, strict=False) for one in pair])
    assert alone < among
    assert chaos([one for one in REQUESTS if b"door 7" not in one.body]) < alone


def test_the_shares_are_near_their_rates() -> None:
    """Each fault hits its share of those that it can hit."""
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


def test_the_share_that_drifts_is_near_its_rate() -> None:
    """Of the requests with a seed; one without never has other words."""
    calm = Lane()
    ask_all(calm, REQUESTS)
    words = {one.body: one.reply.content for one in calm.journal.read() if one.reply}
    lane = chaotic()
    ask_all(lane, REQUESTS)
    changed = {True: [0, 0], False: [0, 0]}
    for one in lane.journal.read():
        if one.reply and one.request:
            count = changed[one.request.seed is not None]
            count[0] += one.reply.content != words[one.body]
            count[1] += 1
    drifted, seeded = changed[True]
    assert drifted / seeded == pytest.approx(DRIFTS, abs=NEAR)
    assert changed[False][0] == 0


def test_the_jitter_of_a_pace_is_the_same_in_any_order() -> None:
    """By a frozen clock: when each frame of each answer is due, counted from its arrival."""

    def schedules(order: list[Arrival]) -> Counter[object]:
        pace = Pace(first=0.2, each=0.01, jitter=0.5)
        lane = chaotic(pace=pace, prefix_cache_tokens=0)
        answers = ask_all(lane, order)
        return Counter(
            (one.body, answer.schedule) for one, answer in zip(order, answers, strict=True)
        )

    one, other = schedules(REQUESTS), schedules(REQUESTS[::-1])
    assert one == other
    assert len(one) > COUNT * 0.6  # no two replies come at the same pace


# --- the same with bytes on sockets


Seen = tuple[bytes, str, bytes]


def see(electron: Electron, one: Arrival) -> Seen:
    """What a client gets: the bytes of the answer's body, and how it broke off if it did."""
    try:
        return one.body, "whole", chat(electron, one.body).body
    except http.client.IncompleteRead as broken:
        return one.body, "cut", broken.partial
    except ConnectionResetError:
        return one.body, "reset", b""


def clients_see(server: Server, lane: Lane, order: list[Arrival]) -> Counter[Seen]:
    """What 50 clients get who ask all of it at once."""
    electron = Electron(lane, server.open_lane(lane))
    with ThreadPoolExecutor(50) as pool:
        seen = Counter(pool.map(lambda one: see(electron, one), order))
    server.close_lane(electron.url)
    return seen


def test_same_seed_same_chaos_over_sockets(electron_server: Server) -> None:
    """Clients get the same bytes, and the journal says the same, whatever the order."""
    lanes = [chaotic(prefix_cache_tokens=0) for _ in range(2)]
    orders = [REQUESTS, ORDERS["shuffled"](REQUESTS)]
    seen = [clients_see(electron_server, *one) for one in zip(lanes, orders, strict=True)]
    assert seen[0].total() == COUNT
    assert seen[0] == seen[1]
    assert {how for _, how, _ in seen[0]} == {"whole", "cut", "reset"}
    journals = [outcomes(lane.journal.read()) for lane in lanes]
    assert journals[0] == journals[1] == chaos(REQUESTS, prefix_cache_tokens=0)
