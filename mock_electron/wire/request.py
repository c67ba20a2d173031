"""A request as the lane sees it: the body's JSON, checked against the schema, then frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mock_electron.wire import codec, errors, model_server, schema, zod
from mock_electron.wire.errors import Refusal
from mock_electron.wire.reply import ToolCall

JSON_MEDIA_TYPE: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the conversation. `content` is the text, its parts joined."""

    role: str
    content: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool on offer; `parameters` is its JSON Schema (read it, never change it)."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A valid request, its defaults filled in.

    messages: the conversation. temperature, top_p, seed: None where they are not given.
    stream, include_usage: whether it is to be streamed, with a usage chunk.
    max_tokens: the limit in force, if any; `max_completion_tokens` wins over `max_tokens` (I).
    stop: the stop strings, none to four.
    response_format: text, json_object or json_schema.
    tool_choice: auto, none, required, or named, and then `named_tool` is the name.
    tools: those on offer; parallel_tool_calls: whether several may be called at once.
    logprobs, top_logprobs: whether they are wanted, and how many alternatives.
    body: the whole body as it was parsed, unknown keys included (read it, never change it).
    """

    messages: tuple[Message, ...]
    temperature: float | None
    top_p: float | None
    max_tokens: int | None
    stream: bool
    include_usage: bool
    stop: tuple[str, ...]
    seed: int | None
    response_format: str
    tools: tuple[Tool, ...]
    tool_choice: str
    named_tool: str | None
    parallel_tool_calls: bool
    logprobs: bool
    top_logprobs: int
    body: Mapping[str, Any]

    @property
    def last(self) -> Message:
        """The last message."""
        return self.messages[-1]

    def texts(self, role: str) -> tuple[str, ...]:
        """The texts of all messages of this role, in order."""
        return tuple(m.content for m in self.messages if m.role == role and m.content)


def decode_body(content_type: str, body: bytes) -> object:
    """The document in a request's body.

    A body that is not declared as JSON is read as empty, and an empty one as `{}` (I: Express).
    Raises codec.MalformedError for malformed JSON.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type != JSON_MEDIA_TYPE or not body:
        return {}
    return codec.decode(body)


def read(document: object, *, accept_json_schema: bool = False) -> ChatRequest:
    """Check a document against the schema and the model server's rules, and freeze it.

    Raises Refusal with all of Zod's issues, or with the model server's first objection.
    """
    expected = schema.WITH_JSON_SCHEMA if accept_json_schema else schema.DOCUMENTED
    issues = zod.validate(expected, document)
    if issues:
        raise Refusal(errors.invalid_input(issues))
    assert isinstance(document, dict)  # the schema says so
    objection = model_server.refusal(document)
    if objection is not None:
        raise Refusal(errors.INVALID_REQUEST.saying(objection))
    return freeze(document)


def freeze(body: Any) -> ChatRequest:
    """The request in a document that has been checked already."""
    limit = body.get("max_completion_tokens") or body.get("max_tokens")
    choice = body.get("tool_choice", "auto")
    named = choice["function"]["name"] if isinstance(choice, dict) else None
    stop = body.get("stop", ())
    seed = body.get("seed")
    return ChatRequest(
        messages=tuple(map(_message, body["messages"])),
        temperature=body.get("temperature"),
        top_p=body.get("top_p"),
        max_tokens=None if limit is None else int(limit),
        stream=body.get("stream", False),
        include_usage=body.get("stream_options", {}).get("include_usage", False),
        stop=(stop,) if isinstance(stop, str) else tuple(stop),
        seed=None if seed is None else int(seed),
        response_format=body.get("response_format", {}).get("type", "text"),
        tools=tuple(map(_tool, body.get("tools", ()))),
        tool_choice="named" if named is not None else choice,
        named_tool=named,
        parallel_tool_calls=body.get("parallel_tool_calls") is not False,
        logprobs=body.get("logprobs", False),
        top_logprobs=int(body.get("top_logprobs", 0)),
        body=body,
    )


def _message(message: Mapping[str, Any]) -> Message:
    content = schema.join_text_parts(message.get("content"))
    assert content is None or isinstance(content, str)
    return Message(
        message["role"],
        content,
        tuple(map(_tool_call, message.get("tool_calls") or ())),
        message.get("tool_call_id"),
    )


def _tool_call(call: Mapping[str, Any]) -> ToolCall:
    return ToolCall(call["id"], call["function"]["name"], call["function"]["arguments"])


def _tool(tool: Mapping[str, Any]) -> Tool:
    function = tool["function"]
    return Tool(
        function["name"], function.get("description") or "", function.get("parameters") or {}
    )
