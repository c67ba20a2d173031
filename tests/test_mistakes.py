"""Mistakes that other fakes of chat endpoints make: each was reproduced in one of them, and each has
a test here which shows that mock-electron does not make it.

A fake that makes one of them lets a broken client pass, or fails a sound one.
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
from dataclasses import replace
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
from raw_http import Response, chat, connect, request_bytes, user

from mock_electron import Call, Electron, MockElectron, Pace, ScriptError, call, fail, faults, reply
from mock_electron.engine.journal import Journal
from mock_electron.engine.lane import Lane
from mock_electron.serve.connection import NO_LINGER
from mock_electron.serve.server import Server

WITH_USAGE: Final[dict[str, Any]] = {"stream": True, "stream_options": {"include_usage": True}}
SLOW: Final = Pace(each=30.0)
"""The first token comes at once; the second one comes after the test."""

HI: Final[Any] = {"model": "electron", "messages": user("Hi")}

OpenLane = Callable[..., Electron]


def ask(electron: Electron, text: str = "Hi", **fields: Any) -> Response:
    return chat(electron, {"messages": user(text)} | fields)


def said(response: Response) -> Any:
    return response.json["choices"][0]["message"]["content"]


def chunks_of(electron: Electron, **request: Any) -> list[Any]:
    """The chunks of a stream, its usage among them, without the `[DONE]` that ends it."""
    *chunks, done = chat(electron, request | WITH_USAGE).events
    assert done == "[DONE]"
    return chunks


def deltas(chunks: list[Any]) -> list[Any]:
    return [chunk["choices"][0]["delta"] for chunk in chunks if chunk["choices"]]


def text_of(found: list[Any]) -> str:
    return "".join(delta.get("content", "") for delta in found)


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
    """An Electron that answers TOOL_TURN with calls: scripted ones, or those of its own model."""
    if request.param is not None:
        filler, calls = request.param
        electron.respond_with(lambda _: reply(*calls, filler=filler))
    return electron


def put_together(chunks: list[Any]) -> list[tuple[str, str]]:
    """Names and arguments of streamed calls, put together by `index` as clients do it."""
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
    """The first delta says `assistant`, and no other one says it again."""
    roles = [delta.get("role") for delta in deltas(chunks_of(tool_turn, **TOOL_TURN))]
    assert roles == ["assistant"] + [None] * (len(roles) - 1)


def test_a_streamed_tool_call_has_a_finish_reason(tool_turn: Electron) -> None:
    """The last chunk with a choice says `tool_calls`, and no other one says anything."""
    chunks = chunks_of(tool_turn, **TOOL_TURN)
    reasons = [chunk["choices"][0]["finish_reason"] for chunk in chunks if chunk["choices"]]
    assert reasons == [None] * (len(reasons) - 1) + ["tool_calls"]


def test_a_streamed_tool_call_has_an_index(tool_turn: Electron) -> None:
    """Every piece of a call says which call it belongs to; they count from 0, one after the other."""
    found = deltas(chunks_of(tool_turn, **TOOL_TURN))
    parts = [part for delta in found for part in delta.get("tool_calls", [])]
    indexes = [part["index"] for part in parts]
    assert [index for index, _ in itertools.groupby(indexes)] == list(range(max(indexes) + 1))


def test_a_streamed_tool_call_has_its_id_and_its_name_once(tool_turn: Electron) -> None:
    """They come with its first piece. The OpenAI client would concatenate a repeated name."""
    found = deltas(chunks_of(tool_turn, **TOOL_TURN))
    seen: set[int] = set()
    for part in (part for delta in found for part in delta.get("tool_calls", [])):
        if part["index"] in seen:
            assert set(part) == {"index", "function"}
            assert set(part["function"]) == {"arguments"}
        else:
            assert re.fullmatch("chatcmpl-tool-[0-9a-f]{16}", part["id"])
            assert part["type"] == "function"
            assert part["function"]["name"]
        seen.add(part["index"])


def test_a_streamed_tool_call_is_not_dropped(tool_turn: Electron) -> None:
    """What is streamed is what comes in one piece: the same calls, with the same arguments."""
    message = chat(tool_turn, TOOL_TURN).json["choices"][0]["message"]
    whole = [
        (made["function"]["name"], made["function"]["arguments"]) for made in message["tool_calls"]
    ]
    assert put_together(chunks_of(tool_turn, **TOOL_TURN)) == whole != []


def test_the_filler_is_kept_when_tool_calls_are_present(tool_turn: Electron) -> None:
    """Whole or streamed, its words are all there, and they come before the first call."""
    filler = said(chat(tool_turn, TOOL_TURN))
    found = deltas(chunks_of(tool_turn, **TOOL_TURN))
    assert text_of(found) == (filler or "")
    *heard, closing = ["tool_calls" in delta for delta in found]
    assert heard == sorted(heard)
    assert (any(heard), closing) == (True, False)


def test_a_scripted_filler_comes_as_it_was_written(electron: Electron) -> None:
    """The helper of `openai` puts both together: what is spoken, and what is called."""
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
    """One completion: one id, one date, one model, from the role to the usage."""
    chunks = chunks_of(electron, **request_)
    assert len(chunks) > 3
    [(id_, _, model)] = {(chunk["id"], chunk["created"], chunk["model"]) for chunk in chunks}
    assert re.fullmatch("chatcmpl-[0-9a-f]{16}", id_)
    assert model == "electron"


def test_another_stream_has_another_id(electron: Electron) -> None:
    """The id tells completions apart, those of equal requests too."""
    ids = {chunks_of(electron, messages=user("Hi"))[0]["id"] for _ in range(5)}
    assert len(ids) == 5


@pytest.mark.electron(prefix_cache_tokens=0)
@each_stream
def test_usage_is_the_same_streamed_or_not(electron: Electron, request_: dict[str, Any]) -> None:
    """The same request costs the same tokens; the cache is off, as it makes the second one cheaper."""
    streamed = chunks_of(electron, **request_)[-1]["usage"]
    assert streamed == chat(electron, request_).json["usage"]


@pytest.mark.electron(prefix_cache_tokens=0)
def test_usage_grows_with_the_prompt(electron: Electron) -> None:
    """Every word more in the prompt, and every tool, is a token more at least."""
    prompts = [" ".join(["word"] * count) for count in (1, 10, 100, 1000)]
    usages = [ask(electron, prompt).json["usage"]["prompt_tokens"] for prompt in prompts]
    growth = [later - earlier for earlier, later in itertools.pairwise(usages)]
    assert all(more >= words for more, words in zip(growth, (9, 90, 900), strict=True))
    assert ask(electron, "word", tools=[WEATHER]).json["usage"]["prompt_tokens"] > usages[0]


@pytest.mark.parametrize("words", [1, 2, 20, 200])
def test_usage_grows_with_the_reply(electron: Electron, words: int) -> None:
    """Its completion tokens are those that were streamed, one a chunk; the total is the sum."""
    electron.reply(" ".join(["word"] * words))
    chunks = chunks_of(electron, messages=user("Hi"))
    usage = chunks[-1]["usage"]
    assert (
        usage["completion_tokens"] == sum(bool(d.get("content")) for d in deltas(chunks)) == words
    )
    assert usage["total_tokens"] == usage["prompt_tokens"] + words


@pytest.mark.parametrize(
    ("options", "asked_for"),
    [
        ({"stream_options": {"include_usage": True}}, True),
        ({"stream_options": {"include_usage": False}}, False),
        ({"stream_options": {}}, False),
        ({}, False),
    ],
    ids=["true", "false", "empty", "absent"],
)
def test_include_usage_is_honoured(electron: Electron, options: Any, asked_for: bool) -> None:
    """With it one last chunk has the usage and no choice; without it there is none."""
    *chunks, done = ask(electron, stream=True, **options).events
    assert done == "[DONE]"
    assert [("usage" in chunk, chunk["choices"] == []) for chunk in chunks] == (
        [(False, False)] * (len(chunks) - asked_for) + [(True, True)] * asked_for
    )


# --- Requests that Electron refuses

INVALID: Final[dict[str, Any]] = {
    "a hot temperature": {"temperature": "hot"},
    "a negative temperature": {"temperature": -1},
    "a boolean temperature": {"temperature": True},
    "a top_p beyond 1": {"top_p": 1.5},
    "no token": {"max_tokens": 0},
    "half a token": {"max_tokens": 1.5},
    "a text for a boolean": {"stream": "yes"},
    "five stop strings": {"stop": ["a", "b", "c", "d", "e"]},
    "another model": {"model": "gpt-4o"},
    "two choices": {"n": 2},
    "no message": {"messages": []},
    "a text for messages": {"messages": "Hi"},
    "an unknown role": {"messages": [{"role": "robot", "content": "Hi"}]},
    "a number for content": {"messages": [{"role": "user", "content": 5}]},
    "a result of no call": {"messages": [{"role": "tool", "content": "5"}]},
    "a tool choice of no kind": {"tool_choice": "sometimes"},
}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"model": "electron",', b"Hi", b'{"model": "electron"} {}', b"\xff\xfe", b"[1,"],
    ids=repr,
)
def test_malformed_json_is_a_400(electron: Electron, body: bytes) -> None:
    """Not a fault of the server, and no completion: the envelope, and the server goes on."""
    response = chat(electron, body)
    assert (response.status, response.error["type"]) == (400, "invalid_request_error")
    assert ask(electron).status == 200


@pytest.mark.parametrize("fields", [{}, {"stream": True}, {"temperature": 0}], ids=repr)
def test_missing_messages_are_a_400(electron: Electron, fields: Any) -> None:
    """Neither 500 nor a completion of nothing; the issue names the field."""
    response = chat(electron, fields)
    assert response.status == 400
    [issue] = response.error["details"]
    assert (issue["path"], issue["message"]) == (["messages"], "Required")


def test_a_hot_temperature_is_refused(electron: Electron) -> None:
    """A text is no number: `openai` raises what it raises at the real endpoint."""
    hot: Any = "hot"
    with openai_client(electron) as client, pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model="electron", messages=[], temperature=hot)
    assert isinstance(refused.value.body, dict)
    paths = [issue["path"] for issue in refused.value.body["details"]]
    assert paths == [["messages"], ["temperature"]]


@pytest.mark.parametrize("fields", INVALID.values(), ids=INVALID.keys())
def test_a_validation_error_is_a_400(electron: Electron, fields: Any) -> None:
    """Never 422, whatever is wrong; and Zod's issues say what."""
    response = chat(electron, json.dumps(HI | fields).encode())
    assert response.status == 400
    assert response.error["message"] == "Invalid input data"
    assert response.error["details"][0]["path"][0] == next(iter(fields))


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
def test_what_the_model_server_refuses_is_a_400(electron: Electron, fields: Any) -> None:
    """Each field is valid, but not together with the others: no 422, no 500, no completion."""
    response = chat(electron, json.dumps(HI | fields).encode())
    assert (response.status, response.error["type"]) == (400, "invalid_request_error")
    assert "details" not in response.error


# --- Requests that no step of the script is for, and scripts that are wrong


def test_what_no_step_is_for_is_no_sentence_that_nobody_asked_for() -> None:
    """A strict lane refuses it, names the step that a typo keeps from matching, and fails the test
    at its end, though nobody has looked at the answer."""
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
        ("- repy: a", "step has no field 'repy'. Did you mean 'reply'?"),
        ("- reply: {content: a}", "reply has no field 'content'. It has text, calls,"),
        ("- {when: {say: a}, reply: b}", "when has no field 'say'. Did you mean 'says'?"),
        ("- {when: {says: {regex: '('}}, reply: b}", "'(' is no regular expression"),
        ("- fail: 5033", "there is no 5033. Did you mean '503'?"),
    ],
)
def test_a_wrong_script_file_is_found_before_the_first_request(
    electron: Electron, tmp_path: Path, wrong: str, words: str
) -> None:
    """Where it is loaded, with the line and the nearest right name; nothing of it is used."""
    file = tmp_path / "story.yaml"
    file.write_text(f"steps:\n- reply: fine\n{wrong}\n", encoding="utf-8")
    with pytest.raises(ScriptError) as refused:
        electron.load(file)
    assert f"{file}:3: step 2" in str(refused.value)
    assert words in str(refused.value)
    response = chat(electron, {"messages": user("Hi")})
    assert response.json["choices"][0]["message"]["content"] != "fine"


def test_a_typo_in_a_step_is_found_where_it_is_written(electron: Electron) -> None:
    """`text` for `content` is an error of that line, not of a later request."""
    with pytest.raises(TypeError, match="Did you mean 'says'"):
        electron.when(say="weather")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="Did you mean 'filler'"):
        electron.reply(call("f"), fill="One moment…")  # type: ignore[call-arg]


# --- Chance

QUESTION: Final = "Write one sentence about why the sky is blue."


def test_ids_are_not_random(electron_lane: OpenLane) -> None:
    """Two lanes of one seed: the same bytes, ids and headers included; another seed: other ids."""
    one, same, other = (electron_lane(seed=seed) for seed in (1, 1, 2))
    for request_ in [*STREAMS.values(), {"temperature": "hot"}] * 2:
        mine, equal, different = (chat(electron, request_) for electron in (one, same, other))
        assert mine == equal
        assert mine.headers["x-request-id"] != different.headers["x-request-id"]


def test_ids_are_those_of_another_day(electron: Electron) -> None:
    """What was recorded by another process has the ids of this one."""
    recorded = golden.read(golden.DIRECTORY / "unscripted_tool_call.json")
    response = chat(electron, recorded["request"]["body"])
    assert response.body.decode() == recorded["answer"]["body"]
    assert response.headers == recorded["answer"]["headers"]


def fails_in(electron: Electron, texts: list[str]) -> list[bool]:
    """Which of these requests fail, where every second one does by chance."""
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
    """The same seed fails the same requests, another seed fails other ones."""
    one, same, other = (fails_in(electron_lane(seed=seed), texts) for seed in (1, 1, 2))
    assert one == same
    assert one != other


@each_series
def test_chaos_does_not_repeat_one_decision_for_ever(electron: Electron, texts: list[str]) -> None:
    """Half of them fail, whether the requests differ or one comes again and again: so who tries
    again gets through, and the failures do not merely alternate."""
    failed = fails_in(electron, texts)
    assert 0.3 * MANY < sum(failed) < 0.7 * MANY
    runs = [len(list(run)) for _, run in itertools.groupby(failed)]
    assert 1 < max(runs) < 20


def test_a_retry_gets_through_by_chance(electron: Electron) -> None:
    """No request is condemned: at a rate of a half each one succeeds within some attempts."""
    electron.fail(503, rate=0.5)
    for text in DIFFERENT[:20]:
        assert 200 in (ask(electron, text).status for _ in range(20))


def test_the_seed_of_a_request_chooses_its_reply(
    electron: Electron, electron_lane: OpenLane
) -> None:
    """The same seed, the same words: again, streamed, in another lane, and in any order."""
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
def test_the_seed_of_a_request_holds_where_replies_vary(electron: Electron) -> None:
    """Without a seed they are different ones each time; with a seed there is one."""
    assert len({said(ask(electron, QUESTION)) for _ in range(8)}) > 4
    assert len({said(ask(electron, QUESTION, seed=7)) for _ in range(8)}) == 1


# --- Memory


@pytest.mark.parametrize(
    ("size", "kept"), [(1, 10_000), (1024 * 1024, 255)], ids=["by number", "by size"]
)
def test_the_journal_of_a_lane_is_bounded(electron_lane: OpenLane, size: int, kept: int) -> None:
    """By default, at 10,000 exchanges or 256 MiB: the oldest are dropped, and counted."""
    electron = electron_lane()
    assert ask(electron).status == 200
    [one], journal = electron.exchanges, electron._lane.journal
    [ending] = journal._endings.values()
    last, body = kept + 5, b"x" * size  # the same in all of them, so that the test takes no memory
    for number in range(1, last + 1):
        journal.open(replace(one, number=number, body=body))
        journal.close(number, ending)
    assert [left.number for left in electron.exchanges] == list(range(last - kept + 1, last + 1))
    assert journal.dropped == last + 1 - kept


BODY_SIZE: Final = 100_000
LONG_REPLY: Final = 10_000


@pytest.mark.parametrize(
    "bounds", [{"max_exchanges": 5}, {"max_bytes": 5 * BODY_SIZE}], ids=["by number", "by size"]
)
def test_memory_does_not_grow_with_requests(electron: Electron, bounds: dict[str, int]) -> None:
    """Forty large requests and long replies later it is what it was, but for some kilobytes."""
    electron._lane.journal = Journal(**bounds)
    electron.respond_with(lambda _: "A long word, ".ljust(LONG_REPLY, "o"))

    def send(numbers: range) -> None:
        for number in numbers:  # of another kind each time, so that nothing is shared
            note = f"{number} ".ljust(BODY_SIZE - 200)
            assert ask(electron, "Hi", metadata={"note": note}).status == 200

    tracemalloc.start()
    try:
        send(range(10))
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        send(range(10, 50))
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 200_000
    assert 0 < len(electron.exchanges) <= 5
    assert electron.exchanges[-1].number == 49


# --- Clients that leave


def listen_to_one_token(electron: Electron) -> socket.socket:
    connection = connect(electron)
    connection.sendall(request_bytes(electron, HI | WITH_USAGE))
    received = b""
    while b'"content":"one"' not in received:
        received += connection.recv(65536)
    return connection


def close_the_connection(electron: Electron) -> None:
    listen_to_one_token(electron).close()


def reset_the_connection(electron: Electron) -> None:
    with listen_to_one_token(electron) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)


def close_the_stream_of_openai(electron: Electron) -> None:
    with openai_client(electron) as client:
        chunks = client.chat.completions.create(**HI, stream=True)
        assert [next(chunks).choices[0].delta.content for _ in range(2)] == ["", "one"]
        chunks.close()


@pytest.mark.electron(clock="real", pace=SLOW)
@pytest.mark.parametrize(
    "leave", [close_the_connection, reset_the_connection, close_the_stream_of_openai]
)
def test_a_client_that_leaves_is_noticed(
    electron: Electron, leave: Callable[[Electron], None]
) -> None:
    """While the server waits for the next token, not when it writes that; and the slot is free."""
    electron.plan(in_flight=1)
    electron.reply("one two three four")
    leave(electron)
    [left] = electron.exchanges
    assert left.outcome == "client left"
    assert left.chunks_sent == 2
    assert left.chunks_left > 0
    assert left.usage is not None
    assert left.usage.completion_tokens == 1
    electron.pace("instant")
    assert ask(electron).status == 200


@pytest.mark.electron(clock="real", pace=Pace(first=30.0, overhead=30.0))
def test_a_client_that_leaves_before_the_first_byte_is_noticed(electron: Electron) -> None:
    """One that gave up waiting for a reply in one piece has left too."""
    with openai_client(electron, timeout=0.2) as client, pytest.raises(openai.APITimeoutError):
        client.chat.completions.create(**HI)
    assert [(one.outcome, one.chunks_sent) for one in electron.exchanges] == [("client left", 0)]


# --- Instances that do not meet


def ask_much(electron: Electron) -> None:
    for _ in range(3):
        ask(electron, QUESTION)
        ask(electron, QUESTION, stream=True)


DISTURBANCES: Final[dict[str, Callable[[Electron], object]]] = {
    "a reply": lambda other: other.reply("of the other"),
    "a reply to the same words": lambda other: other.when(says="Hi").reply("of the other"),
    "a failure": lambda other: other.fail(503),
    "failures by chance": lambda other: other.fail(503, rate=1.0),
    "a fault": lambda other: other.inject(faults.Cut(after=1)),
    "other writes": lambda other: other.fragment(1),
    "no more faults": lambda other: other.clear_faults(),
    "drift": lambda other: other.drift(1.0),
    "a plan": lambda other: other.plan(requests_per_minute=1),
    "a pace": lambda other: other.pace("electron"),
    "another time": lambda other: other.clock.advance(3600),
    "a function": lambda other: other.respond_with(lambda _: "of the other"),
    "requests": ask_much,
}


def story(electron: Electron, disturb: Callable[[], object]) -> list[Response]:
    """What a test sees that scripts, injects, asks, and comes again; it is disturbed in between."""
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
    """Whatever is done to one, the other gives the bytes that it gives when it is alone."""
    alone = story(electron_lane(), lambda: None)
    other, beside = electron_lane(), electron_lane()
    assert story(beside, lambda: disturb(other)) == alone
    assert [response.status for response in alone] == [200, 200, 200, 503, 200, 200, 200]
    assert len(beside.exchanges) == len(alone)


def test_two_servers_do_not_disturb_each_other(electron_lane: OpenLane) -> None:
    """Default lanes of two servers in one process: nothing of one is seen in the other."""
    alone = story(electron_lane(), lambda: None)
    with Server() as one, Server() as other:
        mine, others = (Electron(server.app.default, server.url) for server in (one, other))

        def disturb() -> None:
            for disturbance in DISTURBANCES.values():
                with suppress(http_client.HTTPException, ConnectionError):  # of its own faults
                    disturbance(others)

        assert story(mine, disturb) == alone
        assert len(mine.exchanges) == len(alone)


def test_closing_one_instance_does_not_end_another(electron: Electron) -> None:
    """A lane that is closed takes no other with it, though that has its name on another server; and
    a server that is stopped takes no other one."""
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


def test_what_one_test_listens_for_does_not_answer_another(electron_lane: OpenLane) -> None:
    """A word of one test stands in the requests of another as well, and yet they never meet."""
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


def test_what_one_test_leaves_behind_does_not_answer_the_next(pytester: pytest.Pytester) -> None:
    """A script that was not used up ends with its test, in whatever order they run."""
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
    pytester.runpytest_inprocess("-p", "no:asyncio").assert_outcomes(passed=6)


# --- Where it listens, and what it costs


def is_reachable(host: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False


ANOTHER_LOOPBACK: Final = "127.0.0.2"
"""Of this machine too, on Linux; a server that listens on all addresses answers there."""


def test_a_server_listens_on_loopback_alone() -> None:
    """127.0.0.1, and no other address of this machine, unless somebody asks for it."""
    with Server() as server:
        parts = urlsplit(server.url)
        assert parts.hostname == "127.0.0.1"
        assert parts.port
        assert server._socket.getsockname() == ("127.0.0.1", parts.port)
        assert is_reachable("127.0.0.1", parts.port)
        assert not is_reachable(ANOTHER_LOOPBACK, parts.port)


def test_the_fixture_listens_on_loopback_alone(electron: Electron) -> None:
    """It is a server as any other."""
    parts = urlsplit(electron.url)
    assert parts.hostname == "127.0.0.1"
    assert parts.port
    assert not is_reachable(ANOTHER_LOOPBACK, parts.port)


def test_the_command_listens_on_loopback_alone() -> None:
    """`mock-electron serve` lets no other machine in, and so has nothing to warn of."""
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
    """What is started is counted, not timed: a thread for the server of the session, and no more."""
    started: list[str] = []

    def counted(owner: Any, name: str, what: Callable[..., str]) -> None:
        original = getattr(owner, name)

        def start(*args: Any, **kwargs: Any) -> Any:
            started.append(what(*args))
            return original(*args, **kwargs)

        monkeypatch.setattr(owner, name, start)

    counted(threading.Thread, "start", lambda thread: f"thread {thread.name}")
    counted(Server, "__init__", lambda *_: "server")
    counted(subprocess.Popen, "__init__", lambda *_: "process")
    for name in {"fork", "posix_spawn"} & set(dir(os)):
        counted(os, name, lambda *_: "process")
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
        """Begins with the first test, as other plugins start processes before it."""

        def pytest_collection_finish(self) -> None:
            started.clear()

    run = pytester.runpytest_inprocess("-p", "no:asyncio", plugins=[Counting()])
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
    """What stands behind each name of these modules, and of the classes in them."""
    found: dict[Attribute, object] = {}
    for module in CLIENT_MODULES:
        for name, value in list(vars(module).items()):
            found[module.__name__, name] = value
            if issubclass(type(value), type):  # a lazy module of openai is read when it is asked
                places = {f"{name}.{inside}": behind for inside, behind in vars(value).items()}
                found |= {(module.__name__, place): behind for place, behind in places.items()}
    return found


ORIGINALS: Final = attributes()
"""As they are before the first test asks for the fixture: all modules of tests are read by then."""


def test_no_client_is_patched(electron: Electron) -> None:
    """While a fake answers, each function of the HTTP libraries and of `socket` is its own."""
    assert ask(electron).status == 200
    with openai_client(electron) as client:
        client.chat.completions.create(**HI)
    for attribute, value in attributes().items():
        if issubclass(type(value), types.FunctionType | type):
            assert value is ORIGINALS.get(attribute, value), f"{attribute} was replaced"
            home = str(value.__module__)
            assert not home.startswith(("mock_electron", "unittest")), f"{attribute} was patched"


def test_openai_reaches_the_fake(electron: Electron) -> None:
    """It talks through httpx2, where a patch of httpx is not seen: over a socket, to loopback."""
    with openai_client(electron) as client:
        assert isinstance(client._client, httpx2.Client)
        assert not issubclass(httpx2.Client, httpx.Client)
        response = client.chat.completions.with_raw_response.create(**HI)
        stream = response.http_response.extensions["network_stream"]
        address = stream.get_extra_info("server_addr")
    assert address == ("127.0.0.1", urlsplit(electron.url).port)
    [asked] = electron.exchanges
    assert asked.request_id == response.headers["x-request-id"]
    assert asked.path == "/waves/v1/chat/completions"


@pytest.mark.asyncio
async def test_asynchronous_openai_reaches_the_fake(electron: Electron) -> None:
    """With a pool of its own, and to the same address."""
    async with async_openai_client(electron) as client:
        assert isinstance(client._client, httpx2.AsyncClient)
        response = await client.chat.completions.with_raw_response.create(**HI)
    [asked] = electron.exchanges
    assert asked.request_id == response.headers["x-request-id"]
