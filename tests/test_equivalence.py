"""A streamed reply and an unstreamed reply contain the same completion."""

from math import exp
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_electron import Settings
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.lane import Lane
from mock_electron.engine.ready import AnyAnswer
from mock_electron.engine.setting_table import Sampling
from mock_electron.strategies import chat_requests


def ask(lane: Lane, request: dict[str, Any]) -> AnyAnswer:
    body = orjson.dumps(request)
    return lane.open(
        Arrival("POST", "/waves/v1/chat/completions", "Bearer k", "application/json", body)
    )


def parts_of(completion: Any) -> dict[str, Any]:
    """Return what a client reads from an unstreamed reply."""
    [choice] = completion["choices"]
    return {
        "content": choice["message"]["content"] or "",
        "tool_calls": choice["message"]["tool_calls"] or [],
        "logprobs": (choice.get("logprobs") or {}).get("content", []),
        "finish_reason": choice["finish_reason"],
        "usage": completion["usage"],
    }


def assembled(frames: tuple[bytes, ...]) -> dict[str, Any]:
    """Return what a client assembles from a stream, and check the rules of streams."""
    assert all(frame.startswith(b"data: ") and frame.endswith(b"\n\n") for frame in frames)
    assert frames[-1] == b"data: [DONE]\n\n"
    *chunks, last = [orjson.loads(frame[6:]) for frame in frames[:-1]]
    assert last["choices"] == []
    assert all("usage" not in chunk for chunk in chunks)
    assert len({(c["id"], c["created"], c["model"], c["object"]) for c in [*chunks, last]}) == 1
    choices = [chunk["choices"][0] for chunk in chunks]
    assert choices[0]["delta"] == {"role": "assistant", "content": ""}
    assert [choice["delta"].get("role") for choice in choices[1:]] == [None] * (len(choices) - 1)
    assert [choice["finish_reason"] is None for choice in choices] == [True] * (
        len(choices) - 1
    ) + [False]
    assert choices[-1]["delta"] == {}
    return {
        "content": "".join(choice["delta"].get("content", "") for choice in choices),
        "tool_calls": joined_calls(choices),
        "logprobs": [entry for c in choices for entry in c.get("logprobs", {}).get("content", [])],
        "finish_reason": choices[-1]["finish_reason"],
        "usage": last["usage"],
    }


def joined_calls(choices: list[Any]) -> list[dict[str, Any]]:
    """Return the calls of a stream.

    Each chunk has one call, each call starts once, and the indexes have no gaps.
    """
    calls: list[dict[str, Any]] = []
    for choice in choices:
        for part in choice["delta"].get("tool_calls", []):
            if "id" in part:
                assert part["index"] == len(calls)
                calls.append({key: part[key] for key in ("id", "type", "function")})
            else:
                assert part["index"] == len(calls) - 1
                calls[-1]["function"]["arguments"] += part["function"]["arguments"]
    return calls


@given(chat_requests(stream=False), st.sampled_from(["steady", "varied"]))
@settings(max_examples=60)
def test_an_assembled_stream_equals_the_unstreamed_reply(
    request: dict[str, Any], sampling: Sampling
) -> None:
    """Content, tool calls, logprobs, finish reason and usage are the same in both modes."""
    # Two lanes, because in one lane the second prompt would come from the prefix cache.
    lanes = [Lane(Settings(sampling=sampling)) for _ in range(2)]
    for _ in range(2):  # with varied sampling, the second occurrence gets another reply
        unstreamed = ask(lanes[0], request)
        stream = ask(
            lanes[1], request | {"stream": True, "stream_options": {"include_usage": True}}
        )
        assert (unstreamed.status, stream.status) == (200, 200)
        assert assembled(stream.frames) == parts_of(orjson.loads(unstreamed.frames[0]))


@given(chat_requests(stream=False))
@settings(max_examples=40)
def test_a_valid_request_gets_the_documented_shape(request: dict[str, Any]) -> None:
    """Keys and their order, types, finish reasons and token sums are as documented."""
    answer = ask(Lane(), request)
    assert answer.status == 200
    reply = orjson.loads(answer.frames[0])
    assert list(reply) == ["id", "object", "created", "model", "choices", "usage"]
    [choice] = reply["choices"]
    logprobs = ["logprobs"] if request.get("logprobs") else []
    assert list(choice) == ["index", "message", *logprobs, "finish_reason"]
    assert list(choice["message"]) == ["role", "content", "tool_calls"]
    assert choice["finish_reason"] in {"stop", "length", "tool_calls"}
    usage = reply["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    limit = request.get("max_completion_tokens", request.get("max_tokens", 32_768))
    assert 0 <= usage["completion_tokens"] <= limit
    if choice["finish_reason"] == "length":
        assert usage["completion_tokens"] == limit
    if choice["finish_reason"] == "tool_calls":
        for call in choice["message"]["tool_calls"]:
            assert isinstance(orjson.loads(call["function"]["arguments"]), dict)


@given(chat_requests(stream=False))
@settings(max_examples=30)
def test_log_probabilities_are_consistent(request: dict[str, Any]) -> None:
    """Tokens concatenate to the content, and the alternatives include the chosen token.

    Log-probabilities are at most 0, and the probabilities of a position sum to at most 1.
    """
    request |= {"logprobs": True, "top_logprobs": request.get("top_logprobs", 5)}
    reply = orjson.loads(ask(Lane(), request).frames[0])["choices"][0]
    entries = reply["logprobs"]["content"]
    assert "".join(entry["token"] for entry in entries) == (reply["message"]["content"] or "")
    for entry in entries:
        top = entry["top_logprobs"]
        assert bytes(entry["bytes"]).decode() == entry["token"]
        assert len(top) == request["top_logprobs"]
        assert all(option["logprob"] <= 0 for option in top)
        assert sum(exp(option["logprob"]) for option in top) <= 1
        assert len({option["token"] for option in top}) == len(top)
        assert not top or entry["token"] in {option["token"] for option in top}
