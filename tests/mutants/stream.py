"""4. Stream: its events and chunks, and its end."""

from typing import Any

from mutants.breaking import breaks
from mutants.changes import (
    as_greeting,
    events,
    header,
    in_event,
    in_every_chunk,
    put,
    put_in,
    remove_from,
    status,
    text,
    with_reversed_keys,
)
from mutants.mutant import Change, Request

DELTA = "choices.0.delta"
CONTENT = f"{DELTA}.content"
FINISH = "choices.0.finish_reason"
FINISHING, USAGE, DONE = -2, -2, -1
"""Events, counted from the end: FINISHING in a stream without usage, USAGE in one with usage."""
OTHER_ID = "chatcmpl-0123456789abcdef"


def moved_role(found: list[Any]) -> None:
    remove_from(found[0], f"{DELTA}.role")
    found[1]["choices"][0]["delta"]["role"] = "assistant"


def in_one_chunk(found: list[Any]) -> list[Any]:
    """All words in one chunk, after the chunk with the role."""
    words = [chunk for chunk in found[1:-3] if chunk["choices"][0]["delta"].get("content")]
    whole = "".join(chunk["choices"][0]["delta"]["content"] for chunk in words)
    words[0]["choices"][0]["delta"]["content"] = whole
    return [found[0], words[0], *found[-3:]]


def early_finish(found: list[Any]) -> None:
    found[FINISHING]["choices"][0]["finish_reason"] = None
    found[1]["choices"][0]["finish_reason"] = "stop"


def usage_first(found: list[Any]) -> list[Any]:
    return [found[USAGE], *found[:USAGE], found[DONE]]


def remove_usage(number: int) -> Change:
    return events(lambda found: remove_from(found[number], "usage"))


def constant_usage(found: list[Any]) -> None:
    for chunk in found[:DONE]:
        put_in(chunk, "usage.completion_tokens", 0)


def logprobs_last(found: list[Any]) -> None:
    for chunk in found[:DONE]:
        chunk["choices"] = list(map(with_reversed_keys, chunk["choices"]))


def another_token(found: list[Any]) -> None:
    chunk = next(c for c in found if c["choices"][0].get("logprobs"))
    put_in(chunk, "choices.0.logprobs.content.0.token", "X")


def another_key(found: list[Any]) -> None:
    error = next(chunk for chunk in found if "error" in chunk)["error"]
    error["code"] = 503


def without_faults(request: Request) -> Request:
    return request.with_header("x-mock-electron", "")


MUTANTS = (
    breaks("stream.answers", "as text", header("content-type", "text/plain")),
    breaks("stream.answers", "201", status(201)),
    breaks("stream.cache_control", "none", header("cache-control", None)),
    breaks("stream.framing", "with a comment", text(lambda t: f": ping\n\n{t}")),
    breaks("stream.framing", "with names", text(lambda t: t.replace("data", "event: x\ndata", 1))),
    breaks("stream.line_feeds", "a carriage return", text(lambda t: t.replace("\n", "\r\n", 2))),
    breaks("stream.line_feeds stream.done", "all as CRLF", text(lambda t: t.replace("\n", "\r\n"))),
    breaks("stream.done", "no [DONE]", text(lambda t: t.removesuffix("data: [DONE]\n\n"))),
    breaks("stream.done", "[DONE] in quotes", text(lambda t: t.replace("[DONE]", '"[DONE]"'))),
    breaks("stream.id", "another in the last chunk", in_event(USAGE, "id", OTHER_ID)),
    breaks("stream.id", "longer", in_every_chunk("id", lambda old: f"{old}0")),
    breaks("stream.created", "another in one chunk", in_event(1, "created", 1740000001)),
    breaks("stream.created", "text", in_every_chunk("created", "1740000000")),
    breaks("stream.model", "another name", in_event(1, "model", "electron-v1")),
    breaks("stream.object", "that of a reply", in_every_chunk("object", "chat.completion")),
    breaks("stream.keys", "a fingerprint", in_event(1, "system_fingerprint", None)),
    breaks("stream.choice.keys", "logprobs of null", in_every_chunk("choices.0.logprobs", None)),
    breaks("stream.choice.index", "1", in_event(1, "choices.0.index", 1)),
    breaks("stream.role.first", "a chunk later", events(moved_role)),
    breaks(
        "stream.role.first stream.role.once", "another role", in_event(0, f"{DELTA}.role", "model")
    ),
    breaks("stream.role.once", "again", in_event(1, f"{DELTA}.role", "assistant")),
    breaks("stream.role.content", "null", in_event(0, CONTENT, None)),
    breaks("stream.tokens", "all at once", events(in_one_chunk)),
    breaks("stream.same_words", "other words", in_event(1, CONTENT, "Well, "), which=1),
    breaks("stream.finish.once", "twice", in_event(1, FINISH, "stop")),
    breaks("stream.finish.last", "too early", events(early_finish)),
    breaks("stream.finish.once stream.finish.last", "never", in_event(FINISHING, FINISH, None)),
    breaks("stream.finish.delta", "empty words", in_event(FINISHING, DELTA, {"content": ""})),
    breaks(
        "stream.finish.delta stream.choice.keys",
        "missing",
        events(lambda found: remove_from(found[FINISHING], DELTA)),
    ),
    breaks("stream.finish.length", "stop", in_event(FINISHING, FINISH, "stop")),
    breaks("stream.usage.last", "with a choice", in_event(USAGE, "choices", [{"index": 0}])),
    breaks(
        "stream.usage.last stream.usage.keys stream.usage.same stream.tokens",
        "first",
        events(usage_first),
    ),
    breaks("stream.usage.keys", "one more", in_event(USAGE, "usage.reasoning_tokens", 0)),
    breaks("stream.usage.once", "null in another", in_event(0, "usage", None)),
    breaks("stream.usage.continuous", "missing once", remove_usage(1)),
    breaks("stream.usage.continuous", "never grows", events(constant_usage)),
    breaks(
        "stream.usage.continuous.last",
        "one fewer",
        in_event(-3, "usage.prompt_tokens", lambda n: n + 1),
    ),
    breaks("stream.usage.absent", "null in one", in_event(0, "usage", None)),
    breaks(
        "stream.usage.same",
        "one more",
        in_event(USAGE, "usage.prompt_tokens", lambda n: n + 1),
        which=1,
    ),
    breaks("stream.logprobs", "last", events(logprobs_last)),
    breaks("stream.logprobs.tokens", "another token", events(another_token)),
    breaks("stream.stop.withheld", "its start is sent", in_event(-3, CONTENT, lambda t: f"{t}th")),
    breaks("stream.stop.withheld", "all of it is sent", in_event(1, CONTENT, "one two three")),
    breaks("stream.mistake", "as a stream", request=as_greeting),
    breaks("stream.mistake", "200", status(200)),
    breaks("stream.mistake", "other words", put("error.message", "Bad request")),
    breaks("stream.error", "a code", events(another_key)),
    breaks("stream.error.done", "no [DONE]", text(lambda t: t.removesuffix("data: [DONE]\n\n"))),
    breaks("stream.broken", "it does not break off", request=without_faults),
)
