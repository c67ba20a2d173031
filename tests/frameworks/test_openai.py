"""A hand-written agent loop with the `openai` package, without a script."""

import inspect
import json
from collections.abc import Callable, Iterator
from typing import Any, Final, get_type_hints

import openai
import pytest
from errands import ERRANDS, TOOLS, Errand
from openai import OpenAI
from openai.types.chat import ChatCompletionMessage
from pydantic import BaseModel, Field, create_model

from mock_electron import Electron

History = list[Any]

MOST_TURNS: Final = 6


class Person(BaseModel):
    """Information about a person."""

    name: str
    age: int = Field(description="The age in years.")


@pytest.fixture
def client(electron: Electron) -> Iterator[OpenAI]:
    with OpenAI(base_url=electron.base_url, api_key=electron.api_key, max_retries=0) as client:
        yield client


def as_tool(function: Callable[..., Any]) -> Any:
    """Return a tool with the name, docstring and parameters of a function."""
    hints = get_type_hints(function)
    fields: dict[str, Any] = {
        name: (hints[name], ...) for name in inspect.signature(function).parameters
    }
    return openai.pydantic_function_tool(
        create_model(function.__name__, **fields), description=inspect.getdoc(function)
    )


FUNCTIONS: Final = {function.__name__: function for function in TOOLS}
OFFERED: Final = [as_tool(function) for function in TOOLS]


def ask_whole(client: OpenAI, messages: History, **options: Any) -> ChatCompletionMessage:
    completion = client.chat.completions.create(
        model="electron", messages=messages, tools=OFFERED, **options
    )
    message: ChatCompletionMessage = completion.choices[0].message
    return message


def ask_streamed(client: OpenAI, messages: History, **options: Any) -> ChatCompletionMessage:
    with client.chat.completions.stream(
        model="electron", messages=messages, tools=OFFERED, **options
    ) as events:
        return events.get_final_completion().choices[0].message


Ask = Callable[..., ChatCompletionMessage]


def run(
    client: OpenAI, ask: Ask, question: str, **options: Any
) -> tuple[list[list[tuple[str, Any]]], str]:
    """Run the loop. Return the calls of each turn, and the final answer."""
    messages: History = [{"role": "user", "content": question}]
    turns: list[list[tuple[str, Any]]] = []
    for _ in range(MOST_TURNS):
        answer = ask(client, messages, **options)
        messages.append(answer)
        if not answer.tool_calls:
            return turns, answer.content or ""
        turns.append([])
        for tool_call in answer.tool_calls:
            assert tool_call.type == "function"
            name, arguments = tool_call.function.name, json.loads(tool_call.function.arguments)
            turns[-1].append((name, arguments))
            result = json.dumps(FUNCTIONS[name](**arguments))
            messages.append({"role": "tool", "tool_call_id": tool_call.id, "content": result})
    pytest.fail(f"no answer after {MOST_TURNS} turns: {turns}")


@pytest.mark.parametrize("ask", [ask_whole, ask_streamed])
@pytest.mark.parametrize("errand", ERRANDS.values(), ids=ERRANDS)
def test_a_loop_runs_its_errand(errand: Errand, ask: Ask, client: OpenAI) -> None:
    """It makes the calls that the question needs, and its answer contains their results."""
    turns, answer = run(client, ask, errand.question)
    assert [made for turn in turns for made in turn] == list(errand.calls)
    assert len(turns) + 1 == errand.turns
    assert all(part in answer for part in errand.answer_has), answer


@pytest.mark.parametrize("ask", [ask_whole, ask_streamed])
def test_without_parallel_calls_each_turn_has_one_call(ask: Ask, client: OpenAI) -> None:
    """With `parallel_tool_calls=False` the same calls take a turn each."""
    errand = ERRANDS["parallel calls of one tool"]
    turns, answer = run(client, ask, errand.question, parallel_tool_calls=False)
    assert turns == [[made] for made in errand.calls]
    assert all(part in answer for part in errand.answer_has), answer


def test_structured_output_by_a_forced_tool(client: OpenAI) -> None:
    """The arguments of a named tool are the facts of the message."""
    completion = client.chat.completions.create(
        model="electron",
        messages=[{"role": "user", "content": "Asha Rao is 34 years old."}],
        tools=[openai.pydantic_function_tool(Person)],
        tool_choice={"type": "function", "function": {"name": "Person"}},
    )
    [tool_call] = completion.choices[0].message.tool_calls or []
    assert tool_call.type == "function"
    assert Person.model_validate_json(tool_call.function.arguments) == Person(
        name="Asha Rao", age=34
    )


@pytest.mark.parametrize(
    "prompt",
    [
        "Answer in JSON with the keys name and age.",
        'Respond with a JSON object that has a "name" key and an "age" key.',
        'Return JSON like {"name": "...", "age": 0}.',
        f"Return a JSON object that follows this schema: {json.dumps(Person.model_json_schema())}",
    ],
    ids=["keys", "quoted keys", "skeleton", "schema"],
)
def test_structured_output_by_json_mode(prompt: str, client: OpenAI) -> None:
    """It has the keys that the system prompt names, and the values of the message."""
    completion = client.chat.completions.create(
        model="electron",
        messages=[
            {"role": "system", "content": prompt},
            {"role": "user", "content": "Asha Rao is 34 years old."},
        ],
        response_format={"type": "json_object"},
    )
    text = completion.choices[0].message.content or ""
    assert Person.model_validate_json(text) == Person(name="Asha Rao", age=34)


@pytest.mark.electron(accept_json_schema=True)
def test_structured_output_by_a_json_schema(client: OpenAI) -> None:
    """With `accept_json_schema`, `parse` returns an instance of the model."""
    completion = client.chat.completions.parse(
        model="electron",
        messages=[{"role": "user", "content": "Asha Rao is 34 years old."}],
        response_format=Person,
    )
    assert completion.choices[0].message.parsed == Person(name="Asha Rao", age=34)
