"""Write replies and errors as the bytes of a response.

A completion is one JSON document. A stream is a tuple of frames. Each frame is `data: <json>` and
a blank line. All frames of a stream share the bytes up to `"choices":`, which are written once.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, Final

from msgspec import Struct
from orjson import Fragment, dumps

from mock_electron.wire.codec import encode
from mock_electron.wire.content import MODEL
from mock_electron.wire.errors import ApiError
from mock_electron.wire.headers import Headers
from mock_electron.wire.reply import Reply, TokenLogprob, ToolCall, Usage, grouped
from mock_electron.wire.template import (
    CALL_MARK,
    STAMP_MARK,
    Stamp,
    Template,
    stamped,
    template_of,
)

DONE: Final = b"data: [DONE]\n\n"
NO_FINISH: Final = b',"finish_reason":null}]'
END: Final = b"}\n\n"
"""The end of a frame."""
WHOLE_USAGE: Final = (
    b'{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d,'
    b'"prompt_tokens_details":{"cached_tokens":%d}}'
)
USAGE: Final = (
    b'{"prompt_tokens":%d,"completion_tokens":%%d,"total_tokens":%%d,'
    b'"prompt_tokens_details":{"cached_tokens":%d}}'
)
ROLE: Final = b'{"role":"assistant","content":""}'
BEFORE_ID: Final = b'{"id":"'
AFTER_TIME: Final = (
    b',"model":"%b","choices":[{"index":0,"message":{"role":"assistant","content":%%b,'
    b'"tool_calls":%%b}%%b,"finish_reason":"%%b"}],"usage":%%b}'
) % MODEL.encode()
"""The form of a completion after its id and time: content, calls, log-probabilities and usage."""
CALL: Final = b'{"id":%b,"type":"function","function":{"name":%b,"arguments":%b}}'
COMPLETION: Final = b"chat.completion"
CHUNK: Final = b"chat.completion.chunk"
BLANK_LINE: Final = b"\n\n"
MODEL_CREATED: Final = 1_740_000_000
"""When the model was made, in Unix seconds (A)."""
MODEL_OWNER: Final = "smallest-ai"
EXPRESS_PAGE: Final = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n'
    "</head>\n<body>\n<pre>{}</pre>\n</body>\n</html>\n"
)


def completion(reply: Reply, stamp: Stamp) -> bytes:
    """Return the body of a response that is not streamed."""
    return b"".join((BEFORE_ID, stamped(stamp, COMPLETION), _after_time(reply, _call_ids(reply))))


def completion_template(reply: Reply) -> Template:
    """Return the template of such a body."""
    parts = _after_time(reply, _marks(reply)).split(CALL_MARK)
    return Template((BEFORE_ID, *parts), tuple(range(len(parts))), COMPLETION)


def _after_time(reply: Reply, call_ids: Sequence[bytes]) -> bytes:
    calls, logprobs = b"null", b""
    if reply.tool_calls:
        pairs = zip(reply.tool_calls, call_ids, strict=True)
        calls = b"[%b]" % b",".join([_written_call(call, call_id) for call, call_id in pairs])
    if reply.logprobs is not None:
        logprobs = b',"logprobs":%b' % _logprobs(_written(reply.logprobs))
    content, reason = dumps(reply.content), reply.finish_reason.encode()
    return AFTER_TIME % (content, calls, logprobs, reason, _usage(reply.usage))


def stream(
    reply: Reply,
    stamp: Stamp,
    *,
    include_usage: bool,
    chunk_tokens: int = 1,
    generated: Sequence[int] = (),
) -> tuple[bytes, ...]:
    """Return the frames of a stream: role, tokens, tool calls, finish reason, usage, [DONE].

    Args:
        reply: The reply.
        stamp: Its ids and time.
        include_usage: Whether a chunk without choices carries the usage.
        chunk_tokens: The number of tokens in a chunk with content or arguments.
        generated: The number of completion tokens so far, for each chunk with a choice. The chunk
            carries the usage so far (I: after its choices, as in vLLM). Empty to leave it out.
    """
    sent = StreamOptions(include_usage, chunk_tokens, generated)
    return tuple(_stream(reply, stamped(stamp, CHUNK), _call_ids(reply), sent))


def stream_template(
    reply: Reply,
    *,
    include_usage: bool,
    chunk_tokens: int = 1,
    generated: Sequence[int] = (),
) -> Template:
    """Return the template of all frames of a stream; see `stream`."""
    sent = StreamOptions(include_usage, chunk_tokens, generated)
    return template_of(b"".join(_stream(reply, STAMP_MARK, _marks(reply), sent)), CHUNK)


def frames_of(body: bytes) -> tuple[bytes, ...]:
    """Return the frames of a whole stream. A frame has no blank line except at its end."""
    return tuple([frame + BLANK_LINE for frame in body.split(BLANK_LINE)[:-1]])


class StreamOptions(Struct, frozen=True):
    """How a reply is divided into frames; see `stream`."""

    include_usage: bool
    chunk_tokens: int
    generated: Sequence[int]


def _stream(
    reply: Reply, ids_and_time: bytes, call_ids: Sequence[bytes], sent: StreamOptions
) -> list[bytes]:
    head = b'data: {"id":"%b,"model":"%b","choices":' % (ids_and_time, MODEL.encode())
    before, size = head + b'[{"index":0,"delta":', sent.chunk_tokens
    deltas = chain((ROLE,), _content_deltas(reply, size), _call_deltas(reply, call_ids, size))
    choices = chain(
        (delta + NO_FINISH for delta in deltas),
        (b'{},"finish_reason":"%b"}]' % reply.finish_reason.encode(),),
    )
    if sent.generated:
        pairs = zip(choices, sent.generated, strict=True)
        usage, prompt = _usage_form(reply.usage), reply.usage.prompt_tokens
        form = b'%b%%b,"usage":%b%b' % (before.replace(b"%", b"%%"), usage, END)
        frames = [form % (choice, sofar, prompt + sofar) for choice, sofar in pairs]
    else:
        frames = [before + choice + END for choice in choices]
    if sent.include_usage:
        frames.append(b'%b[],"usage":%b%b' % (head, _usage(reply.usage), END))
    frames.append(DONE)
    return frames


def _call_ids(reply: Reply) -> list[bytes]:
    """Return the id of each call as JSON."""
    return [encode(call.id) for call in reply.tool_calls] if reply.tool_calls else []


def _marks(reply: Reply) -> list[bytes]:
    """Return a mark instead of the id of each call."""
    return [CALL_MARK] * len(reply.tool_calls)


def models(name: str | None) -> bytes | None:
    """Return the list of models, or one model; None if there is no such model (A).

    Args:
        name: The name of the model, or None for the list.
    """
    model = {"id": MODEL, "object": "model", "created": MODEL_CREATED, "owned_by": MODEL_OWNER}
    if name is None:
        return encode({"object": "list", "data": [model]})
    return encode(model) if name == MODEL else None


def error(failure: ApiError, request_id: str) -> bytes:
    """Return the error envelope: message, type, details (if there are any) and request_id."""
    envelope: dict[str, Any] = {"message": failure.message, "type": failure.type}
    if failure.details is not None:
        envelope["details"] = failure.details
    envelope["request_id"] = request_id
    written = encode({"error": envelope})
    return bytes(memoryview(written))  # a copy without the spare memory of orjson, up to some KiB


def error_event(failure: ApiError, request_id: str) -> bytes:
    """Return the frame of an error inside a stream (A)."""
    return b"data: %b\n\n" % error(failure, request_id)


def express_not_found(method: str, path: str) -> bytes:
    """Return the HTML page with which Express answers an unknown path (I)."""
    from html import escape

    return EXPRESS_PAGE.format(escape(f"Cannot {method} {path}")).encode()


def json_headers(body: bytes, request_id: str) -> Headers:
    """Return the headers of a JSON response (I)."""
    return _complete_headers(b"application/json; charset=utf-8", body, request_id)


def html_headers(page: bytes, request_id: str) -> Headers:
    """Return the headers of an HTML page (I)."""
    return _complete_headers(b"text/html; charset=utf-8", page, request_id)


def proxy_headers(page: bytes) -> Headers:
    """Return the headers of a response from a proxy, which adds no request id."""
    return (
        (b"content-type", b"text/html"),
        (b"content-length", b"%d" % len(page)),
    )


def _complete_headers(content_type: bytes, body: bytes, request_id: str) -> Headers:
    return (
        (b"content-type", content_type),
        (b"content-length", b"%d" % len(body)),
        (b"x-request-id", request_id.encode()),
    )


def stream_headers(request_id: str) -> Headers:
    """Return the headers of a streamed response (D; Cache-Control: A)."""
    return (
        (b"content-type", b"text/event-stream"),
        (b"cache-control", b"no-cache"),
        (b"x-request-id", request_id.encode()),
    )


def _content_deltas(reply: Reply, size: int) -> Iterator[bytes]:
    """Yield each `{"content":…}`, followed by its logprobs if the request asks for them."""
    texts = _encoded(reply.tokens or (), size)
    if reply.logprobs is None:
        return (b'{"content":%b}' % text for text in texts)
    written = grouped(_written(reply.logprobs), size)
    return (
        b'{"content":%b},"logprobs":%b' % (text, _logprobs(entries))
        for text, entries in zip(texts, written, strict=True)
    )


def _call_deltas(reply: Reply, call_ids: Sequence[bytes], size: int) -> Iterator[bytes]:
    """Yield one call per chunk: first its id and name, once, then its arguments in fragments."""
    calls = zip(reply.tool_calls, call_ids, reply.call_fragments, strict=True)
    for index, (call, call_id, fragments) in enumerate(calls):
        yield encode({"tool_calls": [{"index": index} | _tool_call(call, call_id, "")]})
        before = b'{"tool_calls":[{"index":%d,"function":{"arguments":' % index
        yield from (before + text + b"}}]}" for text in _encoded(fragments, size))


def _encoded(tokens: Sequence[str], size: int) -> Iterator[bytes]:
    """Yield the text of each group of tokens as JSON. A text that is repeated is encoded once."""
    texts = tokens if size == 1 else tuple(map("".join, grouped(tokens, size)))
    distinct = dict.fromkeys(texts)
    encoded = dict(zip(distinct, map(dumps, distinct), strict=True))
    return map(encoded.__getitem__, texts)


def _tool_call(call: ToolCall, call_id: bytes, arguments: str) -> dict[str, Any]:
    function = {"name": call.name, "arguments": arguments}
    return {"id": Fragment(call_id), "type": "function", "function": function}


def _written_call(call: ToolCall, call_id: bytes) -> bytes:
    """Return a whole call as JSON."""
    return CALL % (call_id, dumps(call.name), dumps(call.arguments))


def _usage(usage: Usage) -> bytes:
    prompt, completion = usage.prompt_tokens, usage.completion_tokens
    return WHOLE_USAGE % (prompt, completion, prompt + completion, usage.cached_tokens)


def _usage_form(usage: Usage) -> bytes:
    """Return the usage as JSON, with two `%d`: the completion tokens, and all tokens."""
    return USAGE % (usage.prompt_tokens, usage.cached_tokens)


def _logprobs(written: Iterable[bytes]) -> bytes:
    return b'{"content":[%b]}' % b",".join(written)


def _written(entries: Sequence[TokenLogprob]) -> list[bytes]:
    """Return each entry as JSON. An entry that is repeated is written once."""
    keys = list(map(id, entries))
    distinct = dict(zip(keys, entries, strict=True))
    written = {key: _token_logprob(entry) for key, entry in distinct.items()}
    return list(map(written.__getitem__, keys))


def _token_logprob(entry: TokenLogprob) -> bytes:
    token, logprob, top = entry.token, entry.logprob, entry.top
    own = dumps({"token": token, "logprob": logprob, "bytes": list(token.encode())})
    # One call writes all numbers: one for each alternative takes three times as long.
    numbers = dumps([one.logprob for one in top])[1:-1].split(b",")
    written = [
        own
        if one.token == token and one.logprob == logprob
        else number.join(_around_logprob(one.token))
        for one, number in zip(top, numbers, strict=False)
    ]
    return b'%b,"top_logprobs":[%b]}' % (own[:-1], b",".join(written))


@lru_cache(maxsize=64)
def _around_logprob(token: str) -> tuple[bytes, bytes]:
    """Return what is written before and after the number of an alternative.

    Most alternatives are common tokens, so that they are kept.
    """
    return b'{"token":%b,"logprob":' % dumps(token), b',"bytes":%b}' % dumps(list(token.encode()))
