"""Requests: decode the body, check it against the schema, and freeze it."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Literal

from msgspec import UNSET
from msgspec.structs import replace

from mock_electron.inputs.values import CheckedValue, unchecked
from mock_electron.wire import accepted, errors
from mock_electron.wire.content import join_text_parts
from mock_electron.wire.errors import Refusal
from mock_electron.wire.reply import ToolCall

BASE_PATH: Final = "/waves/v1"
CHAT_PATH: Final = f"{BASE_PATH}/chat/completions"
JSON_MEDIA_TYPE: Final = "application/json"
Role = accepted.Role
ToolChoice = Literal["auto", "none", "required", "named"]
ResponseFormat = Literal["text", "json_object", "json_schema"]


class Message(CheckedValue, frozen=True):
    """One message of the conversation.

    Attributes:
        role: One of `system`, `user`, `assistant` and `tool`.
        content: The text. Text parts are joined. None means no content.
        tool_calls: The calls of an assistant's message.
        tool_call_id: The id of the call that a tool's message answers.
    """

    role: Role
    content: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None

    _right_forms: ClassVar[Mapping[str, str]] = {
        "text": "content",
        "calls": "tool_calls",
    }


class Tool(CheckedValue, frozen=True):
    """A tool of the request.

    Attributes:
        name: The tool's name.
        description: What the tool does. Empty if the request gives none.
        parameters: The JSON Schema of the arguments. Do not modify it.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]

    _right_forms: ClassVar[Mapping[str, str]] = {
        "function": "name, description and parameters",
        "arguments": "parameters",
    }


class ChatRequest(CheckedValue, frozen=True):
    """A valid request, with defaults filled in.

    Attributes:
        messages: The conversation.
        temperature: The sampling temperature. None if not given.
        top_p: The nucleus sampling threshold. None if not given.
        max_tokens: The maximum number of tokens in the reply. None if not given.
            `max_completion_tokens` takes precedence over `max_tokens` (I).
        stream: Whether the reply is streamed.
        include_usage: Whether the stream ends with a usage chunk.
        continuous_usage: Whether each chunk of the stream has the usage so far (I).
        stop: The stop strings, at most four.
        seed: The seed. None if not given.
        response_format: One of `text`, `json_object` and `json_schema`.
        tools: The tools of the request.
        tool_choice: One of `auto`, `none`, `required` and `named`.
        named_tool: The name of the tool to call, if `tool_choice` is `named`.
        parallel_tool_calls: Whether the reply may contain several calls.
        logprobs: Whether the reply contains log-probabilities.
        top_logprobs: The number of alternatives per token.
        body: The whole parsed body, unknown keys included. Do not modify it.
    """

    messages: tuple[Message, ...]
    temperature: float | None
    top_p: float | None
    max_tokens: int | None
    stream: bool
    include_usage: bool
    continuous_usage: bool
    stop: tuple[str, ...]
    seed: int | None
    response_format: ResponseFormat
    tools: tuple[Tool, ...]
    tool_choice: ToolChoice
    named_tool: str | None
    parallel_tool_calls: bool
    logprobs: bool
    top_logprobs: int
    body: Mapping[str, Any]

    _right_forms: ClassVar[Mapping[str, str]] = {
        "text": "last.content",
        "content": "last.content",
        "prompt": "last.content",
        "model": "body['model']",
        "first": "messages[0]",
        "system": "texts('system')",
        "max_completion_tokens": "max_tokens",
    }

    @property
    def last(self) -> Message:
        """The last message."""
        return self.messages[-1]

    def texts(self, role: Role) -> tuple[str, ...]:
        """Return the texts of all messages with this role, in order."""
        return tuple(m.content for m in self.messages if m.role == role and m.content)


def is_json(content_type: str) -> bool:
    """Return whether a `Content-Type` header declares JSON."""
    return content_type.partition(";")[0].strip().lower() == JSON_MEDIA_TYPE


def parse_request(
    document: object, *, accept_json_schema: bool = False, refuse_broken_arguments: bool = False
) -> ChatRequest:
    """Check a document against the schema and the model server's rules, and freeze it.

    Args:
        document: The JSON document of the body.
        accept_json_schema: Accept `response_format.type: "json_schema"`.
        refuse_broken_arguments: Refuse tool calls in the history whose arguments are not JSON.

    Raises:
        Refusal: With all of Zod's issues, or with the model server's first objection.
    """
    if not refuse_broken_arguments:
        found = accepted.accept(document, accept_json_schema=accept_json_schema)
        if found is not None:
            assert isinstance(document, dict)  # nothing else is accepted
            return _freeze(document, tuple(map(_accepted_message, found.messages)))
    _check(document, accept_json_schema, refuse_broken_arguments)
    return freeze(document)


def _check(document: object, accept_json_schema: bool, refuse_broken_arguments: bool) -> None:
    """Raise Refusal if the schema or a rule of the model server refuses the document."""
    # For a request that is not accepted at once.
    from mock_electron.wire import model_server, schema, zod

    expected = schema.WITH_JSON_SCHEMA if accept_json_schema else schema.DOCUMENTED
    issues = zod.validate(expected, document)
    if issues:
        raise Refusal(errors.invalid_input(issues))
    assert isinstance(document, dict)  # the schema accepts nothing else
    objection, rule = model_server.first_objection(document), ""
    if objection is None and refuse_broken_arguments:
        objection = model_server.broken_arguments(document)
        rule = "setting refuse_broken_arguments"
    if objection is not None:
        raise Refusal(replace(errors.INVALID_REQUEST.saying(objection), decided_by=rule))


def freeze(body: Any) -> ChatRequest:
    """Return the request in a document that has already been checked."""
    return _freeze(body, tuple(map(_message, body["messages"])))


def _freeze(body: Mapping[str, Any], messages: tuple[Message, ...]) -> ChatRequest:
    """Return the request in a checked document whose messages are frozen.

    Its fields are given in their order: by name, that would take four times as long.
    """
    limit = body.get("max_completion_tokens") or body.get("max_tokens")
    choice = body.get("tool_choice", "auto")
    named = choice["function"]["name"] if isinstance(choice, dict) else None
    stop = body.get("stop", ())
    stream_options = body.get("stream_options", {})
    include_usage = stream_options.get("include_usage", False)
    seed = body.get("seed")
    return _new_request(
        messages,
        body.get("temperature"),
        body.get("top_p"),
        None if limit is None else int(limit),
        body.get("stream", False),
        include_usage,
        include_usage and bool(stream_options.get("continuous_usage_stats")),
        (stop,) if isinstance(stop, str) else tuple(stop),
        None if seed is None else int(seed),
        body.get("response_format", {}).get("type", "text"),
        tuple(map(_tool, body.get("tools", ()))),
        "named" if named is not None else choice,
        named,
        body.get("parallel_tool_calls") is not False,
        body.get("logprobs", False),
        int(body.get("top_logprobs", 0)),
        body,
    )


_new_request: Final = unchecked(ChatRequest)
_new_message: Final = unchecked(Message)
_new_call: Final = unchecked(ToolCall)
_new_tool: Final = unchecked(Tool)


def _message(message: Mapping[str, Any]) -> Message:
    content = join_text_parts(message.get("content"))
    assert content is None or isinstance(content, str)
    return _new_message(
        message["role"],
        content,
        tuple(map(_tool_call, message.get("tool_calls") or ())),
        message.get("tool_call_id"),
    )


def _accepted_message(message: accepted.Message) -> Message:
    """Return the same as `_message`, in less time."""
    content, calls, call_id = message.content, message.tool_calls, message.tool_call_id
    return _new_message(
        message.role,
        "".join([part.text for part in content]) if isinstance(content, list) else content,
        tuple(map(_accepted_call, calls)) if calls else (),
        None if call_id is UNSET else call_id,
    )


def _accepted_call(call: accepted.Call) -> ToolCall:
    return _new_call(call.id, call.function.name, call.function.arguments)


def _tool_call(call: Mapping[str, Any]) -> ToolCall:
    return _new_call(call["id"], call["function"]["name"], call["function"]["arguments"])


def _tool(tool: Mapping[str, Any]) -> Tool:
    function = tool["function"]
    return _new_tool(
        function["name"], function.get("description") or "", function.get("parameters") or {}
    )
