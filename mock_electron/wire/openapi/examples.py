"""The examples of the vendor's documentation."""

from typing import Any, Final

from mock_electron.wire.codec import encode

WEATHER_TOOL: Final = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get current weather for a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "City name"}},
            "required": ["city"],
        },
    },
}


def _asked(text: str, system: str | None = None, **fields: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": text}]
    if system is not None:
        messages.insert(0, {"role": "system", "content": system})
    return {"model": "electron", "messages": messages, **fields}


REQUESTS: Final = {
    "minimal": {"value": _asked("Hello!")},
    "streaming_with_usage": {
        "value": _asked(
            "Tell me a one-sentence fun fact.", stream=True, stream_options={"include_usage": True}
        )
    },
    "tools": {
        "value": _asked(
            "What's the weather in Mumbai?",
            "You are a friendly phone agent. Briefly acknowledge out loud before using any tool.",
            tools=[WEATHER_TOOL],
        )
    },
    "json_object": {
        "value": _asked(
            'List three Indian state capitals as {"capitals": [...]}',
            "Reply with strict JSON.",
            response_format={"type": "json_object"},
            temperature=0,
        )
    },
}

USAGE: Final = {
    "prompt_tokens": 20,
    "completion_tokens": 9,
    "total_tokens": 29,
    "prompt_tokens_details": {"cached_tokens": 0},
}
COMPLETION: Final = {
    "id": "chatcmpl-a670053f3ab2ed8f",
    "object": "chat.completion",
    "created": 1740000000,
    "model": "electron",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "Hi! How can I help you today?",
                "tool_calls": None,
            },
            "finish_reason": "stop",
        }
    ],
    "usage": USAGE,
}
CHUNK: Final = {
    "id": "chatcmpl-a670053f3ab2ed8f",
    "object": "chat.completion.chunk",
    "created": 1740000000,
    "model": "electron",
    "choices": [{"index": 0, "delta": {"content": "Hello"}, "finish_reason": None}],
}
STREAM: Final = f"data: {encode(CHUNK).decode()}\n\ndata: [DONE]\n\n"
ERROR: Final = {
    "error": {
        "message": "Invalid input data",
        "type": "invalid_request_error",
        "details": [{"code": "custom", "message": "n > 1 is not supported", "path": ["n"]}],
        "request_id": "9db74058-2421-4793-8796-b2629ff3eb1c",
    }
}
