"""3. Reply."""

import json
from typing import Any

from mutants.breaking import breaks
from mutants.changes import nth, only_if, put, remove, reverse_keys, text, then
from mutants.mutant import Answer

CHOICE = "choices.0"
MESSAGE = f"{CHOICE}.message"
CONTENT = f"{MESSAGE}.content"
FINISH = f"{CHOICE}.finish_reason"
TOKENS = f"{CHOICE}.logprobs.content"


def spaced(answer: Answer) -> Answer:
    """The same JSON with the spaces that Python writes by default."""
    return text(lambda _: json.dumps(answer.json, ensure_ascii=False))(answer)


def doubled(choices: list[Any]) -> list[Any]:
    return [*choices, {**choices[0], "index": 1}]


MUTANTS = (
    breaks("chat.keys", "a fingerprint", put("system_fingerprint", None)),
    breaks("chat.keys", "in another order", reverse_keys()),
    breaks("chat.compact", "with spaces", spaced),
    breaks("chat.id", "longer", put("id", lambda old: f"{old}0")),
    breaks("chat.id", "a UUID's digits", put("id", lambda old: f"{old}{old[9:]}")),
    breaks("chat.id.own", "always the same", put("id", "chatcmpl-0123456789abcdef")),
    breaks("chat.object", "text_completion", put("object", "text_completion")),
    breaks("chat.created", "with a fraction", put("created", 1740000000.5)),
    breaks("chat.created", "as text", put("created", "1740000000")),
    breaks("chat.model", "another name", put("model", "electron-v1")),
    breaks("chat.choices", "two", put("choices", doubled)),
    breaks("chat.choice.keys", "logprobs of null", put(f"{CHOICE}.logprobs", None)),
    breaks("chat.choice.keys", "in another order", reverse_keys(CHOICE)),
    breaks("chat.choice.index", "1", put(f"{CHOICE}.index", 1)),
    breaks("chat.message.keys", "a refusal of null", put(f"{MESSAGE}.refusal", None)),
    breaks("chat.message.keys", "in another order", reverse_keys(MESSAGE)),
    breaks("chat.message.role", "model", put(f"{MESSAGE}.role", "model")),
    breaks(
        "chat.message.content", "no words in the first reply", only_if(nth(0), put(CONTENT, " "))
    ),
    breaks("chat.message.content stream.same_words", "no words", put(CONTENT, "")),
    breaks("chat.message.tool_calls", "an empty list", put(f"{MESSAGE}.tool_calls", [])),
    breaks("chat.message.tool_calls chat.message.keys", "missing", remove(f"{MESSAGE}.tool_calls")),
    breaks("chat.finish.stop", "length", put(FINISH, "length")),
    breaks("chat.finish.length", "stop", put(FINISH, "stop")),
    breaks("chat.stop.finish", "length", put(FINISH, "length")),
    breaks("chat.stop.cut", "the stop string is left", put(CONTENT, lambda t: f"{t}three")),
    breaks("chat.stop.cut", "the rest is left", put(CONTENT, lambda t: f"{t}four five")),
    breaks("chat.json", "fenced", put(CONTENT, lambda t: f"```json\n{t}\n```")),
    breaks("chat.json", "a list", put(CONTENT, lambda t: f"[{t}]")),
    breaks("chat.logprobs.place", "last", reverse_keys(CHOICE)),
    breaks("chat.logprobs.keys", "the number of the token", put(f"{TOKENS}.0.token_id", 5)),
    breaks("chat.logprobs.keys", "in another order", reverse_keys(f"{TOKENS}.0")),
    breaks(
        "chat.logprobs.tokens",
        "other words",
        then(put(f"{TOKENS}.0.token", "X"), put(f"{TOKENS}.0.bytes", [88])),
    ),
    breaks("chat.logprobs.tokens", "one is missing", put(TOKENS, lambda entries: entries[:-1])),
    breaks("chat.logprobs.bytes", "null", put(f"{TOKENS}.1.bytes", None)),
    breaks(
        "chat.logprobs.top", "one too many", put(f"{TOKENS}.1.top_logprobs", lambda t: [*t, t[0]])
    ),
    breaks(
        "chat.logprobs.keys chat.logprobs.tokens chat.logprobs.bytes chat.logprobs.top",
        "null",
        put(f"{CHOICE}.logprobs", None),
    ),
)
