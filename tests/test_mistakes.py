"""Mistakes of other fake chat endpoints, and tests that mock-electron does not make them.

Each was reproduced in one of these fakes. A fake with such a mistake passes a broken client, or
fails a correct one.
"""

import gc
import itertools
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import tracemalloc
import types
from collections.abc import Callable
from contextlib import suppress
from http import client as http_client
from pathlib import Path
from typing import Any, Final
from urllib import request as urllib_request
from urllib.parse import urlsplit

import golden
import httpx
import httpx2
import openai
import pytest
from client_libraries import WEATHER, async_openai_client, openai_client
from msgspec.structs import replace
from raw_http import Response, chat, connect, request_bytes, user

from mock_electron import Call, Electron, MockElectron, Pace, ScriptError, call, fail, faults, reply
from mock_electron.engine import parsed_request
from mock_electron.engine.journal import Journal
from mock_electron.engine.lane import Lane
from mock_electron.serve.connection import NO_LINGER
from mock_electron.serve.server import Server

WITH_USAGE: Final[dict[str, Any]] = {"stream": True, "stream_options": {"include_usage": True}}
SLOW: Final = Pace(each=30.0)
"""The first token is sent at once, the second one after the test has ended."""

HI: Final[Any] = {"model": "electron", "messages": user("Hi")}

OpenLane = Callable[..., Electron]


def ask(electron: Electron, text: str = "Hi", **fields: Any) -> Response:
    return chat(electron, {"messages": user(text)} | fields)


def said(response: Response) -> Any:
    return response.json["choices"][0]["message"]["content"]


def chunks_of(electron: Electron, **request: Any) -> list[Any]:
    """Return the chunks of a stream, with its usage, without the final `[DONE]`."""
    *chunks, done = chat(electron, request | WITH_USAGE).events
    assert done == "[DONE]"
    return chunks


def deltas(chunks: list[Any]) -> list[Any]:
    return [chunk["choices"][0]["delta"] for chunk in chunks if chunk["choices"]]


def text_of(streamed: list[Any]) -> str:
    return "".join(delta.get("content", "") for delta in streamed)


# --- Streamed tool calls

MUMBAI: Final = call("get_weather", city="Mumbai")
PUNE: Final = call("get_weather", city="Pune")
FILLER: Final = "One moment, let me look…"
ASKS_FOR_FILLER: Final = "Say a short filler phrase before you use a tool."
TOOL_TURN: Final[dict[str, Any]] = {
    "messages": [
        {"role": "system", "content": ASKS_FOR_FILLER},
        *user("What is the weather in Mumbai and in Pune?"),
    ],
    "tools": [WEATHER],
}

ToolTurn = tuple[str | None, tuple[Call, ...]]
TOOL_TURNS: Final[dict[str, ToolTurn | None]] = {
    "one call": (None, (MUMBAI,)),
    "two calls": (None, (MUMBAI, PUNE)),
    "filler and call": (FILLER, (MUMBAI,)),
    "filler and two calls": (FILLER, (MUMBAI, PUNE)),
    "without arguments": (FILLER, (call("hang_up"),)),
    "unscripted": None,
}


@pytest.fixture(params=TOOL_TURNS.values(), ids=list(TOOL_TURNS))
def tool_turn(request: pytest.FixtureRequest, electron: Electron) -> Electron:
    """An Electron that answers TOOL_TURN with scripted calls, or with those of the pocket model."""
    if request.param is not None:
        filler, calls = request.param
        electron.respond_with(lambda _: reply(*calls, filler=filler))
    return electron


def merged_calls(chunks: list[Any]) -> list[tuple[str, str]]:
    """Return names and arguments of streamed calls, merged by `index` as clients do."""
    calls: dict[int, tuple[str, str]] = {}
    for delta in deltas(chunks):
        for part in delta.get("tool_calls", []):
            name, arguments = calls.get(part["index"], ("", ""))
            function = part["function"]
            calls[part["index"]] = (
                name + function.get("name", ""),
                arguments + function["arguments"],
            )
    return [calls[index] for index in sorted(calls)]


def test_a_streamed_tool_call_has_a_role(tool_turn: Electron) -> None:
    """The first delta has the role `assistant`, and no other delta has a role."""
    roles = [delta.get("role") for delta in deltas(chunks_of(tool_turn, **TOOL_TURN))]
    assert roles == ["assistant"] + [None] * (len(roles) - 1)


def test_a_streamed_tool_call_has_a_finish_reason(tool_turn: Electron) -> None:
    """It is `tool_calls` in the last chunk with a choice, and null in all others."""
    chunks = chunks_of(tool_turn, **TOOL_TURN)
    reasons = [chunk["choices"][0]["finish_reason"] for chunk in chunks if chunk["choices"]]
    assert reasons == [None] * (len(reasons) - 1) + ["tool_calls"]


def test_a_streamed_tool_call_has_an_index(tool_turn: Electron) -> None:
    """Every part of a call has the index of its call. Indexes begin at 0 and leave no gap."""
    streamed = deltas(chunks_of(tool_turn, **TOOL_TURN))
    parts = [part for delta in streamed for part in delta.get("tool_calls", [])]
    indexes = [part["index"] for part in parts]
    assert [index for index, _ in itertools.groupby(indexes)] == list(range(max(indexes) + 1))


def test_a_streamed_tool_call_has_its_id_and_its_name_once(tool_turn: Electron) -> None:
    """They are in its first part only. The OpenAI client would concatenate a repeated name."""
    streamed = deltas(chunks_of(tool_turn, **TOOL_TURN))
    seen: set[int] = set()
    for part in (part for delta in streamed for part in delta.get("tool_calls", [])):
        if part["index"] in seen:
            assert set(part) == {"index", "function"}
            assert set(part["function"]) == {"arguments"}
        else:
            assert re.fullmatch("chatcmpl-tool-[0-9a-f]{16}", part["id"])
            assert part["type"] == "function"
            assert part["function"]["name"]
        seen.add(part["index"])


def test_a_streamed_tool_call_is_not_dropped(tool_turn: Electron) -> None:
    """A stream has the same calls and arguments as the reply in one piece."""
    message = chat(tool_turn, TOOL_TURN).json["choices"][0]["message"]
    whole = [
        (made["function"]["name"], made["function"]["arguments"]) for made in message["tool_calls"]
    ]
    assert merged_calls(chunks_of(tool_turn, **TOOL_TURN)) == whole != []


def test_the_filler_is_kept_when_tool_calls_are_present(tool_turn: Electron) -> None:
    """All of its words are sent, streamed or not, and they precede the first call."""
    filler = said(chat(tool_turn, TOOL_TURN))
    streamed = deltas(chunks_of(tool_turn, **TOOL_TURN))
    assert text_of(streamed) == (filler or "")
    *has_calls, closing = ["tool_calls" in delta for delta in streamed]
    assert has_calls == sorted(has_calls)
    assert (any(has_calls), closing) == (True, False)


def test_a_scripted_filler_is_unchanged(electron: Electron) -> None:
    """The stream helper of `openai` returns the filler and the calls in one message."""
    electron.reply(MUMBAI, PUNE, filler=FILLER)
    with (
        openai_client(electron) as client,
        client.chat.completions.stream(model="electron", **TOOL_TURN) as stream,
    ):
        message = stream.get_final_completion().choices[0].message
    assert message.content == FILLER
    cities = [json.loads(made.function.arguments)["city"] for made in message.tool_calls or []]
    assert cities == ["Mumbai", "Pune"]


# --- Ids and usage

STREAMS: Final[dict[str, dict[str, Any]]] = {
    "text": {"messages": user("Write one sentence about why the sky is blue.")},
    "short": {"messages": user("Hi")},
    "tool turn": TOOL_TURN,
    "cut at max_tokens": {"messages": user("Tell me a story."), "max_tokens": 3},
    "JSON mode": {
        "messages": user("Give me a JSON object with name and age."),
        "response_format": {"type": "json_object"},
    },
}
each_stream: Final = pytest.mark.parametrize("request_", STREAMS.values(), ids=STREAMS.keys())


@each_stream
def test_all_chunks_of_a_stream_have_one_id(electron: Electron, request_: dict[str, Any]) -> None:
    """Id, date and model are the same in all chunks, from the role to the usage."""
    chunks = chunks_of(electron, **request_)
    assert len(chunks) > 3
    [(id_, _, model)] = {(chunk["id"], chunk["created"], chunk["model"]) for chunk in chunks}
    assert re.fullmatch("chatcmpl-[0-9a-f]{16}", id_)
    assert model == "electron"


def test_another_stream_has_another_id(electron: Electron) -> None:
    """Completions of equal requests have different ids."""
    ids = {chunks_of(electron, messages=user("Hi"))[0]["id"] for _ in range(5)}
    assert len(ids) == 5


@pytest.mark.electron(prefix_cache_tokens=0)
@each_stream
def test_usage_is_the_same_streamed_or_not(electron: Electron, request_: dict[str, Any]) -> None:
    """The same request has the same usage. The cache is off, as it would reduce the second one."""
    streamed = chunks_of(electron, **request_)[-1]["usage"]
    assert streamed == chat(electron, request_).json["usage"]


@pytest.mark.electron(prefix_cache_tokens=0)
def test_usage_grows_with_the_prompt(electron: Electron) -> None:
    """Each further word in the prompt, and each tool, adds at least one token."""
    prompts = [" ".join(["word"] * count) for count in (1, 10, 100, 1000)]
    usages = [ask(electron, prompt).json["usage"]["prompt_tokens"] for prompt in prompts]
    growth = [later - earlier for earlier, later in itertools.pairwise(usages)]
    assert all(more >= words for more, words in zip(growth, (9, 90, 900), strict=True))
    assert ask(electron, "word", tools=[WEATHER]).json["usage"]["prompt_tokens"] > usages[0]


@pytest.mark.parametrize("words", [1, 2, 20, 200])
def test_usage_grows_with_the_reply(electron: Electron, words: int) -> None:
    """There is one completion token per streamed chunk, and the total is the sum."""
    electron.reply(" ".join(["word"] * words))
    chunks = chunks_of(electron, messages=user("Hi"))
    usage = chunks[-1]["usage"]
    assert (
        usage["completion_tokens"] == sum(bool(d.get("content")) for d in deltas(chunks)) == words
    )
    assert usage["total_tokens"] == usage["prompt_tokens"] + words


@pytest.mark.parametrize(
    ("options", "is_requested"),
    [
        ({"stream_options": {"include_usage": True}}, True),
        ({"stream_options": {"include_usage": False}}, False),
        ({"stream_options": {}}, False),
        ({}, False),
    ],
    ids=["true", "false", "empty", "absent"],
)
def test_include_usage_is_honoured(electron: Electron, options: Any, is_requested: bool) -> None:
    """With it the last chunk has the usage and no choice; without it there is no such chunk."""
    *chunks, done = ask(electron, stream=True, **options).events
    assert done == "[DONE]"
    assert [("usage" in chunk, chunk["choices"] == []) for chunk in chunks] == (
        [(False, False)] * (len(chunks) - is_requested) + [(True, True)] * is_requested
    )


# --- Requests that Electron refuses

INVALID: Final[dict[str, Any]] = {
    "a hot temperature": {"temperature": "hot"},
    "a negative temperature": {"temperature": -1},
    "a boolean temperature": {"temperature": True},
    "a top_p beyond 1": {"top_p": 1.5},
    "no token": {"max_tokens": 0},
    "half a token": {"max_tokens": 1.5},
    "a string for a boolean": {"stream": "yes"},
    "five stop strings": {"stop": ["a", "b", "c", "d", "e"]},
    "another model": {"model": "gpt-4o"},
    "two choices": {"n": 2},
    "no message": {"messages": []},
    "a string for messages": {"messages": "Hi"},
    "an unknown role": {"messages": [{"role": "robot", "content": "Hi"}]},
    "a number for content": {"messages": [{"role": "user", "content": 5}]},
    "a tool result without a call": {"messages": [{"role": "tool", "content": "5"}]},
    "an unknown tool choice": {"tool_choice": "sometimes"},
}


MALFORMED: Final = (
    b"",
    b"{",
    b'{"model": "electron",',
    b"Hi",
    b'{"model": "electron"} {}',
    b"\xff\xfe",
    b"[1,",
)


def test_malformed_json_is_a_400(electron: Electron) -> None:
    """The error is in the envelope, and the server answers the next request."""
    wrong = {}
    for body in MALFORMED:
        response = chat(electron, body)
        found = (response.status, response.error["type"], ask(electron).status)
        if found != (400, "invalid_request_error", 200):
            wrong[body] = found
    assert wrong == {}


@pytest.mark.parametrize("fields", [{}, {"stream": True}, {"temperature": 0}], ids=repr)
def test_missing_messages_are_a_400(electron: Electron, fields: Any) -> None:
    """The answer is neither 500 nor an empty completion, and the issue names the field."""
    response = chat(electron, fields)
    assert response.status == 400
    [issue] = response.error["details"]
    assert (issue["path"], issue["message"]) == (["messages"], "Required")


def test_a_hot_temperature_is_refused(electron: Electron) -> None:
    """`openai` raises BadRequestError, as it does at the real endpoint."""
    hot: Any = "hot"
    with openai_client(electron) as client, pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model="electron", messages=[], temperature=hot)
    assert isinstance(refused.value.body, dict)
    paths = [issue["path"] for issue in refused.value.body["details"]]
    assert paths == [["messages"], ["temperature"]]


def test_a_validation_error_is_a_400(electron: Electron) -> None:
    """The status is never 422, and Zod's issues name the field."""
    wrong = {}
    for name, fields in INVALID.items():
        response = chat(electron, json.dumps(HI | fields).encode())
        error = response.error
        found = (response.status, error["message"], error["details"][0]["path"][0])
        if found != (400, "Invalid input data", next(iter(fields))):
            wrong[name] = found
    assert wrong == {}


@pytest.mark.parametrize(
    "fields",
    [
        {"stream_options": {"include_usage": True}},
        {"top_logprobs": 3},
        {"stop": ""},
        {"tools": []},
        {"tool_choice": "required"},
        {"max_tokens": 100_000},
    ],
    ids=repr,
)
def test_an_objection_of_the_model_server_is_a_400(electron: Electron, fields: Any) -> None:
    """Fields that are valid alone but not together get 400, without details."""
    response = chat(electron, json.dumps(HI | fields).encode())
    assert (response.status, response.error["type"]) == (400, "invalid_request_error")
    assert "details" not in response.error


# --- Requests without a step, and wrong scripts


def test_a_request_without_a_step_gets_no_made_up_reply() -> None:
    """A strict lane refuses it, names the nearest step, and fails the test at its end.

    The test fails even if it does not check the answer.
    """
    mock = MockElectron(strict=True)
    electron = mock.__enter__()
    electron.when(says="wether").reply("It is 31 °C.")
    response = chat(electron, {"messages": user("How is the weather?")})
    with pytest.raises(AssertionError, match=r"1 request had no step in the script\.\n#0: No step"):
        mock.__exit__(None, None, None)
    assert (response.status, response.error["type"]) == (404, "not_scripted")
    assert "says 'wether', but the user said 'How is the weather?'" in response.error["message"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("- repy: a", r"repy: .*'repy'.* Did you mean 'reply'\?"),
        ("- reply: {content: a}", r"'content'.*text.*calls"),
        ("- {when: {say: a}, reply: b}", r"'say'.* Did you mean 'says'\?"),
        ("- {when: {says: {regex: '('}}, reply: b}", r"regular expression.*'\('"),
        ("- fail: 5033", r"5033.* Did you mean 503\?"),
    ],
)
def test_a_wrong_script_file_is_found_before_the_first_request(
    electron: Electron, tmp_path: Path, wrong: str, words: str
) -> None:
    """Loading it raises an error with the line and the nearest name, and no step of it is used."""
    file = tmp_path / "story.yaml"
    file.write_text(f"steps:\n- reply: fine\n{wrong}\n", encoding="utf-8")
    with pytest.raises(ScriptError) as refused:
        electron.load(file)
    assert f"{file}:3: step 2" in str(refused.value)
    assert re.search(words, str(refused.value))
    response = chat(electron, {"messages": user("Hi")})
    assert response.json["choices"][0]["message"]["content"] != "fine"


def test_a_typo_in_a_step_is_found_where_it_is_written(electron: Electron) -> None:
    """A wrong name of a condition or argument raises at once, not in a later request."""
    with pytest.raises(TypeError, match="Did you mean 'says'"):
        electron.when(say="weather")  # type: ignore[call-arg]  # wrong on purpose
    with pytest.raises(TypeError, match="Did you mean 'filler'"):
        electron.reply(call("f"), fill="One moment…")  # type: ignore[call-arg]  # wrong on purpose


# --- Chance

QUESTION: Final = "Write one sentence about why the sky is blue."


def test_ids_are_not_random(electron_lane: OpenLane) -> None:
    """Lanes with the same seed give the same bytes, ids and headers; other seeds other ids."""
    one, same, other = (electron_lane(seed=seed) for seed in (1, 1, 2))
    for request_ in [*STREAMS.values(), {"temperature": "hot"}] * 2:
        mine, equal, different = (chat(electron, request_) for electron in (one, same, other))
        assert mine == equal
        assert mine.headers["x-request-id"] != different.headers["x-request-id"]


def test_ids_are_those_of_a_recording(electron: Electron) -> None:
    """An answer that another process recorded has the same bytes and headers."""
    recorded = golden.read(golden.DIRECTORY / "unscripted_tool_call.json")
    response = chat(electron, recorded["request"]["body"])
    assert response.body.decode() == recorded["answer"]["body"]
    assert response.headers == recorded["answer"]["headers"]


def fails_in(electron: Electron, texts: list[str]) -> list[bool]:
    """Return which of these requests fail, with a failure rate of one half."""
    electron.fail(503, rate=0.5)
    statuses = [ask(electron, text).status for text in texts]
    assert set(statuses) <= {200, 503}
    return [status == 503 for status in statuses]


MANY: Final = 60
DIFFERENT: Final = [f"Question {number}" for number in range(MANY)]
EQUAL: Final = ["The same question"] * MANY
each_series: Final = pytest.mark.parametrize(
    "texts", [DIFFERENT, EQUAL], ids=["different", "equal"]
)


@each_series
def test_chaos_has_a_seed(electron_lane: OpenLane, texts: list[str]) -> None:
    """The same seed fails the same requests, and another seed fails others."""
    one, same, other = (fails_in(electron_lane(seed=seed), texts) for seed in (1, 1, 2))
    assert one == same
    assert one != other


@each_series
def test_chaos_does_not_repeat_one_decision(electron: Electron, texts: list[str]) -> None:
    """About half of them fail, whether the requests differ or are the same, and in no fixed turn."""
    failed = fails_in(electron, texts)
    assert 0.3 * MANY < sum(failed) < 0.7 * MANY
    runs = [len(list(run)) for _, run in itertools.groupby(failed)]
    assert 1 < max(runs) < 20


def test_a_retry_succeeds_by_chance(electron: Electron) -> None:
    """At a rate of one half every request succeeds within a few attempts."""
    electron.fail(503, rate=0.5)
    for text in DIFFERENT[:20]:
        assert 200 in (ask(electron, text).status for _ in range(20))


def test_the_seed_of_a_request_chooses_its_reply(
    electron: Electron, electron_lane: OpenLane
) -> None:
    """The same seed gives the same text: repeated, streamed, in another lane, in any order."""
    seeds = range(8)
    words = [said(ask(electron, QUESTION, seed=seed)) for seed in seeds]
    assert len(set(words)) > 4
    elsewhere = electron_lane()
    for seed in reversed(seeds):
        assert said(ask(electron, QUESTION, seed=seed)) == words[seed]
        assert said(ask(elsewhere, QUESTION, seed=seed)) == words[seed]
        chunks = chunks_of(electron, messages=user(QUESTION), seed=seed)
        assert text_of(deltas(chunks)) == words[seed]


@pytest.mark.electron(sampling="varied")
def test_the_seed_of_a_request_fixes_a_varied_reply(electron: Electron) -> None:
    """Without a seed each reply is different; with a seed all are the same."""
    assert len({said(ask(electron, QUESTION)) for _ in range(8)}) > 4
    assert len({said(ask(electron, QUESTION, seed=7)) for _ in range(8)}) == 1


# --- Memory


@pytest.mark.parametrize(
    ("size", "kept"), [(1, 10_000), (1024 * 1024, 255)], ids=["by number", "by size"]
)
def test_the_journal_of_a_lane_is_bounded(electron_lane: OpenLane, size: int, kept: int) -> None:
    """By default at 10,000 exchanges or 256 MiB. The oldest are dropped, and counted."""
    electron = electron_lane()
    assert ask(electron).status == 200
    journal = electron._lane.journal
    [one] = journal._entries.values()
    [ending] = journal._endings.values()
    last, body = kept + 5, b"x" * size  # shared by all, so that the test needs no memory
    for number in range(1, last + 1):
        journal.open(replace(one, number=number, body=body, size=one.size + size))
        journal.close(number, ending)
    assert [left.number for left in electron.exchanges] == list(range(last - kept + 1, last + 1))
    assert journal.dropped == last + 1 - kept


BODY_SIZE: Final = 100_000
LONG_REPLY: Final = 10_000


@pytest.mark.parametrize(
    "bounds", [{"max_exchanges": 5}, {"max_bytes": 5 * BODY_SIZE}], ids=["by number", "by size"]
)
def test_memory_does_not_grow_with_requests(
    electron: Electron, bounds: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty more large requests and long replies add less than 200 kB."""
    monkeypatch.setattr(parsed_request, "REMEMBERED_BYTES", 0)  # requests are not remembered
    electron._lane._use_settings()
    electron._lane._ledger.journal = Journal(**bounds)
    electron.respond_with(lambda _: "A long word, ".ljust(LONG_REPLY, "o"))

    def send(numbers: range) -> None:
        for number in numbers:  # different each time, so that nothing is shared
            note = f"{number} ".ljust(BODY_SIZE - 200)
            assert ask(electron, "Hi", metadata={"note": note}).status == 200

    tracemalloc.start()
    try:
        send(range(8))
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        send(range(8, 28))
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 200_000
    assert 0 < len(electron.exchanges) <= 5
    assert electron.exchanges[-1].number == 27


# --- Clients that disconnect


def receive_one_token(electron: Electron) -> socket.socket:
    connection = connect(electron)
    connection.sendall(request_bytes(electron, HI | WITH_USAGE))
    received = b""
    while b'"content":"one"' not in received:
        received += connection.recv(65536)
    return connection


def close_the_connection(electron: Electron) -> None:
    receive_one_token(electron).close()


def reset_the_connection(electron: Electron) -> None:
    with receive_one_token(electron) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)


def close_the_stream_of_openai(electron: Electron) -> None:
    with openai_client(electron) as client:
        chunks = client.chat.completions.create(**HI, stream=True)
        assert [next(chunks).choices[0].delta.content for _ in range(2)] == ["", "one"]
        chunks.close()


@pytest.mark.electron(clock="real", pace=SLOW)
@pytest.mark.parametrize(
    "disconnect", [close_the_connection, reset_the_connection, close_the_stream_of_openai]
)
def test_a_client_that_disconnects_is_noticed(
    electron: Electron, disconnect: Callable[[Electron], None]
) -> None:
    """The server notices it while it waits to send the next token, and frees the slot."""
    electron.plan(in_flight=1)
    electron.reply("one two three four")
    disconnect(electron)
    [exchange] = electron.exchanges
    assert exchange.outcome == "client left"
    assert exchange.chunks_sent == 2
    assert exchange.chunks_left > 0
    assert exchange.usage is not None
    assert exchange.usage.completion_tokens == 1
    electron.pace("instant")
    assert ask(electron).status == 200


@pytest.mark.electron(clock="real", pace=Pace(first=30.0, overhead=30.0))
def test_a_client_that_disconnects_before_the_first_byte_is_noticed(electron: Electron) -> None:
    """A client that times out while it waits for a whole reply is recorded too."""
    with openai_client(electron, timeout=0.2) as client, pytest.raises(openai.APITimeoutError):
        client.chat.completions.create(**HI)
    assert [(one.outcome, one.chunks_sent) for one in electron.exchanges] == [("client left", 0)]


# --- Isolated instances


def ask_much(electron: Electron) -> None:
    for _ in range(3):
        ask(electron, QUESTION)
        ask(electron, QUESTION, stream=True)


DISTURBANCES: Final[dict[str, Callable[[Electron], object]]] = {
    "a reply": lambda other: other.reply("from the other"),
    "a reply to the same words": lambda other: other.when(says="Hi").reply("from the other"),
    "a failure": lambda other: other.fail(503),
    "failures by chance": lambda other: other.fail(503, rate=1.0),
    "a fault": lambda other: other.inject(faults.Cut(after=1)),
    "other writes": lambda other: other.fragment(1),
    "no more faults": lambda other: other.clear_faults(),
    "drift": lambda other: other.drift(1.0),
    "a plan": lambda other: other.plan(requests_per_minute=1),
    "a pace": lambda other: other.pace("electron"),
    "another time": lambda other: other.clock.advance(3600),
    "a function": lambda other: other.respond_with(lambda _: "from the other"),
    "requests": ask_much,
}


def story(electron: Electron, disturb: Callable[[], object]) -> list[Response]:
    """Return the answers of a test that scripts, injects and repeats, with disturbances between."""
    responses = []
    electron.reply("mine")
    electron.inject(fail(503), every=4)
    electron.plan("standard")
    disturb()
    for text in (QUESTION, "Hi", QUESTION):
        responses.append(ask(electron, text))
        responses.append(ask(electron, text, stream=True, seed=5))
        disturb()
    electron.clock.advance(1)
    responses.append(ask(electron, QUESTION))
    return responses


@pytest.mark.parametrize("disturb", DISTURBANCES.values(), ids=DISTURBANCES.keys())
def test_a_lane_does_not_disturb_another(
    electron_lane: OpenLane, disturb: Callable[[Electron], object]
) -> None:
    """Whatever is done to one lane, another one sends the same bytes as if it were alone."""
    alone = story(electron_lane(), lambda: None)
    other, observed = electron_lane(), electron_lane()
    assert story(observed, lambda: disturb(other)) == alone
    assert [response.status for response in alone] == [200, 200, 200, 503, 200, 200, 200]
    assert len(observed.exchanges) == len(alone)


def test_two_servers_do_not_disturb_each_other(electron_lane: OpenLane) -> None:
    """The default lanes of two servers in one process are isolated."""
    alone = story(electron_lane(), lambda: None)
    with Server() as one, Server() as other:
        mine, others = (Electron(server.app.lanes.default, server.url) for server in (one, other))

        def disturb() -> None:
            for disturbance in DISTURBANCES.values():
                with suppress(http_client.HTTPException, ConnectionError):  # its own faults
                    disturbance(others)

        assert story(mine, disturb) == alone
        assert len(mine.exchanges) == len(alone)


def test_closing_one_instance_does_not_close_another(electron: Electron) -> None:
    """Not a lane with the same name on another server, and not another server."""
    electron.reply("still there")
    mine, others = Lane(), Lane()
    with Server() as one:
        kept = Electron(mine, one.open_lane(mine))
        kept.reply("mine")
        with Server() as other:
            closed = Electron(others, other.open_lane(others))
            assert urlsplit(closed.url).path == urlsplit(kept.url).path
            other.close_lane(closed.url)
            assert ask(closed).status >= 400
        assert said(ask(kept)) == "mine"
        assert len(kept.exchanges) == 1
    assert said(ask(electron)) == "still there"


def test_conditions_apply_to_their_own_lane_only(electron_lane: OpenLane) -> None:
    """A request that would match the steps of several lanes is answered by its own lane."""
    question = "What is the weather in Mumbai?"
    plain = said(ask(electron_lane(), question))
    one, other, failing = electron_lane(), electron_lane(), electron_lane()
    one.when(says="weather").reply("It is sunny.")
    other.when(says="Mumbai").reply("It is a city.")
    failing.fail(503, when=lambda request: "weather" in (request.last.content or ""))
    for _ in range(2):
        assert said(ask(one, question)) == "It is sunny."
        assert said(ask(other, question)) == "It is a city."
        assert ask(failing, question).status == 503
        assert said(ask(electron_lane(), question)) == plain


def test_unused_steps_do_not_answer_the_next_test(pytester: pytest.Pytester) -> None:
    """A script ends with its test, in whatever order the tests run."""
    pytester.makepyfile(
        """
import pytest
from raw_http import chat, user

@pytest.mark.parametrize("number", range(5))
def test_each(electron, number):
    electron.reply(str(number))
    electron.when(says="left").fail(503)
    electron.fail(503)
    answer = chat(electron, {"messages": user("Hi")})
    assert answer.json["choices"][0]["message"]["content"] == str(number)
    assert len(electron.exchanges) == 1

def test_last(electron):
    assert chat(electron, {"messages": user("What is left?")}).status == 200
"""
    )
    pytester.runpytest_inprocess().assert_outcomes(passed=6)


# --- Addresses and processes


def is_reachable(host: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False


ANOTHER_LOOPBACK: Final = "127.0.0.2"
"""Another address of this machine on Linux. A server on all addresses answers there."""


def test_a_server_listens_on_loopback_only() -> None:
    """By default it listens on 127.0.0.1 and on no other address of this machine."""
    with Server() as server:
        parts = urlsplit(server.url)
        assert parts.hostname == "127.0.0.1"
        assert parts.port
        assert server._socket.getsockname() == ("127.0.0.1", parts.port)
        assert is_reachable("127.0.0.1", parts.port)
        assert not is_reachable(ANOTHER_LOOPBACK, parts.port)


def test_the_fixture_listens_on_loopback_only(electron: Electron) -> None:
    """Its server listens on 127.0.0.1 too."""
    parts = urlsplit(electron.url)
    assert parts.hostname == "127.0.0.1"
    assert parts.port
    assert not is_reachable(ANOTHER_LOOPBACK, parts.port)


def test_the_command_listens_on_loopback_only() -> None:
    """`mock-electron serve` is closed to other machines, and prints no warning."""
    command = [sys.executable, "-m", "mock_electron", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        parts = urlsplit(process.stdout.readline().split()[0].decode())
        assert parts.port
        reachable = [is_reachable(host, parts.port) for host in ("127.0.0.1", ANOTHER_LOOPBACK)]
        process.terminate()
        warnings = process.stderr.read()
    assert parts.hostname == "127.0.0.1"
    assert reachable == [True, False]
    assert warnings == b""


def test_fifty_tests_start_one_server_and_no_process(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session starts one server in one thread, and nothing else."""
    started: list[str] = []

    def count(owner: Any, name: str, describe: Callable[..., str]) -> None:
        original = getattr(owner, name)

        def start(*args: Any, **kwargs: Any) -> Any:
            started.append(describe(*args))
            return original(*args, **kwargs)

        monkeypatch.setattr(owner, name, start)

    count(threading.Thread, "start", lambda thread: f"thread {thread.name}")
    count(Server, "__init__", lambda *_: "server")
    count(subprocess.Popen, "__init__", lambda *_: "process")
    for name in {"fork", "posix_spawn"} & set(dir(os)):
        count(os, name, lambda *_: "process")
    pytester.makepyfile(
        """
import pytest
from raw_http import chat, user

@pytest.mark.parametrize("number", range(50))
def test_each(electron, number):
    assert chat(electron, {"messages": user("Hi")}).status == 200
"""
    )

    class Counting:
        """Counts from the first test on. Other plugins may start processes before it."""

        def pytest_collection_finish(self) -> None:
            started.clear()

    run = pytester.runpytest_inprocess(plugins=[Counting()])
    run.assert_outcomes(passed=50)
    assert started == ["server", "thread mock-electron"]


# --- Nothing is patched

CLIENT_MODULES: Final[tuple[types.ModuleType, ...]] = (
    httpx,
    httpx2,
    *(sys.modules[name] for name in sorted(sys.modules) if re.match(r"httpcore2?(\.|$)", name)),
    *(sys.modules[name] for name in sorted(sys.modules) if re.match(r"httpx2?\._", name)),
    openai,
    openai._base_client,
    socket,
    ssl,
    http_client,
    urllib_request,
)

Attribute = tuple[str, str]


def attributes() -> dict[Attribute, object]:
    """Return the values of all names in these modules, and in their classes."""
    values: dict[Attribute, object] = {}
    for module in CLIENT_MODULES:
        for name, value in list(vars(module).items()):
            values[module.__name__, name] = value
            if issubclass(type(value), type):  # isinstance() would load the lazy modules of openai
                for inner, member in vars(value).items():
                    values[module.__name__, f"{name}.{inner}"] = member
    return values


ORIGINALS: Final = attributes()
"""The values before the first test uses the fixture: pytest imports all test modules first."""


def test_no_client_is_patched(electron: Electron) -> None:
    """While a fake answers, the functions of the HTTP libraries and of `socket` are unchanged."""
    assert ask(electron).status == 200
    with openai_client(electron) as client:
        client.chat.completions.create(**HI)
    for attribute, value in attributes().items():
        if issubclass(type(value), types.FunctionType | type):
            assert value is ORIGINALS.get(attribute, value), f"{attribute} was replaced"
            home = str(value.__module__)
            assert not home.startswith(("mock_electron", "unittest")), f"{attribute} was patched"


def test_openai_reaches_the_fake(electron: Electron) -> None:
    """It uses httpx2, which ignores patches of httpx, over a socket to 127.0.0.1."""
    with openai_client(electron) as client:
        assert isinstance(client._client, httpx2.Client)
        assert not issubclass(httpx2.Client, httpx.Client)
        response = client.chat.completions.with_raw_response.create(**HI)
        stream = response.http_response.extensions["network_stream"]
        address = stream.get_extra_info("server_addr")
    assert address == ("127.0.0.1", urlsplit(electron.url).port)
    [exchange] = electron.exchanges
    assert exchange.request_id == response.headers["x-request-id"]
    assert exchange.path == "/waves/v1/chat/completions"


@pytest.mark.asyncio
async def test_asynchronous_openai_reaches_the_fake(electron: Electron) -> None:
    """The asynchronous client connects to the same address."""
    async with async_openai_client(electron) as client:
        assert isinstance(client._client, httpx2.AsyncClient)
        response = await client.chat.completions.with_raw_response.create(**HI)
    [exchange] = electron.exchanges
    assert exchange.request_id == response.headers["x-request-id"]
