"""What comes back otherwise: every status of the one table of errors (section 6)."""

from collections.abc import Mapping
from typing import Any, Final

from mock_electron.wire import codec, errors, render, schema, zod
from mock_electron.wire.errors import ERRORS, NOT_FOUND, NOT_SCRIPTED, TEST_ENDED, ApiError
from mock_electron.wire.openapi.json_schema import Schema, reference

REQUEST_ID: Final = "9db74058-2421-4793-8796-b2629ff3eb1c"
ANSWERS: Final = (*(error for error in ERRORS if error is not NOT_FOUND), NOT_SCRIPTED, TEST_ENDED)
"""`not_found` is the answer to other paths; this one has it from a script only."""

SEVERAL_ISSUES: Final = errors.invalid_input(
    zod.validate(schema.DOCUMENTED, {"model": "gpt-4o", "messages": [], "stop": 1})
)

KNOWN: Final[Mapping[int, str]] = {
    400: "The body is refused (documented). `details` are Zod's issues; there are none where the "
    "model server refuses it, or where it is no JSON (inferred).",
    401: "No API key, or a wrong one (documented; the message is assumed).",
    403: "The key's plan has no access (documented; type and message are assumed).",
    404: "The mock's own, in a strict lane: no step of the script answers. A script may also say "
    "`not_found_error`.",
    408: "The body did not arrive (assumed).",
    410: "The mock's own: the test whose lane this is has ended.",
    413: "The body is too large: by default over 4 MiB (assumed).",
    429: "Too many requests in a minute, or too many at the same time (documented).",
    500: "The gateway failed (documented; the type is assumed).",
    502: "The model server failed (documented; the type is assumed).",
    503: "Overloaded, or switched off (documented; the type is assumed).",
}

HEADERS: Final[Schema] = {
    "RequestId": {
        "description": "On every response; equal to `error.request_id` (documented).",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
    },
    "RetryAfter": {
        "description": "Seconds to wait. On a 429 for requests a minute (assumed), and where a "
        "script says so.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "CacheControl": {
        "description": "On a stream (assumed).",
        "schema": {"type": "string", "const": "no-cache"},
    },
}
TRAVELS: Final[Mapping[str, str]] = {
    "RequestId": "X-Request-Id",
    "RetryAfter": "Retry-After",
    "CacheControl": "Cache-Control",
}
WITH_RETRY_AFTER: Final = (429, 503)

ISSUE: Final[Schema] = {
    "type": "object",
    "description": "An issue of Zod 3, as it is (documented).",
    "properties": {
        "code": {
            "type": "string",
            "enum": [
                "invalid_type",
                "invalid_literal",
                "invalid_enum_value",
                "invalid_union",
                "too_small",
                "too_big",
                "custom",
            ],
        },
        "path": {
            "type": "array",
            "items": {"type": ["string", "integer"]},
            "description": "Where in the body; an index of an array is a number.",
        },
        "message": {"type": "string"},
        "expected": {"type": "string"},
        "received": {"description": "The type that was found, or the value."},
        "options": {"type": "array", "items": {"type": "string"}},
        "minimum": {"type": "integer"},
        "maximum": {"type": "integer"},
        "type": {"type": "string", "enum": ["number", "array"]},
        "inclusive": {"type": "boolean"},
        "exact": {"type": "boolean"},
        "unionErrors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "issues": {"type": "array", "items": reference("ZodIssue")},
                    "name": {"type": "string", "const": "ZodError"},
                },
                "required": ["issues", "name"],
            },
        },
    },
    "required": ["code", "path", "message"],
}

ENVELOPE: Final[Schema] = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "message": {"type": "string"},
                "type": {
                    "type": "string",
                    "enum": sorted({error.type for error in (*ANSWERS, NOT_FOUND)}),
                },
                "details": {"type": "array", "minItems": 1, "items": reference("ZodIssue")},
                "request_id": {"type": "string", "format": "uuid"},
            },
            "required": ["message", "type", "request_id"],
        }
    },
    "required": ["error"],
    "description": "Every error has this form, its keys in this order (documented).",
}

COMPONENTS: Final[Schema] = {"ErrorEnvelope": ENVELOPE, "ZodIssue": ISSUE}


def responses() -> Schema:
    """The answer to each status that is no 200, by its number in digits."""
    return {str(status): _response(status, words) for status, words in KNOWN.items()}


def headers(*names: str) -> Schema:
    """References to these headers, by the names that travel."""
    return {TRAVELS[name]: {"$ref": f"#/components/headers/{name}"} for name in names}


def _response(status: int, words: str) -> Schema:
    meant = [error for error in ANSWERS if error.status == status]
    retry = " ".join(sorted({f"Retry? {error.retry.capitalize()}." for error in meant}))
    examples = {error.name: {"value": _written(error)} for error in meant}
    if status == SEVERAL_ISSUES.status:
        examples["several_issues"] = {"value": _written(SEVERAL_ISSUES)}
    also = ("RetryAfter",) if status in WITH_RETRY_AFTER else ()
    return {
        "description": f"{words} {retry}",
        "headers": headers("RequestId", *also),
        "content": {
            "application/json": {
                "schema": reference("ErrorEnvelope"),
                "examples": examples,
            }
        },
    }


def _written(error: ApiError) -> Any:
    return codec.decode(render.error(error, REQUEST_ID))
