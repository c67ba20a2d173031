"""Well-behaved runs of client libraries have no finding, except those that a client earns.

Each run streams with usage where it can, has a time-out of 10 s, limits its replies and retries as
its library does. EARNED has what is found all the same, with the reason.

The services of LiveKit and Pipecat are tested if they are installed (livekit-plugins-openai,
pipecat-ai): they bring much that no other test needs.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest
from client_libraries import async_openai_client, openai_client, smallestai_client
from errands import ERRANDS, TOOLS
from on_use import OnUse
from openai import APIStatusError, AsyncOpenAI, OpenAI
from pydantic import SecretStr

from mock_electron import Electron, Pace, faults, read_journal
from mock_electron.audit import Audit, audit

if TYPE_CHECKING:
    import agents
    import langchain_openai
    import pydantic_ai
    from langchain import agents as langchain_agents
    from langchain_core import tools
    from pydantic_ai.models import openai as pydantic_openai
    from pydantic_ai.providers import openai as providers
else:
    agents, pydantic_ai = OnUse("agents"), OnUse("pydantic_ai")
    langchain_openai, langchain_agents = OnUse("langchain_openai"), OnUse("langchain.agents")
    tools = OnUse("langchain_core.tools")
    pydantic_openai = OnUse("pydantic_ai.models.openai")
    providers = OnUse("pydantic_ai.providers.openai")

TIMEOUT: Final = 10
USAGE: Final[dict[str, Any]] = {"stream": True, "stream_options": {"include_usage": True}}
VOICE: Final = "You are a voice agent. Say a short filler phrase before you use a tool."
WEATHER: Final[dict[str, Any]] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Return the weather in a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}
EARNED: Final[Mapping[str, Mapping[str, str]]] = {
    "langchain": {
        "tool-descriptions/large": "the five tools of its run take more than 200 tokens",
        "tool-descriptions/sentences": "it describes a tool by the whole docstring",
    },
    "pydantic-ai": {
        "tool-descriptions/large": "the five tools of its run take more than 200 tokens"
    },
    "openai-agents": {
        "tool-descriptions/large": "the five tools of its run take more than 200 tokens"
    },
    "openai as it comes": {"connection/no-time-out": "its time-out is 600 s unless one is given"},
    "langchain as it comes": {
        "connection/no-time-out": "it takes away that of its client unless one is given",
        "stream-usage/missing": "it asks for usage only with stream_usage=True, if the URL is given",
    },
    "pydantic-ai as it comes": {"connection/no-time-out": "its client has that of openai"},
    "livekit, 503": {"retry/first-pause": "its first pause is 0.1 s, and the others are 2 s"},
    "livekit, Retry-After": {"retry/retry-after": "it waits 0.1 s and then 2 s, whatever is asked"},
    "pipecat": {"connection/no-time-out": "its client has that of openai, and no option for it"},
    "openai-agents as it comes": {
        "connection/no-time-out": "its client has that of openai",
        "stream-usage/missing": "it asks for usage only with include_usage=True",
    },
}
"""The findings that a client earns, by its name: their id, and the reason."""
SETUP: Final = ("stream-usage", "connection", "retry", "unsupported", "concurrency")
"""The rules about how a client is set up, and not about what an application asks."""

logger = logging.getLogger("application")


def check(name: str, electron: Electron, tmp_path: Path, logs: str | None = None) -> Audit:
    """Assert that a run has only the findings that it earns, in memory and in a file.

    A file of a frozen clock does not show short pauses, and says so.
    """
    found = electron.audit(logs=logs)
    assert len(electron.exchanges) > 1
    assert {one.id: one for one in found}.keys() == EARNED.get(name, {}).keys(), str(found)
    electron.exchanges.save(tmp_path / "journal.jsonl")
    read = audit(read_journal(tmp_path / "journal.jsonl")["default"], logs=logs)
    hidden = {one.id for one in found} - {one.id for one in read}
    assert {one.id for one in read} <= {one.id for one in found}
    assert all(read.verdicts[one.partition("/")[0]].unseen for one in hidden)
    return found


# openai


def spoken(client: Any, history: list[Any], **options: Any) -> dict[str, Any]:
    """Return the message of a streamed reply, put together as a voice agent does."""
    content, calls = "", dict[int, dict[str, Any]]()
    chunks = client.chat.completions.create(
        model="electron", messages=history, tools=[WEATHER], max_tokens=60, **USAGE, **options
    )
    for chunk in chunks:
        for choice in chunk.choices:
            content += choice.delta.content or ""
            for part in choice.delta.tool_calls or []:
                call = calls.setdefault(part.index, {"id": "", "name": "", "arguments": ""})
                call["id"] += part.id or ""
                call["name"] += part.function.name or ""
                call["arguments"] += part.function.arguments or ""
    made = [
        {
            "id": one["id"],
            "type": "function",
            "function": {k: one[k] for k in ("name", "arguments")},
        }
        for one in calls.values()
    ]
    said = {"role": "assistant", "content": content or None}
    return said | ({"tool_calls": made} if made else {})


def talk(client: Any, questions: list[str]) -> None:
    """Hold a conversation. Each call gets its result in the next request."""
    history: list[Any] = [{"role": "system", "content": VOICE}]
    for question in questions:
        history.append({"role": "user", "content": question})
        for _ in range(3):
            said = spoken(client, history)
            history.append(said)
            for call in said.get("tool_calls", []):
                city = json.loads(call["function"]["arguments"])["city"]
                result = json.dumps({"city": city, "celsius": 31})
                history.append({"role": "tool", "tool_call_id": call["id"], "content": result})
            if "tool_calls" not in said:
                break


QUESTIONS: Final = ["What is the weather in Mumbai?", "And in Delhi?", "Thank you!"]
FAILURES: Final[Mapping[str, Callable[[Electron], object]]] = {
    "none": lambda electron: None,
    "503": lambda electron: electron.fail(503, times=2),
    "502": lambda electron: electron.fail(502, times=1),
    "500": lambda electron: electron.fail(500, times=2),
    "429": lambda electron: electron.fail("concurrency", times=2),
    "Retry-After": lambda electron: electron.fail(429, times=2, retry_after=7),
    "a reset": lambda electron: electron.inject(faults.Reset(), times=1),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_voice_agent_with_openai(failure: str, electron: Electron, tmp_path: Path) -> None:
    """Streams, tools with fillers, and the library's own retries on a frozen clock."""
    FAILURES[failure](electron)
    with electron.clock.travel(), openai_client(electron, max_retries=2, timeout=TIMEOUT) as one:
        talk(one, QUESTIONS)
    check("openai", electron, tmp_path)


@pytest.mark.parametrize("status", [400, 401, 403, 503])
def test_openai_raises(status: int, electron: Electron, tmp_path: Path) -> None:
    """An application that gets the error, after the library's retries, and goes on with another."""
    electron.fail(status, times=3 if status == 503 else 1)
    with electron.clock.travel(), openai_client(electron, max_retries=2, timeout=TIMEOUT) as one:
        with pytest.raises(APIStatusError):
            talk(one, QUESTIONS[:1])
        talk(one, QUESTIONS[2:])
    check("openai", electron, tmp_path)


def test_openai_logs_ids(
    electron: Electron, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """An application that logs the id of each answer."""
    caplog.set_level("INFO", "application")
    with openai_client(electron, timeout=TIMEOUT) as client:
        for question in QUESTIONS:
            raw = client.chat.completions.with_raw_response.create(
                model="electron", messages=[{"role": "user", "content": question}], max_tokens=60
            )
            logger.info("chat completion request_id=%s", raw.headers.get("x-request-id"))
    found = check("openai", electron, tmp_path, logs=caplog.text)
    if "request-id" in found.verdicts:
        assert found.verdicts["request-id"].outcome == "pass"


@pytest.mark.electron(clock="real", plan="standard", pace=Pace(first=0.03, each=0.001))
@pytest.mark.asyncio
async def test_openai_with_a_semaphore(electron: Electron, tmp_path: Path) -> None:
    """Eight questions, at most three at a time, as the plan allows."""
    slots = asyncio.Semaphore(3)

    async def ask(number: int) -> None:
        async with slots:
            await client.chat.completions.create(
                model="electron",
                messages=[{"role": "user", "content": f"Say the number {number}."}],
                max_tokens=20,
            )

    async with async_openai_client(electron, max_retries=2, timeout=TIMEOUT) as client:
        await asyncio.gather(*map(ask, range(8)))
        await electron.settled()
    check("openai", electron, tmp_path)


# smallestai


@pytest.mark.parametrize(
    "failure", sorted(FAILURES.keys() - {"a reset"})
)  # which it does not retry
def test_smallestai(failure: str, electron: Electron, tmp_path: Path) -> None:
    """The vendor's own package, with its retries."""
    FAILURES[failure](electron)
    history: list[Any] = [{"role": "system", "content": "You are a helpful assistant."}]
    with electron.clock.travel(), smallestai_client(electron, max_retries=2) as client:
        for question in QUESTIONS:
            history.append({"role": "user", "content": question})
            done = client.complete(model="electron", messages=history, max_tokens=60)
            history.append({"role": "assistant", "content": done.choices[0].message.content})
    check("smallestai", electron, tmp_path)


# frameworks


@pytest.mark.parametrize("failure", ["none", "503", "Retry-After"])
def test_langchain(failure: str, electron: Electron, tmp_path: Path) -> None:
    """An agent of LangChain that streams its errand."""
    FAILURES[failure](electron)
    with electron.clock.travel(), httpx.Client() as pool:
        model = langchain_openai.ChatOpenAI(
            model="electron",
            base_url=electron.base_url,
            api_key=SecretStr(electron.api_key),
            timeout=TIMEOUT,
            max_retries=2,
            stream_usage=True,
            max_completion_tokens=200,
            http_client=pool,
        )
        agent: Any = langchain_agents.create_agent(model, [*map(tools.tool, TOOLS)])
        errand = ERRANDS["a chain that is needed"]
        asked = {"messages": [{"role": "user", "content": errand.question}]}
        assert [*agent.stream(asked, stream_mode="messages")]
    check("langchain", electron, tmp_path)


@pytest.mark.parametrize("failure", ["none", "503", "Retry-After"])
@pytest.mark.asyncio
async def test_pydantic_ai(failure: str, electron: Electron, tmp_path: Path) -> None:
    """An agent of Pydantic AI that streams its errand."""
    FAILURES[failure](electron)
    with electron.clock.travel():
        async with async_openai_client(electron, max_retries=2, timeout=TIMEOUT) as client:
            model = pydantic_openai.OpenAIChatModel(
                "electron", provider=providers.OpenAIProvider(openai_client=client)
            )
            agent = pydantic_ai.Agent(model, tools=TOOLS, model_settings={"max_tokens": 200})
            errand = ERRANDS["parallel calls of one tool"]
            async with agent.run_stream(errand.question) as result:
                assert [text async for text in result.stream_text()]
        await electron.settled()
    check("pydantic-ai", electron, tmp_path)


@pytest.mark.parametrize("failure", ["none", "503", "Retry-After"])
@pytest.mark.asyncio
async def test_openai_agents(failure: str, electron: Electron, tmp_path: Path) -> None:
    """An agent of the OpenAI Agents SDK that streams its errand."""
    FAILURES[failure](electron)
    agents.set_tracing_disabled(True)
    with electron.clock.travel():
        async with async_openai_client(electron, max_retries=2, timeout=TIMEOUT) as client:
            agent: Any = agents.Agent(
                name="assistant",
                instructions="You are a helpful assistant.",
                model=agents.OpenAIChatCompletionsModel("electron", client),
                tools=[agents.function_tool(function) for function in TOOLS],
                model_settings=agents.ModelSettings(max_tokens=200, include_usage=True),
            )
            result = agents.Runner.run_streamed(agent, ERRANDS["one tool"].question)
            assert [event async for event in result.stream_events()]
        await electron.settled()
    check("openai-agents", electron, tmp_path)


@pytest.mark.parametrize("failure", ["none", "503", "Retry-After"])
@pytest.mark.asyncio
async def test_livekit(failure: str, electron: Electron, tmp_path: Path) -> None:
    """LiveKit's service for voice agents, with a tool."""
    plugin, livekit = (
        pytest.importorskip("livekit.plugins.openai"),
        pytest.importorskip("livekit.agents"),
    )
    FAILURES[failure](electron)
    model = plugin.LLM(
        model="electron",
        base_url=electron.base_url,
        api_key=electron.api_key,
        max_completion_tokens=60,
    )
    context = livekit.llm.ChatContext.empty()
    context.add_message(role="system", content=VOICE)
    with electron.clock.travel():
        for question in QUESTIONS:
            context.add_message(role="user", content=question)
            while await _livekit_turn(model, context, livekit):
                pass
    await model.aclose()
    await electron.settled()
    check("livekit" if failure == "none" else f"livekit, {failure}", electron, tmp_path)


async def _livekit_turn(model: Any, context: Any, livekit: Any) -> bool:
    """Add a reply to the context, and the results of its calls. Return whether it has calls."""

    async def get_weather(city: str) -> str:
        """Return the weather in a city."""
        return f"{city}: 31"

    content, calls = "", list[Any]()
    tool = livekit.function_tool(get_weather)
    async with model.chat(chat_ctx=context, tools=[tool]) as stream:
        async for chunk in stream:
            if chunk.delta:
                content += chunk.delta.content or ""
                calls += chunk.delta.tool_calls or []
    if content:
        context.add_message(role="assistant", content=content)
    for call in calls:
        named = {"call_id": call.call_id, "name": call.name}
        made = livekit.llm.FunctionCall(**named, arguments=call.arguments)
        result = livekit.llm.FunctionCallOutput(**named, output="31", is_error=False)
        context.insert([made, result])
    return bool(calls)


@pytest.mark.parametrize("failure", ["none", "503", "Retry-After"])
@pytest.mark.asyncio
async def test_pipecat(failure: str, electron: Electron, tmp_path: Path) -> None:
    """Pipecat's service for voice agents, which takes the context as a frame."""
    services = pytest.importorskip("pipecat.services.openai.llm")
    frames = pytest.importorskip("pipecat.frames.frames")
    contexts = pytest.importorskip("pipecat.processors.aggregators.llm_context")
    utils = pytest.importorskip("pipecat.tests.utils")
    FAILURES[failure](electron)
    service = services.OpenAILLMService(
        api_key=electron.api_key,
        base_url=electron.base_url,
        settings=services.OpenAILLMService.Settings(model="electron", max_tokens=60),
    )
    history: list[Any] = [{"role": "system", "content": "You are a voice agent. Be brief."}]
    with electron.clock.travel():
        for question in QUESTIONS[1:]:
            history.append({"role": "user", "content": question})
            frame = frames.LLMContextFrame(contexts.LLMContext(history))
            await utils.run_test(service, frames_to_send=[frame])
            await electron.settled()
            history.append({"role": "assistant", "content": electron.exchanges.last.text})
    await service._client.close()  # which the service does not do
    check("pipecat", electron, tmp_path)


# as they come


def earned(electron: Electron) -> set[str]:
    return {one.id for one in electron.audit() if one.rule in SETUP}


def test_openai_as_it_comes(electron: Electron) -> None:
    """Only its long time-out is found."""
    with OpenAI(base_url=electron.base_url, api_key=electron.api_key) as client:
        talk(client, QUESTIONS)
    assert earned(electron) == EARNED["openai as it comes"].keys()


def test_langchain_as_it_comes(electron: Electron) -> None:
    """It streams without usage, and waits for ever."""
    with httpx.Client() as pool:
        model = langchain_openai.ChatOpenAI(
            model="electron",
            base_url=electron.base_url,
            api_key=SecretStr(electron.api_key),
            http_client=pool,
        )
        assert [*model.stream("Hi")]
    assert earned(electron) == EARNED["langchain as it comes"].keys()


@pytest.mark.asyncio
async def test_pydantic_ai_as_it_comes(electron: Electron) -> None:
    """Only the long time-out of its client is found."""
    async with AsyncOpenAI(base_url=electron.base_url, api_key=electron.api_key) as client:
        model = pydantic_openai.OpenAIChatModel(
            "electron", provider=providers.OpenAIProvider(openai_client=client)
        )
        async with pydantic_ai.Agent(model).run_stream("Hi") as result:
            assert [text async for text in result.stream_text()]
        await electron.settled()
    assert earned(electron) == EARNED["pydantic-ai as it comes"].keys()


@pytest.mark.asyncio
async def test_openai_agents_as_they_come(electron: Electron) -> None:
    """They stream without usage, and with the time-out of their client."""
    agents.set_tracing_disabled(True)
    async with AsyncOpenAI(base_url=electron.base_url, api_key=electron.api_key) as client:
        agent: Any = agents.Agent(
            name="assistant", model=agents.OpenAIChatCompletionsModel("electron", client)
        )
        result = agents.Runner.run_streamed(agent, "Hi")
        assert [event async for event in result.stream_events()]
        await electron.settled()
    assert earned(electron) == EARNED["openai-agents as it comes"].keys()
