"""engine/: one lane's world, without a socket."""

import dataclasses
import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from raw_http import user

from mock_electron import Exchange, Settings, StillInFlightError
from mock_electron.engine.answer import Answer
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.clock import Moment
from mock_electron.engine.faults import Fail
from mock_electron.engine.journal import Journal, Sent
from mock_electron.engine.keys import redact
from mock_electron.engine.lane import Lane
from mock_electron.engine.pace import Pace
from mock_electron.engine.script import Step
from mock_electron.model.draft import Draft
from mock_electron.wire import errors

CHAT = "/waves/v1/chat/completions"


def arrival(text: str = "Hi", authorization: str = "Bearer sk_mock", **fields: Any) -> Arrival:
    body = json.dumps({"model": "electron", "messages": user(text), **fields}).encode()
    return Arrival("POST", CHAT, authorization, "application/json", body)


def play(lane: Lane, arrived: Arrival) -> Answer:
    """Ask, and say that all of the answer was sent."""
    answer = lane.open(arrived)
    lane.close(answer, len(answer.frames))
    return answer


def content(answer: Answer) -> Any:
    return json.loads(answer.frames[0])["choices"][0]["message"]["content"]


def id_of(answer: Answer) -> Any:
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
    """Whatever the hash seed: status, headers and body, streamed and not, refused and not."""

    def run(hash_seed: str) -> str:
        environment = os.environ | {"PYTHONHASHSEED": hash_seed, "COVERAGE_PROCESS_CONFIG": ""}
        command = [sys.executable, "-c", PROGRAM]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    first = run("1")
    assert first.count("chatcmpl-") > 20
    assert first == run("2")


def test_the_order_of_arrival_changes_nothing() -> None:
    """Concurrent requests cannot disturb each other: what is asked decides, not when.

    What the prefix cache counts does depend on what came before: here it holds nothing.
    """
    asked = [arrival(f"Name color {n % 40}", seed=n % 7) for n in range(200)]

    def outcomes(order: list[Arrival]) -> list[tuple[bytes, tuple[bytes, ...]]]:
        lane = Lane(Settings(sampling="varied", prefix_cache_tokens=0))
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda one: (one.body, play(lane, one).frames), order))
        return sorted(answers)

    assert outcomes(asked) == outcomes(asked[::-1])


def test_the_lanes_seed_chooses_the_world() -> None:
    """Another seed has other ids and other words."""
    one, other = (play(Lane(Settings(seed=seed)), arrival("Name a color")) for seed in (1, 2))
    assert id_of(one) != id_of(other)
    assert content(one) != content(other)


def test_every_occurrence_has_ids_of_its_own() -> None:
    """The words stay, the ids do not come twice."""
    lane = Lane()
    answers = [play(lane, arrival()) for _ in range(5)]
    assert len({id_of(answer) for answer in answers}) == 5
    assert len({dict(answer.headers)[b"x-request-id"] for answer in answers}) == 5
    assert len({content(answer) for answer in answers}) == 1


def test_the_same_request_is_known_however_it_is_written() -> None:
    """White space and the order of keys do not make it another one."""
    body = {"model": "electron", "messages": user("Hi")}
    spaced = json.dumps(dict(reversed(body.items())), indent=3).encode()
    lane = Lane()
    play(lane, arrival())
    play(lane, dataclasses.replace(arrival(), body=spaced))
    assert [exchange.occurrence for exchange in lane.journal.read()] == [0, 1]


def test_the_frozen_clock_stands_still_and_the_real_one_goes() -> None:
    """created comes from the lane's clock."""

    def created(lane: Lane) -> Any:
        return json.loads(play(lane, arrival()).frames[0])["created"]

    assert created(Lane()) == 1_740_000_000
    assert abs(created(Lane(Settings(clock="real"))) - time.time()) < 5


# --- keys


def test_any_key_is_let_in_unless_some_are_named() -> None:
    """Then only those, and the keys with a meaning keep it."""
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
    """An exchange never shows a key."""
    assert redact(header) == shown


# --- script


def test_steps_answer_in_order_and_then_the_pocket_model() -> None:
    """Each as often as it says."""
    lane = Lane()
    lane.add(Step(Draft("one")))
    lane.add(Step(Fail(errors.OVERLOADED), times=2))
    lane.add(Step(Draft("two")))
    statuses = [play(lane, arrival()).status for _ in range(5)]
    assert statuses == [200, 503, 503, 200, 200]
    replies = [exchange.reply for exchange in lane.journal.read()]
    assert [reply.content if reply else None for reply in replies][:4] == ["one", None, None, "two"]


def test_a_request_that_is_refused_anyway_uses_no_step() -> None:
    """Bad input, a wrong key and too long a prompt come before the script."""
    lane = Lane()
    lane.add(Step(Draft("kept")))
    refused = [arrival(temperature=-1), arrival(authorization=""), arrival(max_tokens=32_768)]
    assert [play(lane, one).status for one in refused] == [400, 401, 400]
    assert content(play(lane, arrival())) == "kept"


@pytest.mark.parametrize("times", [0, -1, 1.5, True, "2"])
def test_times_is_a_whole_number(times: Any) -> None:
    """Anything else is an error where it is written."""
    with pytest.raises(ValueError, match="times is a whole number of at least 1"):
        Step(Draft("x"), times=times)


# --- journal


def test_an_exchange_says_what_was_asked_and_answered() -> None:
    """Typed, in order of arrival, refusals included."""
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
    """Usage is recorded for the tokens that had been sent when the client left (D)."""
    lane = Lane()
    lane.add(Step(Draft("one two three four")))
    answer = lane.open(arrival(stream=True))
    lane.close(answer, 3)
    [exchange] = lane.journal.read()
    assert exchange.usage is not None
    assert exchange.usage.completion_tokens == 2
    assert exchange.reply is not None
    assert exchange.reply.usage.completion_tokens == 4


def test_calls_have_ids_of_their_own_at_every_occurrence() -> None:
    """But the same in a stream and in a whole reply."""
    lane = Lane()
    tool = {"type": "function", "function": {"name": "f"}}
    for stream in (False, False, True, True):
        play(lane, arrival(tools=[tool], tool_choice="required", stream=stream))
    ids = [one.reply.tool_calls[0].id for one in lane.journal.read() if one.reply]
    assert ids[0] != ids[1]
    assert ids[:2] == ids[2:]


def test_reading_waits_for_what_is_in_flight() -> None:
    """An answer that is still being sent is waited for, in another thread's time."""
    lane = Lane()
    answer = lane.open(arrival())
    threading.Timer(0.05, lane.close, (answer, 1)).start()
    [exchange] = lane.journal.read()
    assert exchange.outcome == "complete"


def test_reading_does_not_wait_for_ever() -> None:
    """It says what is still in flight, and what to do."""
    lane = Lane()
    lane.open(arrival())
    with pytest.raises(StillInFlightError, match=f"exchange 0 POST {CHAT}.*Read the stream"):
        lane.journal.read(timeout=0.01)


def exchange(number: int, body: bytes = b"") -> Exchange:
    return Exchange(number, "POST", CHAT, "", body, False, 200, "", None, None, 0, 1)


def test_the_journal_is_bounded_in_number() -> None:
    """The oldest are dropped, and counted."""
    journal = Journal(max_exchanges=3)
    for number in range(5):
        journal.open(exchange(number))
        journal.close(number, Sent("complete", 1, Moment(0, 0)))
    assert [kept.number for kept in journal.read()] == [2, 3, 4]
    assert (journal.opened, journal.dropped) == (5, 2)


def test_the_journal_is_bounded_in_bytes() -> None:
    """A body that is larger than the whole journal is not kept at all."""
    journal = Journal(max_bytes=100)
    for number, size in enumerate([60, 60, 500]):
        journal.open(exchange(number, b"x" * size))
        journal.close(number, Sent("complete", 1, Moment(0, 0)))
    assert journal.read() == ()
    assert journal.dropped == 3


def test_long_replies_count_too() -> None:
    """A journal of short questions and long answers is bounded as well."""
    lane = Lane()
    lane.journal = Journal(max_bytes=100_000)
    lane.add(Step(Draft("word " * 600), times=5))
    for _ in range(5):
        play(lane, arrival())
    assert [one.number for one in lane.journal.read()] == [3, 4]


def test_a_dropped_exchange_that_is_in_flight_is_waited_for() -> None:
    """Dropping it from the record does not end it."""
    journal = Journal(max_exchanges=1)
    journal.open(exchange(0))
    journal.open(exchange(1))
    journal.close(1, Sent("complete", 1, Moment(0, 0)))
    with pytest.raises(StillInFlightError, match="exchange 0"):
        journal.read(timeout=0)
    journal.close(0, Sent("complete", 1, Moment(0, 0)))
    assert len(journal.read()) == 1


def test_what_is_remembered_changes_nothing_and_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A lane that remembers gives the bytes of one that has just begun."""
    monkeypatch.setattr("mock_electron.engine.choose_reply.REMEMBERED_DRAFTS", 2)
    texts = ["one", "two", "three", "one", "one", "two"]
    lane = Lane()
    remembered = [content(play(lane, arrival(text))) for text in texts]
    assert remembered == [content(play(Lane(), arrival(text))) for text in texts]
    assert len(lane._reply_chooser._drafts) == 2


def test_counting_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the requests seen longest ago it is forgotten how often they came."""
    monkeypatch.setattr("mock_electron.engine.lane.COUNTED_REQUESTS", 2)
    lane = Lane()
    for text in ["a", "b", "a", "c", "b", "a"]:
        play(lane, arrival(text))
    assert [one.occurrence for one in lane.journal.read()] == [0, 0, 1, 0, 0, 0]


# --- settings and pace


@pytest.mark.parametrize("reply", ["", "word"])
def test_a_paced_stream_of_next_to_nothing(reply: str) -> None:
    """As many pauses as frames, whatever the reply's size."""
    lane = Lane(Settings(clock="real", pace=Pace(first=0.2, each=0.01, overhead=0.2)))
    lane.add(Step(Draft(reply)))
    answer = play(lane, arrival(stream=True))
    assert len(answer.pauses) == len(answer.frames)
    assert sum(answer.pauses) == pytest.approx(0.2)
