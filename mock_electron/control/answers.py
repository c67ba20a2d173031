"""The JSON Schemas of the answers of the control API, for its OpenAPI document.

Every key that an answer has is described and, with few exceptions, required. The tests check each
answer against its schema.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from mock_electron.control.event_log import KINDS as KINDS_OF_EVENTS
from mock_electron.control.schemas import (
    FAULT_OR_FAIL,
    KINDS,
    NUMBER,
    TEXT,
    TEXTS_ONLY,
    object_of,
)
from mock_electron.engine.setting_table import SETTINGS, KindName
from mock_electron.scripts.conditions import Schema
from mock_electron.scripts.schema import STEP, WHEN

INTEGER: Final[Schema] = {"type": "integer"}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
SWITCH: Final[Schema] = {"type": "boolean"}
ANYTHING: Final[Schema] = {}
OPTIONAL_INTEGER: Final[Schema] = {"type": ["integer", "null"]}
OPTIONAL_NUMBER: Final[Schema] = {"type": ["number", "null"]}
OPTIONAL_TEXT: Final[Schema] = {"type": ["string", "null"]}
TEXT_BY_NAME: Final[Schema] = {"type": "object", "additionalProperties": TEXT}


def answer_of(title: str, properties: Schema, optional: Sequence[str] = ()) -> Schema:
    """Return the schema of an object with these keys, which are required unless optional."""
    required = [name for name in properties if name not in optional]
    return object_of(title, properties, required=required)


def list_of(item: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": item}


def or_null(schema: Schema) -> Schema:
    """Return the schema of a value that may be null."""
    return {"anyOf": [schema, {"type": "null"}]}


SHOWN_KINDS: Final[Mapping[KindName, Schema]] = {
    **KINDS,
    "keys": TEXTS_ONLY,
    "hosts": TEXTS_ONLY,
    "origins": TEXTS_ONLY,
    "key_groups": {"type": "array", "items": TEXTS_ONLY},
    "tools": TEXTS_ONLY,
}
"""How an answer shows each kind of setting: what may be given as a text is a list."""
SHOWN_SETTINGS: Final = answer_of(
    "settings in force", {name: SHOWN_KINDS[row.kind] for name, row in SETTINGS.items()}
)
SUGGESTION: Final[Schema] = {"type": ["string", "integer"]}
PROBLEM: Final = answer_of(
    "problem",
    {"path": TEXT, "message": TEXT, "did_you_mean": SUGGESTION},
    optional=["did_you_mean"],
)
ERROR: Final = answer_of(
    "error", {"error": answer_of("message", {"message": TEXT, "problems": list_of(PROBLEM)})}
)
UNREADABLE: Final[Schema] = {
    "type": "object",
    "properties": {
        "error": {"type": "object", "properties": {"message": TEXT}, "required": ["message"]}
    },
    "required": ["error"],
}
"""The answer to a request that is not HTTP: that of the chat endpoint."""
DOCUMENT: Final[Schema] = {
    "title": "OpenAPI document",
    "type": "object",
    "properties": {"openapi": TEXT, "info": {"type": "object"}, "paths": {"type": "object"}},
    "required": ["openapi", "info", "paths"],
}
HEALTH: Final = answer_of(
    "server",
    {
        "status": {"const": "ok"},
        "server": {"const": "mock-electron"},
        "version": TEXT,
        "pid": INTEGER,
        "started_at": NUMBER,
        "settings": SHOWN_SETTINGS,
        "scripts": list_of(TEXT),
        "lanes": {"type": "integer", "minimum": 1},
    },
)
CLOCK: Final = answer_of("clock", {"mode": {"enum": ["frozen", "real"]}, "now": NUMBER})
ADDRESSES: Final[Schema] = dict.fromkeys(("name", "url", "base_url", "control", "page"), TEXT)
OPENED_LANE: Final = answer_of("opened lane", ADDRESSES | {"api_key": TEXT, "env": TEXT_BY_NAME})
LANES: Final = answer_of(
    "lanes",
    {
        "lanes": list_of(
            answer_of(
                "lane of a list",
                ADDRESSES
                | {
                    "clock": CLOCK,
                    "in_flight": COUNT,
                    "peak_in_flight": COUNT,
                    "recorded": COUNT,
                    "steps": COUNT,
                },
            )
        ),
        "open": COUNT,
    },
)
SHOWN_STEP: Final = answer_of(
    "step in a script",
    {
        "number": {"type": "integer", "minimum": 1},
        "summary": TEXT,
        "location": TEXT,
        "used": COUNT,
        "times": OPTIONAL_INTEGER,
        "left": OPTIONAL_INTEGER,
        "conditions": list_of(TEXT),
        "step": or_null(STEP),
    },
)
STEPS: Final = answer_of("steps in a script", {"steps": list_of(SHOWN_STEP)})
CHANGED_STEPS: Final = answer_of(
    "changed steps", {"steps": list_of(SHOWN_STEP), "warnings": list_of(TEXT)}
)
CHECKED_SCRIPT: Final = answer_of(
    "checked script",
    {"ok": {"const": True}, "steps": list_of(SHOWN_STEP), "warnings": list_of(TEXT)},
)
SHOWN_FAULT: Final = answer_of(
    "injected fault",
    {
        "id": COUNT,
        "fault": FAULT_OR_FAIL,
        "times": OPTIONAL_INTEGER,
        "every": OPTIONAL_INTEGER,
        "rate": OPTIONAL_NUMBER,
        "when": or_null(WHEN),
        "conditions": list_of(TEXT),
        "applied": COUNT,
        "possible": COUNT,
        "excluded": COUNT,
        "note": TEXT,
    },
)
FAULTS: Final = answer_of("injected faults", {"faults": list_of(SHOWN_FAULT)})
INJECTED: Final = answer_of("injected", {"id": COUNT})
VERDICT: Final = answer_of(
    "verdict",
    {
        "ok": SWITCH,
        "not_scripted": list_of(TEXT),
        "steps_left": list_of(TEXT),
        "raised": list_of(TEXT),
        "exchanges": COUNT,
        "dropped": COUNT,
    },
)
LANE_STATE: Final[Schema] = {
    "settings": SHOWN_SETTINGS,
    "clock": CLOCK,
    "in_flight": COUNT,
    "peak_in_flight": COUNT,
    "exchanges": COUNT,
    "dropped": COUNT,
    "steps": list_of(SHOWN_STEP),
    "faults": list_of(SHOWN_FAULT),
    "unscripted": list_of(TEXT),
    "verdict": VERDICT,
}
RESET_LANE: Final = answer_of("state of a lane", LANE_STATE)
LANE: Final = answer_of("open lane", ADDRESSES | {"ttl": OPTIONAL_NUMBER} | LANE_STATE)
EVENT: Final[Schema] = answer_of(
    "event",
    {
        "event": {"enum": ["hello", "lost", *KINDS_OF_EVENTS]},
        "id": TEXT,
        "data": TEXT
        | {
            "contentMediaType": "application/json",
            "contentSchema": object_of(
                "data of an event", {"lane": TEXT, "exchange": COUNT, "events": COUNT}
            ),
        },
    },
)
BARGE_IN: Final = answer_of("barge-in", {"in_flight": list_of(COUNT), "barge_ins": COUNT})
FAILURE: Final = answer_of(
    "failed assertion", {"assertion": TEXT, "message": TEXT, "exchanges": list_of(COUNT)}
)
VERIFIED: Final = answer_of(
    "verified", {"ok": SWITCH, "failures": list_of(FAILURE), "dropped": COUNT}
)
