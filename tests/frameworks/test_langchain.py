"""LangChain agents against the mock, without a script."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest
from errands import ERRANDS, TOOLS, Errand, Tool, find_customer, get_balance
from on_use import OnUse
from openai import DefaultAsyncHttpxClient, DefaultHttpxClient
from pydantic import BaseModel, Field, SecretStr

from mock_electron import Electron, call, faults

if TYPE_CHECKING:
    import langchain_openai
    from langchain import agents
    from langchain.agents import structured_output
    from langchain_core import messages, tools
else:
    agents, structured_output = (
        OnUse("langchain.agents"),
        OnUse("langchain.agents.structured_output"),
    )
    messages, tools = OnUse("langchain_core.messages"), OnUse("langchain_core.tools")
    langchain_openai = OnUse("langchain_openai")


class Person(BaseModel):
    """Information about a person."""

    name: str
    age: int = Field(description="The age in years.")


class People(BaseModel):
    """All people in the text."""

    people: list[Person]


OPTIONS: dict[str, Any] = {"model": "electron", "max_retries": 0}


@pytest.fixture(autouse=True)
def _client(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close the client of each test. LangChain does not close its own client."""
    with DefaultHttpxClient() as client:
        monkeypatch.setitem(OPTIONS, "http_client", client)
        yield


def model(electron: Electron, **options: Any) -> langchain_openai.ChatOpenAI:
    return langchain_openai.ChatOpenAI(
        base_url=electron.base_url,
        api_key=SecretStr(electron.api_key),
        **OPTIONS,
        **options,
    )


def agent(
    electron: Electron, offered: Iterable[Tool] = TOOLS, response_format: Any = None, **options: Any
) -> Any:
    functions = [tools.tool(function) for function in offered]
    return agents.create_agent(
        model(electron, **options), functions, response_format=response_format
    )


def ask(text: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}]}


def calls_of(state: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the calls of a conversation, in order."""
    answers = (message for message in state["messages"] if isinstance(message, messages.AIMessage))
    return [(call["name"], call["args"]) for answer in answers for call in answer.tool_calls]


@pytest.mark.parametrize("errand", ERRANDS.values(), ids=ERRANDS)
def test_an_agent_runs_its_errand(errand: Errand, electron: Electron) -> None:
    """It makes the calls that the question needs, and its answer contains their results."""
    state = agent(electron).invoke(ask(errand.question))
    assert calls_of(state) == list(errand.calls)
    assert len(electron.exchanges) == errand.turns
    electron.assert_tool_results_answered()
    answer = state["messages"][-1].content
    assert all(part in answer for part in errand.answer_has), answer


@pytest.mark.parametrize("errand", ERRANDS.values(), ids=ERRANDS)
def test_a_streaming_agent_runs_its_errand(errand: Errand, electron: Electron) -> None:
    """With streamed messages: the joined chunks contain the answer."""
    spoken = ""
    for chunk, _ in agent(electron).stream(ask(errand.question), stream_mode="messages"):
        if isinstance(chunk, messages.AIMessageChunk):
            spoken += str(chunk.content)
    assert len(electron.exchanges) == errand.turns
    electron.assert_tool_results_answered()
    assert all(exchange.request and exchange.request.stream for exchange in electron.exchanges)
    assert all(part in spoken for part in errand.answer_has), spoken


@pytest.mark.asyncio
async def test_an_asynchronous_agent_runs_a_chain(electron: Electron) -> None:
    """With `ainvoke`, a chain of two calls."""
    errand = ERRANDS["a chain that is needed"]
    async with DefaultAsyncHttpxClient() as client:  # LangChain does not close its own client
        running = agent(electron, [get_balance, find_customer], http_async_client=client)
        state = await running.ainvoke(ask(errand.question))
    assert calls_of(state) == list(errand.calls)
    assert errand.answer_has[0] in state["messages"][-1].content


def test_an_agent_calls_no_tool_for_a_greeting(electron: Electron) -> None:
    """It answers with text, in one request."""
    state = agent(electron).invoke(ask("Hello, how are you?"))
    assert calls_of(state) == []
    assert len(electron.exchanges) == 1


def test_an_agent_goes_on_with_a_conversation(electron: Electron) -> None:
    """A second question in the same conversation leads to another call and another answer."""
    running = agent(electron)
    state = running.invoke(ask("What is the weather in Mumbai?"))
    more = [*state["messages"], {"role": "user", "content": "And in Delhi?"}]
    state = running.invoke({"messages": more})
    assert calls_of(state) == [
        ("get_weather", {"city": "Mumbai"}),
        ("get_weather", {"city": "Delhi"}),
    ]
    assert "38" in state["messages"][-1].content


def test_structured_output_by_a_forced_tool(electron: Electron) -> None:
    """`with_structured_output` by function calling fills the schema from the text."""
    extract = model(electron).with_structured_output(Person, method="function_calling")
    assert extract.invoke("Asha Rao is 34 years old.") == Person(name="Asha Rao", age=34)
    [exchange] = electron.exchanges
    assert exchange.request is not None
    assert exchange.request.tool_choice == "named"


def test_structured_output_of_several_objects(electron: Electron) -> None:
    """An enumeration in the text becomes an array of objects."""
    extract = model(electron).with_structured_output(People, method="function_calling")
    people = extract.invoke("Asha is 34, Ravi is 29 and Meera is 41 years old.")
    assert isinstance(people, People)
    assert [(person.name, person.age) for person in people.people] == [
        ("Asha", 34),
        ("Ravi", 29),
        ("Meera", 41),
    ]


def test_structured_output_by_json_mode(electron: Electron) -> None:
    """JSON mode returns the keys that the prompt names, with its values."""
    extract = model(electron).with_structured_output(Person, method="json_mode")
    person = extract.invoke(
        "Asha Rao is 34 years old. Extract the person as JSON with the keys name and age."
    )
    assert person == Person(name="Asha Rao", age=34)


def test_structured_output_is_streamed(electron: Electron) -> None:
    """The last streamed object is complete."""
    extract = model(electron).with_structured_output(Person, method="function_calling")
    *_, last = extract.stream("Asha Rao is 34 years old.")
    assert last == Person(name="Asha Rao", age=34)


@pytest.mark.electron(accept_json_schema=True)
def test_structured_output_by_a_json_schema(electron: Electron) -> None:
    """With `accept_json_schema`, LangChain's default method works."""
    extract = model(electron).with_structured_output(Person, method="json_schema")
    assert extract.invoke("Asha Rao is 34 years old.") == Person(name="Asha Rao", age=34)


def test_an_agent_with_a_structured_answer(electron: Electron) -> None:
    """It calls the tool, then the tool of the answer with the result of the first."""

    class Weather(BaseModel):
        """The weather in the final answer."""

        city: str
        celsius: int

    running = agent(electron, response_format=structured_output.ToolStrategy(Weather))
    state = running.invoke(ask("What is the weather in Mumbai?"))
    assert state["structured_response"] == Weather(city="Mumbai", celsius=31)
    assert [name for name, _ in calls_of(state)] == ["get_weather", "Weather"]


def test_a_failing_tool_is_not_called_again(electron: Electron) -> None:
    """The answer contains the error that the tool reports."""

    def get_weather(city: str) -> str:
        """Get the current weather in a city."""
        return json.dumps({"error": f"no weather station in {city}"})

    state = agent(electron, [get_weather]).invoke(ask("What is the weather in Mumbai?"))
    assert len(calls_of(state)) == 1
    assert "no weather station in Mumbai" in state["messages"][-1].content


def test_a_stream_with_other_deltas_of_calls(electron: Electron) -> None:
    """Repeated names, a shared index and missing indexes give wrong calls without an error."""
    pune, delhi = ("get_weather", {"city": "Pune"}), ("get_weather", {"city": "Delhi"})
    long_name = "get_weather" * 10
    expected: dict[faults.Fault, list[tuple[str, Any]]] = {
        faults.RepeatedCall("id"): [pune, delhi],
        faults.RepeatedCall("name"): [(long_name, pune[1]), (long_name, delhi[1])],
        faults.SameIndex(): [pune, ("get_weather", {})],
        faults.NoIndex(): [("get_weather", {}), ("", {})] * 2,
        faults.CallsInOneChunk(): [pune, delhi],
        faults.TwoFinishes("stop"): [pune, delhi],
    }
    seen: dict[faults.Fault, list[tuple[str, Any]]] = {}
    for fault in expected:
        electron.reply(call("get_weather", city="Pune"), call("get_weather", city="Delhi"))
        electron.inject(fault)
        whole, *rest = model(electron).stream("How is the weather?")
        for chunk in rest:
            whole += chunk
        assert isinstance(whole, messages.AIMessageChunk)
        seen[fault] = [(made["name"], made["args"]) for made in whole.tool_calls]
    assert seen == expected
    assert whole.response_metadata["finish_reason"] == "tool_callsstop"  # both, joined
