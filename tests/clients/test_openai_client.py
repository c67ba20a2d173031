"""The `openai` package against the mock: everything here is its public face, over real sockets.

Its history takes its own messages back, but its types do not say so: hence `History`.
"""

import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from openai.types.chat import (
    ChatCompletion,
    ChatCompletionChunk,
    ChatCompletionFunctionToolParam,
    ChatCompletionMessageFunctionToolCall,
)
from pydantic import BaseModel

from mock_electron import Electron, Pace, call

History = list[Any]

WEATHER: ChatCompletionFunctionToolParam = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Weather in a city",
        "strict": True,  # the stream helper refuses to parse the calls of any other tool
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
    """A client that asks once, so that each test sees the first answer."""
    with OpenAI(base_url=electron.base_url, api_key=electron.api_key, max_retries=0) as client:
        yield client


@asynccontextmanager
async def async_client(electron: Electron, max_retries: int = 0) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(
        base_url=electron.base_url, api_key=electron.api_key, max_retries=max_retries
    ) as client:
        yield client


def ask(client: OpenAI, messages: History, **options: Any) -> ChatCompletion:
    completion = client.chat.completions.create(model="electron", messages=messages, **options)
    assert isinstance(completion, ChatCompletion)
    return completion


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


# Plain answers


def test_a_completion_has_every_field_that_the_sdk_declares(
    client: OpenAI, electron: Electron
) -> None:
    """A scripted text arrives as a typed completion, with id, model, finish reason and usage."""
    electron.reply("Hi! How can I help you today?")
    completion = ask(client, [user("Hello!")])
    choice = completion.choices[0]
    assert choice.message.content == "Hi! How can I help you today?"
    assert (choice.index, choice.message.role, choice.finish_reason) == (0, "assistant", "stop")
    assert completion.id.startswith("chatcmpl-")
    assert (completion.object, completion.model) == ("chat.completion", "electron")
    assert choice.message.tool_calls is None


def test_usage_adds_up_and_counts_cached_tokens(client: OpenAI, electron: Electron) -> None:
    """Usage is what the journal says, and its total is the sum of its parts."""
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
    """What an unscripted question is answered with does not depend on the kind of client."""
    with OpenAI(base_url=electron.base_url, api_key=electron.api_key) as client:
        expected = ask(client, mumbai()).choices[0].message.content
    async with async_client(electron) as asynchronous:
        completion = await asynchronous.chat.completions.create(model="electron", messages=mumbai())
    assert completion.choices[0].message.content == expected
    assert expected


@pytest.mark.anyio
async def test_the_asynchronous_client_works_under_every_event_loop(electron: Electron) -> None:
    """asyncio and trio alike: the mock is beyond a socket."""
    electron.reply("Hi!")
    async with async_client(electron) as client:
        completion = await client.chat.completions.create(
            model="electron", messages=[{"role": "user", "content": "Hello!"}]
        )
    assert completion.choices[0].message.content == "Hi!"


def test_the_environment_alone_leads_a_client_here(
    electron: Electron, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code that reads its base URL and key from the environment needs no change at all."""
    for name, value in electron.env.items():
        monkeypatch.setenv(name, value)
    with OpenAI() as client:
        assert ask(client, [user("Hello!")]).choices[0].message.content
    assert len(electron.exchanges) == 1


def test_history_takes_the_assistants_message_back(client: OpenAI, electron: Electron) -> None:
    """Appending `choices[0].message` to the history and asking again works."""
    messages = mumbai()
    messages.append(ask(client, messages).choices[0].message)
    messages.append(user("And in Pune?"))
    assert ask(client, messages).choices[0].message.content
    request = electron.exchanges[1].request
    assert request is not None
    assert [message.role for message in request.messages] == ["user", "assistant", "user"]
    assert request.messages[1].content == messages[1].content


def test_a_seed_chooses_a_reply(client: OpenAI) -> None:
    """The same seed gives the same text, and among several seeds there are several texts."""
    texts = [ask(client, mumbai(), seed=seed).choices[0].message.content for seed in range(5)]
    again = [ask(client, mumbai(), seed=seed).choices[0].message.content for seed in range(5)]
    assert texts == again
    assert len(set(texts)) > 1


def test_max_tokens_ends_a_reply_early(client: OpenAI) -> None:
    """A reply that is cut is the beginning of the whole one, and costs exactly the limit."""
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
    """JSON mode answers with one object, under the keys that were asked for."""
    prompt = 'Describe Mumbai as JSON with the keys "name" and "country".'
    completion = ask(client, [user(prompt)], response_format={"type": "json_object"})
    assert set(json.loads(completion.choices[0].message.content or "")) == {"name", "country"}


class City(BaseModel):
    name: str


def test_a_json_schema_is_refused_as_electron_refuses_it(client: OpenAI) -> None:
    """The SDK's `parse` with a model asks for a JSON schema, which Electron does not offer."""
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.parse(
            model="electron",
            messages=[{"role": "user", "content": "Which city?"}],
            response_format=City,
        )
    assert isinstance(caught.value.body, dict)
    assert caught.value.body["details"][0]["path"] == ["response_format", "type"]


@pytest.mark.electron(accept_json_schema=True)
def test_a_json_schema_may_be_switched_on(client: OpenAI, electron: Electron) -> None:
    """With the setting, `parse` hands over an instance of the model."""
    electron.reply('{"name": "Mumbai"}')
    completion = client.chat.completions.parse(
        model="electron",
        messages=[{"role": "user", "content": "Which city?"}],
        response_format=City,
    )
    assert completion.choices[0].message.parsed == City(name="Mumbai")


def test_logprobs_cover_the_whole_text(client: OpenAI) -> None:
    """The tokens of the log-probabilities, joined, are the content; each has its alternatives."""
    choice = ask(client, mumbai(), logprobs=True, top_logprobs=2).choices[0]
    assert choice.logprobs is not None
    entries = choice.logprobs.content or []
    assert "".join(entry.token for entry in entries) == choice.message.content
    assert all(len(entry.top_logprobs) == 2 for entry in entries)
    assert all(bytes(entry.bytes or ()).decode() == entry.token for entry in entries)


# Streams


def test_a_stream_says_what_the_whole_answer_says(client: OpenAI) -> None:
    """The chunks' contents, joined, are the text that comes without streaming."""
    expected = ask(client, mumbai()).choices[0].message.content
    assert expected
    assert text_of(stream(client, mumbai())) == expected


def test_a_stream_has_one_identity_and_one_role(client: OpenAI) -> None:
    """All chunks share id, time and model; the role comes once; the last one says why it ends."""
    chunks = stream(client, mumbai())
    assert len({(chunk.id, chunk.created, chunk.model) for chunk in chunks}) == 1
    assert [c.choices[0].delta.role for c in chunks if c.choices[0].delta.role] == ["assistant"]
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [c.choices[0].finish_reason for c in chunks if c.choices[0].finish_reason] == ["stop"]
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_usage_comes_last_and_only_on_request(client: OpenAI, electron: Electron) -> None:
    """With `include_usage` the last chunk has no choices and the usage; without, only the journal."""
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
    """The asynchronous client sees the text, then the usage that the journal keeps."""
    async with async_client(electron) as client:
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


def test_a_streams_logprobs_come_with_their_tokens(client: OpenAI) -> None:
    """Each content chunk carries the log-probability of just its token."""
    chunks = [c for c in stream(client, mumbai(), logprobs=True) if text_of([c])]
    assert chunks
    for chunk in chunks:
        logprobs = chunk.choices[0].logprobs
        assert logprobs is not None
        assert [entry.token for entry in logprobs.content or []] == [chunk.choices[0].delta.content]


def test_the_stream_helper_puts_a_text_together(client: OpenAI, electron: Electron) -> None:
    """`chat.completions.stream` ends with a completion as if it had not been streamed."""
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


def test_the_stream_helper_puts_tool_calls_together(client: OpenAI, electron: Electron) -> None:
    """Its events name each tool once, with all arguments, in the order of the calls."""
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
async def test_the_asynchronous_stream_helper_puts_tool_calls_together(electron: Electron) -> None:
    """The asynchronous helper parses the call that the pocket model makes."""
    async with (
        async_client(electron) as client,
        client.chat.completions.stream(
            model="electron", messages=mumbai(), tools=[WEATHER]
        ) as events,
    ):
        completion = await events.get_final_completion()
    assert completion.choices[0].finish_reason == "tool_calls"
    tool_calls = completion.choices[0].message.tool_calls or []
    assert [c.function.parsed_arguments for c in tool_calls] == [{"city": "Mumbai"}]


@pytest.mark.electron(clock="real", pace=Pace(first=0.0, each=0.02))
def test_leaving_a_stream_is_noticed(client: OpenAI, electron: Electron) -> None:
    """A client that closes a stream early stands in the journal as one that left."""
    electron.reply("one two three four five six seven eight nine ten " * 10)
    with client.chat.completions.create(model="electron", messages=mumbai(), stream=True) as chunks:
        first = [next(chunks), next(chunks)]
    assert text_of(first) == "one"
    exchange = electron.exchanges[0]
    assert exchange.outcome == "client left"
    assert exchange.chunks_sent < exchange.chunks


# Raw responses


def test_a_raw_response_carries_the_request_id(client: OpenAI, electron: Electron) -> None:
    """`X-Request-Id` is in the raw response, on the parsed completion, and in the journal."""
    raw = client.chat.completions.with_raw_response.create(model="electron", messages=mumbai())
    request_id = electron.exchanges[0].request_id
    assert raw.headers["x-request-id"] == raw.request_id == request_id
    completion = raw.parse()
    assert completion._request_id == request_id
    assert completion.id != request_id


def test_the_raw_response_of_a_stream_carries_the_request_id(
    client: OpenAI, electron: Electron
) -> None:
    """A stream's headers are there before its first chunk is read."""
    raw = client.chat.completions.with_raw_response.create(
        model="electron", messages=mumbai(), stream=True
    )
    assert raw.headers["content-type"] == "text/event-stream"
    with raw.parse() as chunks:
        assert text_of(list(chunks))
    assert raw.headers["x-request-id"] == electron.exchanges[0].request_id


# Errors


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
    kind: int | str,
    expected: type[openai.APIStatusError],
    words: str,
    client: OpenAI,
    electron: Electron,
) -> None:
    """A scripted error raises the SDK's own type, with the words, the type and the request id."""
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
def test_a_key_may_be_refused(
    key: str, expected: type[openai.APIStatusError], electron: Electron
) -> None:
    """Two keys are refused without a script, and asking again does not help."""
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
    """A 400 names the field that is wrong in `details`, and is not worth a second attempt."""
    request: dict[str, Any] = {"model": "electron", "messages": mumbai()} | options
    with pytest.raises(openai.BadRequestError, match="Invalid input data") as caught:
        client.chat.completions.create(**request)
    assert isinstance(caught.value.body, dict)
    assert [issue["path"] for issue in caught.value.body["details"]] == [path]


def test_another_route_is_not_found(client: OpenAI) -> None:
    """Electron lists no models; the answer says which route there is."""
    with pytest.raises(openai.NotFoundError, match="POST /waves/v1/chat/completions"):
        client.models.list()


@pytest.mark.electron(clock="real", pace=Pace(first=30.0, each=0.0, overhead=30.0))
def test_a_slow_answer_times_out(electron: Electron) -> None:
    """The client's own timeout applies, and the journal says that it left."""
    with (
        OpenAI(
            base_url=electron.base_url, api_key=electron.api_key, max_retries=0, timeout=0.1
        ) as client,
        pytest.raises(openai.APITimeoutError),
    ):
        ask(client, mumbai())
    assert [exchange.outcome for exchange in electron.exchanges] == ["client left"]


# Retries


def test_the_clients_own_retries_recover(
    electron: Electron, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two failures cost the default client two more attempts, and the third one is answered."""
    monkeypatch.setattr(time, "sleep", electron.clock.advance)
    electron.fail(502, times=2)
    with OpenAI(base_url=electron.base_url, api_key=electron.api_key) as client:
        assert ask(client, mumbai()).choices[0].message.content
    assert [exchange.status for exchange in electron.exchanges] == [502, 502, 200]
    assert [exchange.occurrence for exchange in electron.exchanges] == [0, 1, 2]
    assert len({exchange.request_id for exchange in electron.exchanges}) == 3


@pytest.mark.asyncio
async def test_the_asynchronous_clients_own_retries_recover(electron: Electron) -> None:
    """A stream is retried too, as long as it has not begun."""
    electron.fail(503)
    async with async_client(electron, max_retries=1) as client:
        chunks = await client.chat.completions.create(
            model="electron", messages=mumbai(), stream=True
        )
        assert text_of([chunk async for chunk in chunks])
    assert [exchange.status for exchange in electron.exchanges] == [503, 200]


def test_without_retries_there_is_one_attempt(client: OpenAI, electron: Electron) -> None:
    """`max_retries=0` shows the failure at once, and the next request is answered."""
    electron.fail(503)
    with pytest.raises(openai.InternalServerError):
        ask(client, mumbai())
    assert [exchange.status for exchange in electron.exchanges] == [503]
    assert ask(client, mumbai()).choices[0].message.content


def test_the_rate_limits_advice_reaches_the_client(client: OpenAI, electron: Electron) -> None:
    """The `Retry-After` header of a rate limit can be read from the exception."""
    electron.fail(429, retry_after=7)
    with pytest.raises(openai.RateLimitError) as caught:
        ask(client, mumbai())
    assert caught.value.response.headers["retry-after"] == "7"


def test_the_client_obeys_retry_after(electron: Electron) -> None:
    """Told to wait for longer than it is willing to, the SDK gives up after one attempt."""
    electron.fail(429, retry_after=121)
    with (
        OpenAI(base_url=electron.base_url, api_key=electron.api_key) as client,
        pytest.raises(openai.RateLimitError),
    ):
        ask(client, mumbai())
    assert len(electron.exchanges) == 1


# Tools


def test_a_scripted_tool_loop(client: OpenAI, electron: Electron) -> None:
    """Filler and call, then, after the tool's result, the answer: each as it was scripted."""
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
    """Without any script the right tool is called, and its result comes back in words."""
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


def test_several_results_go_back_together(client: OpenAI, electron: Electron) -> None:
    """Parallel calls have ids of their own, and all results are taken in one request."""
    electron.reply(call("get_weather", city="Mumbai"), call("get_weather", city="Pune"))
    messages: History = [user("What is the weather in Mumbai and in Pune?")]
    turn = ask(client, messages, tools=[WEATHER])
    first, second = calls_of(turn)
    assert first.id != second.id
    messages += [turn.choices[0].message, result_of(first, 31), result_of(second, 28)]
    assert ask(client, messages, tools=[WEATHER]).choices[0].finish_reason == "stop"


def test_a_filler_is_spoken_when_the_system_prompt_asks_for_it(client: OpenAI) -> None:
    """The same question has a filler beside its call with such a prompt, and none without."""
    with_filler = ask(client, [FILLER_PROMPT, *mumbai()], tools=[WEATHER])
    assert with_filler.choices[0].message.content
    assert len(calls_of(with_filler)) == 1
    assert ask(client, mumbai(), tools=[WEATHER]).choices[0].message.content is None


def test_a_streamed_call_accumulates_to_valid_json(client: OpenAI) -> None:
    """Id and name come once, and the pieces of the arguments join to the call of the answer."""
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
    """No word comes after the first piece of a call: what is spoken can be spoken at once."""
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
    """Whatever the question, `none` calls no tool, and `required` or a name calls one."""
    completion = ask(client, [user("Hello!")], tools=[WEATHER], tool_choice=choice)
    assert [tool_call.function.name for tool_call in calls_of(completion)] == called
    assert completion.choices[0].finish_reason == ("tool_calls" if called else "stop")
