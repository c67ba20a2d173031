"""2. Request body: the ways to violate the gateway's schema, and the issues that each one gets."""

from typing import Any, Final

from msgspec import Struct

from mock_electron.contract.clause import ASSUMED, DOCUMENTED, INFERRED, Confidence, Source
from mock_electron.contract.probe import body, user
from mock_electron.contract.sections.issues import (
    Issue,
    custom,
    no_branch,
    not_an_option,
    number_above,
    number_below,
    required,
    too_few,
    too_many,
    wrong_literal,
    wrong_type,
)


class Violation(Struct, frozen=True):
    """One way to violate the schema.

    Attributes:
        id: Id of its clauses, without the prefix `request.`.
        subject: The violation, as the subject of its clauses' sentences.
        body: The body of the request.
        issues: The issues that the request gets.
        confidence: How it is known that the request is refused.
        source: Where that is known from.
        issue_confidence: How the issues are known.
        issue_source: Where they are known from.
    """

    id: str
    subject: str
    body: Any
    issues: tuple[Issue, ...]
    confidence: Confidence
    source: Source
    issue_confidence: Confidence
    issue_source: Source


def violates(
    name: str,
    subject: str,
    body: Any,
    *issues: Issue,
    confidence: Confidence = DOCUMENTED,
    source: Source = Source.CHAT_COMPLETIONS,
    issue: Confidence = INFERRED,
    issue_source: Source = Source.ZOD,
) -> Violation:
    """Return a row of the table; `issue` is its `issue_confidence`.

    Most violations are documented, and their issues inferred: a row names only what differs.
    """
    return Violation(name, subject, body, issues, confidence, source, issue, issue_source)


def with_call(**changes: Any) -> dict[str, Any]:
    """Return a body whose history contains a tool call.

    Args:
        changes: Fields of the call to change; None leaves a field out.
    """
    function = {"name": "get_weather", "arguments": "{}"}
    call = {"id": "call_1", "type": "function", "function": function, **changes}
    kept = {name: value for name, value in call.items() if value is not None}
    result = {"role": "tool", "tool_call_id": "call_1", "content": "31 degrees"}
    return body(messages=[user("Weather?"), {"role": "assistant", "tool_calls": [kept]}, result])


API: Final = Source.API_REFERENCE
PARAMETERS: Final = Source.SUPPORTED_PARAMETERS
ROLES: Final = ["system", "user", "assistant", "tool"]
ANY_ROLE: Final = "'system' | 'user' | 'assistant' | 'tool'"
CHOICES: Final = ["auto", "none", "required"]
FORMATS: Final = ["text", "json_object"]
IMAGE: Final = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
JSON_SCHEMA: Final = {
    "type": "json_schema",
    "json_schema": {"name": "answer", "schema": {"type": "object"}},
}
TOOL: Final = {"type": "function", "function": {"name": "ping"}}
CALL: Final = ("messages", 1, "tool_calls", 0)
"""The path of the tool call in `with_call`."""

# fmt: off
VIOLATIONS: Final = (
    violates("model.wrong", "a `model` other than `electron`", body(model="gpt-4o"),
        not_an_option(["electron"], "gpt-4o", "model"), issue=ASSUMED),
    violates("model.missing", "a body without `model`", body(model=None),
        required("'electron'", "model"), issue=ASSUMED),
    violates("messages.missing", "a body without `messages`", body(messages=None),
        required("array", "messages")),
    violates("messages.empty", "an empty `messages` array", body(messages=[]),
        too_few(1, "messages"), source=API),
    violates("messages.too_many", "a conversation of more than 200 messages",
        body(messages=[user("Hi")] * 201),
        too_many(200, "messages")),
    violates("role.missing", "a message without a role", body(messages=[{"content": "Hi"}]),
        required(ANY_ROLE, "messages", 0, "role"), source=API),
    violates("role.wrong", "a role other than `system`, `user`, `assistant` and `tool`",
        body(messages=[user("Hi"), {"role": "robot", "content": "Hi"}]),
        not_an_option(ROLES, "robot", "messages", 1, "role")),
    violates("role.developer", "the role `developer`",
        body(messages=[{"role": "developer", "content": "Be brief."}, user("Hi")]),
        not_an_option(ROLES, "developer", "messages", 0, "role"), confidence=INFERRED),
    violates("content.type", "a `content` that is neither a string, an array nor null",
        body(messages=[{"role": "user", "content": 5}]),
        wrong_type("string", "number", "messages", 0, "content"), source=API),
    violates("content.image", "an image in `content` (Electron reads only text)",
        body(messages=[{"role": "user", "content": [IMAGE]}]),
        wrong_type("string", "array", "messages", 0, "content"),
        confidence=ASSUMED, source=Source.MODEL_CARD, issue=ASSUMED),
    violates("tool_calls.id", "a tool call in the history without an id", with_call(id=None),
        required("string", *CALL, "id"), source=API),
    violates("tool_calls.type", "a tool call in the history with a type other than `function`",
        with_call(type="tool"),
        wrong_literal("function", "tool", *CALL, "type"), source=API),
    violates("tool_calls.name", "a tool call in the history without a function name",
        with_call(function={"arguments": "{}"}),
        required("string", *CALL, "function", "name"), source=API),
    violates("tool_calls.arguments", "a tool call in the history whose arguments are not a string",
        with_call(function={"name": "get_weather", "arguments": {}}),
        wrong_type("string", "object", *CALL, "function", "arguments"), source=API),
    violates("tool_call_id.missing", "a message with the role `tool` but without a `tool_call_id`",
        body(messages=[user("Hi"), {"role": "tool", "content": "31 degrees"}]),
        custom("tool_call_id is required when role is 'tool'", "messages", 1, "tool_call_id"),
        source=API, issue=ASSUMED, issue_source=Source.CHOICE),
    violates("temperature.range", "a `temperature` below 0", body(temperature=-0.1),
        number_below(0, "temperature"), source=PARAMETERS),
    violates("temperature.type", "a `temperature` that is not a number", body(temperature="hot"),
        wrong_type("number", "string", "temperature")),
    violates("top_p.least", "a `top_p` below 0", body(top_p=-0.1),
        number_below(0, "top_p")),
    violates("top_p.most", "a `top_p` above 1", body(top_p=1.1),
        number_above(1, "top_p")),
    violates("max_tokens.least", "a `max_tokens` below 1", body(max_tokens=0),
        number_below(1, "max_tokens"), source=API),
    violates("max_tokens.whole", "a `max_tokens` that is not an integer", body(max_tokens=1.5),
        wrong_type("integer", "float", "max_tokens")),
    violates("stream.type", "a `stream` that is not a boolean", body(stream="true"),
        wrong_type("boolean", "string", "stream")),
    violates("stream_options.type", "a `stream_options` that is not an object",
        body(stream=True, stream_options="include_usage"),
        wrong_type("object", "string", "stream_options"), source=API),
    violates("include_usage.type", "a `stream_options.include_usage` that is not a boolean",
        body(stream=True, stream_options={"include_usage": "yes"}),
        wrong_type("boolean", "string", "stream_options", "include_usage")),
    violates("stop.too_many", "a `stop` of more than 4 strings",
        body(stop=["a", "b", "c", "d", "e"]),
        too_many(4, "stop")),
    violates("stop.type", "a `stop` that is neither a string nor an array of strings", body(stop=5),
        no_branch(["stop"], [wrong_type("string", "number", "stop")],
                            [wrong_type("array", "number", "stop")])),
    violates("seed.type", "a `seed` that is not an integer", body(seed="7"),
        wrong_type("number", "string", "seed")),
    violates("response_format.type", "a `response_format` other than `text` and `json_object`",
        body(response_format={"type": "xml"}),
        not_an_option(FORMATS, "xml", "response_format", "type")),
    violates("response_format.json_schema", "the `response_format` `json_schema`",
        body(response_format=JSON_SCHEMA),
        not_an_option(FORMATS, "json_schema", "response_format", "type"),
        confidence=ASSUMED, issue=ASSUMED),
    violates("tools.too_many", "a list of more than 64 tools", body(tools=[TOOL] * 65),
        too_many(64, "tools"), source=Source.TOOL_CALLING),
    violates("tools.type", "a tool that is not an object", body(tools=["get_weather"]),
        wrong_type("object", "string", "tools", 0), source=API),
    violates("tool_choice.wrong",
        "a `tool_choice` other than `auto`, `none`, `required` and a named function",
        body(tools=[TOOL], tool_choice="maybe"),
        no_branch(["tool_choice"], [not_an_option(CHOICES, "maybe", "tool_choice")],
                                   [wrong_type("object", "string", "tool_choice")])),
    violates("logit_bias.type", "a `logit_bias` whose values are not numbers",
        body(logit_bias={"50256": "never"}),
        wrong_type("number", "string", "logit_bias", "50256")),
    violates("logprobs.type", "a `logprobs` that is not a boolean", body(logprobs="yes"),
        wrong_type("boolean", "string", "logprobs")),
    violates("top_logprobs.most", "a `top_logprobs` above 20", body(logprobs=True, top_logprobs=21),
        number_above(20, "top_logprobs")),
    violates("presence_penalty.least", "a `presence_penalty` below -2", body(presence_penalty=-2.1),
        number_below(-2, "presence_penalty")),
    violates("presence_penalty.most", "a `presence_penalty` above 2", body(presence_penalty=2.1),
        number_above(2, "presence_penalty")),
    violates("frequency_penalty.least", "a `frequency_penalty` below -2",
        body(frequency_penalty=-2.1),
        number_below(-2, "frequency_penalty")),
    violates("frequency_penalty.most", "a `frequency_penalty` above 2", body(frequency_penalty=2.1),
        number_above(2, "frequency_penalty")),
    violates("user.type", "a `user` that is not a string", body(user=5),
        wrong_type("string", "number", "user"), source=API),
    violates("prompt_logprobs", "any `prompt_logprobs`", body(prompt_logprobs=0),
        custom("prompt_logprobs is not supported", "prompt_logprobs"),
        issue=ASSUMED, issue_source=Source.CHOICE),
    violates("null", "`null` for an optional field of the body",
        body(temperature=0) | {"max_tokens": None},
        wrong_type("number", "null", "max_tokens"), confidence=ASSUMED, issue=ASSUMED),
    violates("true_is_no_number", "`true` for a number", body(temperature=True),
        wrong_type("number", "boolean", "temperature"), confidence=INFERRED, source=Source.ZOD),
    violates("type_before_range", "a value of the wrong type in a field with a range",
        body(top_logprobs="21", logprobs=True),
        wrong_type("number", "string", "top_logprobs"), confidence=INFERRED, source=Source.ZOD),
    violates("several", "a body with several violations",
        body(user=5, temperature=-1, model="gpt-4o"),
        not_an_option(["electron"], "gpt-4o", "model"),
        number_below(0, "temperature"),
        wrong_type("string", "number", "user"),
        confidence=INFERRED, source=Source.ZOD, issue=ASSUMED),
    violates("array", "a body that is an array", [body()],
        wrong_type("object", "array"), confidence=INFERRED, source=Source.ZOD),
)
# fmt: on
