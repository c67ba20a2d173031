"""The script: which step answers, what it answers, and why no step does."""

import json
import pickle
import re
import warnings
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lanes import ask, body, header, stream
from msgspec.structs import replace
from raw_http import chat, user
from rows import each

from mock_electron import Electron, Settings, Usage, call, fail, faults
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.lane import Lane
from mock_electron.engine.script.conditions import CONDITIONS
from mock_electron.engine.script.match import Match
from mock_electron.engine.script.match_input import MatchInput
from mock_electron.engine.script.step import Step, with_headers
from mock_electron.model.draft import Draft
from mock_electron.wire import codec
from mock_electron.wire.request import freeze

WEATHER: list[dict[str, Any]] = [
    {"role": "system", "content": "You are Asha. Be brief."},
    {"role": "user", "content": "How is the weather?"},
    {
        "role": "assistant",
        "content": "One moment…",
        "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "get_city", "arguments": "{}"}},
            {"id": "b", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}},
        ],
    },
    {"role": "tool", "tool_call_id": "a", "content": "Mumbai"},
    {"role": "tool", "tool_call_id": "b", "content": '{"celsius": 31}'},
]
"""A conversation; each of its prefixes is a request."""
ANSWER: dict[str, Any] = {"role": "assistant", "content": "It is 31 °C."}
SYSTEM: dict[str, Any] = {"role": "system", "content": "The user has been quiet. Ask again."}
"""A message that frameworks add, such as pipecat's UserIdleProcessor."""


def tool(name: str) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name}}


def asked(messages: list[dict[str, Any]] = WEATHER, **fields: Any) -> MatchInput:
    document = {"model": "electron", "messages": messages, **fields}
    headers = ((b"X-Trace", b"7"), (b"user-agent", b"agent/1.0"), (b"authorization", b"sk_asha"))
    return MatchInput(freeze(codec.decode(json.dumps(document).encode())), headers, "sk_asha")


def mocked(**settings: Any) -> Electron:
    return Electron(Lane(Settings(**settings)), "http://mock")


def said(answer: Any) -> str | None:
    document = json.loads(body(answer))
    if "error" in document:
        return f"{answer.status} {document['error']['type']}"
    content: str | None = document["choices"][0]["message"]["content"]
    return content


# --- conditions

MATCHING: list[tuple[dict[str, Any], MatchInput]] = [
    ({"says": "weather"}, asked(WEATHER[:2])),
    ({"says": re.compile(r"^how\b", re.IGNORECASE)}, asked(WEATHER[:2])),
    ({"says": "weather", "after_tool": "get_weather"}, asked()),
    ({"says": "weather", "tool_result": "31"}, asked()),
    ({"system": "Asha"}, asked()),
    ({"anywhere": "Mumbai"}, asked()),
    ({"anywhere": re.compile("celsius")}, asked()),
    ({"turn": 1}, asked(WEATHER[:2])),
    ({"turn": 2}, asked()),
    ({"tools": "f"}, asked(tools=[tool("g"), tool("f")])),
    ({"tools": ["f", "g"]}, asked(tools=[tool("g"), tool("f")])),
    ({"tools": []}, asked()),
    ({"after_tool": "get_weather"}, asked()),
    ({"after_tool": "get_city"}, asked(WEATHER[:4])),
    ({"after_tool": "get_city"}, asked()),
    ({"after_tool": "get_city", "tool_result": "Mumbai"}, asked()),
    ({"after_tool": "get_weather"}, asked([*WEATHER, *user("Please go on.")])),
    ({"says": "weather", "after_tool": "get_city"}, asked([*WEATHER, *user("Please go on.")])),
    ({"says": "go on", "after_tool": "get_city"}, asked([*WEATHER, *user("Please go on.")])),
    ({"says": "hotel"}, asked([*WEATHER, *user("No, find a hotel.")])),
    ({"says": "weather"}, asked([*WEATHER[:2], SYSTEM])),
    ({"says": "weather"}, asked([*WEATHER[:2], ANSWER])),
    ({"call_id": "a"}, asked()),
    ({"call_id": "b", "after_tool": "get_weather", "tool_result": "31"}, asked()),
    ({"user_turn": 1}, asked()),
    ({"user_turn": 2}, asked([*WEATHER, ANSWER, *user("Thanks!")])),
    ({"attempt": 1}, asked()),
    ({"attempt": 2}, replace(asked(), attempt=2)),
    ({"after_tool": "get_weather"}, asked([*WEATHER, {"role": "system", "content": "Hurry."}])),
    ({"tool_result": "celsius"}, asked()),
    ({"stream": True}, asked(stream=True)),
    ({"stream": False}, asked()),
    ({"headers": {"x-trace": "7"}}, asked()),
    ({"headers": {"User-Agent": re.compile(r"^agent/\d"), "X-TRACE": "7"}}, asked()),
    ({"api_key": "sk_asha"}, asked()),
    ({"parameters": {"temperature": 0}}, asked(temperature=0)),
    ({"parameters": {"seed": 7, "stop": ["x"]}}, asked(seed=7, stop=["x"])),
    ({"predicate": lambda request: request.temperature == 0}, asked(temperature=0)),
    ({}, asked()),
    ({"says": "weather", "turn": 1, "stream": False, "system": "brief"}, asked(WEATHER[:2])),
]

DIFFERING: list[tuple[dict[str, Any], MatchInput, str]] = [
    ({"says": "rain"}, asked(WEATHER[:2]), "says 'rain', but the user said 'How is the weather?'"),
    (
        {"says": "WEATHER"},
        asked(WEATHER[:2]),
        "says 'WEATHER', but the user said 'How is the weather?', which differs in case",
    ),
    (
        {"says": re.compile("rain|snow")},
        asked(WEATHER[:2]),
        "says regex 'rain|snow', but the user said 'How is the weather?'",
    ),
    (
        {"says": "caf\u00e9"},
        asked(user("cafe\u0301")),
        "says 'caf\u00e9', but the user said 'cafe\u0301', which is a different Unicode form of the same text",
    ),
    ({"says": "weather"}, asked(WEATHER[:1]), "says 'weather', but there is no user message"),
    (
        {"says": "weather"},
        asked(),
        "says 'weather', but the result of get_weather has arrived since; add after_tool to match it",
    ),
    (
        {"system": "Ravi"},
        asked(),
        "system 'Ravi', but the system prompt is 'You are Asha. Be brief.'",
    ),
    (
        {"system": "Ravi"},
        asked(WEATHER[1:2]),
        "system 'Ravi', but there is no system prompt",
    ),
    ({"anywhere": "Pune"}, asked(), "anywhere 'Pune', but none of the 5 messages contains it"),
    ({"turn": 1}, asked(), "turn 1, but this is turn 2"),
    ({"tools": "f"}, asked(), "tools f, but the request offers none"),
    (
        {"tools": ["get_wether", "f"]},
        asked(tools=[tool("get_weather"), tool("f")]),
        "tools get_wether, but the request offers get_weather, f. Did you mean 'get_weather'?",
    ),
    ({"tools": []}, asked(tools=[tool("f")]), "tools: none, but the request offers f"),
    (
        {"after_tool": "f"},
        asked(WEATHER[:2]),
        "after_tool f, but the latest message is not a tool result",
    ),
    (
        {"says": "weather"},
        asked([*WEATHER, *user("What is the weather? Answer from the results.")]),
        "says 'weather', but the result of get_weather has arrived since; add after_tool to match it",
    ),
    (
        {"says": "weather"},
        asked([*WEATHER, SYSTEM]),
        "says 'weather', but the result of get_weather has arrived since; add after_tool to match it",
    ),
    (
        {"says": "weather"},
        asked([*WEATHER[:2], ANSWER, SYSTEM]),
        "says 'weather', but an assistant message and another message have followed it",
    ),
    (
        {"after_tool": "get_weather"},
        asked(WEATHER[:4]),
        "after_tool get_weather, but the tool of the latest result is get_city",
    ),
    (
        {"after_tool": "get_city"},
        asked([*WEATHER, ANSWER, *user("Thanks!")]),
        "after_tool get_city, but the latest message is not a tool result",
    ),
    (
        {"after_tool": "f"},
        asked([*WEATHER[:3], {"role": "tool", "tool_call_id": "z", "content": ""}]),
        "after_tool f, but the tool of the latest result is unknown: no call has the id 'z'",
    ),
    (
        {"after_tool": "f"},
        asked(),
        "after_tool f, but the tools of the latest results are get_city, get_weather",
    ),
    (
        {"call_id": "a"},
        asked(WEATHER[:2]),
        "call_id 'a', but the latest message is not a tool result",
    ),
    (
        {"call_id": "a", "after_tool": "get_weather"},
        asked(),
        "call_id 'a', but the latest result is of 'b'",
    ),
    (
        {"call_id": "z", "after_tool": "f"},
        asked(WEATHER[:4]),
        "after_tool f, but the tool of the latest result is get_city",
    ),
    (
        {"tool_result": "Mumbai", "after_tool": "get_weather"},
        asked(),
        "tool_result 'Mumbai', but it is '{\"celsius\": 31}'",
    ),
    (
        {"tool_result": "32"},
        asked(),
        "tool_result '32', but they are 'Mumbai', '{\"celsius\": 31}'",
    ),
    ({"user_turn": 2}, asked(), "user_turn 2, but this is user turn 1"),
    ({"attempt": 2}, asked(), "attempt 2, but this is attempt 1"),
    (
        {"tool_result": "31"},
        asked(WEATHER[:2]),
        "tool_result '31', but the latest message is not a tool result",
    ),
    ({"stream": True}, asked(), "stream True, but the request asks for no stream"),
    ({"stream": False}, asked(stream=True), "stream False, but the request asks for a stream"),
    ({"headers": {"x-id": "7"}}, asked(), "header x-id '7', but the request does not have it"),
    ({"headers": {"X-Trace": "8"}}, asked(), "header x-trace '8', but it is '7'"),
    (
        {"headers": {"Authorization": "sk_other"}},
        asked(),
        "header authorization, but it is different",
    ),
    ({"api_key": "sk_other"}, asked(), "api_key, but the request has a different key"),
    ({"parameters": {"seed": 1}}, asked(), "seed 1, but the request does not set it"),
    ({"parameters": {"seed": 1}}, asked(seed=2), "seed 1, but it is 2"),
    ({"parameters": {"n": True}}, asked(n=1), "n True, but it is 1"),
    (
        {"predicate": lambda request: False},
        asked(),
        "the function given to when() returned false",
    ),
]


def match_of(conditions: dict[str, Any]) -> Match:
    """Return the match with these conditions; `predicate` is the function of the request."""
    named: Any = {name: value for name, value in conditions.items() if name != "predicate"}
    return Match.of(conditions.get("predicate"), **named)


@each({str(row): row for row in MATCHING})
def test_a_match(row: tuple[dict[str, Any], MatchInput]) -> None:
    """A match without differences matches."""
    conditions, request_ = row
    match = match_of(conditions)
    assert match.differences(request_) == ()
    assert match.matches(request_)


@each({str(row): row for row in DIFFERING})
def test_a_mismatch_is_explained(row: tuple[dict[str, Any], MatchInput, str]) -> None:
    """Each condition that is not met gives one difference, and the match does not match."""
    conditions, request_, words = row
    match = match_of(conditions)
    assert match.differences(request_) == (words,)
    assert not match.matches(request_)


def test_every_condition_is_in_both_tables() -> None:
    """A new condition is tested both ways."""
    for table in (
        {name for row in MATCHING for name in row[0]},
        {n for row in DIFFERING for n in row[0]},
    ):
        assert table == {*CONDITIONS, "predicate"}


def test_a_long_text_is_shortened_in_a_difference() -> None:
    """The message shows the beginning and the end of a long text."""
    [difference] = Match.of(says="x").differences(asked(user("a" * 1000 + "b" * 1000)))
    assert difference == f"says 'x', but the user said '{'a' * 30}…{'b' * 30}'"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"sayz": "x"}, r"unknown condition 'sayz'; .* Did you mean 'says'\?"),
    ({"says": 5}, "says must be a string, got 5"),
    ({"says": ""}, "says must not be empty"),
    ({"system": b"x"}, "system must be a string, got"),
    ({"turn": 0}, "turn must be an integer of at least 1, got 0"),
    ({"turn": "2"}, "turn must be an integer of at least 1, got '2'"),
    ({"tools": 3}, "tools must be a list of names, got 3"),
    ({"tools": [5]}, "the name of a tool must be a non-empty string, got 5"),
    ({"tools": [{"name": "f"}]}, r"tools: .* {'function': {'name': …}}, got {'name': 'f'}"),
    ({"after_tool": ""}, "after_tool must be a non-empty string, got ''"),
    ({"stream": 1}, "stream must be True or False, got 1"),
    ({"headers": "x"}, "headers must be a mapping of names to texts, such as"),
    ({"headers": {"x": 5}}, "the header 'x' must be a string, got 5"),
    ({"headers": {5: "x"}}, "the name of a header in headers must be a non-empty string, got 5"),
    ({"says": re.compile(b"x")}, "says must be a regular expression for text, not for bytes, got"),
    ({"api_key": 5}, "api_key must be a non-empty string, got 5"),
    ({"parameters": 5}, "parameters must be a mapping of fields to values, such as"),
    (
        {"parameters": {"temprature": 0}},
        "unknown request parameter 'temprature'; expected one of .* Did you mean 'temperature'",
    ),
]


@each({str(row): row for row in WRONG})
def test_a_wrong_condition_is_an_error_where_it_is_written(row: tuple[dict[str, Any], str]) -> None:
    """`when` raises at once and suggests the nearest name."""
    conditions, words = row
    with pytest.raises((TypeError, ValueError), match=words):
        mocked().when(**conditions)


EVERY_TYPE: list[Any] = [
    *(0, -1, True, 1.5, "", "x", b"x", object(), len, re.compile("x"), re.compile(b"x"), "\ud800"),
    *([], [5], [None], [{}], {}, {5: "x"}, {"x": 5}, {"": "x"}, {"x": ""}, set(), ("x", 5)),
    *([{"name": "f"}], [{"function": None}], [{"function": {}}], [{"function": {"name": 5}}]),
    *([{"type": "function", "name": "f"}], {"function": {"name": "f"}}, [["f"]], iter([5])),
]
"""Values of every type, among them tools of the Responses API and of the legacy format."""


def test_every_condition_checks_every_type() -> None:
    """A wrong value is one TypeError or ValueError that names the condition, and never another."""
    wrong = []
    for name in CONDITIONS:
        for value in EVERY_TYPE:
            try:
                Match.of(**{name: value})  # pyright: ignore[reportArgumentType]  # wrong on purpose
            except (TypeError, ValueError) as error:
                named = any(
                    word in str(error) for word in (name, name.removesuffix("s"), "request")
                )
                if type(error) not in (TypeError, ValueError) or not named:
                    wrong.append(f"{name}={value!r}: {error!r}")
            except Exception as error:
                wrong.append(f"{name}={value!r}: {error!r}")
    assert wrong == []


@pytest.mark.parametrize("headers", [["a"], [], "a: b", 3])
def test_headers_of_a_reply_must_be_a_mapping(headers: Any) -> None:
    """`reply` and `fail` refuse any other value."""
    words = re.escape(f"headers must be a mapping of names to texts, got {headers!r}")
    with pytest.raises(TypeError, match=words):
        mocked().reply("x", headers=headers)
    with pytest.raises(TypeError, match=words):
        mocked().fail(503, headers=headers)


def test_a_positional_argument_must_be_a_function() -> None:
    """The positional argument must be a function."""
    message = "must be a function of the request, got 'weather'; give conditions by name, such as"
    with pytest.raises(TypeError, match=message):
        mocked().when("weather")  # type: ignore[arg-type]  # wrong on purpose


def test_an_exchange_is_a_value() -> None:
    """An exchange of a scripted answer can be hashed, copied and sent to another process."""
    mock = mocked()
    mock.when(says="Hi", headers={"x": "y"}).reply("never")
    mock.when(turn=1, tools=[]).reply("Hi!")
    ask(mock._lane)
    exchange = exchange_of(mock._lane)
    assert exchange.step == 2
    for copy in (deepcopy(exchange), pickle.loads(pickle.dumps(exchange))):  # noqa: S301 (our own)
        assert copy == exchange
        assert {copy, exchange} == {exchange}


# --- which step answers


def test_the_first_step_that_matches_and_has_uses_left() -> None:
    """Steps answer in the order they were added; the pocket model answers the rest."""
    mock = mocked()
    mock.when(says="rain").reply("wet").times(2)
    mock.reply("first")
    mock.when(says="rain").fail(503)
    lane = mock._lane
    texts = ["Rain? rain", "rain", "rain", "rain", "snow"]
    answers = [said(ask(lane, text)) for text in texts]
    assert answers[:4] == ["wet", "wet", "first", "503 service_unavailable"]
    assert [e.answered_by for e in lane.exchanges()] == [
        "step 1",
        "step 1",
        "step 2",
        "step 3",
        "pocket model",
    ]
    assert [e.step for e in lane.exchanges()] == [1, 1, 2, 3, None]


def test_how_many_requests_a_step_answers() -> None:
    """A step answers one request by default; after `when` it answers all that match."""
    mock = mocked(strict=True)
    mock.reply("once")
    mock.reply("twice", times=2)
    mock.when(turn=1).reply("always")
    answers = [said(ask(mock._lane, str(number))) for number in range(6)]
    assert answers == ["once", "twice", "twice", "always", "always", "always"]


def test_times_can_be_changed_later() -> None:
    """`times` changes a step that has already been used, and its uses still count."""
    mock = mocked(strict=True)
    first = mock.reply("a")
    mock.reply("b")
    assert [said(ask(mock._lane)) for _ in range(2)] == ["a", "b"]
    first.times(2)
    assert [said(ask(mock._lane)) for _ in range(2)] == ["a", "404 not_scripted"]


@pytest.mark.parametrize("times", [0, -1, 1.5, True, "2"])
def test_times_is_a_whole_number(times: Any) -> None:
    """A wrong number raises in both forms."""
    mock = mocked()
    with pytest.raises(ValueError, match="times must be an integer of at least 1, or None, got"):
        mock.reply("x", times=times)
    with pytest.raises(ValueError, match="times must be an integer of at least 1, or None, got"):
        mock.reply("x").times(times)


def test_a_request_that_is_refused_uses_up_no_step() -> None:
    """Neither a refused request nor a fault that replaces the reply uses up a step."""
    mock = mocked(strict=True)
    mock.reply("kept")
    assert ask(mock._lane, temperature=-1).status == 400
    mock.inject(fail(503))
    assert ask(mock._lane).status == 503
    assert said(ask(mock._lane)) == "kept"


def test_steps_are_frozen() -> None:
    """A step is a value; the lane keeps what changes."""
    step = Step(Draft("x"))
    with pytest.raises(AttributeError):
        step.times = 5  # type: ignore[misc]  # wrong on purpose


def test_a_predicate_may_use_the_electron_it_is_for() -> None:
    """A predicate can add steps while the script is searched."""
    mock = mocked(strict=True)

    def adds(_request: object) -> bool:
        mock.reply("added")
        return False

    mock.when(adds).reply("never")
    assert said(ask(mock._lane)) == "404 not_scripted"
    assert said(ask(mock._lane)) == "added"


@pytest.mark.parametrize("give", ["predicate", "function", "responder"])
def test_a_function_that_raises_is_a_500_and_shows(
    give: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The traceback is logged, and the exchange keeps the exception."""
    mock = mocked()

    def broken(_request: object) -> Any:
        raise LookupError("no such key")

    if give == "predicate":
        step = mock.when(broken).reply("x")
        step.times(1)
    elif give == "function":
        mock.when().respond_with(broken)
    else:
        mock.respond_with(broken)
    assert ask(mock._lane).status == 500
    [exchange] = mock.exchanges
    assert exchange.raised == "LookupError: no such key"
    assert exchange.request is not None
    assert "LookupError" in caplog.text


def test_a_function_answers_requests_that_match() -> None:
    """`when(…).respond_with` accepts everything that a function can return."""
    mock = mocked()
    mock.when(says="time").respond_with(lambda request: f"turn {len(request.messages)}")
    mock.when(says="fail").respond_with(lambda _: fail(503))
    mock.when(says="reset").respond_with(lambda _: faults.Reset())
    lane = mock._lane
    assert said(ask(lane, "time")) == "turn 1"
    assert ask(lane, "fail").status == 503
    assert ask(lane, "reset").status == 0
    with pytest.raises(TypeError, match="must be a function of the request"):
        mock.when().respond_with("x")  # type: ignore[arg-type]  # wrong on purpose


# --- what a step answers


def message(lane: Lane, **fields: Any) -> Any:
    return json.loads(body(ask(lane, **fields)))


def test_a_scripted_finish_reason_and_usage() -> None:
    """A scripted finish reason and usage are sent unchanged."""
    mock = mocked()
    mock.reply("Hi!", finish_reason="content_filter", usage=Usage(100, 7, 96))
    mock.reply("Hi!", usage={"prompt_tokens": 3, "completion_tokens": 2})
    first, second = message(mock._lane), message(mock._lane)
    assert first["choices"][0]["finish_reason"] == "content_filter"
    assert first["usage"] == {
        "prompt_tokens": 100,
        "completion_tokens": 7,
        "total_tokens": 107,
        "prompt_tokens_details": {"cached_tokens": 96},
    }
    assert second["usage"]["total_tokens"] == 5


def test_scripted_log_probabilities() -> None:
    """Scripted log-probabilities, one for all tokens or one each, are sent unchanged."""
    mock = mocked()
    mock.reply("Hi there", logprobs=-0.5)
    mock.reply("Hi there", logprobs=[("Hi th", -0.1), ("ere", -7)])
    asks = {"logprobs": True, "top_logprobs": 3}
    first = message(mock._lane, **asks)["choices"][0]["logprobs"]["content"]
    assert {entry["logprob"] for entry in first} == {-0.5}
    second = message(mock._lane, **asks)["choices"][0]["logprobs"]["content"]
    assert [(e["token"], e["logprob"]) for e in second] == [("Hi th", -0.1), ("ere", -7)]
    for entry in first + second:
        listed = [one["logprob"] for one in entry["top_logprobs"]]
        assert listed == sorted(listed, reverse=True)
        assert entry["logprob"] in listed


@given(
    cuts=st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=8), stop=st.text(max_size=3)
)
@settings(max_examples=50)
def test_scripted_tokens_are_the_chunks_of_a_stream(cuts: list[str], stop: str) -> None:
    """Scripted tokens join to the text, up to the stop string and the token limit."""
    mock = mocked()
    pairs = [(token, -1.0) for token in cuts]
    fields: dict[str, Any] = {"stop": [stop]} if stop else {}
    text = "".join(cuts)
    try:
        mock.reply(text, logprobs=pairs, times=2)
    except ValueError:  # lone surrogates cannot travel
        return
    whole = message(mock._lane, **fields)["choices"][0]["message"]["content"]
    assert whole == (text.partition(stop)[0] if stop else text)
    frames = stream(mock._lane, logprobs=True, **fields).frames
    sent = [json.loads(f[6:]) for f in frames[:-1]]
    tokens = [c["choices"][0]["delta"].get("content") for c in sent if c["choices"]]
    assert "".join(token for token in tokens if token) == whole


def test_scripted_headers() -> None:
    """Scripted headers are added to a reply or an error, and replace those of the same name."""
    mock = mocked()
    mock.reply("Hi!", headers={"X-Served-By": "cell-7", "X-Request-Id": "mine"})
    mock.fail(503, headers={"retry-after-ms": "20"})
    answer, failure = ask(mock._lane), ask(mock._lane)
    assert header(answer, "x-served-by") == "cell-7"
    assert header(answer, "x-request-id") == "mine"
    assert header(failure, "retry-after-ms") == "20"
    assert with_headers(((b"a", b"1"),), ()) == ((b"a", b"1"),)


def test_a_step_with_faults() -> None:
    """Faults of a step affect only its own reply."""
    mock = mocked()
    mock.reply("one two three four").cut(after=2)
    mock.reply("one two").inject(faults.NoDone(), faults.Crlf())
    cut, odd, usual = (stream(mock._lane) for _ in range(3))
    assert (cut.outcome, len(cut.frames)) == ("cut by a fault", 2)
    assert b"[DONE]" not in body(odd)
    assert body(odd).endswith(b"\r\n\r\n")
    assert usual.frames[-1] == b"data: [DONE]\n\n"


def test_an_impossible_fault() -> None:
    """An impossible fault is ignored; a strict lane refuses and says what the fault needs."""
    mock, strict = mocked(), mocked(strict=True)
    for one in (mock, strict):
        one.reply("one two three").cut(after=2)
    assert said(ask(mock._lane)) == "one two three"
    assert mock.exchanges.last.faults == ()
    refused = json.loads(body(ask(strict._lane)))["error"]
    assert refused["type"] == "not_scripted"
    assert "Cut(after=2) needs a stream" in refused["message"]


def test_faults_for_requests_that_match() -> None:
    """`when(…).inject` replaces the reply, or changes the one that the request would get."""
    mock = mocked()
    mock.when(turn=1).inject(faults.Reset()).times(1)
    mock.when(turn=1).inject(faults.Cut(after=1))
    reset, cut = ask(mock._lane), stream(mock._lane)
    assert (reset.status, reset.ending) == (0, "reset")
    assert cut.outcome == "cut by a fault"


WRONG_ANSWERS: list[tuple[Any, str]] = [
    (lambda e: e.repy("x"), "no attribute 'repy'. Did you mean 'reply'"),
    (lambda e: e.when().repy("x"), "no attribute 'repy'. Did you mean 'reply'"),
    (lambda e: e.reply("x").time(3), "no attribute 'time'. Did you mean 'times'"),
    (lambda e: e.exchanges.were(), "no attribute 'were'. Did you mean 'where'"),
    (
        lambda e: e.reply("x", fillr="y"),
        r"unexpected keyword argument 'fillr'\. Did you mean 'filler'",
    ),
    (lambda e: e.reply(call("f"), finish_reason="length", usag=1), "Did you mean 'usage'"),
    (lambda e: e.fail(503, retry_afer=1), "Did you mean 'retry_after'"),
    (lambda e: e.when().fail(503, every=2), r"fail\(\) got an unexpected keyword argument 'every'"),
    (lambda e: e.reply("x").cut(aftr=1), "Did you mean 'after'"),
    (lambda e: e.reply("x", finish_reason="stopp"), "Did you mean 'stop'"),
    (lambda e: e.reply("x", usage=5), "usage must be a Usage or a mapping of its fields, got 5"),
    (
        lambda e: e.reply("x", usage={"prompt": 5}),
        r"unknown usage field 'prompt'; .*Did you mean 'prompt_tokens'",
    ),
    (
        lambda e: e.reply("x", usage={"prompt_tokens": 5}),
        "usage must be a mapping with prompt_tokens and completion_tokens",
    ),
    (
        lambda e: e.reply("x", usage=Usage(5, -1)),
        r"usage\.completion_tokens must be an integer of at least 0, got -1",
    ),
    (
        lambda e: e.reply("x", usage=Usage(5, 1, 6)),
        r"usage\.cached_tokens must be at most usage\.prompt_tokens, 5, got 6",
    ),
    (lambda e: e.reply("x", logprobs=1), "logprobs must be a number of at most 0, got 1"),
    (lambda e: e.reply("x", logprobs=[("y", -1)]), "must join to the text 'x', got 'y'"),
    (lambda e: e.reply("x", logprobs=["x"]), "a list of \\(token, number\\)"),
    (lambda e: e.reply("x", headers={"a b": "c"}), "invalid header name 'a b'"),
    (lambda e: e.reply("x", headers={"a": "c\n"}), "the header a must be printable ASCII"),
    (
        lambda e: e.reply("x", headers={"Content-Length": "3"}),
        "the header Content-Length cannot be set",
    ),
    (lambda e: e.reply("x").inject(faults.Reset()), "fault must be a fault of a reply, such as"),
    (lambda e: e.fail(503).cut(after=1), "needs a reply, and this step has none"),
    (lambda e: e.when().inject(), r"inject\(\) needs at least one fault"),
    (lambda e: e.respond_with("x"), r"the argument of respond_with\(\) must be a function"),
    (
        lambda e: e.fail(503, every=2, headers={}),
        "does not accept headers together with every, rate or when",
    ),
]


@each({str(row): row for row in WRONG_ANSWERS})
def test_a_mistake_raises_where_it_is_written(row: tuple[Any, str]) -> None:
    """A wrong name or value raises at once, with the nearest right one."""
    write, words = row
    with pytest.raises((AttributeError, TypeError, ValueError), match=words):
        write(mocked())


# --- strict


def refusal(lane: Lane, text: str = "Hi", **fields: Any) -> Any:
    answer = ask(lane, text, **fields)
    assert answer.status == 404
    error = json.loads(body(answer))["error"]
    assert error["type"] == "not_scripted"
    return error["message"]


def test_strict_says_for_each_step_how_it_failed_nearest_first() -> None:
    """Steps with the fewest differences are listed first; ties go to the most similar text."""
    mock = mocked(strict=True)
    mock.when(turn=3, says="weather", stream=True).reply("far")
    mock.when(says="orders").reply("as far")
    mock.when(says="wheather").reply("near")
    mock.when(turn=1, says="wether").reply("nearer")
    mock.reply("used up")
    ask(mock._lane, "x")
    words = refusal(mock._lane, "How is the weather?")
    head, *misses = words.splitlines()
    assert head == (
        "No step of the script answers this request (turn 1, 'How is the weather?'). Nearest first:"
    )
    assert [re.match(r"- step (\d) \(test_script\.py:\d+\): ", miss)[1] for miss in misses] == [  # type: ignore[index]  # every line matches
        "4",
        "3",
        "2",
        "5",
        "1",
    ]
    assert misses[3].endswith("it is used up (1 of 1)")
    assert "turn 3, but this is turn 1; stream True, but" in misses[4]


def test_strict_with_an_empty_script() -> None:
    """The refusal says that the script is empty."""
    assert refusal(mocked(strict=True)._lane).endswith("the script is empty.")


def test_strict_lets_a_function_answer() -> None:
    """`respond_with` counts as scripted."""
    mock = mocked(strict=True)
    mock.respond_with(lambda request: "yes")
    assert said(ask(mock._lane)) == "yes"


def test_strict_refuses_a_call_of_a_tool_that_is_not_on_offer() -> None:
    """The refusal suggests the nearest offered tool, and the step is not used up."""
    mock = mocked(strict=True)
    mock.reply(call("get_wether"))
    words = refusal(mock._lane, tools=[tool("get_weather")])
    assert (
        "calls 'get_wether', which the request does not offer. Did you mean 'get_weather'?" in words
    )
    assert mock._lane.script()[0].used == 0


@pytest.mark.parametrize(
    "write",
    [
        lambda e: e.reply(call("get_wether")),
        lambda e: e.when(tools="get_wether").reply("x"),
        lambda e: e.when(after_tool="get_wether").reply("x"),
    ],
)
def test_strict_with_known_tools_refuses_another_where_it_is_written(write: Any) -> None:
    """With the settings `strict` and `tools`, an unknown tool name raises at once."""
    tools = ("get_weather", "get_city")
    with pytest.raises(
        ValueError, match=r"unknown tool 'get_wether'; .* Did you mean 'get_weather'"
    ):
        write(mocked(strict=True, tools=tools))
    write(mocked(tools=tools))


def test_the_setting_tools_accepts_names_and_tools() -> None:
    """The tools of an application can be passed unchanged."""
    settings = Settings(tools=(tool("f"), "g"))  # type: ignore[arg-type]  # a test passes what its application has
    assert settings.tools == ("f", "g")
    with pytest.raises(ValueError, match="tools must be a list of names"):
        Settings(tools=({"name": "f"},))  # type: ignore[arg-type]  # wrong on purpose


def test_the_words_of_a_refusal_are_always_the_same() -> None:
    """Two equal lanes refuse with the same bytes."""
    answers = []
    for _ in range(2):
        mock = mocked(strict=True)
        mock.when(says="x").reply("y")
        answers.append(body(ask(mock._lane)))
    assert answers[0] == answers[1]


def exchange_of(lane: Lane) -> Exchange:
    return lane.exchanges()[-1]


def test_gateway_refusals_do_not_depend_on_the_script() -> None:
    """A strict lane sends 401 and 400 as any other lane does."""
    lane = mocked(strict=True)._lane
    assert ask(lane, key="sk_mock_revoked").status == 401
    assert ask(lane, temperature=-1).status == 400
    assert exchange_of(lane).answered_by == "gateway"


def test_every_use_is_used_once_by_requests_that_come_together(electron: Electron) -> None:
    """Under 200 concurrent requests, every use of a step answers exactly one."""
    electron.when(says="a").reply("first").times(30)
    electron.when(says="a").reply("second").times(30)
    electron.when().reply("rest")
    texts = ["a", "b"] * 100
    with ThreadPoolExecutor(16) as pool:
        for _ in pool.map(lambda text: chat(electron, {"messages": user(text)}), texts):
            pass
    said = Counter(electron.exchanges.texts)
    assert said == {"first": 30, "second": 30, "rest": 140}
    assert [use.used for use in electron._lane.script()] == [30, 30, 140]


async def later(_request: object) -> bool:
    return False


@pytest.mark.parametrize(
    "write",
    [
        lambda e: e.when(later).reply("x"),
        lambda e: e.when().respond_with(later),
        lambda e: e.respond_with(later),
        lambda e: e.inject(faults.Reset(), when=later),
        lambda e: e.fail(503, when=later),
    ],
)
def test_an_async_function_is_an_error_where_it_is_written(write: Any) -> None:
    """An async function is rejected: its result would always be true, and nothing awaits it."""
    with pytest.raises(TypeError, match="plain function"):
        write(mocked())


class Later:
    """A callable object whose call is async."""

    async def __call__(self, _request: object) -> bool:
        return False


async def later_each(_request: object) -> AsyncIterator[bool]:
    yield False


def test_a_condition_that_would_always_be_true_is_an_error() -> None:
    """A coroutine, a generator and a method count as exceptions. No coroutine is left unawaited."""
    for function in (Later(), later_each):
        for write in (lambda e, f: e.when(f), lambda e, f: e.fail(503, when=f)):
            with pytest.raises(TypeError, match="a plain function, not an async one"):
                write(mocked(), function)  # type: ignore[no-untyped-call]  # the loop's lambdas
    table: dict[str, Any] = {
        "a plain function": lambda r: later(r),
        "plain function, not an async one": lambda r: later_each(r),
        "must return True or False; it is": lambda r: (one for one in "a"),
        "is a call () missing?": lambda r: "".isprintable,
        "": lambda r: later,
    }
    ways: list[Callable[[Electron, Any], object]] = [
        lambda e, f: e.when(f).reply("x"),
        lambda e, f: e.fail(503, when=f),
        lambda e, f: e.respond_with(f),
    ]
    offenders = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for words, function in table.items():
            for number, way in enumerate(ways):
                mock = mocked()
                way(mock, function)
                ask(mock._lane)
                raised = list(map(str, mock._lane.raised))
                if len(raised) != 1 or (number < 2 and words not in raised[0]):
                    offenders.append((words, number, raised))
        mock = mocked()
        ask(mock._lane)
        wrong: Any = later
        with pytest.raises(TypeError, match="the function returned <coroutine"):
            mock.exchanges.where(lambda e: wrong(e))
    assert offenders == []
    assert [str(one.message) for one in caught] == []


def test_a_refusal_of_a_long_text_is_bounded() -> None:
    """It lists the nearest ten steps, and shows a bounded part of a long text."""
    mock = mocked(strict=True)
    for number in range(300):
        mock.when(says=f"weather {number} in the city").reply("x")
    words = refusal(mock._lane, "the weather in " * 3000)
    assert words.count("\n- step") == 10
    assert words.endswith("\n… and 290 more")
    assert len(words) < 5_000
