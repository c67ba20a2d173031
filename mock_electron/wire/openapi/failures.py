"""The error responses: every status in the table of errors."""

from collections.abc import Mapping
from typing import Any, Final

from mock_electron.wire import codec, errors, render, schema, zod
from mock_electron.wire.errors import ERRORS, NOT_FOUND, NOT_SCRIPTED, TEST_ENDED, ApiError
from mock_electron.wire.openapi.json_schema import JsonObject, reference

REQUEST_ID: Final = "9db74058-2421-4793-8796-b2629ff3eb1c"
DESCRIBED_ERRORS: Final = (
    *(error for error in ERRORS if error is not NOT_FOUND),
    NOT_SCRIPTED,
    TEST_ENDED,
)
"""All errors except `not_found`, which other paths send. On this path, only a script sends it."""

SEVERAL_ISSUES: Final = errors.invalid_input(
    zod.validate(schema.DOCUMENTED, {"model": "gpt-4o", "messages": [], "stop": 1})
)

DESCRIPTIONS: Final[Mapping[int, str]] = {
    400: "The body is invalid (documented). `details` contains Zod's issues. It is absent if the "
    "model server refuses the body, or if the body is malformed JSON (inferred).",
    401: "The API key is missing or invalid (documented; the message is assumed).",
    403: "The key's plan has no access to Electron (documented; type and message are assumed).",
    404: "Only the mock sends this: in a strict lane, no step of the script matches the request. "
    "A script can also send `not_found_error`.",
    408: "The request body did not arrive in time (assumed).",
    410: "Only the mock sends this: the test that owns the lane has ended.",
    413: "The body is too large. The default limit is 4 MiB (assumed).",
    415: "The content encoding is neither gzip nor deflate, or the charset is neither UTF-8 "
    "nor UTF-16 (inferred; the type is assumed).",
    429: "Too many requests per minute, or too many requests in flight (documented).",
    500: "The gateway failed (documented; the type is assumed).",
    502: "The model server failed (documented; the type is assumed).",
    503: "The endpoint is overloaded or disabled (documented; the type is assumed).",
}

HEADERS: Final[JsonObject] = {
    "RequestId": {
        "description": "Sent with every response. Equal to `error.request_id` (documented).",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
    },
    "RetryAfter": {
        "description": "Seconds to wait. Sent with a 429 for too many requests per minute "
        "(assumed), and if a script sets it.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "CacheControl": {
        "description": "Sent with a stream (assumed).",
        "schema": {"type": "string", "const": "no-cache"},
    },
}
HEADER_NAMES: Final[Mapping[str, str]] = {
    "RequestId": "X-Request-Id",
    "RetryAfter": "Retry-After",
    "CacheControl": "Cache-Control",
}
WITH_RETRY_AFTER: Final = (429, 503)

ISSUE: Final[JsonObject] = {
    "type": "object",
    "description": "An issue as Zod 3 reports it (documented).",
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
            "description": "The position in the body. Array indexes are numbers.",
        },
        "message": {"type": "string"},
        "expected": {"type": "string"},
        "received": {"description": "The received type, or the received value."},
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

ENVELOPE: Final[JsonObject] = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "message": {"type": "string"},
                "type": {
                    "type": "string",
                    "enum": sorted({error.type for error in (*DESCRIBED_ERRORS, NOT_FOUND)}),
                },
                "details": {"type": "array", "minItems": 1, "items": reference("ZodIssue")},
                "request_id": {"type": "string", "format": "uuid"},
            },
            "required": ["message", "type", "request_id"],
        }
    },
    "required": ["error"],
    "description": "Every error has this form, with the keys in this order (documented).",
}

COMPONENTS: Final[JsonObject] = {"ErrorEnvelope": ENVELOPE, "ZodIssue": ISSUE}


def responses() -> JsonObject:
    """Return the response of each status except 200, by status."""
    return {
        str(status): _response(status, description) for status, description in DESCRIPTIONS.items()
    }


def header_references(*names: str) -> JsonObject:
    """Return references to these header components, by header name."""
    return {HEADER_NAMES[name]: {"$ref": f"#/components/headers/{name}"} for name in names}


def _response(status: int, description: str) -> JsonObject:
    described = [error for error in DESCRIBED_ERRORS if error.status == status]
    retry = " ".join(sorted({f"Retry? {error.retry.capitalize()}." for error in described}))
    examples = {error.name: {"value": _envelope_of(error)} for error in described}
    if status == SEVERAL_ISSUES.status:
        examples["several_issues"] = {"value": _envelope_of(SEVERAL_ISSUES)}
    retry_after = ("RetryAfter",) if status in WITH_RETRY_AFTER else ()
    return {
        "description": f"{description} {retry}",
        "headers": header_references("RequestId", *retry_after),
        "content": {
            "application/json": {
                "schema": reference("ErrorEnvelope"),
                "examples": examples,
            }
        },
    }


def _envelope_of(error: ApiError) -> Any:
    return codec.decode(render.error(error, REQUEST_ID))
