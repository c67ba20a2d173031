"""The `openai` package against the mock, over real sockets, with its public API only.

`openai` accepts its own messages in a history, but its types do not allow it: hence `History`.
"""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import openai
import pytest
from client_libraries import ask, async_openai_client, openai_client
from openai import OpenAI
from openai.types.chat import (
    ChatCompletion,
    ChatCompletionChunk,
    ChatCompletionFunctionToolParam,
    ChatCompletionMessageFunctionToolCall,
)
from pydantic import BaseModel

from mock_electron import Electron, ErrorName, Pace, call

History = list[Any]

WEATHER: ChatCompletionFunctionToolParam = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Weather in a city",
        "strict": True,  # the stream helper only parses the calls of strict tools
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
FILLER_PROMPT = {
    "role": "system",
    "content": "You are a voice agent. Speak a short filler phrase before you use a tool.",
}


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


def mumbai() -> History:
    return [user("What is the weather in Mumbai?")]


@pytest.fixture
def client(electron: Electron) -> Iterator[OpenAI]:
    """A client that does not retry, so that each test gets the first answer."""
    with openai_client(electron) as client:
        yield client


def stream(client: OpenAI, messages: History, **options: Any) -> list[ChatCompletionChunk]:
    with client.chat.completions.create(
        model="electron", messages=messages, stream=True, **options
    ) as chunks:
        return list(chunks)


def text_of(chunks: list[ChatCompletionChunk]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def calls_of(completion: ChatCompletion) -> list[ChatCompletionMessageFunctionToolCall]:
    calls = completion.choices[0].message.tool_calls or []
    return [c for c in calls if isinstance(c, ChatCompletionMessageFunctionToolCall)]


def result_of(tool_call: ChatCompletionMessageFunctionToolCall, value: object) -> dict[str, str]:
    return {"role": "tool", "tool_call_id": tool_call.id, "content": json.dumps(value)}


# --- replies


def test_a_completion_has_every_field_that_the_sdk_declares(
    client: OpenAI, electron: Electron
) -> None:
    """A scripted text is a typed completion, with id, model, finish reason and usage."""
    electron.reply("Hi! How can I help you today?")
    completion = ask(client, [user("Hello!")])
    choice = completion.choices[0]
    assert choice.message.content == "Hi! How can I help you today?"
    assert (choice.index, choice.message.role, choice.finish_reason) == (0, "assistant", "stop")
    assert completion.id.startswith("chatcmpl-")
    assert (completion.object, completion.model) == ("chat.completion", "electron")
    assert choice.message.tool_calls is None


def test_usage_adds_up_and_counts_cached_tokens(client: OpenAI, electron: Electron) -> None:
    """The usage is that of the journal, and its total is the sum of its parts."""
    usage = ask(client, [user("Hello!")]).usage
    recorded = electron.exchanges[0].usage
    assert usage is not None
    assert recorded is not None
    assert usage.prompt_tokens == recorded.prompt_tokens > 0
    assert usage.completion_tokens == recorded.completion_tokens > 0
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    assert usage.prompt_tokens_details is not None
    assert isinstance(usage.prompt_tokens_details.cached_tokens, int)
    assert usage.prompt_tokens_details.cached_tokens >= 0


@pytest.mark.asyncio
async def test_the_asynchronous_client_gets_the_same_answer(electron: Electron) -> None:
    """The reply to an unscripted question does not depend on the kind of client."""
    with OpenAI(base_url=electron.base_url, api_key=electron.api_key) as client:
        expected = ask(client, mumbai()).choices[0].message.content
    async with async_openai_client(electron) as asynchronous:
        completion = await asynchronous.chat.completions.create(model="electron", messages=mumbai())
    assert completion.choices[0].message.content == expected
    assert expected


@pytest.mark.anyio
async def test_the_asynchronous_client_works_under_every_event_loop(electron: Electron) -> None:
    """The client works with asyncio and trio."""
    electron.reply("Hi!")
    async with async_openai_client(electron) as client:
        completion = await client.chat.completions.create(
            model="electron", messages=[{"role": "user", "content": "Hello!"}]
        )
    assert completion.choices[0].message.content == "Hi!"


def test_environment_variables_point_a_client_to_the_mock(
    electron: Electron, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code that reads its base URL and key from the environment needs no change."""
    for name, value in electron.env.items():
        monkeypatch.setenv(name, value)
    with OpenAI() as client:
        assert ask(client, [user("Hello!")]).choices[0].message.content
    assert len(electron.exchanges) == 1


def test_the_assistants_message_can_be_sent_back(client: OpenAI, electron: Electron) -> None:
    """`choices[0].message` can be appended to the history of the next request."""
    messages = mumbai()
    messages.append(ask(client, messages).choices[0].message)
    messages.append(user("And in Pune?"))
    assert ask(client, messages).choices[0].message.content
    request = electron.exchanges[1].request
    assert request is not None
    assert [message.role for message in request.messages] == ["user", "assistant", "user"]
    assert request.messages[1].content == messages[1].content


def test_a_seed_chooses_a_reply(client: OpenAI) -> None:
    """Equal seeds give equal texts, and different seeds give different texts."""
    texts = [ask(client, mumbai(), seed=seed).choices[0].message.content for seed in range(5)]
    again = [ask(client, mumbai(), seed=seed).choices[0].message.content for seed in range(5)]
    assert texts == again
    assert len(set(texts)) > 1


def test_max_tokens_ends_a_reply_early(client: OpenAI) -> None:
    """A reply at the limit is the beginning of the whole one, and has exactly `max_tokens`."""
    whole = ask(client, mumbai()).choices[0].message.content or ""
    completion = ask(client, mumbai(), max_tokens=3)
    cut = completion.choices[0].message.content
    assert cut
    assert whole.startswith(cut)
    assert len(cut) < len(whole)
    assert completion.choices[0].finish_reason == "length"
    assert completion.usage is not None
    assert completion.usage.completion_tokens == 3


def test_json_mode_fills_the_keys_that_the_prompt_names(client: OpenAI) -> None:
    """JSON mode returns one object with the requested keys."""
    prompt = 'Describe Mumbai as JSON with the keys "name" and "country".'
    completion = ask(client, [user(prompt)], response_format={"type": "json_object"})
    assert set(json.loads(completion.choices[0].message.content or "")) == {"name", "country"}


class City(BaseModel):
    name: str


def test_a_json_schema_is_refused_as_electron_refuses_it(client: OpenAI) -> None:
    """`parse` with a model sends a JSON schema, which Electron does not accept."""
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.parse(
            model="electron",
            messages=[{"role": "user", "content": "Which city?"}],
            response_format=City,
        )
    assert isinstance(caught.value.body, dict)
    assert caught.value.body["details"][0]["path"] == ["response_format", "type"]


@pytest.mark.electron(accept_json_schema=True)
def test_a_json_schema_is_accepted_with_a_setting(client: OpenAI, electron: Electron) -> None:
    """With `accept_json_schema`, `parse` returns an instance of the model."""
    electron.reply('{"name": "Mumbai"}')
    completion = client.chat.completions.parse(
        model="electron",
        messages=[{"role": "user", "content": "Which city?"}],
        response_format=City,
    )
    assert completion.choices[0].message.parsed == City(name="Mumbai")


def test_logprobs_cover_the_whole_text(client: OpenAI) -> None:
    """The tokens of the log-probabilities join to the content, and each has its alternatives."""
    choice = ask(client, mumbai(), logprobs=True, top_logprobs=2).choices[0]
    assert choice.logprobs is not None
    entries = choice.logprobs.content or []
    assert "".join(entry.token for entry in entries) == choice.message.content
    assert all(len(entry.top_logprobs) == 2 for entry in entries)
    assert all(bytes(entry.bytes or ()).decode() == entry.token for entry in entries)


# --- streams


def test_a_stream_has_the_text_of_the_whole_reply(client: OpenAI) -> None:
    """The contents of the chunks join to the text of the reply without streaming."""
    expected = ask(client, mumbai()).choices[0].message.content
    assert expected
    assert text_of(stream(client, mumbai())) == expected


def test_a_stream_has_one_identity_and_one_role(client: OpenAI) -> None:
    """All chunks have the same id, time and model. The role and the finish reason are sent once."""
    chunks = stream(client, mumbai())
    assert len({(chunk.id, chunk.created, chunk.model) for chunk in chunks}) == 1
    assert [c.choices[0].delta.role for c in chunks if c.choices[0].delta.role] == ["assistant"]
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [c.choices[0].finish_reason for c in chunks if c.choices[0].finish_reason] == ["stop"]
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_usage_is_sent_last_and_only_on_request(client: OpenAI, electron: Electron) -> None:
    """Only with `include_usage`, the last chunk has the usage and no choices."""
    with_usage = stream(client, mumbai(), stream_options={"include_usage": True})
    without = stream(client, mumbai())
    assert with_usage[-1].choices == []
    assert with_usage[-1].usage is not None
    assert with_usage[-1].usage.completion_tokens == len([c for c in without if text_of([c])])
    assert all(exchange.usage for exchange in electron.exchanges)
    assert [chunk.usage for chunk in with_usage[:-1]] == [None] * (len(with_usage) - 1)
    assert [chunk.usage for chunk in without] == [None] * len(without)


@pytest.mark.asyncio
async def test_the_asynchronous_client_streams(electron: Electron) -> None:
    """The asynchronous client gets the text, then the usage of the journal."""
    async with async_openai_client(electron) as client:
        chunks = await client.chat.completions.create(
            model="electron",
            messages=mumbai(),
            stream=True,
            stream_options={"include_usage": True},
        )
        received = [chunk async for chunk in chunks]
    exchange = electron.exchanges[0]
    assert exchange.reply is not None
    assert text_of(received) == exchange.reply.content
    assert received[-1].usage is not None
    assert received[-1].usage.total_tokens == exchange.reply.usage.total_tokens


def test_each_chunk_has_the_logprobs_of_its_token(client: OpenAI) -> None:
    """Each content chunk has the log-probability of its token only."""
    chunks = [c for c in stream(client, mumbai(), logprobs=True) if text_of([c])]
    assert chunks
    for chunk in chunks:
        logprobs = chunk.choices[0].logprobs
        assert logprobs is not None
        assert [entry.token for entry in logprobs.content or []] == [chunk.choices[0].delta.content]


def test_the_stream_helper_assembles_a_text(client: OpenAI, electron: Electron) -> None:
    """`chat.completions.stream` ends with a complete completion."""
    electron.reply("It is sunny.")
    with client.chat.completions.stream(
        model="electron", messages=mumbai(), stream_options={"include_usage": True}
    ) as events:
        done = [event.content for event in events if event.type == "content.done"]
        completion = events.get_final_completion()
    assert done == ["It is sunny."]
    assert completion.choices[0].message.content == "It is sunny."
    assert completion.usage is not None
    assert completion.usage.total_tokens > 0


def test_the_stream_helper_assembles_tool_calls(client: OpenAI, electron: Electron) -> None:
    """The events have each tool call once, with all arguments, in order."""
    electron.reply(call("get_weather", city="Mumbai"), call("get_weather", city="Pune"))
    with client.chat.completions.stream(
        model="electron", messages=mumbai(), tools=[WEATHER]
    ) as events:
        done = [e for e in events if e.type == "tool_calls.function.arguments.done"]
        message = events.get_final_completion().choices[0].message
    assert [(e.index, e.name, e.parsed_arguments) for e in done] == [
        (0, "get_weather", {"city": "Mumbai"}),
        (1, "get_weather", {"city": "Pune"}),
    ]
    assert message.tool_calls is not None
    assert [c.function.parsed_arguments for c in message.tool_calls] == [
        {"city": "Mumbai"},
        {"city": "Pune"},
    ]


@pytest.mark.asyncio
async def test_the_asynchronous_stream_helper_assembles_tool_calls(electron: Electron) -> None:
    """The asynchronous helper parses the call of the pocket model."""
    async with (
        async_openai_client(electron) as client,
        client.chat.completions.stream(
            model="electron", messages=mumbai(), tools=[WEATHER]
        ) as events,
    ):
        completion = await events.get_final_completion()
    assert completion.choices[0].finish_reason == "tool_calls"
    tool_calls = completion.choices[0].message.tool_calls or []
    assert [c.function.parsed_arguments for c in tool_calls] == [{"city": "Mumbai"}]


@pytest.mark.electron(clock="real", pace=Pace(first=0.0, each=600.0))
def test_leaving_a_stream_is_noticed(client: OpenAI, electron: Electron) -> None:
    """If the client closes a stream early, the journal says that it left."""
    electron.reply("one two three four five six seven eight nine ten")
    with client.chat.completions.create(model="electron", messages=mumbai(), stream=True) as chunks:
        first = [next(chunks), next(chunks)]
    assert text_of(first) == "one"
    exchange = electron.exchanges[0]
    assert exchange.outcome == "client left"
    assert exchange.chunks_sent < exchange.chunks


# --- raw responses


def test_a_raw_response_carries_the_request_id(client: OpenAI, electron: Electron) -> None:
    """The raw response, the parsed completion and the journal have the same request id."""
    raw = client.chat.completions.with_raw_response.create(model="electron", messages=mumbai())
    request_id = electron.exchanges[0].request_id
    assert raw.headers["x-request-id"] == raw.request_id == request_id
    completion = raw.parse()
    assert completion._request_id == request_id
    assert completion.id != request_id


def test_the_raw_response_of_a_stream_carries_the_request_id(
    client: OpenAI, electron: Electron
) -> None:
    """The headers of a stream can be read before its first chunk."""
    raw = client.chat.completions.with_raw_response.create(
        model="electron", messages=mumbai(), stream=True
    )
    assert raw.headers["content-type"] == "text/event-stream"
    with raw.parse() as chunks:
        assert text_of(list(chunks))
    assert raw.headers["x-request-id"] == electron.exchanges[0].request_id


# --- errors


@pytest.mark.parametrize(
    ("kind", "expected", "words"),
    [
        (400, openai.BadRequestError, "Invalid input data"),
        (401, openai.AuthenticationError, "Missing or invalid API key."),
        (403, openai.PermissionDeniedError, "not available for your plan"),
        (404, openai.NotFoundError, "Not found"),
        (413, openai.APIStatusError, "too large"),
        ("rate_limit", openai.RateLimitError, "Rate limit exceeded"),
        ("concurrency", openai.RateLimitError, "Concurrency limit reached"),
        (500, openai.InternalServerError, "Internal server error"),
        (502, openai.InternalServerError, "Upstream model unavailable"),
        ("overloaded", openai.InternalServerError, "Upstream model overloaded"),
        ("disabled", openai.InternalServerError, "Endpoint temporarily disabled"),
    ],
)
@pytest.mark.parametrize("ask_it", [ask, stream])
def test_every_error_has_its_exception(
    ask_it: Callable[[OpenAI, History], object],
    kind: int | ErrorName,
    expected: type[openai.APIStatusError],
    words: str,
    client: OpenAI,
    electron: Electron,
) -> None:
    """A scripted error raises the exception for its status, with message, type and request id."""
    electron.fail(kind)
    with pytest.raises(expected, match=words) as caught:
        ask_it(client, mumbai())
    exchange = electron.exchanges[0]
    assert exchange.error is not None
    assert type(caught.value) is expected
    assert caught.value.status_code == exchange.status
    assert caught.value.type == exchange.error.type
    assert caught.value.request_id == exchange.request_id
    assert isinstance(caught.value.body, dict)
    assert caught.value.body["request_id"] == exchange.request_id


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("sk_mock_revoked", openai.AuthenticationError),
        ("sk_mock_forbidden", openai.PermissionDeniedError),
    ],
)
def test_a_key_can_be_refused(
    key: str, expected: type[openai.APIStatusError], electron: Electron
) -> None:
    """Two keys are always refused, and the client does not retry."""
    with OpenAI(base_url=electron.base_url, api_key=key) as client, pytest.raises(expected):
        ask(client, mumbai())
    assert len(electron.exchanges) == 1


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"n": 2}, ["n"]),
        ({"temperature": -0.5}, ["temperature"]),
        ({"top_logprobs": 21, "logprobs": True}, ["top_logprobs"]),
        ({"extra_body": {"prompt_logprobs": 1}}, ["prompt_logprobs"]),
        ({"messages": [{"role": "developer", "content": "Be brief."}]}, ["messages", 0, "role"]),
        ({"model": "gpt-4o"}, ["model"]),
    ],
    ids=lambda value: "-".join(map(str, value)),
)
def test_an_invalid_request_is_explained(
    options: dict[str, Any], path: list[str | int], client: OpenAI
) -> None:
    """A 400 names the wrong field in `details`, and the client does not retry."""
    request: dict[str, Any] = {"model": "electron", "messages": mumbai()} | options
    with pytest.raises(openai.BadRequestError, match="Invalid input data") as caught:
        client.chat.completions.create(**request)
    assert isinstance(caught.value.body, dict)
    assert [issue["path"] for issue in caught.value.body["details"]] == [path]


def test_another_route_is_not_found(client: OpenAI) -> None:
    """Electron does not list models. The message names the endpoint."""
    with pytest.raises(openai.NotFoundError, match="POST /waves/v1/chat/completions"):
        client.models.list()


@pytest.mark.electron(clock="real", pace=Pace(first=600.0, each=0.0, overhead=600.0))
def test_a_slow_answer_times_out(client: OpenAI, electron: Electron) -> None:
    """The timeout of the client applies, and the journal says that the client left."""
    # Long enough for the request to be read on a busy machine.
    with pytest.raises(openai.APITimeoutError):
        ask(client.with_options(timeout=1.0), mumbai())
    assert [exchange.outcome for exchange in electron.exchanges] == ["client left"]


# --- retries


def test_the_clients_own_retries_recover(
    electron: Electron, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its default settings, the client retries twice after two failures."""
    monkeypatch.setattr(time, "sleep", electron.clock.advance)
    electron.fail(502, times=2)
    with OpenAI(base_url=electron.base_url, api_key=electron.api_key) as client:
        assert ask(client, mumbai()).choices[0].message.content
    assert [exchange.status for exchange in electron.exchanges] == [502, 502, 200]
    assert [exchange.occurrence for exchange in electron.exchanges] == [0, 1, 2]
    assert len({exchange.request_id for exchange in electron.exchanges}) == 3


@pytest.mark.asyncio
async def test_the_asynchronous_clients_own_retries_recover(electron: Electron) -> None:
    """A stream that fails before its start is retried."""
    electron.fail(503)
    async with async_openai_client(electron, max_retries=1) as client:
        chunks = await client.chat.completions.create(
            model="electron", messages=mumbai(), stream=True
        )
        assert text_of([chunk async for chunk in chunks])
    assert [exchange.status for exchange in electron.exchanges] == [503, 200]


def test_without_retries_there_is_one_attempt(client: OpenAI, electron: Electron) -> None:
    """With `max_retries=0`, a failure is raised at once, and the next request is answered."""
    electron.fail(503)
    with pytest.raises(openai.InternalServerError):
        ask(client, mumbai())
    assert [exchange.status for exchange in electron.exchanges] == [503]
    assert ask(client, mumbai()).choices[0].message.content


def test_retry_after_is_on_the_exception(client: OpenAI, electron: Electron) -> None:
    """The `Retry-After` header of a rate limit can be read from the exception."""
    electron.fail(429, retry_after=7)
    with pytest.raises(openai.RateLimitError) as caught:
        ask(client, mumbai())
    assert caught.value.response.headers["retry-after"] == "7"


def test_the_client_obeys_retry_after(electron: Electron) -> None:
    """If `Retry-After` is longer than the client accepts, it gives up after one attempt."""
    electron.fail(429, retry_after=121)
    with (
        OpenAI(base_url=electron.base_url, api_key=electron.api_key) as client,
        pytest.raises(openai.RateLimitError),
    ):
        ask(client, mumbai())
    assert len(electron.exchanges) == 1


# --- tools


def test_a_scripted_tool_loop(client: OpenAI, electron: Electron) -> None:
    """The client gets the scripted filler and call, then the scripted answer to the result."""
    electron.reply(call("get_weather", city="Mumbai"), filler="One moment…")
    electron.reply("It is 31 degrees in Mumbai.")
    messages = mumbai()
    turn = ask(client, messages, tools=[WEATHER])
    assert turn.choices[0].finish_reason == "tool_calls"
    assert turn.choices[0].message.content == "One moment…"
    [tool_call] = calls_of(turn)
    assert tool_call.id.startswith("chatcmpl-tool-")
    assert json.loads(tool_call.function.arguments) == {"city": "Mumbai"}
    messages += [turn.choices[0].message, result_of(tool_call, {"celsius": 31})]
    answer = ask(client, messages, tools=[WEATHER]).choices[0]
    assert (answer.message.content, answer.finish_reason) == ("It is 31 degrees in Mumbai.", "stop")


def test_an_unscripted_tool_loop(client: OpenAI, electron: Electron) -> None:
    """Without a script, the right tool is called, and the answer contains its result."""
    messages = mumbai()
    turn = ask(client, messages, tools=[WEATHER])
    [tool_call] = calls_of(turn)
    assert turn.choices[0].message.content is None
    assert tool_call.function.name == "get_weather"
    assert json.loads(tool_call.function.arguments) == {"city": "Mumbai"}
    messages += [turn.choices[0].message, result_of(tool_call, {"celsius": 31})]
    answer = ask(client, messages, tools=[WEATHER]).choices[0]
    assert answer.finish_reason == "stop"
    assert "31" in (answer.message.content or "")
    assert [exchange.status for exchange in electron.exchanges] == [200, 200]


def test_several_results_are_sent_together(client: OpenAI, electron: Electron) -> None:
    """Parallel calls have different ids, and one request can have all results."""
    electron.reply(call("get_weather", city="Mumbai"), call("get_weather", city="Pune"))
    messages: History = [user("What is the weather in Mumbai and in Pune?")]
    turn = ask(client, messages, tools=[WEATHER])
    first, second = calls_of(turn)
    assert first.id != second.id
    messages += [turn.choices[0].message, result_of(first, 31), result_of(second, 28)]
    assert ask(client, messages, tools=[WEATHER]).choices[0].finish_reason == "stop"


def test_a_filler_is_spoken_when_the_system_prompt_asks_for_it(client: OpenAI) -> None:
    """A call has a filler with such a system prompt, and none without it."""
    with_filler = ask(client, [FILLER_PROMPT, *mumbai()], tools=[WEATHER])
    assert with_filler.choices[0].message.content
    assert len(calls_of(with_filler)) == 1
    assert ask(client, mumbai(), tools=[WEATHER]).choices[0].message.content is None


def test_a_streamed_call_accumulates_to_valid_json(client: OpenAI) -> None:
    """Id and name are sent once, and the pieces of the arguments join to valid JSON."""
    messages = [FILLER_PROMPT, *mumbai()]
    chunks = stream(client, messages, tools=[WEATHER])
    pieces = [
        piece for chunk in chunks for piece in chunk.choices[0].delta.tool_calls or [] if piece
    ]
    functions = [piece.function for piece in pieces if piece.function]
    [whole] = calls_of(ask(client, messages, tools=[WEATHER]))
    assert [piece.index for piece in pieces] == [0] * len(pieces)
    assert len([piece.id for piece in pieces if piece.id]) == 1
    assert [function.name for function in functions if function.name] == ["get_weather"]
    arguments = "".join(function.arguments or "" for function in functions)
    assert arguments == whole.function.arguments
    assert json.loads(arguments) == {"city": "Mumbai"}
    assert len(functions) > 2


def test_the_filler_is_streamed_before_the_call(client: OpenAI) -> None:
    """No text follows the first piece of a call, so the filler can be spoken at once."""
    chunks = stream(client, [FILLER_PROMPT, *mumbai()], tools=[WEATHER])
    kinds = [
        "word" if chunk.choices[0].delta.content else "call"
        for chunk in chunks
        if chunk.choices[0].delta.content or chunk.choices[0].delta.tool_calls
    ]
    assert kinds == sorted(kinds, reverse=True)
    assert set(kinds) == {"word", "call"}
    assert chunks[-1].choices[0].finish_reason == "tool_calls"


@pytest.mark.parametrize(
    ("choice", "called"),
    [
        ("none", []),
        ("required", ["get_weather"]),
        ({"type": "function", "function": {"name": "get_weather"}}, ["get_weather"]),
    ],
    ids=["none", "required", "named"],
)
def test_tool_choice_is_obeyed(choice: object, called: list[str], client: OpenAI) -> None:
    """`none` calls no tool, and `required` or a name calls one, whatever the question."""
    completion = ask(client, [user("Hello!")], tools=[WEATHER], tool_choice=choice)
    assert [tool_call.function.name for tool_call in calls_of(completion)] == called
    assert completion.choices[0].finish_reason == ("tool_calls" if called else "stop")
