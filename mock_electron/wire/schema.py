"""The gateway's schema of a request. Its fields are in the order in which Zod reports issues (A).

Two rules are assumed (A):

- Text parts in `messages[].content` are joined before the check. A list with any other part
  remains a list, and the schema refuses it because it expects a string.
- `messages[].tool_calls` may be null: Electron's own replies contain `"tool_calls":null`, and
  clients send replies back as history.
"""

from collections.abc import Mapping
from typing import Final

from mock_electron.wire.content import (
    MAX_MESSAGES,
    MAX_STOPS,
    MAX_TOOLS,
    MAX_TOP_LOGPROBS,
    MODEL,
    join_text_parts,
)
from mock_electron.wire.zod import (
    ABSENT,
    Anything,
    Array,
    Boolean,
    Enum,
    Integer,
    Literal,
    Nullable,
    Number,
    Object,
    Optional,
    Preprocessed,
    Record,
    Refined,
    String,
    Union,
)

N_MESSAGE: Final = "n > 1 is not supported"  # D, verbatim


def has_required_call_id(message: object) -> bool:
    """Return whether a message has a `tool_call_id`, which only the role "tool" requires."""
    assert isinstance(message, Mapping)
    return message["role"] != "tool" or "tool_call_id" in message


def is_at_most_one(n: object) -> bool:
    """Return whether the request asks for at most one completion."""
    return isinstance(n, int | float) and n <= 1


def is_absent(value: object) -> bool:
    """Return whether the key is absent."""
    return value is ABSENT


TOOL_CALL: Final = Object(
    {
        "id": String(),
        "type": Literal("function"),
        "function": Object({"name": String(), "arguments": String()}),
    }
)

MESSAGE: Final = Refined(
    Object(
        {
            "role": Enum(("system", "user", "assistant", "tool")),
            "content": Preprocessed(join_text_parts, Optional(Nullable(String()))),
            "tool_calls": Optional(Nullable(Array(TOOL_CALL))),
            "tool_call_id": Optional(String()),
        }
    ),
    predicate=has_required_call_id,
    message="tool_call_id is required when role is 'tool'",
    path=("tool_call_id",),
)

NAMED_TOOL: Final = Object({"type": Literal("function"), "function": Object({"name": String()})})


def chat_schema(response_formats: tuple[str, ...]) -> Object:
    """Return the schema of a request that accepts these values of `response_format.type`."""
    return Object(
        {
            "model": Enum((MODEL,)),
            "messages": Array(MESSAGE, minimum=1, maximum=MAX_MESSAGES),
            "temperature": Optional(Number(minimum=0)),
            "top_p": Optional(Number(minimum=0, maximum=1)),
            "max_tokens": Optional(Integer(minimum=1)),
            "stream": Optional(Boolean()),
            "stream_options": Optional(Object({"include_usage": Optional(Boolean())})),
            "stop": Optional(Union((String(), Array(String(), maximum=MAX_STOPS)))),
            "seed": Optional(Integer()),
            "response_format": Optional(Object({"type": Enum(response_formats)})),
            "tools": Optional(Array(Object({}), maximum=MAX_TOOLS)),
            "tool_choice": Optional(Union((Enum(("auto", "none", "required")), NAMED_TOOL))),
            "logit_bias": Optional(Record(Number(), frozenset((int, float)))),
            "logprobs": Optional(Boolean()),
            "top_logprobs": Optional(Integer(minimum=0, maximum=MAX_TOP_LOGPROBS)),
            "presence_penalty": Optional(Number(minimum=-2, maximum=2)),
            "frequency_penalty": Optional(Number(minimum=-2, maximum=2)),
            "user": Optional(String()),
            "n": Optional(Refined(Integer(), is_at_most_one, N_MESSAGE)),
            "prompt_logprobs": Refined(Anything(), is_absent, "prompt_logprobs is not supported"),
        }
    )


DOCUMENTED: Final = chat_schema(("text", "json_object"))
WITH_JSON_SCHEMA: Final = chat_schema(("text", "json_object", "json_schema"))
"""The schema of a lane with `accept_json_schema`."""

PARAMETERS: Final = (
    *(name for name in DOCUMENTED.shape if name not in ("model", "messages", "prompt_logprobs")),
    "max_completion_tokens",
    "parallel_tool_calls",
    "metadata",
    "store",
)
"""The fields of a request besides `model` and `messages`.

The last four are not in the schema, but clients send them.
"""
