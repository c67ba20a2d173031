"""Pydantic AI agents against the mock, without a script."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from client_libraries import async_openai_client
from errands import ERRANDS, TOOLS, Errand
from on_use import OnUse
from pydantic import BaseModel, Field

from mock_electron import Electron

if TYPE_CHECKING:
    import pydantic_ai
    from pydantic_ai import messages
    from pydantic_ai.models import openai
    from pydantic_ai.providers import openai as providers
else:
    pydantic_ai, messages = OnUse("pydantic_ai"), OnUse("pydantic_ai.messages")
    openai = OnUse("pydantic_ai.models.openai")
    providers = OnUse("pydantic_ai.providers.openai")

pytestmark = pytest.mark.asyncio


class Person(BaseModel):
    """Information about a person."""

    name: str
    age: int = Field(description="The age in years.")


class Weather(BaseModel):
    """The weather in the final answer."""

    city: str
    celsius: int


@pytest_asyncio.fixture
async def model(electron: Electron) -> AsyncIterator[openai.OpenAIChatModel]:
    async with async_openai_client(electron) as client:
        yield openai.OpenAIChatModel(
            "electron", provider=providers.OpenAIProvider(openai_client=client)
        )


def calls_of(history: list[messages.ModelMessage]) -> list[tuple[str, Any]]:
    """Return the calls of a conversation, in order."""
    parts = (part for m in history if isinstance(m, messages.ModelResponse) for part in m.parts)
    return [(p.tool_name, p.args_as_dict()) for p in parts if isinstance(p, messages.ToolCallPart)]


@pytest.mark.parametrize("errand", ERRANDS.values(), ids=ERRANDS)
async def test_an_agent_runs_its_errand(
    errand: Errand, model: openai.OpenAIChatModel, electron: Electron
) -> None:
    """It makes the calls that the question needs, and its answer contains their results."""
    result = await pydantic_ai.Agent(model, tools=TOOLS).run(errand.question)
    assert calls_of(result.all_messages()) == list(errand.calls)
    assert len(electron.exchanges) == errand.turns
    electron.assert_tool_results_answered()
    assert all(part in result.output for part in errand.answer_has), result.output


@pytest.mark.parametrize("errand", ERRANDS.values(), ids=ERRANDS)
async def test_a_streaming_agent_runs_its_errand(
    errand: Errand, model: openai.OpenAIChatModel, electron: Electron
) -> None:
    """With a streamed run: the last text is the whole answer."""
    async with pydantic_ai.Agent(model, tools=TOOLS).run_stream(errand.question) as result:
        *_, spoken = [text async for text in result.stream_text(debounce_by=None)]
    assert calls_of(result.all_messages()) == list(errand.calls)
    assert all(part in spoken for part in errand.answer_has), spoken
    assert all(exchange.request and exchange.request.stream for exchange in electron.exchanges)
    electron.assert_tool_results_answered()


async def test_a_system_prompt_with_a_filler(model: openai.OpenAIChatModel) -> None:
    """The run does not end with the text before a call, but with the tool's result."""
    agent = pydantic_ai.Agent(
        model, tools=TOOLS, instructions="Say a short filler phrase before you use a tool."
    )
    result = await agent.run("What is the weather in Mumbai?")
    [response, *_] = [m for m in result.all_messages() if isinstance(m, messages.ModelResponse)]
    assert [part.part_kind for part in response.parts] == ["text", "tool-call"]
    assert "31" in result.output


async def test_a_conversation_goes_on(model: openai.OpenAIChatModel) -> None:
    """With the history, a second question leads to another call and another answer."""
    agent = pydantic_ai.Agent(model, tools=TOOLS)
    first = await agent.run("What is the weather in Mumbai?")
    second = await agent.run("And in Delhi?", message_history=first.all_messages())
    assert calls_of(second.new_messages()) == [("get_weather", {"city": "Delhi"})]
    assert "38" in second.output


@pytest.mark.electron(accept_json_schema=True)
@pytest.mark.parametrize("kind", ["ToolOutput", "PromptedOutput", "NativeOutput"])
async def test_structured_output(kind: str, model: openai.OpenAIChatModel) -> None:
    """By a forced tool, by JSON mode, and by a JSON schema if the setting accepts it."""
    output = getattr(pydantic_ai, kind)
    result = await pydantic_ai.Agent(model, output_type=output(Person)).run(
        "Asha Rao is 34 years old."
    )
    assert result.output == Person(name="Asha Rao", age=34)


@pytest.mark.parametrize("kind", ["ToolOutput", "PromptedOutput"])
async def test_structured_output_after_a_tool(kind: str, model: openai.OpenAIChatModel) -> None:
    """The run calls the tool, then returns an object with the tool's result."""
    output = getattr(pydantic_ai, kind)
    result = await pydantic_ai.Agent(model, tools=TOOLS, output_type=output(Weather)).run(
        "What is the weather in Mumbai?"
    )
    assert result.output == Weather(city="Mumbai", celsius=31)
    assert calls_of(result.all_messages())[0] == ("get_weather", {"city": "Mumbai"})


async def test_several_types_of_output(model: openai.OpenAIChatModel) -> None:
    """Of two output tools the model calls the one whose fields are in the text."""
    outputs: Any = [Weather, Person]  # mypy infers list[type[BaseModel]]
    result = await pydantic_ai.Agent(model, output_type=outputs).run("Asha Rao is 34 years old.")
    assert result.output == Person(name="Asha Rao", age=34)
