"""Examples of requests, replies and events, as the vendor's documentation shows them."""

from typing import Any, Final

from mock_electron.wire import codec, errors, render
from mock_electron.wire.content import MODEL
from mock_electron.wire.openapi.failures import REQUEST_ID
from mock_electron.wire.openapi.json_schema import JsonObject
from mock_electron.wire.reply import Reply, ToolCall, Usage
from mock_electron.wire.template import Stamp

STAMP: Final = Stamp("chatcmpl-a670053f3ab2ed8f", 1740000000, REQUEST_ID)
CALL: Final = ToolCall("chatcmpl-tool-8f6e2a1b3c4d5e6f", "get_weather", '{"city": "Mumbai"}')

HELLO: Final[JsonObject] = {"model": MODEL, "messages": [{"role": "user", "content": "Hello!"}]}
WEATHER_TOOL: Final[JsonObject] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the current weather of a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}
WEATHER: Final[JsonObject] = {
    "model": MODEL,
    "messages": [
        {"role": "system", "content": "Say a short filler phrase before using a tool."},
        {"role": "user", "content": "What is the weather in Mumbai?"},
    ],
    "tools": [WEATHER_TOOL],
}
RESULT: Final[JsonObject] = WEATHER | {
    "messages": [
        *WEATHER["messages"],
        {
            "role": "assistant",
            "content": "Let me check…",
            "tool_calls": [
                {
                    "id": CALL.id,
                    "type": "function",
                    "function": {"name": CALL.name, "arguments": CALL.arguments},
                }
            ],
        },
        {"role": "tool", "tool_call_id": CALL.id, "content": '{"temperature": 31}'},
    ]
}

GREETING: Final = Reply(
    ("Hi", "!", " How", " can", " I", " help", " you", " today", "?"), "stop", Usage(20, 9)
)
FILLER_AND_CALL: Final = Reply(
    ("Let", " me", " check", "…"),
    "tool_calls",
    Usage(101, 15, 96),
    (CALL,),
    (('{"city": ', '"Mumbai"}'),),
)


def requests() -> JsonObject:
    """Return examples of the request, by name."""
    bodies = {
        "hello": HELLO,
        "stream": HELLO | {"stream": True, "stream_options": {"include_usage": True}},
        "tools": WEATHER,
        "tool_result": RESULT,
        "json": {
            "model": MODEL,
            "messages": [{"role": "user", "content": "Reply in JSON with the key city: Mumbai"}],
            "response_format": {"type": "json_object"},
        },
    }
    return _examples(bodies)


def completions() -> JsonObject:
    """Return examples of a completion, by name."""
    replies = {"hello": GREETING, "tool_call": FILLER_AND_CALL}
    bodies = {name: render.completion(reply, STAMP) for name, reply in replies.items()}
    return _examples({name: codec.decode(body) for name, body in bodies.items()})


def events() -> JsonObject:
    """Return one example of each kind of event, by name."""
    frames = render.stream(FILLER_AND_CALL, STAMP, include_usage=True)
    kinds = ("role", "content", None, None, None, "tool_call", "arguments", None, "finish")
    named = dict(zip((*kinds, "usage", "done"), frames, strict=True))
    named["error"] = render.error_event(errors.UPSTREAM, REQUEST_ID)
    data = {name: _data_of(frame) for name, frame in named.items() if name is not None}
    return _examples({name: {"data": text} for name, text in data.items()})


def _data_of(frame: bytes) -> str:
    return frame.decode().removeprefix("data: ").removesuffix("\n\n")


def _examples(values: dict[str, Any]) -> JsonObject:
    return {name: {"value": value} for name, value in values.items()}
