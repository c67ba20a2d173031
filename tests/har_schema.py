"""A JSON Schema of HAR 1.2, from http://www.softwareishard.com/blog/har-12-spec/.

Stricter than the specification in two points: the name of any other field must begin with an
underscore, and `comment` is not allowed.
"""

from typing import Any, Final

from jsonschema import Draft202012Validator

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
SIZE: Final[Schema] = {"type": "integer", "minimum": -1}
TIME: Final[Schema] = {"type": "number", "minimum": 0}
OPTIONAL_TIME: Final[Schema] = {"type": "number", "minimum": -1}
MOMENT: Final[Schema] = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$",
}


def record(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    """Return the schema of an object with these fields, and any fields with an underscore."""
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": list(required),
        "patternProperties": {"^_": {}},
        "additionalProperties": False,
    }


def array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


PAIR: Final = record({"name": TEXT, "value": TEXT})
COOKIE: Final = record({"name": TEXT, "value": TEXT}, {"path": TEXT, "domain": TEXT})
CREATOR: Final = record({"name": TEXT, "version": TEXT})
PAGE: Final = record({"startedDateTime": MOMENT, "id": TEXT, "title": TEXT, "pageTimings": {}})
POST_DATA: Final = record({"mimeType": TEXT, "text": TEXT})
CONTENT: Final = record(
    {"size": {"type": "integer", "minimum": 0}, "mimeType": TEXT},
    {"compression": {"type": "integer"}, "text": TEXT, "encoding": {"const": "base64"}},
)
TIMINGS: Final = record(
    {"send": TIME, "wait": TIME, "receive": TIME},
    dict.fromkeys(("blocked", "dns", "connect", "ssl"), OPTIONAL_TIME),
)
REQUEST: Final = record(
    {
        "method": TEXT,
        "url": {"type": "string", "format": "uri"},
        "httpVersion": TEXT,
        "cookies": array(COOKIE),
        "headers": array(PAIR),
        "queryString": array(PAIR),
        "headersSize": SIZE,
        "bodySize": SIZE,
    },
    {"postData": POST_DATA},
)
RESPONSE: Final = record(
    {
        "status": {"type": "integer", "minimum": 0, "maximum": 599},
        "statusText": TEXT,
        "httpVersion": TEXT,
        "cookies": array(COOKIE),
        "headers": array(PAIR),
        "content": CONTENT,
        "redirectURL": TEXT,
        "headersSize": SIZE,
        "bodySize": SIZE,
    }
)
ENTRY: Final = record(
    {
        "startedDateTime": MOMENT,
        "time": TIME,
        "request": REQUEST,
        "response": RESPONSE,
        "cache": {"type": "object"},
        "timings": TIMINGS,
    },
    {"pageref": TEXT, "serverIPAddress": TEXT, "connection": TEXT},
)
LOG: Final = record(
    {"version": {"const": "1.2"}, "creator": CREATOR, "entries": array(ENTRY)},
    {"browser": CREATOR, "pages": array(PAGE)},
)
HAR: Final = Draft202012Validator(
    record({"log": LOG}), format_checker=Draft202012Validator.FORMAT_CHECKER
)
