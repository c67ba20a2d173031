"""The request: the gateway's schema, with a description of each field."""

from collections.abc import Mapping
from typing import Any, Final

from mock_electron.wire import content, schema
from mock_electron.wire.openapi.json_schema import JsonObject, Translation, reference

TEXT_PART: Final[JsonObject] = {
    "type": "object",
    "properties": {"type": {"type": "string", "const": "text"}, "text": {"type": "string"}},
    "required": ["type", "text"],
    "description": "A part of a message's content. Electron accepts text only, so this is the only "
    "kind.",
}

TRANSLATION: Final = Translation(
    components=(
        (schema.MESSAGE, "Message"),
        (schema.TOOL_CALL, "ToolCall"),
        (schema.NAMED_TOOL, "NamedTool"),
    ),
    functions={
        content.join_text_parts: {"type": "array", "items": reference("TextPart")},
        schema.has_required_call_id: {
            "if": {"properties": {"role": {"const": "tool"}}, "required": ["role"]},
            "then": {"required": ["tool_call_id"]},
        },
        schema.is_at_most_one: {"maximum": 1},
        schema.is_absent: {"not": {}},
    },
)

REQUEST: Final = """\
Unknown fields are accepted at any depth and forwarded (documented). An optional field must not be \
`null` (assumed).

This schema describes the checks of the gateway. The model server behind it makes further checks \
and answers 400 without `details`. The description of each field lists them."""

FIELDS: Final[Mapping[str, str]] = {
    "model": "The model's name, always `electron` (documented).",
    "messages": "The conversation, 1 to 200 messages (documented). Prompt and `max_tokens` "
    "together are limited to 32,768 tokens, else 400 without `details` (documented).",
    "temperature": "With 0, the same input gives the same output. The vendor's guide has no upper "
    "limit; the vendor's OpenAPI document has 2 (documented).",
    "top_p": "Nucleus sampling, from 0 to 1 (documented).",
    "max_tokens": "The maximum number of tokens in the reply. Defaults to the rest of the context "
    "(documented).",
    "stream": "Send the reply as server-sent events (documented).",
    "stream_options": "`include_usage` adds a final chunk with the usage (documented). With "
    "`continuous_usage_stats: true` in addition, each chunk has the usage so far (inferred). "
    "Requires `stream: true`, else 400 without `details` (inferred).",
    "stop": "One string, or a list of at most four. The reply ends before the first stop string "
    "(documented). An empty string gives 400 without `details` (inferred).",
    "seed": "The same seed and input usually give the same output (documented). A seed beyond 64 "
    "bits gives 400 without `details` (assumed).",
    "response_format": "With `json_object`, the content is one JSON object (documented). Whether "
    "`json_schema` is accepted is not documented; by default it is refused (assumed).",
    "tools": "At most 64 tools. The gateway does not check their content (documented). The model "
    'server requires at least one tool, each of the form `{type?: "function", function: {name, '
    "description?, parameters?}}` with a name that matches `^[a-zA-Z0-9_-]{1,64}$`, else 400 "
    "without `details` (inferred). Without a `type`, a tool is a function (inferred).",
    "tool_choice": "The default with tools is `auto` (documented). Requires `tools`; a named "
    "tool must be one of them, else 400 without `details` (inferred).",
    "logit_bias": "The bias of each token, by token id (documented).",
    "logprobs": "Return log-probabilities (documented).",
    "top_logprobs": "The number of alternatives per token, 0 to 20 (documented). Requires "
    "`logprobs: true`, else 400 without `details` (inferred).",
    "presence_penalty": "From −2 to 2 (documented).",
    "frequency_penalty": "From −2 to 2 (documented).",
    "user": "Accepted, but not interpreted (documented).",
    "n": "The number of completions, at most 1 (documented). Less than 1 gives 400 without "
    "`details` (assumed).",
    "prompt_logprobs": "Refused with any value (documented).",
    "max_completion_tokens": "Like `max_tokens`, over which it takes precedence. An integer of at "
    "least 1, else 400 without `details` (inferred).",
    "parallel_tool_calls": "With `false`, the reply contains at most one tool call. Any value "
    "except a boolean gives 400 without `details` (inferred).",
    "metadata": "Accepted and forwarded, like any unknown field (documented).",
    "store": "Accepted and forwarded, like any unknown field (documented).",
}

MESSAGE_FIELDS: Final[Mapping[str, str]] = {
    "role": "The author of the message (documented). `developer` is refused (inferred).",
    "content": "A string or null; may be absent (documented). A list of text parts is joined "
    "(assumed).",
    "tool_calls": "The tool calls of an earlier reply (documented). May be null, as in replies "
    "(assumed).",
    "tool_call_id": "The id of the call that this message answers. Required if the role is `tool` "
    "(documented). It is not checked against earlier calls (inferred).",
}


def components(*, accept_json_schema: bool) -> JsonObject:
    """Return the schemas of the request, by name."""
    body = schema.WITH_JSON_SCHEMA if accept_json_schema else schema.DOCUMENTED
    return {
        "ChatRequest": _described(TRANSLATION.of(body), FIELDS) | {"description": REQUEST},
        "Message": _described(TRANSLATION.inline(schema.MESSAGE), MESSAGE_FIELDS),
        "TextPart": TEXT_PART,
        "ToolCall": TRANSLATION.inline(schema.TOOL_CALL)
        | {"description": "A tool call. `arguments` is JSON text (documented)."},
        "NamedTool": TRANSLATION.inline(schema.NAMED_TOOL)
        | {"description": "Call this tool and no other (documented)."},
    }


def _described(translated: JsonObject, descriptions: Mapping[str, str]) -> JsonObject:
    """Add descriptions to a schema. A field that is not in the schema gets only a description."""
    properties: dict[str, Any] = translated["properties"]
    described = {
        name: properties.get(name, {}) | {"description": descriptions[name]}
        for name in dict.fromkeys((*properties, *descriptions))
    }
    return translated | {"properties": described}
