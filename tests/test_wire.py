"""wire/: the rules of the model server, parsed requests, the table of errors, and the codec."""

from typing import Any

import pytest
from raw_http import user
from rows import each_of

from mock_electron.wire import codec, errors, request
from mock_electron.wire.errors import Refusal
from mock_electron.wire.request import ChatRequest

TOOL: dict[str, Any] = {"type": "function", "function": {"name": "f", "parameters": {}}}


def parse(**fields: Any) -> ChatRequest:
    """Return the request with these fields."""
    return request.parse_request({"model": "electron", "messages": user("Hi"), **fields})


def tool(**fields: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": "f", **fields}}


def named(name: str) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name}}


REFUSED_BY_THE_MODEL_SERVER: list[tuple[dict[str, Any], str]] = [
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
    ({"tools": [TOOL, {}]}, "tools[1].function must"),
    ({"tools": [{"type": None, "function": {"name": "f"}}]}, "tools[0].type"),
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


@each_of(REFUSED_BY_THE_MODEL_SERVER)
def test_the_model_server_refuses_without_details(fields: dict[str, Any], message: str) -> None:
    """The error is a 400 without `details`, and its message names the field (I)."""
    with pytest.raises(Refusal) as refused:
        parse(**fields)
    error = refused.value.error
    assert (error.status, error.type, error.details) == (400, "invalid_request_error", None)
    assert message in error.message


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


@each_of((fields,) for fields in ACCEPTED)
def test_valid_requests_are_accepted(fields: dict[str, Any]) -> None:
    """Limits are inclusive, and unknown keys are accepted at any depth (D)."""
    assert parse(**fields).messages


def test_defaults_are_filled_in() -> None:
    """A request without optional fields asks for plain text, unstreamed and without tools."""
    plain = parse()
    assert (plain.stream, plain.include_usage, plain.logprobs) == (False, False, False)
    assert (plain.temperature, plain.seed, plain.max_tokens) == (None, None, None)
    assert (plain.stop, plain.tools, plain.response_format) == ((), (), "text")
    assert (plain.tool_choice, plain.named_tool, plain.parallel_tool_calls) == ("auto", None, True)


def test_max_completion_tokens_takes_precedence() -> None:
    """`max_completion_tokens` overrides `max_tokens` (I)."""
    assert parse(max_tokens=5, max_completion_tokens=7).max_tokens == 7
    assert parse(max_tokens=5).max_tokens == 5
    assert parse(max_completion_tokens=7).max_tokens == 7


def test_a_request_contains_the_fields_of_the_body() -> None:
    """Messages, tools and choices become frozen values."""
    call = {"type": "function", "function": {"name": "f", "arguments": "{}"}}
    parsed = parse(
        messages=[
            {"role": "system", "content": "Be kind."},
            {"role": "assistant", "tool_calls": [{"id": "c", **call}]},
            {"role": "tool", "tool_call_id": "c", "content": [{"type": "text", "text": "31"}]},
        ],
        tools=[tool(description="Does f.", parameters={"type": "object"})],
        tool_choice=named("f"),
        stop="x",
    )
    assert [message.role for message in parsed.messages] == ["system", "assistant", "tool"]
    assert parsed.messages[1].tool_calls[0].arguments == "{}"
    assert (parsed.last.content, parsed.last.tool_call_id) == ("31", "c")
    assert parsed.tools[0].description == "Does f."
    assert (parsed.tool_choice, parsed.named_tool, parsed.stop) == ("named", "f", ("x",))


def test_json_schema_is_refused_by_default() -> None:
    """`response_format.type: "json_schema"` is refused unless `accept_json_schema` is set (A)."""
    body = {
        "model": "electron",
        "messages": user("Hi"),
        "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}},
    }
    with pytest.raises(Refusal) as refused:
        request.parse_request(body)
    assert refused.value.error.details is not None
    assert refused.value.error.details[0]["path"] == ("response_format", "type")
    assert request.parse_request(body, accept_json_schema=True).response_format == "json_schema"


@each_of((error,) for error in errors.ERRORS)
def test_an_error_is_found_by_name(error: errors.ApiError) -> None:
    """Every row of the table has a unique name, a message, and advice on retries."""
    assert errors.find(error.name) is error
    assert errors.find(error.status).status == error.status
    assert error.message
    assert error.retry


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        ("concurency", "Did you mean 'concurrency'?"),
        (5033, "expected one of 400, 401, "),
        (5033, "Did you mean 503?"),
        (True, ", 503, 'invalid_input', "),
    ],
)
def test_an_unknown_error_is_refused_helpfully(kind: int | str, hint: str) -> None:
    """The message lists statuses and names, and suggests the nearest one."""
    with pytest.raises(ValueError, match=f"^unknown error {kind!r}; ") as refused:
        errors.find(kind)
    assert hint in str(refused.value)


def test_arguments_are_written_as_electron_writes_them() -> None:
    """There is a space after `:` and `,`, and non-ASCII text is not escaped (I)."""
    written = codec.encode_arguments({"city": "मुंबई", "days": [1, 2]})
    assert written == '{"city": "मुंबई", "days": [1, 2]}'


@pytest.mark.parametrize("seconds", [-1, 1.5, "soon", True])
def test_retry_after_is_a_whole_number_of_seconds(seconds: Any) -> None:
    """`retry_in` refuses anything but an integer from 0."""
    with pytest.raises(ValueError, match=r"^retry_after must be an integer of at least 0, got "):
        errors.RATE_LIMIT.retry_in(seconds)
    assert errors.RATE_LIMIT.retry_in(0).retry_after == 0


def test_text_that_cannot_be_sent_is_refused() -> None:
    """`checked_text` refuses other types and lone surrogates, and names the text."""
    with pytest.raises(TypeError, match=r"^message must be a string, got 5$"):
        codec.checked_text(5, "message")
    with pytest.raises(ValueError, match=r"^message must not contain a lone surrogate, got 'a"):
        codec.checked_text("a\ud800", "message")
    assert codec.checked_text("é", "message") == "é"


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    """Equal values give equal bytes, whatever the order of keys at any depth."""
    assert codec.canonical({"a": 1, "b": {"c": 2, "d": 3}}) == codec.canonical(
        {"b": {"d": 3, "c": 2}, "a": 1}
    )
