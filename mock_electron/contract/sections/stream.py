"""4. Stream: its events and chunks, and a text reply."""

from typing import Any, Final

from mock_electron._regex import regex
from mock_electron.contract.checks import (
    all_of,
    equal,
    every_chunk,
    header,
    keys,
    reading,
    satisfies,
    status,
)
from mock_electron.contract.clause import Source
from mock_electron.contract.probe import Probe, token_estimate
from mock_electron.contract.response import ABSENT, Response
from mock_electron.contract.response import at as value_at
from mock_electron.contract.section import Section
from mock_electron.contract.sections.probes import (
    COMPLETION_ID,
    CONTENT,
    GREETING,
    HELLO_STREAMED,
    HELLO_STREAMED_WITH_USAGE,
    SAME_TEXT,
)

SECTION: Final = Section("4 Stream", prefix="stream", documented_in=Source.STREAMING)

WITH_USAGE: Final = {"stream": True, "stream_options": {"include_usage": True}}
STREAM: Final = HELLO_STREAMED_WITH_USAGE
BOTH_WAYS: Final = Probe(
    "the same question, not streamed and streamed",
    lambda session, _attempt: (session.ask(GREETING), session.ask(GREETING | WITH_USAGE)),
    requests=2,
    tokens=2 * token_estimate(GREETING),
)
EVENTS: Final = regex(r"(?:data: [^\n]*\n\n)+")
CHUNK_KEYS: Final = ["id", "object", "created", "model", "choices"]


def _is_framed(response: Response) -> bool:
    """Return whether the text consists of events, each a line of data and an empty line."""
    return EVENTS.fullmatch(response.text.replace("\r\n", "\n")) is not None


def _distinct_values(response: Response, path: str) -> list[Any]:
    """Return the distinct values at a path of the chunks, in order; None for each absent one."""
    found: list[Any] = []
    for chunk in response.chunks:
        value = value_at(chunk, path)
        if value is ABSENT or value not in found:
            found.append(None if value is ABSENT else value)
    return found


def _distinct_keys(response: Response) -> list[list[str]]:
    """Return the distinct lists of keys of the chunks, without `usage`."""
    found: list[list[str]] = []
    for chunk in response.chunks:
        names = [name for name in chunk if name != "usage"]
        if names not in found:
            found.append(names)
    return found


def _count_chunks_with_words(response: Response) -> int:
    return sum(1 for text in response.deltas("delta.content") if text)


def _first_delta(response: Response, name: str) -> Any:
    return value_at(response.chunks[0], f"choices.0.delta.{name}")


EVENT_STREAM: Final = satisfies(
    "text/event-stream", lambda text: text.startswith("text/event-stream")
)
DONE_AT_END: Final = satisfies(
    "data: [DONE] and an empty line at the end", lambda end: end.endswith("data: [DONE]\n\n")
)

# fmt: off
CLAUSES: Final = (
    SECTION.documented("answers",
        "A request with `stream: true` is answered with the media type `text/event-stream`.",
        HELLO_STREAMED, all_of(status(200), header("content-type", EVENT_STREAM)),
        source=Source.CHAT_COMPLETIONS),
    SECTION.assumed("cache_control", "A stream has the header `Cache-Control: no-cache`.",
        HELLO_STREAMED,
        header("cache-control", satisfies("no-cache", lambda text: "no-cache" in text))),
    SECTION.documented("framing",
        "Each event is one line, `data: ` and JSON, followed by an empty line.",
        HELLO_STREAMED, reading(_is_framed, satisfies("only events of one line of data", bool))),
    SECTION.documented("line_feeds", "Lines end with a line feed, without a carriage return.",
        HELLO_STREAMED, reading(lambda response: response.text, satisfies(
            "data, and no carriage return", lambda text: "data: " in text and "\r" not in text))),
    SECTION.documented("done", "The stream ends with `data: [DONE]` and an empty line.",
        HELLO_STREAMED, reading(lambda response: response.text[-16:], DONE_AT_END)),
    SECTION.documented("id", "All chunks have the same `id`, `chatcmpl-` and 16 hex digits.",
        STREAM, all_of(every_chunk("id", COMPLETION_ID),
                       reading(lambda response: len(_distinct_values(response, "id")),
                               satisfies("one id", lambda count: count == 1)))),
    SECTION.documented("created", "All chunks have the same `created`.",
        STREAM, reading(lambda response: _distinct_values(response, "created"), satisfies(
            "one integer", lambda found: len(found) == 1 and type(found[0]) is int))),
    SECTION.documented("model", "The `model` of all chunks is `electron`.",
        STREAM, every_chunk("model", equal("electron"))),
    SECTION.documented("object", "The `object` of all chunks is `chat.completion.chunk`.",
        STREAM, every_chunk("object", equal("chat.completion.chunk"))),
    SECTION.documented("keys",
        "A chunk has the keys `id`, `object`, `created`, `model` and `choices`, in this order.",
        HELLO_STREAMED, reading(_distinct_keys, equal([CHUNK_KEYS]))),
    SECTION.documented("choice.keys",
        "The choice of a chunk has the keys `index`, `delta` and `finish_reason`, in this order.",
        HELLO_STREAMED, every_chunk("choices.0", keys("index", "delta", "finish_reason"))),
    SECTION.documented("choice.index", "The `index` of the choice is 0 in every chunk.",
        HELLO_STREAMED, every_chunk("choices.0.index", equal(0))),
    SECTION.documented("role.first", "The first chunk has the role `assistant`.",
        HELLO_STREAMED, reading(lambda r: _first_delta(r, "role"), equal("assistant"))),
    SECTION.documented("role.once", "Only one chunk has a role.",
        HELLO_STREAMED, reading(lambda r: list(r.deltas("delta.role")), equal(["assistant"]))),
    SECTION.inferred("role.content", "The chunk with the role has an empty `content`.",
        HELLO_STREAMED, reading(lambda r: _first_delta(r, "content"), equal(""))),
    SECTION.documented("tokens",
        "Words are streamed as they are generated: in several chunks, of one token or a few each.",
        STREAM, reading(
            lambda r: [_count_chunks_with_words(r), r.chunks[-1]["usage"]["completion_tokens"]],
            satisfies("at least 2 chunks with words, and not more than tokens",
                      lambda counts: 1 < counts[0] <= counts[1]))),
    SECTION.inferred("same_words",
        "The chunks, joined, are the reply that is sent without a stream (at temperature 0).",
        BOTH_WAYS, reading(lambda whole, streamed: [whole.at(CONTENT), streamed.streamed_text],
                           SAME_TEXT), source=Source.STREAMING),
)
# fmt: on
