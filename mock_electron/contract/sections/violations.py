"""2. Request body: the ways to violate the gateway's schema, each with the issues that it gets."""

from dataclasses import dataclass
from typing import Any, Final

from mock_electron.contract.clause import ASSUMED, DOCUMENTED, INFERRED, Confidence, Source
from mock_electron.contract.probe import body, user
from mock_electron.contract.sections.issues import (
    Issue,
    custom,
    no_branch,
    no_option,
    number_above,
    number_below,
    required,
    too_few,
    too_many,
    wrong_literal,
    wrong_type,
)


@dataclass(frozen=True, slots=True)
class Violation:
    """One way to violate the schema.

    id, sentence: of its clauses. asked: the body. issues: what it must get.
    known, source: how it is known that this is refused. issue_known: and how, with these issues.
    """

    id: str
    sentence: str
    asked: Any
    issues: tuple[Issue, ...]
    known: Confidence = DOCUMENTED
    source: Source = Source.CHAT_COMPLETIONS
    issue_known: Confidence = INFERRED
    issue_source: Source = Source.ZOD


def with_call(**changes: Any) -> dict[str, Any]:
    """A conversation with a tool call in it, some fields of which are changed; None leaves out."""
    function = {"name": "get_weather", "arguments": "{}"}
    call = {"id": "call_1", "type": "function", "function": function, **changes}
    kept = {name: value for name, value in call.items() if value is not None}
    answered = {"role": "tool", "tool_call_id": "call_1", "content": "31 degrees"}
    return body(messages=[user("Weather?"), {"role": "assistant", "tool_calls": [kept]}, answered])


ROLES: Final = ["system", "user", "assistant", "tool"]
CHOICES: Final = ["auto", "none", "required"]
IMAGE: Final = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
TOOL: Final = {"type": "function", "function": {"name": "ping"}}

VIOLATIONS: Final = (
    Violation(
        "model.wrong",
        "`model` is electron, and nothing else",
        body(model="gpt-4o"),
        (no_option(["electron"], "gpt-4o", "model"),),
        issue_known=ASSUMED,
    ),
    Violation(
        "model.missing",
        "`model` must be there",
        body(model=None),
        (required("'electron'", "model"),),
        issue_known=ASSUMED,
    ),
    Violation(
        "messages.missing",
        "`messages` must be there",
        body(messages=None),
        (required("array", "messages"),),
    ),
    Violation(
        "messages.empty",
        "there is at least one message",
        body(messages=[]),
        (too_few(1, "messages"),),
        source=Source.API_REFERENCE,
    ),
    Violation(
        "messages.too_many",
        "there are at most 200 messages",
        body(messages=[user("Hi")] * 201),
        (too_many(200, "messages"),),
    ),
    Violation(
        "role.missing",
        "each message has a role",
        body(messages=[{"content": "Hi"}]),
        (required("'system' | 'user' | 'assistant' | 'tool'", "messages", 0, "role"),),
        source=Source.API_REFERENCE,
    ),
    Violation(
        "role.wrong",
        "a role is system, user, assistant or tool",
        body(messages=[user("Hi"), {"role": "robot", "content": "Hi"}]),
        (no_option(ROLES, "robot", "messages", 1, "role"),),
    ),
    Violation(
        "role.developer",
        "the role developer is refused",
        body(messages=[{"role": "developer", "content": "Be brief."}, user("Hi")]),
        (no_option(ROLES, "developer", "messages", 0, "role"),),
        known=INFERRED,
    ),
    Violation(
        "content.type",
        "`content` is a string or null",
        body(messages=[{"role": "user", "content": 5}]),
        (wrong_type("string", "number", "messages", 0, "content"),),
        source=Source.API_REFERENCE,
    ),
    Violation(
        "content.image",
        "an image in the content is refused: Electron is text only",
        body(messages=[{"role": "user", "content": [IMAGE]}]),
        (wrong_type("string", "array", "messages", 0, "content"),),
        known=ASSUMED,
        source=Source.MODEL_CARD,
        issue_known=ASSUMED,
    ),
    Violation(
        "tool_calls.id",
        "a tool call in the history has an id",
        with_call(id=None),
        (required("string", "messages", 1, "tool_calls", 0, "id"),),
        source=Source.API_REFERENCE,
    ),
    Violation(
        "tool_calls.type",
        "the type of a tool call in the history is function",
        with_call(type="tool"),
        (wrong_literal("function", "tool", "messages", 1, "tool_calls", 0, "type"),),
        source=Source.API_REFERENCE,
    ),
    Violation(
        "tool_calls.name",
        "the function of a tool call in the history has a name",
        with_call(function={"arguments": "{}"}),
        (required("string", "messages", 1, "tool_calls", 0, "function", "name"),),
        source=Source.API_REFERENCE,
    ),
    Violation(
        "tool_calls.arguments",
        "the arguments of a tool call in the history are a string",
        with_call(function={"name": "get_weather", "arguments": {}}),
        (wrong_type("string", "object", "messages", 1, "tool_calls", 0, "function", "arguments"),),
        source=Source.API_REFERENCE,
    ),
    Violation(
        "tool_call_id.missing",
        "a message with the role tool has a `tool_call_id`",
        body(messages=[user("Hi"), {"role": "tool", "content": "31 degrees"}]),
        (custom("tool_call_id is required when role is 'tool'", "messages", 1, "tool_call_id"),),
        source=Source.API_REFERENCE,
        issue_known=ASSUMED,
        issue_source=Source.CHOICE,
    ),
    Violation(
        "temperature.range",
        "`temperature` is at least 0",
        body(temperature=-0.1),
        (number_below(0, "temperature"),),
        source=Source.SUPPORTED_PARAMETERS,
    ),
    Violation(
        "temperature.type",
        "`temperature` is a number",
        body(temperature="hot"),
        (wrong_type("number", "string", "temperature"),),
    ),
    Violation(
        "top_p.least",
        "`top_p` is at least 0",
        body(top_p=-0.1),
        (number_below(0, "top_p"),),
    ),
    Violation(
        "top_p.most",
        "`top_p` is at most 1",
        body(top_p=1.1),
        (number_above(1, "top_p"),),
    ),
    Violation(
        "max_tokens.least",
        "`max_tokens` is at least 1",
        body(max_tokens=0),
        (number_below(1, "max_tokens"),),
        source=Source.API_REFERENCE,
    ),
    Violation(
        "max_tokens.whole",
        "`max_tokens` is a whole number",
        body(max_tokens=1.5),
        (wrong_type("integer", "float", "max_tokens"),),
    ),
    Violation(
        "stream.type",
        "`stream` is a boolean",
        body(stream="true"),
        (wrong_type("boolean", "string", "stream"),),
    ),
    Violation(
        "stream_options.type",
        "`stream_options` is an object",
        body(stream=True, stream_options="include_usage"),
        (wrong_type("object", "string", "stream_options"),),
        source=Source.API_REFERENCE,
    ),
    Violation(
        "include_usage.type",
        "`stream_options.include_usage` is a boolean",
        body(stream=True, stream_options={"include_usage": "yes"}),
        (wrong_type("boolean", "string", "stream_options", "include_usage"),),
    ),
    Violation(
        "stop.too_many",
        "there are at most 4 stop strings",
        body(stop=["a", "b", "c", "d", "e"]),
        (too_many(4, "stop"),),
    ),
    Violation(
        "stop.type",
        "`stop` is a string or an array of strings",
        body(stop=5),
        (
            no_branch(
                ["stop"],
                [wrong_type("string", "number", "stop")],
                [wrong_type("array", "number", "stop")],
            ),
        ),
    ),
    Violation(
        "seed.type",
        "`seed` is a whole number",
        body(seed="7"),
        (wrong_type("number", "string", "seed"),),
    ),
    Violation(
        "response_format.type",
        "`response_format` is of the type text or json_object",
        body(response_format={"type": "xml"}),
        (no_option(["text", "json_object"], "xml", "response_format", "type"),),
    ),
    Violation(
        "response_format.json_schema",
        "`response_format` json_schema is refused",
        body(
            response_format={
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": {"type": "object"}},
            }
        ),
        (no_option(["text", "json_object"], "json_schema", "response_format", "type"),),
        known=ASSUMED,
        issue_known=ASSUMED,
    ),
    Violation(
        "tools.too_many",
        "there are at most 64 tools",
        body(tools=[TOOL] * 65),
        (too_many(64, "tools"),),
        source=Source.TOOL_CALLING,
    ),
    Violation(
        "tools.type",
        "a tool is an object",
        body(tools=["get_weather"]),
        (wrong_type("object", "string", "tools", 0),),
        source=Source.API_REFERENCE,
    ),
    Violation(
        "tool_choice.wrong",
        "`tool_choice` is auto, none, required or a named function",
        body(tools=[TOOL], tool_choice="maybe"),
        (
            no_branch(
                ["tool_choice"],
                [no_option(CHOICES, "maybe", "tool_choice")],
                [wrong_type("object", "string", "tool_choice")],
            ),
        ),
    ),
    Violation(
        "logit_bias.type",
        "`logit_bias` is an object of numbers",
        body(logit_bias={"50256": "never"}),
        (wrong_type("number", "string", "logit_bias", "50256"),),
    ),
    Violation(
        "logprobs.type",
        "`logprobs` is a boolean",
        body(logprobs="yes"),
        (wrong_type("boolean", "string", "logprobs"),),
    ),
    Violation(
        "top_logprobs.most",
        "`top_logprobs` is at most 20",
        body(logprobs=True, top_logprobs=21),
        (number_above(20, "top_logprobs"),),
    ),
    Violation(
        "presence_penalty.least",
        "`presence_penalty` is at least -2",
        body(presence_penalty=-2.1),
        (number_below(-2, "presence_penalty"),),
    ),
    Violation(
        "presence_penalty.most",
        "`presence_penalty` is at most 2",
        body(presence_penalty=2.1),
        (number_above(2, "presence_penalty"),),
    ),
    Violation(
        "frequency_penalty.least",
        "`frequency_penalty` is at least -2",
        body(frequency_penalty=-2.1),
        (number_below(-2, "frequency_penalty"),),
    ),
    Violation(
        "frequency_penalty.most",
        "`frequency_penalty` is at most 2",
        body(frequency_penalty=2.1),
        (number_above(2, "frequency_penalty"),),
    ),
    Violation(
        "user.type",
        "`user` is a string",
        body(user=5),
        (wrong_type("string", "number", "user"),),
        source=Source.API_REFERENCE,
    ),
    Violation(
        "prompt_logprobs",
        "`prompt_logprobs` is refused, whatever it is",
        body(prompt_logprobs=0),
        (custom("prompt_logprobs is not supported", "prompt_logprobs"),),
        issue_known=ASSUMED,
        issue_source=Source.CHOICE,
    ),
    Violation(
        "null",
        "`null` is no value for an optional field",
        body(temperature=0) | {"max_tokens": None},
        (wrong_type("number", "null", "max_tokens"),),
        known=ASSUMED,
        issue_known=ASSUMED,
    ),
    Violation(
        "true_is_no_number",
        "`true` is no number",
        body(temperature=True),
        (wrong_type("number", "boolean", "temperature"),),
        known=INFERRED,
        source=Source.ZOD,
    ),
    Violation(
        "type_before_range",
        "a wrong type is told instead of the range",
        body(top_logprobs="21", logprobs=True),
        (wrong_type("number", "string", "top_logprobs"),),
        known=INFERRED,
        source=Source.ZOD,
    ),
    Violation(
        "several",
        "all issues come at once, in the order of the documented fields",
        body(user=5, temperature=-1, model="gpt-4o"),
        (
            no_option(["electron"], "gpt-4o", "model"),
            number_below(0, "temperature"),
            wrong_type("string", "number", "user"),
        ),
        known=INFERRED,
        source=Source.ZOD,
        issue_known=ASSUMED,
    ),
    Violation(
        "array",
        "the body is an object",
        [body()],
        (wrong_type("object", "array"),),
        known=INFERRED,
        source=Source.ZOD,
    ),
)
