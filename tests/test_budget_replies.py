"""The work to send a reply: it is limited for every reply, whoever made it."""

import json
import sys
from functools import partial
from types import FrameType
from typing import Any

import call_count
import pytest
from lanes import ask, body, stream

from mock_electron.engine.lane import Lane
from mock_electron.engine.script.step import Step
from mock_electron.engine.settings import Settings
from mock_electron.model import draft as drafts
from mock_electron.model import tokens
from mock_electron.model.completion import CONTEXT_TOKENS, generated_so_far, usage_after
from mock_electron.model.draft import Draft
from mock_electron.model.logprobs import CHOSEN, MOST_ALTERNATIVES
from mock_electron.model.scripted import call, reply
from mock_electron.wire import render
from mock_electron.wire import reply as wire_reply
from mock_electron.wire.reply import Reply, ToolCall, Usage

LOGPROBS: Any = {"logprobs": True, "top_logprobs": 20}
CONTINUOUS: Any = {
    "stream": True,
    "stream_options": {"include_usage": True, "continuous_usage_stats": True},
}
COMPLETE = MOST_ALTERNATIVES // (20 + CHOSEN)
"""The number of tokens with 20 alternatives."""
MOST_CALLS = 200_000
"""Function calls for one request. 8,000 tokens with 20 alternatives each took 1,800,000."""


def format_of(schema: object) -> dict[str, Any]:
    """Return the fields that ask for an object with one value for a schema."""
    parameters = {"type": "object", "properties": {"a": schema}, "required": ["a"]}
    document = {"name": "x", "schema": parameters}
    return {"response_format": {"type": "json_schema", "json_schema": document}}


def tool_of(schema: object) -> dict[str, Any]:
    """Return the fields that ask for a call of a tool with one parameter."""
    parameters = {"type": "object", "properties": {"a": schema}, "required": ["a"]}
    function = {"name": "save_order", "description": "Save an order", "parameters": parameters}
    return {"tools": [{"type": "function", "function": function}], "tool_choice": "required"}


def lane_of(answer: Any) -> Lane:
    """Return a lane whose step has an answer; None means the pocket model."""
    lane = Lane(Settings(accept_json_schema=True))
    if answer is not None:
        lane.add(Step(answer))
    return lane


def calls_of(lane: Lane, text: str, fields: dict[str, Any]) -> int:
    """Return the number of function calls that a request takes."""
    return call_count.counted(partial(ask, lane, text, **fields))[1]


def test_no_reply_takes_much_work_to_send() -> None:
    """Log-probabilities and usage per chunk are limited, whoever made the reply."""
    echo = reply("{{user.content}}")
    many = reply(call("f", **{f"a{n}": "{{user.content}}" for n in range(100)}))
    own = Draft("!a" * 4000, logprobs=tuple((part, -0.5) for part in "!a" * 4000))
    rows: tuple[tuple[str, Any, str, dict[str, Any]], ...] = (
        ("const", None, "x", format_of({"const": "!a" * 4000}) | LOGPROBS),
        ("const, stream", None, "x", format_of({"const": "!a" * 4000}) | LOGPROBS | CONTINUOUS),
        ("minLength", None, "x", format_of({"type": "string", "minLength": 20_000}) | LOGPROBS),
        ("enum", None, "x", format_of({"enum": ["!a" * 4000]}) | LOGPROBS),
        ("one alternative", None, "x", format_of({"const": "!a" * 4000}) | {"logprobs": True}),
        ("call", None, "x", tool_of({"type": "string", "minLength": 50_000}) | CONTINUOUS),
        ("words", echo, "!a" * 5000, LOGPROBS),
        ("words, stream", echo, "!a" * 5000, LOGPROBS | CONTINUOUS),
        ("words of calls", many, "!a" * 5000, CONTINUOUS),
        ("function", lambda request: request.last.content, "!a" * 4000, LOGPROBS | CONTINUOUS),
        ("number", Draft("!a" * 4000, logprobs=-0.5), "x", LOGPROBS),
        ("list", own, "x", LOGPROBS),
    )
    counted = {name: calls_of(lane_of(answer), text, to) for name, answer, text, to in rows}
    assert {name: calls for name, calls in counted.items() if calls > MOST_CALLS} == {}


@pytest.mark.parametrize("streamed", [False, True])
def test_the_tokens_of_a_long_reply_list_themselves_only(streamed: bool) -> None:
    """The first tokens have all alternatives, as in a short reply; the text is complete."""

    def entries_of(text: str) -> list[Any]:
        lane = lane_of(Draft(text))
        if not streamed:
            document = json.loads(body(ask(lane, **LOGPROBS)))
            return list(document["choices"][0]["logprobs"]["content"])
        frames = [json.loads(frame[6:]) for frame in stream(lane, **LOGPROBS).frames[:-1]]
        choices = [choice for frame in frames for choice in frame["choices"]]
        return [
            entry
            for choice in choices
            for entry in choice.get("logprobs", {"content": []})["content"]
        ]

    text = "!a" * 500
    entries = entries_of(text)
    assert "".join(entry["token"] for entry in entries) == text
    assert {len(entry["top_logprobs"]) for entry in entries[:COMPLETE]} == {20}
    for entry in entries[COMPLETE:]:
        (only,) = entry["top_logprobs"]
        assert entry == {**only, "top_logprobs": [only]}
        assert entry["logprob"] < 0
    assert entries_of(text[:COMPLETE]) == entries[:COMPLETE]


def test_the_values_of_a_script_are_sent_however_long_it_is() -> None:
    """A token after the first ones has the log-probability that the script gives it."""
    pairs = tuple((f"{number} ", -number / 1000) for number in range(COMPLETE + 100))
    draft = Draft("".join(token for token, _ in pairs), logprobs=pairs)
    for fields in (LOGPROBS, {"logprobs": True}):
        document = json.loads(body(ask(lane_of(draft), **fields)))
        entries = document["choices"][0]["logprobs"]["content"]
        assert tuple((entry["token"], entry["logprob"]) for entry in entries) == pairs


def test_log_probabilities_do_not_change_the_content() -> None:
    """The order of two requests that differ in their log-probabilities does not matter."""
    for schema in ({"const": "!a" * 2000}, {"type": "string", "minLength": 5000}):
        contents = set()
        orders: Any = ((LOGPROBS, {}), ({}, LOGPROBS))
        for order in orders:
            lane = lane_of(None)
            for fields in order:
                answer = ask(lane, "x", **format_of(schema), **fields)
                contents.add(json.loads(body(answer))["choices"][0]["message"]["content"])
        assert len(contents) == 1


def test_usage_per_chunk_makes_no_usage_objects() -> None:
    """The usage of each chunk is the one of a stream that ends there, with one object for all."""
    calls = (ToolCall("1", "get_weather", "abc"), ToolCall("2", "f", ""))
    said = Reply(("a", "b", "c"), "stop", Usage(9, 8, 4), calls, (("a", "b", "c"), ()))
    for size in (1, 2, 3, 5):
        generated = generated_so_far(said, size)
        after = [usage_after(said, chunks, size) for chunks in range(1, len(generated))]
        assert [one.completion_tokens for one in after] == list(generated[:-1])
        assert generated[-1] == 8
    made: list[object] = []

    def count(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code is Usage.__post_init__.__code__:
            made.append(frame)

    lane = lane_of(Draft("a b c " * 50))
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        frames = ask(lane, **CONTINUOUS).frames
    finally:
        sys.setprofile(before)
    assert len(frames) == 155
    assert len(made) == 1
    last = json.loads(frames[-3][6:])["usage"]
    assert last == json.loads(frames[-2][6:])["usage"]


def test_a_text_is_cut_into_as_many_tokens_as_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest of a text beyond the token limit is not read, and the reply is the same."""
    for text in ("Hello there, don't go!  \n 12345", "a" * 50, "नमस्ते दुनिया", "", "\n" * 40):
        for most in range(30):
            assert tokens.split(text, most) == tokens.split(text)[:most]
    made: list[int] = []
    split = tokens.split

    def counted(text: str, most: int | None = None) -> tuple[str, ...]:
        pieces = split(text, most)
        made.append(len(pieces))
        return pieces

    monkeypatch.setattr(tokens, "split", counted)
    for draft in (reply("!a" * 40_000), reply(call("f", a="!a" * 40_000))):
        ask(lane_of(draft))
        ask(lane_of(draft), max_tokens=3)
        ask(lane_of(draft), stop="b")
    assert max(made) <= CONTEXT_TOKENS
    made.clear()
    document = json.loads(
        body(ask(lane_of(reply("!a" * 5000 + "stop")), stop="stop", max_tokens=7))
    )
    assert document["choices"][0]["finish_reason"] == "length"
    assert document["choices"][0]["message"]["content"] == "!a!a!a!"
    assert max(made) < 20


def test_groups_have_the_sizes_that_are_counted() -> None:
    """`group_sizes` is the length of each group."""
    for count in range(9):
        for size in range(1, 6):
            groups = wire_reply.grouped(range(count), size)
            assert list(wire_reply.group_sizes(count, size)) == [len(group) for group in groups]


def test_several_faults_of_a_long_reply_make_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Overwritten faults are looked for in short replies only."""
    made: list[int] = []
    original = render.stream

    def counted(*args: Any, **options: Any) -> tuple[bytes, ...]:
        frames = original(*args, **options)
        made.append(len(frames))
        return frames

    monkeypatch.setattr(render, "stream", counted)
    for faults in ("comments; crlf", "no-index; same-index", "cut=2; crlf", "gzip; crlf; no-done"):
        made.clear()
        ask(lane_of(reply(call("f", a="!a" * 4000))), faults=faults, stream=True)
        assert len(made) == 1
        ask(lane_of(reply(call("f", a="!a"))), faults=faults, stream=True)
        assert len(made) > 2


def test_the_calls_of_a_long_stream_are_complete_in_one_chunk() -> None:
    """One chunk carries every call with all its parts, however many parts there are."""
    draft = reply(call("f", a="!a" * 5000), call("g"), call("f", b="x"))
    answer = ask(lane_of(draft), faults="calls-in-one-chunk", stream=True)
    (merged,) = [
        frame for frame in answer.frames if b"tool_calls" in frame and b'index":1' in frame
    ]
    calls = json.loads(merged[6:])["choices"][0]["delta"]["tool_calls"]
    given = [(one["function"]["name"], one["function"]["arguments"]) for one in calls]
    assert given == [(one.name, one.arguments) for one in draft.calls]


def test_the_number_of_calls_of_a_reply_is_bounded() -> None:
    """Calls after the first drafts.MOST_CALLS are left out, as at the token limit."""
    draft = reply(*[call("f", a=1)] * (drafts.MOST_CALLS + 3))
    lane = lane_of(draft)
    answer = json.loads(body(ask(lane)))["choices"][0]
    assert len(answer["message"]["tool_calls"]) == drafts.MOST_CALLS
    assert answer["finish_reason"] == "length"
    exact = ask(lane_of(reply(*[call("f", a=1)] * drafts.MOST_CALLS)))
    assert json.loads(body(exact))["choices"][0]["finish_reason"] == "tool_calls"


def test_calls_that_are_not_sent_take_no_work() -> None:
    """A script with 50,000 calls takes no more function calls than one with drafts.MOST_CALLS."""
    many = calls_of(lane_of(reply(*[call("f", a=1)] * 50_000)), "Hi", {"stream": True})
    most = calls_of(lane_of(reply(*[call("f", a=1)] * drafts.MOST_CALLS)), "Hi", {"stream": True})
    assert many < most * 1.1


def test_pairs_of_logprobs_take_few_calls_each() -> None:
    """A script's list of 10,000 distinct pairs takes a bounded number of function calls."""
    pairs = tuple((f"{number} ", -number / 10_000) for number in range(10_000))
    draft = reply("".join(token for token, _ in pairs), logprobs=pairs)
    assert calls_of(lane_of(draft), "Hi", LOGPROBS | CONTINUOUS) < 235_000
    limited = calls_of(lane_of(draft), "Hi", LOGPROBS | {"max_tokens": 5})
    assert limited < 2_000
