"""Chunks of a stream: how many tokens each has, when it is sent, and the usage so far."""

import json
from typing import Any

import pytest
import raw_http
from lanes import arrival, ask, body
from raw_http import chat, user

from mock_electron import Electron, Pace, call, faults
from mock_electron.engine.lane import Lane
from mock_electron.engine.script.step import Step
from mock_electron.engine.settings import Settings
from mock_electron.model.draft import Call, Draft

TEXT = "one two three four five six seven"
CONTINUOUS: Any = {
    "stream": True,
    "stream_options": {"include_usage": True, "continuous_usage_stats": True},
}
TOOL: Any = {"type": "function", "function": {"name": "get_weather", "parameters": {}}}
WEATHER: Any = Draft(TEXT, (Call("get_weather", '{"city": "Mumbai", "days": 3}'), Call("f", "{}")))


def lane_of(draft: Draft, **settings: Any) -> Lane:
    """Return a lane that answers every request with a draft."""
    lane = Lane(Settings.of(**settings))
    lane.add(Step(draft))
    return lane


def chunks_of(lane: Lane, **fields: Any) -> list[Any]:
    """Return the chunks of a stream, without `[DONE]`."""
    frames = body(ask(lane, **{"stream": True, **fields})).decode().split("\n\n")
    assert frames[-2:] == ["data: [DONE]", ""]
    return [json.loads(frame.removeprefix("data: ")) for frame in frames[:-2]]


def deltas(chunks: list[Any], name: str) -> list[Any]:
    found = [chunk["choices"][0]["delta"].get(name) for chunk in chunks if chunk["choices"]]
    return [delta for delta in found if delta]


def arguments(chunks: list[Any]) -> list[tuple[int, str]]:
    """Return the index and the arguments of each fragment of a call."""
    parts = [part for [part] in deltas(chunks, "tool_calls")]
    return [(part["index"], part["function"]["arguments"]) for part in parts]


def test_tokens_are_grouped() -> None:
    """With chunk_tokens=3, content and arguments have three tokens in each chunk but the last."""
    single = chunks_of(lane_of(WEATHER), tools=[TOOL])
    grouped = chunks_of(lane_of(WEATHER, chunk_tokens=3), tools=[TOOL])
    assert deltas(single, "content") == ["one", *(f" {word}" for word in TEXT.split()[1:])]
    assert deltas(grouped, "content") == ["one two three", " four five six", " seven"]
    ones = arguments(single)
    first = [text for index, text in ones if index == 0]
    assert arguments(grouped) == [
        (0, ""),
        *((0, "".join(first[start : start + 3])) for start in range(1, len(first), 3)),
        (1, ""),
        (1, "{}"),
    ]


def test_log_probabilities_follow_their_tokens() -> None:
    """A chunk with three tokens has their three log-probabilities."""
    for chunk in chunks_of(lane_of(Draft(TEXT), chunk_tokens=3), logprobs=True)[1:-1]:
        [choice] = chunk["choices"]
        tokens = [entry["token"] for entry in choice["logprobs"]["content"]]
        assert "".join(tokens) == choice["delta"]["content"]
        assert len(tokens) in (3, 1)


def test_a_reply_in_one_piece_is_not_grouped() -> None:
    """The setting changes streams only."""
    assert body(ask(lane_of(Draft(TEXT)))) == body(ask(lane_of(Draft(TEXT), chunk_tokens=3)))


@pytest.mark.parametrize("size", [1, 3, 100])
@pytest.mark.parametrize("jitter", [0.0, 0.2])
def test_a_chunk_is_sent_when_its_last_token_is_ready(size: int, jitter: float) -> None:
    """Grouping changes when tokens are sent, but not when the stream ends."""
    pace = Pace(first=1.0, each=0.25, jitter=jitter, overhead=1.0)
    ends = [ask(lane_of(WEATHER, pace=pace), tools=[TOOL], stream=True).schedule]
    lane = lane_of(WEATHER, pace=pace, chunk_tokens=size)
    ends.append(ask(lane, tools=[TOOL], stream=True).schedule)
    assert ends[1][0] == ends[0][0]
    assert ends[1][-1] == pytest.approx(ends[0][-1], abs=1e-9)
    if size == 3 and not jitter:
        # "one" is ready at once, "three" after two more tokens
        assert ends[1][1:4] == (1.5, 2.25, 2.5)


def test_a_cut_counts_chunks_and_the_usage_counts_tokens() -> None:
    """After two chunks of three tokens, the usage is six tokens."""
    lane = lane_of(Draft(TEXT), chunk_tokens=3)
    lane.add(Step(Draft(TEXT)))
    answer = lane.open(arrival(stream=True, faults="cut=3"))
    lane.close(answer, len(answer.frames))
    [exchange] = lane.exchanges()
    assert (exchange.chunks_sent, exchange.chunks) == (3, 5)
    assert exchange.usage is not None
    assert exchange.usage.completion_tokens == 6


def test_every_chunk_has_the_usage_so_far() -> None:
    """With continuous_usage_stats, usage counts the tokens of the chunk and all before it."""
    for size in (1, 3):
        chunks = chunks_of(
            lane_of(WEATHER, chunk_tokens=size), tools=[TOOL], logprobs=True, **CONTINUOUS
        )
        *parts, finish, last = chunks
        for chunk in chunks:
            usage = chunk["usage"]
            assert list(chunk)[-2:] == ["choices", "usage"]
            assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
            assert usage | {"completion_tokens": 0, "total_tokens": 0} == last["usage"] | {
                "completion_tokens": 0,
                "total_tokens": 0,
            }
        counts = [chunk["usage"]["completion_tokens"] for chunk in parts]
        assert counts[:4] == ([0, 1, 2, 3] if size == 1 else [0, 3, 6, 7])
        assert counts == sorted(counts)
        assert finish["usage"] == last["usage"]
        assert finish["choices"][0]["finish_reason"] == "tool_calls"
        assert last["choices"] == []


def test_the_usage_so_far_never_exceeds_the_whole() -> None:
    """A stop string and a token limit count in the last chunks, as in the usage of the reply."""
    for fields in ({"stop": "four"}, {"max_tokens": 2}):
        chunks = chunks_of(lane_of(Draft(TEXT)), **fields, **CONTINUOUS)
        counts = [chunk["usage"]["completion_tokens"] for chunk in chunks]
        assert counts == sorted(counts)
        assert counts[-1] == counts[-2] == (2 if "max_tokens" in fields else 4)


def test_without_include_usage_there_is_no_usage() -> None:
    """vLLM ignores continuous_usage_stats without include_usage."""
    options: list[Any] = [
        {"continuous_usage_stats": True},
        {"include_usage": False, "continuous_usage_stats": True},
        {"include_usage": True, "continuous_usage_stats": False},
        {"include_usage": True, "continuous_usage_stats": None},
    ]
    for given in options:
        chunks = chunks_of(lane_of(Draft(TEXT)), stream_options=given)
        assert sum("usage" in chunk for chunk in chunks) == bool(given.get("include_usage"))


def test_a_wrong_continuous_usage_stats_is_refused(electron: Electron) -> None:
    """The model server refuses it, without details."""
    options = {"include_usage": True, "continuous_usage_stats": "yes"}
    answer = chat(electron, {"messages": user("Hi"), "stream": True, "stream_options": options})
    assert answer.status == 400
    assert list(answer.error) == ["message", "type", "request_id"]
    assert answer.error["message"] == "stream_options.continuous_usage_stats must be a boolean"


def test_faults_apply_to_continuous_usage(electron: Electron) -> None:
    """The fault that removes the usage chunk leaves the other chunks as they are."""
    electron.reply(call("get_weather"), filler=TEXT)
    electron.inject(faults.NoUsage())
    events = chat(electron, {"messages": user("Hi"), **CONTINUOUS}).events
    assert events[-1] == "[DONE]"
    assert all(event["choices"] and "usage" in event for event in events[:-1])


# --- settings that change what is accepted

BROKEN: Any = {
    "role": "assistant",
    "tool_calls": [
        {"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"city": "'}}
    ],
}
RESULT: Any = {"role": "tool", "tool_call_id": "1", "content": "31"}


def test_broken_arguments_in_the_history() -> None:
    """They are accepted by default; a setting refuses them as vLLM did, naming the field."""
    for arguments, status in (('{"city": "', 400), ("", 200), ("{}", 200), ("[" * 9999, 400)):
        history = json.loads(json.dumps(BROKEN))
        history["tool_calls"][0]["function"]["arguments"] = arguments
        fields: Any = {"messages": [*user("Hi"), history, RESULT]}
        assert ask(Lane(), **fields).status == 200
        answer = ask(Lane(Settings(refuse_broken_arguments=True)), **fields)
        assert answer.status == status
        if status == 400:
            error = json.loads(body(answer))["error"]
            place = "messages[1].tool_calls[0].function.arguments"
            assert error["message"] == f"{place} must be JSON"
            assert list(error) == ["message", "type", "request_id"]


def test_a_tool_without_a_type_is_called(electron: Electron) -> None:
    """vLLM assumes `function`; any other type is refused by the model server."""
    tool = {"function": {"name": "get_weather", "parameters": {"type": "object"}}}
    fields: Any = {"messages": user("What is the weather?"), "tool_choice": "required"}
    answer = chat(electron, {"model": "electron", **fields, "tools": [tool]})
    assert answer.status == 200
    [made] = answer.json["choices"][0]["message"]["tool_calls"]
    assert (made["type"], made["function"]["name"]) == ("function", "get_weather")
    for wrong in ("custom", None, 1, ""):
        answer = chat(electron, {"model": "electron", **fields, "tools": [tool | {"type": wrong}]})
        assert answer.status == 400
        assert answer.error["message"] == f"tools[0].type must be 'function', got {wrong!r}"


def test_an_exceeded_context_has_the_words_of_vllm(electron: Electron) -> None:
    """Client libraries recognise them: litellm, pydantic-ai and others."""
    answer = chat(electron, {"model": "electron", "messages": user("Hi"), "max_tokens": 40_000})
    prompt = ask(Lane()).frames[0]
    tokens = json.loads(prompt)["usage"]["prompt_tokens"]
    assert answer.status == 400
    assert list(answer.error) == ["message", "type", "request_id"]
    assert answer.error["message"] == (
        "This model's maximum context length is 32768 tokens. However, you requested "
        f"{40_000 + tokens} tokens ({tokens} in the messages, 40000 in the completion). "
        "Please reduce the length of the messages or completion."
    )
    long = chat(electron, {"model": "electron", "messages": user("word " * 32_768)})
    assert long.status == 400
    assert long.error["message"].startswith(
        "This model's maximum context length is 32768 tokens. However, you requested 32"
    )
    assert long.error["message"].endswith(
        " tokens in the messages, Please reduce the length of the messages."
    )


# --- the list of models


def get(electron: Electron, path: str, key: str = "sk_mock") -> raw_http.Response:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return raw_http.send(f"{electron.base_url}{path}", method="GET", headers=headers)


def test_without_the_setting_there_is_no_list_of_models(electron: Electron) -> None:
    """Electron has no such path."""
    assert [get(electron, path).status for path in ("/models", "/models/electron")] == [404, 404]


@pytest.mark.electron(list_models=True)
def test_the_list_of_models(electron: Electron) -> None:
    """With the setting, the list has one model; an unknown one gets 404, a wrong key 401."""
    listed, one = get(electron, "/models"), get(electron, "/models/electron")
    assert listed.status == one.status == 200
    assert listed.json == {"object": "list", "data": [one.json]}
    assert one.json["id"] == "electron"
    assert one.headers["content-type"] == "application/json; charset=utf-8"
    assert get(electron, "/models/gpt-4o").status == 404
    assert get(electron, "/models/").status == 404
    assert get(electron, "/models", key="").status == 401
    assert get(electron, "/models", key="sk_mock_forbidden").status == 403
    assert raw_http.send(f"{electron.base_url}/models", method="POST").status == 404
    assert [exchange.status for exchange in electron.other_requests[:2]] == [200, 200]


@pytest.mark.electron(list_models=True, plan="standard")
def test_the_list_of_models_needs_no_place_in_the_window(electron: Electron) -> None:
    """It is not limited, and does not count."""
    assert {get(electron, "/models").status for _ in range(20)} == {200}
    assert chat(electron, {"model": "electron", "messages": user("Hi")}).status == 200
