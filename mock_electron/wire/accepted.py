"""Requests that are accepted at once: msgspec compares a document with these types in one pass.

The types accept no request that the gateway's schema (`schema.py`) or the rules of the model server
(`model_server.py`) refuse. They refuse some that both accept, such as one with `"max_tokens": 2.0`.
What they refuse is checked by the schema and the rules, which alone say what is wrong.

A request may have thousands of messages, parts and calls. Their types are invisible to the garbage
collector (`gc=False`), which would run again and again while they are created.

A field whose type has no None must not be null, even if it may be absent. Other fields are ignored,
as in the schema. Numbers are only checked here: the frozen request has them as they were written.
"""

from typing import Annotated, Any, ClassVar, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, ValidationError, convert

from mock_electron.wire.content import (
    MAX_MESSAGES,
    MAX_STOPS,
    MAX_TOOLS,
    MAX_TOP_LOGPROBS,
    SEEDS,
    TOOL_NAME_TEXT,
)

MOST_COPIED: Final = 1_000
"""The most members of an object that msgspec copies. The schema checks more in less time."""

Role = Literal["system", "user", "assistant", "tool"]
NotEmpty = Annotated[str, Meta(min_length=1)]
NotNegative = Annotated[float, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
Penalty = Annotated[float, Meta(ge=-2, le=2)]
Limit = Annotated[int, Meta(ge=1)]
Seed = Annotated[int, Meta(ge=SEEDS[0], le=SEEDS[-1])]
TopLogprobs = Annotated[int, Meta(ge=0, le=MAX_TOP_LOGPROBS)]
Bias = Annotated[dict[str, float], Meta(max_length=MOST_COPIED)]
Parameters = Annotated[dict[str, Any], Meta(max_length=MOST_COPIED)]
ToolName = Annotated[str, Meta(pattern=rf"\A(?:{TOOL_NAME_TEXT})\Z")]


class TextPart(Struct, frozen=True, gc=False):
    """A part of a message's content."""

    type: Literal["text"]
    text: str


class CalledFunction(Struct, frozen=True, gc=False):
    """The function that a tool call calls."""

    name: str
    arguments: str


class Call(Struct, frozen=True, gc=False):
    """A tool call in the history."""

    id: str
    type: Literal["function"]
    function: CalledFunction


class Message(Struct, frozen=True, gc=False, tag_field="role"):
    """What the messages of all roles have in common."""

    role: ClassVar[Role]
    content: str | list[TextPart] | None = None
    tool_calls: list[Call] | None = None
    tool_call_id: str | UnsetType = UNSET


class SystemMessage(Message, frozen=True, tag="system"):
    """A message of the role "system"."""

    role: ClassVar[Role] = "system"


class UserMessage(Message, frozen=True, tag="user"):
    """A message of the role "user"."""

    role: ClassVar[Role] = "user"


class AssistantMessage(Message, frozen=True, tag="assistant"):
    """A message of the role "assistant"."""

    role: ClassVar[Role] = "assistant"


class ToolMessage(Message, frozen=True, tag="tool", kw_only=True):
    """A message of the role "tool", the only one that needs the id of a call."""

    role: ClassVar[Role] = "tool"
    tool_call_id: str


AnyMessage = SystemMessage | UserMessage | AssistantMessage | ToolMessage


class Function(Struct, frozen=True):
    """The function of a tool."""

    name: ToolName
    description: str | None = None
    parameters: Parameters | None = None


class Tool(Struct, frozen=True):
    """A tool that the request offers."""

    function: Function
    type: Literal["function"] = "function"


class NamedFunction(Struct, frozen=True):
    """The function of a named tool."""

    name: str


class NamedTool(Struct, frozen=True):
    """A `tool_choice` that names a tool."""

    type: Literal["function"]
    function: NamedFunction


class StreamOptions(Struct, frozen=True):
    """The options of a stream."""

    include_usage: bool = False
    continuous_usage_stats: bool | None = None


class ResponseFormat(Struct, frozen=True):
    """The documented values of `response_format`."""

    type: Literal["text", "json_object"]


class AnyResponseFormat(Struct, frozen=True):
    """The values of `response_format` in a lane with `accept_json_schema`."""

    type: Literal["text", "json_object", "json_schema"]


class Accepted(Struct, frozen=True):
    """What the requests of all lanes have in common."""

    model: Literal["electron"]
    messages: Annotated[list[AnyMessage], Meta(min_length=1, max_length=MAX_MESSAGES)]
    temperature: NotNegative | UnsetType = UNSET
    top_p: Share | UnsetType = UNSET
    max_tokens: Limit | UnsetType = UNSET
    max_completion_tokens: Limit | None = None
    stream: bool = False
    stream_options: StreamOptions | UnsetType = UNSET
    stop: NotEmpty | Annotated[list[NotEmpty], Meta(max_length=MAX_STOPS)] | UnsetType = UNSET
    seed: Seed | UnsetType = UNSET
    tools: Annotated[tuple[Tool, ...], Meta(min_length=1, max_length=MAX_TOOLS)] = ()
    tool_choice: Literal["auto", "none", "required"] | NamedTool | UnsetType = UNSET
    logit_bias: Bias | UnsetType = UNSET
    logprobs: bool = False
    top_logprobs: TopLogprobs | UnsetType = UNSET
    presence_penalty: Penalty | UnsetType = UNSET
    frequency_penalty: Penalty | UnsetType = UNSET
    user: str | UnsetType = UNSET
    n: Literal[1] = 1
    parallel_tool_calls: bool | None = None
    prompt_logprobs: UnsetType = UNSET


class Documented(Accepted, frozen=True):
    """A request that the documented schema accepts."""

    response_format: ResponseFormat | UnsetType = UNSET


class WithJsonSchema(Accepted, frozen=True):
    """A request that the schema of a lane with `accept_json_schema` accepts."""

    response_format: AnyResponseFormat | UnsetType = UNSET


def accept(document: object, *, accept_json_schema: bool = False) -> Accepted | None:
    """Return the request in a document, or None if it must be checked closely.

    Args:
        document: The JSON document of the body.
        accept_json_schema: Accept `response_format.type: "json_schema"`.
    """
    try:
        request = convert(document, WithJsonSchema if accept_json_schema else Documented)
    except ValidationError:
        return None
    return request if _has_what_it_needs(request) else None


def _has_what_it_needs(request: Accepted) -> bool:
    """Return whether no field is given without the one that it needs."""
    return (
        (request.stream or request.stream_options is UNSET)
        and (request.logprobs or request.top_logprobs is UNSET)
        and (request.tool_choice is UNSET or (bool(request.tools) and _offers_its_choice(request)))
    )


def _offers_its_choice(request: Accepted) -> bool:
    """Return whether the tool that `tool_choice` names is among the tools."""
    choice = request.tool_choice
    if not isinstance(choice, NamedTool):
        return True
    return any(tool.function.name == choice.function.name for tool in request.tools)
