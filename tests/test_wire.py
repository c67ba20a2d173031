"""wire/: what the model server refuses, what a request becomes, and the table of errors."""

from typing import Any

import pytest
from raw_http import user

from mock_electron.wire import codec, errors, request
from mock_electron.wire.errors import Refusal
from mock_electron.wire.request import ChatRequest

TOOL: dict[str, Any] = {"type": "function", "function": {"name": "f", "parameters": {}}}


def read(**fields: Any) -> ChatRequest:
    return request.read({"model": "electron", "messages": user("Hi"), **fields})


def tool(**fields: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": "f", **fields}}


def named(name: str) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name}}


REFUSED_UPSTREAM: list[tuple[dict[str, Any], str]] = [
    ({"stream_options": {"include_usage": True}}, "stream_options"),
    ({"stream_options": {}, "stream": False}, "stream_options"),
    ({"top_logprobs": 3}, "top_logprobs"),
    ({"top_logprobs": 0, "logprobs": False}, "top_logprobs"),
    ({"stop": ""}, "stop"),
    ({"stop": ["a", ""]}, "stop"),
    ({"seed": 2**63}, "seed"),
    ({"seed": -(2**63) - 1}, "seed"),
    ({"n": 0}, "n must be"),
    ({"n": -1}, "n must be"),
    ({"max_completion_tokens": 0}, "max_completion_tokens"),
    ({"max_completion_tokens": 1.5}, "max_completion_tokens"),
    ({"max_completion_tokens": True}, "max_completion_tokens"),
    ({"max_completion_tokens": "9"}, "max_completion_tokens"),
    ({"parallel_tool_calls": "no"}, "parallel_tool_calls"),
    ({"parallel_tool_calls": 0}, "parallel_tool_calls"),
    ({"tools": []}, "tools must not be empty"),
    ({"tools": [TOOL, {}]}, "tools[1].type"),
    ({"tools": [{"type": "web_search"}]}, "tools[0].type"),
    ({"tools": [{"type": "function"}]}, "tools[0].function must"),
    ({"tools": [{"type": "function", "function": {}}]}, "tools[0].function.name"),
    ({"tools": [{"type": "function", "function": {"name": 5}}]}, "tools[0].function.name"),
    ({"tools": [{"type": "function", "function": {"name": ""}}]}, "tools[0].function.name"),
    ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "tools[0].function.name"),
    ({"tools": [{"type": "function", "function": {"name": "a\n"}}]}, "tools[0].function.name"),
    ({"tools": [{"type": "function", "function": {"name": "a" * 65}}]}, "tools[0].function.name"),
    ({"tools": [tool(description=5)]}, "tools[0].function.description"),
    ({"tools": [tool(parameters=[])]}, "tools[0].function.parameters"),
    ({"tool_choice": "auto"}, "tool_choice"),
    ({"tool_choice": "none"}, "tool_choice"),
    ({"tool_choice": "required"}, "tool_choice"),
    ({"tool_choice": named("f")}, "tool_choice"),
    ({"tools": [TOOL], "tool_choice": named("g")}, "'g'"),
]


@pytest.mark.parametrize(("fields", "words"), REFUSED_UPSTREAM, ids=repr)
def test_the_model_server_refuses_without_details(fields: dict[str, Any], words: str) -> None:
    """400, words that name the field, and no `details` (I)."""
    with pytest.raises(Refusal) as refused:
        read(**fields)
    error = refused.value.error
    assert (error.status, error.type, error.details) == (400, "invalid_request_error", None)
    assert words in error.message


ACCEPTED: list[dict[str, Any]] = [
    {"stream": True, "stream_options": {}},
    {"logprobs": True, "top_logprobs": 20},
    {"stop": []},
    {"stop": ["a", "b", "c", "d"]},
    {"seed": -(2**63)},
    {"seed": 2.0},
    {"n": 1},
    {"max_tokens": 2.0},
    {"max_completion_tokens": None},
    {"parallel_tool_calls": None},
    {"temperature": 5},
    {"tools": [TOOL] * 64},
    {"tools": [tool(strict=True, description=None)]},
    {"tools": [TOOL], "tool_choice": named("f")},
    {"response_format": {"type": "text"}},
    {"store": True, "metadata": {"a": None}, "anything": [1]},
    {"messages": user("x") * 200},
    {"messages": [{"role": "assistant", "name": "Ana"}]},
    {"messages": [{"role": "assistant", "content": "Hi", "tool_calls": None}]},
    {"messages": [{"role": "user", "content": []}]},
]


@pytest.mark.parametrize("fields", ACCEPTED, ids=repr)
def test_what_electron_accepts(fields: dict[str, Any]) -> None:
    """Limits are inclusive, unknown keys are let through at any depth (D)."""
    assert read(**fields).messages


def test_defaults_are_filled_in() -> None:
    """A request that says nothing asks for plain text, at once, without tools."""
    plain = read()
    assert (plain.stream, plain.include_usage, plain.logprobs) == (False, False, False)
    assert (plain.temperature, plain.seed, plain.max_tokens) == (None, None, None)
    assert (plain.stop, plain.tools, plain.response_format) == ((), (), "text")
    assert (plain.tool_choice, plain.named_tool, plain.parallel_tool_calls) == ("auto", None, True)


def test_max_completion_tokens_wins() -> None:
    """Over max_tokens (I)."""
    assert read(max_tokens=5, max_completion_tokens=7).max_tokens == 7
    assert read(max_tokens=5).max_tokens == 5
    assert read(max_completion_tokens=7).max_tokens == 7


def test_a_request_keeps_what_it_was_told() -> None:
    """Messages, tools and choices are read into frozen values."""
    called = {"type": "function", "function": {"name": "f", "arguments": "{}"}}
    asked = read(
        messages=[
            {"role": "system", "content": "Be kind."},
            {"role": "assistant", "tool_calls": [{"id": "c", **called}]},
            {"role": "tool", "tool_call_id": "c", "content": [{"type": "text", "text": "31"}]},
        ],
        tools=[tool(description="Does f.", parameters={"type": "object"})],
        tool_choice=named("f"),
        stop="x",
    )
    assert [message.role for message in asked.messages] == ["system", "assistant", "tool"]
    assert asked.messages[1].tool_calls[0].arguments == "{}"
    assert (asked.last.content, asked.last.tool_call_id) == ("31", "c")
    assert asked.tools[0].description == "Does f."
    assert (asked.tool_choice, asked.named_tool, asked.stop) == ("named", "f", ("x",))


def test_json_schema_is_rejected_unless_it_is_let_in() -> None:
    """Section 2, a switch: rejected by default (A)."""
    body = {
        "model": "electron",
        "messages": user("Hi"),
        "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}},
    }
    with pytest.raises(Refusal) as refused:
        request.read(body)
    assert refused.value.error.details is not None
    assert refused.value.error.details[0]["path"] == ("response_format", "type")
    assert request.read(body, accept_json_schema=True).response_format == "json_schema"


@pytest.mark.parametrize("error", errors.ERRORS, ids=lambda error: error.name)
def test_an_error_is_found_by_name(error: errors.ApiError) -> None:
    """Every row of the table has a name of its own, a type, words and advice."""
    assert errors.find(error.name) is error
    assert errors.find(error.status).status == error.status
    assert error.message
    assert error.retry


@pytest.mark.parametrize(
    ("kind", "hint"),
    [("concurency", "Did you mean 'concurrency'?"), (418, "Statuses: 400, 401"), (True, "names: ")],
)
def test_an_unknown_error_is_refused_helpfully(kind: int | str, hint: str) -> None:
    """What there is, and the nearest."""
    with pytest.raises(ValueError, match="Electron has no error") as refused:
        errors.find(kind)
    assert hint in str(refused.value)


def test_arguments_are_written_as_electron_writes_them() -> None:
    """A space after `:` and `,`; text that is not ASCII stays as it is (I)."""
    written = codec.encode_arguments({"city": "मुंबई", "days": [1, 2]})
    assert written == '{"city": "मुंबई", "days": [1, 2]}'


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    """At any depth."""
    assert codec.canonical({"a": 1, "b": {"c": 2, "d": 3}}) == codec.canonical(
        {"b": {"d": 3, "c": 2}, "a": 1}
    )
