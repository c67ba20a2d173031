"""Probes that several sections look at."""

from typing import Any, Final

from mock_electron.contract.checks import matching
from mock_electron.contract.probe import Probe, asks, body, cost, refused, sends, user

GREETING: Final = body(max_tokens=40)
HELLO: Final = asks("hello", GREETING)
HELLO_AGAIN: Final = Probe(
    "hello, twice",
    lambda session, _attempt: (session.ask(GREETING), session.ask(GREETING)),
    requests=2,
    tokens=2 * cost(GREETING),
)
HELLO_STREAMED: Final = asks("hello, streamed", body(max_tokens=40, stream=True))
HELLO_STREAMED_WITH_USAGE: Final = asks(
    "hello, streamed with usage",
    body(max_tokens=40, stream=True, stream_options={"include_usage": True}),
)

COMPLETION_ID: Final = matching("chatcmpl-[0-9a-f]{16}", "chatcmpl- and 16 hex digits")
UUID: Final = matching("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "a UUID")

WEATHER_TOOL: Final[dict[str, Any]] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the current weather for a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "City name"}},
            "required": ["city"],
        },
    },
}
WEATHER: Final = "What is the weather in Mumbai?"
FILLER_PROMPT: Final = (
    "You are a friendly phone agent. Briefly acknowledge out loud before using any tool, "
    "like 'Let me check that' or 'One moment'."
)

LONG_TEXT: Final = "Write a story of three hundred words about a lighthouse keeper."
CUT_SHORT: Final = asks("cut short by max_tokens", body(LONG_TEXT, max_tokens=5))

NO_KEY: Final = sends("no key", "POST", "/chat/completions", b"{}", headers={"Authorization": ""})
WRONG_KEY: Final = refused("a wrong key", body(), key="sk_mock_revoked")
NO_MODELS: Final = sends("models", "GET", "/models")
TOO_LONG: Final = refused("max_tokens of the whole context", body(max_tokens=32_768))
SECOND_COMPLETION: Final = refused("n of 2", body(n=2))


def alone(text: str, **message: Any) -> list[dict[str, Any]]:
    """One message of the user's, with more fields."""
    return [{**user(text), **message}]
