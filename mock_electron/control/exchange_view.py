"""Exchanges as the control API shows them: a row of a list, and everything about one."""

from collections.abc import Sequence
from operator import eq
from typing import Any, Final

from msgspec.structs import asdict, replace

from mock_electron.control.conditions import shown_conditions
from mock_electron.control.copies import copies
from mock_electron.engine import record
from mock_electron.engine.cache_miss import CacheMisses
from mock_electron.engine.cached_prefix import cached_prefix
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.explained import explanation_of
from mock_electron.engine.keys import account_id
from mock_electron.engine.lane import Lane
from mock_electron.engine.script.match_input import MatchInput, turn_of
from mock_electron.engine.script.script import StepState
from mock_electron.inputs.spelling import shortened
from mock_electron.outputs.redaction import redact_message
from mock_electron.traffic.exports.json_lines import COMPARED
from mock_electron.wire.request import ChatRequest, Message

MOST_WORDS: Final = 200
"""The maximum number of characters of a text in a row."""
MOST_RAW: Final = 256 * 1024
"""The maximum number of bytes of a body that are shown as they are."""
MOST_PARSED: Final = 1024 * 1024
"""The maximum number of bytes of a body whose JSON value is shown. To read a longer one would stop
all other requests for too long."""
MOST_EXPLAINED: Final = 200
"""The maximum number of steps that are compared with a request."""
SAME: Final = (
    "number",
    "is_chat",
    "method",
    "path",
    "status",
    "answered_by",
    "step",
    "outcome",
    "attempt",
    "retry_of",
    "pause",
    "asked_pause",
    "too_early",
    "arrived_at",
    "time_to_first_chunk",
    "duration",
    "chunks",
    "chunks_sent",
    "request_id",
)
"""The attributes of an exchange that a row has as they are."""


def row(exchange: Exchange) -> dict[str, Any]:
    """Return an exchange as a row of a list."""
    request, reply = exchange.request, exchange.reply
    return {
        **{name: getattr(exchange, name) for name in SAME},
        "line": redact_message(str(exchange)),
        "turn": None if request is None else turn_of(request),
        "retry_after": exchange.error.retry_after if exchange.error else None,
        "stream": bool(request and request.stream),
        "said": None if request is None else _said(request),
        "text": None if exchange.text is None else record.text(_short(exchange.text)),
        "calls": [record.text(f"{c.name}({_short(c.arguments)})") for c in reply.tool_calls]
        if reply
        else [],
        "error": exchange.error.name if exchange.error else None,
        "faults": [redact_message(repr(fault)) for fault in exchange.faults],
        "usage": record.usage(exchange.usage),
    }


def _said(request: ChatRequest) -> str:
    """Return the latest message that is not the assistant's, as a short text."""
    return record.text(_short(request.last.content or ""))


def _short(text: str) -> str:
    return shortened(text, MOST_WORDS)


def details(exchange: Exchange, every: Sequence[Exchange], lane: Lane, url: str) -> dict[str, Any]:
    """Return everything about one exchange.

    Args:
        exchange: The exchange.
        every: The exchanges of its lane.
        lane: The lane, with its script as it is now.
        url: The URL of the lane.
    """
    request = exchange.request
    return _document(exchange) | {
        "line": redact_message(str(exchange)),
        "longest_pause": exchange.pause,
        "too_early": exchange.too_early,
        "previous": _previous(exchange, every),
        "barge_in": _barge_in(exchange, lane),
        "authorization": exchange.authorization,
        "fault_note": redact_message(exchange.fault_note),
        "duration": exchange.duration,
        "time_to_first_chunk": exchange.time_to_first_chunk,
        "raw_request": _raw(exchange.body),
        "raw_response": _raw(exchange.response_body),
        "frames": [_raw(frame) for frame in exchange.frames],
        "cache_miss": _miss(exchange, every),
        "cached_prefix": _prefix(exchange, request),
        "why": [] if request is None else _why(exchange, request, lane),
        "explanation": _explanation(exchange, lane),
        "copies": copies(exchange, url),
    }


def _document(exchange: Exchange) -> dict[str, Any]:
    """Return an exchange as in a list; `request` is null if its body is too long."""
    if len(exchange.body) <= MOST_PARSED:
        return exchange.to_dict()
    document = replace(exchange, body=b"", understood=False).to_dict()
    del document["body"]
    return document


def _explanation(exchange: Exchange, lane: Lane) -> list[str]:
    """Return why the pocket model answered as it did, as lines; [] if something else answered."""
    if len(exchange.body) > MOST_PARSED:
        return []
    found = explanation_of(exchange, lane.settings.missing)
    return [] if found is None else list(map(record.text, found.lines))


def _raw(data: bytes) -> dict[str, Any]:
    """Return bytes as text, or in base64 if they are not UTF-8. Of many, return the first."""
    if len(data) > MOST_RAW:
        begin = data[:MOST_RAW].decode(errors="ignore").encode()  # no half of a character
        return _raw(begin or data[:MOST_RAW]) | {"bytes": len(data)}
    text = record.text_of(data)
    return {"base64": record.base64_of(data)} if text is None else {"text": text}


def _miss(exchange: Exchange, every: Sequence[Exchange]) -> dict[str, Any] | None:
    if exchange.generated is None:
        return None
    miss = CacheMisses(every).of(exchange.number, COMPARED)
    if miss is None:
        return None
    before, now = (_messages(one) for one in every if one.number in (miss.earlier, exchange.number))
    continues = len(now) > len(before) and _shared(before, now) > 0
    return asdict(miss) | {"line": str(miss), "continues": continues}


def _prefix(exchange: Exchange, request: ChatRequest | None) -> dict[str, int] | None:
    usage = exchange.usage
    if request is None or usage is None:
        return None
    return asdict(cached_prefix(request, usage.cached_tokens))


def _previous(exchange: Exchange, every: Sequence[Exchange]) -> int | None:
    """Return the number of the previous request of the same conversation, or None.

    That is the one of the latest requests of the account which shares most messages with it.
    """
    messages = _messages(exchange)
    earlier = [
        one
        for one in every
        if one.number < exchange.number and one.is_chat and one.account == exchange.account
    ]
    shared = {one.number: _shared(_messages(one), messages) for one in earlier[-COMPARED:]}
    return max((n for n in shared if shared[n]), key=lambda n: (shared[n], n), default=None)


def _messages(exchange: Exchange) -> Sequence[Message]:
    request = exchange.request
    return () if request is None else request.messages


def _shared(one: Sequence[Message], other: Sequence[Message]) -> int:
    """Return the number of messages that are the same in the same place."""
    return sum(map(eq, one, other))


def _barge_in(exchange: Exchange, lane: Lane) -> dict[str, float] | None:
    """Return when the user interrupted an answer, and how many chunks had been sent by then."""
    arrived = exchange.monotonic.arrived
    for marked in lane.barge_ins:
        if exchange.number in marked.exchanges and arrived is not None:
            sent = sum(time <= marked.moment for time in exchange.chunk_times)
            return {"chunks": sent, "after": round(marked.moment - arrived, 6)}
    return None


def _why(exchange: Exchange, request: ChatRequest, lane: Lane) -> list[dict[str, Any]]:
    """Return how each step of the script, as it is now, differs from a request."""
    return [_compared(state, request, exchange) for state in lane.script()[:MOST_EXPLAINED]]


def _compared(state: StepState, request: ChatRequest, exchange: Exchange) -> dict[str, Any]:
    wanted = state.step.match.given.get("api_key", "")  # the journal has a digest of the key
    key = wanted if account_id(wanted).hex() == exchange.key_id else ""
    asked = MatchInput(request, exchange.raw_headers, key, exchange.attempt)
    differences = [redact_message(text) for text in state.step.match.differences(asked)]
    times = state.step.times
    return {
        "step": state.number,
        "name": state.name,
        "summary": redact_message(state.step.summary),
        "conditions": shown_conditions(state.step.match),
        "answered": exchange.step == state.number,
        "differences": differences,
        "used": state.used,
        "left": None if times is None else max(times - state.used, 0),
    }
