"""Exchanges as JSON lines. The keys are the names of the attributes of `Exchange`.

They contain no time of the monotonic clock. On a frozen clock, the same requests give the same
bytes.
"""

from collections.abc import Iterable
from typing import Any

from mock_electron.engine.exchange import Exchange
from mock_electron.traffic.exports.bodies import base64_of, text_of
from mock_electron.wire import codec
from mock_electron.wire.errors import ApiError
from mock_electron.wire.reply import Reply, Usage


def json_lines(exchanges: Iterable[Exchange]) -> str:
    """Return one compact JSON object per line, in order. Every line ends with a newline.

    `request` is the JSON document in the body. If the body is not JSON, `request` is null, and
    `body` has its text, or `body_base64` its bytes if it is not UTF-8. `faults` has the `repr` of
    each fault.
    """
    return "".join(codec.encode(_record(exchange)).decode() + "\n" for exchange in exchanges)


def _record(exchange: Exchange) -> dict[str, Any]:
    return {
        "number": exchange.number,
        "turn": exchange.turn,
        "method": exchange.method,
        "path": exchange.path,
        "request_id": exchange.request_id,
        "status": exchange.status,
        "outcome": exchange.outcome,
        "answered_by": exchange.answered_by,
        "step": exchange.step,
        "occurrence": exchange.occurrence,
        "attempt": exchange.attempt,
        "account": exchange.account,
        "arrived_at": exchange.arrived_at,
        "first_chunk_at": exchange.first_chunk_at,
        "last_chunk_at": exchange.last_chunk_at,
        "ended_at": exchange.ended_at,
        "headers": dict(exchange.headers),
        **_request(exchange.body),
        "response_headers": dict(exchange.response_headers),
        "reply": _reply(exchange.reply),
        "error": _error(exchange.error),
        "usage": _usage(exchange.usage),
        "faults": [repr(fault) for fault in exchange.faults],
        "chunks": exchange.chunks,
        "chunks_sent": exchange.chunks_sent,
        # The message of an exception may contain lone surrogates, which UTF-8 cannot encode.
        "raised": exchange.raised.encode(errors="backslashreplace").decode(),
    }


def _request(body: bytes) -> dict[str, Any]:
    try:
        document = codec.decode(body)
        codec.canonical(document)  # raises if the document is nested too deeply to be written
    except codec.MalformedError:
        text = text_of(body)
        raw = {"body_base64": base64_of(body)} if text is None else {"body": text}
        return {"request": None, **raw}
    return {"request": document}


def _reply(reply: Reply | None) -> dict[str, Any] | None:
    if reply is None:
        return None
    calls = [
        {"id": call.id, "name": call.name, "arguments": call.arguments} for call in reply.tool_calls
    ]
    return {"content": reply.content, "tool_calls": calls, "finish_reason": reply.finish_reason}


def _error(error: ApiError | None) -> dict[str, Any] | None:
    if error is None:
        return None
    return {
        "name": error.name,
        "status": error.status,
        "type": error.type,
        "message": error.message,
    }


def _usage(usage: Usage | None) -> dict[str, int] | None:
    if usage is None:
        return None
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.total_tokens,
        "cached_tokens": usage.cached_tokens,
    }
