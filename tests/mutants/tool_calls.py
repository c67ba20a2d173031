"""3. Reply: tool calls, and the filler that is spoken before them."""

import json
from typing import Any

from mutants.breaking import breaks
from mutants.changes import put, reverse_keys, then
from mutants.mutant import compact
from mutants.reply import CONTENT, FINISH, MESSAGE

CALLS = f"{MESSAGE}.tool_calls"
FIRST = f"{CALLS}.0"
NAME = f"{FIRST}.function.name"
ARGUMENTS = f"{FIRST}.function.arguments"
MUMBAI_TWICE = '{"city": "Mumbai", "cities": ["Mumbai", "Delhi"]}'


def one_more(calls: list[Any]) -> list[Any]:
    return [*calls, {**calls[0], "id": "chatcmpl-tool-0123456789abcdef"}]


MUTANTS = (
    breaks("chat.call.made", "another name", put(NAME, "getWeather")),
    breaks("chat.call.made", "two of them", put(CALLS, one_more)),
    breaks("chat.call.finish", "stop", put(FINISH, "stop")),
    breaks("chat.call.keys", "an index", put(f"{FIRST}.index", 0)),
    breaks("chat.call.keys", "a function's keys turned round", reverse_keys(f"{FIRST}.function")),
    breaks("chat.call.id", "as OpenAI's", put(f"{FIRST}.id", "call_abc")),
    breaks("chat.call.type", "tool", put(f"{FIRST}.type", "tool")),
    breaks("chat.call.arguments", "another city", put(ARGUMENTS, '{"city": "Delhi"}')),
    breaks(
        "chat.call.arguments chat.call.arguments.spaces",
        "an object",
        put(ARGUMENTS, json.loads),
    ),
    breaks(
        "chat.call.arguments.spaces",
        "none after colons",
        put(ARGUMENTS, lambda text: compact(json.loads(text))),
    ),
    breaks(
        "chat.call.arguments.spaces",
        "none after commas",
        put(ARGUMENTS, MUMBAI_TWICE.replace(", ", ",")),
    ),
    breaks("chat.filler.absent", "empty words", put(CONTENT, "")),
    breaks("chat.filler.spoken", "never", put(CONTENT, None)),
    breaks("chat.filler.spoken", "words, and no call", put(CALLS, None)),
    breaks("chat.filler.finish", "stop", put(FINISH, "stop")),
    breaks("chat.filler.language", "always English", put(CONTENT, "One moment.")),
    breaks("chat.call.parallel", "another name", put(f"{CALLS}.1.function.name", "get_time")),
    breaks("chat.call.parallel chat.call.parallel.ids", "only one", put(CALLS, lambda c: c[:1])),
    breaks(
        "chat.call.parallel.ids",
        "both the same",
        then(*(put(f"{CALLS}.{n}.id", "chatcmpl-tool-0123456789abcdef") for n in (0, 1))),
    ),
    breaks("chat.call.parallel.off", "ignored", put(CALLS, one_more)),
    breaks("chat.choice.required", "no call", put(CALLS, None)),
    breaks("chat.choice.required", "two calls", put(CALLS, one_more)),
    breaks("chat.choice.required.finish", "stop", put(FINISH, "stop")),
    breaks("chat.choice.named", "another tool", put(NAME, "get_weather")),
    breaks("chat.choice.named", "no call", put(CALLS, None)),
    breaks("chat.choice.named.finish", "stop, as with vLLM", put(FINISH, "stop")),
    breaks("chat.choice.none", "a call", put(CALLS, [{}])),
    breaks("chat.choice.none", "an empty list", put(CALLS, [])),
    breaks("chat.result.answered", "no words", put(CONTENT, None)),
    breaks("chat.result.answered", "length", put(FINISH, "length")),
    breaks("chat.result.chained", "no filler", put(CONTENT, None)),
    breaks("chat.result.chained", "the first tool again", put(NAME, "get_weather")),
)
