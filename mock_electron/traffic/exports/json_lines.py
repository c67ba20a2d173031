"""Exchanges as JSON lines, in the words of `Exchange`.

Nothing of the monotonic clock is in them: on a frozen clock the same requests give the same bytes.
"""

from collections.abc import Iterable
from typing import Any

from mock_electron.engine.exchange import Exchange
from mock_electron.traffic.exports.bodies import base64_of, text_of
from mock_electron.wire import codec
from mock_electron.wire.errors import ApiError
from mock_electron.wire.reply import Reply, Usage


def json_lines(exchanges: Iterable[Exchange]) -> str:
    """One compact JSON object a line, in order; every line ends with a newline.

    request: the document in the body; null where that is no JSON, and then `body` is its text, or
    `body_base64` its bytes. faults: as Python writes them.
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
        # An exception may say anything, lone surrogates too.
        "raised": exchange.raised.encode(errors="backslashreplace").decode(),
    }


def _request(body: bytes) -> dict[str, Any]:
    try:
        document = codec.decode(body)
        codec.canonical(document)  # it finds what is nested too deeply to be written
    except codec.MalformedError:
        text = text_of(body)
        as_it_is = {"body_base64": base64_of(body)} if text is None else {"body": text}
        return {"request": None, **as_it_is}
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
