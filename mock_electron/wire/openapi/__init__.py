"""The endpoint as an OpenAPI 3.1 document, generated from the schema, the errors and the renderer.

`request` translates the gateway's schema to JSON Schema. `replies` describes status 200, and
`failures` all other statuses. `examples` are written by the renderer. The document does not
describe the effects of scripts and faults.
"""

from functools import cache
from typing import Final

from mock_electron._version import __version__
from mock_electron.wire import codec
from mock_electron.wire.openapi import examples, failures, replies, request
from mock_electron.wire.openapi.json_schema import JsonObject, reference

DESCRIPTION: Final = """\
The chat endpoint of Smallest AI's Electron, a language model for voice agents, as mock-electron \
implements it. Every fact about the endpoint is marked as **documented** by the vendor, \
**inferred** from evidence, or **assumed**.

Scripts, faults and the `X-Mock-Electron` header can produce responses that this document does \
not describe. The mock's own paths (`/healthz`, `/openapi.json`, `/lanes/…`) do not exist on \
Electron, so the document omits them."""

SERVERS: Final = (
    {"url": "waves/v1", "description": "The server or lane that served this document"},
    {"url": "http://127.0.0.1:8787/waves/v1", "description": "mock-electron serve"},
    {"url": "https://api.smallest.ai/waves/v1", "description": "Electron (documented)"},
)


def document(*, accept_json_schema: bool = False) -> JsonObject:
    """Return the document. Do not modify it.

    Args:
        accept_json_schema: Accept `response_format.type: "json_schema"`.
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
                    "description": "An API key. Real keys start with `sk_` (documented).",
                }
            },
        },
    }


@cache
def document_json(*, accept_json_schema: bool) -> bytes:
    """Return the document as JSON in UTF-8. The result is cached."""
    return codec.encode(document(accept_json_schema=accept_json_schema))


def _operation() -> JsonObject:
    return {
        "operationId": "createChatCompletion",
        "summary": "Create a chat completion",
        "tags": ["chat"],
        "requestBody": {
            "required": True,
            "description": "A body that is not declared as JSON is treated as empty. It may be "
            "compressed with gzip or deflate, and it may be in UTF-16 (inferred).",
            "content": {
                "application/json": {
                    "schema": reference("ChatRequest"),
                    "examples": examples.requests(),
                }
            },
        },
        "responses": {"200": _completion()} | failures.responses(),
    }


def _completion() -> JsonObject:
    return {
        "description": "The completion. With `stream: true`, a stream of its chunks (documented).",
        "headers": failures.header_references("RequestId", "CacheControl"),
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
