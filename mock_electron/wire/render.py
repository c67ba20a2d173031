"""From values to bytes, exactly as they travel (sections 3, 4 and 6).

A completion is one JSON document. A stream is a tuple of frames, each `data: <json>` and a blank
line; all frames of a stream share the bytes up to `"choices":`, so these are written once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from mock_electron.wire.codec import encode
from mock_electron.wire.errors import ApiError
from mock_electron.wire.headers import Headers
from mock_electron.wire.reply import Reply, TokenLogprob, ToolCall, Usage
from mock_electron.wire.schema import MODEL

DONE: Final = b"data: [DONE]\n\n"
OPEN: Final = b',"finish_reason":null}]}\n\n'
ROLE: Final = b'{"role":"assistant","content":""}'
EXPRESS_PAGE: Final = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n'
    "</head>\n<body>\n<pre>{}</pre>\n</body>\n</html>\n"
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What marks one completion.

    id: `chatcmpl-` and 16 hex digits. created: Unix time in whole seconds.
    request_id: the UUID of `X-Request-Id`, which is not the completion's id.
    """

    id: str
    created: int
    request_id: str


def completion(reply: Reply, stamp: Stamp) -> bytes:
    """The body of an answer that is not streamed."""
    choice: dict[str, Any] = {
        "index": 0,
        "message": {
            "role": "assistant",
            "content": reply.content,
            "tool_calls": [_tool_call(call) for call in reply.tool_calls] or None,
        },
    }
    if reply.logprobs is not None:
        choice["logprobs"] = _logprobs(reply.logprobs)
    choice["finish_reason"] = reply.finish_reason
    return encode(
        {
            "id": stamp.id,
            "object": "chat.completion",
            "created": stamp.created,
            "model": MODEL,
            "choices": [choice],
            "usage": _usage(reply.usage),
        }
    )


def stream(reply: Reply, stamp: Stamp, *, include_usage: bool) -> tuple[bytes, ...]:
    """The frames of a streamed answer: role, tokens, tool calls, finish reason, usage, [DONE]."""
    head = (
        b'data: {"id":"%b","object":"chat.completion.chunk","created":%d,"model":"%b","choices":'
        % (
            stamp.id.encode(),
            stamp.created,
            MODEL.encode(),
        )
    )
    before = head + b'[{"index":0,"delta":'
    frames = [before + ROLE + OPEN]
    frames += [before + delta + OPEN for delta in _content_deltas(reply)]
    frames += [before + encode({"tool_calls": [part]}) + OPEN for part in _call_deltas(reply)]
    frames.append(b'%b{},"finish_reason":"%b"}]}\n\n' % (before, reply.finish_reason.encode()))
    if include_usage:
        frames.append(b'%b[],"usage":%b}\n\n' % (head, encode(_usage(reply.usage))))
    frames.append(DONE)
    return tuple(frames)


def error(error: ApiError, request_id: str) -> bytes:
    """The error envelope: message, type, details where there are any, request_id."""
    envelope: dict[str, Any] = {"message": error.message, "type": error.type}
    if error.details is not None:
        envelope["details"] = error.details
    envelope["request_id"] = request_id
    return encode({"error": envelope})


def error_event(failure: ApiError, request_id: str) -> bytes:
    """The frame that carries an error inside a stream (A)."""
    return b"data: %b\n\n" % error(failure, request_id)


def express_not_found(method: str, path: str) -> bytes:
    """The page that Express answers an unknown path with (I)."""
    return EXPRESS_PAGE.format(escape(f"Cannot {method} {path}")).encode()


def json_headers(body: bytes, request_id: str) -> Headers:
    """The headers of a JSON answer (I)."""
    return _whole_headers(b"application/json; charset=utf-8", body, request_id)


def html_headers(page: bytes, request_id: str) -> Headers:
    """The headers of an HTML page (I)."""
    return _whole_headers(b"text/html; charset=utf-8", page, request_id)


def proxy_headers(page: bytes) -> Headers:
    """The headers of what a proxy answers, which knows no request id."""
    return (
        (b"content-type", b"text/html"),
        (b"content-length", b"%d" % len(page)),
    )


def _whole_headers(content_type: bytes, body: bytes, request_id: str) -> Headers:
    return (
        (b"content-type", content_type),
        (b"content-length", b"%d" % len(body)),
        (b"x-request-id", request_id.encode()),
    )


def stream_headers(request_id: str) -> Headers:
    """The headers of a streamed answer (D, but for Cache-Control: A)."""
    return (
        (b"content-type", b"text/event-stream"),
        (b"cache-control", b"no-cache"),
        (b"x-request-id", request_id.encode()),
    )


def _content_deltas(reply: Reply) -> Iterator[bytes]:
    """Each `{"content":…}`, followed by its logprobs where they were asked for."""
    tokens = reply.tokens or ()
    if reply.logprobs is None:
        return (b'{"content":%b}' % encode(token) for token in tokens)
    return (
        b'{"content":%b},"logprobs":%b' % (encode(token), encode(_logprobs((entry,))))
        for token, entry in zip(tokens, reply.logprobs, strict=True)
    )


def _call_deltas(reply: Reply) -> Iterator[dict[str, Any]]:
    """One call a chunk: first its id and name, once, then its arguments piece by piece."""
    calls = zip(reply.tool_calls, reply.call_fragments, strict=True)
    for index, (call, fragments) in enumerate(calls):
        yield {
            "index": index,
            "id": call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": ""},
        }
        for fragment in fragments:
            yield {"index": index, "function": {"arguments": fragment}}


def _tool_call(call: ToolCall) -> dict[str, Any]:
    return {
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments},
    }


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.total_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
    }


def _logprobs(entries: Iterable[TokenLogprob]) -> dict[str, Any]:
    return {"content": [_token_logprob(entry) for entry in entries]}


def _token_logprob(entry: TokenLogprob) -> dict[str, Any]:
    top = [_alternative(option.token, option.logprob) for option in entry.top]
    return _alternative(entry.token, entry.logprob) | {"top_logprobs": top}


def _alternative(token: str, logprob: float) -> dict[str, Any]:
    return {"token": token, "logprob": logprob, "bytes": list(token.encode())}
