"""The responses with status 200: a completion, or the events of a stream."""

from typing import Any, Final

from mock_electron.wire.content import MAX_TOP_LOGPROBS, MODEL
from mock_electron.wire.openapi.json_schema import JsonObject, reference
from mock_electron.wire.reply import FINISH_REASONS

TOKENS: Final = {"type": "integer", "minimum": 0}

EVENT: Final = """\
One event of the stream. OpenAPI 3.1 cannot describe a sequence, so this schema describes each \
event, like `itemSchema` in OpenAPI 3.2. `data` is the JSON of a chunk, or of an error envelope if \
an error occurs after the first token (assumed). In the last event `data` is `[DONE]`."""

CHUNK: Final = """\
Chunks are sent in this order: the role, once; the content, one token or a few per chunk \
(documented); the tool calls, each with its id and name once and then its arguments in fragments \
(documented); an empty `delta` with the finish reason (inferred); with `include_usage`, a chunk \
with the usage and no choices (documented). Other chunks have `usage` only with \
`continuous_usage_stats` (inferred). All chunks of a stream have the same `id`, `created` and \
`model`."""


def _object(properties: JsonObject, *, optional: tuple[str, ...] = (), **more: Any) -> JsonObject:
    """Return an object schema. All properties are required except the optional ones."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required} | more


def _array(items: JsonObject, **more: Any) -> JsonObject:
    return {"type": "array", "items": items} | more


def _identified(kind: str, choice: str, choices: JsonObject, usage: JsonObject) -> JsonObject:
    """Return the properties that completions and chunks share."""
    return {
        "id": {
            "type": "string",
            "pattern": "^chatcmpl-[0-9a-f]{16}$",
            "description": "The completion's id, which differs from the request's id (documented).",
        },
        "object": {"type": "string", "const": kind},
        "created": {
            "type": "integer",
            "minimum": 0,
            "description": "Unix time in seconds (documented).",
        },
        "model": {"type": "string", "const": MODEL},
        "choices": _array(reference(choice)) | choices,
        "usage": usage,
    }


def _finish_reason(*, nullable: bool = False) -> JsonObject:
    return {
        "type": ["string", "null"] if nullable else "string",
        "enum": [*FINISH_REASONS, None] if nullable else [*FINISH_REASONS],
        "description": "`content_filter` is listed by the vendor, but no moderation runs "
        "(documented).",
    }


INDEX: Final[JsonObject] = {"type": "integer", "const": 0}
ROLE: Final[JsonObject] = {"type": "string", "const": "assistant"}
ALTERNATIVE: Final[JsonObject] = {
    "token": {"type": "string"},
    "logprob": {
        "type": "number",
        "maximum": 0,
        "description": "Natural logarithm of the probability.",
    },
    "bytes": _array({"type": "integer", "minimum": 0, "maximum": 255}),
}
DATA: Final[JsonObject] = {
    "data": {
        "contentMediaType": "application/json",
        "contentSchema": {
            "anyOf": [reference("ChatCompletionChunk"), reference("ErrorEnvelope")],
        },
    }
}
USAGE_ALONE: Final[JsonObject] = {
    "if": {"properties": {"choices": {"maxItems": 0}}},
    "then": {"required": ["usage"]},
}

COMPONENTS: Final[JsonObject] = {
    "ChatCompletion": _object(
        _identified(
            "chat.completion",
            "Choice",
            {"minItems": 1, "maxItems": 1},
            reference("Usage"),
        )
    ),
    "Choice": _object(
        {
            "index": INDEX,
            "message": reference("Reply"),
            "logprobs": reference("Logprobs"),
            "finish_reason": _finish_reason(),
        },
        optional=("logprobs",),
    ),
    "Reply": _object(
        {
            "role": ROLE,
            "content": {
                "type": ["string", "null"],
                "description": "With tool calls, the filler phrase if the system prompt asks for "
                "one, else null (documented).",
            },
            "tool_calls": _array(reference("ToolCall"), type=["array", "null"], minItems=1),
        }
    ),
    "Usage": _object(
        {
            "prompt_tokens": TOKENS,
            "completion_tokens": TOKENS,
            "total_tokens": TOKENS,
            "prompt_tokens_details": _object({"cached_tokens": TOKENS}),
        },
        description="`prompt_tokens` includes cached input. `cached_tokens` is always present "
        "(documented).",
    ),
    "Logprobs": _object(
        {"content": _array(reference("TokenLogprob"))},
        description="Present if requested. The tokens concatenate to the content (inferred).",
    ),
    "TokenLogprob": _object(
        ALTERNATIVE | {"top_logprobs": _array(_object(ALTERNATIVE), maxItems=MAX_TOP_LOGPROBS)}
    ),
    "StreamEvent": _object(
        {"data": {"type": "string"}},
        description=EVENT,
    )
    | {"if": {"properties": {"data": {"const": "[DONE]"}}}, "else": {"properties": DATA}},
    "ChatCompletionChunk": _object(
        _identified("chat.completion.chunk", "ChunkChoice", {"maxItems": 1}, reference("Usage")),
        optional=("usage",),
        description=CHUNK,
    )
    | USAGE_ALONE,
    "ChunkChoice": _object(
        {
            "index": INDEX,
            "delta": reference("Delta"),
            "logprobs": reference("Logprobs"),
            "finish_reason": _finish_reason(nullable=True),
        },
        optional=("logprobs",),
    ),
    "Delta": _object(
        {
            "role": ROLE,
            "content": {"type": "string"},
            "tool_calls": _array(reference("ToolCallDelta"), minItems=1, maxItems=1),
        },
        optional=("role", "content", "tool_calls"),
        description="Always present. Empty in the chunk with the finish reason (inferred).",
    ),
    "ToolCallDelta": _object(
        {
            "index": TOKENS,
            "id": {"type": "string"},
            "type": {"type": "string", "const": "function"},
            "function": _object(
                {"name": {"type": "string"}, "arguments": {"type": "string"}}, optional=("name",)
            ),
        },
        optional=("id", "type"),
        description="One call per chunk. `index` numbers the calls from 0 without gaps. id, type "
        "and name are sent once per call (documented).",
    ),
}
"""The schemas of replies, by name."""
