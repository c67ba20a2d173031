"""The JSON Schemas of the bodies of the control API.

Steps, faults and conditions have the schema of script files; settings have that of the table of
settings. `bodies.read` checks a body against them, and the OpenAPI document contains them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from mock_electron.control.conditions import SCHEMAS
from mock_electron.engine.pace import PACES, Pace
from mock_electron.engine.plan import PLANS, Plan
from mock_electron.engine.reset import RESETS
from mock_electron.engine.setting_table import SETTINGS, KindName, Setting
from mock_electron.inputs.checks import LONGEST_TIME
from mock_electron.scripts.conditions import Schema
from mock_electron.scripts.schema import FAIL, FAULT, STEP, WHEN
from mock_electron.scripts.validation import ONLY_TRUE

TEXT: Final[Schema] = {"type": "string"}
MOST_LISTED: Final = 1_000
"""The maximum number of keys, hosts or tools in a list. Each request is compared with them."""
LISTED: Final[Schema] = {"maxItems": MOST_LISTED}
TEXTS_ONLY: Final[Schema] = {"type": "array", "items": TEXT}
TEXTS: Final[Schema] = {"type": ["string", "array"], "items": TEXT} | LISTED
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
    "key_groups": {"type": "array", "items": TEXTS} | LISTED,
    "tools": {"type": ["string", "array"], "items": {"type": ["string", "object"]}} | LISTED,
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
        "name": LANE_NAME | {"description": "Default: a number."},
        "settings": SETTINGS_BODY,
        "steps": STEPS,
        "script": TEXT | {"description": "A script file as text, instead of steps."},
        "keys": TEXTS | {"description": "API keys that name the lane."},
        "ttl": NUMBER
        | {"description": "Seconds without a request after which the lane is closed."},
    },
)
NAMED_LANE: Final = object_of(
    "lane", {name: schema for name, schema in LANE["properties"].items() if name != "name"}
)
STEPS_BODY: Final = object_of("steps", {"steps": True, "script": TEXT})
"""A body with steps or a script. `steps.read_steps` checks the steps."""
LANE_BODY: Final = LANE | {"properties": LANE["properties"] | {"steps": True}}
"""The body of a lane. `steps.read_steps` checks its steps."""
ONLY: Final = {"description": "The parts that are reset. Default: all."}
RESET: Final = object_of(
    "reset",
    {"only": {"type": "array", "items": {"title": "part", "enum": list(RESETS)}} | LISTED | ONLY},
)
SECONDS: Final[Schema] = {"type": "number", "minimum": 0, "maximum": int(LONGEST_TIME)}
ADVANCE: Final = object_of("advance", {"seconds": SECONDS}, required=["seconds"])
FAULT_OR_FAIL: Final[Schema] = FAULT | {
    "properties": FAULT["properties"] | {"fail": FAIL},
    "if": TEXT,
    "then": {"enum": FAULT["then"]["enum"]},
}
FAULT_BODY: Final = object_of(
    "injection",
    {
        "fault": FAULT_OR_FAIL,
        "times": OPTIONAL_COUNT | {"description": "How many requests are affected."},
        "every": OPTIONAL_COUNT | {"description": "Affect each request with such a number."},
        "rate": {"type": ["number", "null"], "minimum": 0, "maximum": 1}
        | {"description": "The fraction of requests that are affected."},
        "when": WHEN,
    },
    required=["fault"],
)
EMPTY: Final = object_of("body", {})
SCRIPT_BODY: Final = object_of(
    "steps",
    {"steps": STEPS, "script": TEXT},
    anyOf=[{"required": ["steps"]}, {"required": ["script"]}],
)
ANY_STEPS: Final[Schema] = {"anyOf": [STEP, STEPS, SCRIPT_BODY]}
"""A step, a list of steps, or a script. The module `steps` checks which one it is."""


def _asserted(arguments: Schema, required: Sequence[str] = (), where: bool = False) -> Schema:
    """Return the schema of the arguments of an assertion; `true` stands for none."""
    given = arguments | (dict(SCHEMAS) if where else {})
    schema = object_of("arguments", given, required=list(required))
    if required:
        return schema
    either = schema | {"type": ["object", "boolean"]}
    return either | {"if": {"type": "boolean"}, "then": ONLY_TRUE}


COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
OPTIONAL_LIMIT: Final[Schema] = {"type": ["integer", "null"], "minimum": 0}
ASSERTIONS: Final = object_of(
    "assertions",
    {
        "called": _asserted({"times": OPTIONAL_LIMIT}, where=True),
        "retried": _asserted(
            {
                "kind": {"type": ["integer", "string"]},
                "times": COUNT,
                "min_pause": SECONDS | {"type": ["number", "null"]},
            },
            required=["kind"],
        ),
        "tool_results_answered": _asserted({"except_for": TEXTS}),
        "cancelled": _asserted({"within_chunks": OPTIONAL_LIMIT}, where=True),
        "cache_hit_rate": _asserted(
            {"at_least": NUMBER | {"minimum": 0, "maximum": 1}}, required=["at_least"], where=True
        ),
        "peak_in_flight": _asserted({"at_most": COUNT}, required=["at_most"]),
        "silence": _asserted({"at_most": SECONDS}, required=["at_most"]),
        "all_used": _asserted({}),
        "scripted": _asserted({}),
        "strict": _asserted({}),
    },
)
"""The assertions of `electron` by name, without `assert_`, and their arguments."""
ASSERTION_LIST: Final[Schema] = {
    "type": "array",
    "items": ASSERTIONS,
    "maxItems": 100,
}
VERIFY: Final[Schema] = {"anyOf": [ASSERTIONS, ASSERTION_LIST]}
"""Assertions with their arguments, or a list of them. `verify.verify` checks which one it is."""
