"""The condition `attempt`: it counts as the exchanges do, whatever the journal has dropped."""

import asyncio
import gc
import json
import tracemalloc
from typing import Any

import pytest
import virtual_time
from lanes import arrival, ask
from msgspec.structs import replace
from raw_http import user
from virtual_time import virtual_lane

from mock_electron import Electron, Pace, Plan, Settings, faults
from mock_electron.engine import parsed_head, parsed_request
from mock_electron.engine.attempts import client_of
from mock_electron.engine.lane import Lane
from mock_electron.serve.app import App
from mock_electron.wire.headers import Headers


def electron_with(**settings: Any) -> Electron:
    return Electron(Lane(Settings(**settings)), "http://mock")


def test_each_new_question_fails_once() -> None:
    """`when(attempt=1).fail(503)` fails every first attempt, and no second one."""
    electron = electron_with(journal_exchanges=1)
    electron.when(attempt=1).fail(503)
    electron.when(attempt=2).reply("Hi!")
    statuses = [ask(electron._lane, text).status for text in ("a", "a", "b", "b", "a", "a")]
    assert statuses == [503, 200] * 3


def test_it_counts_as_the_exchanges_do() -> None:
    """Errors, broken replies and clients that leave count; other keys and questions do not."""
    electron = electron_with()
    lane = electron._lane
    for number in range(1, 9):
        electron.when(attempt=number).reply("attempt {{attempt}}")

    def leave(**fields: Any) -> None:
        lane.close(lane.open(arrival(stream=True, **fields)), 1)

    ask(lane, stream=True)
    leave()
    leave()
    leave(key="sk_other")
    ask(lane, "Bye", stream=True)
    electron.inject(faults.Cut(after=1))
    ask(lane, stream=True)
    electron.plan(requests_per_minute=1)
    ask(lane, stream=True)
    electron.plan("unlimited")
    ask(lane, stream=True)
    ask(lane, stream=True)
    said = [exchange.text for exchange in electron.exchanges]
    counted = [exchange.attempt for exchange in electron.exchanges]
    assert counted == [1, 1, 2, 1, 1, 3, 4, 5, 1]
    assert said == [f"attempt {n}" if n != 4 else None for n in counted]


def test_where_selects_by_the_attempt() -> None:
    """`where(attempt=2)` finds the retries."""
    electron = electron_with()
    electron.fail(503)
    for _ in range(2):
        ask(electron._lane)
    assert [exchange.status for exchange in electron.exchanges.where(attempt=2)] == [200]


def test_a_retry_that_came_too_early() -> None:
    """It came before the time for which the answer had asked, and `where(too_early=True)` finds it."""
    electron = electron_with()
    electron.fail(429, retry_after=5, times=2)
    electron.fail(503)
    for seconds in (4, 5, 0, 0):
        ask(electron._lane)
        electron.clock.advance(seconds)
    asked = [exchange.asked_pause for exchange in electron.exchanges]
    assert asked == [None, 5, 5, None]
    assert [exchange.number for exchange in electron.exchanges.where(too_early=True)] == [1]
    assert [exchange.number for exchange in electron.exchanges.where(too_early=False)] == [0, 2, 3]
    lines = [str(exchange).partition(", attempt ")[2] for exchange in electron.exchanges]
    early = "2 after 4.000 s (too early: asked to wait 5 s)"
    assert lines == ["", early, "3 after 5.000 s", "4 after 0.000 s"]


def counts(electron: Electron) -> list[tuple[int, int | None]]:
    """Return the attempt of each exchange, and the number of the one that it retries."""
    return [(exchange.attempt, exchange.retry_of) for exchange in electron.exchanges]


def test_requests_at_the_same_time_are_not_retries() -> None:
    """A request that arrived before the failed one ended is not its retry."""
    electron = electron_with()
    lane = electron._lane
    electron.fail(503, times=3)
    electron.when(attempt=1).reply("first")
    opened = [lane.open(arrival()) for _ in range(3)]
    for answer in opened:
        lane.close(answer, 1)
    assert counts(electron) == [(1, None)] * 3
    with pytest.raises(AssertionError, match="expected 1 retry after 503, got 0"):
        electron.assert_retried(503)


def test_a_request_that_waited_arrived_before_the_decision() -> None:
    """The time of the first byte counts, not the time at which the server gets to the request."""
    electron = electron_with()
    lane = electron._lane
    electron.when(attempt=1).fail(503)
    for _ in range(2):
        lane.close(lane.open(arrival(), began=lane.clock._moment().monotonic - 60), 1)
    assert [exchange.status for exchange in electron.exchanges] == [503, 503]
    assert counts(electron) == [(1, None)] * 2
    assert [exchange.pause for exchange in electron.exchanges] == [None, None]


def test_each_failed_attempt_has_one_retry() -> None:
    """After two failures at the same time, two retries follow, each of one of them."""
    electron = electron_with()
    lane = electron._lane
    electron.when(attempt=1).fail(503)
    electron.when(attempt=2).reply("again")
    for answer in [lane.open(arrival()) for _ in range(2)]:
        lane.close(answer, 1)
    for _ in range(3):
        ask(lane)
    assert counts(electron) == [(1, None), (1, None), (2, 0), (2, 1), (1, None)]
    assert [exchange.status for exchange in electron.exchanges] == [503, 503, 200, 200, 503]
    electron.assert_retried(503, times=2)


def test_a_client_that_counts_its_retries_is_believed() -> None:
    """A retry that says so gets the attempt that another request was taken to retry."""
    electron = electron_with(clock="frozen")
    electron.fail(503, times=2)
    for count in (0, 0, 1, 1):
        headers = ((b"x-stainless-retry-count", b"%d" % count),)
        ask_with(electron._lane, headers)
        electron.clock.advance(0.5 if count else 0.0)
        if len(electron.exchanges) == 2:
            electron.clock.advance(0.5)
    assert counts(electron) == [(1, None), (1, None), (2, 0), (2, 1)]
    electron.assert_retried(503, times=2, min_pause=0.25)


def test_a_users_own_retries_count_although_the_client_says_0() -> None:
    """A client that does not retry itself sends the count 0 with every try."""
    electron = electron_with()
    electron.fail(503, times=2)
    for _ in range(3):
        ask_with(electron._lane, ((b"x-stainless-retry-count", b"0"),))
    assert counts(electron) == [(1, None), (2, 0), (3, 1)]


def test_another_client_does_not_retry() -> None:
    """Equal requests with another User-Agent or Idempotency-Key are not retries."""
    electron = electron_with()
    electron.when(attempt=1).fail(503)
    electron.when(attempt=2).reply("again")
    for headers in (
        ((b"user-agent", b"OpenAI/Python 3.57.0"),),
        ((b"User-Agent", b"AsyncOpenAI/Python 3.57.0"),),
        ((b"User-Agent", b"OpenAI/Python 3.57.0"), (b"x-stainless-retry-count", b"1")),
        ((b"idempotency-key", b"order-1"),),
        ((b"idempotency-key", b"order-2"),),
        ((b"Idempotency-Key", b"order-1"),),
    ):
        ask_with(electron._lane, headers)
    assert counts(electron) == [(1, None), (1, None), (2, 0), (1, None), (1, None), (2, 3)]
    assert [one.status for one in electron.exchanges] == [503, 503, 200, 503, 503, 200]


def test_a_pause_is_never_negative() -> None:
    """A clock that is reset between two attempts does not make the pause negative."""
    electron = electron_with()
    electron.fail(503)
    electron.clock.advance(60)
    ask(electron._lane)
    electron.reset("clock")
    ask(electron._lane)
    last = electron.exchanges.last
    assert last.attempt == 2
    assert last.pause is not None
    assert 0 <= last.pause < 60
    assert last.clock_pause == 0


def ask_with(lane: Lane, headers: Headers) -> None:
    """Ask with these headers."""
    answer = lane.open(replace(arrival(), headers=headers))
    lane.close(answer, len(answer.frames))


def test_a_burst_has_no_retries() -> None:
    """Equal requests that are refused together do not count as retries of each other."""
    lane = virtual_lane(plan=Plan(in_flight=1), pace=Pace(first=0.1, overhead=0.1))
    electron = Electron(lane, "http://mock")
    app = App(lane)

    async def burst() -> None:
        upload = [(0.01, json.dumps({"model": "electron", "messages": user("Hi")}).encode())]
        await asyncio.gather(*(virtual_time.request(app, upload) for _ in range(4)))

    virtual_time.run(burst())
    assert sorted(exchange.status for exchange in electron.exchanges) == [200, 429, 429, 429]
    with pytest.raises(AssertionError, match="got 0"):
        electron.assert_retried("concurrency")


def test_long_headers_of_a_client_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory for attempts does not depend on the length of the headers."""
    for module in (parsed_head, parsed_request):
        monkeypatch.setattr(module, "REMEMBERED_BYTES", 0)
    lane = Lane(Settings(journal_exchanges=0))

    def send(first: int, count: int) -> None:
        for number in range(first, first + count):
            for name in (b"user-agent", b"idempotency-key", b"x-trace", b"x-%d" % number * 9_000):
                value = b"%d" % number + bytes(50_000)
                one = replace(arrival(key=f"sk_{number}"), headers=((name, value),))
                answer = lane.open(one)
                lane.close(answer, len(answer.frames))

    send(0, 1)  # makes what is made once
    gc.collect()
    tracemalloc.start()
    try:
        send(1, 20)
        gc.collect()
        kept = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert kept < 1_000_000


def test_the_parts_of_a_client_are_not_mixed_up() -> None:
    """The same bytes in another header are another client."""
    headers = [
        ((b"user-agent", b"a"), (b"idempotency-key", b"b")),
        ((b"user-agent", b"b"), (b"idempotency-key", b"a")),
        ((b"user-agent", b"ab"),),
        ((b"idempotency-key", b"ab"),),
        ((b"user-agent", b"a\nb"),),
    ]
    assert len({client_of(given) for given in headers}) == len(headers)
    assert {len(client_of(given)) for given in headers} == {16}
    assert client_of(((b"User-Agent", b"a"), (b"x", b"y"))) == client_of(((b"user-agent", b"a"),))
