"""3. Reply."""

import json
from typing import Any, Final

from mock_electron.contract.checks import a, at, equal, holds, keys, length, of
from mock_electron.contract.clause import DOCUMENTED, INFERRED, Clause, Source
from mock_electron.contract.probe import asks, body, system, user
from mock_electron.contract.response import Response
from mock_electron.contract.sections.probes import (
    COMPLETION_ID,
    CUT_SHORT,
    HELLO,
    HELLO_AGAIN,
)

SECTION: Final = "3 Reply"

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


def _is_compact(response: Response) -> bool:
    """Whether the body is written without any space between its tokens."""
    pieces = json.dumps(response.json, ensure_ascii=False, separators=(",", ":"))
    return len(response.text) == len(pieces)


def _joined_tokens(response: Response) -> str:
    return "".join(entry["token"] for entry in _entries(response))


def _entries(response: Response) -> list[dict[str, Any]]:
    entries = response.at("choices.0.logprobs.content")
    return entries if isinstance(entries, list) else []


def _bytes_are_those_of_tokens(response: Response) -> bool:
    entries = _entries(response)
    return bool(entries) and all(list(e["token"].encode()) == e["bytes"] for e in entries)


def _has_alternatives(response: Response) -> bool:
    entries = _entries(response)
    return bool(entries) and all(len(entry["top_logprobs"]) <= 2 for entry in entries)


def _json_of_content(response: Response) -> object:
    return json.loads(response.at("choices.0.message.content"))


CLAUSES: Final = (
    Clause(
        "chat.keys",
        SECTION,
        "The keys are id, object, created, model, choices and usage, in this order.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        HELLO,
        at("", keys("id", "object", "created", "model", "choices", "usage")),
    ),
    Clause(
        "chat.compact",
        SECTION,
        "The JSON is compact: no spaces between its tokens.",
        INFERRED,
        Source.EXPRESS,
        HELLO,
        of(_is_compact, holds("JSON without spaces between its tokens", bool)),
    ),
    Clause(
        "chat.id",
        SECTION,
        "id is chatcmpl- and 16 lowercase hex digits.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        HELLO,
        at("id", COMPLETION_ID),
    ),
    Clause(
        "chat.id.own",
        SECTION,
        "Every completion has an id of its own.",
        INFERRED,
        Source.VLLM,
        HELLO_AGAIN,
        of(
            lambda first, second: len({first.at("id"), second.at("id")}),
            holds("two different ids", lambda count: count == 2),
        ),
    ),
    Clause(
        "chat.object",
        SECTION,
        "object is chat.completion.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        HELLO,
        at("object", equal("chat.completion")),
    ),
    Clause(
        "chat.created",
        SECTION,
        "created is the time in whole seconds.",
        DOCUMENTED,
        Source.API_REFERENCE,
        HELLO,
        at("created", a("integer")),
    ),
    Clause(
        "chat.model",
        SECTION,
        "model is electron.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        HELLO,
        at("model", equal("electron")),
    ),
    Clause(
        "chat.choices",
        SECTION,
        "There is one choice.",
        DOCUMENTED,
        Source.MODEL_CARD,
        HELLO,
        at("choices", length(1)),
    ),
    Clause(
        "chat.choice.keys",
        SECTION,
        "The keys of a choice are index, message and finish_reason, in this order.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        HELLO,
        at("choices.0", keys("index", "message", "finish_reason")),
    ),
    Clause(
        "chat.choice.index",
        SECTION,
        "The index of the choice is 0.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        HELLO,
        at("choices.0.index", equal(0)),
    ),
    Clause(
        "chat.message.keys",
        SECTION,
        "The keys of the message are role, content and tool_calls, in this order.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        HELLO,
        at("choices.0.message", keys("role", "content", "tool_calls")),
    ),
    Clause(
        "chat.message.role",
        SECTION,
        "The role of the message is assistant.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        HELLO,
        at("choices.0.message.role", equal("assistant")),
    ),
    Clause(
        "chat.message.content",
        SECTION,
        "The content is the reply's text.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        HELLO,
        at("choices.0.message.content", holds("a text", lambda text: text.strip())),
    ),
    Clause(
        "chat.message.tool_calls",
        SECTION,
        "tool_calls is null where no tool is called.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        HELLO,
        at("choices.0.message.tool_calls", equal(None)),
    ),
    Clause(
        "chat.finish.stop",
        SECTION,
        "A reply that ends by itself has the finish reason stop.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        HELLO,
        at("choices.0.finish_reason", equal("stop")),
    ),
    Clause(
        "chat.finish.length",
        SECTION,
        "A reply that reaches max_tokens has the finish reason length.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        CUT_SHORT,
        at("choices.0.finish_reason", equal("length")),
    ),
    Clause(
        "chat.stop.finish",
        SECTION,
        "A reply that a stop string ends has the finish reason stop.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        STOP,
        at("choices.0.finish_reason", equal("stop")),
    ),
    Clause(
        "chat.stop.cut",
        SECTION,
        "A stop string is cut out of the content, with all that follows it.",
        INFERRED,
        Source.VLLM,
        STOP,
        at(
            "choices.0.message.content",
            holds(
                "a text with “two” in it, but neither “three” nor “four”",
                lambda text: "two" in text and "three" not in text and "four" not in text,
            ),
        ),
    ),
    Clause(
        "chat.json",
        SECTION,
        "In JSON mode the content is one JSON object.",
        DOCUMENTED,
        Source.MIGRATE,
        CAPITALS,
        of(_json_of_content, a("object")),
    ),
    Clause(
        "chat.logprobs.place",
        SECTION,
        "Log-probabilities stand between message and finish_reason.",
        INFERRED,
        Source.VLLM,
        LOGPROBS,
        at("choices.0", keys("index", "message", "logprobs", "finish_reason")),
    ),
    Clause(
        "chat.logprobs.keys",
        SECTION,
        "Each token has token, logprob, bytes and top_logprobs.",
        INFERRED,
        Source.VLLM,
        LOGPROBS,
        at(
            "choices.0.logprobs.content.0",
            keys("token", "logprob", "bytes", "top_logprobs"),
        ),
    ),
    Clause(
        "chat.logprobs.tokens",
        SECTION,
        "The tokens joined are the content.",
        INFERRED,
        Source.VLLM,
        LOGPROBS,
        of(
            lambda r: (_joined_tokens(r), r.at("choices.0.message.content")),
            holds("the same text twice", lambda texts: texts[0] == texts[1] != ""),
        ),
    ),
    Clause(
        "chat.logprobs.bytes",
        SECTION,
        "bytes are those of the token in UTF-8.",
        INFERRED,
        Source.VLLM,
        LOGPROBS,
        of(_bytes_are_those_of_tokens, holds("the bytes of each token", bool)),
    ),
    Clause(
        "chat.logprobs.top",
        SECTION,
        "There are at most top_logprobs alternatives to a token.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        LOGPROBS,
        of(_has_alternatives, holds("at most 2 alternatives to each token", bool)),
    ),
)
