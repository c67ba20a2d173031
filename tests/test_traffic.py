"""The journal read back: facts, filters, assertions, and the export as a script."""

import asyncio
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import virtual_time
from hypothesis import given, settings
from hypothesis import strategies as st
from lanes import arrival, ask, body, stream
from raw_http import chat, user
from rows import each, each_of
from virtual_time import virtual_lane

from mock_electron import Electron, Exchanges, Pace, Settings, Usage, call, fail, faults, reply
from mock_electron.engine.lane import Lane
from mock_electron.engine.pace import PACES
from mock_electron.model.draft import Draft
from mock_electron.scripts import loads
from mock_electron.serve.app import App
from mock_electron.traffic.filters import NAMES

TOOL = {"type": "function", "function": {"name": "get_weather"}}


def electron(**settings: Any) -> Electron:
    return Electron(Lane(Settings(**settings)), "http://mock")


def exchanges_after(mock: Electron, *texts: str, **fields: Any) -> Exchanges:
    """Send a request with each text, and return all exchanges."""
    for text in texts:
        ask(mock._lane, text, **fields)
    return mock.exchanges


def request_body(messages: list[dict[str, str]], **fields: Any) -> bytes:
    return json.dumps({"model": "electron", "messages": messages, **fields}).encode()


# --- attempts


def attempts(mock: Electron) -> list[tuple[int, int]]:
    return [(e.occurrence, e.attempt) for e in mock.exchanges]


def test_a_retry_is_counted_after_a_failure_only() -> None:
    """A repeated request is a retry only if the previous one failed."""
    mock = electron()
    exchanges_after(mock, "a", "a")
    mock.fail(503, times=2)
    exchanges_after(mock, "a", "a", "a", "a", "b")
    assert attempts(mock) == [(0, 1), (1, 1), (2, 1), (3, 2), (4, 3), (5, 1), (0, 1)]


@each_of(
    [
        (fail(429), True),
        (faults.Reset(), True),
        (faults.Cut(after=1), True),
        (faults.NoDone(), True),
        (faults.EmptyChoices(), True),
        (faults.Crlf(), False),
        (faults.Comments(), False),
        (faults.Gzip(), False),
        (faults.Fragment(3), False),
        (faults.Stall(0.001), False),
    ]
)
def test_faults_after_which_a_request_is_a_retry(fault: Any, retried: bool) -> None:
    """A request is a retry after a fault that a correct client notices, and only then."""
    mock = electron()
    mock.inject(fault)
    stream(mock._lane)
    stream(mock._lane)
    assert mock.exchanges[1].attempt == (2 if retried else 1)


def test_a_request_after_a_disconnect_is_a_retry() -> None:
    """A client that timed out and sends the request again is on its second attempt."""
    mock = electron()
    mock._lane.close(mock._lane.open(arrival(stream=True)), 1)
    exchanges_after(mock, "Hi", stream=True)
    assert [e.attempt for e in mock.exchanges] == [1, 2]


def test_the_same_request_with_another_key_is_not_a_retry() -> None:
    """Attempts are counted per API key."""
    mock = electron()
    mock.fail(503)
    exchanges_after(mock, "a")
    exchanges_after(mock, "a", key="sk_other")
    assert [e.attempt for e in mock.exchanges] == [1, 1]


def test_the_pause_before_a_retry_on_a_frozen_clock() -> None:
    """Time by which the test advances the clock counts as pause."""
    mock = electron()
    mock.fail(503)
    exchanges_after(mock, "a")
    mock.clock.advance(2.5)
    exchanges_after(mock, "a")
    first, second = mock.exchanges
    assert first.pause is None
    assert second.pause == 2.5


def test_the_pause_does_not_include_the_time_of_the_attempt() -> None:
    """The pause runs from the end of an attempt to the start of the next."""
    lane = virtual_lane()
    Electron(lane, "http://mock").fail(503, delay=0.25)

    async def two_attempts() -> None:
        upload = [(0.0, request_body(user("Hi")))]
        await virtual_time.request(App(lane), upload)
        await asyncio.sleep(0.5)
        await virtual_time.request(App(lane), upload)

    virtual_time.run(two_attempts())
    first, second = lane.exchanges()
    assert (first.duration, second.pause) == (0.25, 0.5)
    assert (first.monotonic.arrived, first.monotonic.ended) == (0.0, 0.25)
    assert second.monotonic.arrived == 0.75


# --- facts of an exchange


def test_times_by_both_clocks() -> None:
    """Arrival, first chunk, last chunk and end are exact, by the lane's and the monotonic clock."""
    lane = virtual_lane(pace=Pace(first=0.25, each=0.125, overhead=0.25))
    Electron(lane, "http://mock").reply("one two three")
    upload = [(0.0, request_body(user("Hi"), stream=True))]
    virtual_time.run(virtual_time.request(App(lane), upload))
    [one] = lane.exchanges()
    assert one.monotonic == (0.0, 0.25, 0.5, 0.5)
    by_lane = (one.arrived_at, one.first_chunk_at, one.last_chunk_at, one.ended_at)
    assert by_lane == tuple(virtual_time.START + at for at in (0.0, 0.25, 0.5, 0.5))
    assert one.chunk_times == (0.25, 0.25, 0.375, 0.5, 0.5)
    assert one.chunks_sent == 5


@pytest.mark.electron(clock="real", pace=Pace(first=0.02, each=0.01, overhead=0.02))
def test_times_over_a_socket_are_in_order(electron: Electron) -> None:
    """On a real clock, the times of a stream never decrease."""
    electron.reply("one two three")
    chat(electron, {"messages": user("Hi"), "stream": True})
    [one] = electron.exchanges
    by_lane = (one.arrived_at, one.first_chunk_at, one.last_chunk_at, one.ended_at)
    for times in (tuple(one.monotonic), by_lane):
        known = [time for time in times if time is not None]
        assert len(known) == len(times)
        assert known == sorted(known)
    assert len(one.chunk_times) == one.chunks_sent == 5
    assert one.chunk_times[0] == one.monotonic.first_chunk


def test_headers_and_bytes_as_they_were_sent(electron: Electron) -> None:
    """Headers have lowercase names, and the API key is redacted in every header."""
    key = "sk_live_0123456789abcdef"
    response = chat(
        electron,
        {"messages": user("Hi")},
        **{"Authorization": f"Bearer {key}", "X-Trace": "7", "X-Api-Key": key},
    )
    [one] = electron.exchanges
    assert one.headers["x-trace"] == "7"
    assert one.headers["authorization"] == "Bearer ...cdef"
    assert one.headers["x-api-key"] == "...cdef"
    assert json.loads(one.body)["messages"] == user("Hi")
    assert (
        one.response_headers["x-request-id"] == one.request_id == response.headers["x-request-id"]
    )
    assert one.response_body == response.body
    assert key not in repr(one)


def test_the_body_of_a_broken_answer_ends_at_the_cut() -> None:
    """The journal has only the bytes that were sent."""
    mock = electron()
    mock.reply("one two three").cut(after=2)
    answer = stream(mock._lane)
    assert mock.exchanges.last.response_body == body(answer)
    assert mock.exchanges.last.frames == answer.frames


def test_the_journal_has_the_size_of_the_settings() -> None:
    """The oldest exchanges are dropped and counted."""
    mock = electron(journal_exchanges=2)
    found = exchanges_after(mock, "a", "b", "c")
    assert [e.number for e in found] == [1, 2]
    assert found.dropped == 1
    small = electron(journal_bytes=3_000)
    assert exchanges_after(small, *"abcdefgh").dropped > 0


def test_the_bytes_of_answers_count_too() -> None:
    """The frames of long streams count towards the size of the journal."""
    mock = electron(journal_bytes=200_000)
    mock.when().reply("word " * 400)
    for _ in range(5):
        stream(mock._lane)
    assert 0 < len(mock.exchanges) < 4


# --- a sequence with filters


def story() -> Electron:
    """Return a mock with four exchanges: a call with its filler, its result, an error, a refusal."""
    mock = electron()
    mock.when(says="weather").reply(call("get_weather", city="Pune"), filler="One moment…")
    mock.when(after_tool="get_weather").reply("It is 31 °C.")
    mock.when(says="bad").fail("concurrency")
    ask(mock._lane, "weather?", tools=[TOOL])
    reply_with_call = mock.exchanges.last.reply
    assert reply_with_call is not None
    [first] = reply_with_call.tool_calls
    function = {"name": first.name, "arguments": first.arguments}
    carried = {"id": first.id, "type": "function", "function": function}
    history: list[dict[str, Any]] = [
        *user("weather?"),
        {"role": "assistant", "content": "One moment…", "tool_calls": [carried]},
        {"role": "tool", "tool_call_id": first.id, "content": "31"},
    ]
    ask(mock._lane, "", messages=history, tools=[TOOL])
    ask(mock._lane, "bad day", key="sk_other")
    ask(mock._lane, "", temperature=-1)
    return mock


finished_story = cache(story)
"""Return a mock with these exchanges, which several rows read."""


FILTERS: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [0, 1, 2, 3]),
    ({"says": "weather"}, [0]),
    ({"says": "weather", "after_tool": "get_weather"}, [1]),
    ({"says": re.compile("bad|good")}, [2]),
    ({"system": "x"}, []),
    ({"anywhere": "31"}, [1]),
    ({"turn": 1}, [0, 2]),
    ({"turn": 2}, [1]),
    ({"user_turn": 1}, [0, 1, 2]),
    ({"call_id": "nowhere"}, []),
    ({"tools": "get_weather"}, [0, 1]),
    ({"tools": []}, [2]),
    ({"after_tool": "get_weather"}, [1]),
    ({"tool_result": "31"}, [1]),
    ({"stream": False}, [0, 1, 2]),
    ({"headers": {"x": "y"}}, []),
    ({"api_key": "sk_other"}, [2]),
    ({"parameters": {"temperature": -1}}, []),
    ({"tool": "get_weather"}, [0]),
    ({"text": "31"}, [1]),
    ({"text": re.compile("^One")}, [0]),
    ({"status": 200}, [0, 1]),
    ({"error": "concurrency"}, [2]),
    ({"error": "invalid_request_error"}, [3]),
    ({"outcome": "refused"}, [2, 3]),
    ({"answered_by": "gateway"}, [3]),
    ({"step": 2}, [1]),
    ({"attempt": 1}, [0, 1, 2, 3]),
    ({"too_early": False}, [0, 1, 2, 3]),
    ({"too_early": True}, []),
    ({"turn": 1, "status": 200}, [0]),
]


@each({str(row): row for row in FILTERS})
def test_where(row: tuple[dict[str, Any], list[int]]) -> None:
    """An exchange must meet all conditions. A refused request meets no request condition."""
    conditions, numbers = row
    assert [e.number for e in finished_story().exchanges.where(**conditions)] == numbers


def test_every_condition_of_where_is_in_the_table() -> None:
    """The table tests every condition, including new ones."""
    assert {name for row, _ in FILTERS for name in row} == set(NAMES) - {"predicate"}


@each({name: name for name in ("step 12", "function", "pocket model", "fault", "gateway")})
def test_every_origin_can_be_asked_for(name: str) -> None:
    """`answered_by` accepts every value that an exchange can have."""
    assert not Exchanges().where(answered_by=name)


def test_where_takes_a_function_of_the_exchange() -> None:
    """A function can be combined with conditions."""
    found = story().exchanges.where(lambda e: e.number > 0, turn=1)
    assert [e.number for e in found] == [2]


@each_of(
    [
        ({"tol": "x"}, "unknown condition 'tol'; expected one of .* Did you mean 'tool'"),
        ({"predicate": len}, "unknown condition 'predicate'"),
        ({"outcome": "completed"}, "Did you mean 'complete'"),
        ({"error": "concurency"}, "Did you mean 'concurrency'"),
        ({"status": "200"}, "status must be 200, a status from 400 to 599, or 0 .*, got '200'"),
        ({"status": -1}, "status must be 200, a status from 400 to 599, or 0 .*, got -1"),
        ({"status": 999}, "status must be 200, a status from 400 to 599, or 0 .*, got 999"),
        ({"status": True}, "status must be .*, got True"),
        ({"step": None}, "step must not be None"),
        ({"step": 0}, "step must be an integer of at least 1, got 0"),
        ({"attempt": 0}, "attempt must be an integer of at least 1, got 0"),
        (
            {"answered_by": "step"},
            "unknown answered_by 'step'; expected one of 'function', .*step 2",
        ),
        ({"answered_by": "step 0"}, "unknown answered_by 'step 0'"),
        ({"answered_by": "pocket_model"}, "Did you mean 'pocket model'"),
        ({"tool": 5}, "tool must be a non-empty string, got 5"),
        ({"tool": ""}, "tool must be a non-empty string, got ''"),
        ({"text": 5}, "text must be a string, got 5"),
        ({"text": ""}, "text must not be empty"),
        ({"error": ["overloaded"]}, "unknown error"),
        ({"api_key": 5}, "api_key must be a non-empty string"),
        ({"too_early": 1}, "too_early must be True or False, got 1"),
        ({"turn": 0}, "turn must be an integer of at least 1, got 0"),
    ]
)
def test_a_wrong_condition_of_where(conditions: dict[str, Any], words: str) -> None:
    """An unknown or wrong condition raises an error that suggests the nearest name."""
    with pytest.raises((TypeError, ValueError), match=words):
        story().exchanges.where(**conditions)


def test_a_sequence_that_reads_well() -> None:
    """Exchanges support length, index, slice and equality, and have shortcuts."""
    found = story().exchanges
    assert len(found) == 4
    assert isinstance(found[1:3], Exchanges)
    assert found[1:3] == list(found)[1:3] == found.where(lambda e: e.number in (1, 2))
    assert found != found[:1]
    assert found.last is found[-1] is found[3]
    assert found.texts == ["One moment…", "It is 31 °C."]
    assert [e.number for e in found.failed] == [2, 3]
    assert electron().exchanges == ()
    with pytest.raises(IndexError, match=r"no exchange at index -1; there are 0"):
        _ = electron().exchanges.last
    with pytest.raises(TypeError):
        found[0] = found[1]  # type: ignore[index]  # wrong on purpose


def test_an_exchange_in_one_line() -> None:
    """The line has the number, turn, request, answer, status, usage, outcome and step."""
    lines = [str(exchange) for exchange in story().exchanges]
    assert lines[0] == (
        "#0 turn 1 'weather?' -> 'One moment…' get_weather({\"city\": \"Pune\"}) "
        "| 200, 45+15 tokens | complete, step 1"
    )
    assert lines[2].startswith(
        "#2 turn 1 'bad day' -> concurrency 'Concurrency limit reached' | 429 |"
    )
    assert re.match(r"#3 POST /waves/v1/chat/completions, \d+ bytes -> invalid_input: ", lines[3])
    assert str(story().exchanges).splitlines()[1:] == [f"  {one}" for one in lines]


def test_a_line_stays_one_line() -> None:
    """Line breaks in texts are escaped."""
    mock = electron()
    mock.reply("a\nb" * 100)
    assert "\n" not in str(exchanges_after(mock, "x\r\ny" * 100).last)


def test_a_line_contains_no_control_characters() -> None:
    """Control characters in tool names and exceptions are escaped."""
    mock = electron()
    mock.reply(call("get_\n\x1b[31m"))
    assert exchanges_after(mock, "Hi").last.reply is not None

    def broken(_request: object) -> str:
        raise LookupError("a\nb\ud800")

    mock.respond_with(broken)
    exchanges_after(mock, "Ho")
    for shown in map(str, mock.exchanges):
        assert shown.isprintable()


def test_reading_what_is_in_flight_without_waiting() -> None:
    """`exchanges_so_far` does not wait for requests in flight."""
    mock = electron()
    answer = mock._lane.open(arrival())
    assert mock.exchanges_so_far.last.outcome == "in flight"
    mock._lane.close(answer, 1)


# --- assertions


def refused(words: str) -> Any:
    return pytest.raises(AssertionError, match=words)


def test_assert_called() -> None:
    """The number of requests is checked, and a failure lists the requests."""
    mock = story()
    mock.assert_called()
    mock.assert_called(tool="get_weather")
    mock.assert_called(times=2, turn=1)
    mock.assert_called(times=0, says="rain")
    mock.assert_called(lambda e: e.number == 2, times=1)
    with refused(
        r"expected 1 request with turn=1, got 2 requests\nExchanges \(> marks .*\):\n"
        r"> #0 .*\n  #1 .*\n> #2 .*\n  #3 .*\Z"
    ):
        mock.assert_called(times=1, turn=1)
    with refused("expected at least 1 request with says='rain', got 0 requests\nExchanges:\n  #0 "):
        mock.assert_called(says="rain")
    with pytest.raises(TypeError, match="Did you mean 'says'"):
        mock.assert_called(sayz="x")  # type: ignore[call-arg]  # wrong on purpose


def test_assert_all_used() -> None:
    """Every step must have answered `times` requests, or at least one if it has no limit."""
    mock = electron()
    mock.reply("a", times=2)
    mock.when(says="x").fail(503)
    mock.when(says="y").reply(call("f"))
    exchanges_after(mock, "Hi", "Hi")
    with refused(
        r"left over:\n"
        r"  step 2 \(test_traffic.py:\d+\): fail overloaded; answered 0 times, expected at least once\n"
        r"  step 3 \(test_traffic.py:\d+\): reply f; answered 0 times"
    ):
        mock.assert_all_used()
    exchanges_after(mock, "x", "y")
    mock.assert_all_used()
    mock.reply("b", times=2)
    exchanges_after(mock, "Hi")
    with refused("reply 'b'; answered 1 time, expected 2 times"):
        mock.assert_all_used()


def test_a_match_without_an_answer_is_left_over() -> None:
    """A `when(…)` without an answer fails the assertion."""
    mock = electron()
    mock.when(says="x").reply("y").times(1)
    mock.when(says="weather")
    exchanges_after(mock, "x")
    with refused(r"left over:\n  test_traffic.py:\d+: when\(\) without an answer\n"):
        mock.assert_all_used()


def test_assert_scripted_and_strict() -> None:
    """In a strict lane, requests without a step fail. A lane that is not strict never fails."""
    mock = electron(strict=True)
    mock.reply("a")
    mock.assert_scripted()
    with refused("steps left over"):
        mock.assert_strict()
    exchanges_after(mock, "x", "y")
    with refused("1 request had no step in the script.\n#1: No step of the script answers"):
        mock.assert_scripted()
    with refused("1 request had no step"):
        mock.assert_strict()
    lax = electron()
    lax.reply("a")
    lax.assert_strict()


def test_strict_sees_a_function_that_raised() -> None:
    """A user function that raised fails the test, even if the client ignores the 500."""
    mock = electron(strict=True)
    mock.respond_with(lambda request: 1 / 0)  # type: ignore[arg-type, return-value]  # wrong on purpose
    exchanges_after(mock, "Hi")
    with refused("a user function raised:\n#0: ZeroDivisionError"):
        mock.assert_strict()


def test_numbers_out_of_range_are_rejected() -> None:
    """A wrong number is an error instead of an assertion that is always or never true."""
    times: Any
    for times in ("3", -1):
        with pytest.raises(
            ValueError, match="times must be an integer of at least 0, or None, got "
        ):
            electron().assert_called(times=times)
    with pytest.raises(ValueError, match="at_least must be a number from 0 to 1, got 80"):
        electron().assert_cache_hit_rate(at_least=80)


def test_a_failure_shows_the_last_exchanges_and_no_key() -> None:
    """A failure lists the last 50 exchanges, and hides API keys."""
    mock = electron()
    exchanges_after(mock, *map(str, range(80)))
    with refused("with api_key=…, got 0 requests") as failure:
        mock.assert_called(api_key="sk_live_0123456789")
    text = str(failure.value)
    assert "  (30 earlier)\n  #30 " in text
    assert "sk_live" not in text + repr(Settings(api_keys=("sk_live_0123456789",)))


def test_assert_retried() -> None:
    """The failure, the number of retries and their pauses are checked."""
    mock = electron()
    mock.fail(503, times=2)
    mock.reply("well")
    mock.fail("concurrency")
    exchanges_after(mock, "a")
    mock.clock.advance(0.25)
    exchanges_after(mock, "a")
    mock.clock.advance(0.5)
    exchanges_after(mock, "a", "b", "b")
    mock.assert_retried(503, 2, min_pause=0.25)
    mock.assert_retried("overloaded", times=2)
    mock.assert_retried("concurrency")
    mock.assert_retried(502, 0)
    with refused("expected 3 retries after 503, got 2"):
        mock.assert_retried(503, 3)
    with refused("expected pauses of at least 0.3 s after 503, got #1 0.250 s"):
        mock.assert_retried(503, 2, min_pause=0.3)
    with pytest.raises(ValueError, match=r"unknown failure 'overload'; .* 'overloaded'\?"):
        mock.assert_retried("overload")
    with pytest.raises(ValueError, match=r"expected one of 400, .* 503, .* Did you mean 503\?"):
        mock.assert_retried(5033)
    with pytest.raises(TypeError, match="Did you mean 'min_pause'"):
        mock.assert_retried(503, min_pauze=1)  # type: ignore[call-arg]  # wrong on purpose


def test_assert_retried_after_a_fault() -> None:
    """A fault is named as in script files."""
    mock = electron()
    mock.inject(faults.Reset())
    mock.reply("long story").cut(after=1)
    for _ in range(3):
        stream(mock._lane)
    mock.assert_retried("reset")
    mock.assert_retried("cut")
    mock.assert_retried("stall", 0)


def test_assertions_suggest_their_own_keywords() -> None:
    """Keywords of the assertion count as well as the conditions of `where`."""
    mock: Any = electron()
    for name, wrong, hint in (
        ("assert_called", "tims", "times"),
        ("assert_called", "sayz", "says"),
        ("assert_cancelled", "within_chunk", "within_chunks"),
        ("assert_cache_hit_rate", "at_lest", "at_least"),
    ):
        words = f"{name}() got an unexpected keyword argument {wrong!r}. Did you mean {hint!r}?"
        with pytest.raises(TypeError, match=re.escape(words)):
            getattr(mock, name)(**{wrong: 1})


def test_assert_peak_in_flight() -> None:
    """The largest number of simultaneous requests of one API key is checked."""
    mock = electron()
    held = [mock._lane.open(arrival(str(number))) for number in range(3)]
    for answer in held:
        mock._lane.close(answer, 1)
    mock.assert_peak_in_flight(at_most=3)
    other = mock._lane.open(arrival("later"))
    mock._lane.close(other, 1)
    with refused("expected at most 2 requests in flight, got 3") as failure:
        mock.assert_peak_in_flight(at_most=2)
    marked = re.findall(r"^> #([0-9])", str(failure.value), re.MULTILINE)
    assert marked == ["0", "1", "2"]


def left_after(mock: Electron, frames: int) -> None:
    """Add a stream that the client leaves after a number of frames."""
    answer = mock._lane.open(arrival(stream=True))
    moments = [mock.clock._moment() for _ in range(frames)]
    mock._lane.close(answer, frames, moments)


def test_assert_cancelled() -> None:
    """Without a barge-in, chunks are counted from the first."""
    mock = electron()
    exchanges_after(mock, "Hi", stream=True)
    with refused("to the end; replies are sent in one write: set a pace on a real clock"):
        mock.assert_cancelled()
    left_after(mock, 3)
    mock.assert_cancelled()
    mock.assert_cancelled(within_chunks=3, stream=True)
    with refused("expected at most 2 chunks after the first chunk, got 3 chunks in #1"):
        mock.assert_cancelled(within_chunks=2)
    with refused("expected the client to disconnect, but no request matches"):
        mock.assert_cancelled(turn=7)


def test_assert_cancelled_without_a_request() -> None:
    """Without any request, the client had nothing to disconnect from."""
    with refused("expected the client to disconnect, but no request was received"):
        electron().assert_cancelled()


@pytest.mark.parametrize("where", ["lane", "step"])
def test_assert_cancelled_with_a_pace_on_a_frozen_clock(where: str) -> None:
    """The hint asks for a real clock, as the pace is set already."""
    mock = electron(pace=Pace(each=1.0) if where == "lane" else "instant")
    mock.reply("Hi!", pace=None if where == "lane" else "electron")
    exchanges_after(mock, "Hi", stream=True)
    with refused("to the end; the pace takes no time: the clock must be real, clock='real'"):
        mock.assert_cancelled()


def test_assert_cancelled_since_barge_in() -> None:
    """With a barge-in, chunks are counted from it."""
    mock = electron()
    answer = mock._lane.open(arrival(stream=True))
    moments = [mock.clock._moment() for _ in range(4)]
    mock.barge_in()
    moments += [mock.clock._moment() for _ in range(2)]
    mock._lane.close(answer, 6, moments)
    mock.assert_cancelled(within_chunks=2)
    with refused("expected at most 1 chunk after the barge-in, got 2 chunks in #0"):
        mock.assert_cancelled(within_chunks=1)


def test_a_reply_that_was_read_to_its_end_after_barge_in_is_not_cancelled() -> None:
    """A reply in flight at a barge-in must be left, whatever happens to later replies."""
    mock = electron()
    story = mock._lane.open(arrival("story", stream=True))
    mock.barge_in()
    mock._lane.close(story, len(story.frames), [mock.clock._moment() for _ in story.frames])
    left_after(mock, 1)
    with refused(r"but it read #0 to the end, \d+ chunks after the barge-in"):
        mock.assert_cancelled()
    mock.assert_cancelled(lambda e: e.number == 1)


def test_each_barge_in_counts_for_the_replies_in_flight_then() -> None:
    """A later barge-in does not reset the chunks of an earlier one."""
    mock = electron()
    for wasted in (5, 0):
        answer = mock._lane.open(arrival(stream=True))
        mock.barge_in()
        moments = [mock.clock._moment() for _ in range(max(wasted, 1))]
        mock._lane.close(answer, wasted, moments[:wasted])
    mock.assert_cancelled(within_chunks=5)
    with refused("at most 2 chunks after the barge-in, got 5 chunks in #0"):
        mock.assert_cancelled(within_chunks=2)


def carried(reply_to: Any, **changes: Any) -> dict[str, Any]:
    """Return the assistant's message as a client sends it back in the history."""
    calls = [
        {"id": c.id, "type": "function", "function": {"name": c.name, "arguments": c.arguments}}
        for c in reply_to.tool_calls
    ]
    return {"role": "assistant", "content": reply_to.content, "tool_calls": calls} | changes


def compact(message: dict[str, Any]) -> dict[str, Any]:
    """Remove the white space in the arguments of the calls, as some frameworks do."""
    for tool_call in message["tool_calls"]:
        function = tool_call["function"]
        function["arguments"] = json.dumps(json.loads(function["arguments"]), separators=(",", ":"))
    return message


def result(reply_to: Any, index: int = 0, **changes: Any) -> dict[str, Any]:
    tool_call = reply_to.tool_calls[index]
    return {"role": "tool", "tool_call_id": tool_call.id, "content": "31"} | changes


HISTORIES: list[tuple[Any, str]] = [
    (lambda r: [carried(r), result(r), result(r, 1)], ""),
    (lambda r: [carried(r), result(r, 1), result(r)], ""),
    (lambda r: [compact(carried(r)), result(r), result(r, 1)], ""),
    (
        lambda r: [
            {"role": "assistant", "content": r.content},
            carried(r, content=None),
            result(r),
            result(r, 1),
        ],
        "",
    ),
    (lambda r: [], "#0 called f, g, but no later request has the call and its result"),
    (lambda r: [carried(r), result(r)], "g (…) has no result"),
    (lambda r: [carried(r), result(r), result(r), result(r, 1)], "f (…) has 2 results"),
    (
        lambda r: [carried(r), result(r), result(r, 1), carried(r)],
        "the message is in the history 2 times",
    ),
    (
        lambda r: [carried(r, content=None), result(r), result(r, 1)],
        "the filler 'One moment…' was sent back as nothing",
    ),
    (
        lambda r: [carried(r, content="One"), result(r), result(r, 1)],
        "the filler 'One moment…' was sent back as 'One'",
    ),
    (
        lambda r: [carried(r, tool_calls=carried(r)["tool_calls"][:1]), result(r)],
        'the calls were sent back as f({"x": 1})',
    ),
    (
        lambda r: [carried(r), result(r), result(r, 1), result(r, tool_call_id="z")],
        "#1: a result belongs to no call: its id is 'z'",
    ),
]


@each({str(row): row for row in HISTORIES})
def test_assert_tool_results_answered(row: tuple[Any, str]) -> None:
    """Every call must be sent back once, unchanged, with its filler and one result."""
    history, words = row
    mock = electron()
    mock.reply(call("f", x=1), call("g"), filler="One moment…")
    sent = exchanges_after(mock, "Hi").last.reply
    ask(mock._lane, "", messages=[*user("Hi"), *history(sent)])
    if not words:
        mock.assert_tool_results_answered()
        return
    with refused("tool calls and their results do not match") as failure:
        mock.assert_tool_results_answered()
    assert words in re.sub(r"chatcmpl-tool-[0-9a-f]{16}", "…", str(failure.value))


def test_a_call_that_ends_the_conversation_needs_no_result() -> None:
    """Tools in `except_for` need no result."""
    mock = electron()
    mock.reply(call("hang_up"))
    exchanges_after(mock, "Bye")
    mock.assert_tool_results_answered(except_for=["hang_up"])
    with refused("#0 called hang_up"):
        mock.assert_tool_results_answered()


def test_calls_that_were_not_received_need_no_result() -> None:
    """A call needs no result if the client left or the reply was broken."""
    mock = electron()
    mock.reply(call("f"), times=3)
    mock._lane.close(mock._lane.open(arrival(stream=True)), 1)
    mock.inject(faults.BadArguments())
    exchanges_after(mock, "Hi")
    exchanges_after(mock, "Hi", max_tokens=1)
    mock.assert_tool_results_answered()


def test_assert_cache_hit_rate() -> None:
    """The hit rate is the fraction of cached prompt tokens in the chosen exchanges."""
    mock = electron()
    mock.reply("Well, yes.", times=2)
    exchanges_after(mock, "word " * 100, "word " * 100)
    mock.assert_cache_hit_rate(at_least=0.4)
    mock.assert_cache_hit_rate(lambda e: e.number == 1, at_least=0.9)
    with refused(r"hit rate of at least 0.8, got 0.\d\d: \d+ of \d+ prompt tokens were cached"):
        mock.assert_cache_hit_rate(at_least=0.8)
    with refused("no request was received"):
        electron().assert_cache_hit_rate(at_least=0)


# --- the export as a script


def answers(lane: Lane, requests: list[dict[str, Any]]) -> list[Any]:
    """Send requests, and return what a script reproduces of the answers."""
    found = []
    for fields in requests:
        answer = ask(lane, "", **fields)
        exchange = lane.exchanges()[-1]
        sent = exchange.reply
        calls = [(c.name, c.arguments) for c in sent.tool_calls] if sent else []
        result = (sent.content, calls, sent.finish_reason) if sent else exchange.error
        found.append((answer.status, answer.outcome, result, exchange.faults))
    return found


ANSWERS = st.sampled_from(
    [
        reply("Hello!"),
        reply("no: '# yes'\n\n- \"x\"\t\u2028…\x85"),
        reply(""),
        reply("0x1F"),
        reply("a\x85b\u2028c\u2029d"),
        reply(call("get_weather", city="Pune", days=[1, 2], on="2026-11-23")),
        reply(call("f"), call("g", x=None), filler="एक मिनट…"),
        reply("cut short", finish_reason="length"),
        fail(503),
        fail("disabled", message="later", retry_after=3),
        fail(502, body="html", delay=0.001),
        faults.Reset(),
    ]
)
OFFERED = [{"type": "function", "function": {"name": n}} for n in ("f", "g", "get_weather")]
QUESTIONS = st.sampled_from(["Hi", "weather?", "", "मौसम?", "a: [b]\n"])
FAULTS = st.sampled_from([None, faults.Cut(after=1), faults.NoDone(), faults.ErrorEvent(1, 503)])


@given(st.lists(st.tuples(QUESTIONS, ANSWERS, FAULTS, st.booleans()), max_size=6))
@settings(max_examples=40)
def test_what_was_recorded_answers_the_same_again(story: list[Any]) -> None:
    """The exported script reproduces texts, calls, finish reasons, failures and faults.

    It runs in a strict lane, so every step must be used.
    """
    first = electron()
    requests = []
    for question, answer, fault, streamed in story:
        requests.append({"messages": user(question), "stream": streamed, "tools": OFFERED})
        first.when().respond_with(lambda _, answer=answer: answer).times(1)  # type: ignore[misc]  # mypy cannot infer a default
        if fault is not None and not isinstance(answer, type(fail(503)) | faults.Reset):
            first.inject(fault) if streamed else None
    first_answers = []
    for fields in requests:
        first_answers += answers(first._lane, [fields])
    again = electron(strict=True)
    for step in loads(first.exchanges.script().encode(), "story.yaml"):
        again._lane.add(step)
    assert answers(again._lane, requests) == first_answers
    again.assert_strict()


def test_what_a_step_adds_is_recorded_too() -> None:
    """The pace, headers and usage of a step are exported, and the tool result that it matched."""
    mock = electron()
    mock.reply("slow", pace="electron", headers={"X-A": "b"}, usage=Usage(20, 9))
    exchanges_after(mock, "Hi")
    [step] = loads(mock.exchanges.script().encode(), "story.yaml")
    assert (step.pace, step.headers) == (PACES["electron"], ((b"x-a", b"b"),))
    assert isinstance(step.answer, Draft)
    assert step.answer.usage == Usage(20, 9)
    steps = loads(story().exchanges.script().encode(), "story.yaml")
    assert steps[1].match.given["tool_result"] == "31"


def test_a_request_that_is_always_refused_needs_no_step() -> None:
    """Invalid requests and wrong keys are not exported. A rate limit becomes a `fail` step."""
    mock = electron(plan="standard")
    ask(mock._lane, "", temperature=-1)
    ask(mock._lane, "", key="sk_mock_revoked")
    exchanges_after(mock, *map(str, range(10)))
    steps = loads(mock.exchanges.script().encode(), "story.yaml")
    assert len(steps) == 10
    assert steps[-1].summary == "fail rate_limit"


def test_saving(tmp_path: Path) -> None:
    """The file extension selects the format. An unknown one is an error that lists all."""
    mock = story()
    for name, beginning in [
        ("a.yaml", "steps:\n"),
        ("a.yml", "steps:\n"),
        ("a.har", "{"),
        ("a.jsonl", '{"number":0'),
    ]:
        mock.exchanges.save(tmp_path / name)
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(beginning)
    mock.exchanges.save(str(tmp_path / "b.yaml"))
    assert (tmp_path / "a.yaml").read_bytes() == (tmp_path / "b.yaml").read_bytes()
    message = r"a\.txt: unknown file extension '\.txt'; expected one of '\.yaml', '\.yml', "
    with pytest.raises(ValueError, match=message):
        mock.exchanges.save(tmp_path / "a.txt")


def test_a_saved_story_is_loaded_again(tmp_path: Path, electron: Electron) -> None:
    """`load` reads a script that `save` has written."""
    story().exchanges.save(tmp_path / "story.yaml")
    electron.load(tmp_path / "story.yaml")
    response = chat(electron, {"messages": user("weather?"), "tools": [TOOL]})
    assert response.json["choices"][0]["message"]["content"] == "One moment…"
