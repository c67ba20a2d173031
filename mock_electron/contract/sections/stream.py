"""4. Stream: of words."""

import re
from typing import Any, Final

from mock_electron.contract.checks import (
    all_of,
    equal,
    every_chunk,
    header,
    holds,
    keys,
    of,
    status,
)
from mock_electron.contract.clause import ASSUMED, DOCUMENTED, INFERRED, Clause, Source
from mock_electron.contract.probe import Probe, cost
from mock_electron.contract.response import ABSENT, Response
from mock_electron.contract.response import at as value_at
from mock_electron.contract.sections.probes import (
    COMPLETION_ID,
    GREETING,
    HELLO_STREAMED,
    HELLO_STREAMED_WITH_USAGE,
)

SECTION: Final = "4 Stream"

WITH_USAGE: Final = {"stream": True, "stream_options": {"include_usage": True}}
STREAM: Final = HELLO_STREAMED_WITH_USAGE
BOTH_WAYS: Final = Probe(
    "the same question, not streamed and streamed",
    lambda session, _attempt: (session.ask(GREETING), session.ask(GREETING | WITH_USAGE)),
    requests=2,
    tokens=2 * cost(GREETING),
)

EVENT: Final = re.compile(r"data: [^\n]*\n\n")
HEAD: Final = ("id", "object", "created", "model", "choices")


def _is_framed(response: Response) -> bool:
    """Whether all of the text is events, each one line of data and a blank line."""
    return response.text != "" and EVENT.sub("", response.text.replace("\r\n", "\n")) == ""


def _values(response: Response, path: str) -> list[Any]:
    """The different values at a path of the chunks, in order."""
    found: list[Any] = []
    for chunk in response.chunks:
        value = value_at(chunk, path)
        if value is ABSENT or value not in found:
            found.append(None if value is ABSENT else value)
    return found


def _keys_of_chunks(response: Response) -> list[list[str]]:
    """The keys of the chunks, each list of them once; a usage is another clause's affair."""
    found: list[list[str]] = []
    for chunk in response.chunks:
        names = [name for name in chunk if name != "usage"]
        if names not in found:
            found.append(names)
    return found


def _chunks_with_text(response: Response) -> int:
    return sum(1 for text in response.deltas("delta.content") if text)


ENDS_WITH_DONE: Final = of(
    lambda response: response.text[-16:],
    holds("data: [DONE] and a blank line at the end", lambda end: end.endswith("data: [DONE]\n\n")),
)

CLAUSES: Final = (
    Clause(
        "stream.answers",
        SECTION,
        "A request with stream: true is answered with text/event-stream.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        HELLO_STREAMED,
        all_of(
            status(200),
            header(
                "content-type",
                holds("text/event-stream", lambda text: text.startswith("text/event-stream")),
            ),
        ),
    ),
    Clause(
        "stream.cache_control",
        SECTION,
        "A stream has Cache-Control: no-cache.",
        ASSUMED,
        Source.CHOICE,
        HELLO_STREAMED,
        header("cache-control", holds("no-cache", lambda text: "no-cache" in text)),
    ),
    Clause(
        "stream.framing",
        SECTION,
        "Each event is one line, data: and JSON, and a blank line.",
        DOCUMENTED,
        Source.STREAMING,
        HELLO_STREAMED,
        of(_is_framed, holds("nothing but events of one line of data", bool)),
    ),
    Clause(
        "stream.line_feeds",
        SECTION,
        "Lines end with a line feed, without a carriage return.",
        DOCUMENTED,
        Source.STREAMING,
        HELLO_STREAMED,
        of(
            lambda response: response.text,
            holds("data, and no carriage return", lambda t: "data: " in t and "\r" not in t),
        ),
    ),
    Clause(
        "stream.done",
        SECTION,
        "The stream ends with data: [DONE] and a blank line.",
        DOCUMENTED,
        Source.STREAMING,
        HELLO_STREAMED,
        ENDS_WITH_DONE,
    ),
    Clause(
        "stream.id",
        SECTION,
        "All chunks carry the same id, chatcmpl- and 16 hex digits.",
        DOCUMENTED,
        Source.STREAMING,
        STREAM,
        all_of(
            every_chunk("id", COMPLETION_ID),
            of(lambda r: len(_values(r, "id")), holds("one id", lambda count: count == 1)),
        ),
    ),
    Clause(
        "stream.created",
        SECTION,
        "All chunks carry the same created.",
        DOCUMENTED,
        Source.STREAMING,
        STREAM,
        of(
            lambda response: _values(response, "created"),
            holds("one whole number", lambda found: len(found) == 1 and type(found[0]) is int),
        ),
    ),
    Clause(
        "stream.model",
        SECTION,
        "The model of all chunks is electron.",
        DOCUMENTED,
        Source.STREAMING,
        STREAM,
        every_chunk("model", equal("electron")),
    ),
    Clause(
        "stream.object",
        SECTION,
        "The object of all chunks is chat.completion.chunk.",
        DOCUMENTED,
        Source.STREAMING,
        STREAM,
        every_chunk("object", equal("chat.completion.chunk")),
    ),
    Clause(
        "stream.keys",
        SECTION,
        "The keys of a chunk are id, object, created, model and choices, in this order.",
        DOCUMENTED,
        Source.STREAMING,
        HELLO_STREAMED,
        of(_keys_of_chunks, equal([list(HEAD)])),
    ),
    Clause(
        "stream.choice.keys",
        SECTION,
        "The keys of a chunk's choice are index, delta and finish_reason, in this order.",
        DOCUMENTED,
        Source.STREAMING,
        HELLO_STREAMED,
        every_chunk("choices.0", keys("index", "delta", "finish_reason")),
    ),
    Clause(
        "stream.choice.index",
        SECTION,
        "The index of the choice is 0 in every chunk.",
        DOCUMENTED,
        Source.STREAMING,
        HELLO_STREAMED,
        every_chunk("choices.0.index", equal(0)),
    ),
    Clause(
        "stream.role.first",
        SECTION,
        "The first chunk carries the role assistant.",
        DOCUMENTED,
        Source.STREAMING,
        HELLO_STREAMED,
        of(lambda r: value_at(r.chunks[0], "choices.0.delta.role"), equal("assistant")),
    ),
    Clause(
        "stream.role.once",
        SECTION,
        "The role comes once.",
        DOCUMENTED,
        Source.STREAMING,
        HELLO_STREAMED,
        of(lambda response: list(response.deltas("delta.role")), equal(["assistant"])),
    ),
    Clause(
        "stream.role.content",
        SECTION,
        "The chunk with the role has an empty content.",
        INFERRED,
        Source.VLLM,
        HELLO_STREAMED,
        of(lambda r: value_at(r.chunks[0], "choices.0.delta.content"), equal("")),
    ),
    Clause(
        "stream.tokens",
        SECTION,
        "The words come token by token: in several chunks, none of them with more than one token.",
        DOCUMENTED,
        Source.STREAMING,
        STREAM,
        of(
            lambda r: [_chunks_with_text(r), r.chunks[-1]["usage"]["completion_tokens"]],
            holds(
                "as many chunks with words as completion tokens, or somewhat fewer",
                lambda counts: 1 < counts[0] <= counts[1],
            ),
        ),
    ),
    Clause(
        "stream.same_words",
        SECTION,
        "The chunks joined are the reply that comes without a stream (at temperature 0).",
        INFERRED,
        Source.STREAMING,
        BOTH_WAYS,
        of(
            lambda whole, streamed: [
                whole.at("choices.0.message.content"),
                streamed.streamed_text,
            ],
            holds("the same text twice", lambda texts: texts[0] == texts[1] != ""),
        ),
    ),
)
