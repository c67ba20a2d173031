"""The endpoint as an OpenAPI 3.1 document, made from the schema, the errors and the renderer.

`request` is the gateway's schema as JSON Schema; `replies` and `failures` are what comes back;
`examples` are written by the renderer. What scripts and faults do on purpose is not described.
"""

from functools import cache
from typing import Final

from mock_electron._version import __version__
from mock_electron.wire import codec
from mock_electron.wire.openapi import examples, failures, replies, request
from mock_electron.wire.openapi.json_schema import Schema, reference

DESCRIPTION: Final = """\
Smallest AI's Electron, a language model for voice agents, as mock-electron plays it. What is \
known of the endpoint is marked: **documented** by the vendor, **inferred** from evidence, or \
**assumed**.

Scripts, faults and the header `X-Mock-Electron` make the mock answer what is not described here: \
that is what they are for. Its own paths (`/healthz`, `/openapi.json`, `/lanes/…`) are none of \
Electron's, and are not described either."""

SERVERS: Final = (
    {"url": "waves/v1", "description": "The server or the lane that this document came from"},
    {"url": "http://127.0.0.1:8787/waves/v1", "description": "mock-electron serve"},
    {"url": "https://api.smallest.ai/waves/v1", "description": "Electron (documented)"},
)


def document(*, accept_json_schema: bool = False) -> Schema:
    """The document (read it, never change it).

    accept_json_schema: whether `response_format.type` may be `json_schema`.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Electron chat completions",
            "version": __version__,
            "description": DESCRIPTION,
        },
        "servers": list(SERVERS),
        "security": [{"apiKey": []}],
        "paths": {"/chat/completions": {"post": _operation()}},
        "components": {
            "schemas": request.components(accept_json_schema=accept_json_schema)
            | replies.COMPONENTS
            | failures.COMPONENTS,
            "headers": failures.HEADERS,
            "securitySchemes": {
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key; real ones begin with `sk_` (documented).",
                }
            },
        },
    }


@cache
def written(*, accept_json_schema: bool) -> bytes:
    """The document as it travels, made once."""
    return codec.encode(document(accept_json_schema=accept_json_schema))


def _operation() -> Schema:
    return {
        "operationId": "createChatCompletion",
        "summary": "Answer a conversation",
        "tags": ["chat"],
        "requestBody": {
            "required": True,
            "description": "A body that is not declared as JSON is read as empty (inferred).",
            "content": {
                "application/json": {
                    "schema": reference("ChatRequest"),
                    "examples": examples.requests(),
                }
            },
        },
        "responses": {"200": _answer()} | failures.responses(),
    }


def _answer() -> Schema:
    return {
        "description": "The completion; with `stream: true`, a stream of its chunks (documented).",
        "headers": failures.headers("RequestId", "CacheControl"),
        "content": {
            "application/json": {
                "schema": reference("ChatCompletion"),
                "examples": examples.completions(),
            },
            "text/event-stream": {
                "schema": reference("StreamEvent"),
                "examples": examples.events(),
            },
        },
    }
