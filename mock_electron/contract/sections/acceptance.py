"""2. Request body: what is accepted."""

import gzip
import json
import zlib
from typing import Any, Final

from mock_electron.contract.checks import all_of, at, equal, length, status
from mock_electron.contract.clause import ASSUMED, DOCUMENTED, INFERRED, Clause, Confidence, Source
from mock_electron.contract.probe import Probe, asks, body, user
from mock_electron.contract.sections.probes import FINISH, LONG_TEXT, WEATHER, WEATHER_TOOL
from mock_electron.contract.sections.validation import SECTION
from mock_electron.contract.sections.violations import with_call
from mock_electron.contract.target import CHAT

ANSWERED: Final = all_of(status(200), at("choices", length(1)))


def accepts(
    name: str,
    sentence: str,
    body: Any,
    confidence: Confidence = DOCUMENTED,
    source: Source = Source.CHAT_COMPLETIONS,
) -> Clause:
    """Return the clause that a body is answered."""
    probe = body if isinstance(body, Probe) else asks(f"accepted: {name}", body)
    return SECTION.clause(f"accepts.{name}", sentence, probe, ANSWERED, confidence, source)


def tool(name: str) -> dict[str, Any]:
    """Return the definition of a tool."""
    return {"type": "function", "function": {"name": name}}


def raw(content: str | bytes, **headers: str) -> Probe:
    """Return a probe of a body with exactly these bytes, or with this text in UTF-8."""
    sent = content.encode() if isinstance(content, str) else content
    return Probe(
        f"sent as it is: {content[:20]!r} {headers}",
        lambda session, _attempt: (session.send("POST", CHAT, sent, headers=headers),),
        tokens=30,
    )


EVERY_FIELD: Final = body(
    "Hi",
    temperature=0.5,
    top_p=0.9,
    max_tokens=8,
    stop=["END", "STOP", "HALT", "DONE"],
    seed=7,
    response_format={"type": "text"},
    logit_bias={"50256": -100},
    logprobs=False,
    presence_penalty=0.5,
    frequency_penalty=-0.5,
    user="user-1",
    n=1,
)
EVERY_ROLE: Final = [
    {"role": "system", "content": "Be brief."},
    user(WEATHER),
    *with_call()["messages"][1:],
]
NO_WORDS: Final = {"role": "assistant", "content": None}
TEXT_PART: Final = {"type": "text", "text": "Hi"}
REPLY_AS_HISTORY: Final = {"role": "assistant", "content": "Hello!", "tool_calls": None}
OTHER_RESULT: Final = {"role": "tool", "tool_call_id": "other", "content": "31"}
STRICT_TOOL: Final = {**WEATHER_TOOL, "function": {**WEATHER_TOOL["function"], "strict": False}}
WHOLE_FLOAT: Final = raw(json.dumps(body("Hi", max_tokens=2)).replace(": 2}", ": 2.0}"))
WITH_CHARSET: Final = raw(
    json.dumps(body("Hi", max_tokens=1)), **{"Content-Type": "application/json; charset=utf-8"}
)
SHORT: Final = json.dumps(body("Hello", max_tokens=1))
GZIPPED: Final = raw(gzip.compress(SHORT.encode(), mtime=0), **{"Content-Encoding": "gzip"})
DEFLATED: Final = raw(zlib.compress(SHORT.encode()), **{"Content-Encoding": "deflate"})
IN_UTF_16: Final = raw(
    SHORT.encode("utf-16-le"), **{"Content-Type": "application/json; charset=utf-16"}
)
UNTYPED_TOOL: Final = {"function": WEATHER_TOOL["function"]}
BOTH_LIMITS: Final = asks(
    "max_completion_tokens with max_tokens",
    body(LONG_TEXT, max_tokens=9, max_completion_tokens=4),
)

# fmt: off
ACCEPTED: Final = (
    accepts("every_field", "Every documented field is accepted.", EVERY_FIELD,
        source=Source.SUPPORTED_PARAMETERS),
    accepts("every_role", "A conversation with all four roles is accepted.",
        body(messages=EVERY_ROLE, max_tokens=8)),
    accepts("messages.most", "A conversation of 200 messages is accepted.",
        body(messages=[user("Hi")] * 200, max_tokens=1)),
    accepts("tools.most", "A list of 64 tools is accepted.",
        body("Hi", tools=[tool(f"tool_{n}") for n in range(64)], tool_choice="none", max_tokens=1),
        source=Source.TOOL_CALLING),
    accepts("content.null", "A message whose `content` is null is accepted.",
        body(messages=[user("Hi"), NO_WORDS, user("Hi")]) | {"max_tokens": 1},
        source=Source.API_REFERENCE),
    accepts("content.absent", "A message without `content` is accepted.",
        with_call() | {"max_tokens": 1}, source=Source.API_REFERENCE),
    accepts("content.parts", "A `content` that is an array of text parts is accepted.",
        body(messages=[{"role": "user", "content": [TEXT_PART]}], max_tokens=1),
        ASSUMED, Source.CHOICE),
    accepts("reply_as_history",
        "A reply is accepted as a message of the history, including its `tool_calls` of null.",
        body(messages=[user("Hi"), REPLY_AS_HISTORY, user("Hi")], max_tokens=1),
        ASSUMED, Source.CLIENTS),
    accepts("tool_call_id.unknown",
        "A `tool_call_id` is accepted without an earlier call of that id.",
        body(messages=[user("Hi"), OTHER_RESULT], max_tokens=1), INFERRED, Source.VLLM),
    accepts("temperature.high",
        "A `temperature` above 2 is accepted: the guide that calls itself authoritative gives no "
        "maximum.",
        body(temperature=2.5, max_tokens=1), source=Source.SUPPORTED_PARAMETERS),
    accepts("unknown_key", "An unknown field is accepted.",
        body("Hi", store=False, metadata={"trace": "1"}, something_new=1, max_tokens=1),
        source=Source.SUPPORTED_PARAMETERS),
    accepts("unknown_key.deep", "Unknown fields in messages and tools are accepted.",
        body(messages=[user("Hi") | {"name": "asha"}], tools=[STRICT_TOOL], tool_choice="none",
             max_tokens=1), source=Source.SUPPORTED_PARAMETERS),
    accepts("whole_float", "`2.0` is accepted as an integer.", WHOLE_FLOAT, INFERRED, Source.ZOD),
    accepts("tool.untyped", "A tool without `type` is accepted.",
        body("Hi", tools=[UNTYPED_TOOL], tool_choice="none", max_tokens=1), INFERRED, Source.VLLM),
    accepts("gzip", "A body that is compressed with gzip is accepted.", GZIPPED,
        INFERRED, Source.EXPRESS),
    accepts("deflate", "A body that is compressed with deflate is accepted.", DEFLATED,
        INFERRED, Source.EXPRESS),
    accepts("utf_16", "A body in UTF-16 is accepted.", IN_UTF_16, INFERRED, Source.EXPRESS),
    accepts("charset", "A charset in the media type of the body is accepted.", WITH_CHARSET,
        INFERRED, Source.EXPRESS),
)
CLAUSES: Final = (
    *ACCEPTED,
    SECTION.inferred("max_completion_tokens",
        "`max_completion_tokens` is applied and takes precedence over `max_tokens`.",
        BOTH_LIMITS, all_of(at(FINISH, equal("length")), at("usage.completion_tokens", equal(4)))),
)
# fmt: on
