"""Agents of the OpenAI Agents SDK against the mock, without a script."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from client_libraries import async_openai_client
from errands import ERRANDS, TOOLS, Errand, find_customer, get_order_city, get_weather
from on_use import OnUse
from openai.types.responses import ResponseFunctionToolCall, ResponseTextDeltaEvent
from pydantic import BaseModel

from mock_electron import Electron

if TYPE_CHECKING:
    import agents
    from agents import items, stream_events
else:
    agents = OnUse("agents")
    items, stream_events = OnUse("agents.items"), OnUse("agents.stream_events")

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module", autouse=True)
def _no_traces() -> None:
    """Do not send traces to OpenAI."""
    agents.set_tracing_disabled(True)


class Person(BaseModel):
    name: str
    age: int


@pytest_asyncio.fixture
async def model(electron: Electron) -> AsyncIterator[agents.OpenAIChatCompletionsModel]:
    async with async_openai_client(electron) as client:
        yield agents.OpenAIChatCompletionsModel("electron", client)


def assistant(
    model: agents.OpenAIChatCompletionsModel, tools: Any = TOOLS, **options: Any
) -> agents.Agent[Any]:
    return agents.Agent(
        name="assistant",
        instructions="You are a helpful assistant.",
        model=model,
        tools=[agents.function_tool(function) for function in tools],
        **options,
    )


def calls_of(made: list[items.RunItem]) -> list[tuple[str, Any]]:
    """Return the calls of a run, in order."""
    raw = (item.raw_item for item in made if isinstance(item, items.ToolCallItem))
    return [
        (c.name, json.loads(c.arguments)) for c in raw if isinstance(c, ResponseFunctionToolCall)
    ]


@pytest.mark.parametrize("errand", ERRANDS.values(), ids=ERRANDS)
async def test_an_agent_runs_its_errand(
    errand: Errand, model: agents.OpenAIChatCompletionsModel, electron: Electron
) -> None:
    """It makes the calls that the question needs, and its answer contains their results."""
    result = await agents.Runner.run(assistant(model), errand.question)
    assert calls_of(result.new_items) == list(errand.calls)
    assert len(electron.exchanges) == errand.turns
    electron.assert_tool_results_answered()
    answer = result.final_output
    assert all(part in answer for part in errand.answer_has), answer


@pytest.mark.parametrize("errand", ERRANDS.values(), ids=ERRANDS)
async def test_a_streaming_agent_runs_its_errand(
    errand: Errand, model: agents.OpenAIChatCompletionsModel, electron: Electron
) -> None:
    """With a streamed run: the joined text deltas are the answer."""
    result = agents.Runner.run_streamed(assistant(model), errand.question)
    spoken = ""
    async for event in result.stream_events():
        if isinstance(event, stream_events.RawResponsesStreamEvent) and isinstance(
            event.data, ResponseTextDeltaEvent
        ):
            spoken += event.data.delta
    assert calls_of(result.new_items) == list(errand.calls)
    assert spoken == result.final_output
    assert all(part in spoken for part in errand.answer_has), spoken
    assert all(exchange.request and exchange.request.stream for exchange in electron.exchanges)
    electron.assert_tool_results_answered()


async def test_without_parallel_calls_each_turn_has_one_call(
    model: agents.OpenAIChatCompletionsModel, electron: Electron
) -> None:
    """With `parallel_tool_calls=False` the same calls take a turn each."""
    errand = ERRANDS["parallel calls of one tool"]
    agent = assistant(model, model_settings=agents.ModelSettings(parallel_tool_calls=False))
    result = await agents.Runner.run(agent, errand.question)
    assert calls_of(result.new_items) == list(errand.calls)
    assert len(electron.exchanges) == len(errand.calls) + 1
    assert all(part in result.final_output for part in errand.answer_has)


async def test_a_required_tool_is_called_once(model: agents.OpenAIChatCompletionsModel) -> None:
    """With `tool_choice="required"` a greeting leads to one call, then to an answer."""
    agent = assistant(
        model, tools=[get_weather], model_settings=agents.ModelSettings(tool_choice="required")
    )
    result = await agents.Runner.run(agent, "Hello!")
    assert [name for name, _ in calls_of(result.new_items)] == ["get_weather"]
    assert result.final_output


async def test_a_conversation_goes_on(model: agents.OpenAIChatCompletionsModel) -> None:
    """With the history, a second question leads to another call and another answer."""
    agent = assistant(model)
    first = await agents.Runner.run(agent, "What is the weather in Mumbai?")
    history: Any = [*first.to_input_list(), {"role": "user", "content": "And in Delhi?"}]
    second = await agents.Runner.run(agent, history)
    assert calls_of(second.new_items) == [("get_weather", {"city": "Delhi"})]
    assert "38" in second.final_output


async def test_a_handoff_reaches_the_right_agent(model: agents.OpenAIChatCompletionsModel) -> None:
    """The model chooses the handoff whose description fits the question."""
    orders = agents.Agent(
        name="Orders agent",
        handoff_description="Handles orders and shipping.",
        instructions="You handle orders.",
        model=model,
        tools=[agents.function_tool(get_order_city)],
    )
    billing = agents.Agent(
        name="Billing agent",
        handoff_description="Handles invoices, refunds and payments.",
        instructions="You handle billing.",
        model=model,
        tools=[agents.function_tool(find_customer)],
    )
    triage = agents.Agent(
        name="Triage agent",
        instructions="Hand the customer over to the right agent.",
        model=model,
        handoffs=[billing, orders],
    )
    result = await agents.Runner.run(triage, "Which city is order A-1042 shipped to?")
    assert result.last_agent.name == "Orders agent"
    assert "Pune" in result.final_output


@pytest.mark.electron(accept_json_schema=True)
async def test_structured_output(model: agents.OpenAIChatCompletionsModel) -> None:
    """With `accept_json_schema`, `output_type` works."""
    agent = assistant(model, tools=[], output_type=Person)
    result = await agents.Runner.run(agent, "Asha Rao is 34 years old.")
    assert result.final_output == Person(name="Asha Rao", age=34)
