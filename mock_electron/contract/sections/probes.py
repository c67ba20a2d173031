"""Probes, expectations and paths that several sections share."""

from typing import Any, Final

from mock_electron.contract.checks import matching, satisfies
from mock_electron.contract.probe import Probe, asks, body, refused, sends, token_estimate
from mock_electron.contract.target import CHAT

# --- expectations and paths

COMPLETION_ID: Final = matching("chatcmpl-[0-9a-f]{16}", "chatcmpl- and 16 hex digits")
UUID: Final = matching("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "a UUID")
SAME_TEXT: Final = satisfies("the same text twice", lambda texts: texts[0] == texts[1] != "")
DIFFERENT_IDS: Final = satisfies(
    "two different ids", lambda ids: len(ids) == 2 and ids[0] != ids[1]
)
WHOLE_MESSAGE: Final = "choices.0.message"
CONTENT: Final = "choices.0.message.content"
FINISH: Final = "choices.0.finish_reason"

# --- a greeting

GREETING: Final = body(max_tokens=40)
HELLO: Final = asks("hello", GREETING)
HELLO_AGAIN: Final = Probe(
    "hello, twice",
    lambda session, _attempt: (session.ask(GREETING), session.ask(GREETING)),
    requests=2,
    tokens=2 * token_estimate(GREETING),
)
HELLO_STREAMED: Final = asks("hello, streamed", body(max_tokens=40, stream=True))
HELLO_STREAMED_WITH_USAGE: Final = asks(
    "hello, streamed with usage",
    body(max_tokens=40, stream=True, stream_options={"include_usage": True}),
)

# --- a tool, and a text that max_tokens cuts

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

# --- refusals

NO_KEY: Final = sends("no key", "POST", CHAT, b"{}", headers={"Authorization": ""})
WRONG_KEY: Final = refused("a wrong key", body(), key="sk_mock_revoked")
NO_MODELS: Final = sends("models", "GET", "/models")
TOO_LONG: Final = refused("max_tokens of the whole context", body(max_tokens=32_768))
SECOND_COMPLETION: Final = refused("n of 2", body(n=2))
