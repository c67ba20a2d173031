"""The journal keeps its memory limit for every kind of traffic."""

import gc
import json
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from lanes import CHAT

from mock_electron.engine import keys, memory
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.lane import Lane
from mock_electron.engine.outline import size_of_outline
from mock_electron.engine.pace import PaceName
from mock_electron.engine.settings import Settings

TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


def request(
    number: int, *, path: str = CHAT, faults: str = "", headers: int = 6, **fields: Any
) -> Arrival:
    """Return a request whose bytes belong to it alone, as those from a socket do."""
    messages = [{"role": "user", "content": f"Hello number {number}"}]
    body = json.dumps({"model": "electron", "messages": messages, **fields}).encode()
    raw = ((f"x-header-{name}".encode(), f"{name} {number}".encode()) for name in range(headers))
    return Arrival(
        "".join(list("POST")),
        f"{path} "[:-1],
        "Bearer sk_mock",
        "application/json",
        body,
        fault_header=faults,
        headers=tuple(raw),
    )


KINDS: dict[str, tuple[int, Callable[[int], Arrival]]] = {
    "plain": (33, request),
    "stream": (20, lambda n: request(n, stream=True)),
    "large body": (6, lambda n: request(n, padding="x" * 50_000)),
    "long path": (6, lambda n: request(n, path=f"/{n}{'x' * 50_000}")),
    "many headers": (6, lambda n: request(n, headers=100)),
    "log-probabilities": (6, lambda n: request(n, logprobs=True, top_logprobs=20)),
    "calls in a stream": (10, lambda n: request(n, tools=[TOOL], tool_choice="required", stream=True)),
    "many issues": (5, lambda n: request(n, messages=[{"content": n}] * 100)),
    "one issue": (20, lambda n: request(n, temperature=99)),
    "faults": (20, lambda n: request(n, faults=f"fail=503; message={n} {'x' * 500}")),
    "cut": (20, lambda n: request(n, faults="cut=3", stream=True)),
}  # fmt: skip


@contextmanager
def traced() -> Iterator[None]:
    """Trace allocations. The collector skips older objects, because a long run has many."""
    gc.collect()
    gc.freeze()
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()


def test_the_journal_counts_what_it_keeps() -> None:
    """The size that it counts is that of the allocated memory, within about 10 %."""
    wrong = {}
    with traced():
        for kind, (count, make) in KINDS.items():
            counted, real = sizes(make, count, "electron" if "stream" in kind else "instant")
            if not 0.9 < counted / real < 1.2:
                wrong[kind] = (counted, real)
    assert wrong == {}


def sizes(make: Callable[[int], Arrival], count: int, pace: PaceName) -> tuple[int, int]:
    """Return the counted and the allocated memory of the journal after some requests."""
    lane = Lane(Settings(pace=pace))
    for number in range(count):
        answer = lane.open(make(number))
        lane.close(answer, len(answer.frames), [lane.clock._moment() for _ in answer.frames])
    del answer
    lane._use_settings()  # forgets the latest requests and their replies
    keys._redact_header.cache_clear()  # it keeps the latest headers
    gc.collect()
    full, counted = tracemalloc.get_traced_memory()[0], lane.journal._bytes
    lane._ledger.journal = type(lane.journal)()
    gc.collect()
    return counted, full - tracemalloc.get_traced_memory()[0]


def test_a_journal_of_bounded_size_drops_what_exceeds_it() -> None:
    """Long paths count, and so do the details of an error."""
    lane = Lane(Settings(journal_bytes=200_000))
    for number in range(10):
        for arrived in (request(number, path=f"/{'x' * 50_000}"), KINDS["many issues"][1](number)):
            answer = lane.open(arrived)
            lane.close(answer, len(answer.frames))
    assert lane.journal._bytes <= 200_000
    assert lane.journal.dropped > 10
    assert len(lane.exchanges()) == 20 - lane.journal.dropped


def test_a_journal_of_zero_exchanges_keeps_nothing() -> None:
    """Requests are answered, and reading waits for answers in flight as usual."""
    lane = Lane(Settings(journal_exchanges=0))
    answer = lane.open(request(1))
    assert answer.status == 200
    lane.close(answer, len(answer.frames))
    assert (lane.exchanges(), lane.journal._bytes) == ((), 0)
    assert (lane.journal.opened, lane.journal.dropped) == (1, 1)


RECEIVED = {
    "empty objects": "{},",
    "objects": '{"key":"a text"},',
    "empty lists": "[],",
    "lists of lists": "[[[[]]]],",
    "numbers": "1,",
    "large numbers": "1234567890,",
    "strings": '"x 12",',
    "large objects": '{"a":{},"b":{},"c":{},"d":{},"e":{},"f":{},"g":{},"h":{}},',
}


def refused(part: str, size: int) -> Lane:
    """Return a lane with one exchange whose error has a value of this size from the request."""
    received = (part * (size // len(part))).rstrip(",")
    start = '{"model":"electron","messages":[{"role":"user","content":"x"}],'
    body = f'{start}"tool_choice":{{"type":[{received}]}}}}'.encode()
    lane = Lane(Settings())
    lane.close(lane.open(Arrival("POST", CHAT, "Bearer sk_mock", "application/json", body)), 1)
    return lane


def test_the_maximum_memory_of_values_from_a_request_is_a_maximum(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Above the objects that are measured one by one, the body gives the maximum."""
    monkeypatch.setattr(memory, "MOST_COUNTED", 100)
    wrong = {}
    with traced():
        for kind, part in RECEIVED.items():
            lane = refused(part, 2_000)
            counted = lane.journal._bytes
            lane._use_settings()
            gc.collect()
            full = tracemalloc.get_traced_memory()[0]
            lane._ledger.journal = type(lane.journal)()
            gc.collect()
            real = full - tracemalloc.get_traced_memory()[0]
            if not 0.9 < counted / real < 8:
                wrong[kind] = (counted, real)
    assert wrong == {}


def test_values_from_a_request_are_measured_in_a_bounded_number_of_calls() -> None:
    """A million small objects in the details of an error take no more calls than 40,000."""
    [entry] = refused("{},", 1_000_000).journal._entries.values()
    calls: list[str] = []
    sys.setprofile(lambda _frame, event, _argument: calls.append(event))
    try:
        size_of_outline(entry.outline, entry.body)
    finally:
        sys.setprofile(None)
    assert len(calls) < 1_000_000
