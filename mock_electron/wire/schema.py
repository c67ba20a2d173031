"""The request's schema (section 2), declared once, in the order in which Zod reports issues (A).

Two choices where the specification leaves room, both A:

- `messages[].content` given as parts is joined before it is looked at, so that a part which is no
  text leaves an array where the documented schema wants a string.
- `messages[].tool_calls` may be null: Electron's own replies carry `"tool_calls":null`, and
  clients send replies back as history.
"""

from collections.abc import Mapping
from typing import Final

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

MODEL: Final = "electron"
MAX_MESSAGES: Final = 200
MAX_TOOLS: Final = 64
MAX_STOPS: Final = 4
MAX_TOP_LOGPROBS: Final = 20


def join_text_parts(content: object) -> object:
    """The text of a list of text parts; anything else as it is."""
    if type(content) is not list:
        return content
    texts = [part.get("text") for part in content if _is_text_part(part)]
    return "".join(texts) if len(texts) == len(content) else content


def _is_text_part(part: object) -> bool:
    return type(part) is dict and part.get("type") == "text" and type(part.get("text")) is str


def answers_a_call(message: object) -> bool:
    """Whether a message that answers a call says which."""
    assert isinstance(message, Mapping)
    return message["role"] != "tool" or "tool_call_id" in message


def is_at_most_one(n: object) -> bool:
    """Whether one completion is asked for, or fewer."""
    return isinstance(n, int | float) and n <= 1


def is_absent(value: object) -> bool:
    """Whether the key is not there."""
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
    holds=answers_a_call,
    message="tool_call_id is required when role is 'tool'",
    at=("tool_call_id",),
)

NAMED_TOOL: Final = Object({"type": Literal("function"), "function": Object({"name": String()})})


def chat_schema(response_formats: tuple[str, ...]) -> Object:
    """The schema of a chat request that accepts these values of `response_format.type`."""
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
            "logit_bias": Optional(Record(Number())),
            "logprobs": Optional(Boolean()),
            "top_logprobs": Optional(Integer(minimum=0, maximum=MAX_TOP_LOGPROBS)),
            "presence_penalty": Optional(Number(minimum=-2, maximum=2)),
            "frequency_penalty": Optional(Number(minimum=-2, maximum=2)),
            "user": Optional(String()),
            "n": Optional(Refined(Integer(), is_at_most_one, N_MESSAGE)),
            "prompt_logprobs": Refined(Anything(), is_absent, "prompt_logprobs is not supported"),
        }
    )


N_MESSAGE: Final = "n > 1 is not supported"  # D, to the letter

DOCUMENTED: Final = chat_schema(("text", "json_object"))
WITH_JSON_SCHEMA: Final = chat_schema(("text", "json_object", "json_schema"))
"""The switch of section 2: `json_schema` is let through."""

PARAMETERS: Final = (
    *(name for name in DOCUMENTED.shape if name not in ("model", "messages", "prompt_logprobs")),
    "max_completion_tokens",
    "parallel_tool_calls",
    "metadata",
    "store",
)
"""The fields that a request may have beside its messages; the last four as clients send them."""
