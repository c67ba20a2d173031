"""Tests of a lane without a socket: determinism, keys, script and journal."""

import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from msgspec.structs import replace
from raw_http import user

from mock_electron import Settings, StillInFlightError
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.clock import Moment
from mock_electron.engine.ending import Ending
from mock_electron.engine.entry import Entry
from mock_electron.engine.faults.replacement import Fail
from mock_electron.engine.journal import Journal
from mock_electron.engine.keys import redact_authorization
from mock_electron.engine.lane import Lane
from mock_electron.engine.ready import AnyAnswer
from mock_electron.engine.script.step import Step
from mock_electron.model.draft import Draft
from mock_electron.wire import errors

CHAT = "/waves/v1/chat/completions"


def arrival(text: str = "Hi", authorization: str = "Bearer sk_mock", **fields: Any) -> Arrival:
    body = json.dumps({"model": "electron", "messages": user(text), **fields}).encode()
    return Arrival("POST", CHAT, authorization, "application/json", body)


def play(lane: Lane, arrived: Arrival) -> AnyAnswer:
    """Ask, and close the answer as completely sent."""
    answer = lane.open(arrived)
    lane.close(answer, len(answer.frames))
    return answer


def content(answer: AnyAnswer) -> Any:
    return json.loads(answer.frames[0])["choices"][0]["message"]["content"]


def id_of(answer: AnyAnswer) -> Any:
    return json.loads(answer.frames[0])["id"]


# --- determinism


PROGRAM = """
import sys
sys.path.insert(0, "tests")
from test_engine import arrival, play
from mock_electron.engine.lane import Lane
from mock_electron import Settings
lane = Lane(Settings(sampling="varied", seed=3))
tool = {"type": "function", "function": {"name": "get_weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}
for _ in range(2):
    for fields in ({}, {"stream": True}, {"seed": 9}, {"logprobs": True, "top_logprobs": 5},
                   {"tools": [tool]}, {"stop": 5}, {"user": "x", "logit_bias": {"b": 1, "a": 2}}):
        answer = play(lane, arrival("What's the weather in Mumbai?", **fields))
        print(answer.status, answer.headers, answer.frames)
"""


def test_two_processes_give_the_same_bytes() -> None:
    """Status, headers and body do not depend on the hash seed, for replies, streams and errors."""

    def run(hash_seed: str) -> str:
        environment = os.environ | {"PYTHONHASHSEED": hash_seed, "COVERAGE_PROCESS_START": ""}
        command = [sys.executable, "-c", PROGRAM]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    first = run("1")
    assert first.count("chatcmpl-") > 20
    assert first == run("2")


def test_the_order_of_arrival_changes_nothing() -> None:
    """Concurrent requests do not affect each other: the request decides the answer.

    The prefix cache is off, because cached tokens do depend on the order.
    """
    requests = [arrival(f"Name color {n % 40}", seed=n % 7) for n in range(200)]

    def outcomes(order: list[Arrival]) -> list[tuple[bytes, tuple[bytes, ...]]]:
        lane = Lane(Settings(sampling="varied", prefix_cache_tokens=0))
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda one: (one.body, play(lane, one).frames), order))
        return sorted(answers)

    assert outcomes(requests) == outcomes(requests[::-1])


def test_the_seed_of_the_lane_chooses_ids_and_replies() -> None:
    """Another seed gives other ids and other replies."""
    one, other = (play(Lane(Settings(seed=seed)), arrival("Name a color")) for seed in (1, 2))
    assert id_of(one) != id_of(other)
    assert content(one) != content(other)


def test_every_occurrence_has_its_own_ids() -> None:
    """The reply is the same each time, and no id is used twice."""
    lane = Lane()
    answers = [play(lane, arrival()) for _ in range(5)]
    assert len({id_of(answer) for answer in answers}) == 5
    assert len({dict(answer.headers)[b"x-request-id"] for answer in answers}) == 5
    assert len({content(answer) for answer in answers}) == 1


def test_equal_requests_are_recognised_in_any_spelling() -> None:
    """White space and the order of keys do not make a different request."""
    body = {"model": "electron", "messages": user("Hi")}
    spaced = json.dumps(dict(reversed(body.items())), indent=3).encode()
    lane = Lane()
    play(lane, arrival())
    play(lane, replace(arrival(), body=spaced))
    assert [exchange.occurrence for exchange in lane.journal.read()] == [0, 1]


def test_created_comes_from_the_clock_of_the_lane() -> None:
    """A frozen clock gives its fixed time, and a real clock the current time."""

    def created(lane: Lane) -> Any:
        return json.loads(play(lane, arrival()).frames[0])["created"]

    assert created(Lane()) == 1_740_000_000
    assert abs(created(Lane(Settings(clock="real"))) - time.time()) < 5


# --- keys


def test_any_key_is_accepted_unless_some_are_set() -> None:
    """With `api_keys` set, only those are accepted, and special keys are still refused."""
    open_lane, closed = Lane(), Lane(Settings(api_keys=("sk_a", "sk_b")))
    assert play(open_lane, arrival(authorization="bearer anything")).status == 200
    keys = ["sk_a", "sk_b", "sk_c", "sk_mock_revoked", "sk_mock_forbidden"]
    statuses = [play(closed, arrival(authorization=f"Bearer {key}")).status for key in keys]
    assert statuses == [200, 200, 401, 401, 403]


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ("Bearer sk_live_0123456789", "Bearer …6789"),
        ("Bearer short", "Bearer …"),
        ("", ""),
        ("sk_live_0123456789", "…6789"),
    ],
)
def test_keys_are_redacted(header: str, shown: str) -> None:
    """An exchange shows at most the last four characters of a key."""
    assert redact_authorization(header) == shown


# --- script


def test_steps_answer_in_order_and_then_the_pocket_model() -> None:
    """Each step answers `times` requests."""
    lane = Lane()
    lane.add(Step(Draft("one")))
    lane.add(Step(Fail(errors.OVERLOADED), times=2))
    lane.add(Step(Draft("two")))
    statuses = [play(lane, arrival()).status for _ in range(5)]
    assert statuses == [200, 503, 503, 200, 200]
    replies = [exchange.reply for exchange in lane.journal.read()]
    assert [reply.content if reply else None for reply in replies][:4] == ["one", None, None, "two"]


def test_a_refused_request_uses_no_step() -> None:
    """Invalid input, a wrong key and a too long prompt are refused before the script is used."""
    lane = Lane()
    lane.add(Step(Draft("kept")))
    refused = [arrival(temperature=-1), arrival(authorization=""), arrival(max_tokens=32_768)]
    assert [play(lane, one).status for one in refused] == [400, 401, 400]
    assert content(play(lane, arrival())) == "kept"


@pytest.mark.parametrize("times", [0, -1, 1.5, True, "2"])
def test_times_must_be_an_integer(times: Any) -> None:
    """Any other value is an error when the step is made."""
    with pytest.raises(ValueError, match="times must be an integer of at least 1, or None, got "):
        Step(Draft("x"), times=times)


# --- journal


def test_an_exchange_has_the_request_and_the_answer() -> None:
    """Exchanges are typed and in order of arrival, and include refusals."""
    lane = Lane()
    play(lane, arrival("Hi", authorization="Bearer sk_live_0123456789"))
    play(lane, arrival(n=2))
    good, bad = lane.journal.read()
    assert (good.number, good.method, good.path, good.status) == (0, "POST", CHAT, 200)
    assert (good.outcome, good.chunks_sent, good.chunks) == ("complete", 1, 1)
    assert good.request is not None
    assert good.request.last.content == "Hi"
    assert good.reply is not None
    assert good.usage == good.reply.usage
    assert good.authorization == "Bearer …6789"
    assert (bad.status, bad.outcome, bad.request, bad.reply, bad.usage) == (
        400, "refused", None, None, None,
    )  # fmt: skip
    assert bad.error is not None
    assert bad.error.message == "Invalid input data"
    assert json.loads(bad.body)["n"] == 2


def test_an_abandoned_stream_costs_what_was_generated() -> None:
    """Usage counts the tokens that were sent before the client disconnected (D)."""
    lane = Lane()
    lane.add(Step(Draft("one two three four")))
    answer = lane.open(arrival(stream=True))
    lane.close(answer, 3)
    [exchange] = lane.journal.read()
    assert exchange.usage is not None
    assert exchange.usage.completion_tokens == 2
    assert exchange.reply is not None
    assert exchange.reply.usage.completion_tokens == 4


def test_calls_have_new_ids_at_every_occurrence() -> None:
    """A stream and a reply in one piece have the same call ids for the same occurrence."""
    lane = Lane()
    tool = {"type": "function", "function": {"name": "f"}}
    for stream in (False, False, True, True):
        play(lane, arrival(tools=[tool], tool_choice="required", stream=stream))
    ids = [one.reply.tool_calls[0].id for one in lane.journal.read() if one.reply]
    assert ids[0] != ids[1]
    assert ids[:2] == ids[2:]


def test_reading_waits_for_answers_in_flight() -> None:
    """Reading the journal blocks until another thread closes the answer."""
    lane = Lane()
    answer = lane.open(arrival())
    threading.Timer(0.05, lane.close, (answer, 1)).start()
    [exchange] = lane.journal.read()
    assert exchange.outcome == "complete"


def test_reading_times_out() -> None:
    """The error names the exchanges in flight, and says what to do."""
    lane = Lane()
    lane.open(arrival())
    with pytest.raises(StillInFlightError, match=f"exchange #0 POST {CHAT}.*Read the stream"):
        lane.journal.read(timeout=0.01)


ENDING = Ending(1, (Moment(0, 0),), Moment(0, 0), frozen=True)


def entry(number: int, body: bytes = b"") -> Entry:
    """Return the entry of a request with this body."""
    lane = Lane()
    lane.open(Arrival("POST", CHAT, "Bearer sk", "text/plain"))
    [one] = lane.journal._entries.values()
    return replace(one, number=number, body=body, size=len(body))


def test_the_journal_is_bounded_in_number() -> None:
    """The oldest exchanges are dropped and counted."""
    journal = Journal(max_exchanges=3)
    for number in range(5):
        journal.open(entry(number))
        journal.close(number, ENDING)
    assert [kept.number for kept in journal.read()] == [2, 3, 4]
    assert (journal.opened, journal.dropped) == (5, 2)


def test_the_journal_is_bounded_in_bytes() -> None:
    """An exchange with a body larger than the journal is dropped at once."""
    journal = Journal(max_bytes=100)
    for number, size in enumerate([60, 60, 500]):
        journal.open(entry(number, b"x" * size))
        journal.close(number, ENDING)
    assert journal.read() == ()
    assert journal.dropped == 3


def test_replies_count_towards_the_size() -> None:
    """A journal of short requests and long replies is bounded as well."""
    lane = Lane()
    lane._ledger.journal = Journal(max_bytes=100_000)
    lane.add(Step(Draft("word " * 600), times=5))
    for _ in range(5):
        play(lane, arrival())
    assert [one.number for one in lane.journal.read()] == [3, 4]


def test_reading_waits_for_a_dropped_exchange_in_flight() -> None:
    """Dropping an exchange does not end its answer."""
    journal = Journal(max_exchanges=1)
    journal.open(entry(0))
    journal.open(entry(1))
    journal.close(1, ENDING)
    with pytest.raises(StillInFlightError, match="exchange #0"):
        journal.read(timeout=0)
    journal.close(0, ENDING)
    assert len(journal.read()) == 1


def test_remembered_drafts_are_bounded_and_change_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A lane with remembered drafts gives the same replies as a new lane."""
    monkeypatch.setattr("mock_electron.engine.choose_reply.REMEMBERED_DRAFTS", 2)
    texts = ["one", "two", "three", "one", "one", "two"]
    lane = Lane()
    remembered = [content(play(lane, arrival(text))) for text in texts]
    assert remembered == [content(play(Lane(), arrival(text))) for text in texts]
    assert len(lane._speaker._drafts) == 2


def test_counted_requests_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lane forgets the occurrences of the least recently received requests."""
    monkeypatch.setattr("mock_electron.engine.ledger.COUNTED_REQUESTS", 2)
    lane = Lane()
    for text in ["a", "b", "a", "c", "b", "a"]:
        play(lane, arrival(text))
    assert [one.occurrence for one in lane.journal.read()] == [0, 0, 1, 0, 0, 0]
