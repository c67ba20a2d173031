"""The JSON Schemas of exchanges in the answers of the control API."""

from typing import Final

from mock_electron.control.answers import (
    ANYTHING,
    COUNT,
    INTEGER,
    OPTIONAL_INTEGER,
    OPTIONAL_NUMBER,
    OPTIONAL_TEXT,
    SWITCH,
    TEXT_BY_NAME,
    answer_of,
    list_of,
    or_null,
)
from mock_electron.control.schemas import NUMBER, TEXT
from mock_electron.engine.exchange import OUTCOMES
from mock_electron.scripts.conditions import Schema
from mock_electron.wire.reply import FINISH_REASONS

USAGE: Final = answer_of(
    "tokens",
    dict.fromkeys(("prompt_tokens", "completion_tokens", "total_tokens", "cached_tokens"), COUNT),
)
CALL: Final = answer_of("called tool", {"id": TEXT, "name": TEXT, "arguments": TEXT})
REPLY: Final = answer_of(
    "given reply",
    {
        "content": OPTIONAL_TEXT,
        "tool_calls": list_of(CALL),
        "finish_reason": {"enum": list(FINISH_REASONS)},
    },
)
ERROR: Final = answer_of(
    "given error", {"name": TEXT, "status": INTEGER, "type": TEXT, "message": TEXT}
)
COMMON: Final[Schema] = {
    "number": COUNT,
    "is_chat": SWITCH,
    "turn": OPTIONAL_INTEGER,
    "method": TEXT,
    "path": TEXT,
    "request_id": TEXT,
    "status": INTEGER,
    "outcome": {"enum": list(OUTCOMES)},
    "answered_by": TEXT,
    "step": OPTIONAL_INTEGER,
    "attempt": {"type": "integer", "minimum": 1},
    "retry_of": OPTIONAL_INTEGER,
    "asked_pause": OPTIONAL_NUMBER,
    "arrived_at": NUMBER,
    "pause": OPTIONAL_NUMBER,
    "faults": list_of(TEXT),
    "usage": or_null(USAGE),
    "chunks": COUNT,
    "chunks_sent": COUNT,
}
"""What an exchange and a row have in common."""
RECORDED: Final[Schema] = COMMON | {
    "understood": SWITCH,
    "connection": OPTIONAL_INTEGER,
    "occurrence": COUNT,
    "account": TEXT,
    "first_chunk_at": OPTIONAL_NUMBER,
    "last_chunk_at": OPTIONAL_NUMBER,
    "ended_at": OPTIONAL_NUMBER,
    "headers": TEXT_BY_NAME,
    "request": ANYTHING,
    "body": TEXT,
    "body_base64": TEXT,
    "response_headers": TEXT_BY_NAME,
    "reply": or_null(REPLY),
    "error": or_null(ERROR),
    "chunk_offsets": list_of(NUMBER),
    "raised": TEXT,
}
BODIES: Final = ("body", "body_base64")
"""The keys for a body that is not JSON."""
ROW: Final = answer_of(
    "row",
    COMMON
    | {
        "too_early": SWITCH,
        "retry_after": OPTIONAL_NUMBER,
        "time_to_first_chunk": OPTIONAL_NUMBER,
        "duration": OPTIONAL_NUMBER,
        "line": TEXT,
        "stream": SWITCH,
        "said": OPTIONAL_TEXT,
        "text": OPTIONAL_TEXT,
        "calls": list_of(TEXT),
        "error": OPTIONAL_TEXT,
    },
)
BYTES: Final = answer_of(
    "bytes",
    {"text": TEXT, "base64": TEXT, "bytes": COUNT},
    optional=["text", "base64", "bytes"],
)
"""Bytes as text or in base64; the number of all, if only the first are shown."""
MISS: Final = answer_of(
    "cache miss",
    {
        "reason": {"enum": ["differs", "forgotten"]},
        "earlier": COUNT,
        "message": OPTIONAL_INTEGER,
        "character": COUNT,
        "then": TEXT,
        "now": TEXT,
        "lost_tokens": COUNT,
        "line": TEXT,
        "continues": SWITCH,
    },
)
COMPARED_STEP: Final = answer_of(
    "compared step",
    {
        "step": {"type": "integer", "minimum": 1},
        "name": TEXT,
        "summary": TEXT,
        "conditions": list_of(TEXT),
        "answered": SWITCH,
        "differences": list_of(TEXT),
        "used": COUNT,
        "left": OPTIONAL_INTEGER,
    },
)
EXCHANGE: Final = answer_of("exchange", RECORDED, optional=BODIES)
DETAILS: Final = answer_of(
    "everything about an exchange",
    RECORDED
    | {
        "line": TEXT,
        "longest_pause": OPTIONAL_NUMBER,
        "too_early": SWITCH,
        "previous": OPTIONAL_INTEGER,
        "barge_in": or_null(answer_of("barge-in", {"chunks": COUNT, "after": NUMBER})),
        "authorization": TEXT,
        "fault_note": TEXT,
        "duration": OPTIONAL_NUMBER,
        "time_to_first_chunk": OPTIONAL_NUMBER,
        "raw_request": BYTES,
        "raw_response": BYTES,
        "frames": list_of(BYTES),
        "cache_miss": or_null(MISS),
        "cached_prefix": or_null(
            answer_of("cached prefix", {"messages": COUNT, "characters": COUNT})
        ),
        "why": list_of(COMPARED_STEP),
        "explanation": list_of(TEXT),
        "copies": answer_of("copies", dict.fromkeys(("curl", "script", "python", "node"), TEXT)),
    },
    optional=BODIES,
)
COUNTS: Final[Schema] = dict.fromkeys(("offset", "selected", "recorded", "dropped"), COUNT)
EXCHANGES: Final = answer_of("exchanges", {"exchanges": list_of(EXCHANGE)} | COUNTS)
ROWS: Final = answer_of("rows", {"rows": list_of(ROW)} | COUNTS)
HAR: Final[Schema] = {
    "title": "HTTP Archive",
    "type": "object",
    "properties": {"log": {"type": "object"}},
    "required": ["log"],
    "additionalProperties": False,
}

NUMBERS: Final = list_of(COUNT)
COMPARED: Final = answer_of(
    "answer in one world",
    {
        "status": COUNT,
        "outcome": TEXT,
        "error": or_null(ERROR),
        "usage": or_null(USAGE),
        "time_to_first_chunk": OPTIONAL_NUMBER,
    },
)
WORLD: Final = answer_of(
    "sums of one world",
    {
        "requests": COUNT,
        "refused": NUMBERS,
        "failed": NUMBERS,
        "ttft_median": OPTIONAL_NUMBER,
        "ttft_p95": OPTIONAL_NUMBER,
        "prompt_tokens": COUNT,
        "fresh_tokens": COUNT,
        "cached_tokens": COUNT,
        "completion_tokens": COUNT,
        "hit_rate": NUMBER,
        "cost": NUMBER,
    },
)
WHAT_IF: Final = answer_of(
    "two worlds",
    {
        "before": WORLD,
        "after": WORLD,
        "saved": NUMBER,
        "currency": TEXT,
        "differences": list_of(
            answer_of("difference", {"number": COUNT, "before": COMPARED, "after": COMPARED})
        ),
        "notes": list_of(TEXT),
    },
)
