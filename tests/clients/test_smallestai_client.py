"""The vendor's own package, `smallestai`, against the mock: both of its ways to Electron.

`SmallestAI(…).waves.electron` is the generated client; `OpenAIClient` is what its agents use, a
layer over the `openai` package. What upstream gets wrong is asserted here as it is: where such a
test fails, upstream has been fixed, and the mock's side of it can be tested at last.
"""

import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import openai
import pytest
from smallestai import AsyncSmallestAI, SmallestAI, SmallestAIEnvironment
from smallestai.atoms.crew.clients.openai import OpenAIClient
from smallestai.atoms.crew.clients.types import ChatChunk, ToolResult
from smallestai.core.api_error import ApiError
from smallestai.waves import (
    BadGatewayError,
    BadRequestError,
    ElectronMessage,
    ForbiddenError,
    ServiceUnavailableError,
    TooManyRequestsError,
    UnauthorizedError,
)

from mock_electron import Electron, call

Messages = list[Any]
"""Dicts and the SDK's own messages: it takes both, its types know only the latter."""

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Weather in a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}
FILLER_PROMPT = {
    "role": "system",
    "content": "You are a voice agent. Say a short filler phrase before you use a tool.",
}


def mumbai() -> Messages:
    return [{"role": "user", "content": "What is the weather in Mumbai?"}]


def environment(electron: Electron) -> SmallestAIEnvironment:
    """Every address of the SDK led to the mock, so that no call can leave this machine."""
    return SmallestAIEnvironment(
        atoms=electron.url, waves=electron.url, waves_ws=electron.url, payment=electron.url
    )


@pytest.fixture
def connect(electron: Electron) -> Iterator[Callable[..., Any]]:
    """Makes clients of the SDK, for other keys or numbers of retries."""
    # The SDK cannot close a connection pool that it has made itself; one that it is given can be.
    with httpx.Client() as pool:

        def connect(key: str = electron.api_key, max_retries: int = 0) -> Any:
            client = SmallestAI(
                environment=environment(electron),
                api_key=key,
                max_retries=max_retries,
                httpx_client=pool,
            )
            return client.waves.electron

        yield connect


@asynccontextmanager
async def connect_async(electron: Electron, max_retries: int = 0) -> AsyncIterator[Any]:
    async with httpx.AsyncClient() as pool:
        client = AsyncSmallestAI(
            environment=environment(electron),
            api_key=electron.api_key,
            max_retries=max_retries,
            httpx_client=pool,
        )
        yield client.waves.electron


# The generated client


def test_a_completion_has_every_field_that_the_sdk_declares(
    connect: Callable[..., Any], electron: Electron
) -> None:
    """A scripted text arrives as the SDK's typed completion, and no field is left over."""
    electron.reply("Hi! How can I help you today?")
    completion = connect().complete(
        model="electron", messages=[ElectronMessage(role="user", content="Hello!")]
    )
    [choice] = completion.choices
    recorded = electron.exchanges[0].usage
    assert recorded is not None
    assert choice.message.content == "Hi! How can I help you today?"
    assert (choice.index, choice.message.role, choice.finish_reason) == (0, "assistant", "stop")
    assert (completion.object, completion.model) == ("chat.completion", "electron")
    assert completion.usage.total_tokens == recorded.total_tokens
    assert completion.usage.prompt_tokens_details.cached_tokens >= 0
    assert not completion.model_extra
    assert not completion.usage.model_extra


@pytest.mark.asyncio
async def test_the_asynchronous_client_gets_the_same_answer(
    connect: Callable[..., Any], electron: Electron
) -> None:
    """What an unscripted question is answered with does not depend on the kind of client."""
    expected = connect().complete(model="electron", messages=mumbai()).choices[0].message.content
    async with connect_async(electron) as client:
        completion = await client.complete(model="electron", messages=mumbai())
    assert completion.choices[0].message.content == expected
    assert expected


@pytest.mark.anyio
async def test_the_asynchronous_client_works_under_every_event_loop(electron: Electron) -> None:
    """asyncio and trio alike: the mock is beyond a socket."""
    electron.reply("Hi!")
    async with connect_async(electron) as client:
        completion = await client.complete(model="electron", messages=mumbai())
    assert completion.choices[0].message.content == "Hi!"


def test_options_reach_electron(connect: Callable[..., Any], electron: Electron) -> None:
    """What the SDK is told about length, stop strings and seed is what the mock understands."""
    completion = connect().complete(
        model="electron", messages=mumbai(), max_tokens=3, stop=["\n"], seed=7, temperature=0.5
    )
    request = electron.exchanges[0].request
    assert request is not None
    assert (request.max_tokens, request.stop, request.seed) == (3, ("\n",), 7)
    assert completion.choices[0].finish_reason == "length"
    assert completion.usage.completion_tokens == 3


def test_json_mode_fills_the_keys_that_the_prompt_names(connect: Callable[..., Any]) -> None:
    """JSON mode answers with one object, under the keys that were asked for."""
    question = {"role": "user", "content": 'Give me JSON with the keys "name" and "country".'}
    completion = connect().complete(
        model="electron", messages=[question], response_format={"type": "json_object"}
    )
    assert set(json.loads(completion.choices[0].message.content)) == {"name", "country"}


def test_a_raw_response_carries_the_request_id(
    connect: Callable[..., Any], electron: Electron
) -> None:
    """`X-Request-Id` is in the raw response, and in the journal."""
    raw = connect().with_raw_response.complete(model="electron", messages=mumbai())
    assert raw.headers["x-request-id"] == electron.exchanges[0].request_id
    assert raw.data.choices[0].message.content


def test_a_scripted_tool_turn(connect: Callable[..., Any], electron: Electron) -> None:
    """Filler and calls arrive as the SDK's own types, in the order of the script."""
    electron.reply(
        call("get_weather", city="Mumbai"), call("get_weather", city="Pune"), filler="One moment…"
    )
    completion = connect().complete(model="electron", messages=mumbai(), tools=[WEATHER])
    [choice] = completion.choices
    functions = [tool_call.function for tool_call in choice.message.tool_calls]
    assert (choice.message.content, choice.finish_reason) == ("One moment…", "tool_calls")
    assert [tool_call.type for tool_call in choice.message.tool_calls] == ["function"] * 2
    assert [json.loads(f.arguments) for f in functions] == [{"city": "Mumbai"}, {"city": "Pune"}]


def test_an_unscripted_tool_loop(connect: Callable[..., Any], electron: Electron) -> None:
    """The SDK's own message goes back into the history, and the tool's result into words."""
    client, messages = connect(), [FILLER_PROMPT, *mumbai()]
    turn = client.complete(model="electron", messages=messages, tools=[WEATHER]).choices[0]
    [tool_call] = turn.message.tool_calls
    assert turn.finish_reason == "tool_calls"
    assert turn.message.content
    assert json.loads(tool_call.function.arguments) == {"city": "Mumbai"}
    result = ElectronMessage(role="tool", tool_call_id=tool_call.id, content='{"celsius": 31}')
    history = [*messages, turn.message, result]
    answer = client.complete(model="electron", messages=history, tools=[WEATHER]).choices[0]
    assert answer.finish_reason == "stop"
    assert "31" in answer.message.content
    assert [exchange.status for exchange in electron.exchanges] == [200, 200]


@pytest.mark.parametrize(
    ("kind", "expected", "words"),
    [
        (400, BadRequestError, "Invalid input data"),
        (401, UnauthorizedError, "Missing or invalid API key."),
        (403, ForbiddenError, "not available for your plan"),
        (404, ApiError, "Not found"),
        ("rate_limit", TooManyRequestsError, "Rate limit exceeded"),
        ("concurrency", TooManyRequestsError, "Concurrency limit reached"),
        (500, ApiError, "Internal server error"),
        (502, BadGatewayError, "Upstream model unavailable"),
        ("overloaded", ServiceUnavailableError, "Upstream model overloaded"),
        ("disabled", ServiceUnavailableError, "Endpoint temporarily disabled"),
    ],
)
def test_every_error_has_its_exception(
    kind: int | str,
    expected: type[ApiError],
    words: str,
    connect: Callable[..., Any],
    electron: Electron,
) -> None:
    """A scripted error raises the SDK's own type, with the envelope and the request id."""
    electron.fail(kind)
    with pytest.raises(expected, match=words) as caught:
        connect().complete(model="electron", messages=mumbai())
    [exchange] = electron.exchanges
    assert type(caught.value) is expected
    assert caught.value.status_code == exchange.status
    assert caught.value.body["error"]["request_id"] == exchange.request_id
    assert caught.value.headers is not None
    assert caught.value.headers["x-request-id"] == exchange.request_id


@pytest.mark.parametrize(("kind", "expected"), [(401, UnauthorizedError), (502, BadGatewayError)])
@pytest.mark.asyncio
async def test_the_asynchronous_client_has_the_same_exceptions(
    kind: int, expected: type[ApiError], electron: Electron
) -> None:
    """Errors raise the same types where they are awaited."""
    electron.fail(kind)
    async with connect_async(electron) as client:
        with pytest.raises(expected) as caught:
            await client.complete(model="electron", messages=mumbai())
    assert caught.value.body["error"]["request_id"] == electron.exchanges[0].request_id


@pytest.mark.parametrize(
    ("key", "expected"),
    [("sk_mock_revoked", UnauthorizedError), ("sk_mock_forbidden", ForbiddenError)],
)
def test_a_key_may_be_refused(
    key: str, expected: type[ApiError], connect: Callable[..., Any], electron: Electron
) -> None:
    """Two keys are refused without a script; the SDK does not ask again, however often it may."""
    with pytest.raises(expected):
        connect(key, max_retries=2).complete(model="electron", messages=mumbai())
    assert len(electron.exchanges) == 1


def test_an_invalid_request_is_explained(connect: Callable[..., Any]) -> None:
    """A 400 names the fields that are wrong in `details`, all at once."""
    with pytest.raises(BadRequestError) as caught:
        connect().complete(model="gpt-4o", messages=[], temperature=-1)
    details = caught.value.body["error"]["details"]
    assert [issue["path"] for issue in details] == [["model"], ["messages"], ["temperature"]]


def test_the_sdks_own_retries_recover(
    connect: Callable[..., Any], electron: Electron, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failure costs one more attempt, and that is answered."""
    monkeypatch.setattr(time, "sleep", electron.clock.advance)
    electron.fail(503)
    completion = connect(max_retries=1).complete(model="electron", messages=mumbai())
    assert completion.choices[0].message.content
    assert [exchange.status for exchange in electron.exchanges] == [503, 200]


@pytest.mark.asyncio
async def test_the_asynchronous_sdks_own_retries_recover(electron: Electron) -> None:
    """A rate limit costs one more attempt, after the second that `Retry-After` asks for."""
    electron.fail("rate_limit")
    async with connect_async(electron, max_retries=1) as client:
        completion = await client.complete(model="electron", messages=mumbai())
    assert completion.choices[0].message.content
    assert [exchange.status for exchange in electron.exchanges] == [429, 200]


def test_retries_may_be_ruled_out_for_one_request(
    connect: Callable[..., Any], electron: Electron
) -> None:
    """`max_retries` among the request's options wins over the client's."""
    electron.fail(503)
    with pytest.raises(ServiceUnavailableError):
        connect(max_retries=2).complete(
            model="electron", messages=mumbai(), request_options={"max_retries": 0}
        )
    assert len(electron.exchanges) == 1


def test_upstream_cannot_parse_a_stream(connect: Callable[..., Any], electron: Electron) -> None:
    """Upstream fault: `complete(stream=True)` reads a stream as one JSON document, and fails.

    The mock sent a whole stream with status 200; the SDK raises its general error for it.
    """
    with pytest.raises(ApiError) as caught:
        connect().complete(model="electron", messages=mumbai(), stream=True)
    assert type(caught.value) is ApiError
    assert caught.value.status_code == 200
    assert caught.value.body.startswith('data: {"id":"chatcmpl-')
    assert caught.value.body.endswith("data: [DONE]\n\n")
    assert electron.exchanges[0].outcome == "complete"


@pytest.mark.asyncio
async def test_upstream_cannot_parse_a_stream_asynchronously(electron: Electron) -> None:
    """Upstream fault: the asynchronous client fails on a stream in the same way."""
    async with connect_async(electron) as client:
        with pytest.raises(ApiError) as caught:
            await client.complete(model="electron", messages=mumbai(), stream=True)
    assert caught.value.status_code == 200
    assert caught.value.body.endswith("data: [DONE]\n\n")


# The client of its agents


@asynccontextmanager
async def agent_client(electron: Electron, key: str | None = None) -> AsyncIterator[OpenAIClient]:
    client = OpenAIClient(
        model="electron", api_key=key or electron.api_key, base_url=electron.base_url
    )
    try:
        yield client
    finally:
        await client.aclose()  # type: ignore[no-untyped-call]  # upstream left it without types


async def stream(client: OpenAIClient, messages: Messages, **options: Any) -> list[ChatChunk]:
    chunks = await client.chat(messages, stream=True, **options)
    return [chunk async for chunk in chunks]


@pytest.mark.asyncio
async def test_the_agents_client_asks_and_streams(electron: Electron) -> None:
    """Both ways give the same text; the stream asks for its usage, as the vendor advises."""
    async with agent_client(electron) as client:
        whole = await client.chat(mumbai())
        chunks = await stream(client, mumbai())
    streamed = electron.exchanges[1].request
    assert streamed is not None
    assert whole.content
    assert "".join(chunk.content or "" for chunk in chunks) == whole.content
    assert chunks[-1].finish_reason == "stop"
    assert streamed.include_usage


@pytest.mark.asyncio
async def test_the_agents_client_counts_the_tokens(electron: Electron) -> None:
    """The usage that it hands over is the journal's."""
    async with agent_client(electron) as client:
        answer = await client.chat(mumbai())
    usage = electron.exchanges[0].usage
    assert usage is not None
    assert answer.usage == {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.total_tokens,
    }


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.asyncio
async def test_the_agents_client_runs_a_tool_loop(streamed: bool, electron: Electron) -> None:
    """Its calls and its results, as it writes them itself, go back and are answered in words."""
    messages = [FILLER_PROMPT, *mumbai()]
    async with agent_client(electron) as client:
        if streamed:
            chunks = await stream(client, messages, tools=[WEATHER])
            filler = "".join(chunk.content or "" for chunk in chunks)
            calls = chunks[-1].tool_calls or []
        else:
            turn = await client.chat(messages, tools=[WEATHER])
            filler, calls = turn.content or "", turn.tool_calls or []
        [tool_call] = calls
        result = ToolResult(tool_call.id, tool_call.name, '{"celsius": 31}')
        assistant = {"role": "assistant", "content": filler, "tool_calls": [tool_call.to_dict()]}
        answer = await client.chat([*messages, assistant, result.to_message()], tools=[WEATHER])
    assert filler
    assert json.loads(tool_call.arguments) == {"city": "Mumbai"}
    assert "31" in (answer.content or "")


@pytest.mark.asyncio
async def test_the_agents_client_keeps_parallel_calls_apart(electron: Electron) -> None:
    """It reads one call a chunk, and so finds every call of a stream."""
    electron.reply(call("get_weather", city="Mumbai"), call("get_weather", city="Pune"))
    async with agent_client(electron) as client:
        chunks = await stream(client, mumbai(), tools=[WEATHER])
    calls = chunks[-1].tool_calls or []
    assert [json.loads(c.arguments) for c in calls] == [{"city": "Mumbai"}, {"city": "Pune"}]
    assert len({c.id for c in calls}) == 2


@pytest.mark.asyncio
async def test_the_agents_client_raises_what_openai_raises(electron: Electron) -> None:
    """A refused key is the `openai` package's exception, with the request id."""
    async with agent_client(electron, "sk_mock_revoked") as client:
        with pytest.raises(openai.AuthenticationError) as caught:
            await client.chat(mumbai())
    assert caught.value.request_id == electron.exchanges[0].request_id


@pytest.mark.asyncio
async def test_the_agents_client_retries(electron: Electron) -> None:
    """The retries of the `openai` package are at work in it."""
    electron.fail(502)
    async with agent_client(electron) as client:
        assert (await client.chat(mumbai())).content
    assert [exchange.status for exchange in electron.exchanges] == [502, 200]


def test_upstreams_short_cut_has_one_address(electron: Electron) -> None:
    """Upstream limit: `OpenAIClient.electron()` takes no other base URL than the real one."""
    with pytest.raises(TypeError, match="base_url"):
        OpenAIClient.electron(api_key=electron.api_key, base_url=electron.base_url)
    assert electron.exchanges == ()
