"""The JSON Schemas of the bodies of the control API.

Steps, faults and conditions have the schema of script files; settings have that of the table of
settings. `bodies.read` checks a body against them, and the OpenAPI document contains them.
"""

from collections.abc import Mapping
from typing import Any, Final

from mock_electron.engine.lane_setup import RESETS
from mock_electron.engine.pace import PACES, Pace
from mock_electron.engine.plan import PLANS, Plan
from mock_electron.engine.setting_table import SETTINGS, KindName, Setting
from mock_electron.scripts.conditions import Schema
from mock_electron.scripts.schema import FAIL, FAULT, STEP, WHEN

TEXT: Final[Schema] = {"type": "string"}
TEXTS: Final[Schema] = {"type": ["string", "array"], "items": TEXT}
NUMBER: Final[Schema] = {"type": "number"}
OPTIONAL_COUNT: Final[Schema] = {"type": ["integer", "null"], "minimum": 1}


def object_of(title: str, properties: Schema, **more: Any) -> Schema:
    """Return the schema of an object with these properties and no others."""
    return {
        "title": title,
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **more,
    }


def _by_name_or(title: str, names: Mapping[Any, object], fields: Mapping[str, Schema]) -> Schema:
    either = object_of(title, dict(fields)) | {"type": ["string", "object"]}
    return either | {"if": TEXT, "then": {"type": "string", "examples": list(names)}}


KINDS: Final[Mapping[KindName, Schema]] = {
    "integer": {"type": "integer"},
    "fraction": NUMBER | {"minimum": 0, "maximum": 1},
    "seconds": NUMBER,
    "choice": TEXT,
    "switch": {"type": "boolean"},
    "keys": TEXTS,
    "hosts": TEXTS,
    "origins": TEXTS,
    "key_groups": {"type": "array", "items": TEXTS},
    "tools": {"type": ["string", "array"], "items": {"type": ["string", "object"]}},
    "plan": _by_name_or(
        "plan",
        PLANS,
        dict.fromkeys(Plan.__struct_fields__, OPTIONAL_COUNT),
    ),
    "pace": _by_name_or("pace", PACES, dict.fromkeys(Pace.__struct_fields__, NUMBER)),
}
"""The schema of each kind of setting."""


def _setting(row: Setting) -> Schema:
    schema = dict(KINDS[row.kind])
    if row.choices:
        schema["enum"] = list(row.choices)
    if row.least is not None:
        schema["minimum"] = row.least
    return schema


SETTINGS_BODY: Final = object_of(
    "settings", {name: _setting(row) for name, row in SETTINGS.items()}
)
STEPS: Final[Schema] = {"type": "array", "items": STEP}
LANE_NAME: Final[Schema] = {"type": "string", "minLength": 1}
LANE: Final = object_of(
    "lane",
    {
        "name": LANE_NAME,
        "settings": SETTINGS_BODY,
        "steps": STEPS,
        "script": TEXT,
        "keys": TEXTS,
        "ttl": NUMBER,
    },
)
NAMED_LANE: Final = object_of(
    "lane", {name: schema for name, schema in LANE["properties"].items() if name != "name"}
)
STEPS_BODY: Final = object_of("steps", {"steps": True, "script": TEXT})
RESET: Final = object_of(
    "reset", {"only": {"type": "array", "items": {"title": "part", "enum": list(RESETS)}}}
)
ADVANCE: Final = object_of("advance", {"seconds": NUMBER}, required=["seconds"])
FAULT_OR_FAIL: Final[Schema] = FAULT | {
    "properties": FAULT["properties"] | {"fail": FAIL},
    "if": TEXT,
    "then": {"enum": FAULT["then"]["enum"]},
}
FAULT_BODY: Final = object_of(
    "injection",
    {
        "fault": FAULT_OR_FAIL,
        "times": OPTIONAL_COUNT,
        "every": OPTIONAL_COUNT,
        "rate": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
        "when": WHEN,
    },
    required=["fault"],
)
EMPTY: Final = object_of("body", {})
SCRIPT_BODY: Final = object_of("steps", {"steps": STEPS, "script": TEXT})
ANY_STEPS: Final[Schema] = {"anyOf": [STEP, STEPS, SCRIPT_BODY]}
"""A step, a list of steps, or a script. `steps.read_steps` checks which one it is."""
VERIFY: Final[Schema] = {"type": ["object", "array"]}
"""Assertions by name, with their arguments. `verify.verify` checks them."""
