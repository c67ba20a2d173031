"""What comes back with status 200: a completion, or the events of a stream (sections 3 and 4)."""

from typing import Any, Final

from mock_electron.wire.openapi.json_schema import Schema, reference
from mock_electron.wire.reply import FINISH_REASONS
from mock_electron.wire.schema import MAX_TOP_LOGPROBS, MODEL

TOKENS: Final = {"type": "integer", "minimum": 0}

EVENT: Final = """\
One event of the stream. OpenAPI 3.1 has no word for a sequence, so this schema is that of each \
event, as the one that OpenAPI 3.2 has for its items. `data` is the JSON of a chunk; of an error \
envelope, where something fails after the first token (assumed); or, in the last event, `[DONE]`."""

CHUNK: Final = """\
In this order: the role, once; a token of the content each (documented); the tool calls, each with \
its id and name once and then its arguments in pieces (documented); an empty `delta` with the \
finish reason (inferred); with `include_usage` a chunk with no choice and the usage (documented). \
No other chunk has `usage`. All chunks of a stream share `id`, `created` and `model`."""


def _object(properties: Schema, *, optional: tuple[str, ...] = (), **more: Any) -> Schema:
    """An object all of whose properties are there, but for the optional ones."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required} | more


def _array(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items} | more


def _stamped(kind: str, choice: str, choices: Schema, usage: Schema) -> Schema:
    """What completions and chunks share."""
    return {
        "id": {
            "type": "string",
            "pattern": "^chatcmpl-[0-9a-f]{16}$",
            "description": "Not the request's id (documented).",
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


def _finish_reason(*also: None) -> Schema:
    return {
        "type": ["string", "null"] if also else "string",
        "enum": [*FINISH_REASONS, *also],
        "description": "`content_filter` is listed, but no moderation runs (documented).",
    }


INDEX: Final[Schema] = {"type": "integer", "const": 0}
ROLE: Final[Schema] = {"type": "string", "const": "assistant"}
ALTERNATIVE: Final[Schema] = {
    "token": {"type": "string"},
    "logprob": {"type": "number", "maximum": 0, "description": "Its natural logarithm."},
    "bytes": _array({"type": "integer", "minimum": 0, "maximum": 255}),
}
DATA: Final[Schema] = {
    "data": {
        "contentMediaType": "application/json",
        "contentSchema": {
            "anyOf": [reference("ChatCompletionChunk"), reference("ErrorEnvelope")],
        },
    }
}
USAGE_ALONE: Final[Schema] = {
    "if": {"properties": {"choices": {"maxItems": 0}}},
    "then": {"required": ["usage"]},
    "else": {"not": {"required": ["usage"]}},
}

COMPONENTS: Final[Schema] = {
    "ChatCompletion": _object(
        _stamped(
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
                "description": "Beside tool calls: the filler, if the system prompt asks for one, "
                "else null (documented).",
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
        description="`prompt_tokens` counts cached and fresh input; `cached_tokens` is always "
        "there (documented).",
    ),
    "Logprobs": _object(
        {"content": _array(reference("TokenLogprob"))},
        description="Where they were asked for; the tokens join to the content (inferred).",
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
        _stamped("chat.completion.chunk", "ChunkChoice", {"maxItems": 1}, reference("Usage")),
        optional=("usage",),
        description=CHUNK,
    )
    | USAGE_ALONE,
    "ChunkChoice": _object(
        {
            "index": INDEX,
            "delta": reference("Delta"),
            "logprobs": reference("Logprobs"),
            "finish_reason": _finish_reason(None),
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
        description="Always there, empty in the chunk with the finish reason (inferred).",
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
        description="One call a chunk. `index` counts the calls from 0, without a gap; id, type "
        "and name come once (documented).",
    ),
}
"""The schemas of replies, by their names."""
