"""What is answered, as JSON Schema: replies, chunks of a stream, errors."""

from typing import Any, Final

from mock_electron.wire.reply import FINISH_REASONS
from mock_electron.wire.schema import MODEL

Schema = dict[str, Any]

COMPLETION_ID: Final = "^chatcmpl-[0-9a-f]{16}$"
CALL_ID: Final = "^chatcmpl-tool-[0-9a-f]{16}$"
STRING: Final[Schema] = {"type": "string"}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def exactly(properties: Schema, *, optional: tuple[str, ...] = ()) -> Schema:
    """An object with these keys, all of them but the optional ones, and no others."""
    return {
        "type": "object",
        "required": [name for name in properties if name not in optional],
        "properties": properties,
        "additionalProperties": False,
    }


def or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def constant(value: str) -> Schema:
    return {"const": value}


def array(items: Schema, **limits: int) -> Schema:
    return {"type": "array", "items": items, **limits}


FINISH_REASON: Final[Schema] = {"type": "string", "enum": list(FINISH_REASONS)}
TOKEN: Final = {
    "token": STRING,
    "logprob": {"type": "number", "maximum": 0},
    "bytes": array({"type": "integer", "minimum": 0, "maximum": 255}),
}
LOGPROBS: Final = exactly(
    {"content": array(exactly({**TOKEN, "top_logprobs": array(exactly(TOKEN))}))}
)
FUNCTION: Final = exactly({"name": STRING, "arguments": STRING})
CALL: Final = exactly({"id": STRING, "type": constant("function"), "function": FUNCTION})
HEAD: Final = {
    "id": {"type": "string", "pattern": COMPLETION_ID},
    "created": {"type": "integer", "description": "Unix seconds"},
    "model": constant(MODEL),
}

USAGE: Final = exactly(
    {
        "prompt_tokens": COUNT,
        "completion_tokens": COUNT,
        "total_tokens": COUNT,
        "prompt_tokens_details": exactly({"cached_tokens": COUNT}),
    }
)
MESSAGE: Final = exactly(
    {
        "role": constant("assistant"),
        "content": or_null(STRING),
        "tool_calls": or_null(array(CALL, minItems=1)),
    }
)
COMPLETION: Final = exactly(
    {
        **HEAD,
        "object": constant("chat.completion"),
        "choices": array(
            exactly(
                {
                    "index": {"const": 0},
                    "message": MESSAGE,
                    "logprobs": ref("Logprobs"),
                    "finish_reason": FINISH_REASON,
                },
                optional=("logprobs",),
            ),
            minItems=1,
            maxItems=1,
        ),
        "usage": ref("Usage"),
    }
)
PART_OF_A_CALL: Final = exactly(
    {
        "index": COUNT,
        "id": STRING,
        "type": constant("function"),
        "function": exactly({"name": STRING, "arguments": STRING}, optional=("name",)),
    },
    optional=("id", "type"),
)
DELTA: Final = exactly(
    {
        "role": constant("assistant"),
        "content": STRING,
        "tool_calls": array(PART_OF_A_CALL, minItems=1, maxItems=1),
    },
    optional=("role", "content", "tool_calls"),
)
CHUNK: Final = exactly(
    {
        **HEAD,
        "object": constant("chat.completion.chunk"),
        "choices": array(
            exactly(
                {
                    "index": {"const": 0},
                    "delta": DELTA,
                    "logprobs": ref("Logprobs"),
                    "finish_reason": or_null(FINISH_REASON),
                },
                optional=("logprobs",),
            ),
            maxItems=1,
        ),
        "usage": ref("Usage"),
    },
    optional=("usage",),
)
ISSUE: Final[Schema] = {
    "type": "object",
    "description": "An issue of Zod v3.",
    "required": ["code", "message", "path"],
    "properties": {
        "code": STRING,
        "message": STRING,
        "path": array({"type": ["string", "integer"]}),
    },
}
ERROR: Final = exactly(
    {
        "error": exactly(
            {
                "message": STRING,
                "type": STRING,
                "details": array(ref("Issue"), minItems=1),
                "request_id": {"type": "string", "format": "uuid"},
            },
            optional=("details",),
        )
    }
)

SCHEMAS: Final = {
    "ChatCompletion": COMPLETION,
    "ChatCompletionChunk": CHUNK,
    "Logprobs": LOGPROBS,
    "Usage": USAGE,
    "Error": ERROR,
    "Issue": ISSUE,
}
