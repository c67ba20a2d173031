"""The request: the gateway's schema, with what is known of each field."""

from collections.abc import Mapping
from typing import Any, Final

from mock_electron.wire import schema
from mock_electron.wire.openapi.json_schema import Schema, Translation, reference

TEXT_PART: Final[Schema] = {
    "type": "object",
    "properties": {"type": {"type": "string", "const": "text"}, "text": {"type": "string"}},
    "required": ["type", "text"],
    "description": "A part of a message's content. Electron is text only, so there is no other.",
}

TRANSLATION: Final = Translation(
    named=(
        (schema.MESSAGE, "Message"),
        (schema.TOOL_CALL, "ToolCall"),
        (schema.NAMED_TOOL, "NamedTool"),
    ),
    functions={
        schema.join_text_parts: {"type": "array", "items": reference("TextPart")},
        schema.answers_a_call: {
            "if": {"properties": {"role": {"const": "tool"}}, "required": ["role"]},
            "then": {"required": ["tool_call_id"]},
        },
        schema.is_at_most_one: {"maximum": 1},
        schema.is_absent: {"not": {}},
    },
)

REQUEST: Final = """\
Fields that are not listed are accepted, at any depth, and forwarded (documented). `null` for an \
optional field is refused (assumed).

This is what the gateway checks. The model server behind it refuses more, with 400 and without \
`details`; each such rule stands beside its field."""

FIELDS: Final[Mapping[str, str]] = {
    "model": "The one model there is (documented).",
    "messages": "The conversation, of 1 to 200 messages (documented). Prompt and `max_tokens` "
    "together have 32,768 tokens; more is a 400 without `details` (documented).",
    "temperature": "0 gives the same output to the same input. The guide knows no upper limit; the "
    "vendor's own OpenAPI says 2 (documented).",
    "top_p": "From 0 to 1 (documented).",
    "max_tokens": "The most tokens of the reply; all that is left of the context where it is "
    "absent (documented).",
    "stream": "Whether the reply comes as server-sent events (documented).",
    "stream_options": "`include_usage` adds a last chunk with the usage (documented). Only "
    "together with `stream: true`, else 400 without `details` (inferred).",
    "stop": "One string, or at most four; it is cut out of the reply (documented). An empty one is "
    "a 400 without `details` (inferred).",
    "seed": "The same seed and input usually give the same output (documented). Beyond 64 bits it "
    "is a 400 without `details` (assumed).",
    "response_format": "`json_object` makes the content one JSON object (documented). That "
    "`json_schema` is refused is assumed.",
    "tools": "At most 64; the gateway does not look inside (documented). Each is `{type: "
    '"function", function: {name, description?, parameters?}}`, its name matches '
    "`^[a-zA-Z0-9_-]{1,64}$`, and there is at least one, else 400 without `details` (inferred).",
    "tool_choice": "`auto` is the default with tools (documented). Without `tools`, or with the "
    "name of a tool that is not among them, it is a 400 without `details` (inferred).",
    "logit_bias": "A bias for each token, by the token's number (documented).",
    "logprobs": "Whether the reply carries log-probabilities (documented).",
    "top_logprobs": "How many alternatives for each token, 0 to 20 (documented). Only together "
    "with `logprobs: true`, else 400 without `details` (inferred).",
    "presence_penalty": "From −2 to 2 (documented).",
    "frequency_penalty": "From −2 to 2 (documented).",
    "user": "Not interpreted (documented).",
    "n": "At most 1 (documented). Below 1 it is a 400 without `details` (assumed).",
    "prompt_logprobs": "Refused, whatever its value (documented).",
    "max_completion_tokens": "As `max_tokens`, and it wins; an integer of at least 1, else 400 "
    "without `details` (inferred).",
    "parallel_tool_calls": "`false`: at most one tool call in the reply. Anything but a boolean "
    "is a 400 without `details` (inferred).",
    "metadata": "Accepted and forwarded, as any unknown field (documented).",
    "store": "Accepted and forwarded, as any unknown field (documented).",
}

MESSAGE_FIELDS: Final[Mapping[str, str]] = {
    "role": "Who speaks (documented). `developer` is refused (inferred).",
    "content": "A text, null, or absent (documented). A list of text parts is joined (assumed).",
    "tool_calls": "The calls of an earlier reply (documented); null as in the reply (assumed).",
    "tool_call_id": "Which call this message answers; required where the role is tool "
    "(documented). It is not held against earlier calls (inferred).",
}


def components(*, accept_json_schema: bool) -> Schema:
    """The schemas of the request, by their names."""
    body = schema.WITH_JSON_SCHEMA if accept_json_schema else schema.DOCUMENTED
    return {
        "ChatRequest": _described(TRANSLATION.of(body), FIELDS) | {"description": REQUEST},
        "Message": _described(TRANSLATION.spelled_out(schema.MESSAGE), MESSAGE_FIELDS),
        "TextPart": TEXT_PART,
        "ToolCall": TRANSLATION.spelled_out(schema.TOOL_CALL)
        | {"description": "A call of a tool. `arguments` is JSON text (documented)."},
        "NamedTool": TRANSLATION.spelled_out(schema.NAMED_TOOL)
        | {"description": "Calls this tool, and no other (documented)."},
    }


def _described(translated: Schema, words: Mapping[str, str]) -> Schema:
    """The schema with what is said of its fields; of those that it does not know, only that."""
    properties: dict[str, Any] = translated["properties"]
    names = dict.fromkeys((*properties, *words))
    described = {name: properties.get(name, {}) | {"description": words[name]} for name in names}
    return translated | {"properties": described}
