"""3. Reply: its keys, its end, JSON mode and log-probabilities."""

import json
from typing import Any, Final

from mock_electron.contract.checks import at, equal, json_type, keys, length, reading, satisfies
from mock_electron.contract.clause import Source
from mock_electron.contract.probe import asks, body, system, user
from mock_electron.contract.response import Response
from mock_electron.contract.section import Section
from mock_electron.contract.sections.probes import (
    COMPLETION_ID,
    CONTENT,
    CUT_SHORT,
    DIFFERENT_IDS,
    FINISH,
    HELLO,
    HELLO_AGAIN,
    SAME_TEXT,
    WHOLE_MESSAGE,
)

SECTION: Final = Section("3 Reply", prefix="chat", documented_in=Source.CHAT_COMPLETIONS)

LOGPROBS: Final = asks("log-probabilities", body(max_tokens=12, logprobs=True, top_logprobs=2))
STOP_BODY: Final = body(
    "Say exactly this, and nothing else: one two three four five", stop=["three"], max_tokens=40
)
STOP: Final = asks("a stop string", STOP_BODY)
CAPITALS: Final = asks(
    "JSON mode",
    body(
        messages=[
            system("Reply with strict JSON."),
            user('List three Indian state capitals as {"capitals": [...]}'),
        ],
        response_format={"type": "json_object"},
        max_tokens=200,
    ),
)
TOKENS: Final = "choices.0.logprobs.content"


def _is_compact(response: Response) -> bool:
    """Return whether the JSON has no spaces between its tokens."""
    compact = json.dumps(response.json, ensure_ascii=False, separators=(",", ":"))
    return len(response.text) == len(compact)


def _entries(response: Response) -> list[dict[str, Any]]:
    """Return the log-probabilities of the tokens."""
    entries = response.at(TOKENS)
    return entries if isinstance(entries, list) else []


def _joined_tokens(response: Response) -> str:
    return "".join(entry["token"] for entry in _entries(response))


def _bytes_match_tokens(response: Response) -> bool:
    entries = _entries(response)
    return bool(entries) and all(list(e["token"].encode()) == e["bytes"] for e in entries)


def _has_few_alternatives(response: Response) -> bool:
    entries = _entries(response)
    return bool(entries) and all(len(entry["top_logprobs"]) <= 2 for entry in entries)


def _json_of_content(response: Response) -> object:
    return json.loads(response.at(CONTENT))


CUT_AT_STOP: Final = satisfies(
    "a text that contains “two”, but neither “three” nor “four”",
    lambda text: "two" in text and "three" not in text and "four" not in text,
)

# fmt: off
CLAUSES: Final = (
    SECTION.documented("keys",
        "A reply has the keys `id`, `object`, `created`, `model`, `choices` and `usage`, in this "
        "order.",
        HELLO, at("", keys("id", "object", "created", "model", "choices", "usage"))),
    SECTION.inferred("compact", "The JSON is compact: it has no spaces between its tokens.",
        HELLO, reading(_is_compact, satisfies("JSON without spaces between its tokens", bool)),
        source=Source.EXPRESS),
    SECTION.documented("id", "`id` is `chatcmpl-` and 16 lowercase hex digits.",
        HELLO, at("id", COMPLETION_ID)),
    SECTION.inferred("id.own", "Each completion has a different `id`.",
        HELLO_AGAIN, reading(lambda *replies: [r.at("id") for r in replies], DIFFERENT_IDS)),
    SECTION.documented("object", "`object` is `chat.completion`.",
        HELLO, at("object", equal("chat.completion"))),
    SECTION.documented("created", "`created` is the time in whole seconds.",
        HELLO, at("created", json_type("integer")), source=Source.API_REFERENCE),
    SECTION.documented("model", "`model` is `electron`.", HELLO, at("model", equal("electron"))),
    SECTION.documented("choices", "A reply has one choice.",
        HELLO, at("choices", length(1)), source=Source.MODEL_CARD),
    SECTION.documented("choice.keys",
        "The choice has the keys `index`, `message` and `finish_reason`, in this order.",
        HELLO, at("choices.0", keys("index", "message", "finish_reason"))),
    SECTION.documented("choice.index", "The `index` of the choice is 0.",
        HELLO, at("choices.0.index", equal(0))),
    SECTION.documented("message.keys",
        "The message has the keys `role`, `content` and `tool_calls`, in this order.",
        HELLO, at(WHOLE_MESSAGE, keys("role", "content", "tool_calls"))),
    SECTION.documented("message.role", "The `role` of the message is `assistant`.",
        HELLO, at(f"{WHOLE_MESSAGE}.role", equal("assistant"))),
    SECTION.documented("message.content", "`content` is the text of the reply.",
        HELLO, at(CONTENT, satisfies("a text", lambda text: text.strip()))),
    SECTION.documented("message.tool_calls", "`tool_calls` is null if no tool is called.",
        HELLO, at(f"{WHOLE_MESSAGE}.tool_calls", equal(None))),
    SECTION.documented("finish.stop",
        "A reply that the model completes has the finish reason `stop`.",
        HELLO, at(FINISH, equal("stop"))),
    SECTION.documented("finish.length",
        "A reply that reaches `max_tokens` has the finish reason `length`.",
        CUT_SHORT, at(FINISH, equal("length"))),
    SECTION.documented("stop.finish",
        "A reply that a stop string ends has the finish reason `stop`.",
        STOP, at(FINISH, equal("stop"))),
    SECTION.inferred("stop.cut", "`content` ends before the stop string.",
        STOP, at(CONTENT, CUT_AT_STOP)),
    SECTION.documented("json", "In JSON mode, `content` is one JSON object.",
        CAPITALS, reading(_json_of_content, json_type("object")), source=Source.MIGRATE),
    SECTION.inferred("logprobs.place", "`logprobs` is between `message` and `finish_reason`.",
        LOGPROBS, at("choices.0", keys("index", "message", "logprobs", "finish_reason"))),
    SECTION.inferred("logprobs.keys",
        "Each token has the keys `token`, `logprob`, `bytes` and `top_logprobs`, in this order.",
        LOGPROBS, at(f"{TOKENS}.0", keys("token", "logprob", "bytes", "top_logprobs"))),
    SECTION.inferred("logprobs.tokens", "The tokens of `logprobs`, joined, are the content.",
        LOGPROBS, reading(lambda r: [_joined_tokens(r), r.at(CONTENT)], SAME_TEXT)),
    SECTION.inferred("logprobs.bytes", "The `bytes` of a token are its text in UTF-8.",
        LOGPROBS, reading(_bytes_match_tokens, satisfies("the bytes of each token", bool))),
    SECTION.documented("logprobs.top", "A token has at most `top_logprobs` alternatives.",
        LOGPROBS, reading(_has_few_alternatives,
                          satisfies("at most 2 alternatives to each token", bool))),
)
# fmt: on
