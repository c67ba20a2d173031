"""2. Request body: what the model server refuses after the gateway, without `details`."""

import json
from typing import Any, Final

from mock_electron.contract.checks import (
    absent,
    all_of,
    at,
    containing,
    equal,
    keys,
    reading,
    satisfies,
    status,
)
from mock_electron.contract.clause import ASSUMED, INFERRED, Clause, Confidence, Source
from mock_electron.contract.probe import body, refused, sends
from mock_electron.contract.sections.probes import TOO_LONG, WEATHER_TOOL
from mock_electron.contract.sections.validation import SECTION
from mock_electron.contract.target import CHAT

CONTEXT: Final = 32_768


def refuses(
    name: str,
    subject: str,
    body: Any,
    confidence: Confidence = INFERRED,
    source: Source = Source.VLLM,
) -> Clause:
    """Return the clause that the model server refuses a body that the schema accepts."""
    probe = refused(f"objection: {name}", body)
    sentence = f"{subject} is refused with 400."
    return SECTION.clause(f"model_server.{name}", sentence, probe, status(400), confidence, source)


def _names_more_than_the_context(text: str) -> bool:
    """Return whether a text contains the size of the context and a larger number."""
    digits = "".join(c if c.isdigit() else " " for c in text.replace(",", ""))
    numbers = list(map(int, digits.split()))
    return CONTEXT in numbers and max(numbers) > CONTEXT


NAMED: Final = {"type": "function", "function": {"name": "get_time"}}
BAD_NAME: Final = {"type": "function", "function": {"name": "get weather"}}
ALONE: Final = refuses(
    "tool_choice.alone", "A `tool_choice` without `tools`", body(tool_choice="auto")
)
MALFORMED: Final = sends("malformed JSON", "POST", CHAT, b'{"model": "electron",')
FORMLESS_TOOL: Final = refused(
    "a tool without a function", body(tools=[{"name": "ping"}], tool_choice="none", max_tokens=1)
)
SENT: Final = json.dumps(body("Say hi.", max_tokens=1)).encode()
UNKNOWN_ENCODING: Final = sends(
    "an unknown content encoding", "POST", CHAT, SENT, headers={"Content-Encoding": "compress"}
)
UNKNOWN_CHARSET: Final = sends(
    "an unknown charset",
    "POST",
    CHAT,
    SENT,
    headers={"Content-Type": "application/json; charset=iso-8859-1"},
)
WITHOUT_DETAILS: Final = all_of(
    at("error.type", equal("invalid_request_error")),
    at("error", keys("message", "type", "request_id")),
)

# fmt: off
REFUSED: Final = (
    refuses("stream_options", "A `stream_options` without `stream: true`",
        body(stream_options={"include_usage": True})),
    refuses("stop.empty", "An empty stop string", body(stop="")),
    refuses("tools.empty", "An empty `tools` array (the vendor says to leave the field out)",
        body(tools=[])),
    refuses("tool.name", "A tool name that does not match `^[a-zA-Z0-9_-]{1,64}$`",
        body(tools=[BAD_NAME]), ASSUMED, Source.TOOL_CALLING),
    refuses("tool.type", "A tool whose `type` is not `function`",
        body(tools=[WEATHER_TOOL | {"type": "web_search"}])),
    ALONE,
    refuses("tool_choice.unknown", "A `tool_choice` that names a tool that is not in `tools`",
        body(tools=[WEATHER_TOOL], tool_choice=NAMED)),
    refuses("top_logprobs.alone", "A `top_logprobs` without `logprobs: true`",
        body(top_logprobs=2), source=Source.SUPPORTED_PARAMETERS),
)
CLAUSES: Final = (
    *REFUSED,
    SECTION.inferred("model_server.envelope",
        "An error of the model server has the same envelope, without `details`.",
        ALONE.probe, WITHOUT_DETAILS),
    SECTION.inferred("malformed", "Malformed JSON is refused with 400.",
        MALFORMED, status(400), source=Source.EXPRESS),
    SECTION.inferred("malformed.envelope", "Malformed JSON is refused without `details`.",
        MALFORMED, WITHOUT_DETAILS, source=Source.EXPRESS),
    SECTION.documented("tools.unchecked",
        "The gateway's schema does not check the inside of a tool: no `details` name it.",
        FORMLESS_TOOL, all_of(status(200, 400), reading(lambda r: r.at("error.details"), absent)),
        source=Source.API_REFERENCE),
    SECTION.inferred("context.envelope",
        "A prompt that exceeds the context is refused without `details`.",
        TOO_LONG, WITHOUT_DETAILS),
    SECTION.inferred("context.message",
        "The message about an exceeded context names the limit of 32768 and the requested tokens, "
        "in the words by which client libraries recognise it.",
        TOO_LONG, all_of(
            at("error.message", containing("maximum context length is 32768 tokens")),
            at("error.message", satisfies(
                "a message with 32768 and a larger number in it", _names_more_than_the_context)))),
    SECTION.inferred("encoding",
        "A `Content-Encoding` other than gzip and deflate is refused with 415.",
        UNKNOWN_ENCODING, all_of(status(415), WITHOUT_DETAILS), source=Source.EXPRESS),
    SECTION.inferred("charset",
        "A charset other than UTF-8 and UTF-16 is refused with 415.",
        UNKNOWN_CHARSET, all_of(status(415), WITHOUT_DETAILS), source=Source.EXPRESS),
)
# fmt: on
