"""The vendor's package, `smallestai`, against the mock: both of its clients.

`SmallestAI(…).waves.electron` is the generated client. `OpenAIClient`, which its agents use, is a
layer over the `openai` package. Tests assert upstream faults as they are: if such a test fails,
upstream is fixed, and the mock's side can be tested.
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

from mock_electron import Electron, ErrorName, call

Messages = list[Any]
"""Dicts and the SDK's own messages. The SDK accepts both; its types allow only the latter."""

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
    """Point every URL of the SDK to the mock, so that no request leaves this machine."""
    return SmallestAIEnvironment(
        atoms=electron.url, waves=electron.url, waves_ws=electron.url, payment=electron.url
    )


@pytest.fixture
def connect(electron: Electron) -> Iterator[Callable[..., Any]]:
    """Return a factory of clients, with options for the key and the number of retries."""
    # The SDK cannot close its own connection pool, so the fixture provides one and closes it.
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


# --- the generated client


def test_a_completion_has_every_field_that_the_sdk_declares(
    connect: Callable[..., Any], electron: Electron
) -> None:
    """A scripted text is a typed completion without unknown fields."""
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
    """The reply to an unscripted question does not depend on the kind of client."""
    expected = connect().complete(model="electron", messages=mumbai()).choices[0].message.content
    async with connect_async(electron) as client:
        completion = await client.complete(model="electron", messages=mumbai())
    assert completion.choices[0].message.content == expected
    assert expected


@pytest.mark.anyio
async def test_the_asynchronous_client_works_under_every_event_loop(electron: Electron) -> None:
    """The client works with asyncio and trio."""
    electron.reply("Hi!")
    async with connect_async(electron) as client:
        completion = await client.complete(model="electron", messages=mumbai())
    assert completion.choices[0].message.content == "Hi!"


def test_options_reach_electron(connect: Callable[..., Any], electron: Electron) -> None:
    """Length, stop strings and seed are sent as the mock reads them."""
    completion = connect().complete(
        model="electron", messages=mumbai(), max_tokens=3, stop=["\n"], seed=7, temperature=0.5
    )
    request = electron.exchanges[0].request
    assert request is not None
    assert (request.max_tokens, request.stop, request.seed) == (3, ("\n",), 7)
    assert completion.choices[0].finish_reason == "length"
    assert completion.usage.completion_tokens == 3


def test_json_mode_fills_the_keys_that_the_prompt_names(connect: Callable[..., Any]) -> None:
    """JSON mode returns one object with the requested keys."""
    question = {"role": "user", "content": 'Give me JSON with the keys "name" and "country".'}
    completion = connect().complete(
        model="electron", messages=[question], response_format={"type": "json_object"}
    )
    assert set(json.loads(completion.choices[0].message.content)) == {"name", "country"}


def test_a_raw_response_carries_the_request_id(
    connect: Callable[..., Any], electron: Electron
) -> None:
    """The raw response and the journal have the same request id."""
    raw = connect().with_raw_response.complete(model="electron", messages=mumbai())
    assert raw.headers["x-request-id"] == electron.exchanges[0].request_id
    assert raw.data.choices[0].message.content


def test_a_scripted_tool_turn(connect: Callable[..., Any], electron: Electron) -> None:
    """Filler and calls are the SDK's types, in the order of the script."""
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
    """The SDK's message can be sent back, and the answer contains the tool's result."""
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
    kind: int | ErrorName,
    expected: type[ApiError],
    words: str,
    connect: Callable[..., Any],
    electron: Electron,
) -> None:
    """A scripted error raises the exception for its status, with envelope and request id."""
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
    """The asynchronous client raises the same types."""
    electron.fail(kind)
    async with connect_async(electron) as client:
        with pytest.raises(expected) as caught:
            await client.complete(model="electron", messages=mumbai())
    assert caught.value.body["error"]["request_id"] == electron.exchanges[0].request_id


@pytest.mark.parametrize(
    ("key", "expected"),
    [("sk_mock_revoked", UnauthorizedError), ("sk_mock_forbidden", ForbiddenError)],
)
def test_a_key_can_be_refused(
    key: str, expected: type[ApiError], connect: Callable[..., Any], electron: Electron
) -> None:
    """Two keys are always refused, and the client does not retry."""
    with pytest.raises(expected):
        connect(key, max_retries=2).complete(model="electron", messages=mumbai())
    assert len(electron.exchanges) == 1


def test_an_invalid_request_is_explained(connect: Callable[..., Any]) -> None:
    """A 400 names all wrong fields in `details`."""
    with pytest.raises(BadRequestError) as caught:
        connect().complete(model="gpt-4o", messages=[], temperature=-1)
    details = caught.value.body["error"]["details"]
    assert [issue["path"] for issue in details] == [["model"], ["messages"], ["temperature"]]


def test_the_sdks_own_retries_recover(
    connect: Callable[..., Any], electron: Electron, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client retries once after a failure, and gets the answer."""
    monkeypatch.setattr(time, "sleep", electron.clock.advance)
    electron.fail(503)
    completion = connect(max_retries=1).complete(model="electron", messages=mumbai())
    assert completion.choices[0].message.content
    assert [exchange.status for exchange in electron.exchanges] == [503, 200]


@pytest.mark.asyncio
async def test_the_asynchronous_sdks_own_retries_recover(electron: Electron) -> None:
    """The client retries once after a rate limit, when `Retry-After` has passed."""
    electron.fail("rate_limit")
    async with connect_async(electron, max_retries=1) as client:
        completion = await client.complete(model="electron", messages=mumbai())
    assert completion.choices[0].message.content
    assert [exchange.status for exchange in electron.exchanges] == [429, 200]


def test_retries_can_be_disabled_for_one_request(
    connect: Callable[..., Any], electron: Electron
) -> None:
    """`max_retries` in the request options overrides that of the client."""
    electron.fail(503)
    with pytest.raises(ServiceUnavailableError):
        connect(max_retries=2).complete(
            model="electron", messages=mumbai(), request_options={"max_retries": 0}
        )
    assert len(electron.exchanges) == 1


def test_upstream_cannot_parse_a_stream(connect: Callable[..., Any], electron: Electron) -> None:
    """Upstream fault: `complete(stream=True)` fails, because it parses a stream as one document.

    The mock sends a complete stream with status 200, and the SDK raises its general error.
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


# --- the client of its agents


@asynccontextmanager
async def agent_client(electron: Electron, key: str | None = None) -> AsyncIterator[OpenAIClient]:
    client = OpenAIClient(
        model="electron", api_key=key or electron.api_key, base_url=electron.base_url
    )
    try:
        yield client
    finally:
        await client.aclose()  # type: ignore[no-untyped-call]  # untyped upstream


async def stream(client: OpenAIClient, messages: Messages, **options: Any) -> list[ChatChunk]:
    chunks = await client.chat(messages, stream=True, **options)
    return [chunk async for chunk in chunks]


@pytest.mark.asyncio
async def test_the_agents_client_asks_and_streams(electron: Electron) -> None:
    """Reply and stream have the same text. The stream includes its usage, as the vendor advises."""
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
    """The client returns the usage of the journal."""
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
    """Calls and results in the client's own format are sent back and answered."""
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
    """The client finds every call of a stream, because each chunk has at most one."""
    electron.reply(call("get_weather", city="Mumbai"), call("get_weather", city="Pune"))
    async with agent_client(electron) as client:
        chunks = await stream(client, mumbai(), tools=[WEATHER])
    calls = chunks[-1].tool_calls or []
    assert [json.loads(c.arguments) for c in calls] == [{"city": "Mumbai"}, {"city": "Pune"}]
    assert len({c.id for c in calls}) == 2


@pytest.mark.asyncio
async def test_the_agents_client_raises_what_openai_raises(electron: Electron) -> None:
    """A refused key raises the exception of the `openai` package, with the request id."""
    async with agent_client(electron, "sk_mock_revoked") as client:
        with pytest.raises(openai.AuthenticationError) as caught:
            await client.chat(mumbai())
    assert caught.value.request_id == electron.exchanges[0].request_id


@pytest.mark.asyncio
async def test_the_agents_client_retries(electron: Electron) -> None:
    """The client retries as the `openai` package does."""
    electron.fail(502)
    async with agent_client(electron) as client:
        assert (await client.chat(mumbai())).content
    assert [exchange.status for exchange in electron.exchanges] == [502, 200]


def test_upstreams_shortcut_has_a_fixed_url(electron: Electron) -> None:
    """Upstream limit: `OpenAIClient.electron()` does not accept a base URL."""
    with pytest.raises(TypeError, match="base_url"):
        OpenAIClient.electron(api_key=electron.api_key, base_url=electron.base_url)
    assert electron.exchanges == ()
